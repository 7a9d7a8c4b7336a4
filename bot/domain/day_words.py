"""The words that people type for days and times: the English ones, and beside them those of the language in which
they are answered.

Names of days and months come with the languages themselves. Every other word stands in the catalogue: one message for
one meaning, what else may be typed for it after a `|`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import time
from functools import cache
from typing import Any, TypeVar

from babel import Locale
from msgspec.structs import asdict

from bot.core import i18n
from bot.core.i18n import say_as
from bot.core.record import Record
from bot.domain.recurrence import EVERY_DAY, WEEKEND, WORKDAYS, Weekday

T = TypeVar("T")


class DayWords(Record):
    """What is understood."""

    weekdays: Mapping[str, Weekday]
    """Names, of which a beginning will do."""
    months: Mapping[str, int]
    groups: Mapping[str, frozenset[Weekday]]
    between: frozenset[str]
    """What may stand before and between weekdays and says nothing."""
    through: frozenset[str]
    """Between the first and the last of a stretch of weekdays."""
    times: Mapping[str, time]
    before_a_time: frozenset[str]
    before_a_date: frozenset[str]
    before_a_weekday: frozenset[str]
    before_a_span: frozenset[str]
    ahead: Mapping[str, int]
    """Days that have a name of their own, by how far ahead they are."""
    next_week: frozenset[str]
    next_month: frozenset[str]
    counts: Mapping[str, int]
    units: Mapping[str, int]
    """Spans, in days."""
    month_units: frozenset[str]
    after: frozenset[str]
    """Before how long after a post its question comes."""
    off: frozenset[str]
    """Instead of that: there is no question."""


def understood() -> DayWords:
    """What may be typed just now."""
    return _understood(i18n.spoken())


@cache
def _understood(language: str) -> DayWords:
    english = asdict(_words(i18n.ENGLISH))
    return DayWords(**{name: _both(own, english[name]) for name, own in asdict(_words(language)).items()})


def _both(own: Any, english: Any) -> Any:
    """Words, or words and what they mean: the reader's own first."""
    if isinstance(own, frozenset):
        return own | english
    return {**own, **{word: meant for word, meant in english.items() if word not in own}}


def _words(language: str) -> DayWords:
    with i18n.speaking(language):
        return DayWords(
            weekdays={i18n.weekday(each).casefold(): each for each in Weekday},
            months=_months(language),
            groups=_meaning(
                (say_as("typed", "weekdays|weekday|workdays|working days|every weekday"), WORKDAYS),
                (say_as("typed", "daily|every day|everyday|all|all days|*"), EVERY_DAY),
                (say_as("typed", "weekend|weekends|every weekend"), WEEKEND),
            ),
            between=_alike(say_as("typed", "and|on|every|each")),
            through=_alike(say_as("typed", "to|till")),
            times=_meaning(
                (say_as("typed", "noon|midday"), time(12)),
                (say_as("typed", "midnight"), time(0)),
            ),
            before_a_time=_alike(say_as("typed", "at")),
            before_a_date=_alike(say_as("typed", "until|till|on|by|the")),
            before_a_weekday=_alike(say_as("typed", "next|this|coming")),
            before_a_span=_alike(say_as("typed", "in|for")),
            ahead=_meaning(
                (say_as("typed", "today|tonight"), 0),
                (say_as("typed", "tomorrow|tmrw"), 1),
                (say_as("typed", "day after tomorrow"), 2),
            ),
            next_week=_alike(say_as("typed", "next week|end of week|end of the week")),
            next_month=_alike(say_as("typed", "next month|end of month|end of the month")),
            counts=_meaning(
                (say_as("typed", "a|an|one"), 1),
                (say_as("typed", "two"), 2),
                (say_as("typed", "three"), 3),
                (say_as("typed", "four"), 4),
            ),
            units=_meaning(
                (say_as("typed", "d|day|days"), 1),
                (say_as("typed", "w|wk|wks|week|weeks"), 7),
                (say_as("typed", "fortnight|fortnights"), 14),
            ),
            month_units=_alike(say_as("typed", "month|months|mo")),
            after=_alike(say_as("typed", "after")),
            off=_alike(say_as("typed", "off|none|no|never|-")),
        )


def _months(language: str) -> dict[str, int]:
    return {name.casefold(): number for number, name in Locale.parse(language).months["format"]["wide"].items()}


def _alike(message: str) -> frozenset[str]:
    return frozenset(message.casefold().split("|"))


def _meaning(*messages: tuple[str, T]) -> dict[str, T]:
    return {word: meant for message, meant in messages for word in _alike(message)}


def any_of(words: Collection[str]) -> str:
    """A pattern of those words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
