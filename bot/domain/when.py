"""How people say when: weekdays, wall times and dates as they are typed, and back into words.

Nothing here refuses: what is not understood is None, and the caller says what would be. A date that could be read two
ways (3/4) is not understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from bot.core import i18n
from bot.core.i18n import say, say_many
from bot.domain import day_words
from bot.domain.day_words import any_of
from bot.domain.recurrence import EVERY_DAY, WORKDAYS, Rule, Weekday, local_date, zone_named

_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:\s*[:.h]\s*(?P<minute>[0-9]{2})|(?P<bare>(?<=[0-9]{2})[0-9]{2})|h)?\s*(?:uhr|o'?clock)?"
    r"\s*(?P<half>[ap]\.?m?\.?)?"
)
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_DOTTED = re.compile(r"(?P<day>[0-9]{1,2})\.\s*(?P<month>[0-9]{1,2})\.?(?:\s*(?P<year>[0-9]{4}))?")
_NAME = r"(?P<name>[^\W\d_]{3,})"
_DAY_FIRST = re.compile(rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?\s*(?:of\s+)?{_NAME}(?:\.?\s+(?P<year>[0-9]{{4}}))?")
_MONTH_FIRST = re.compile(rf"{_NAME}\s*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s+(?P<year>[0-9]{{4}}))?")
_CODES = {day.name.lower(): day for day in Weekday}
"""As forms, buttons and the database write weekdays; they are read in whatever language."""
_YEARS_AHEAD = 8
"""A 29 February is at most this far off."""


def weekdays(words: str) -> frozenset[Weekday] | None:
    """`mon`, `mon,thu`, `mon-fri`, `weekdays`, `daily`, and what people type for them."""
    said, known = _plain(words), day_words.understood()
    if said in known.groups:
        return known.groups[said]
    said = re.sub(rf"\s*(?:-|–|\b(?:{any_of(known.through)})\b)\s*", "-", said)
    parts = [part for part in re.split(r"[\s,;/&+]+", said) if part and part not in known.between]
    found = [_stretch(part) for part in parts]
    if not found or any(each is None for each in found):
        return None
    return frozenset().union(*(each for each in found if each))


def wall_time(words: str) -> time | None:
    """`9`, `9:00`, `09.00`, `0900`, `9am`, `9:30 pm`, `noon`."""
    known = day_words.understood()
    said = without(known.before_a_time, _plain(words))
    if said in known.times:
        return known.times[said]
    match = _TIME.fullmatch(said)
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or match["bare"] or 0)
    if half := match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * half.startswith("p")
    return time(hour, minute) if hour < 24 and minute < 60 else None


def until(words: str, *, now: datetime, zone: str) -> date | None:
    """The local date that is meant: `friday`, `2 weeks`, `tomorrow`, `2026-12-01`, `1 dec`.

    A weekday is the next one, never today. A date without a year is the next such date. A date that names a past year
    is understood all the same: the caller says that it has passed.
    """
    today = local_date(now, zone)
    said = re.sub(r"[,\s]+", " ", _plain(words)).strip().rstrip(".")
    said = re.sub(rf"^(?:(?:{any_of(day_words.understood().before_a_date)})\s+)+", "", said)
    try:
        return _named_day(said, today) or _after_a_span(said, today) or _calendar_date(said, today)
    except (OverflowError, ValueError):  # a date that no calendar has
        return None


def without(words: frozenset[str], said: str) -> str:
    """What was said, less one of those words at its beginning."""
    first, _, rest = said.partition(" ")
    return rest if first in words and rest else said


def short(days: Iterable[Weekday]) -> str:
    """Weekdays as buttons carry them, whoever presses; `weekdays()` reads it back."""
    chosen = frozenset(days)
    if chosen == EVERY_DAY:
        return "daily"
    return "weekdays" if chosen == WORKDAYS else ",".join(day.name.lower() for day in sorted(chosen))


def written(days: Iterable[Weekday]) -> str:
    """Weekdays as a form is filled in with them, in the reader's words; `weekdays()` reads it back."""
    chosen = frozenset(days)
    if chosen == EVERY_DAY:
        return say("daily")
    if chosen == WORKDAYS:
        return say("weekdays")
    return ",".join(i18n.weekday(day, short=True).rstrip(".").lower() for day in sorted(chosen))


def say_weekdays(days: Iterable[Weekday]) -> str:
    """Weekdays by their names: "Monday, Tuesday and Friday"."""
    return i18n.listed([i18n.weekday(day) for day in sorted(frozenset(days))])


def say_every(days: Iterable[Weekday]) -> str:
    """ "every Monday and Friday", "every weekday", "every day"."""
    chosen = frozenset(days)
    if chosen == EVERY_DAY:
        return say("every day")
    return say("every weekday") if chosen == WORKDAYS else say("every {days}", days=say_weekdays(chosen))


def say_time(at: time) -> str:
    """A time of day, the same in every language: forms are filled in with it too."""
    return f"{at:%H:%M}"


def say_date(day: date) -> str:
    """A date as it stands in a sentence: Mon 6 Oct 2025."""
    return i18n.day(day, say("EEE d MMM y"))


def say_day(day: date) -> str:
    """A date near enough to need no year: Thursday, 3 December."""
    return i18n.day(day, say("EEEE, d MMMM"))


def say_moment(moment: datetime, zone: str) -> str:
    """A moment as it is in a zone: Mon 6 Oct 2025 09:00."""
    return i18n.day(moment.astimezone(zone_named(zone)), say("EEE d MMM y HH:mm"))


def say_rule(rule: Rule) -> str:
    """The whole rule: "every Monday at 09:00 (Europe/Paris)"."""
    facts = {"often": _say_often(rule), "time": say_time(rule.at), "zone": rule.zone}
    if rule.until is None:
        return say("{often} at {time} ({zone})", **facts)
    return say("{often} at {time} ({zone}), until {date}", **facts, date=say_date(rule.until))


def _say_often(rule: Rule) -> str:
    if rule.every_weeks == 1:
        return say_every(rule.weekdays)
    if rule.weekdays in {EVERY_DAY, WORKDAYS}:
        every = say_every(rule.weekdays)
        return say_many(rule.every_weeks, "every week, {every}", "every {n} weeks on {every}", every=every)
    days = say_weekdays(rule.weekdays)
    return say_many(rule.every_weeks, "every week on {days}", "every {n} weeks on {days}", days=days)


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().replace("’", "'").split())


def _stretch(words: str) -> frozenset[Weekday] | None:
    """One weekday, a stretch of them (`fri-mon`), or a group."""
    if found := day_words.understood().groups.get(words):
        return found
    first, dash, last = words.partition("-")
    begin, end = _weekday(first), _weekday(last) if dash else None
    if begin is None or (dash and end is None):
        return None
    length = (end - begin) % 7 + 1 if end is not None else 1
    return frozenset(Weekday((begin + step) % 7) for step in range(length))


def _weekday(word: str) -> Weekday | None:
    """A weekday by two letters or more of its name; `weds`, `thurs` and plurals too."""
    stem = word.removesuffix(".")
    if stem in _CODES:
        return _CODES[stem]
    for name in (stem, stem.removesuffix("s"), stem.removesuffix("rs")):
        for full, weekday in day_words.understood().weekdays.items():
            if len(name) >= 2 and full.startswith(name):
                return weekday
    return None


def _named_day(said: str, today: date) -> date | None:
    known = day_words.understood()
    if said in known.ahead:
        return today + timedelta(days=known.ahead[said])
    if said in known.next_week:
        return today + timedelta(days=7 - today.weekday())
    if said in known.next_month:
        return _months_on(today.replace(day=1), 1)
    weekday = _weekday(without(known.before_a_weekday, said))
    if weekday is None:
        return None
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _after_a_span(said: str, today: date) -> date | None:
    known = day_words.understood()
    span = without(known.before_a_span, said)
    match = re.fullmatch(rf"(?P<count>[0-9]{{1,4}}|{any_of(known.counts)})\s*(?P<unit>[^\W\d_]+)", span)
    if match is None:
        return None
    count = known.counts.get(match["count"]) or int(match["count"])
    if match["unit"] in known.month_units:
        return _months_on(today, count)
    days = known.units.get(match["unit"])
    return None if days is None else today + timedelta(days=days * count)


def _months_on(day: date, count: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    longest = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, longest))


def _calendar_date(said: str, today: date) -> date | None:
    if match := _ISO.fullmatch(said):
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _DOTTED.fullmatch(said):
        return _dated(int(match["day"]), int(match["month"]), match["year"], today)
    if match := _DAY_FIRST.fullmatch(said) or _MONTH_FIRST.fullmatch(said):
        months = day_words.understood().months.items()
        month = next((number for name, number in months if name.startswith(match["name"])), None)
        return None if month is None else _dated(int(match["day"]), month, match["year"], today)
    return None


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    """That date in the year named, or the first such date from today on."""
    if year:
        return date(int(year), month, day)
    for ahead in range(_YEARS_AHEAD + 1):
        try:
            found = date(today.year + ahead, month, day)
        except ValueError:  # 29 February
            continue
        if found >= today:
            return found
    return None
