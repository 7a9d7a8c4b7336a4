"""A learner's own pages: the hub, progress, settings, privacy, and help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from bot.core import text, views
from bot.core.actions import Action
from bot.core.blocks import (
    Block,
    Day,
    Divider,
    FactLine,
    Facts,
    Heading,
    Page,
    Para,
    Picture,
    Row,
    Rows,
    Sentence,
    Small,
    Strong,
    Upcoming,
)
from bot.core.i18n import say
from bot.core.layout import parts
from bot.core.layout import weeks as drawn
from bot.core.record import replace
from bot.core.views import Reader, Tone


def home(view: views.HomePage, reader: Reader) -> Page:
    current = view.current
    others = [card for card in view.followed if current is None or card.id != current.id]
    saved = say("{saved} saved for later", saved=text.count(view.saved, "lesson")) if view.saved else ""
    also = say("You also follow") if current else say("You follow")
    return parts.page(
        say("Your learning"),
        view.greeting,
        Heading((say("Your learning"),)),
        parts.para(Sentence(view.greeting)),
        Rows((parts.theme_row(current, reader, detail=False),)) if current else None,
        parts.next_up(view.following, reader),
        parts.due_today(view.reviews),
        parts.small((saved,)) if saved else None,
        _coming(view.coming) if view.coming else None,
        *parts.titled(say("Suggested to you here"), parts.rows(_suggested(each, reader) for each in view.suggested)),
        parts.offers(view.actions),
        *parts.titled(also, parts.rows(replace(parts.theme_row(card, reader), tags=()) for card in others)),
        tone=Tone.INFO,
    )


def _suggested(each: views.SuggestedTheme, reader: Reader) -> Row:
    """One press takes it up; until then nothing is kept, and nobody is reminded."""
    return replace(parts.theme_row(each.theme, reader), bar=None, action=Action(say("Follow"), each.follow))


def _coming(view: views.Coming) -> Upcoming:
    """The next post here, in the reader's own time."""
    return Upcoming(say("Next post here"), Row((view.title,), under=((view.theme,), (view.at,), (view.place,))))


def progress(view: views.ProgressPage, reader: Reader) -> Page:
    title = say("Progress") if view.shared else say("Your progress")
    recent = (_recent(each, shared=view.shared) for each in view.recent)
    return parts.page(
        title,
        say("How far it goes.") if view.shared else say("How far you are."),
        Heading((title,)),
        parts.rows(parts.theme_row(card, reader, detail=False) for card in view.themes),
        parts.due_today(view.reviews),
        Divider(),
        *_weeks(view, reader),
        *parts.below_rule(*parts.titled(say("Done last"), parts.rows(recent))),
        parts.offers(view.actions),
    )


def _recent(each: views.RecentCompletion, *, shared: bool) -> Row:
    card = each.lesson
    return Row(
        (card.title,),
        under=((each.theme,), (say("lesson {number}", number=card.number),), (Day(each.done_on),)),
        action=None if shared else Action(say("Undo"), each.undo),
    )


def _weeks(view: views.ProgressPage, reader: Reader) -> Iterable[Block | None]:
    """The weeks that were kept; what was not is never counted."""
    weeks = view.weeks
    lately = (
        say(", {value} of them in the last {weeks}", value=sum(week.kept for week in weeks), weeks=len(weeks))
        if weeks
        else ""
    )
    yield Para((Strong(say("{weeks_kept} kept", weeks_kept=text.count(view.weeks_kept, "week"))), lately))
    yield Small(
        ((say("A week is kept with one lesson or one review in it; a snoozed one is neutral."),),), optional=True
    )
    if not weeks:
        return
    alt = _picture_in_words(weeks, shared=view.shared)
    yield Para((alt,)) if reader.plain else Picture(drawn.drawing(weeks), alt, "weeks")


def _picture_in_words(weeks: Sequence[views.Week], *, shared: bool) -> str:
    paused = sum(week.paused and not week.kept for week in weeks)
    said = say(
        "The last {weeks}: {value} kept", weeks=text.count(len(weeks), "week"), value=sum(week.kept for week in weeks)
    )
    said += say(", {paused} snoozed.", paused=paused) if paused else "."
    since = [week for week in weeks if not week.before]
    if any(week.kept for week in since):
        tiles = ", ".join("snoozed" if week.paused and not week.kept else str(week.done) for week in since)
        said += say(" How much was done in each, from {short} on: {tiles}.", short=_short(since[0].start), tiles=tiles)
    return said if shared else say("{said} This week: {content}.", said=said, content=_content(weeks[-1]))


def _content(week: views.Week) -> str:
    done = (text.count(week.lessons, "lesson"), text.count(week.reviews, "review"))
    if week.kept:
        return " and ".join(said for said, many in zip(done, (week.lessons, week.reviews), strict=True) if many)
    return "snoozed" if week.paused else say("nothing yet")


@lru_cache(maxsize=256)
def _short(day: date) -> str:
    """The same 26 Mondays are written for everybody."""
    return f"{day.day} {day:%b}"


def settings(view: views.SettingsPage) -> Page:
    return parts.page(
        view.title,
        f"{view.title}.",
        Heading((view.title,)),
        parts.pairs(view.values),
        parts.small(parts.own(view.contract)),
        parts.offers(view.actions),
    )


def privacy(view: views.PrivacyPage) -> Page:
    paused = Para((Strong(say("Recording is paused.")), say(" Nothing that you do is written down.")))
    return parts.page(
        say("Your data"),
        say("What is kept on you."),
        Heading((say("What is kept on you"),)),
        paused if view.paused else None,
        parts.pairs(view.rows) or Para((say("Nothing is kept on you."),)),
        parts.small(parts.own(view.promise)),
        parts.offers(view.actions),
    )


def help_page(view: views.HelpPage) -> Page:
    topics = tuple(FactLine(Sentence(topic.name), (parts.own(topic.text),)) for topic in view.topics)
    return parts.page(
        say("Help"),
        f"{view.title}.",
        Heading((Sentence(view.title),)),
        Facts(topics) if topics else None,
        parts.offers(view.actions),
    )
