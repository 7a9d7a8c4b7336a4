"""The tables. Every key begins with the workspace, which is the tenant; no statement joins two of them.

A table with a `person` column holds personal data: `/privacy` finds it by that column and needs no list.
"""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Text, text

from bot.store.columns import count, day, day_in_key, flag, index, metadata, moment, note, number, table, word

__all__ = ["metadata"]

workspace = table(
    "workspace",
    word("workspace"),
    note("timezone"),
    note("language"),
    note("alert_to"),
    note("managers"),
    flag("board"),
    flag("personal"),
    flag("certificates"),
    number("retention"),
    number("desired_recall"),
    number("away_days"),
    moment("since"),
    moment("left_at", empty=True),
    key=("workspace",),
)

learner = table(
    "learner",
    word("workspace"),
    word("person"),
    note("timezone"),
    note("language"),
    note("locale"),
    flag("plain"),
    flag("paused"),
    note("bookmark_theme"),
    note("bookmark_lesson"),
    moment("bookmark_at", empty=True),
    moment("chosen_at", empty=True),
    key=("workspace", "person"),
)
"""Settings and bookmark. `chosen_at` is when they last changed a setting: a sign of life. `locale` is their platform's
language, as it told it last; what they chose themselves takes precedence."""

follow = table(
    "follow",
    word("workspace"),
    word("person"),
    word("theme"),
    moment("since"),
    note("suggested_by"),
    flag("required"),
    day("by_date"),
    key=("workspace", "person", "theme"),
)

consent = table(
    "consent",
    word("workspace"),
    word("person"),
    note("way"),
    flag("assigned"),
    flag("introduced"),
    number("days"),
    number("minute"),
    number("a_week"),
    day("until"),
    day("snoozed_until"),
    note("zone"),
    moment("since"),
    moment("alive_at", empty=True),
    moment("silent_since", empty=True),
    key=("workspace", "person"),
)
"""Consent to reminders. If `a_week` is 0, the learner has chosen nothing yet, and the row is there because of an
assignment. `zone` is the platform's time zone of theirs when they chose; their own setting takes precedence."""

assignment = table(
    "assignment",
    word("workspace"),
    word("id"),
    word("theme"),
    word("role"),
    word("person"),
    day("by_date"),
    flag("required"),
    note("suggested_by"),
    moment("at"),
    moment("ended_at", empty=True),
    Index(None, "workspace", "person"),
    key=("workspace", "id"),
)
"""A theme that a manager suggested: to one person, or (without one) to all who have the role, each when they next act.
It stays after its end, so that a report still knows whom it reached."""

assigned = table(
    "assigned",
    word("workspace"),
    word("person"),
    word("assignment"),
    moment("at"),
    key=("workspace", "person", "assignment"),
)
"""To whom an assignment was applied, so that it is not applied again to a person who left the theme."""

completion = table(
    "completion",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    moment("at"),
    word("how"),
    word("digest"),
    key=("workspace", "person", "theme", "lesson"),
)

removed = table(
    "removed",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    moment("at"),
    word("how"),
    word("digest"),
    moment("removed_at"),
    key=("workspace", "person", "theme", "lesson"),
)
"""Completions that a manager removed, kept so that they can be restored."""

saved = table(
    "saved",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    moment("at"),
    key=("workspace", "person", "theme", "lesson"),
)

quiz = table(
    "quiz",
    word("workspace"),
    word("person"),
    word("id"),
    word("theme"),
    note("lesson"),
    Column("questions", Text, nullable=False),
    moment("at"),
    key=("workspace", "person", "id"),
)

answer = table(
    "answer",
    word("workspace"),
    word("person"),
    word("quiz"),
    Column("position", Integer, nullable=False),
    word("theme"),
    word("lesson"),
    word("question"),
    note("given"),
    flag("correct"),
    moment("at"),
    note("schedule"),
    index("workspace", "quiz", "given", "correct", where="schedule <> ''"),
    key=("workspace", "person", "quiz", "position"),
)
"""`given` is the ids of the options chosen, or what was typed; empty in answers from before options had ids. An answer
to a question of the week has its schedule, and the question's own name in the place of a quiz; the index has all that
is counted of it, since SQLite would otherwise rather read every answer of a workspace."""

memory = table(
    "memory",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    word("question"),
    word("answer_key"),
    number("reviews"),
    Column("stability", Double, nullable=False),
    Column("difficulty", Double, nullable=False),
    moment("last"),
    moment("due"),
    key=("workspace", "person", "theme", "lesson", "question"),
)
"""What a learner remembers of a question. `answer_key` tells another right answer from other words; `reviews` is the
number of the next answer in the log, so that no two answers count for one state."""

review = table(
    "review",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    word("question"),
    Column("number", Integer, nullable=False),
    moment("at"),
    word("how"),
    note("given"),
    flag("correct"),
    flag("guessed"),
    number("grade"),
    Column("elapsed", Integer),
    Column("stability", Double),
    Column("difficulty", Double),
    moment("last", empty=True),
    Column("desired", Integer, nullable=False),
    Index(None, "workspace", "person", "at"),
    key=("workspace", "person", "theme", "lesson", "question", "number"),
)
"""The log of answers that counted, with the state before each; a first one has none."""

review_plan = table(
    "review_plan",
    word("workspace"),
    word("person"),
    number("cap"),
    day("frozen_until"),
    key=("workspace", "person"),
)
"""What a learner decided on reviews. No number means the usual one."""

snooze = table(
    "snooze",
    word("workspace"),
    word("person"),
    day_in_key("first"),
    day("until"),
    key=("workspace", "person", "first"),
)
"""When somebody rested: weeks in it are neutral, also when it is over. `until` is the first day after it."""

board = table(
    "board",
    word("workspace"),
    word("person"),
    moment("since"),
    key=("workspace", "person"),
)
"""Who said yes to being listed on the board; without a row nobody is."""

certificate = table(
    "certificate",
    word("workspace"),
    word("person"),
    word("theme"),
    word("code"),
    note("name"),
    note("title"),
    Column("lessons", Text, nullable=False),
    day("finished"),
    moment("at"),
    Index(None, "workspace", "code"),
    key=("workspace", "person", "theme"),
)
"""Certificates of completion, with the words of that day and its date where their person was. `lessons` is JSON: the
theme, id and title of each."""

link = table(
    "link",
    word("workspace"),
    word("person"),
    word("other_workspace"),
    word("other_person"),
    moment("since"),
    Index(None, "other_workspace", "other_person"),
    key=("workspace", "person"),
)
"""Two seats of one learner: a row for each of them. Both sides keep their own rows; a look goes through this one."""

link_code = table(
    "link_code",
    word("workspace"),
    word("person"),
    word("name"),
    word("selector"),
    word("digest"),
    moment("expires_at"),
    word("state"),
    note("other_workspace"),
    note("other_person"),
    Index(None, "selector"),
    Index(None, "name"),
    key=("workspace", "person"),
)
"""A one-time code that was given out, and who typed it. The code itself is not kept: `selector` is its beginning, by
which it is found, `digest` a hash of the whole; `name` is what buttons carry."""

link_guess = table(
    "link_guess",
    word("workspace"),
    word("person"),
    number("wrong"),
    moment("since"),
    Index(None, "since"),
    key=("workspace", "person"),
)
"""How many codes somebody typed that were none, since the first of them."""

joint = table(
    "joint",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    word("question"),
    word("answer_key"),
    number("reviews"),
    Column("stability", Double, nullable=False),
    Column("difficulty", Double, nullable=False),
    moment("last"),
    moment("due"),
    key=("workspace", "person", "theme", "lesson", "question"),
)
"""What a linked learner remembers of a question that was answered on both sides before, as both logs together say."""

carried = table(
    "carried",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    moment("at"),
    word("digest"),
    key=("workspace", "person", "theme", "lesson"),
)
"""Lessons done on the other side while linked, kept when the link ended. They are the learner's: nothing that counts a
workspace's completions reads them."""

carried_review = table(
    "carried_review",
    word("workspace"),
    word("person"),
    word("theme"),
    word("lesson"),
    word("question"),
    Column("number", Integer, nullable=False),
    moment("at"),
    word("how"),
    note("given"),
    flag("correct"),
    flag("guessed"),
    number("grade"),
    Column("elapsed", Integer),
    Column("stability", Double),
    Column("difficulty", Double),
    moment("last", empty=True),
    Column("desired", Integer, nullable=False),
    key=("workspace", "person", "theme", "lesson", "question", "number", "at"),
)
"""The same of the log of reviews."""

mistake = table(
    "mistake",
    word("workspace"),
    word("id"),
    word("person"),
    word("theme"),
    word("lesson"),
    word("digest"),
    Column("what", Text, nullable=False),
    moment("at"),
    moment("closed_at", empty=True),
    note("note"),
    Index(None, "workspace", "person"),
    key=("workspace", "id"),
)

shelf = table(
    "shelf",
    word("theme"),
    word("lesson"),
    word("digest"),
    moment("seen"),
    key=("theme", "lesson"),
)
"""Lessons that there have been, so that a vanished id is noticed. No tenant: content is shared."""

vault = table(
    "vault",
    word("owner"),
    Column("name", String(200), nullable=False),
    Column("value", Text, nullable=False),
    moment("at"),
    key=("owner", "name"),
)
"""Values that a front end keeps for itself; they may be secrets, so nothing but that front end reads them."""

schedule = table(
    "schedule",
    word("workspace"),
    word("id"),
    word("theme"),
    note("address"),
    number("weekdays"),
    number("minute"),
    word("zone"),
    Column("every_weeks", Integer, nullable=False, server_default=text("1")),
    day("start"),
    day("until"),
    day("paused_until"),
    note("start_at"),
    note("skips"),
    note("mention"),
    flag("thread"),
    note("holidays"),
    number("late_window"),
    word("state"),
    number("version"),
    note("created_by"),
    moment("created_at"),
    moment("next_due", empty=True),
    note("question_after"),
    index("next_due", "workspace", "id", where="next_due IS NOT NULL"),
    key=("workspace", "id"),
)
"""Schedules of posts. `next_due` is the cursor: the first occurrence that has no row in the outbox yet."""

nudge = table(
    "nudge",
    word("workspace"),
    word("person"),
    word("kind"),
    note("address"),
    day_in_key("next_date"),
    moment("next_due", empty=True),
    note("stopped"),
    index("next_due", "workspace", "person", "kind", where="next_due IS NOT NULL"),
    key=("workspace", "person", "kind"),
)
"""The cursor of a person's reminders. Without a date, `next_due` is when the next one is to be computed."""

delivery = table(
    "delivery",
    word("workspace"),
    word("person"),
    word("schedule"),
    word("kind"),
    day_in_key("local_date"),
    word("state"),
    number("rank"),
    moment("due_at"),
    moment("ready_at"),
    moment("expires_at"),
    number("attempt"),
    moment("first_try_at", empty=True),
    moment("doubt_at", empty=True),
    note("lease_owner"),
    number("lease_epoch"),
    moment("lease_until", empty=True),
    moment("ended_at", empty=True),
    note("address"),
    note("message"),
    note("reason"),
    note("payload"),
    index("workspace", "rank", "ready_at", where="state = 'planned'"),
    index("lease_until", where="state = 'claimed'"),
    key=("workspace", "person", "schedule", "kind", "local_date"),
)
"""The outbox: one row for each post (no person) and each nudge (no schedule) of a local date; a reply to a report
has both, the report in the place of the schedule. A question of the week and its edits go by the question's date."""

lane = table(
    "lane",
    word("workspace"),
    note("name"),
    note("front"),
    count("tat"),
    count("served"),
    moment("paused_until", empty=True),
    moment("next_due", empty=True),
    index("front", "next_due", where="next_due IS NOT NULL"),
    key=("workspace", "name"),
)
"""Rate limits: of a front end (no workspace), a workspace (no name), a place (its address). `tat` is the theoretical
arrival time of GCRA. A workspace's lane also has when something of it may be ready: never too late, at times early."""

alert = table(
    "alert",
    word("workspace"),
    note("cause"),
    note("reason"),
    note("subject"),
    moment("first_at"),
    moment("last_at"),
    number("times"),
    moment("told_at", empty=True),
    key=("workspace", "cause"),
)
"""What a manager has to fix; a cause is sent once, and again only after it had gone."""

audit = table(
    "audit",
    word("workspace"),
    word("id"),
    moment("at"),
    note("by"),
    word("verb"),
    note("what"),
    note("about"),
    Index(None, "workspace", "at"),
    key=("workspace", "id"),
)
"""The audit log. `by` and `about` are persons; when one of them is erased, the line stays without the name."""

erasure = table(
    "erasure",
    word("mark"),
    word("kind"),
    moment("at"),
    key=("mark", "kind"),
)
"""What was erased, so that a copy from before that is put back forgets it again. `mark` is a fingerprint of workspace
and person: it names neither."""

personal = tuple(table for table in metadata.sorted_tables if "person" in table.c)
"""Every table with rows on a person."""
