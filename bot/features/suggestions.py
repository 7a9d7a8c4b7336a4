"""What to offer while a parameter is being typed: at most 25, the likeliest first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.core import i18n, text
from bot.core.i18n import say, say_as, say_many
from bot.core.ports import Suggestion
from bot.domain import holidays, lookup, when, zones
from bot.domain.course import Lesson, Theme
from bot.domain.lookup import Near
from bot.domain.recurrence import Weekday, local_date
from bot.features import help as helping
from bot.features import inputs
from bot.features.commands import Parameter, ParameterKind, Suggest
from bot.features.learning import finding
from bot.features.request import Request
from bot.features.schedules import matching
from bot.store.cold import schedules

MOST = 25
LONGEST = 100
"""Characters of a label; the narrowest platform's."""
SEARCHED = frozenset({"lesson"})
"""Parameters in whose place a search may be chosen."""
_HALF_HOURS = tuple(f"{hour % 24:02}:{minute}" for hour in range(7, 31) for minute in ("00", "30"))

IN_WORDS = frozenset({Suggest.WEEKDAYS, Suggest.UNTIL, Suggest.DELAYS})
"""What is read in the language that somebody chose, so it is offered in that."""


async def suggest(
    request: Request, parameter: Parameter, typed: str, given: Mapping[str, str]
) -> tuple[Suggestion, ...]:
    typed = text.clean(typed)[:LONGEST]
    match parameter.suggest:
        case Suggest.THEMES:
            return _themes(request, typed)
        case Suggest.LESSONS:
            return await _lessons(request, parameter, typed, given.get("theme", ""))
        case Suggest.TOPICS:
            names = helping.topics(await request.is_shown_managing())
            return _plain(name for name in names if typed.lower() in name.lower())
        case Suggest.TIMEZONES:
            return _plain([*_default(parameter, typed), *zones.like(typed)])
        case Suggest.SCHEDULES:
            return await _schedules(request, typed)
        case Suggest.REGIONS:
            return await asyncio.to_thread(_regions, typed)
        case Suggest.UNTIL:
            return _dates(request, typed)
        case Suggest.TIMES:
            return _times(typed)
        case Suggest.DELAYS:
            return _plain(each for each in _delays() if typed.lower() in each)
        case Suggest.WEEKDAYS:
            return _several(typed, _weekdays(), whole=(say("weekdays"), say("daily"), say("weekends")))
        case _:
            if parameter.kind is ParameterKind.CHOICES:
                return _several(typed, parameter.choices)
            return _plain(choice for choice in parameter.choices if choice.startswith(typed.lower()))


def _default(parameter: Parameter, typed: str) -> tuple[str, ...]:
    """The word by which a form takes a choice back; where a zone is only picked it cannot be typed."""
    default = inputs.default()
    return (default,) if parameter.optional and default.startswith(typed.strip().casefold()) else ()


def _plain(values: Iterable[str]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(value, value) for value in list(values)[:MOST])


def _themes(request: Request, typed: str) -> tuple[Suggestion, ...]:
    themes: Iterable[Theme] = request.shelf.themes
    if typed:
        themes = [theme for theme, score in lookup.rank_themes(request.shelf, typed) if score >= lookup.LIKELY]
    return tuple(Suggestion(theme.id, _named(theme)) for theme in list(themes)[:MOST])


def _named(theme: Theme) -> str:
    return text.shorten(f"{theme.emoji} {theme.title}", LONGEST)


async def _lessons(request: Request, parameter: Parameter, typed: str, theme_words: str) -> tuple[Suggestion, ...]:
    typed = lookup.wanted_search(typed) or typed
    found = lookup.theme(request.shelf, theme_words) if theme_words else Near()
    named = found if isinstance(found, Theme) else None
    if not typed:
        return await _to_go_on_with(request, named)
    if typed.isdecimal():
        ranked = await _numbered(request, named, typed)
    else:
        ranked = _matching(request, named, typed)
    search = _search(typed) if parameter.name in SEARCHED else ()
    listed = tuple(_lesson(lesson, request, alone=named is not None) for lesson in ranked[: MOST - len(search)])
    return (*listed, *search)


async def _to_go_on_with(request: Request, theme: Theme | None) -> tuple[Suggestion, ...]:
    """What is not done yet first."""
    standing = await request.standing()
    theme = theme or standing.current(request.shelf)
    if theme is None:
        return tuple(_lesson(each.lessons[0], request) for each in request.shelf.themes[:MOST])
    undone = [lesson for lesson in theme.lessons if not standing.completion(theme, lesson)]
    done = [lesson for lesson in theme.lessons if standing.completion(theme, lesson)]
    return tuple(_lesson(lesson, request, alone=True) for lesson in [*undone, *done][:MOST])


async def _numbered(request: Request, named: Theme | None, typed: str) -> list[Lesson]:
    """Of the theme that is named; else of all, the one at hand first."""
    if named or not request.shelf.themes:
        return lookup.numbered([named], typed) if named else []
    at_hand = await finding.at_hand(request)
    return lookup.numbered([at_hand, *(each for each in request.shelf.themes if each is not at_hand)], typed)


def _matching(request: Request, named: Theme | None, typed: str) -> list[Lesson]:
    """By their titles, then by what stands in them, as a search finds it; nothing that is merely a little alike."""
    pool = named.lessons if named else request.shelf.lessons
    titled = [lesson for lesson, score in lookup.rank_lessons(pool, typed) if score >= lookup.LIKELY]
    said = [match.lesson for match in request.index.search(typed) if named is None or match.lesson.theme == named.id]
    return list({lesson.key: lesson for lesson in (*titled, *said)}.values())


def _search(typed: str) -> tuple[Suggestion, ...]:
    words = text.shorten(typed, LONGEST - 30)
    return (Suggestion(lookup.SEARCH + words, say("Search the lessons for “{words}”", words=words)),)


def _lesson(lesson: Lesson, request: Request, *, alone: bool = False) -> Suggestion:
    """With its theme, where lessons of several may stand side by side."""
    owner = None if alone else request.shelf.theme(lesson.theme)
    of = f" – {owner.title}" if owner else ""
    return Suggestion(str(lesson.key), text.shorten(f"{lesson.number}. {lesson.title}{of}", LONGEST))


async def _schedules(request: Request, typed: str) -> tuple[Suggestion, ...]:
    """By id or by words of the theme; for those alone who may look at them."""
    actor = request.actor
    if not await request.manages():
        return ()
    async with request.store.reading() as connection:
        known = await schedules.of_workspace(connection, actor.workspace)
    labels = {each.id: matching.label(each, request.shelf) for each in known}
    wanted = typed.casefold()
    found = [each for each in labels if wanted in labels[each].casefold()]
    found.sort(key=lambda each: not each.casefold().startswith(wanted))
    return tuple(Suggestion(each, text.shorten(labels[each], LONGEST)) for each in found[:MOST])


def _regions(typed: str) -> tuple[Suggestion, ...]:
    """Read beside the loop: the calendars take half a second the first time."""
    found = holidays.like(typed, most=MOST)
    return tuple(Suggestion(each.code, text.shorten(f"{each.label} ({each.code})", LONGEST)) for each in found)


def _weekdays() -> tuple[str, ...]:
    return tuple(when.written([day]) for day in Weekday)


def _spans() -> Iterator[str]:
    """What people often say for a date, in the words that are read in their language."""
    yield _said_first(say_as("typed", "tomorrow|tmrw"))
    yield from (i18n.weekday(day).lower() for day in Weekday)
    yield from (say_many(weeks, "{n} week", "{n} weeks").lower() for weeks in (1, 2, 4))
    yield say_many(3, "{n} month", "{n} months").lower()
    yield _said_first(say_as("typed", "next week|end of week|end of the week"))
    yield _said_first(say_as("typed", "next month|end of month|end of the month"))


def _delays() -> Iterator[str]:
    yield _said_first(say_as("typed", "off|none|no|never|-"))
    yield from (say_many(days, "{n} day", "{n} days").lower() for days in range(1, 5))
    yield from (f"{day} 09:00" for day in _weekdays())


def _said_first(message: str) -> str:
    return message.partition("|")[0].lower()


def _dates(request: Request, typed: str) -> tuple[Suggestion, ...]:
    """What is understood of the words so far, then what people often say; each with the date that it means."""
    now, zone = request.now, request.reader.timezone
    said = [typed] if typed else []
    said += [words for words in _spans() if words.startswith(typed.casefold()) and words != typed.casefold()]
    dated = {words: when.until(words, now=now, zone=zone) for words in said}
    today = local_date(now, zone)
    return tuple(
        Suggestion(day.isoformat(), text.shorten(f"{words} – {when.say_date(day)}", LONGEST))
        for words, day in dated.items()
        if day and day >= today
    )[:MOST]


def _times(typed: str) -> tuple[Suggestion, ...]:
    """What was typed, if it is a time already; then the half hours that begin so, those of the day first."""
    begun = typed if ":" in typed or len(typed) > 1 else typed.zfill(2) if typed else ""
    said = when.wall_time(typed)
    exact = [when.say_time(said)] if said else []
    return _plain(dict.fromkeys([*exact, *(each for each in _HALF_HOURS if each.startswith(begun))]))


def _several(typed: str, choices: Sequence[str], *, whole: Sequence[str] = ()) -> tuple[Suggestion, ...]:
    """Several of a list, with commas between: what stands complete stays, what is begun is gone on with."""
    *complete, begun = [part.strip() for part in re.split(r"[,;\s]+", typed.strip().casefold())] or [""]
    if typed.endswith((",", " ")) and begun:
        complete, begun = [*complete, begun], ""
    complete = [each for each in complete if each]
    if not all(each in choices for each in complete):
        return ()
    going_on = [each for each in choices if each.startswith(begun) and each not in complete]
    found = [",".join([*complete, each]) for each in going_on]
    groups = [each for each in whole if each.startswith(begun)] if not complete else []
    return _plain([*found, *groups])
