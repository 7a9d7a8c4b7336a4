"""How the views of practising are drawn: a question, its verdict, the score."""

from __future__ import annotations

from markupsafe import Markup

from adapters.web.markup import Child, element, inline, join, people, prose
from adapters.web.pieces import grounded, heading, offers, token
from bot.api import text, views


def question(view: views.QuestionPage, reader: views.Reader) -> Markup:
    return join(
        [
            heading(f"Question {view.position} of {view.total}", people(view.title)),
            element("div", prose(view.ask), class_="ask"),
            element("div", *(_option(each) for each in view.options), class_="answers", role="group"),
            _note(view.note),
            offers(view.actions),
        ]
    )


def _option(option: views.AnswerOption) -> Markup:
    return element(
        "button",
        element("span", option.letter, class_="letter"),
        element("span", inline(option.text)),
        type="button",
        class_="answer-option",
        data_token=token(option.command),
        data_label=f"{option.letter}: {option.text.plain}",
    )


def _note(note: str) -> Markup | None:
    return element("p", people(note), class_="quiet") if note else None


def verdict(view: views.Verdict, reader: views.Reader) -> Markup:
    sign = None if reader.plain else _mark(right=view.right)
    yours = _reason("Your answer", view.chosen, view.chosen_why)
    right = None if view.right else _reason("The right answer", view.answer, view.answer_why)
    return join(
        [
            heading(
                join([sign, "Right" if view.right else "Not quite"]),
                join([f"Question {view.position} of {view.total}", people(view.title)], " · "),
            ),
            element("div", prose(view.ask), class_="asked-again quiet"),
            element("div", yours, right, class_="reasons right" if view.right else "reasons wrong"),
            element("p", "It rests on the section ", element("b", people(view.section)), ".") if view.section else None,
            grounded([view.source]) if view.source else None,
            _note(view.note),
            offers(view.actions),
        ]
    )


def _mark(*, right: bool) -> Markup:
    return element("span", "✓ " if right else "✗ ", class_="mark right" if right else "mark wrong", aria_hidden="true")


def _reason(label: str, answer: text.Text, why: text.Text) -> Markup:
    return element(
        "section",
        element("h3", label),
        element("div", prose(answer), class_="chosen"),
        element("div", prose(why), class_="why"),
    )


def score(view: views.Score, reader: views.Reader) -> Markup:
    missed: Child = None
    if view.missed:
        items = (
            element(
                "li",
                element("div", prose(each.ask), class_="quiet"),
                element("div", prose(each.answer)),
                element("p", people(each.lesson), class_="from"),
            )
            for each in view.missed
        )
        missed = element(
            "aside", element("h3", "What you missed, and the answer"), element("ul", *items, class_="missed")
        )
    paused = None if view.kept else element("p", "Recording is paused: this score was not written down.")
    return join(
        [
            heading(f"{view.right} of {view.total} right", people(view.title)),
            element("p", "Every one. Well remembered.", class_="summary") if view.total and not view.missed else None,
            paused,
            missed,
            offers(view.actions),
        ]
    )
