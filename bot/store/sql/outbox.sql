-- The statements of the outbox: which workspaces are next, which of their rows are claimed, what became of them.
-- Conditions on `state` and `rank` are written as in the partial indexes, so that those are used.

-- name: open_front
INSERT INTO lane (workspace, name, front) VALUES ('', :front, :front) ON CONFLICT DO NOTHING

-- name: lock_front
-- Whoever claims for a front end holds its lane: its rate is one, however many processes there are.
SELECT tat, served, paused_until FROM lane WHERE workspace = '' AND name = :front FOR UPDATE

-- name: flows
-- The workspaces with something ready: least served first, then longest waiting.
SELECT workspace, tat, served
FROM lane
WHERE front = :front AND next_due <= :now AND name = '' AND CASE WHEN paused_until > :now THEN 0 ELSE 1 END = 1
ORDER BY CASE WHEN served < :clock THEN :clock ELSE served END, next_due, workspace
LIMIT {{most}}
FOR UPDATE SKIP LOCKED

-- name: take
-- Claim a share of each workspace. The attempt counts from here: it is on the disk before anything is sent.
WITH picked AS MATERIALIZED ({{shares}})
UPDATE delivery SET
    state = 'claimed',
    attempt = delivery.attempt + 1,
    first_try_at = coalesce(delivery.first_try_at, :now),
    doubt_at = delivery.first_try_at,
    lease_owner = :owner,
    lease_epoch = delivery.lease_epoch + 1,
    lease_until = :until
FROM picked
WHERE delivery.workspace = picked.workspace AND delivery.person = picked.person
    AND delivery.schedule = picked.schedule AND delivery.kind = picked.kind AND delivery.local_date = picked.local_date
RETURNING
    delivery.workspace, delivery.person, delivery.schedule, delivery.kind, delivery.local_date,
    delivery.due_at, delivery.expires_at, delivery.address, delivery.payload, delivery.message, delivery.reason,
    delivery.attempt, delivery.doubt_at, delivery.lease_epoch

-- name: share
-- The first rows of one workspace, in the order of its index; part of `take`.
SELECT * FROM (
    SELECT workspace, person, schedule, kind, local_date
    FROM delivery
    WHERE workspace = :of{{n}} AND state = 'planned' AND ready_at <= :now
    ORDER BY rank, ready_at
    LIMIT :most{{n}}
    FOR UPDATE SKIP LOCKED
) AS share{{n}}

-- name: served
-- How lanes stand after a claim. If the batch does not say when something is ready next, nothing more was found now;
-- each rank has its own place in the index.
UPDATE lane SET
    tat = batch.tat,
    served = batch.served,
    next_due = coalesce(batch.next_due, (
        SELECT min(either.ready) FROM (
            SELECT min(ready_at) AS ready FROM delivery
            WHERE delivery.workspace = lane.workspace AND delivery.state = 'planned' AND delivery.rank = 0
            UNION ALL
            SELECT min(ready_at) AS ready FROM delivery
            WHERE delivery.workspace = lane.workspace AND delivery.state = 'planned' AND delivery.rank = 1
        ) AS either
    ))
FROM {{batch(workspace text, name text, tat bigint, served bigint, next_due bigint)}}
WHERE lane.workspace = batch.workspace AND lane.name = batch.name

-- name: places
-- They change only while the front end's lane is held.
SELECT workspace, name, tat, paused_until
FROM lane
WHERE (workspace, name) IN (SELECT workspace, name FROM {{batch(workspace text, name text)}})

-- name: spend_places
INSERT INTO lane (workspace, name, front, tat)
SELECT workspace, name, front, tat
FROM {{batch(workspace text, name text, front text, tat bigint)}}
WHERE true
ON CONFLICT (workspace, name) DO UPDATE SET tat = excluded.tat

-- name: mark
-- What became of claimed rows. A row whose lease has passed to another owner is left alone. `restore` is a `Doubt`.
UPDATE delivery SET
    state = batch.state,
    ready_at = coalesce(batch.ready, delivery.ready_at),
    attempt = delivery.attempt - CASE WHEN batch.restore > 1 THEN 1 ELSE 0 END,
    first_try_at = CASE WHEN batch.restore > 0 THEN delivery.doubt_at ELSE delivery.first_try_at END,
    lease_until = NULL,
    ended_at = batch.at,
    message = CASE WHEN batch.message = '' THEN delivery.message ELSE batch.message END,
    reason = batch.reason
FROM {{batch(
    workspace text, person text, schedule text, kind text, local_date text, owner text, epoch bigint, state text,
    at bigint, ready bigint, message text, reason text, restore bigint
)}}
WHERE delivery.workspace = batch.workspace AND delivery.person = batch.person
    AND delivery.schedule = batch.schedule AND delivery.kind = batch.kind AND delivery.local_date = batch.local_date
    AND delivery.lease_owner = batch.owner AND delivery.lease_epoch = batch.epoch
    AND delivery.state IN ('claimed', 'planned')
RETURNING delivery.workspace, delivery.person, delivery.schedule, delivery.kind, delivery.local_date

-- name: note
UPDATE delivery SET payload = batch.payload
FROM {{batch(
    workspace text, person text, schedule text, kind text, local_date text, owner text, epoch bigint, payload text
)}}
WHERE delivery.workspace = batch.workspace AND delivery.person = batch.person
    AND delivery.schedule = batch.schedule AND delivery.kind = batch.kind AND delivery.local_date = batch.local_date
    AND delivery.lease_owner = batch.owner AND delivery.lease_epoch = batch.epoch
RETURNING delivery.workspace, delivery.person, delivery.schedule, delivery.kind, delivery.local_date

-- name: recover
-- Give back rows whose lease is over: their owner died, or stalled.
WITH picked AS MATERIALIZED (
    SELECT workspace, person, schedule, kind, local_date
    FROM delivery
    WHERE state = 'claimed' AND lease_until <= :now
    ORDER BY lease_until
    LIMIT {{most}}
    FOR UPDATE SKIP LOCKED
)
UPDATE delivery SET state = 'planned', ready_at = :again, lease_until = NULL
FROM picked
WHERE delivery.workspace = picked.workspace AND delivery.person = picked.person
    AND delivery.schedule = picked.schedule AND delivery.kind = picked.kind AND delivery.local_date = picked.local_date
RETURNING delivery.workspace

-- name: touch
-- Note in lanes that something is ready by then, or that they rest until then. Ordered, so that two transactions that
-- touch the same lanes cannot deadlock.
INSERT INTO lane (workspace, name, front, next_due, paused_until)
SELECT workspace, name, front, next_due, until
FROM {{batch(workspace text, name text, front text, next_due bigint, until bigint)}}
WHERE true
ORDER BY workspace, name
ON CONFLICT (workspace, name) DO UPDATE SET
    paused_until = CASE
        WHEN excluded.paused_until IS NULL THEN lane.paused_until
        WHEN lane.paused_until > excluded.paused_until THEN lane.paused_until
        ELSE excluded.paused_until
    END,
    next_due = CASE
        WHEN excluded.next_due IS NULL THEN lane.next_due
        WHEN lane.next_due <= excluded.next_due THEN lane.next_due
        ELSE excluded.next_due
    END
