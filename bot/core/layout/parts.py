"""Parts that several pages share: names, rows, bars, small print, and the words that are said more than once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from bot.core import commands, views
from bot.core.actions import Choice, Offer
from bot.core.blocks import (
    Bar,
    Block,
    Call,
    Diagram,
    Divider,
    FactLine,
    Facts,
    Heading,
    Line,
    Offers,
    Page,
    Para,
    Purpose,
    Row,
    Rows,
    Sentence,
    Sign,
    Small,
    Sources,
    Upcoming,
)
from bot.core.i18n import mark, say, say_many
from bot.core.views import Reader, Tone

DONE, FINISHED, RIGHT, WRONG, ATTENTION = "✓", "🎓", "✅", "❌", "⚠"
"""Signs; each stands beside words that say the same."""
NEXT_UP = mark("Next up")
GROUNDED = mark("Grounded on")
COULD_FOLLOW = mark("What could follow")
NOT_RECORDED = mark("Recording is paused, so this was not written down.")

V = TypeVar("V", bound=views.View)
_LAYOUTS: dict[type, Callable[[Any, Reader], Page]] = {}


def lays_out(kind: type[V]) -> Callable[[Callable[[V, Reader], Page]], Callable[[V, Reader], Page]]:
    """Register the function below as what makes a page of this kind of view."""

    def register(layout: Callable[[V, Reader], Page]) -> Callable[[V, Reader], Page]:
        if kind in _LAYOUTS:
            raise ValueError(f"{kind.__name__} is laid out twice")
        _LAYOUTS[kind] = layout
        return layout

    return register


def layout_of(view: views.View) -> Callable[[Any, Reader], Page]:
    return _LAYOUTS[type(view)]


def page(
    title: str,
    spoken: str,
    *blocks: Block | None,
    tone: Tone | None = None,
    purpose: Purpose = Purpose.PAGE,
    call: Call | None = None,
    thread: str = "",
) -> Page:
    """A page of those blocks that there are."""
    return Page(title, spoken, there_are(blocks), tone, purpose, call, thread)


def there_are(given: Iterable[Block | None]) -> tuple[Block, ...]:
    return tuple(each for each in given if each is not None)


def below_rule(*given: Block | None) -> tuple[Block, ...]:
    """A part of its own, if anything stands in it."""
    blocks = there_are(given)
    return (Divider(), *blocks) if blocks else ()


def titled(title: str, rows: Rows | None) -> tuple[Block, ...]:
    """A list under its own title, if there is one."""
    return (Heading((title,), 2), rows) if rows else ()


def ended(title: str) -> str:
    """A title as a sentence: a question has its mark already."""
    return title if title.endswith((".", "?", "!", "…")) else f"{title}."


def sign(mark: str, reader: Reader) -> Line:
    return (Sign(mark),) if mark and not reader.plain else ()


def diagram(given: views.SectionDiagram, reader: Reader) -> Block:
    """A drawing, or its words for who wants no pictures."""
    label = say("In a diagram:")
    return Para((f"{label} {given.alt}",)) if reader.plain else Diagram(given.svg, given.alt, label)


def theme_name(emoji: str, title: str, reader: Reader) -> Line:
    return (*sign(emoji, reader), title)


def small(*parts: Line) -> Small | None:
    """Small print of the parts that say anything."""
    kept = tuple(part for part in parts if part)
    return Small(kept) if kept else None


def previewed(view: views.LessonPost | views.ClosingPost | views.QuestionPost) -> Small | None:
    """What tells a preview from the post, before anything else of it."""
    return Small(((say("Preview, for your eyes"),),)) if view.preview else None


def para(said: str | Sentence) -> Para | None:
    words = said if isinstance(said, str) else said.words
    return Para((said,)) if words else None


def own(words: str) -> Line:
    """A sentence of ours that came with the view."""
    return (Sentence(words),) if words else ()


def offers(given: tuple[Offer, ...]) -> Offers | None:
    return Offers(given) if given else None


def due_today(reviews: int) -> Para | None:
    if not reviews:
        return None
    return Para((say_many(reviews, "{n} question to review today", "{n} questions to review today"),))


def bar(card: views.ThemeCard, reader: Reader) -> Bar | Para:
    drawn = progress_of(card)
    return Para((in_words(drawn),)) if reader.plain else drawn


def progress_of(card: views.ThemeCard) -> Bar:
    return Bar(card.done, card.total, f"{card.done} / {card.total}", say("lessons done"))


def in_words(drawn: Bar) -> str:
    return f"{drawn.figures} {drawn.about}"


def theme_row(card: views.ThemeCard, reader: Reader, *, detail: bool = True) -> Row:
    drawn = progress_of(card)
    return Row(
        theme_name(card.emoji, card.title, reader),
        tags=((say("followed"),),) if card.followed else (),
        under=((in_words(drawn),),) if reader.plain else (),
        bar=None if reader.plain else drawn,
        detail=(card.line,) if card.line and detail else (),
        opens=commands.named("theme", name=card.id),
    )


def lesson_row(card: views.LessonCard, reader: Reader, *, numbered: bool = True) -> Row:
    """A lesson in a line; what is done is said in words."""
    return Row(
        (card.title,),
        number=card.number if numbered else None,
        tags=state(card, reader),
        detail=(card.summary,) if card.summary else (),
        opens=commands.named("lesson", theme=card.theme, lesson=card.id),
    )


def state(card: views.LessonCard, reader: Reader) -> tuple[Line, ...]:
    if not card.done:
        return ()
    done = (*sign(DONE, reader), say("done"))
    return (done, (say("updated since"),)) if card.updated else (done,)


def rows(given: Iterable[Row], menu: Sequence[Offer] = (), *, numbered: bool = False) -> Rows | None:
    """A list; where the page offers a menu of it, rows that find no room are said to be there."""
    listed = tuple(given)
    there = any(isinstance(each, Choice) for each in menu)
    rest = say("and {count} more, all in the menu below") if there else say("and {count} more")
    return Rows(listed, numbered=numbered, rest=rest) if listed else None


def next_up(card: views.LessonCard | None, reader: Reader) -> Upcoming | None:
    return Upcoming(say(NEXT_UP), lesson_row(card, reader)) if card else None


def lesson_place(emoji: str, theme: str, number: int, total: int, reader: Reader) -> tuple[Line, Line]:
    return theme_name(emoji, theme, reader), (say("Lesson {number} of {total}", number=number, total=total),)


def lesson_titles(view: views.LessonPage | views.LessonPost) -> tuple[str, str]:
    """For the head of a window, and as it is spoken."""
    place = {"number": view.number, "total": view.total}
    spoken = say("Lesson {number} of {total} in {theme}: {title}.", **place, theme=view.theme, title=view.title)
    return say("Lesson {number} of {total}", **place), spoken


def sources(given: tuple[views.SourceLink, ...], section: str = "") -> Sources | None:
    return Sources(say(GROUNDED), given, section) if given or section else None


def minutes(number: int) -> str:
    return say_many(number, "{n} minute", "{n} minutes")


def facts(given: Iterable[views.Fact]) -> tuple[FactLine, ...]:
    return tuple(FactLine(each.name, tuple((value,) for value in each.values)) for each in given)


def pairs(given: Iterable[views.Pair]) -> Facts | None:
    named = tuple(FactLine(each.name, ((each.value,),) if each.value else ()) for each in given)
    return Facts(named) if named else None
