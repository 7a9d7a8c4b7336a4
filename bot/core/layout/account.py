"""A learner's own pages: the hub, progress, settings, privacy, and help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core import i18n, views
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
    Sentence,
    Small,
    Strong,
    Upcoming,
)
from bot.core.i18n import say, say_many
from bot.core.layout import parts
from bot.core.layout import weeks as drawn
from bot.core.record import replace
from bot.core.views import Reader, Tone


@parts.lays_out(views.HomePage)
def home(view: views.HomePage, reader: Reader) -> Page:
    current = view.current
    others = [card for card in view.followed if current is None or card.id != current.id]
    saved = say_many(view.saved, "{n} lesson saved for later", "{n} lessons saved for later") if view.saved else ""
    also = say("You also follow") if current else say("You follow")
    return parts.page(
        say("Your learning"),
        view.greeting,
        Heading((say("Your learning"),)),
        parts.para(Sentence(view.greeting)),
        parts.rows((parts.theme_row(current, reader, detail=False),)) if current else None,
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


@parts.lays_out(views.ProgressPage)
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
    kept = sum(week.kept for week in weeks)
    lately = say(", {kept} of them in the last {weeks}", kept=kept, weeks=len(weeks)) if weeks else ""
    yield Para((Strong(say_many(view.weeks_kept, "{n} week kept", "{n} weeks kept")), lately))
    yield Small(
        ((say("A week is kept with one lesson or one review in it; a snoozed one is neutral."),),), optional=True
    )
    if not weeks:
        return
    alt = _picture_in_words(weeks, shared=view.shared)
    yield Para((alt,)) if reader.plain else Picture(drawn.drawing(weeks, i18n.spoken()), alt, "weeks")


def _picture_in_words(weeks: Sequence[views.Week], *, shared: bool) -> str:
    paused = sum(week.paused and not week.kept for week in weeks)
    kept = sum(week.kept for week in weeks)
    said = say_many(len(weeks), "The last {n} week: {kept} kept", "The last {n} weeks: {kept} kept", kept=kept)
    said += say(", {paused} snoozed.", paused=paused) if paused else "."
    since = [week for week in weeks if not week.before]
    if any(week.kept for week in since):
        tiles = ", ".join(say("snoozed") if week.paused and not week.kept else str(week.done) for week in since)
        begins = i18n.day(since[0].start, say("d MMM"))
        said += " " + say("How much was done in each, from {day} on: {tiles}.", day=begins, tiles=tiles)
    return said if shared else f"{said} " + say("This week: {done}.", done=_content(weeks[-1]))


def _content(week: views.Week) -> str:
    lessons = [say_many(week.lessons, "{n} lesson", "{n} lessons")] if week.lessons else []
    reviews = [say_many(week.reviews, "{n} review", "{n} reviews")] if week.reviews else []
    if week.kept:
        return i18n.listed([*lessons, *reviews])
    return say("snoozed") if week.paused else say("nothing yet")


@parts.lays_out(views.SettingsPage)
def settings(view: views.SettingsPage, reader: Reader) -> Page:
    return parts.page(
        view.title,
        f"{view.title}.",
        Heading((view.title,)),
        parts.pairs(view.values),
        parts.small(parts.own(view.contract)),
        parts.offers(view.actions),
    )


@parts.lays_out(views.PrivacyPage)
def privacy(view: views.PrivacyPage, reader: Reader) -> Page:
    paused = Para((Strong(say("Recording is paused.")), " ", say("Nothing that you do is written down.")))
    return parts.page(
        say("Your data"),
        say("What is kept on you."),
        Heading((say("What is kept on you"),)),
        paused if view.paused else None,
        parts.pairs(view.rows) or Para((say("Nothing is kept on you."),)),
        parts.small(parts.own(view.promise)),
        parts.offers(view.actions),
    )


@parts.lays_out(views.HelpPage)
def help_page(view: views.HelpPage, reader: Reader) -> Page:
    topics = tuple(FactLine(Sentence(topic.name), (parts.own(topic.text),)) for topic in view.topics)
    return parts.page(
        say("Help"),
        f"{view.title}.",
        Heading((Sentence(view.title),)),
        Facts(topics) if topics else None,
        parts.offers(view.actions),
    )
