"""No word of ours reaches a reader but through a message.

The product is made to speak a language of invented letters, and the lessons are put into letters of another kind: what is
left on a page in Latin letters was never said, but written down in English where it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

import pytest
from babel import Locale
from babel.support import NullTranslations
from msgspec import Struct, structs

from bot.core import commands, i18n, layout, views
from bot.core.commands import Command
from bot.core.ports import Actor
from bot.core.svg import Svg
from bot.core.text import Text
from bot.domain.course import Shelf
from bot.engine import StudyEngine
from tests.conftest import Learner
from tests.features.house import Front, settle
from tests.features.test_reader import example

INVENTED = "el"
"""A real language's dates and days, none of which is in Latin letters."""
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LEARNED = str.maketrans(LATIN, "αβγδεζηθικλμνξοπρστυφχψωάέΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈ"[: len(LATIN)].ljust(52, "Ω"))
SAID = str.maketrans(LATIN, "абвгдежзийклмнопрстуфхцчшщАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩ")
KEPT = re.compile(r"\{\w+\}|(?<!\w)/[a-z][a-z-]*(?: [a-z-]+)?|https?://\S+")
"""Of a message: its fields, and what is typed as it stands."""
NOT_WORDS = frozenset({"id", "url", "language", "licence", "emoji", "digest", "workspaces", "theme", "lesson", "name"})
WORD = re.compile(r"[A-Za-z]{2,}")
OURS_EVERYWHERE = re.compile(
    r"https?://\S+|(?<!\w)/[a-z][^.]*|Dualo|Discord|Slack|Anki|FSRS|CSV|JSON|UTC|KB|[A-Z][a-z]+/[A-Z][A-Za-z_]+|"
    r"[\w-]+\.(?:json|csv|txt|tsv|png)|web:\w+|\b[a-z]+(?:-[a-z0-9]+)+\b"
)
"""Names, addresses, commands with their options, files, ids."""


def spoken(message: str) -> str:
    """The message in invented letters."""
    found, at = [], 0
    for kept in KEPT.finditer(message):
        found += [message[at : kept.start()].translate(SAID), kept.group()]
        at = kept.end()
    return "".join((*found, message[at:].translate(SAID)))


class Invented(NullTranslations):
    def gettext(self, message: str) -> str:
        return spoken(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return spoken(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return spoken(message)


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    there = {i18n.ENGLISH: NullTranslations(), INVENTED: Invented()}
    monkeypatch.setattr(i18n, "languages", lambda: tuple(there))
    monkeypatch.setattr(i18n, "_catalogue", there.__getitem__)
    monkeypatch.setattr(i18n, "_known_locale", Locale.parse)
    i18n.nearest.cache_clear()
    yield
    i18n.nearest.cache_clear()


def learned(part: object, name: str = "") -> object:
    """The content in letters of its own; ids and addresses stay."""
    match part:
        case Text():
            return Text(part.source.translate(LEARNED))
        case str() if not isinstance(part, Enum) and name not in NOT_WORDS:
            return part.translate(LEARNED)
        case tuple():
            return tuple(learned(each, name) for each in part)
        case Struct() if not isinstance(part, Svg):
            fields = {each: learned(getattr(part, each), each) for each in part.__struct_fields__}
            return structs.replace(part, **fields)
        case _:
            return part


def words(part: object, name: str = "") -> Iterator[str]:
    """What is read on a page: not the commands behind it, its kinds and its addresses."""
    match part:
        case Enum() | Command() | Svg() | bytes() | views.Place() | views.Someone() | views.Group():
            return
        case Text():
            yield part.plain
        case str() if name not in {"url", "name", "value", "verb", "mime", "language", "thread"}:
            yield part
        case dict():
            return
        case tuple() if name == "options" and part and isinstance(part[0], tuple):
            yield from (label for _, label in part)
        case tuple():
            for each in part:
                yield from words(each, name)
        case Struct():
            for each in part.__struct_fields__:
                yield from words(getattr(part, each), each)
        case _:
            return


def unsaid(view: views.View, reader: views.Reader) -> set[str]:
    page = layout.page(view, reader)
    return {found for each in words(page) for found in WORD.findall(OURS_EVERYWHERE.sub(" ", each))}


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    return Shelf(tuple(learned(theme) for theme in shelf.themes))  # type: ignore[arg-type]


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize("manages", [True, False], ids=["manager", "learner"])
@pytest.mark.parametrize("given", ["backend-architectures", "9 🦉"], ids=["sense", "nonsense"])
async def test_whatever_is_asked_the_answer_is_in_the_readers_language(
    engine: StudyEngine, given: str, *, manages: bool
) -> None:
    settle(engine, Front())
    mei = Learner(engine, Actor("web", "99", manages=manages, locale=INVENTED))
    left: dict[str, set[str]] = {}
    for _ in range(2):  # the second time everything was done once
        for spec in commands.all_specs():
            if spec.verb in {"erase"}:
                continue
            reply = await engine.handle(example(spec, given), mei.actor)
            if found := unsaid(reply.view, reply.reader):
                left[spec.verb] = left.get(spec.verb, set()) | found
    assert left == {}
