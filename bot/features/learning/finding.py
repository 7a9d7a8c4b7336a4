"""Which theme or lesson a person means, out of what they typed, what they opened last and what they follow."""

from __future__ import annotations

from bot.domain import lookup
from bot.domain.course import Key, Lesson, Shelf, Theme
from bot.domain.lookup import Near
from bot.features.learning import pages
from bot.features.request import Request
from bot.store.cold import schedules


async def theme(request: Request, words: str, *, wish: pages.Wish = pages.TO_OPEN) -> Theme:
    """The theme of that name; without words, the one to go on with. Whoever has begun none chooses one, and the choice
    goes on with what was wished."""
    if not words:
        current = (await request.standing()).current(request.shelf)
        if current is None:
            raise pages.no_choice_yet(request.shelf, plain=request.reader.plain, wish=wish)
        return current
    found = lookup.theme(request.shelf, words)
    if isinstance(found, Near):
        raise pages.no_theme(words, found)
    return found


async def going_on(request: Request) -> Theme:
    """The theme to go on with, for everybody: whoever has begun none goes on with what is suggested to
    them, else with what is posted here, else with the first on the shelf."""
    standing = await request.standing()
    current = standing.current(request.shelf) or next(iter(standing.suggested(request.shelf)), None)
    found = current or await _posted_here(request) or next(iter(request.shelf.themes), None)
    if found is None:
        raise pages.empty_shelf()
    return found


async def _posted_here(request: Request) -> Theme | None:
    async with request.store.reading() as connection:
        names = await schedules.themes(connection, request.actor.workspace)
    return next((found for name in names if (found := request.shelf.theme(name))), None)


async def lesson(request: Request, theme_words: str, lesson_words: str, *, wish: pages.Wish = pages.TO_OPEN) -> Lesson:
    """The lesson meant; without words, the one last opened, or else the next one."""
    if not theme_words and not lesson_words:
        touched = (await request.standing()).touched(request.shelf)
        return touched or await _first_open(request, await theme(request, "", wish=wish))
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
    before, _, number = words.rpartition(" ")
    if before and number.isdigit() and isinstance(owner := lookup.theme(request.shelf, before), Theme):
        inside = lookup.lesson(request.shelf, number, within=owner)
        if isinstance(inside, Near):
            raise pages.no_lesson(number, inside)
        return inside
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
    """The theme in which a bare number counts: the one begun last or followed, else what `/next` would bring."""
    standing = await request.standing()
    return standing.begun(request.shelf) or standing.current(request.shelf) or await going_on(request)


async def _first_open(request: Request, found: Theme) -> Lesson:
    """The first lesson not done; of a theme that is finished, the first."""
    return (await request.standing()).following(found) or found.lessons[0]


def theme_of(request: Request, found: Lesson) -> Theme:
    owner = request.shelf.theme(found.theme)
    if owner is None:
        raise LookupError(f"lesson {found.key} stands on no shelf")
    return owner


def names(owner: Theme, found: Lesson) -> tuple[Key, ...]:
    """Every name the lesson ever had, that of today first."""
    return tuple(Key(theme, lesson) for theme in (owner.id, *owner.aliases) for lesson in (found.id, *found.aliases))


def shelved(request: Request, theme_id: str, lesson_id: str) -> tuple[Theme, Lesson]:
    """The lesson a button names; it may have left the shelf since."""
    owner = request.shelf.theme(theme_id)
    found = owner.lesson(lesson_id) if owner else None
    if owner is None or found is None:
        raise pages.no_lesson(lesson_id, Near())
    return owner, found
