"""What a theme and a lesson consist of: which keys, which of them must be there, what each may hold.

Every check notes its problem and goes on with an empty value, so that one run finds everything. What was noted never
reaches the shelf. How long or how well something is written is for the lint.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from bot.core import text
from bot.core.record import Record
from bot.domain import workspace
from bot.domain.course import Section, Source
from bot.domain.questions import Option, Question, TypedAnswer, digest
from bot.packs.forms import (
    ANSWER,
    DIAGRAM,
    LESSON,
    OPTION,
    QUESTION,
    SECTION,
    SOURCE,
    THEME,
    THEME_TRANSLATION,
    TRANSLATION,
    MapForm,
)
from bot.packs.problems import Notes, closest, did_you_mean
from bot.packs.tree import Branch, Leaf, ListNode, Node

LONGEST_THEME_ID = 32
LONGEST_LESSON_ID = 40
LONGEST_QUESTION_ID = 24
"""Characters; a button carries the ids in at most 100 bytes."""
LONGEST_SOURCE_ID = 24
LONGEST_TEXT = 8000
"""Characters of any one text: far above what a person reads at once, below what could hold the process up."""
LONGEST_OPTION_ID = 24
LONGEST_TYPED = 60
"""Characters of what has to be typed; nobody types a sentence alike."""
SECTIONS = (3, 8)
OPTIONS = (2, 4)
FEWEST_QUESTIONS = 3

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_URL = re.compile(r"https?://[^\s/?#]+\S*")
_LONGEST_EMOJI = 16
DIAGRAM_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.svg")
_YES = ("true", "yes", "on")
"""What counts as right once it has been said that only `true` does."""


class RawTheme(Record):
    """A theme.yaml as it was read."""

    id: str = ""
    emoji: str = ""
    title: str = ""
    description: str = ""
    language: str = ""
    licence: str = ""
    lessons: tuple[tuple[str, int], ...] = ()
    """Lesson ids in order, each with its line."""
    aliases: tuple[tuple[str, int], ...] = ()
    workspaces: tuple[str, ...] = ()
    line: int = 1
    """Of the id."""
    translations: tuple[RawTitle, ...] = ()


class RawTitle(Record):
    """A theme's title and description in another language."""

    language: str
    title: str = ""
    description: str = ""


def digest_of_titles(title: str, description: str) -> str:
    """A fingerprint of a theme's own words, by which a translation of them is known when they change."""
    return digest([title, " ".join(description.split())])


class RawDiagram(Record):
    """A lesson's diagram as its file names it; the drawing has a file of its own."""

    file: str
    alt: str
    after: str
    line: int
    """Of the file's name."""


class RawLesson(Record):
    """A lesson's file as it was read; its theme and number are not in it."""

    id: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    aliases: tuple[tuple[str, int], ...]
    line: int
    diagram: RawDiagram | None = None


def theme(node: Node, notes: Notes) -> RawTheme:
    fields = _fields(node, THEME, notes)
    emoji = _line(fields, "emoji", notes)
    if emoji and not is_emoji(emoji):
        notes.error(fields["emoji"].line, f"“{emoji}” is no emoji", "Write the emoji itself, such as 🗄️.")
    title, description = _line(fields, "title", notes), _line(fields, "description", notes)
    language = _line(fields, "language", notes)
    if language and not is_language(language):
        notes.error(fields["language"].line, f"“{language}” is no language code", "Write `en`, `de` or `pt-BR`.")
    return RawTheme(
        _id(fields, LONGEST_THEME_ID, notes),
        emoji,
        title,
        description,
        language,
        _line(fields, "licence", notes),
        _ids(fields, "lessons", LONGEST_LESSON_ID, notes),
        _ids(fields, "aliases", LONGEST_THEME_ID, notes),
        _workspaces(fields, notes),
        fields["id"].line if "id" in fields else node.line,
        _titles(fields["translations"], language, notes, now=digest_of_titles(title, description))
        if "translations" in fields
        else (),
    )


def _titles(node: Node, original: str, notes: Notes, *, now: str) -> tuple[RawTitle, ...]:
    if not isinstance(node, Branch):
        notes.error(node.line, "“translations” has to be a map", "Write `de:` and under it `title` and `description`.")
        return ()
    found = []
    for code, each in node.fields.items():
        if not is_language(code):
            notes.error(each.line, f"“{text.shorten(code, 20)}” is no language code", "Write `de`, `fr` or `pt-BR`.")
        elif code == original:
            notes.error(each.line, f"The theme itself is in “{code}”", "Delete this translation.")
        else:
            fields = _fields(each, THEME_TRANSLATION, notes)
            if (said := _line(fields, "of", notes)) and said != now:
                message = f"The theme's words have changed since this was translated (`of: {text.shorten(said, 20)}`)"
                notes.warning(fields["of"].line, message, f"Compare the two, then write `of: {now}`.")
            found.append(RawTitle(code, _line(fields, "title", notes), _line(fields, "description", notes)))
    return tuple(found)


def _workspaces(fields: Mapping[str, Node], notes: Notes) -> tuple[str, ...]:
    """The workspaces that the theme is for alone. While they are written wrongly, it is for nobody."""
    found: dict[str, int] = {}
    for node in _rows(fields, "workspaces", notes):
        value = node.value.strip() if isinstance(node, Leaf) else ""
        if not workspace.is_name(value):
            said = f"“{text.shorten(value, 60)}” is no workspace" if value else "An entry of “workspaces” is no text"
            notes.error(node.line, said, 'Write "discord:SERVER", "slack:-:TEAM", "slack:ENTERPRISE:TEAM" or "web".')
        elif value in found:
            notes.error(node.line, f"“{value}” is listed a second time (first in line {found[value]})", "Keep one.")
        found.setdefault(value, node.line)
    return tuple(found) or (("",) if "workspaces" in fields else ())


def lesson(node: Node, notes: Notes) -> RawLesson:
    fields = _fields(node, LESSON, notes)
    raw = _lesson(node, fields, notes, known=())
    _count(fields, "sections", SECTIONS[0], SECTIONS[1], notes)
    _count(fields, "questions", FEWEST_QUESTIONS, 0, notes)
    return raw


def translation(node: Node, original: RawLesson, notes: Notes) -> RawLesson:
    """A lesson's file in another language. What it may leave out is empty; its sections may leave out their sources."""
    fields = _fields(node, TRANSLATION, notes)
    return _lesson(node, fields, notes, known=[source.id for source in original.sources if source.id])


def _lesson(node: Node, fields: Mapping[str, Node], notes: Notes, *, known: Sequence[str]) -> RawLesson:
    """`known` are sources that its sections may name though they stand elsewhere."""
    sources = _sources(fields, notes)
    own = [source.id for source in sources if source.id]
    sections = tuple(_section(each, own, notes, elsewhere=known) for each in _rows(fields, "sections", notes))
    labels = _distinct(fields, "sections", "label", [section.label for section in sections], notes)
    questions = tuple(_question(each, labels, notes) for each in _rows(fields, "questions", notes))
    _distinct(fields, "questions", "id", [question.id for question in questions], notes)
    return RawLesson(
        _id(fields, LONGEST_LESSON_ID, notes),
        _line(fields, "title", notes),
        _line(fields, "summary", notes),
        sections,
        sources,
        questions,
        _ids(fields, "aliases", LONGEST_LESSON_ID, notes),
        fields["id"].line if "id" in fields else node.line,
        _diagram(fields["diagram"], labels, notes) if "diagram" in fields else None,
    )


def _diagram(node: Node, labels: Sequence[str], notes: Notes) -> RawDiagram:
    fields = _fields(node, DIAGRAM, notes)
    file = _line(fields, "file", notes)
    if file and not DIAGRAM_FILE.fullmatch(file):
        message = f"“{text.shorten(file, 60)}” is no name of a diagram's file"
        notes.error(fields["file"].line, message, "Put it beside the lesson's, and name it like `event-loop.svg`.")
        file = ""
    after = _line(fields, "after", notes)
    _known_label(fields, "after", labels, "Copy the label of the section that the diagram stands beneath.", notes)
    line = fields["file"].line if "file" in fields else node.line
    return RawDiagram(file, " ".join(_words(fields, "alt", notes).split()), after, line)


def _known_label(fields: Mapping[str, Node], key: str, labels: Sequence[str], otherwise: str, notes: Notes) -> None:
    label = _line(fields, key, Notes(""))
    if label and label not in labels:
        mend = did_you_mean(label, labels, otherwise)
        notes.error(fields[key].line, f"No section is labelled “{text.shorten(label, 60)}”", mend)


def _section(node: Node, own: Sequence[str], notes: Notes, *, elsewhere: Sequence[str]) -> Section:
    fields = _fields(node, SECTION, notes)
    known = list(dict.fromkeys([*own, *elsewhere]))
    if known and not elsewhere and fields and "sources" not in fields:
        _miss(node, SECTION, "sources", notes)
    named = _ids(fields, "sources", LONGEST_SOURCE_ID, notes)
    for id, line in named:
        if id not in known and not id_problem(id, LONGEST_SOURCE_ID):
            otherwise = f"The lesson has {', '.join(known)}." if known else "Give each source of the lesson an `id`."
            notes.error(line, f"No source has the id “{id}”", did_you_mean(id, known, otherwise))
    return Section(
        _line(fields, "label", notes), text.parse(_words(fields, "text", notes)), tuple(id for id, _ in named)
    )


def _sources(fields: Mapping[str, Node], notes: Notes) -> tuple[Source, ...]:
    """The lesson's sources; all of them have ids, or none has."""
    rows = _rows(fields, "sources", notes)
    sources = tuple(_source(each, notes) for each in rows)
    _distinct(fields, "sources", "id", [source.id for source in sources], notes)
    if any(source.id for source in sources):
        for row in rows:
            if isinstance(row, Branch) and "id" not in row.fields:
                _miss(row, SOURCE, "id", notes)
    return sources


def _source(node: Node, notes: Notes) -> Source:
    fields = _fields(node, SOURCE, notes)
    url = _line(fields, "url", notes)
    if url and not is_url(url):
        message = f"“{text.shorten(url, 60)}” is no address on the web"
        notes.error(fields["url"].line, message, "Write the whole address, beginning with https://.")
    return Source(_line(fields, "title", notes), url, _id(fields, LONGEST_SOURCE_ID, notes))


def is_url(value: str) -> bool:
    return _URL.fullmatch(value) is not None


def is_emoji(value: str) -> bool:
    return len(value) <= _LONGEST_EMOJI and not any(sign.isascii() and sign.isalpha() for sign in value)


def is_language(value: str) -> bool:
    return _LANGUAGE.fullmatch(value) is not None


def _question(node: Node, labels: Sequence[str], notes: Notes) -> Question:
    fields = _fields(node, QUESTION, notes)
    section = _line(fields, "section", notes)
    _known_label(fields, "section", labels, "Copy the label of the section that the question rests on.", notes)
    if fields and ("options" in fields) == ("answer" in fields):
        said = "A question has `options` or an `answer` to be typed"
        notes.error(
            node.line, said, "Keep one of the two." if "answer" in fields else f"Add {QUESTION.keys['options']}."
        )
    options = tuple(_option(each, notes) for each in _rows(fields, "options", notes))
    _count(fields, "options", OPTIONS[0], OPTIONS[1], notes)
    _distinct(fields, "options", "id", [option.id for option in options], notes)
    rights = sum(option.right for option in options)
    if options and rights in (0, len(options)):
        said = "No option is right" if not rights else "Every option is right"
        notes.error(fields["options"].line, said, "Mark what is right `right: true` and the others `right: false`.")
    return Question(
        _id(fields, LONGEST_QUESTION_ID, notes),
        text.parse(_words(fields, "ask", notes)),
        section,
        options,
        _typed(fields["answer"], notes) if "answer" in fields else None,
    )


def _typed(node: Node, notes: Notes) -> TypedAnswer:
    """An answer to be typed: wordings that are accepted, or a number with its unit and tolerance."""
    fields = _fields(node, ANSWER, notes)
    why = text.parse(_words(fields, "why", notes))
    if fields and ("accept" in fields) == ("number" in fields):
        notes.error(node.line, "An answer accepts wordings or a number", "Write `accept: […]`, or `number: …`.")
    if "number" not in fields:
        for key in ("unit", "tolerance"):
            if key in fields:
                notes.error(fields[key].line, f"“{key}” belongs to a number", "Write `number: …`, or delete it.")
        return TypedAnswer(_wordings(fields, notes), why)
    number, tolerance = _number(fields, "number", notes), _number(fields, "tolerance", notes)
    unit = _line(fields, "unit", notes)
    shown = " ".join(filter(None, (_line(fields, "number", notes), unit)))
    return TypedAnswer((shown,), why, number, unit, abs(tolerance))


def _wordings(fields: Mapping[str, Node], notes: Notes) -> tuple[str, ...]:
    accepted = []
    for node in _rows(fields, "accept", notes):
        value = " ".join(node.value.split()) if isinstance(node, Leaf) else ""
        if not value:
            notes.error(node.line, "An entry of “accept” is no wording", "Write a hyphen, a space and the wording.")
        elif len(value) > LONGEST_TYPED:
            message = f"A wording to be typed has {len(value)} characters"
            notes.error(node.line, message, f"Ask for something of {LONGEST_TYPED} or fewer.")
        accepted.append(value)
    return tuple(accepted) or ("",)


def _number(fields: Mapping[str, Node], key: str, notes: Notes) -> float:
    value = _line(fields, key, notes)
    if not value:
        return 0.0
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        notes.error(fields[key].line, f"“{key}” is no number", "Write it in digits, such as 40 or 0.5.")
        return 0.0
    return number


def _option(node: Node, notes: Notes) -> Option:
    fields = _fields(node, OPTION, notes)
    words = text.parse(_words(fields, "text", notes))
    right = fields.get("right")
    if right is not None and not (isinstance(right, Leaf) and right.plain and right.value in ("true", "false")):
        notes.error(right.line, "“right” has to be true or false", "Write `right: true` or `right: false`.")
    return Option(
        _id(fields, LONGEST_OPTION_ID, notes) or digest([words.source]),
        words,
        isinstance(right, Leaf) and right.value.lower() in _YES,
        text.parse(_words(fields, "why", notes)),
    )


def _fields(node: Node, form: MapForm, notes: Notes) -> dict[str, Node]:
    """The fields of a map, once its keys are checked."""
    if not isinstance(node, Branch):
        example = next(iter(form.keys.values()))
        notes.error(node.line, f"{form.name.capitalize()} has to be a map", f"Write `key: value`, such as {example}.")
        return {}
    if node.fields.keys() != form.keys.keys():
        _check_keys(node, form, notes)
    return node.fields


def _check_keys(node: Branch, form: MapForm, notes: Notes) -> None:
    missing = [key for key in form.keys if key not in node.fields and key not in form.optional]
    for key, value in node.fields.items():
        if key not in form.keys:
            near = closest(key, missing) or closest(key, form.keys)
            mend = f"Did you mean “{near}”?" if near else f"It has {', '.join(form.keys)}."
            notes.error(value.line, f"“{text.shorten(key, 40)}” is no key of {form.name}", mend)
            missing = [each for each in missing if each != near]
    for key in missing:
        _miss(node, form, key, notes)


def _miss(node: Node, form: MapForm, key: str, notes: Notes) -> None:
    notes.error(node.line, f"“{key}” is missing from {form.name}", f"Add {form.keys[key]}.")


def _words(fields: Mapping[str, Node], key: str, notes: Notes) -> str:
    """Text of one or more lines."""
    node = fields.get(key)
    if node is None:
        return ""
    if not isinstance(node, Leaf):
        kind = "a list" if isinstance(node, ListNode) else "a map"
        notes.error(node.line, f"“{key}” has to be text, not {kind}", f"Write `{key}: …`, with quotes if need be.")
        return ""
    value = node.value.strip()
    if not value:
        notes.error(node.line, f"“{key}” is empty", "Fill it in.")
    if len(value) > LONGEST_TEXT:
        notes.error(node.line, f"“{key}” has {len(value):,} characters", f"Keep it to {LONGEST_TEXT:,}; split it up.")
        return ""
    return value


def _line(fields: Mapping[str, Node], key: str, notes: Notes) -> str:
    """Text of one line."""
    value = _words(fields, key, notes)
    if "\n" in value:
        notes.error(fields[key].line, f"“{key}” has more than one line", "Open it with `>-`, which joins its lines.")
    return value


def _id(fields: Mapping[str, Node], longest: int, notes: Notes) -> str:
    value = _line(fields, "id", notes)
    if value:
        _check_id(value, fields["id"].line, longest, notes)
    return value


def _check_id(value: str, line: int, longest: int, notes: Notes) -> None:
    if wrong := id_problem(value, longest):
        notes.error(line, *wrong)


def id_problem(value: str, longest: int) -> tuple[str, str] | None:
    """What is wrong with an id, and the mend."""
    if not _ID.fullmatch(value):
        better = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:longest].rstrip("-")
        mend = "An id has the letters a–z, digits and hyphens" + (f", such as “{better}”." if better else ".")
        return f"“{text.shorten(value, 60)}” is no id", mend
    if len(value) > longest:
        return f"The id “{value}” has {len(value)} characters", f"Shorten it to {longest} or fewer."
    return None


def _ids(fields: Mapping[str, Node], key: str, longest: int, notes: Notes) -> tuple[tuple[str, int], ...]:
    """A list of ids, each with its line."""
    found: dict[str, int] = {}
    for node in _rows(fields, key, notes):
        value = node.value.strip() if isinstance(node, Leaf) else ""
        if not value:
            notes.error(node.line, f"An entry of “{key}” is no id", "Write a hyphen, a space and the id.")
        elif value in found:
            message = f"“{value}” is listed a second time (first in line {found[value]})"
            notes.error(node.line, message, "Keep one of them.")
        else:
            found[value] = node.line
            _check_id(value, node.line, longest, notes)
    return tuple(found.items())


def _rows(fields: Mapping[str, Node], key: str, notes: Notes) -> Sequence[Node]:
    node = fields.get(key)
    if node is None:
        return ()
    if not isinstance(node, ListNode):
        notes.error(node.line, f"“{key}” has to be a list", "Begin each of its entries with a hyphen and a space.")
        return ()
    if not node.items:
        notes.error(node.line, f"“{key}” is empty", "Fill it in, or delete the key if it is optional.")
    return node.items


def _count(fields: Mapping[str, Node], key: str, fewest: int, most: int, notes: Notes) -> None:
    node = fields.get(key)
    if not isinstance(node, ListNode) or not node.items:
        return
    found = len(node.items)
    if found < fewest:
        notes.error(node.line, f"{found} of “{key}”, but at least {fewest} are needed", f"Add {fewest - found}.")
    elif most and found > most:
        notes.error(node.line, f"{found} of “{key}”, but at most {most} are shown", f"Take away {found - most}.")


def _distinct(fields: Mapping[str, Node], key: str, part: str, values: Sequence[str], notes: Notes) -> Sequence[str]:
    """The values, once it is checked that none stands twice."""
    rows = _rows(fields, key, Notes("")) if len(set(values)) < len(values) else ()
    for at, node in enumerate(rows):
        if values[at] and values[at] in values[:at]:
            value = text.shorten(values[at], 60)
            notes.error(node.line, f"The {part} “{value}” stands a second time in “{key}”", "Give it another.")
    return values
