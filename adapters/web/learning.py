"""How the views of reading are drawn: shelves, themes, lessons, and what follows a finished one."""

from __future__ import annotations

from markupsafe import Markup

from adapters.web.markup import Child, day, element, join, people, prose
from adapters.web.pieces import (
    bar,
    buttons,
    choices,
    eyebrow,
    grounded,
    heading,
    lesson_row,
    next_up,
    offers,
    rows,
    theme_name,
    theme_row,
)
from adapters.web.records import facts
from bot.api import text, views


def catalogue(view: views.Catalogue, reader: views.Reader) -> Markup:
    empty = None if view.themes else element("p", "No theme stands on the shelf yet.", class_="quiet")
    return join([heading("Themes"), empty, rows(theme_row(card, reader) for card in view.themes), offers(view.actions)])


def theme_page(view: views.ThemePage, reader: views.Reader) -> Markup:
    card = view.card
    return join(
        [
            heading(theme_name(card.emoji, card.title, reader), "Theme, followed" if card.followed else "Theme"),
            element("p", people(view.description), class_="summary"),
            facts(view.facts, reader),
            element("p", bar(card.done, card.total, reader), class_="progress"),
            buttons(view.actions),
            rows((lesson_row(each, reader) for each in view.lessons), numbered=True),
            choices(view.actions),
        ]
    )


def lesson_page(view: views.LessonPage, reader: views.Reader) -> Markup:
    place = eyebrow(view.emoji, view.theme, view.number, view.total, reader, minutes=view.minutes)
    return join(
        [
            heading(people(view.title), place),
            element("p", people(view.summary), class_="summary"),
            element("p", _standing(view, reader), class_="standing") if not view.shared else None,
            *(_section(each) for each in view.sections),
            grounded(view.sources),
            next_up(view.following),
            offers(view.actions),
        ]
    )


def _standing(view: views.LessonPage, reader: views.Reader) -> Markup | None:
    """What the reader has done of this lesson, if anything."""
    if view.done_on is None:
        return None
    tick = None if reader.plain else element("span", "✓ ", aria_hidden="true")
    done = element("span", tick, "Done on ", day(view.done_on, reader.timezone), class_="tag done")
    return join([done, element("span", "Updated since you read it", class_="tag")], " ") if view.updated else done


def _section(section: views.LessonSection) -> Markup:
    label = element("h3", people(section.label.rstrip(".")), element("span", ".", class_="stop"), " ", class_="lead")
    return element("section", label, prose(section.text), class_="part")


def recorded(view: views.Recorded, reader: views.Reader) -> Markup:
    said = "Recorded" if view.kept else "Read, not recorded"
    if view.again:
        said = "Done before"
    return join(
        [
            heading(said, theme_name(view.theme.emoji, view.theme.title, reader)),
            element("p", _what_was_recorded(view), class_="summary"),
            element("p", bar(view.theme.done, view.theme.total, reader), class_="progress"),
            next_up(view.following),
            offers(view.actions),
        ]
    )


def _what_was_recorded(view: views.Recorded) -> Markup:
    name = join([f"Lesson {view.lesson.number}, ", element("b", people(view.lesson.title))])
    if view.again:
        return join([name, " was done already; nothing changed."])
    if not view.kept:
        return join([name, ": recording is paused, so this was not written down."])
    return join([name, " is done."])


def ending(view: views.Ending, reader: views.Reader) -> Markup:
    due: Child = None
    if view.reviews_due:
        due = element("p", f"{text.count(view.reviews_due, 'question')} due for review.")
    follow: Child = None
    if view.suggestion:
        follow = element("aside", element("h3", "Where to go from here"), theme_row(view.suggestion, reader))
    return join(
        [
            heading(
                join(["You have finished ", people(view.theme.title)]),
                theme_name(view.theme.emoji, view.theme.title, reader),
            ),
            element("p", f"All {text.count(view.theme.total, 'lesson')} are done.", class_="summary")
            if view.theme.done >= view.theme.total
            else None,
            element("p", bar(view.theme.done, view.theme.total, reader), class_="progress"),
            due,
            follow,
            offers(view.actions),
        ]
    )


def found(view: views.SearchPage, reader: views.Reader) -> Markup:
    said = text.count(len(view.hits), "lesson") if view.hits else "Nothing found"
    return join(
        [
            heading(join([said, " for “", people(view.words), "”"]), "Search"),
            rows(lesson_row(hit.lesson, reader, _hit(hit)) for hit in view.hits) if view.hits else None,
            offers(view.actions),
        ]
    )


def _hit(hit: views.Hit) -> Markup:
    return join(
        [
            element("span", people(hit.theme), class_="from"),
            element("strong", people(hit.section.rstrip(".")), "."),
            people(hit.excerpt),
        ],
        " ",
    )


def saved(view: views.SavedList, reader: views.Reader) -> Markup:
    empty = None if view.items else element("p", "Nothing is saved for later.", class_="quiet")
    return join(
        [
            heading("Saved for later"),
            empty,
            rows(lesson_row(item.lesson, reader, _saved(item, reader)) for item in view.items) if view.items else None,
            offers(view.actions),
        ]
    )


def _saved(item: views.SavedItem, reader: views.Reader) -> Markup:
    when = element("span", "saved ", day(item.saved_on, reader.timezone), class_="from")
    return join([element("span", people(item.theme), class_="from"), when, people(item.lesson.summary)], " ")
