"""Reading and practising: shelves, themes, lessons, what follows a finished one; questions, verdicts, scores."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core import views
from bot.core.blocks import (
    Block,
    Day,
    Divider,
    Facts,
    Heading,
    Letters,
    Line,
    Page,
    Para,
    Prose,
    Purpose,
    Row,
    Small,
    Upcoming,
)
from bot.core.i18n import say, say_as, say_line, say_many
from bot.core.layout import parts
from bot.core.record import replace
from bot.core.views import Reader, Tone


@parts.lays_out(views.Catalogue)
def catalogue(view: views.Catalogue, reader: Reader) -> Page:
    themes = parts.rows((parts.theme_row(card, reader) for card in view.themes), view.actions)
    return parts.page(
        say("Themes"),
        say("Every theme, and how far you are."),
        Heading((say("Themes"),)),
        themes or Para((say("There are no themes yet."),)),
        parts.offers(view.actions),
    )


@parts.lays_out(views.ThemePage)
def theme(view: views.ThemePage, reader: Reader) -> Page:
    card = view.card
    return parts.page(
        say("Theme"),
        say("{title}: {done} of {total} lessons done.", title=card.title, done=card.done, total=card.total),
        parts.small((say("Theme"),), (say("followed"),) if card.followed else ()),
        Heading(parts.theme_name(card.emoji, card.title, reader)),
        parts.para(view.description),
        parts.bar(card, reader),
        Facts(parts.facts(view.facts)) if view.facts else None,
        parts.rows((parts.lesson_row(each, reader) for each in view.lessons), view.actions, numbered=True),
        parts.offers(view.actions),
    )


@parts.lays_out(views.LessonPage)
def lesson(view: views.LessonPage, reader: Reader) -> Page:
    place = parts.lesson_place(view.emoji, view.theme, view.number, view.total, reader)
    return parts.page(
        *parts.lesson_titles(view),
        Small((*place, (parts.minutes(view.minutes),))),
        Heading((view.title,)),
        parts.para(view.summary),
        _done_on(view, reader),
        Small(((view.untranslated,),)) if view.untranslated else None,
        Divider(),
        *(block for section in view.sections for block in _section(section, reader)),
        *parts.below_rule(parts.sources(view.sources), parts.next_up(view.following, reader)),
        parts.offers(view.actions),
        purpose=Purpose.READING,
    )


def _section(section: views.LessonSection, reader: Reader) -> Iterator[Block]:
    yield Prose(section.text, _label(section.label))
    if (diagram := section.diagram) is not None:
        yield parts.diagram(diagram, reader)


def _label(label: str) -> str:
    """The words that lead into a section, and the mark that ends them."""
    return f"{label.rstrip('.')}." if label and label[-1] not in "?!:…" else label


def _done_on(view: views.LessonPage, reader: Reader) -> Small | None:
    if view.done_on is None or view.shared:
        return None
    done: Line = (*parts.sign(parts.DONE, reader), *say_line("Done on {day}", day=Day(view.done_on)))
    return Small((done, (say("updated since you read it"),)) if view.updated else (done,))


@parts.lays_out(views.Recorded)
def recorded(view: views.Recorded, reader: Reader) -> Page:
    title = view.lesson.title
    if view.again:
        said, why = say("Done already: {title}", title=title), say("It was recorded before; nothing changed.")
    elif view.kept:
        said, why = say("Done: {title}", title=title), ""
    else:
        said, why = say("Read, not recorded: {title}", title=title), say(parts.NOT_RECORDED)
    return parts.page(
        say("Done") if view.kept else say_as("a lesson that was", "Read"),
        f"{said}.",
        Small(
            (
                parts.theme_name(view.theme.emoji, view.theme.title, reader),
                (say("Lesson {number}", number=view.lesson.number),),
            )
        ),
        Heading((*(parts.sign(parts.DONE, reader) if view.kept else ()), said)),
        parts.para(why),
        parts.bar(view.theme, reader),
        parts.next_up(view.following, reader),
        parts.offers(view.actions),
        tone=Tone.DONE if view.kept else None,
    )


@parts.lays_out(views.Ending)
def ending(view: views.Ending, reader: Reader) -> Page:
    card = view.theme
    finished = card.done >= card.total
    return parts.page(
        say("Finished"),
        say("You have finished {title}.", title=card.title),
        Small((parts.theme_name(card.emoji, card.title, reader),)),
        Heading((*parts.sign(parts.FINISHED, reader), say("You have finished {title}", title=card.title))),
        parts.para(say_many(card.total, "All {n} lesson are done.", "All {n} lessons are done.") if finished else ""),
        parts.bar(card, reader),
        parts.due_today(view.reviews),
        Upcoming(say(parts.COULD_FOLLOW), parts.theme_row(view.suggestion, reader)) if view.suggestion else None,
        parts.offers(view.actions),
        tone=Tone.DONE,
    )


@parts.lays_out(views.SearchPage)
def found(view: views.SearchPage, reader: Reader) -> Page:
    many = len(view.hits)
    said = (
        say_many(many, "{n} lesson for “{words}”", "{n} lessons for “{words}”", words=view.words)
        if many
        else say("Nothing found for “{words}”", words=view.words)
    )
    return parts.page(
        say("Found"),
        f"{said}.",
        Heading((said,)),
        parts.rows((_hit(hit, reader) for hit in view.hits), view.actions),
        parts.offers(view.actions),
    )


def _hit(hit: views.Hit, reader: Reader) -> Row:
    section: tuple[Line, ...] = ((hit.section.rstrip("."),),) if hit.section else ()
    return replace(
        parts.lesson_row(hit.lesson, reader, numbered=False),
        under=((hit.theme,), (say("lesson {number}", number=hit.lesson.number),), *section),
        detail=(hit.excerpt,) if hit.excerpt else (),
    )


@parts.lays_out(views.SavedList)
def saved(view: views.SavedList, reader: Reader) -> Page:
    items = parts.rows((_saved_row(item, reader) for item in view.items), view.actions)
    return parts.page(
        say("Saved for later"),
        say("What you saved for later."),
        Heading((say("Saved for later"),)),
        items or Para((say("Nothing is saved for later."),)),
        parts.offers(view.actions),
    )


def _saved_row(item: views.SavedItem, reader: Reader) -> Row:
    kept = say_line("saved {day}", day=Day(item.saved_on))
    place = ((item.theme,), (say("lesson {number}", number=item.lesson.number),), kept)
    return replace(parts.lesson_row(item.lesson, reader, numbered=False), under=place)


@parts.lays_out(views.QuestionPage)
def question(view: views.QuestionPage, reader: Reader) -> Page:
    options = tuple(replace(each, sign="chosen") for each in view.options) if reader.plain else view.options
    place = view.place or say("Question {position} of {total}", position=view.position, total=view.total)
    return parts.page(
        place,
        f"{place}.",
        Small(((view.title,), (place,))),
        Letters(view.ask, options),
        parts.small(parts.own(say("Several are right: choose all of them, then check.") if view.several else "")),
        parts.small(parts.own(view.note)),
        parts.offers(view.actions),
        tone=Tone.INFO,
        purpose=Purpose.STEP,
    )


@parts.lays_out(views.Verdict)
def verdict(view: views.Verdict, reader: Reader) -> Page:
    place = view.place or say("Question {position} of {total}", position=view.position, total=view.total)
    said = say("Right") if view.right else say("Not right")
    return parts.page(
        place,
        f"{said}.",
        Small(((view.title,), (place,))),
        Heading((*parts.sign(parts.RIGHT if view.right else parts.WRONG, reader), said)),
        Prose(view.ask),
        Divider(),
        *(Prose(each.why, _led(each, several=len(view.answers) > 2), each.text) for each in view.answers),
        parts.sources((view.source,) if view.source else (), view.section),
        parts.small(parts.own(view.note)),
        parts.offers(view.actions),
        tone=Tone.DONE if view.right else Tone.SORRY,
        purpose=Purpose.STEP,
    )


def _led(answer: views.JudgedAnswer, *, several: bool) -> str:
    if not several:
        return say("Your answer:") if answer.given else say("The right answer:")
    if answer.given:
        return say("You chose, rightly:") if answer.right else say("You chose, wrongly:")
    return say("You left out:")


@parts.lays_out(views.Score)
def score(view: views.Score, reader: Reader) -> Page:
    said = say("{right} of {total} right", right=view.right, total=view.total)
    return parts.page(
        say("How it went"),
        f"{said}.",
        Small(((view.title,),)),
        Heading((said,)),
        parts.para(say("Everything was right.") if view.total and view.right == view.total else ""),
        *parts.titled(say("To look at again, with the right answers"), parts.rows(map(_missed, view.missed))),
        parts.offers(view.actions),
        tone=Tone.INFO,
        purpose=Purpose.STEP,
    )


def _missed(missed: views.MissedQuestion) -> Row:
    return Row((missed.ask,), under=tuple((each,) for each in missed.answers), detail=(missed.lesson,))
