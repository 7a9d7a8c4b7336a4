"""Which keys a theme, a lesson and their parts have, and how each is written."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.record import Record


class MapForm(Record):
    """What a map has to hold: each key with the way it is written."""

    name: str
    keys: Mapping[str, str]
    optional: frozenset[str] = frozenset({"aliases"})


THEME = MapForm(
    "a theme",
    {
        "id": "`id: databases`",
        "emoji": "`emoji: 🗄️`",
        "title": "`title: Databases in Practice`",
        "description": "`description: What it teaches, and whom.`",
        "language": "`language: en`",
        "licence": "`licence: CC-BY-4.0`",
        "lessons": "`lessons:` and under it `- lesson-id` for each lesson, in order",
        "aliases": "`aliases: [former-id]`",
        "workspaces": '`workspaces: ["discord:123456789012345678"]`',
        "translations": "`translations:` and under it `de:` with `title` and `description`",
    },
    frozenset({"aliases", "workspaces", "translations"}),
)
THEME_TRANSLATION = MapForm(
    "a theme's translation",
    {
        "title": "`title: Datenbanken in der Praxis`",
        "description": "`description: Was es lehrt, und wen.`",
        "of": "`of: 4be1a92c07d3`, by which it is known when the theme's own words change",
    },
    frozenset({"of"}),
)
LESSON = MapForm(
    "a lesson",
    {
        "id": "`id: connection-pools`",
        "title": "`title: Connection pools`",
        "summary": "`summary: A pool reuses connections; past its limit, requests queue.`",
        "sections": "`sections:` and under it `- label: …` with `text: …`",
        "sources": "`sources:` and under it `- id: …` with `title: …` and `url: https://…`",
        "questions": "`questions:` and under it `- id: …` with `ask`, `section` and `options`",
        "aliases": "`aliases: [former-id]`",
        "diagram": "`diagram:` and under it `file`, `alt` and `after`",
    },
    frozenset({"aliases", "diagram"}),
)
TRANSLATION = MapForm(
    "a lesson's translation",
    {
        "id": "`id: connection-pools`, as in the original",
        **{key: LESSON.keys[key] for key in ("title", "summary", "sections")},
        "of": "`of: 4be1a92c07d3`, by which it is known when the original changes",
        **{key: LESSON.keys[key] for key in ("sources", "questions", "diagram")},
    },
    frozenset({"of", "sources", "questions", "diagram"}),
)
"""What it leaves out is the original's."""
DIAGRAM = MapForm(
    "a diagram",
    {
        "file": "`file: connection-pools.svg`, the name of a file beside the lesson's",
        "alt": "`alt: >-` and below it, in words, what the diagram shows",
        "after": "`after:` with the label of the section that it stands beneath",
    },
    frozenset(),
)
SECTION = MapForm(
    "a section",
    {
        "label": "`label: What a connection costs`",
        "text": "`text: >-` and the text below",
        "sources": "`sources: [pg-resources]` with the ids of the sources it rests on",
    },
    frozenset({"sources"}),
)
"""Its sources may be left out only where the lesson's sources have no ids, as in content of an earlier form."""
SOURCE = MapForm(
    "a source",
    {
        "id": "`id: pg-resources`",
        "title": "`title: PostgreSQL manual, Resource usage`",
        "url": "`url: https://…`",
    },
    frozenset({"id"}),
)
"""Once one source of a lesson has an id, all of them need one."""
QUESTION = MapForm(
    "a question",
    {
        "id": "`id: pool-limit`",
        "ask": "`ask: What is asked?`",
        "section": "`section:` with the label of the section it rests on",
        "options": "`options:` and under it `- text: …` with `right` and `why`",
        "answer": "`answer:` and under it `accept` (or `number`) and `why`, where the answer is typed",
    },
    frozenset({"options", "answer"}),
)
"""It has options, or an answer to be typed."""
ANSWER = MapForm(
    "an answer",
    {
        "accept": "`accept: [SKIP LOCKED, for update skip locked]` with every wording that is right",
        "number": "`number: 40`",
        "why": "`why: Why it is right.`",
        "unit": "`unit: ms`",
        "tolerance": "`tolerance: 2`",
    },
    frozenset({"accept", "number", "unit", "tolerance"}),
)
"""It accepts wordings, or a number."""
OPTION = MapForm(
    "an option",
    {
        "text": "`text: What can be chosen`",
        "right": "`right: true` or `right: false`",
        "why": "`why: Why it is right, or wrong.`",
        "id": "`id: by-hand`",
    },
    frozenset({"id"}),
)
"""Without an id its wording is its name: answers given before it was reworded are then those to another option."""
FORMS = (THEME, THEME_TRANSLATION, LESSON, TRANSLATION, DIAGRAM, SECTION, SOURCE, QUESTION, ANSWER, OPTION)
