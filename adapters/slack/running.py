"""What the clock posts, and what those who run a workspace look through: posts, reminders, lists of records."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.slack import mentions, rich
from adapters.slack.mentions import Voice
from adapters.slack.rich import Element
from adapters.slack.sheet import Sheet
from bot.api import text, views

_TONES = {
    views.Tone.INFO: ("", ""),
    views.Tone.DONE: ("✓", "In order: "),
    views.Tone.SORRY: ("✕", "Needs you: "),
}


def lay(sheet: Sheet, view: views.Listing | views.LessonPost | views.ClosingPost | views.Reminder) -> None:
    match view:
        case views.Listing():
            listing(sheet, view)
        case views.LessonPost():
            post(sheet, view)
        case views.ClosingPost():
            closing(sheet, view)
        case views.Reminder():
            reminder(sheet, view)


def listing(sheet: Sheet, view: views.Listing) -> None:
    sheet.header(view.title)
    if view.intro:
        sheet.tell(view.intro)
    for each, about in zip(view.items, view.called, strict=True):
        sheet.divide()
        _item(sheet, each, about)
    if view.items and view.actions:
        sheet.divide()
    sheet.offer(view.actions)


def _item(sheet: Sheet, item: views.Item, about: str) -> None:
    """A record: its title, its facts as a list, a note beneath, and what can be done with it."""
    sign, words = _TONES[item.tone]
    lead = (words if sheet.reader.plain else f"{sign} ") if sign else ""
    parts = [rich.section([rich.strong(f"{lead}{item.title}")])]
    if item.facts:
        parts.append(rich.bullets([list(fact(sheet, each)) for each in item.facts]))
    if item.note:
        parts.append(rich.section([rich.words(sheet.names.here(item.note))]))
    sheet.blocks.append(rich.block(*parts))
    buttons = [sheet.button(each, spoken=f"{each.label}: {about}") for each in item.actions]
    if buttons:
        sheet.blocks.append({"type": "actions", "elements": buttons})


def fact(sheet: Sheet, said: views.Fact) -> Iterable[Element]:
    """A name and its values, one after another."""
    yield rich.strong(f"{said.name}: ")
    for at, each in enumerate(said.values):
        if at:
            yield rich.words(", ")
        yield from mentions.value(each, sheet.reader.timezone, sheet.voice)
    if not said.values:
        yield rich.words("–")


def facts(sheet: Sheet, said: Iterable[views.Fact]) -> None:
    sheet.lines([list(fact(sheet, each)) for each in said])


def post(sheet: Sheet, view: views.LessonPost) -> None:
    _call_group(sheet, view.mention)
    sheet.aside(f"{view.emoji} {view.theme}")
    sheet.header(view.title)
    sheet.aside(f"Lesson {view.number} of {view.total}", f"{text.count(view.minutes, 'minute')} to read")
    sheet.say(rich.words(view.summary))
    sheet.grounds(view.sources)
    if view.following:
        coming = view.following
        lead = rich.strong(f"{coming.when}: ")
        sheet.say(lead, rich.words(coming.title), rich.words(f"\n{coming.summary}" if coming.summary else ""))
    _done(sheet, view.done, "this lesson")
    sheet.offer(view.actions)


def closing(sheet: Sheet, view: views.ClosingPost) -> None:
    _call_group(sheet, view.mention)
    sheet.header(f"{view.emoji} {view.theme} is complete")
    sheet.say(rich.words(f"{_all(view.total)} {'has' if view.total == 1 else 'have'} been posted."))
    _done(sheet, view.done, "all of it")
    if view.suggestion:
        sheet.say(rich.strong("What could follow: "), rich.words(view.suggestion))
    sheet.offer(view.actions)


def _all(total: int) -> str:
    return "Its one lesson" if total == 1 else f"All {total} lessons"


def _call_group(sheet: Sheet, role: str) -> None:
    called = mentions.called_group(role, sheet.voice)
    sheet.say(*called)
    if role and not called and sheet.voice is Voice.ASIDE:
        sheet.aside("In the channel, a user group is mentioned here.")


def _done(sheet: Sheet, done: int, what: str) -> None:
    if done > 0:
        sheet.aside(sheet.sign("✓", f"{done:,} {'has' if done == 1 else 'have'} done {what}."))


def reminder(sheet: Sheet, view: views.Reminder) -> None:
    called = mentions.called_person(view.mention, sheet.voice)
    sheet.say(*called, rich.words(" " if called else ""), rich.words(sheet.names.here(view.text)))
    for each in view.items:
        sheet.say(
            rich.words(f"{each.emoji} "),
            rich.strong(each.title),
            rich.words(f"\n{each.theme}, lesson {each.number} of {each.total}"),
            rich.words(f"\n{each.summary}" if each.summary else ""),
        )
    if view.reviews_due:
        sheet.say(rich.words(f"{text.count(view.reviews_due, 'question')} to review today."))
    if view.suggested_by and sheet.voice is Voice.ASIDE:  # in a channel it is nobody else's business
        by = mentions.value(view.suggested_by, sheet.reader.timezone, sheet.voice)
        sheet.say(rich.words("Suggested by "), *by, rich.words("."))
    sheet.aside(sheet.names.here(view.note))
    sheet.offer(view.actions)


def coming(sheet: Sheet, view: views.Coming) -> None:
    """The next post here, in the reader's own time."""
    place = mentions.value(view.place, sheet.reader.timezone, sheet.voice)
    sheet.say(
        rich.strong("Next post: "),
        rich.moment(view.at, sheet.reader.timezone),
        rich.words(" in "),
        *place,
        rich.words(f"\n{view.theme}: {view.title}"),
    )


def called(view: views.Listing | views.LessonPost | views.ClosingPost | views.Reminder) -> tuple[str, str]:
    """The title of a modal, and the sentence that says what this is."""
    match view:
        case views.Listing():
            return view.title, f"{view.title}."
        case views.LessonPost():
            place = f"Lesson {view.number} of {view.total}"
            return place, f"{place} in {view.theme}: {view.title}."
        case views.ClosingPost():
            return "Complete", f"{view.theme} is complete."
        case views.Reminder():
            return "Reminder", view.text
