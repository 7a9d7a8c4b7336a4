"""The operator's commands for content: what they print, what they write, how they end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.core import views
from bot.packs import lint, load, report, scaffold
from bot.packs.problems import Problem, Severity
from bot.process.cli import content
from tests import translated
from tests.packs.samples import LESSON, THEME, replace, write


def dualo(*arguments: object) -> Result:
    return CliRunner().invoke(content.app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DUALO_CONTENT", raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_check_of_sound_content_says_one_line_and_succeeds(tmp_path: Path) -> None:
    found = dualo("check", write(tmp_path))
    assert (found.exit_code, found.output) == (0, "1 lesson in 1 theme, no errors, no warnings\n")


def test_a_problem_is_one_line_with_its_place_and_fails_the_check(tmp_path: Path) -> None:
    write(tmp_path / "content", lesson=replace(LESSON, "url: h", "url: "))
    found = dualo("check", "content")
    assert found.exit_code == 1
    assert found.output.splitlines() == [
        "content/caching/01-cache-layers.yaml:40: error: “ttps://www.rfc-editor.org/rfc/rfc9111” is no address on the "
        "web. Write the whole address, beginning with https://. [form]",
        "1 lesson in 1 theme, 1 error, no warnings",
    ]


def test_a_warning_fails_only_a_strict_check(tmp_path: Path) -> None:
    write(tmp_path, lesson=replace(LESSON, "out of date.", "out of date"))
    assert dualo("check", tmp_path).exit_code == 0
    assert dualo("check", tmp_path, "--strict").exit_code == 1


def test_without_a_folder_the_settings_say_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = write(tmp_path / "one"), write(tmp_path / "two", theme=replace(THEME, "id: caching", "id: queues"))
    monkeypatch.setenv("DUALO_CONTENT", f"{one}:{other}")
    assert dualo("check").output == "2 lessons in 2 themes, no errors, no warnings\n"


def test_without_settings_the_themes_that_come_along_are_checked() -> None:
    found = dualo("check")
    assert found.exit_code == 0
    assert "no errors" in found.output


@pytest.mark.parametrize("how", [["--json"], ["--format", "json"]])
def test_machines_get_the_same_as_json(tmp_path: Path, how: list[str]) -> None:
    write(tmp_path, lesson=replace(LESSON, "out of date.", "out of date"))
    found = json.loads(dualo("check", tmp_path, *how).output)
    (problem,) = found.pop("problems")
    assert found == {"themes": 1, "lessons": 1, "errors": 0, "warnings": 1, "changed": [], "workspaces": {}}
    assert (problem["line"], problem["severity"], problem["rule"]) == (3, "warning", "summary-stop")


def test_a_pull_request_gets_each_problem_beside_its_line(tmp_path: Path) -> None:
    write(tmp_path, lesson=replace(LESSON, "out of date.", "out of date"))
    (said, summary) = dualo("check", tmp_path, "--format", "github").output.splitlines()
    assert re.fullmatch(r"::warning file=\S+/01-cache-layers\.yaml,line=3,title=summary-stop::.+", said)
    assert summary.endswith("no errors, 1 warning")


def test_a_sign_that_ends_an_annotation_is_written_around() -> None:
    odd = Problem("a,b:c.yaml", 1, "100 %\nmore", "Mend it.")
    assert report.annotation(odd) == "::error file=a%2Cb%3Ac.yaml,line=1,title=form::100 %25%0Amore. Mend it."


def test_against_an_older_copy_a_vanished_id_is_an_error_and_a_change_is_listed(tmp_path: Path) -> None:
    old = write(tmp_path / "old")
    new = write(
        tmp_path / "new",
        theme=replace(THEME, "- cache-layers", "- layers"),
        lesson=replace(LESSON, "id: cache-layers", "id: layers"),
    )
    found = dualo("check", new, "--against", old)
    assert found.exit_code == 1
    assert (
        "theme.yaml:1: error: The lesson “caching/cache-layers” has vanished. List cache-layers under" in found.output
    )
    lesson = new / "caching" / "01-cache-layers.yaml"
    changed = replace(LESSON, "id: cache-layers", "id: layers").replace("A cache keeps", "A cache holds")
    lesson.write_text(changed + "aliases: [cache-layers]\n", encoding="utf-8")
    found = dualo("check", new, "--against", old)
    assert found.exit_code == 0
    assert "Changed: caching/layers\n" in found.output


def test_a_vanished_theme_is_told_once_for_each_lesson(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new", theme=replace(THEME, "id: caching", "id: queues"))
    found = dualo("check", new, "--against", old)
    assert "The lesson “caching/cache-layers” has vanished with its theme. List caching under" in found.output


def test_the_front_ends_measure_too(tmp_path: Path) -> None:
    def narrow(view: views.View) -> list[str]:
        return [f"{type(view).__name__} is too long for a wire"]

    app = content.build(lambda: [narrow])
    found = CliRunner().invoke(app, ["check", str(write(tmp_path))])
    assert found.exit_code == 1
    assert "LessonPage is too long for a wire. Shorten the lesson, or make it two. [fit]" in found.output


def test_a_lesson_is_shown_as_it_will_be_read(tmp_path: Path) -> None:
    theme, more = (
        THEME + "  - more\n",
        replace(replace(LESSON, "id: cache-layers", "id: more"), "title: C", "title: More c"),
    )
    (write(tmp_path, theme=theme) / "caching" / "02-more.yaml").write_text(more, encoding="utf-8")
    found = dualo("preview", "caching/cache-layers", "--folder", tmp_path)
    assert found.exit_code == 0
    for part in (
        "📦 Caching in Practice · lesson 1 of 2 ·",
        "Cache layers – where an answer can wait",
        "A cache is a bet. A cache keeps an answer",
        "- the browser, which obeys Cache-Control",
        "Grounded on\n- RFC 9111, HTTP Caching https://www.rfc-editor.org/rfc/rfc9111",
        "Next up. More cache layers",
    ):
        assert part in found.output
    assert "Rests on" not in found.output


def test_a_preview_can_show_the_questions_with_their_answers(tmp_path: Path) -> None:
    found = dualo("preview", "cache layers", "--folder", write(tmp_path), "--questions")
    assert "A. In the browser (right)" in found.output
    assert "Rests on: Letting go in time" in found.output


def test_a_lesson_that_is_not_there_is_answered_with_the_closest(tmp_path: Path) -> None:
    found = dualo("preview", "cache waits", "--folder", write(tmp_path))
    assert found.exit_code == 1
    assert found.stderr == "No lesson is called “cache waits”. Did you mean caching/cache-layers?\n"


def test_a_translation_begins_as_a_copy_that_is_sound_and_up_to_date(tmp_path: Path) -> None:
    write(tmp_path, lesson=LESSON.replace("title:", "aliases: [layers]\ntitle:", 1))
    made = dualo("new", "caching", "--lesson", "cache-layers", "--language", "de", "--folder", tmp_path)
    file = tmp_path / "caching" / "01-cache-layers.de.yaml"
    assert str(file) in made.output.replace("\n", "")
    loaded = load.load([tmp_path])
    assert loaded.problems == ()
    assert loaded.shelf.translated == {"de"}
    file.write_text(file.read_text("utf-8").replace("A cache is a bet", "Ein Cache ist eine Wette"), "utf-8")
    [lesson] = load.load([tmp_path]).shelf.in_language("de").lessons
    assert lesson.sections[0].label == "Ein Cache ist eine Wette"


@pytest.mark.parametrize(
    ("lesson", "language", "said"),
    [("cache-layers", "german", "no language code"), ("pools", "de", "No lesson “pools”"), ("", "de", "No lesson")],
)
def test_a_translation_of_nothing_is_not_begun(tmp_path: Path, lesson: str, language: str, said: str) -> None:
    how = ["caching", "--lesson", lesson, "--language", language, "--folder", write(tmp_path)]
    refused = dualo("new", *how)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (2, True)
    assert sorted(file.name for file in (tmp_path / "caching").iterdir()) == ["01-cache-layers.yaml", "theme.yaml"]


@pytest.mark.parametrize(
    ("lesson", "title", "warned"), [("waiting", "Wo Anfragen warten", False), ("leaving", "Where requests leave", True)]
)
def test_a_preview_can_show_the_translation(tmp_path: Path, lesson: str, title: str, *, warned: bool) -> None:
    found = dualo("preview", lesson, "--folder", translated.write(tmp_path), "--language", "de")
    assert title in found.output
    assert ("no sound translation" in found.output) is warned


def test_a_lesson_with_errors_can_be_previewed_with_a_word_about_them(tmp_path: Path) -> None:
    write(tmp_path, lesson=replace(LESSON, "url: h", "url: "))
    found = dualo("preview", "cache-layers", "--folder", tmp_path)
    assert found.exit_code == 0
    assert "has errors" in found.stderr
    assert "A cache is a bet." in found.stdout


def test_a_new_theme_lacks_nothing_but_what_its_placeholders_say(tmp_path: Path) -> None:
    made = dualo("new", "queues", "--title", "It's: # queues", "--folder", tmp_path)
    assert made.exit_code == 0
    assert "queues/theme.yaml" in made.output
    loaded = load.load([tmp_path])
    assert loaded.problems == ()
    assert loaded.shelf.themes[0].title == "It's: # queues"
    errors = {problem.rule for problem in lint.check(loaded) if problem.severity is Severity.ERROR}
    assert errors == {"placeholder", "theme-placeholder"}
    assert dualo("check", tmp_path).exit_code == 1


def test_every_gap_of_the_template_is_pointed_at(tmp_path: Path) -> None:
    scaffold.make(tmp_path, "queues")
    marks = {
        (str(file), line)
        for file in (tmp_path / "queues").glob("*.yaml")
        for line, said in enumerate(file.read_text(encoding="utf-8").split("\n"), 1)
        if "PLACEHOLDER" in said and "section:" not in said
    }
    found = lint.check(load.load([tmp_path]))
    assert {(problem.file, problem.line) for problem in found if "placeholder" in problem.rule} == marks


def test_a_further_lesson_is_numbered_and_listed(tmp_path: Path) -> None:
    scaffold.make(tmp_path, "queues", lesson="what-waits")
    made = dualo("new", "queues", "--lesson", "what-is-lost", "--folder", tmp_path)
    assert made.exit_code == 0
    loaded = load.load([tmp_path])
    assert loaded.problems == ()
    assert [lesson.id for lesson in loaded.shelf.lessons] == ["what-waits", "what-is-lost"]
    assert (tmp_path / "queues" / "02-what-is-lost.yaml").exists()


def test_a_list_in_a_form_of_its_own_is_left_to_the_author(tmp_path: Path) -> None:
    write(tmp_path, theme=replace(THEME, "lessons:\n  - cache-layers", "lessons: [cache-layers]"))
    made = dualo("new", "caching", "--lesson", "more", "--folder", tmp_path)
    assert "Add “more” to the lessons in" in made.output
    assert "[cache-layers]" in (tmp_path / "caching" / "theme.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Big Data"], "“Big Data” is no id. An id has the letters a–z, digits and hyphens, such as “big-data”."),
        (["caching"], "caching/theme.yaml is there already. Add a lesson to it with --lesson."),
        (["caching", "--lesson", "cache-layers"], "The lesson “cache-layers” is there already: caching/01"),
        (["x" * 33], f"The id “{'x' * 33}” has 33 characters. Shorten it to 32 or fewer."),
        (["../up"], "“../up” is no id."),
    ],
)  # fmt: skip
def test_what_cannot_be_begun_is_one_line_and_writes_nothing(tmp_path: Path, arguments: list[str], said: str) -> None:
    write(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.yaml")}
    found = dualo("new", *arguments, "--folder", ".")
    assert found.exit_code == 2
    assert found.stderr.startswith(said)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*.yaml")} == before


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = dualo("new", "queues", "--folder", tmp_path / "file")
    assert found.exit_code == 2
    assert "cannot be written" in found.stderr
