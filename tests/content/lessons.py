"""What a lesson of *Backend Architectures* or *Teach with Dualo* says, taken from its file word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.domain import course, questions
from bot.packs import load

CONTENT = Path(__file__).parents[2] / "content"
_FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sample:
    """Fenced code of a lesson."""

    lesson: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is written: what it asks, what is right, what is wrong."""

    ask: str
    right: str
    why: str
    wrong: tuple[str, ...]


@cache
def written(theme: str) -> Sequence[dict[str, object]]:
    """The theme's lessons, every value a string, a list or a map."""
    files = [file for file in sorted((CONTENT / theme).glob("[0-9]*")) if "." not in file.stem]  # no translations
    return [yaml.load(file.read_text("utf-8"), yaml.BaseLoader) for file in files]


def lesson(theme: str, lesson_id: str) -> dict[str, object]:
    return next(each for each in written(theme) if each["id"] == lesson_id)


def sections(theme: str, lesson_id: str) -> dict[str, str]:
    """Each section's text on one line, by its label."""
    return {label: " ".join(text.split()) for label, text in _sections(lesson(theme, lesson_id))}


def said(theme: str, lesson_id: str) -> str:
    """All sections of a lesson on one line."""
    return " ".join(sections(theme, lesson_id).values())


def samples(theme: str) -> Sequence[Sample]:
    return [
        Sample(str(each["id"]), language, code)
        for each in written(theme)
        for _, text in _sections(each)
        for language, code in _FENCE.findall(text)
    ]


def sample(theme: str, lesson_id: str, language: str) -> str:
    """The one sample of a lesson in a language."""
    (found,) = [each.code for each in samples(theme) if (each.lesson, each.language) == (lesson_id, language)]
    return found


def question(theme: str, lesson_id: str, question_id: str) -> Question:
    questions = lesson(theme, lesson_id)["questions"]
    assert isinstance(questions, list)
    (found,) = [each for each in questions if each["id"] == question_id]
    (right,) = [option for option in found["options"] if option["right"] == "true"]
    wrong = tuple(option["text"] for option in found["options"] if option["right"] == "false")
    return Question(" ".join(found["ask"].split()), right["text"], right["why"], wrong)


def asked(theme: str, lesson_id: str, question_id: str) -> questions.Question:
    """A question of any kind, as the bot reads it."""
    found = _shelf().lesson(theme, lesson_id)
    assert found is not None
    (question,) = [each for each in found.questions if each.id == question_id]
    return question


def kinds(theme: str) -> dict[str, set[questions.QuestionKind]]:
    """By lesson, the kinds of its questions."""
    found = _shelf().theme(theme)
    assert found is not None
    return {each.id: {question.kind for question in each.questions} for each in found.lessons}


@cache
def _shelf() -> course.Shelf:
    return load.load([CONTENT]).shelf


def _sections(written_lesson: dict[str, object]) -> Sequence[tuple[str, str]]:
    found = written_lesson["sections"]
    assert isinstance(found, list)
    return [(section["label"], section["text"]) for section in found]
