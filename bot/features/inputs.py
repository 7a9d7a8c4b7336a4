"""What people type, read kindly: days, times, dates, zones, languages.

What is not understood is answered with what would be, and where it is short enough with a button that does the same
again, put right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time

from bot.core import actions, i18n, text
from bot.core.actions import LONGEST_LABEL, Action
from bot.core.errors import StudyError
from bot.core.i18n import say, say_as
from bot.domain import when, zones
from bot.domain.course import Shelf
from bot.domain.recurrence import Weekday, local_date
from bot.features import commands

LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
}
_BY_DEFAULT = frozenset({"default", "the default", "workspace", "the workspace's", "the workspace’s"})
Again = Callable[[str], commands.Command]
"""The same command with the value put right."""


def offered(label: str, command: commands.Command) -> tuple[Action, ...]:
    """A button, if what it stands for is short enough for one."""
    try:
        actions.token(command)
    except ValueError:
        return ()
    return (Action(text.shorten(label, LONGEST_LABEL), command),)


def offers(pairs: Iterable[tuple[str, commands.Command]]) -> tuple[Action, ...]:
    return tuple(action for label, command in pairs for action in offered(label, command))


def either(names: Sequence[str]) -> str:
    return i18n.listed(names, last=say("or"))


def days(words: str, *, offering: tuple[Action, ...] = ()) -> frozenset[Weekday]:
    found = when.weekdays(words)
    if found is None:
        said = say("“{words}” names no day of the week.", words=text.shorten(words, 40))
        raise StudyError(said, say("Say mon, or mon,thu, or weekdays, or daily."), actions=offering)
    return found


def at_time(words: str, *, offering: tuple[Action, ...] = ()) -> time:
    found = when.wall_time(words)
    if found is None:
        raise StudyError(
            say("“{words}” is no time of day.", words=text.shorten(words, 20)),
            say("Say it like 09:00."),
            actions=offering,
        )
    return found


def day(words: str, *, now: datetime, in_zone: str, offering: tuple[Action, ...] = ()) -> date:
    """A local date that has not passed."""
    found = when.until(words, now=now, zone=in_zone)
    if found is None:
        said = say("“{words}” is no date that I know.", words=text.shorten(words, 40))
        raise StudyError(said, say("Say friday, 2 weeks, 24 dec or 2026-12-24."), actions=offering)
    if found < local_date(now, in_zone):
        said = say("{day} has passed.", day=when.say_date(found))
        raise StudyError(said, say("Name a date that is still to come."), actions=offering)
    return found


def zone(words: str, *, again: Again) -> str:
    found = zones.canonical(words)
    if found is None:
        near = zones.near(words)
        raise StudyError(
            say("“{words}” is no timezone.", words=text.shorten(words, 40)),
            say("Did you mean {names}? Nothing was changed.", names=either(near)),
            actions=offers((name, again(name)) for name in near),
            field="timezone",
        )
    return found


def default() -> str:
    """Takes back a choice, so that what holds for everybody holds again; in the reader's language."""
    return say_as("typed", "default")


def is_default(said: str) -> bool:
    """Whether it takes a choice back, in the reader's language or in English."""
    return said.strip().casefold() in {*_BY_DEFAULT, default()}


def kept_zone(words: str, kept: str, *, again: Again) -> str:
    """A zone as a form says it: nothing leaves what was chosen, and only a word takes the choice back."""
    said = words.strip()
    if not said:
        return kept
    return "" if is_default(said) else zone(said, again=again)


def language(shelf: Shelf, code: str) -> str:
    known = known_languages(shelf)
    if code and code not in known:
        raise StudyError(
            say("Nothing here is in “{code}”.", code=text.shorten(code, 20)),
            say("There is: {languages}.", languages=", ".join(sorted(known))),
        )
    return code


def languages(shelf: Shelf, chosen: str) -> tuple[tuple[str, str], ...]:
    """What a form offers as the language: of our own words, of lessons or of both."""
    there = sorted(known_languages(shelf) | ({chosen} - {""}))
    return (("", say("Not chosen")), *((each, language_name(each)) for each in there))


def language_name(code: str) -> str:
    """As its speakers call it."""
    return LANGUAGES.get(code) or LANGUAGES.get(i18n.without_country(code), code)


def known_languages(shelf: Shelf) -> set[str]:
    """In which there is something: our own words, or a lesson."""
    return {*i18n.languages(), *(language for theme in shelf.themes for language in theme.languages)}
