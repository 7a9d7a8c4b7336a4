"""How what is posted by the clock is drawn, and the records that those who run a workspace look through."""

from __future__ import annotations

from adapters.discord import limits, names
from adapters.discord.learning import grounded
from adapters.discord.limits import Component
from adapters.discord.markdown import subtext, words
from adapters.discord.pieces import Body, Colour, Pen, offers, rule, shown, theme_name
from bot.api import text, views

_TONES = {
    views.Tone.DONE: ("✓", "well"),
    views.Tone.SORRY: ("⚠", "needs attention"),
    views.Tone.INFO: ("", ""),
}
_ROOM = {0: (views.LONGEST_FACT, 400), 1: (100, 300), 2: (60, 200), 3: (24, 90)}
"""Characters of each value and of a note, by how tightly a listing is drawn."""


# Posts ---------------------------------------------------------------------------------------------------------------


def post(view: views.LessonPost, pen: Pen) -> Body:
    place = f"{theme_name(view.emoji, view.theme, pen)} · Lesson {view.number} of {view.total}"
    head = shown(
        subtext(f"{place} · {text.count(view.minutes, 'minute')}"),
        f"## {words(view.title)}",
        words(view.summary),
    )
    foot = [*grounded(view.sources, pen), *_following(view.following, pen)]
    parts = [head, *([rule(), *foot] if foot else []), *offers(view.actions, pen), *_done(view.done, "this")]
    return Body(parts, Colour.CALM, above=names.called(view.mention))


def _following(following: views.Following | None, pen: Pen) -> list[Component]:
    if following is None:
        return []
    summary = subtext(words(following.summary)) if following.summary and pen.tight < 2 else ""
    return [shown(f"**{words(following.when)}:** {words(following.title)}", summary)]


def _done(done: int, what: str) -> list[Component]:
    return [shown(f"**{done:,}** have done {what}.")] if done > 0 else []


def closing(view: views.ClosingPost, pen: Pen) -> Body:
    head = shown(
        subtext(theme_name(view.emoji, view.theme, pen)),
        f"## {pen.sign('🎓')}That was the last lesson",
        f"All {text.count(view.total, 'lesson')} of {words(view.theme)} have been posted.",
    )
    suggestion = [shown(f"**What could follow:** {words(view.suggestion)}")] if view.suggestion else []
    done = _done(view.done, "all of it")
    parts = [head, *([rule(), *suggestion] if suggestion else []), *offers(view.actions, pen), *done]
    return Body(parts, Colour.GOOD, above=names.called(view.mention))


def reminder(view: views.Reminder, pen: Pen) -> Body:
    parts = [shown(f"### {words(view.text)}"), *(_waiting(each, pen) for each in view.items)]
    due = f"{text.count(view.reviews_due, 'question')} due for review." if view.reviews_due else ""
    suggested = f"Suggested by {names.person(view.suggested_by.person)}." if view.suggested_by else ""
    if due:
        parts.append(shown(due))
    if view.note or suggested:
        parts.append(shown(subtext(" ".join(filter(None, (suggested, words(view.note)))))))
    return Body([*parts, *offers(view.actions, pen)], Colour.CALM, above=names.called_person(view.mention))


def _waiting(lesson: views.NextUp, pen: Pen) -> Component:
    place = f"{theme_name(lesson.emoji, lesson.theme, pen)} · Lesson {lesson.number} of {lesson.total}"
    summary = words(lesson.summary) if pen.tight < 2 else ""
    return shown(subtext(place), f"**{words(lesson.title)}**", summary)


# Records -------------------------------------------------------------------------------------------------------------


def listing(view: views.Listing, pen: Pen) -> Body:
    head, end = [shown(f"## {words(view.title)}", words(view.intro))], offers(view.actions, pen)
    items = [_item(item, pen) for item in view.items]
    groups = [group for group in (head, *items, end) if group]
    taken = 1 + sum(1 for group in groups for _ in limits.walk(group))
    ruled = bool(items) and taken + len(groups) - 1 <= limits.COMPONENTS
    parts = [part for at, group in enumerate(groups) for part in ([rule()] if ruled and at else []) + group]
    sorry = any(item.tone is views.Tone.SORRY for item in view.items)
    return Body(parts, Colour.MIND if sorry else None)


def _item(item: views.Item, pen: Pen) -> list[Component]:
    value, note = _ROOM[pen.tight]
    said = shown(
        f"**{words(item.title)}**{_state(item.tone, pen)}",
        *names.facts(item.facts, value),
        words(text.shorten(item.note, note)),
    )
    return [said, *offers(item.actions, pen)]


def _state(tone: views.Tone, pen: Pen) -> str:
    sign, said = _TONES[tone]
    return f" · {pen.sign(sign)}{said}" if said else ""
