"""What a report may say: periods as people type them, and numbers that tell nothing of one person.

Fewer than five are never told apart: neither how many of them did something, nor how it went.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from bot.core import i18n
from bot.core.i18n import say, say_as, say_many
from bot.domain import day_words

LEAST = 5
"""People of whom a number is told."""
USUAL = timedelta(weeks=4)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=36_500)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_PERIOD = re.compile(r"(?:(?:the\s+)?(?:last|past)\s+)?(?P<count>[0-9]{1,5}|an?|one)?\s*(?P<unit>[a-z]+?)s?")
_ALL = frozenset({"all", "always", "ever", "all time", "everything"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def period(words: str) -> timedelta | None:
    """`4 weeks`, `90 days`, `a month`, `all`; without words the usual one. None for what is not understood."""
    said = " ".join(words.casefold().split())
    if not said:
        return USUAL
    if said in _ALL:
        return timedelta.max
    if i18n.spoken() != i18n.ENGLISH and (own := _in_own_words(said)):
        return own
    match = _PERIOD.fullmatch(said)
    short = {"d": "day", "w": "week", "m": "month", "y": "year"}
    days = _DAYS.get(short.get(match["unit"], match["unit"])) if match else None
    if match is None or days is None:
        return None
    count = int(match["count"]) if (match["count"] or "").isdigit() else 1
    span = timedelta(days=days * count)
    return None if not span else min(span, _LONGEST)


def _in_own_words(said: str) -> timedelta | None:
    """In the reader's language, where that is not English; spans as they are typed for days to come."""
    if said in say_as("typed", "all|always|ever|all time|everything").casefold().split("|"):
        return timedelta.max
    known = day_words.understood()
    match = re.fullmatch(rf"(?P<count>[0-9]{{1,5}}|{day_words.any_of(known.counts)})?\s*(?P<unit>[^\W\d_]+)", said)
    days = 30 if match and match["unit"] in known.month_units else known.units.get(match["unit"]) if match else None
    if match is None or days is None:
        return None
    count = match["count"] or "1"
    span = timedelta(days=days * (int(count) if count.isdecimal() else known.counts[count]))
    return min(span, _LONGEST) or None


def since(span: timedelta, now: datetime) -> datetime:
    return _BEGINNING if span > now - _BEGINNING else now - span


def say_period(span: timedelta) -> str:
    """As it is carried by a button; `period` reads it back."""
    if span == timedelta.max:
        return "all"
    number, unit = _counted(span)
    return f"{number} {unit}{'s' * (number != 1)}"


def label_period(span: timedelta) -> str:
    """As it stands on a button."""
    if span == timedelta.max:
        return say("All time")
    number, unit = _counted(span)
    if unit == "day":
        return say_many(number, "{n} day", "{n} days")
    return say_many(number, "{n} week", "{n} weeks")


def tell_period(span: timedelta) -> str:
    """As a sentence that says how far back is looked."""
    if span == timedelta.max:
        return say("Since the beginning.")
    number, unit = _counted(span)
    if unit == "day":
        return say_many(number, "The last {n} day.", "The last {n} days.")
    return say_many(number, "The last {n} week.", "The last {n} weeks.")


def _counted(span: timedelta) -> tuple[int, str]:
    """In whole weeks, or else in days."""
    weeks, rest = divmod(span.days, 7)
    return (span.days, "day") if rest or not weeks else (weeks, "week")


def people(number: int, *, least: int = LEAST) -> str:
    """A group of people, unless it is so small that its number tells of one."""
    if number >= max(1, least):
        return i18n.figure(number)
    return say("fewer than {least}", least=LEAST) if least > 1 else "0"


def percent(right: int, answers: int) -> int | None:
    """How much was right; None where so few answered that it would tell of one."""
    return round(100 * right / answers) if answers >= LEAST else None


def sheet(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as a CSV file that spreadsheets open as it is meant: as UTF-8, and with no cell taken for a formula. All are
    quoted: some spreadsheets part at semicolons, too."""
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([[cell(value) for value in row] for row in rows])
    return written.getvalue().encode("utf-8-sig")


def cell(value: object) -> str:
    """What a person wrote must not begin as a formula does: a quotation mark before it makes it text."""
    said = str(value)
    return f"'{said}" if said.lstrip(" ").startswith(_FORMULA) else said
