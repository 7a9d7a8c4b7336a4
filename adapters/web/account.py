"""How the views around learning are drawn: home, progress, settings, privacy, help, files, notices."""

from __future__ import annotations

import base64

from markupsafe import Markup

from adapters.web import picture
from adapters.web.markup import Child, day, element, join, moment, people
from adapters.web.pieces import bar, button, heading, next_up, offers, pairs, rows, theme_name, theme_row
from adapters.web.records import place
from bot.api import text, views


def notice(view: views.Notice, reader: views.Reader) -> Markup:
    hint = element("p", people(view.hint), class_="quiet") if view.hint else None
    said = element("p", people(view.text), class_="said")
    return element("div", said, hint, offers(view.actions), class_=f"notice {view.tone.value}")


def home(view: views.HomePage, reader: views.Reader) -> Markup:
    current: Child = None
    if view.current:
        name = theme_name(view.current.emoji, view.current.title, reader)
        figures = bar(view.current.done, view.current.total, reader)
        current = element("p", element("span", name, class_="name"), figures, class_="progress")
    others = [card for card in view.followed if view.current is None or card.id != view.current.id]
    return join(
        [
            heading(people(view.greeting)),
            current,
            next_up(view.following),
            _waiting(view),
            _coming(view.coming, reader) if view.coming else None,
            offers(view.actions),
            element("section", element("h3", "You also follow" if current else "You follow"), _themes(others, reader))
            if others
            else None,
        ]
    )


def _coming(view: views.Coming, reader: views.Reader) -> Markup:
    when, where = moment(view.at, reader.timezone), place(view.place.address)
    title = join([element("b", people(view.title)), " (", people(view.theme), ")"])
    return element("p", "The next post: ", title, ", ", when, ", in ", where, ".", class_="quiet")


def _waiting(view: views.HomePage) -> Markup | None:
    parts = [f"{text.count(view.reviews_due, 'question')} due for review"] if view.reviews_due else []
    if view.saved:
        parts.append(f"{text.count(view.saved, 'lesson')} saved for later")
    return element("p", " · ".join(parts), class_="quiet") if parts else None


def _themes(cards: list[views.ThemeCard], reader: views.Reader) -> Markup:
    return rows(theme_row(card, reader) for card in cards)


def progress(view: views.ProgressPage, reader: views.Reader) -> Markup:
    kept = f"{text.count(view.weeks_kept, 'week')} kept"
    due = element("p", f"{text.count(view.reviews_due, 'question')} due for review.") if view.reviews_due else None
    shown: Child = None
    if view.weeks:
        shown = element("p", picture.words(view.weeks)) if reader.plain else picture.weeks(view.weeks)
    return join(
        [
            heading("Progress", kept),
            shown,
            due,
            rows(theme_row(card, reader) for card in view.themes) if view.themes else None,
            element("section", element("h3", "Done lately"), _recent(view, reader)) if view.recent else None,
            offers(view.actions),
        ]
    )


def _recent(view: views.ProgressPage, reader: views.Reader) -> Markup:
    items = [
        element(
            "div",
            element(
                "span",
                element("span", people(each.lesson.title), class_="name"),
                element("span", people(each.theme), " · ", day(each.done_on, reader.timezone), class_="line"),
                class_="words",
            ),
            None
            if view.shared
            else button(join(["Undo", element("span", f": {each.lesson.title}", class_="unseen")]), each.undo),
            class_="item still",
        )
        for each in view.recent
    ]
    return rows(items)


def settings(view: views.SettingsPage, reader: views.Reader) -> Markup:
    return join(
        [
            heading(people(view.title)),
            pairs(view.values),
            element("p", people(view.contract), class_="quiet") if view.contract else None,
            offers(view.actions),
        ]
    )


def privacy(view: views.PrivacyPage, reader: views.Reader) -> Markup:
    paused = (
        element("p", "Recording is paused: nothing you do is written down.", class_="said") if view.paused else None
    )
    return join(
        [
            heading("What is kept on you"),
            paused,
            pairs(view.rows),
            element("p", people(view.promise), class_="quiet") if view.promise else None,
            offers(view.actions),
        ]
    )


def download(view: views.Download, reader: views.Reader) -> Markup:
    size = len(view.content)
    told = f"{size:,} bytes" if size < 2_048 else f"{size / 1_024:,.0f} KB"
    saved = element(
        "button",
        "Save ",
        people(view.name),
        element("span", f" ({told})", class_="figures"),
        type="button",
        class_="button primary",
        data_file=base64.b64encode(view.content).decode("ascii"),
        data_name=view.name,
        data_mime=view.mime,
    )
    return join(
        [element("p", people(view.text), class_="said"), element("div", saved, class_="row"), offers(view.actions)]
    )


def help_page(view: views.HelpPage, reader: views.Reader) -> Markup:
    topics = [views.Pair(topic.name, topic.text) for topic in view.topics]
    return join([heading(people(view.title)), pairs(topics) if topics else None, offers(view.actions)])
