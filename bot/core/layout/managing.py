"""What the clock posts, and the records that those who run a workspace look through."""

from __future__ import annotations

from bot.core import views
from bot.core.blocks import Call, Card, Cards, Heading, Line, Page, Para, Row, Sentence, Small, Strong, Upcoming
from bot.core.i18n import say, say_line, say_many
from bot.core.layout import parts
from bot.core.text import Text
from bot.core.views import Reader, Tone


@parts.lays_out(views.LessonPost)
def post(view: views.LessonPost, reader: Reader) -> Page:
    place = parts.lesson_place(view.emoji, view.theme, view.number, view.total, reader)
    done = parts.small((say_many(view.done, "{n} has done this.", "{n} have done this."),)) if view.done else None
    return parts.page(
        *parts.lesson_titles(view),
        parts.previewed(view),
        Small((*place, (parts.minutes(view.minutes),))),
        Heading((view.title,)),
        parts.para(view.summary),
        parts.offers(view.actions),
        *parts.below_rule(parts.sources(view.sources), _following(view.following), done),
        tone=Tone.INFO,
        call=_call_group(view.mention),
        thread=f"{view.number}. {view.title}" if view.thread else "",
    )


def _following(view: views.Following | None) -> Upcoming | None:
    if view is None:
        return None
    return Upcoming(view.when, Row((view.title,), detail=(view.summary,) if view.summary else ()))


def _call_group(role: str) -> Call | None:
    return Call(views.Group(role), say("For")) if role else None


@parts.lays_out(views.ClosingPost)
def closing(view: views.ClosingPost, reader: Reader) -> Page:
    said = say("That was the last lesson")
    posted = (
        say_many(view.total, "All {n} lesson have been posted.", "All {n} lessons have been posted.")
        if view.total != 1
        else say("Its one lesson has been posted.")
    )
    done = (
        parts.small((say_many(view.done, "{n} has done all of it.", "{n} have done all of it."),))
        if view.done
        else None
    )
    suggestion = Upcoming(say(parts.COULD_FOLLOW), Row((view.suggestion,))) if view.suggestion else None
    return parts.page(
        say("Complete"),
        say("That was the last lesson of {theme}.", theme=view.theme),
        parts.previewed(view),
        Small((parts.theme_name(view.emoji, view.theme, reader),)),
        Heading((*parts.sign(parts.FINISHED, reader), said)),
        Para((posted,)),
        suggestion,
        parts.offers(view.actions),
        done,
        tone=Tone.DONE,
        call=_call_group(view.mention),
    )


@parts.lays_out(views.Reminder)
def reminder(view: views.Reminder, reader: Reader) -> Page:
    by = view.suggested_by if not view.mention else None  # in a channel it is nobody else's business
    suggested: Line = say_line("Suggested by {who}. ", who=by) if by else ()
    call = Call(views.Someone(view.mention), say("For")) if view.mention else None
    return parts.page(
        say("Reminder"),
        view.text,
        Heading((Sentence(view.text),)),
        parts.rows(_waiting(each, reader) for each in view.items),
        parts.small((*suggested, *parts.own(view.note))),
        parts.offers(view.actions),
        tone=Tone.INFO,
        call=call,
    )


def _waiting(lesson: views.NextUp, reader: Reader) -> Row:
    place = parts.lesson_place(lesson.emoji, lesson.theme, lesson.number, lesson.total, reader)
    dated: tuple[Line, ...] = ((say("to be done by {by}", by=lesson.by),),) if lesson.by else ()
    return Row((lesson.title,), under=(*place, *dated), detail=(lesson.summary,) if lesson.summary else ())


@parts.lays_out(views.ReportClosed)
def report_closed(view: views.ReportClosed, reader: Reader) -> Page:
    said = say("Your report was read and closed")
    done: Line = (Strong(say("What was done:")), " ", view.note) if view.note else (say("No note was left with it."),)
    return parts.page(
        say("Report closed"),
        say("Your report was read and closed: {lesson}.", lesson=view.lesson),
        parts.small((view.theme,) if view.theme else (), (view.lesson,)),
        Heading((said,)),
        Para((Strong(say("You wrote:")), " ", view.what)),
        Para(done),
        parts.offers(view.actions),
        tone=Tone.DONE,
    )


@parts.lays_out(views.Listing)
def listing(view: views.Listing, reader: Reader) -> Page:
    cards = tuple(_card(item, called, reader) for item, called in zip(view.items, view.called, strict=True))
    troubled = any(item.tone is Tone.SORRY for item in view.items)
    return parts.page(
        view.title,
        parts.ended(view.title),
        Heading((view.title,)),
        parts.para(Sentence(view.intro)),
        parts.diagram(view.diagram, reader) if view.diagram else None,
        Cards(cards) if cards else None,
        parts.offers(view.actions),
        tone=Tone.SORRY if troubled else None,
    )


def _card(item: views.Item, called: str, reader: Reader) -> Card:
    states: dict[Tone, Line] = {
        Tone.INFO: (),
        Tone.DONE: (*parts.sign(parts.DONE, reader), say("in order")),
        Tone.SORRY: (*parts.sign(parts.ATTENTION, reader), say("needs attention")),
    }
    note: Line = (item.note,) if isinstance(item.note, Text) else parts.own(item.note)
    return Card(item.title, states[item.tone], item.tone, parts.facts(item.facts), note, item.actions, called)
