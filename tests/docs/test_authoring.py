"""The authors' guide says every rule in the rule's own words, every key, and shows a form that is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.packs import forms, lint, schema, translations, tree
from bot.packs.problems import Notes
from bot.packs.rules.case import LessonRule, ThemeRule

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "authoring.md").read_text(encoding="utf-8")
RULES: list[LessonRule | ThemeRule] = [*lint.LESSON_RULES, *lint.THEME_RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_stands_in_the_guide_as_the_code_has_it(rule: LessonRule | ThemeRule) -> None:
    assert f"| `{rule.name}` | {rule.severity.value} | {rule.asks} |" in GUIDE


def test_the_guide_names_no_rule_that_is_gone() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \| (?:error|warning) \|", GUIDE, re.MULTILINE)) == {
        rule.name for rule in RULES
    }


@pytest.mark.parametrize("form", forms.FORMS, ids=lambda form: form.name)
def test_every_key_stands_in_the_guide(form: forms.MapForm) -> None:
    row = next(line for line in GUIDE.splitlines() if line.startswith(f"| {form.name.partition(' ')[2]} |"))
    assert re.findall(r"`([a-z]+)`", row) == list(form.keys)


def test_the_limits_of_the_form_stand_in_the_guide() -> None:
    words = " ".join(GUIDE.split())
    assert f"{schema.SECTIONS[0]}–{schema.SECTIONS[1]} sections" in words
    assert f"{schema.OPTIONS[0]}–{schema.OPTIONS[1]} options" in words
    assert f"{schema.FEWEST_QUESTIONS} questions" in words
    assert schema.LONGEST_SOURCE_ID == schema.LONGEST_QUESTION_ID == schema.LONGEST_OPTION_ID
    assert f"more than {schema.LONGEST_TEXT:,} characters" in GUIDE
    ids = (schema.LONGEST_THEME_ID, schema.LONGEST_LESSON_ID, schema.LONGEST_QUESTION_ID)
    assert (
        "at most {} characters for a theme, {} for a lesson, {} for a question, an option or a source".format(*ids)
        in words
    )


LESSONS = [block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if "questions:" in block]


def test_the_translation_that_the_guide_shows_is_of_the_lesson_it_shows() -> None:
    nodes = [tree.grow(lesson, Notes("")) for lesson in LESSONS[:2]]
    assert nodes[0] is not None
    assert nodes[1] is not None
    notes = Notes("translation.yaml")
    original = schema.lesson(nodes[0], Notes(""))
    translated = translations.read(nodes[1], original, notes)
    assert [problem.message.partition(" (")[0] for problem in notes.problems] == [
        "The original has changed since this was translated"
    ]
    assert [question.original for question in translated.questions] == list(original.questions)


def test_the_form_that_the_guide_shows_is_a_sound_lesson() -> None:
    lesson = LESSONS[0]
    section = lesson[lesson.index("  - label: What to measure") : lesson.index("sources:\n")]
    question = lesson[lesson.index("  - id: pool-limit") :]
    lesson = lesson.replace(section, section + section.replace("What to measure", "What else"))
    lesson += question.replace("pool-limit", "second") + question.replace("pool-limit", "third")
    notes = Notes("lesson.yaml")
    node = tree.grow(lesson, notes)
    assert node is not None
    schema.lesson(node, notes)
    assert notes.problems == []
