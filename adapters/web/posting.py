"""How is drawn what the clock posts: a lesson for the room, the end of a schedule, somebody's own reminder."""

from __future__ import annotations

from markupsafe import Markup

from adapters.web.markup import element, join, people
from adapters.web.pieces import eyebrow, grounded, heading, offers, rows, theme_name
from bot.api import text, views


def post(view: views.LessonPost, reader: views.Reader) -> Markup:
    return join(
        [
            _called(view.mention),
            heading(
                people(view.title),
                eyebrow(view.emoji, view.theme, view.number, view.total, reader, minutes=view.minutes),
            ),
            element("p", people(view.summary), class_="summary"),
            offers(view.actions),
            grounded(view.sources),
            _following(view.following) if view.following else None,
            _done(view.done, "this"),
        ]
    )


def _following(view: views.Following) -> Markup:
    return element(
        "aside",
        element("h3", people(view.when)),
        element("p", element("span", people(view.title), class_="name"), class_="title"),
        element("p", people(view.summary), class_="quiet") if view.summary else None,
        class_="next",
    )


def closing(view: views.ClosingPost, reader: views.Reader) -> Markup:
    whole = join(["All ", text.count(view.total, "lesson"), " of ", element("b", people(view.theme)), " are posted."])
    suggestion = element("p", "What could follow: ", element("b", people(view.suggestion)), ".")
    return join(
        [
            _called(view.mention),
            heading("That was the last lesson", theme_name(view.emoji, view.theme, reader)),
            element("p", whole, class_="summary"),
            suggestion if view.suggestion else None,
            offers(view.actions),
            _done(view.done, "all of it"),
        ]
    )


def _done(count: int, what: str) -> Markup | None:
    return element("p", f"{count:,} have done {what}.", class_="count quiet") if count else None


def reminder(view: views.Reminder, reader: views.Reader) -> Markup:
    due = element("p", f"{text.count(view.reviews_due, 'question')} due for review.") if view.reviews_due else None
    by = view.suggested_by
    return join(
        [
            _called(view.mention),
            heading(people(view.text)),
            rows(_waiting(each, reader) for each in view.items) if view.items else None,
            due,
            element("p", "Suggested by ", people(by.person), ".", class_="quiet") if by else None,
            offers(view.actions),
            element("p", people(view.note), class_="quiet") if view.note else None,
        ]
    )


def _waiting(view: views.NextUp, reader: views.Reader) -> Markup:
    return element(
        "div",
        element(
            "span",
            element("span", eyebrow(view.emoji, view.theme, view.number, view.total, reader), class_="eyebrow"),
            element("span", people(view.title), class_="name"),
            element("span", people(view.summary), class_="line"),
            class_="words",
        ),
        class_="item still",
    )


def _called(name: str) -> Markup | None:
    """On a page nobody can be called from elsewhere: it says for whom it is."""
    return element("p", "For ", element("b", people(name)), class_="called quiet") if name else None
