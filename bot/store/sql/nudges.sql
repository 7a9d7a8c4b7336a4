-- One chunk of the nudges that are due, in order, after a bound: rows in the outbox, cursors moved.

-- name: due
-- The nudges of a chunk; part of the statements below. A limit ends it, as SQLite would not use the upper end of a
-- range over several columns.
FROM nudge
WHERE next_due <= :horizon AND next_date != ''
    AND (next_due, workspace, person, kind) > (:after_due, :after_workspace, :after_person, :after_kind)
ORDER BY next_due, workspace, person, kind

-- name: last
-- Where a full chunk ends; no row if fewer are left.
SELECT next_due, workspace, person, kind {{due}} LIMIT 1 OFFSET {{most}} - 1

-- name: plan
-- PostgreSQL: everything in one statement. The rows are locked, so that nothing changes between a row in the outbox and
-- its cursor; what another transaction has locked comes with the next tick.
WITH chunk AS MATERIALIZED (
    SELECT workspace, person, kind, address, next_date, next_due {{due}} LIMIT {{most}} FOR UPDATE SKIP LOCKED
),
made AS (
    INSERT INTO delivery
        (workspace, person, schedule, kind, local_date, state, rank, due_at, ready_at, expires_at, address)
    SELECT workspace, person, '', kind, next_date, 'planned', 1, next_due, next_due, next_due + :window, address
    FROM chunk
    WHERE true
    ON CONFLICT DO NOTHING
),
moved AS (
    UPDATE nudge SET next_date = '', next_due = nudge.next_due + :over
    FROM chunk
    WHERE nudge.workspace = chunk.workspace AND nudge.person = chunk.person AND nudge.kind = chunk.kind
)
SELECT workspace, min(next_due) FROM chunk GROUP BY workspace

-- name: insert
-- SQLite, which has one writer: the same rows for each of the next three statements, as nobody changes them meanwhile.
INSERT INTO delivery (workspace, person, schedule, kind, local_date, state, rank, due_at, ready_at, expires_at, address)
SELECT workspace, person, '', kind, next_date, 'planned', 1, next_due, next_due, next_due + :window, address
FROM (SELECT workspace, person, kind, address, next_date, next_due {{due}} LIMIT {{most}}) AS chunk
WHERE true
ON CONFLICT DO NOTHING

-- name: earliest
SELECT workspace, min(next_due) FROM (SELECT workspace, next_due {{due}} LIMIT {{most}}) AS chunk GROUP BY workspace

-- name: move
UPDATE nudge SET next_date = '', next_due = next_due + :over
WHERE (workspace, person, kind) IN (SELECT workspace, person, kind {{due}} LIMIT {{most}})
