"""Which theme or lesson a person means, out of what they typed, what they opened last and what they follow."""

from __future__ import annotations

from bot.domain import lookup
from bot.domain.course import Lesson, Shelf, Theme
from bot.domain.lookup import Near
from bot.features.learning import pages
from bot.features.request import Request


async def theme(request: Request, words: str) -> Theme:
    """The theme of that name; without words, the one to go on with."""
    if not words:
        current = (await request.standing()).current(request.shelf)
        if current is None:
            raise pages.no_choice_yet(request.shelf, plain=request.reader.plain)
        return current
    found = lookup.theme(request.shelf, words)
    if isinstance(found, Near):
        raise pages.no_theme(words, found)
    return found


async def lesson(request: Request, theme_words: str, lesson_words: str) -> Lesson:
    """The lesson meant; without words, the one last opened, or else the next one."""
    if not theme_words and not lesson_words:
        return await _last_opened(request)
    found = await target(request, theme_words, lesson_words)
    return await _first_open(request, found) if isinstance(found, Theme) else found


async def target(request: Request, theme_words: str, lesson_words: str) -> Theme | Lesson:
    """A theme or a lesson, whichever the words name: `concurrency`, `backend-architectures 3`, `3`."""
    shelf = request.shelf
    if lesson_words and not theme_words:
        return await _lesson_named(request, lesson_words)
    if search := lookup.wanted_search(theme_words):
        return await _lesson_named(request, f"{lookup.SEARCH}{search} {lesson_words}".rstrip())
    if not lesson_words:
        if exact := shelf.theme(theme_words.lower()):
            return exact
        near = lookup.lesson(shelf, theme_words, near=await _at_hand(request, theme_words))
        if isinstance(near, Lesson) and lookup.is_exact(near, theme_words):
            return near
        found = lookup.theme(shelf, theme_words)
        if isinstance(found, Theme):
            return found
        if isinstance(near, Lesson):
            return near
        raise pages.neither(theme_words, found, near)
    longer = lookup.longer_theme(shelf, theme_words, lesson_words)
    if longer and (meant := _by_longer_name(shelf, *longer)):
        return meant
    found = lookup.theme(shelf, theme_words)
    if isinstance(found, Theme):
        inside = lookup.lesson(shelf, lesson_words, within=found)
        if isinstance(inside, Lesson):
            return inside
        raise pages.no_lesson(lesson_words, inside)
    return await _lesson_named(request, f"{theme_words} {lesson_words}")


def _by_longer_name(shelf: Shelf, owner: Theme, rest: str) -> Theme | Lesson | None:
    """`Backend Architectures 3`: the theme's name takes what it can, the rest is the lesson's number or words."""
    if not rest:
        return owner
    inside = lookup.lesson(shelf, rest, within=owner)
    if isinstance(inside, Lesson):
        return inside
    if rest.isdigit():
        raise pages.no_lesson(rest, inside)
    return None


async def _lesson_named(request: Request, words: str) -> Lesson:
    if search := lookup.wanted_search(words):
        raise pages.choose_among(search, [match.lesson for match in request.index.search(search)])
    found = lookup.lesson(request.shelf, words, near=await _at_hand(request, words))
    if isinstance(found, Near):
        raise pages.no_lesson(words, found)
    return found


async def _at_hand(request: Request, words: str) -> Theme | None:
    """A full name needs no context, and so no look at the learner."""
    if "/" in words:
        return None
    return await at_hand(request) if request.shelf.themes else None


async def at_hand(request: Request) -> Theme:
    """The theme in which a bare number counts: the one opened last or followed, else the one that begins the shelf."""
    standing = await request.standing()
    opened = request.shelf.theme(standing.bookmark.theme) if standing.bookmark else None
    return opened or standing.current(request.shelf) or request.shelf.themes[0]


async def _last_opened(request: Request) -> Lesson:
    standing = await request.standing()
    if standing.bookmark and (opened := request.shelf.lesson(standing.bookmark.theme, standing.bookmark.lesson)):
        return opened
    return await _first_open(request, await theme(request, ""))


async def _first_open(request: Request, found: Theme) -> Lesson:
    """The first lesson not done; of a theme that is finished, the first."""
    return (await request.standing()).following(found) or found.lessons[0]


def theme_of(request: Request, found: Lesson) -> Theme:
    owner = request.shelf.theme(found.theme)
    if owner is None:
        raise LookupError(f"lesson {found.key} stands on no shelf")
    return owner


def shelved(request: Request, theme_id: str, lesson_id: str) -> tuple[Theme, Lesson]:
    """The lesson a button names; it may have left the shelf since."""
    owner = request.shelf.theme(theme_id)
    found = owner.lesson(lesson_id) if owner else None
    if owner is None or found is None:
        raise pages.no_lesson(lesson_id, Near())
    return owner, found
