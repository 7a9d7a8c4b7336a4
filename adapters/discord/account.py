"""How the views around learning are drawn: notices, progress, settings, one's own data, help, the hub."""

from __future__ import annotations

import re

from adapters.discord import limits, names, picture
from adapters.discord.limits import Component
from adapters.discord.markdown import moment, subtext, words
from adapters.discord.pieces import (
    Body,
    Colour,
    File,
    Pen,
    bar,
    beside,
    lesson_row,
    listed,
    offers,
    pairs,
    rule,
    shown,
    small_button,
    theme_name,
    theme_row,
)
from bot.api import text, views

PICTURE = "weeks.png"


def notice(view: views.Notice, pen: Pen) -> Body:
    signs = {views.Tone.DONE: ("✓", Colour.GOOD), views.Tone.SORRY: ("", Colour.MIND), views.Tone.INFO: ("", None)}
    sign, colour = signs[view.tone]
    return Body(
        [shown(f"**{pen.sign(sign)}{words(view.text)}**", words(view.hint)), *offers(view.actions, pen)], colour
    )


def progress(view: views.ProgressPage, pen: Pen) -> Body:
    due = f"{text.count(view.reviews_due, 'question')} due for review." if view.reviews_due else ""
    parts = [shown("## Progress" if view.shared else "## Your progress", due)]
    parts += listed((_theme(card, pen) for card in view.themes), pen)
    kept = f"**{text.count(view.weeks_kept, 'week')} kept** of the last {len(view.weeks)}"
    parts += [rule(), shown(kept, subtext("A week is kept with one lesson or one review in it."))]
    files: tuple[File, ...] = ()
    if view.weeks and not pen.reader.plain:
        files = (File(PICTURE, picture.of_weeks(view.weeks), picture.in_words(view.weeks)),)
        parts.append(_gallery(files[0]))
    if view.recent:
        parts += [rule(), shown("**Done last**"), *(_recent(each, pen) for each in view.recent)]
    return Body([*parts, *offers(view.actions, pen)], files=files)


def _theme(card: views.ThemeCard, pen: Pen) -> tuple[str, str]:
    head, _ = theme_row(card, pen)
    return head, ""


def _gallery(file: File) -> Component:
    item = {"media": {"url": f"attachment://{file.name}"}, "description": file.description[: limits.ALT_TEXT]}
    return {"type": limits.GALLERY, "items": [item]}


def _recent(each: views.RecentCompletion, pen: Pen) -> Component:
    said = shown(
        f"{each.lesson.number}\\. {words(each.lesson.title)}",
        subtext(f"{words(each.theme)} · {moment(each.done_on, 'D')}"),
    )
    return beside(said, small_button("Undo", pen.ids.do(each.undo)))


def settings(view: views.SettingsPage, pen: Pen) -> Body:
    return Body(
        [
            shown(f"## {words(view.title)}"),
            *([pairs(view.values)] if view.values else []),
            *([shown(subtext(words(view.contract)))] if view.contract else []),
            *offers(view.actions, pen),
        ]
    )


def privacy(view: views.PrivacyPage, pen: Pen) -> Body:
    paused = "**Recording is paused.** Nothing you do is written down." if view.paused else ""
    return Body(
        [
            shown("## What is kept on you", paused),
            pairs(view.rows) if view.rows else shown("Nothing is kept on you."),
            shown(subtext(words(view.promise))),
            *offers(view.actions, pen),
        ]
    )


def download(view: views.Download, pen: Pen) -> Body:
    name = re.sub(r"[^\w.-]+", "-", view.name).strip("-.") or "download"
    file: Component = {"type": limits.FILE, "file": {"url": f"attachment://{name}"}}
    return Body([shown(words(view.text)), file, *offers(view.actions, pen)], files=(File(name, view.content),))


def help_page(view: views.HelpPage, pen: Pen) -> Body:
    topics = [f"**{words(topic.name)}** – {words(topic.text)}" for topic in view.topics]
    return Body([shown(f"## {words(view.title)}"), *([shown(*topics)] if topics else []), *offers(view.actions, pen)])


def home(view: views.HomePage, pen: Pen) -> Body:
    parts = [shown("## Dualo", words(view.greeting))]
    if view.current:
        card = view.current
        head = f"**{theme_name(card.emoji, card.title, pen)}**\n{bar(card.done, card.total, pen)}"
        following = ""
        if view.following:
            title, summary = lesson_row(view.following, pen)
            following = f"Next: {title}" + ("" if pen.tight else f"\n{subtext(summary)}")
        parts += [rule(), shown(head, following)]
    if view.coming:
        parts += [rule(), _coming(view.coming)]
    others = [card for card in view.followed if view.current is None or card.id != view.current.id]
    if others:
        parts += [rule(), shown("**You follow**"), *listed((_theme(card, pen) for card in others), pen)]
    waiting = []
    if view.reviews_due:
        waiting.append(f"{text.count(view.reviews_due, 'question')} due for review")
    if view.saved:
        waiting.append(f"{text.count(view.saved, 'lesson')} saved for later")
    if waiting:
        parts.append(shown(subtext(" · ".join(waiting))))
    return Body([*parts, *offers(view.actions, pen)], Colour.CALM)


def _coming(coming: views.Coming) -> Component:
    """The next post here, in the reader's own time."""
    when = f"{moment(coming.at)} · {names.place(coming.place.address)}"
    return shown(f"**Next here:** {words(coming.title)}", subtext(words(coming.theme)), subtext(when))
