"""How people say when: weekdays, wall times and dates as they are typed, and back into words.

Nothing here refuses: what is not understood is None, and the caller says what would be. A date that could be read two
ways (3/4) is not understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from bot.core.i18n import mark, say
from bot.domain.recurrence import EVERY_DAY, WEEKEND, WORKDAYS, Rule, Weekday, local_date

_NAMES = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_GROUPS = {
    **dict.fromkeys(("weekdays", "weekday", "workdays", mark("working days"), mark("every weekday")), WORKDAYS),
    **dict.fromkeys(("daily", mark("every day"), "everyday", "all", mark("all days"), "*"), EVERY_DAY),
    **dict.fromkeys(("weekend", "weekends", mark("every weekend")), WEEKEND),
}
_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:\s*[:.h]\s*(?P<minute>[0-9]{2})|(?P<bare>(?<=[0-9]{2})[0-9]{2})|h)?\s*(?:uhr|o'?clock)?"
    r"\s*(?P<half>[ap]\.?m?\.?)?"
)
_SPAN = re.compile(r"(?:(?:in|for)\s+)?(?P<count>[0-9]{1,4}|an?|one|two|three|four)\s*(?P<unit>[a-z]+)")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_UNITS = {
    **dict.fromkeys(("d", "day", "days"), 1),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 7),
    **dict.fromkeys(("fortnight", "fortnights"), 14),
}
_MONTH_UNITS = frozenset({"month", "months", "mo"})
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_DOTTED = re.compile(r"(?P<day>[0-9]{1,2})\.\s*(?P<month>[0-9]{1,2})\.?(?:\s*(?P<year>[0-9]{4}))?")
_DAY_FIRST = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?\s*(?:of\s+)?(?P<name>[a-z]{3,})(?:\s+(?P<year>[0-9]{4}))?"
)
_MONTH_FIRST = re.compile(r"(?P<name>[a-z]{3,})\s*(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?:\s+(?P<year>[0-9]{4}))?")
_YEARS_AHEAD = 8
"""A 29 February is at most this far off."""


def weekdays(words: str) -> frozenset[Weekday] | None:
    """`mon`, `mon,thu`, `mon-fri`, `weekdays`, `daily`, and what people type for them."""
    said = _plain(words)
    if said in _GROUPS:
        return _GROUPS[said]
    said = re.sub(r"\s*(?:-|–|\bto\b|\btill\b)\s*", "-", said)
    parts = [part for part in re.split(r"[\s,;/&+]+", said) if part not in {"", "and", "on", "every", "each"}]
    found = [_stretch(part) for part in parts]
    if not found or any(each is None for each in found):
        return None
    return frozenset().union(*(each for each in found if each))


def wall_time(words: str) -> time | None:
    """`9`, `9:00`, `09.00`, `0900`, `9am`, `9:30 pm`, `noon`."""
    said = _plain(words).removeprefix("at ")
    if said in _TIMES:
        return _TIMES[said]
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
    said = re.sub(r"^(?:(?:until|till|on|by|the)\s+)+", "", said)
    try:
        return _named_day(said, today) or _after_a_span(said, today) or _calendar_date(said, today)
    except (OverflowError, ValueError):  # a date that no calendar has
        return None


def short(days: Iterable[Weekday]) -> str:
    """Weekdays as a form is filled in with them; `weekdays()` reads it back."""
    chosen = frozenset(days)
    if chosen == EVERY_DAY:
        return "daily"
    return "weekdays" if chosen == WORKDAYS else ",".join(day.name.lower() for day in sorted(chosen))


def say_weekdays(days: Iterable[Weekday]) -> str:
    """Weekdays in a sentence: after "every"."""
    chosen = frozenset(days)
    if chosen == EVERY_DAY:
        return "day"
    if chosen == WORKDAYS:
        return "weekday"
    *most, last = (_NAMES[day] for day in sorted(chosen))
    return say("{most} and {last}", most=", ".join(most), last=last) if most else last


def say_time(at: time) -> str:
    return f"{at:%H:%M}"


def say_date(day: date) -> str:
    """A date as it stands in a sentence: Mon 6 Oct 2025."""
    return f"{_NAMES[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3].capitalize()} {day.year}"


def say_day(day: date) -> str:
    """A date near enough to need no year: Thursday, 3 December."""
    return f"{_NAMES[day.weekday()]}, {day.day} {_MONTHS[day.month - 1].capitalize()}"


def say_rule(rule: Rule) -> str:
    """The whole rule: "every Monday at 09:00 (Europe/Paris)"."""
    days = say_weekdays(rule.weekdays)
    if rule.every_weeks == 1:
        often = say("every {days}", days=days)
    else:
        often = say(
            "every {every_weeks} weeks on {value}{days}",
            every_weeks=rule.every_weeks,
            value="every " * (days in {"day", "weekday"}),
            days=days,
        )
    end = say(", until {until}", until=say_date(rule.until)) if rule.until else ""
    return say("{often} at {say_time} ({zone}){end}", often=often, say_time=say_time(rule.at), zone=rule.zone, end=end)


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().replace("’", "'").split())


def _stretch(words: str) -> frozenset[Weekday] | None:
    """One weekday, a stretch of them (`fri-mon`), or a group."""
    if words in _GROUPS:
        return _GROUPS[words]
    first, dash, last = words.partition("-")
    begin, end = _weekday(first), _weekday(last) if dash else None
    if begin is None or (dash and end is None):
        return None
    length = (end - begin) % 7 + 1 if end is not None else 1
    return frozenset(Weekday((begin + step) % 7) for step in range(length))


def _weekday(word: str) -> Weekday | None:
    """A weekday by two letters or more of its name; `weds`, `thurs` and plurals too."""
    stem = word.removesuffix(".")
    if len(stem) < 2:
        return None
    for name in (stem, stem.removesuffix("s"), stem.removesuffix("rs")):
        for weekday, full in zip(Weekday, _NAMES, strict=True):
            if len(name) >= 2 and full.casefold().startswith(name):
                return weekday
    return None


def _named_day(said: str, today: date) -> date | None:
    if said in {"today", "tonight"}:
        return today
    if said in {"tomorrow", "tmrw"}:
        return today + timedelta(days=1)
    if said in {"next week", "end of week", "end of the week"}:
        return today + timedelta(days=7 - today.weekday())
    if said in {"next month", "end of month", "end of the month"}:
        return _months_on(today.replace(day=1), 1)
    weekday = _weekday(re.sub(r"^(?:next|this|coming)\s+", "", said))
    if weekday is None:
        return None
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _after_a_span(said: str, today: date) -> date | None:
    match = _SPAN.fullmatch(said)
    if match is None:
        return None
    count = _COUNTS.get(match["count"]) or int(match["count"])
    if match["unit"] in _MONTH_UNITS:
        return _months_on(today, count)
    days = _UNITS.get(match["unit"])
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
        month = next(
            (at for at, name in enumerate(_MONTHS, 1) if name.startswith(match["name"].removesuffix("."))), None
        )
        month = 9 if match["name"] == "sept" else month
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
