"""Each rule finds what it is for, at its line, and leaves a good lesson alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.core import views
from bot.domain.course import Lesson, Theme
from bot.features.learning import pages
from bot.packs import lint, load, spelling
from bot.packs.load import bundled
from bot.packs.problems import Problem, Severity
from bot.packs.rules import diagrams
from bot.packs.rules.case import LessonRule, ThemeCase, ThemeRule
from tests.packs.samples import FORMER, LESSON, THEME, replace, write

LONG = "word " * 70
HOLLOW = "text: |-\n      ```\n      ```\n    sources: [cache-sizing]\n  - label: x\n    text: >-\n      "
SPOILT = [
    ("placeholder", "Cache layers – where", "PLACEHOLDER where"),
    ("placeholder", "https://www.rfc-editor.org/rfc/rfc9111", "https://example.com/PLACEHOLDER"),
    ("title-length", "Cache layers – where", "Cache " + "layer " * 15),
    ("summary-length", "Every layer", "Every " + "single " * 15 + "layer"),
    ("label-length", "A cache is a bet", "A cache is a bet that is open to everybody who asks"),
    ("ask-length", "ask: A cache in front", f"ask: {LONG} A cache in front"),
    ("option-length", "text: It saves most of the time of the query", "text: It saves " + "most " * 25),
    ("why-length", "why: Four of five", f"why: {LONG} Four of five"),
    (
        "lesson-length",
        LESSON[LESSON.index("      A cache keeps") : LESSON.index("\n    sources: [cache-sizing]")],
        "      Brief.",
    ),
    ("lesson-too-long", "      A cache keeps", "      " + "A cache is a bet. " * 150 + "A cache keeps"),
    ("nothing-shown", "text: >-\n      A cache keeps", HOLLOW + "A cache keeps"),
    ("right-positions", "right: true\n        why: It is not", "right: false\n        why: It is not"),
    ("long-answer", "text: In the browser", "text: In the browser of whoever has read it already"),
    ("same-options", "text: In the process", "text: in the  browser"),
    ("absolutes", "text: In the process", "text: Never in the process"),
    ("long-sentence", "because\n      traffic changes.", f"{'and again ' * 25} because\n      traffic changes."),
    ("long-winded", "bet pays when", "bet " + "that is made " * 14 + "pays when"),
    ("doubled-word", "memory and one more look", "memory and and one more look"),
    ("summary-stop", "out of date.", "out of date"),
    ("label-stop", "A cache is a bet\n", "A cache is a bet.\n"),
    ("unclosed-markup", "a 2 ms query saves", "a 2 ms **query saves"),
    ("unclosed-markup", "fail on its own", "fail on `its own"),
    ("unclosed-markup", "      - the browser,", "      ```\n      - the browser,"),
    ("foreign-markup", "      - the browser,", "      ## Heading\n      - the browser,"),
    ("foreign-markup", "      - the browser,", "      1. the browser\n      - the browser,"),
    ("foreign-markup", "which obeys", "which <b>obeys</b>"),
    ("foreign-markup", "which obeys", "which ![obeys](https://example.com/x.png)"),
    ("plain-line", "title: Cache layers", "title: Cache **layers**"),
    ("plain-option", "text: In the store", "text: In the **store**"),
    ("section-sources", "id: http-caching\n    ", ""),
    (
        "unused-source",
        "sources:\n  - id: http",
        "sources:\n  - id: rumour\n    title: R\n    url: https://r.example\n  - id: http",
    ),
    ("unasked-section", "section: Layers from near to far", "section: A cache is a bet"),
    ("https", "https://www.rfc", "http://www.rfc"),
    ("https", "which obeys", "which [obeys](http://example.com/)"),
    ("call", "which obeys", "which @everyone obeys"),
    ("call", "which obeys", "which <!channel> obeys"),
    ("hidden-character", "which obeys", "which \u202eobeys"),
    ("hidden-character", "Every layer", "Every\u200b layer"),
    ("file-name", "id: cache-layers", "id: another-thing"),
    ("spelling", "which obeys", "which obbeys"),
    ("spelling", "title: Cache layers", "title: Cahce layers"),
]
ELSEWHERE = {
    "lesson-length": 4,
    "lesson-too-long": 4,
    "right-positions": 44,
    "absolutes": 61,
    "long-winded": 6,
    "section-sources": 34,
    "unasked-section": 14,
}
"""Lines of findings about a whole; the others stand where something was spoilt."""


def spoil(old: str, new: str) -> str:
    """The sample with something spoilt; a label is spoilt wherever it stands."""
    return LESSON.replace(old, new) if old.startswith("A cache is a bet") else replace(LESSON, old, new)


def findings(folder: Path) -> tuple[Problem, ...]:
    return lint.check(load.load([folder]))


def test_a_good_lesson_is_left_alone(tmp_path: Path) -> None:
    assert findings(write(tmp_path)) == ()


def spoilt(rule: str, old: str, new: str) -> dict[str, str]:
    """The files of a theme in which the rule has something to find."""
    lesson, theme = spoil(old, new), THEME
    if rule == "right-positions":
        lesson = replace(lesson, "right: false\n        why: A restart", "right: true\n        why: A restart")
    if rule == "section-sources":
        lesson = FORMER
    if rule == "absolutes":
        lesson = replace(lesson, "text: In the store", "text: Never in the store")
    if rule == "file-name":
        theme = replace(THEME, "- cache-layers", "- another-thing")
    return {"theme": theme, "lesson": lesson}


@pytest.mark.parametrize(("rule", "old", "new"), SPOILT)
def test_a_rule_finds_what_it_is_for_at_its_line(tmp_path: Path, rule: str, old: str, new: str) -> None:
    files = spoilt(rule, old, new)
    found = [problem for problem in findings(write(tmp_path, **files)) if problem.rule == rule]
    pairs = zip(LESSON.split("\n"), files["lesson"].split("\n"), strict=False)
    changed = next(at for at, (before, after) in enumerate(pairs, 1) if before != after)
    assert [problem.line for problem in found[:1]] == [ELSEWHERE.get(rule, changed)]
    assert found[0].theme == "caching"
    assert found[0].file.endswith("01-cache-layers.yaml")
    assert found[0].mend.endswith((".", "?"))
    assert not found[0].message.endswith(".")


@pytest.mark.parametrize(("rule", "old", "new"), SPOILT)
def test_what_the_check_refuses_is_not_taught_and_a_warning_stops_nothing(
    tmp_path: Path, rule: str, old: str, new: str
) -> None:
    folder = write(tmp_path, **spoilt(rule, old, new))
    errors = [problem for problem in findings(folder) if problem.severity is Severity.ERROR]
    loaded = lint.load([folder])
    assert list(loaded.problems) == errors
    assert loaded.whole is not bool(errors)
    assert len(loaded.shelf.themes) == (0 if errors else 1)
    assert len(loaded.shelf.problems) == len(errors)


def test_a_lesson_that_no_chat_could_show_is_not_taught(tmp_path: Path) -> None:
    folder = write(tmp_path)
    loaded = lint.load([folder], [lambda view: ["It is too long here"]], page=pages.lesson_page)
    assert [problem.rule for problem in loaded.problems] == ["fit"]
    assert loaded.shelf.themes == ()


def test_one_theme_that_breaks_a_rule_is_left_out_and_the_others_stand(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, theme=replace(THEME, "id: caching", "id: queues"), lesson=spoil("which obeys", "@here"), home="q")
    assert [theme.id for theme in lint.load([tmp_path]).shelf.themes] == ["caching"]


def test_every_rule_of_a_lesson_is_seen_red() -> None:
    elsewhere = {"fit", *(rule.name for rule in diagrams.LESSON_RULES)}
    assert {rule.name for rule in lint.LESSON_RULES} - elsewhere == {case[0] for case in SPOILT}


def test_rules_have_names_of_their_own_and_say_what_they_ask() -> None:
    rules: list[LessonRule | ThemeRule] = [*lint.LESSON_RULES, *lint.THEME_RULES]
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.asks.endswith(".") for rule in rules)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("which obeys", "which `@everyone` obeys"),
        ("which obeys", "which `<b>` obeys"),
        ("which obeys", "which obeys 2 * 3 * 4 and a*b"),
        ("which obeys", "which obeys `**` and ``a ` b``"),
        ("which obeys", "which obeys *all* of **that** and [this](https://example.com/a_b)"),
        ("a 2 ms query saves", "the colour, behaviour, centre and licence of a serialised, modelled async query saves"),
        ("a 2 ms query saves", "what Gunicorn and PgBouncer don't like in `tset` and tset_query saves"),
    ],
)
def test_what_only_looks_like_a_fault_is_none(tmp_path: Path, old: str, new: str) -> None:
    assert findings(write(tmp_path, lesson=replace(LESSON, old, new))) == ()


def theme_of(lessons: int, *, right: int | None, longest: bool = False, shortest: bool = False) -> Theme:
    """A theme of so many copies of the sample's lesson, bent into the shape that a rule minds."""
    from bot.core.record import replace as but
    from bot.core.text import parse

    sample = load.load([bundled()]).shelf.themes[0]
    made: list[Lesson] = []
    for number in range(lessons):
        questions = []
        for at, question in enumerate(sample.lessons[0].questions):
            position = (number + at) % 4 if right is None else right
            options = [
                but(question.options[0], text=parse(f"option number {letter}"), right=False) for letter in "abcd"
            ]
            text = "option number e, longer" if longest else "opt e" if shortest else "option number e"
            options[position] = but(options[position], text=parse(text), right=True)
            questions.append(but(question, ask=parse(f"Question {number}, {at}?"), options=tuple(options)))
        made.append(but(sample.lessons[0], id=f"lesson-{number}", questions=tuple(questions)))
    return but(sample, lessons=tuple(made))


@pytest.mark.parametrize(
    ("rule", "right", "longest", "shortest"),
    [
        ("theme-positions", 1, False, False),
        ("theme-answer-lengths", None, True, False),
        ("theme-answer-lengths", None, False, True),
        (None, None, False, False),
    ],
)
def test_a_theme_whose_answers_can_be_guessed_is_told_of(
    rule: str | None, right: int | None, longest: bool, shortest: bool
) -> None:
    theme = theme_of(4, right=right, longest=longest, shortest=shortest)
    case = ThemeCase(theme, "theme.yaml", spelling.allowed(Path()))
    assert {each.name for each in lint.THEME_RULES if list(each.find(case))} == ({rule} if rule else set())


def theme_asking(*asked: str, right: Sequence[Sequence[int]] = ((0,), (1,), (2,), (3,))) -> Theme:
    """A theme that asks these questions, each in a lesson of its own, with these options right."""
    from bot.core.record import replace as but
    from bot.core.text import parse

    sample = load.load([bundled()]).shelf.themes[0]
    lesson = sample.lessons[0]
    made: list[Lesson] = []
    for at, (ask, rights) in enumerate(zip(asked, right, strict=False)):
        option = lesson.questions[0].options[0]
        options = [but(option, text=parse(f"option {number}"), right=number in rights) for number in range(4)]
        question = but(lesson.questions[0], id=f"question-{at}", ask=parse(ask), options=tuple(options))
        made.append(but(lesson, id=f"lesson-{at}", questions=(question,)))
    return but(sample, lessons=tuple(made))


def told(rule: str, theme: Theme) -> list[str]:
    case = ThemeCase(theme, "theme.yaml", spelling.allowed(Path()))
    (found,) = [each for each in lint.THEME_RULES if each.name == rule]
    return [finding.message for finding in found.find(case)]


@pytest.mark.parametrize(
    ("right", "said"),
    [
        (((0, 1), (0, 1), (0, 1)), ["Position A is right in 3 of 3", "side by side in 3 of 3"]),
        (((0, 2), (0, 3), (0, 2)), ["Position A is right in 3 of 3"]),
        (((0, 1), (2, 3), (0, 1), (2, 3)), ["side by side in 4 of 4"]),
        (((0, 2), (1, 3), (1, 2), (1, 3), (1, 2)), ["Position B is right in 4 of 5"]),
        (((0, 1), (1, 3), (0, 2)), []),
        (((0, 1), (2, 3), (0, 3), (1, 2)), []),
        (((0, 1), (0, 1)), []),
    ],
)
def test_the_places_of_several_right_options_vary(right: Sequence[Sequence[int]], said: Sequence[str]) -> None:
    asked = [f"Question {at}?" for at in range(len(right))]
    found = told("several-positions", theme_asking(*asked, right=right))
    assert [part in message for part, message in zip(said, found, strict=True)] == [True] * len(said)


def test_questions_with_one_right_option_are_not_counted_among_those_with_several() -> None:
    asked = [f"Question {at}?" for at in range(4)]
    assert told("several-positions", theme_asking(*asked, right=((0,), (0,), (0,), (0, 1)))) == []


def test_six_words_in_a_row_that_two_questions_share_are_told_of_once() -> None:
    first = "After a deploy, what do you know about *the* cache?"
    second = "It times out. What do you know about the cache of the proxy?"
    (message,) = told("repeated-wording", theme_asking(first, second, "What do you know about it?"))
    assert message == "“what do you know about the” stands in 2 questions: lesson-0/question-0, lesson-1/question-1"


def test_what_one_question_repeats_by_itself_and_five_shared_words_are_no_finding() -> None:
    own = "What do you know about the cache, and what do you know about the queue?"
    assert told("repeated-wording", theme_asking(own, "What do you know about a lock?")) == []


@pytest.mark.parametrize(
    ("rule", "old", "new", "line"),
    [
        ("theme-length", "title: Caching in Practice", "title: " + "Caching " * 20, 3),
        ("theme-length", "  Where caches help", "  " + "Where caches help. " * 40, 4),
        ("theme-placeholder", "title: Caching", "title: PLACEHOLDER", 3),
        ("theme-spelling", "hide a fault", "hide a fuallt", 5),
    ],
)
def test_a_theme_keeps_to_its_rules(tmp_path: Path, rule: str, old: str, new: str, line: int) -> None:
    found = findings(write(tmp_path, theme=replace(THEME, old, new)))
    assert [(problem.rule, problem.line) for problem in found] == [(rule, line)]
    assert found[0].file.endswith("theme.yaml")


def test_what_a_front_end_cannot_show_is_an_error_in_its_own_words(tmp_path: Path) -> None:
    seen: list[views.View] = []

    def narrow(view: views.View) -> list[str]:
        seen.append(view)
        return ["4,120 characters; 4,000 fit one message."]

    loaded = load.load([write(tmp_path)])
    (problem,) = lint.check(loaded, [narrow, lambda view: []], page=pages.lesson_page)
    assert (problem.rule, problem.severity) == ("fit", Severity.ERROR)
    assert problem.message == "4,120 characters; 4,000 fit one message"
    assert seen == [pages.lesson_page(loaded.shelf.themes[0], loaded.shelf.lessons[0])]


@pytest.mark.parametrize("place", ["caching", "."])
def test_a_word_can_be_vouched_for_by_the_theme_or_the_folder(tmp_path: Path, place: str) -> None:
    write(tmp_path, lesson=replace(LESSON, "which obeys", "which obbeys the Kolmogorow frobnicators"))
    (tmp_path / place / "words.txt").write_text("# ours\nobbeys frobnicator\n", encoding="utf-8")
    assert findings(tmp_path) == ()


def test_a_theme_in_another_language_is_not_spelt_in_english(tmp_path: Path) -> None:
    theme = replace(THEME, "language: en", "language: de")
    assert findings(write(tmp_path, theme=theme, lesson=replace(LESSON, "which obeys", "welcher gehorcht"))) == ()


def test_a_misspelt_word_gets_a_suggestion(tmp_path: Path) -> None:
    (problem,) = findings(write(tmp_path, lesson=replace(LESSON, "which obeys", "which recieves")))
    assert problem.mend == "Did you mean “receives”? If it is right, add it to words.txt."
    assert problem.severity is Severity.WARNING


def test_lessons_without_errors_are_linted_beside_one_that_has_them(tmp_path: Path) -> None:
    write(tmp_path, theme=THEME + "  - more\n", lesson=replace(LESSON, "out of date.", "out of date"))
    (tmp_path / "caching" / "02-more.yaml").write_text(replace(LESSON, "url: h", "url: "), encoding="utf-8")
    rules = {problem.rule for problem in findings(tmp_path)}
    assert rules == {"form", "summary-stop"}


def test_every_section_without_a_question_is_told_of(tmp_path: Path) -> None:
    lesson = LESSON
    for label in ("Layers from near to far", "Letting go in time"):
        lesson = replace(lesson, f"section: {label}", "section: A cache is a bet")
    found = findings(write(tmp_path, lesson=lesson))
    assert [(problem.rule, problem.line) for problem in found] == [("unasked-section", 14), ("unasked-section", 28)]


def test_the_themes_that_come_along_have_no_errors_and_no_warnings() -> None:
    found = lint.check(load.load([bundled()]), page=pages.lesson_page)
    assert [str(problem) for problem in found] == []
