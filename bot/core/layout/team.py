"""What a team has of each other: its numbers, its board; and a certificate."""

from __future__ import annotations

from bot.core import text, views
from bot.core.blocks import FactLine, Facts, Heading, Page, Para, Picture, Row, Rows, Small, Strong
from bot.core.layout import parts
from bot.core.views import Reader, Tone

NOBODY_YET = "Nobody is on it yet."
NO_MERIT = "Whoever said yes to it, in the order in which they did; the weeks they kept of the last 26."


def team(view: views.TeamPage, reader: Reader) -> Page:
    rows = (Row((each.title,), number=each.number, tags=((each.said,),)) for each in view.lessons)
    return parts.page(
        "Your team",
        f"How far your team is in {view.theme}.",
        Small((parts.theme_name(view.emoji, view.theme, reader),)),
        Heading(("Your team",)),
        parts.para(view.people),
        parts.rows(rows, numbered=True),
        *(_board(view) if view.has_board else ()),
        parts.offers(view.actions),
    )


def _board(view: views.TeamPage) -> tuple[Heading | Rows | Para | Small, ...]:
    title = Heading(("The board",), 2)
    if not view.board:
        return (title, Para((NOBODY_YET,)))
    rows = tuple(Row((each.person,), tags=((_kept(each.weeks),),)) for each in view.board)
    more = (Para((f"and {text.count(view.more, 'other')}",)),) if view.more else ()
    return (title, Rows(rows), *more, Small(((NO_MERIT,),), optional=True))


def _kept(weeks: int) -> str:
    return f"{text.count(weeks, 'week')} kept" if weeks else "just begun"


def certificate(view: views.CertificatePage, reader: Reader) -> Page:
    """In plain mode the words are all there is; otherwise they stand beside the picture for who does not see it."""
    facts = {"Made out to": view.name, "Finished": view.finished, "Check code": view.code}
    named = tuple(FactLine(name, ((value,),)) for name, value in facts.items() if value)
    learnt = "; ".join(f"{at}. {title}" for at, title in enumerate(view.lessons, 1))
    return parts.page(
        "Certificate",
        f"Your certificate of {view.theme}.",
        Small((("Certificate of completion",),)),
        Heading(parts.theme_name(view.emoji, view.theme, reader)),
        None if reader.plain else Picture(view.svg, in_words(view), "certificate"),
        Facts(named),
        Para((Strong("What was learnt:"), f" {learnt}")),
        Small((("Those who run this workspace can confirm the code.",),)),
        parts.offers(view.actions),
        tone=Tone.DONE,
    )


def in_words(view: views.CertificatePage) -> str:
    who = f"{view.name} has done every lesson" if view.name else "Every lesson was done"
    return f"Certificate of completion: {who} of {view.theme}. Finished on {view.finished}. Check code {view.code}."
