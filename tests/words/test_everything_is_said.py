"""No word of ours reaches a reader but through a message.

The product is made to speak a language of invented letters, and lessons are put into letters of another kind: what is
left on a page in Latin letters was never said, but written down in English where it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum

import pytest
from babel import Locale
from babel.support import NullTranslations
from msgspec import Struct, structs

from bot.core import commands, i18n, layout, views
from bot.core.commands import Command
from bot.core.ports import Actor, Check
from bot.core.record import replace
from bot.core.svg import Svg
from bot.core.text import Text
from bot.domain.course import Shelf, Theme
from bot.domain.posts import DeliveryState
from bot.engine import StudyEngine
from bot.store.store import Store
from tests.conftest import Learner
from tests.features.house import Front, settle
from tests.features.schedule_stage import Office, office
from tests.features.test_reader import example
from tests.features.test_reminders import YES as REMINDERS
from tests.hand_clock import HandClock

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
    r"[\w-]+\.(?:json|csv|txt|tsv|png)|web:\w+|\{count\}|English|Deutsch|\bFR\b|\bel\b|\b[a-z]+(?:-[a-z0-9]+)+\b"
)
"""Names, addresses, commands with their options, files, ids, languages by their own names."""


AS_THEY_STAND = frozenset({"audit", "doctor"})
"""Lines of the audit are kept in English, and this platform's own checks are."""


class Elsewhere(Front):
    """A front end whose own words are none of the engine's."""

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        return [Check("Ω", healthy=True, detail="Ω")]


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
def here(engine: StudyEngine, store: Store, clock: HandClock) -> Office:
    return office(engine, store, clock)


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    return Shelf(tuple(theme for theme in map(learned, shelf.themes) if isinstance(theme, Theme)))


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize("manages", [True, False], ids=["manager", "learner"])
@pytest.mark.parametrize("given", ["backend-architectures", "9 🦉"], ids=["sense", "nonsense"])
async def test_whatever_is_asked_the_answer_is_in_the_readers_language(
    engine: StudyEngine, given: str, *, manages: bool
) -> None:
    settle(engine, Elsewhere())
    mei = Learner(engine, Actor("web", "99", manages=manages, locale=INVENTED))
    left = await unsaid_by(engine, mei.actor, given)
    left |= await unsaid_by(engine, mei.actor, given)  # now that everything was done once
    assert left == {}


async def unsaid_by(engine: StudyEngine, actor: Actor, given: str) -> dict[str, set[str]]:
    """What is left in each command's answer."""
    left: dict[str, set[str]] = {}
    for spec in commands.all_specs():
        if spec.verb != "erase":
            reply = await engine.handle(example(spec, given), actor)
            if found := unsaid(reply.view, reply.reader):
                left[spec.verb] = found
    return left


@pytest.mark.usefixtures("invented")
async def test_where_people_learn_and_lessons_are_posted_every_answer_is_in_the_managers_language(here: Office) -> None:
    ada = Learner(here.engine, replace(here.ada.actor, person="99", locale=INVENTED))
    here.ada = ada
    for more in (
        {},
        {"thread": True, "mention": "77", "holidays": "FR"},
        {"every_weeks": 3},
        {"question_after": "2 days"},
    ):
        await here.add(**more)
    await here.posted(datetime(2025, 9, 22, 7, tzinfo=UTC), "form-of-a-lesson")
    await here.posted(datetime(2025, 9, 29, 7, tzinfo=UTC), "", state=DeliveryState.FAILED)
    for line in ("schedule pause S2 until:24 dec", "schedule skip S3", "doctor", "report", "schedule list", "audit"):
        await ada.types(f"/study-admin {line}")
    await ada.does(REMINDERS)
    for line in ("/next", "/done", "/quiz teach-with-dualo", "/review", "/snooze 2 weeks", "/saved", "/team"):
        await ada.types(line)
    for given in ("S1", "S2"):
        left = await unsaid_by(here.engine, ada.actor, given)
        assert {verb: found for verb, found in left.items() if verb not in AS_THEY_STAND} == {}
