"""The question of the week, as it stands in its channel: while it is open, and at its end."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core import i18n, views
from bot.core.blocks import Bar, Block, Divider, Letters, Line, Page, Prose, Row, Small
from bot.core.i18n import mark, say, say_line, say_many
from bot.core.layout import parts
from bot.core.views import Reader, Tone

CALLED = mark("Question of the week")
ONE = mark("Press a letter: you alone see whether it is right, and why.")
SEVERAL = mark("Several are right: press one of them, and choose the others in private.")
TYPED = mark("Type the answer: you alone see whether it is right, and why.")


@parts.lays_out(views.QuestionPost)
def post(view: views.QuestionPost, reader: Reader) -> Page:
    place = parts.lesson_place(view.emoji, view.theme, view.number, view.total, reader)
    body = _ended(view, view.result, reader) if view.result else _open(view)
    return parts.page(
        say(CALLED),
        say(
            "{called} on lesson {number} of {theme}: {title}.",
            called=say(CALLED),
            number=view.number,
            theme=view.theme,
            title=view.title,
        ),
        parts.previewed(view),
        Small(((say(CALLED),), *place, (view.title,))),
        *body,
        tone=Tone.INFO,
    )


def _open(view: views.QuestionPost) -> Iterator[Block | None]:
    yield Letters(view.ask, view.options)
    yield Small(((say(SEVERAL if view.several else ONE if view.options else TYPED),),))
    yield parts.offers(view.actions)
    yield Small((*_answered(view), say_line("What is right is shown here after {until}", until=view.until)))


def _ended(view: views.QuestionPost, result: views.QuestionResult, reader: Reader) -> Iterator[Block | None]:
    yield Letters(view.ask, ())
    yield Divider()
    for each in result.answers:
        yield Prose(each.why, say("The right answer:") if len(result.answers) == 1 else say("Right:"), each.text)
    if result.shares:
        yield parts.rows(_share(each, view.answered, reader) for each in result.shares)
    yield parts.sources((result.source,) if result.source else (), result.section)
    yield Small((*_answered(view), (say("It is over"),)))
    yield parts.offers(view.actions)


def _answered(view: views.QuestionPost) -> tuple[Line, ...]:
    """How many, and from five how many of them rightly."""
    if not view.answered:
        return ((say("Nobody answered"),),) if view.result else ()
    said: Line = (say_many(view.answered, "{n} has answered", "{n} have answered"),)
    return (said,) if view.right is None else (said, (say("{right} of them right", right=i18n.figure(view.right)),))


def _share(share: views.OptionShare, of: int, reader: Reader) -> Row:
    percent = round(100 * share.chosen / max(of, 1))
    drawn = Bar(share.chosen, of, f"{percent} %", say_many(of, "of {n} answer", "of {n} answers"))
    return Row(
        (f"{share.letter}. ", share.text),
        tags=((say("right"),),) if share.right else (),
        under=((parts.in_words(drawn),),) if reader.plain else (),
        bar=None if reader.plain else drawn,
    )
