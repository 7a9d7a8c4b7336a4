"""What learners read and look through: lessons, themes, lists, progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.slack import limits, rich, running
from adapters.slack.rich import Element
from adapters.slack.sheet import Sheet
from bot.api import actions, text, views

_MOST = 40
"""Lines of a list that get a block of their own."""
_WEEKS = "▁▂▄▆█"


def lesson(sheet: Sheet, view: views.LessonPage) -> None:
    place = f"Lesson {view.number} of {view.total}"
    sheet.aside(f"{view.emoji} {view.theme}", place, f"{text.count(view.minutes, 'minute')} to read")
    sheet.header(view.title)
    sheet.say(rich.words(view.summary, italic=True))
    if view.done_on:
        since = "; it has been changed since" if view.updated else ""
        said = sheet.sign("✓", "Done on ")
        sheet.say(rich.words(said), rich.date(view.done_on, sheet.reader.timezone), rich.words(since))
    for section in view.sections:
        sheet.authored(section.text, *_label(section.label))
    sheet.divide()
    sheet.grounds(view.sources)
    if view.following:
        sheet.say(rich.strong("Next up: "), *_titled(view.following), rich.words(f"\n{view.following.summary}"))
    sheet.offer(view.actions)


def _label(label: str) -> tuple[Element, ...]:
    """The bold words that open a section."""
    if not label:
        return ()
    end = "" if label[-1] in ".?!:…" else "."
    return rich.strong(f"{label}{end}"), rich.words(" ")


def _titled(card: views.LessonCard) -> tuple[Element, ...]:
    return rich.words(f"{card.number}. "), rich.strong(card.title)


def _state(sheet: Sheet, card: views.LessonCard) -> str:
    if not card.done:
        return ""
    return f"  {sheet.sign('✓', 'done')}{', changed since' if card.updated else ''}"


def theme_lines(sheet: Sheet, card: views.ThemeCard) -> list[Element]:
    """A theme in two lines: what it is, and how far the reader is."""
    followed = ", followed" if card.followed else ""
    return [
        rich.words(f"{card.emoji} "),
        rich.strong(card.title),
        rich.words(f" – {card.line}" if card.line else ""),
        rich.words(f"\n{sheet.bar(card.done, card.total)}{followed}"),
    ]


def themes(sheet: Sheet, cards: Sequence[views.ThemeCard]) -> None:
    """A block for each theme while there is room; then what is left, in words."""
    shown, used = 0, 0
    for card in cards[:_MOST]:
        used += len(card.title) + len(card.line) + 60
        if used > limits.ROOM:
            break
        sheet.say(*theme_lines(sheet, card))
        shown += 1
    _rest(sheet, len(cards) - shown, "theme")


def _rest(sheet: Sheet, left: int, noun: str) -> None:
    if left > 0:
        sheet.aside(f"…and {text.count(left, f'more {noun}', f'more {noun}s')} in the menu below.")


def catalogue(sheet: Sheet, view: views.Catalogue) -> None:
    sheet.header("Themes")
    themes(sheet, view.themes)
    sheet.offer(view.actions)


def theme(sheet: Sheet, view: views.ThemePage) -> None:
    card = view.card
    sheet.header(f"{card.emoji} {card.title}")
    sheet.say(rich.words(view.description))
    sheet.aside(sheet.bar(card.done, card.total) + (", followed" if card.followed else ""))
    running.facts(sheet, view.facts)
    brief = sum(len(each.title) + len(each.summary) + 30 for each in view.lessons) > limits.ROOM
    room = limits.ROOM // (110 if brief else 1)
    sheet.lines([_lesson_line(sheet, each, brief=brief) for each in view.lessons[:room]], numbered=True)
    _rest(sheet, len(view.lessons) - room, "lesson")
    sheet.offer(view.actions)


def _lesson_line(sheet: Sheet, card: views.LessonCard, *, brief: bool) -> list[Element]:
    """A line of a numbered list, so the number is Slack's."""
    title = text.shorten(card.title, 80) if brief else card.title
    summary = "" if brief or not card.summary else f"\n{card.summary}"
    return [rich.strong(title), rich.words(_state(sheet, card)), rich.words(summary)]


def recorded(sheet: Sheet, view: views.Recorded) -> None:
    said = "Done already" if view.again else "Done"
    sheet.say(rich.words(f"{sheet.sign('✓', said)}: "), *_titled(view.lesson))
    if not view.kept:
        sheet.aside("Recording is paused, so this was not written down.")
    sheet.aside(view.theme.title, sheet.bar(view.theme.done, view.theme.total))
    if view.following:
        sheet.say(rich.strong("Next up: "), *_titled(view.following), rich.words(f"\n{view.following.summary}"))
    sheet.offer(view.actions)


def ending(sheet: Sheet, view: views.Ending) -> None:
    sheet.header(f"{view.theme.emoji} You have finished {view.theme.title}")
    sheet.say(rich.words(sheet.bar(view.theme.done, view.theme.total)))
    if view.reviews_due:
        sheet.say(rich.words(f"{text.count(view.reviews_due, 'question')} to review today."))
    if view.suggestion:
        sheet.say(rich.strong("What could follow: "), *theme_lines(sheet, view.suggestion))
    sheet.offer(view.actions)


def found(sheet: Sheet, view: views.SearchPage) -> None:
    sheet.header(f"{text.count(len(view.hits), 'lesson')} on “{view.words}”")
    sheet.lines(
        [
            [
                rich.strong(hit.lesson.title),
                rich.words(_state(sheet, hit.lesson)),
                rich.words(f"\n{hit.theme}, lesson {hit.lesson.number}"),
                rich.words(f", “{hit.section}”: {hit.excerpt}" if hit.section else ""),
            ]
            for hit in view.hits
        ]
    )
    sheet.offer(view.actions)


def saved(sheet: Sheet, view: views.SavedList) -> None:
    sheet.header("Saved for later")
    room = limits.ROOM // 250
    sheet.lines([_saved_line(sheet, item) for item in view.items[:room]])
    _rest(sheet, len(view.items) - room, "lesson")
    sheet.offer(view.actions)


def _saved_line(sheet: Sheet, item: views.SavedItem) -> list[Element]:
    return [
        rich.strong(item.lesson.title),
        rich.words(_state(sheet, item.lesson)),
        rich.words(f"\n{item.theme}, lesson {item.lesson.number}, saved "),
        rich.date(item.saved_on, sheet.reader.timezone),
    ]


def progress(sheet: Sheet, view: views.ProgressPage) -> None:
    sheet.header("Progress")
    themes(sheet, view.themes)
    sheet.divide()
    _weeks(sheet, view)
    if view.reviews_due and not view.shared:
        sheet.say(rich.words(f"{text.count(view.reviews_due, 'question')} to review today."))
    for each in view.recent:
        done_on = rich.spoken_date(each.done_on, sheet.reader.timezone)
        said = f"{each.lesson.title}\n{each.theme}, lesson {each.lesson.number}, done {done_on}"
        sheet.beside(said, actions.Action("Undo", each.undo))
    sheet.offer(view.actions)


def _weeks(sheet: Sheet, view: views.ProgressPage) -> None:
    """The last weeks as a row of bars, and the same in words."""
    kept = sum(week.kept for week in view.weeks)
    paused = sum(week.paused for week in view.weeks)
    said = f"{kept} of the last {text.count(len(view.weeks), 'week')}"
    if paused:
        said += f" ({paused} paused)"
    lead = f"{text.count(view.weeks_kept, 'week')} kept"
    sheet.say(rich.strong(lead), rich.words(f" – {said}. A week is kept with one lesson or one review."))
    if view.weeks and not sheet.reader.plain:
        sheet.say(rich.words("".join(_week(week) for week in view.weeks)))
    now = view.weeks[-1] if view.weeks else None
    if now and not view.shared:
        sheet.aside(f"This week: {text.count(now.lessons, 'lesson')}, {text.count(now.reviews, 'review')}")


def _week(week: views.Week) -> str:
    if week.paused:
        return "–"
    return _WEEKS[min(week.lessons + week.reviews, len(_WEEKS)) - 1] if week.kept else "·"


def home(sheet: Sheet, view: views.HomePage) -> None:
    sheet.say(rich.words(view.greeting))
    if view.current:
        sheet.say(*theme_lines(sheet, view.current))
    if view.following:
        sheet.say(rich.strong("Next up: "), *_titled(view.following), rich.words(f"\n{view.following.summary}"))
    sheet.aside(*_waiting(view))
    if view.coming:
        running.coming(sheet, view.coming)
    sheet.offer(view.actions)
    others = [card for card in view.followed if not view.current or card.id != view.current.id]
    if others:
        sheet.say(rich.strong("You follow as well"))
        themes(sheet, others)


def _waiting(view: views.HomePage) -> Iterable[str]:
    if view.reviews_due:
        yield f"{text.count(view.reviews_due, 'question')} to review today"
    if view.saved:
        yield f"{text.count(view.saved, 'lesson')} saved for later"
