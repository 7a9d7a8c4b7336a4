"""What to offer while a parameter is being typed: at most 25, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot import text, zones
from bot.commands import Parameter, Suggest
from bot.domain import lookup
from bot.domain.course import Lesson, Theme
from bot.domain.lookup import Near
from bot.handlers import help as helping
from bot.handlers.request import Request
from bot.ports import Suggestion

MOST = 25
LONGEST = 100
"""Characters of a label; the narrowest platform's."""


async def suggest(
    request: Request, parameter: Parameter, typed: str, given: Mapping[str, str]
) -> tuple[Suggestion, ...]:
    typed = text.clean(typed)[:LONGEST]
    match parameter.suggest:
        case Suggest.THEMES:
            return _themes(request, typed)
        case Suggest.LESSONS:
            return await _lessons(request, typed, given.get("theme", ""))
        case Suggest.TOPICS:
            names = helping.topics(request.actor.manages, request.shelf)
            return _plain(name for name in names if typed.lower() in name.lower())
        case Suggest.TIMEZONES:
            return _plain(zones.like(typed))
        case _:
            return _plain(choice for choice in parameter.choices if choice.startswith(typed.lower()))


def _plain(values: Iterable[str]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(value, value) for value in list(values)[:MOST])


def _themes(request: Request, typed: str) -> tuple[Suggestion, ...]:
    themes = [theme for theme, _ in lookup.rank_themes(request.shelf, typed)] if typed else request.shelf.themes
    return tuple(Suggestion(theme.id, text.shorten(f"{theme.emoji} {theme.title}", LONGEST)) for theme in themes[:MOST])


async def _lessons(request: Request, typed: str, theme_words: str) -> tuple[Suggestion, ...]:
    found = lookup.theme(request.shelf, theme_words) if theme_words else Near()
    theme = found if isinstance(found, Theme) else None
    if typed:
        pool = theme.lessons if theme else request.shelf.lessons
        ranked = _numbered(theme, typed) or [lesson for lesson, _ in lookup.rank_lessons(pool, typed)]
        return tuple(_lesson(lesson) for lesson in ranked[:MOST])
    standing = await request.standing()
    theme = theme or standing.current(request.shelf)
    if theme is None:
        return tuple(_lesson(each.lessons[0]) for each in request.shelf.themes[:MOST])
    undone = [lesson for lesson in theme.lessons if not standing.completion(theme, lesson)]
    done = [lesson for lesson in theme.lessons if standing.completion(theme, lesson)]
    return tuple(_lesson(lesson) for lesson in [*undone, *done][:MOST])


def _numbered(theme: Theme | None, typed: str) -> list[Lesson]:
    if theme is None or not typed.isdigit():
        return []
    return [lesson for lesson in theme.lessons if str(lesson.number).startswith(typed)]


def _lesson(lesson: Lesson) -> Suggestion:
    return Suggestion(str(lesson.key), text.shorten(f"{lesson.number}. {lesson.title}", LONGEST))
