"""Which files can be read without a YAML parser: those written just as the authors' guide shows, and without a fault.

A shelf of five thousand lessons has to load in two seconds; the parser alone takes four times that. So a few regular
expressions recognise the common form. They never judge: at the first thing that looks otherwise they give up, and
parser and schema decide. What is recognised is, field for field, what those two would have made of it.
"""

from __future__ import annotations

import re

from bot.core import text
from bot.domain.course import Option, Question, Section, Source
from bot.packs import schema

_LESSON = re.compile(
    r"id: (.+)\n"
    r"title: (.+)\n"
    r"summary: (?:>-\n((?:  \S.*\n)+)|(.+)\n)"
    r"sections:\n((?:  .*\n|\n)+)"
    r"sources:\n((?:  .*\n)+\n*)"
    r"questions:\n((?:  .*\n|\n)+)"
)
_THEME = re.compile(
    r"id: (.+)\n"
    r"emoji: (.+)\n"
    r"title: (.+)\n"
    r"description: (?:>-\n((?:  \S.*\n)+)|(.+)\n)"
    r"language: (.+)\n"
    r"licence: (.+)\n"
    r"lessons:\n((?:  - \S.*\n)+)"
)
_SECTION = re.compile(r"  - label: (.+)\n    text: (?:([>|])-\n((?:      .*\n|\n)+)|(.+)\n\n*)")
_SOURCE = re.compile(r"  - title: (.+)\n    url: (?:>-\n((?:      \S.*\n)+)|(.+)\n)\n*")
_OPTION = (
    r"      - text: (?:>-\n((?:          \S.*\n)+)|(.+)\n)"
    r"        right: (true|false)\n"
    r"        why: (?:>-\n((?:          \S.*\n)+)|(.+)\n)"
)
_QUESTION = re.compile(
    r"  - id: (.+)\n    ask: (?:>-\n((?:      \S.*\n)+)|(.+)\n)    section: (.+)\n    options:\n"
    rf"{_OPTION}{_OPTION}(?:{_OPTION})?(?:{_OPTION})?\n*"
)
_PARTS = 5
"""Groups of an option."""
_COMMON = bytes(sorted({10, *range(32, 127), *range(128, 256)} - {0xC2, 0xEF}))
"""Bytes of UTF-8 that begin no control character and no byte order mark."""
_INDICATORS = frozenset("-?:,[]{}#&*!|>%@` ")
_DEEP, _DEEPER = " " * 6, " " * 10
"""Indents of the texts of sections and questions, and of options."""
_QUOTES = frozenset("'\"")
_BREAKS = re.compile(r"\n+")


class _Otherwise(Exception):
    """Not in the common form."""


def recognise(source: str) -> schema.LessonDraft | None:
    """The lesson, if it is written in the common form and nothing is wrong with it."""
    found = _in_form(_LESSON, source)
    try:
        return _lesson(*found.groups(default="")) if found else None
    except _Otherwise:
        return None


def recognise_theme(source: str) -> schema.ThemeDraft | None:
    """The same of a theme.yaml."""
    found = _in_form(_THEME, source)
    try:
        return _theme(*found.groups(default=""), first=source.count("\n", 0, found.start(8)) + 1) if found else None
    except _Otherwise:
        return None


def _in_form(form: re.Pattern[str], source: str) -> re.Match[str] | None:
    if not source.endswith("\n"):
        source += "\n"
    return form.fullmatch(source) if " \n" not in source and _is_clean(source) else None


def _is_clean(source: str) -> bool:
    """No character in it means anything special to YAML; nearly always seen at a glance."""
    if "\u2028" in source or "\u2029" in source:
        return False
    return not source.encode().translate(None, _COMMON) or source.replace("\n", "").isprintable()


def _lesson(
    id: str, title: str, folded: str, summary: str, sections: str, sources: str, questions: str
) -> schema.LessonDraft:
    made = tuple(_section(*groups) for groups in _all(_SECTION, sections))
    labels = {section.label for section in made}
    asked = tuple(_question(labels, *groups) for groups in _all(_QUESTION, questions))
    if (
        not schema.SECTIONS[0] <= len(made) <= schema.SECTIONS[1]
        or len(labels) < len(made)
        or len(asked) < schema.FEWEST_QUESTIONS
        or len({question.id for question in asked}) < len(asked)
    ):
        raise _Otherwise
    return schema.LessonDraft(
        _id(id, schema.LONGEST_LESSON_ID),
        _value(title),
        _folded(folded, "  ") if folded else _value(summary),
        made,
        tuple(_source(*groups) for groups in _all(_SOURCE, sources)),
        asked,
        (),
        1,
    )


def _theme(
    id: str,
    emoji: str,
    title: str,
    folded: str,
    description: str,
    language: str,
    licence: str,
    lessons: str,
    *,
    first: int,
) -> schema.ThemeDraft:
    """`first` is the line of the first lesson."""
    listed = [_id(line[4:], schema.LONGEST_LESSON_ID) for line in lessons[:-1].split("\n")]
    emoji, language = _value(emoji), _value(language)
    if len(set(listed)) < len(listed) or not schema.is_emoji(emoji) or not schema.is_language(language):
        raise _Otherwise
    return schema.ThemeDraft(
        _id(id, schema.LONGEST_THEME_ID),
        emoji,
        _value(title),
        _folded(folded, "  ") if folded else _value(description),
        language,
        _value(licence),
        tuple(zip(listed, range(first, first + len(listed)), strict=True)),
    )


def _section(label: str, style: str, block: str, words: str) -> Section:
    if not style:
        return Section(_value(label), text.parse(_value(words)))
    return Section(_value(label), text.parse(_block(block) if style == "|" else _folded(block, _DEEP)))


def _source(title: str, folded: str, url: str) -> Source:
    if not schema.is_url(url := _folded(folded, _DEEP) if folded else _value(url)):
        raise _Otherwise
    return Source(_value(title), url)


def _question(labels: set[str], id: str, folded: str, ask: str, section: str, *options: str) -> Question:
    offered = [_option(*options[at : at + _PARTS]) for at in range(0, len(options), _PARTS) if options[at + 2]]
    section = _value(section)
    if section not in labels or [option.right for option in offered].count(True) != 1:
        raise _Otherwise
    asked = _folded(folded, _DEEP) if folded else _value(ask)
    return Question(_id(id, schema.LONGEST_QUESTION_ID), text.parse(asked), tuple(offered), section)


def _option(folded: str, words: str, right: str, folded_why: str, why: str) -> Option:
    return Option(
        text.parse(_folded(folded, _DEEPER) if folded else _value(words)),
        right == "true",
        text.parse(_folded(folded_why, _DEEPER) if folded_why else _value(why)),
    )


def _all(pattern: re.Pattern[str], source: str) -> list[tuple[str, ...]]:
    """The groups of every match, if matches follow one another from end to end."""
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(source):
        match = pattern.match(source, at)
        if match is None:
            raise _Otherwise
        at = match.end()
        found.append(match.groups(""))
    return found


def _value(written: str) -> str:
    """A value on its key's line: plain, or in quotes without another quote or a backslash."""
    first = written[0]
    if first in _QUOTES:
        inner = written[1:-1]
        if len(written) < 3 or written[-1] != first or first in inner or "\\" in inner or not inner.strip():
            raise _Otherwise
        return inner.strip()
    if first in _INDICATORS or written[-1] == ":" or ": " in written or " #" in written:
        raise _Otherwise
    return written


def _folded(block: str, pad: str) -> str:
    """The text of a `>-` block."""
    said = _dedented(block, pad)
    if "\n " in said:
        raise _Otherwise
    if "\n\n" not in said:
        return said.replace("\n", " ")
    return _BREAKS.sub(lambda run: "\n" * (len(run[0]) - 1) or " ", said)


def _block(block: str) -> str:
    """The text of a `|-` block."""
    return _dedented(block, _DEEP)


def _dedented(block: str, pad: str) -> str:
    said = block.rstrip("\n")
    if said[len(pad) : len(pad) + 1] in ("", " ") or not said.startswith(pad):
        raise _Otherwise
    return said[len(pad) :].replace("\n" + pad, "\n")


def _id(written: str, longest: int) -> str:
    value = _value(written)
    if schema.id_problem(value, longest):
        raise _Otherwise
    return value
