"""What a team has of each other: its numbers, its board; and a certificate."""

from __future__ import annotations

from bot.core import views
from bot.core.blocks import FactLine, Facts, Heading, Page, Para, Picture, Row, Rows, Small, Strong
from bot.core.i18n import mark, say, say_many
from bot.core.layout import parts
from bot.core.views import Reader, Tone

NOBODY_YET = mark("Nobody is on it yet.")
NO_MERIT = mark("Whoever said yes to it, in the order in which they did; the weeks they kept of the last 26.")


@parts.lays_out(views.TeamPage)
def team(view: views.TeamPage, reader: Reader) -> Page:
    rows = (Row((each.title,), number=each.number, tags=((each.said,),)) for each in view.lessons)
    return parts.page(
        say("Your team"),
        say("How far your team is in {theme}.", theme=view.theme),
        Small((parts.theme_name(view.emoji, view.theme, reader),)),
        Heading((say("Your team"),)),
        parts.para(view.people),
        parts.rows(rows, numbered=True),
        *(_board(view) if view.has_board else ()),
        parts.offers(view.actions),
    )


def _board(view: views.TeamPage) -> tuple[Heading | Rows | Para | Small, ...]:
    title = Heading((say("The board"),), 2)
    if not view.board:
        return (title, Para((say(NOBODY_YET),)))
    rows = tuple(Row((each.person,), tags=((_kept(each.weeks),),)) for each in view.board)
    more = (Para((say_many(view.more, "and {n} other", "and {n} others"),)),) if view.more else ()
    return (title, *parts.there_are((parts.rows(rows),)), *more, Small(((say(NO_MERIT),),), optional=True))


def _kept(weeks: int) -> str:
    return say_many(weeks, "{n} week kept", "{n} weeks kept") if weeks else say("just begun")


@parts.lays_out(views.CertificatePage)
def certificate(view: views.CertificatePage, reader: Reader) -> Page:
    """In plain mode the words are all there is; otherwise they stand beside the picture for who does not see it."""
    facts = {say("Made out to"): view.name, say("Finished"): view.finished, say("Check code"): view.code}
    named = tuple(FactLine(name, ((value,),)) for name, value in facts.items() if value)
    learnt = "; ".join(f"{at}. {title}" for at, title in enumerate(view.lessons, 1))
    return parts.page(
        say("Certificate"),
        say("Your certificate of {theme}.", theme=view.theme),
        Small(((say("Certificate of completion"),),)),
        Heading(parts.theme_name(view.emoji, view.theme, reader)),
        None if reader.plain else Picture(view.svg, in_words(view), "certificate"),
        Facts(named),
        Para((Strong(say("What was learnt:")), f" {learnt}")),
        Small(((say("Those who run this workspace can confirm the code."),),)),
        parts.offers(view.actions),
        tone=Tone.DONE,
    )


def in_words(view: views.CertificatePage) -> str:
    who = (
        say("Certificate of completion: {name} has done every lesson of {theme}.", name=view.name, theme=view.theme)
        if view.name
        else say("Certificate of completion: Every lesson was done of {theme}.", theme=view.theme)
    )
    when = say("Finished on {finished}. Check code {code}.", finished=view.finished, code=view.code)
    return f"{who} {when}"
