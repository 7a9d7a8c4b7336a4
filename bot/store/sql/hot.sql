-- The statements of the hot door. Each takes all who wait at once, as one JSON array.
-- A learner who has paused recording is skipped inside the statement, so a pause between two calls still counts.

-- name: states
-- One row for each seat: settings, what is followed, what is done. The two lists travel as JSON that the database
-- writes, since carrying a row for each lesson would cost more than finding it. A third has what was done on the other
-- side of a link, and what was kept when one ended; whoever is not linked pays two looks by key that find nothing.
SELECT
    batch.i,
    coalesce(workspace.timezone, ''),
    coalesce(workspace.language, ''),
    consent.zone,
    learner.locale,
    coalesce(learner.timezone, ''),
    coalesce(learner.language, ''),
    coalesce(learner.bookmark_theme, ''),
    coalesce(learner.bookmark_lesson, ''),
    learner.bookmark_at,
    coalesce(learner.plain, false),
    coalesce(learner.paused, false),
    (
        SELECT {{arrays(theme, since, suggested_by, required, by_date)}}
        FROM follow WHERE follow.workspace = batch.workspace AND follow.person = batch.person
    ),
    (
        SELECT {{arrays(theme, lesson, at, digest, how)}}
        FROM completion WHERE completion.workspace = batch.workspace AND completion.person = batch.person
    ),
    link.other_workspace,
    link.other_person,
    other.bookmark_theme,
    other.bookmark_lesson,
    other.bookmark_at,
    CASE WHEN link.workspace IS NOT NULL OR EXISTS (
        SELECT 1 FROM carried WHERE carried.workspace = batch.workspace AND carried.person = batch.person
    ) THEN (
        SELECT {{arrays(theme, lesson, at, digest, how)}}
        FROM (
            SELECT theme, lesson, at, digest, 'carried' AS how
            FROM carried WHERE carried.workspace = batch.workspace AND carried.person = batch.person
            UNION ALL
            SELECT theme, lesson, at, digest, 'carried' AS how
            FROM carried WHERE carried.workspace = link.other_workspace AND carried.person = link.other_person
            UNION ALL
            SELECT theme, lesson, at, digest, how
            FROM completion WHERE completion.workspace = link.other_workspace AND completion.person = link.other_person
        ) AS elsewhere
    ) END
FROM {{batch(i bigint, workspace text, person text)}}
LEFT OUTER JOIN workspace ON workspace.workspace = batch.workspace
LEFT OUTER JOIN learner ON learner.workspace = batch.workspace AND learner.person = batch.person
LEFT OUTER JOIN consent ON consent.workspace = batch.workspace AND consent.person = batch.person
LEFT OUTER JOIN link ON link.workspace = batch.workspace AND link.person = batch.person
LEFT OUTER JOIN learner AS other ON other.workspace = link.other_workspace AND other.person = link.other_person

-- name: complete
INSERT INTO completion (workspace, person, theme, lesson, at, how, digest)
SELECT workspace, person, theme, lesson, at, how, digest
FROM {{batch(workspace text, person text, theme text, lesson text, at bigint, how text, digest text)}}
WHERE NOT EXISTS (
    SELECT 1 FROM learner
    WHERE learner.workspace = batch.workspace AND learner.person = batch.person AND learner.paused
)
ON CONFLICT DO NOTHING
RETURNING completion.workspace, completion.person, completion.theme, completion.lesson

-- name: undo
DELETE FROM completion
WHERE (workspace, person, theme, lesson) IN (
    SELECT workspace, person, theme, lesson
    FROM {{batch(workspace text, person text, theme text, lesson text)}}
)
RETURNING completion.workspace, completion.person, completion.theme, completion.lesson

-- name: undo_carried
DELETE FROM carried
WHERE (workspace, person, theme, lesson) IN (
    SELECT workspace, person, theme, lesson
    FROM {{batch(workspace text, person text, theme text, lesson text)}}
)
RETURNING carried.workspace, carried.person, carried.theme, carried.lesson

-- name: bookmark
INSERT INTO learner (workspace, person, bookmark_theme, bookmark_lesson, bookmark_at)
SELECT workspace, person, theme, lesson, at
FROM {{batch(workspace text, person text, theme text, lesson text, at bigint)}}
WHERE true
ON CONFLICT (workspace, person) DO UPDATE SET
    bookmark_theme = excluded.bookmark_theme,
    bookmark_lesson = excluded.bookmark_lesson,
    bookmark_at = excluded.bookmark_at
WHERE NOT learner.paused

-- name: answer
-- Only to a quiz of the person's own; the first answer to a question counts.
INSERT INTO answer (workspace, person, quiz, position, theme, lesson, question, given, correct, at)
SELECT workspace, person, quiz, position, theme, lesson, question, given, correct, at
FROM {{batch(
    workspace text, person text, quiz text, position bigint, theme text, lesson text, question text, given text,
    correct boolean, at bigint
)}}
WHERE EXISTS (
    SELECT 1 FROM quiz
    WHERE quiz.workspace = batch.workspace AND quiz.person = batch.person AND quiz.id = batch.quiz
)
AND NOT EXISTS (
    SELECT 1 FROM learner
    WHERE learner.workspace = batch.workspace AND learner.person = batch.person AND learner.paused
)
ON CONFLICT DO NOTHING
RETURNING answer.workspace, answer.person, answer.quiz, answer.position

-- name: quizzes
SELECT batch.i, quiz.id, quiz.theme, quiz.lesson, quiz.questions
FROM {{batch(i bigint, workspace text, person text, id text)}}
JOIN quiz ON quiz.workspace = batch.workspace AND quiz.person = batch.person AND quiz.id = batch.id

-- name: answers
SELECT batch.i, answer.position, answer.given, answer.correct
FROM {{batch(i bigint, workspace text, person text, id text)}}
JOIN answer ON answer.workspace = batch.workspace AND answer.person = batch.person AND answer.quiz = batch.id
