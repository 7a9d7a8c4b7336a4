"""Translations of lessons: the same lesson in other words, held to its original."""

from __future__ import annotations

import gc
import re
import weakref
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.course import Lesson
from bot.domain.memory import right_key
from bot.features.learning import pages
from bot.packs import lint, load, parcel, scaffold, translations
from bot.packs.library import Edition
from bot.packs.problems import Severity
from bot.studio import drafts, staging
from tests import translated
from tests.packs.samples import replace
from tests.translated import ENGLISH, GERMAN

SOURCES, REST = "sources:\n  - {id: ", ", title: Ein Buch, url: 'https://a.de'}\nquestions:"


def said(folder: Path) -> list[str]:
    """What is wrong, without the way to the folder."""
    problems = load.load([folder]).problems
    return [f"{each.severity}: {each}".replace(f"{folder}/requests/", "") for each in problems]


def _draft(fields: dict[str, object], *, gone: bool = False) -> drafts.Draft:
    return drafts.Draft(fields, "ada", datetime(2026, 3, 2, tzinfo=UTC), gone=gone)


def german(folder: Path) -> Lesson:
    lesson = translated.shelf(folder).in_language("de").lesson("requests", "waiting")
    assert lesson is not None
    return lesson


def test_a_translation_is_sound_and_no_lesson_of_its_own(tmp_path: Path) -> None:
    loaded = load.load([translated.write(tmp_path)])
    assert loaded.problems == ()
    assert [lesson.id for lesson in loaded.shelf.lessons] == ["waiting", "leaving"]
    assert loaded.shelf.themes[0].languages == ("en", "de")


def test_ids_digests_and_what_is_right_are_the_originals_whatever_the_words(tmp_path: Path) -> None:
    lesson = german(tmp_path)
    original = lesson.original
    assert original is not None
    assert (lesson.title, original.title) == ("Wo Anfragen warten", "Where requests wait")
    assert (lesson.key, lesson.digest, lesson.number) == (original.key, original.digest, original.number)
    for mine, its in zip(lesson.questions, original.questions, strict=True):
        assert (mine.id, mine.digest, right_key(mine)) == (its.id, its.digest, right_key(its))
        assert [option.id for option in mine.options] == [option.id for option in its.options]
        assert mine.ask != its.ask
        assert lesson.sources_of(mine.section) == original.sources_of(its.section)


def test_a_typed_answer_is_right_in_either_language(tmp_path: Path) -> None:
    question = german(tmp_path).question("name")
    assert question is not None
    assert [question.judge(words) for words in ("verklemmung", "Deadlock", "livelock")] == [True, True, False]
    assert [each.source for each in question.right_words] == ["Verklemmung"]


@pytest.mark.parametrize(
    ("old", "new", "line", "wrong"),
    [
        ("id: waiting", "id: wait", 1, "error: … The original's id is “waiting”, not “wait”"),
        (GERMAN.split("\n")[5] + "\n", "", 4, "error: … 2 sections"),
        ("{id: row,", "{id: rows,", 18, "error: … An option of “several” has an id that the original has not"),
        ("{id: row,", "{id: rows,", 16, "error: … “several” lacks the option “row”"),
        ("{id: row, text", "{text", 18, "error: … An option of “several” has no id"),
        ("Cache, right: false", "Cache, right: true", 24, "error: … “cache” is `right: false` in the original"),
        ("  - id: turn", "  - id: turns", 20, "error: … The original has no question “turns”"),
        ("  - id: turn", "  - id: turns", 8, "warning: … The question “turn” is not translated"),
        ("section: Sperren", "section: Warteschlangen", 15, "error: … “several” rests on another section"),
        ("section: Sperren", "section: Locks", 15, "error: … No section is labelled “Locks”"),
        ("accept: [Verklemmung]", "number: 2", 9, "error: … “name” asks for another number than the original"),
        ("questions:", f"{SOURCES}buch{REST}", 9, "error: … The original has no source “buch”"),
        ("questions:", f"{SOURCES}book{REST}", 8, "warning: … The source “manual” is not translated"),
        ("nach einer Zeile.}", "nach einer Zeile., sources: [manual]}", 6, "error: … “Sperren” names other sources"),
        ("id: waiting", "id: waiting\naliases: [wait]", 2, "error: … “aliases” is no key of a lesson's translation"),
        ("id: waiting", "id: waiting\nof: new", 2, "warning: … The original has changed since this was translated"),
    ],
)  # fmt: skip
def test_what_is_not_the_original_is_said_with_its_line(
    old: str, new: str, line: int, wrong: str, tmp_path: Path
) -> None:
    found = said(translated.write(tmp_path, german=replace(GERMAN, old, new)))
    wanted = wrong.replace("…", f"01-waiting.de.yaml:{line}:")
    assert any(each.startswith(wanted) for each in found), found


def test_an_error_in_a_translation_leaves_the_lesson_taught_in_its_original(tmp_path: Path) -> None:
    loaded = load.load([translated.write(tmp_path, german=replace(GERMAN, "right: true", "right: false"))])
    assert not loaded.whole
    theme = loaded.shelf.in_language("de").themes[0]
    assert (theme.title, theme.lessons[0].title) == ("Das Leben der Anfragen", "Where requests wait")
    assert theme.lacks(theme.lessons[0])


def test_a_rule_that_is_an_error_is_held_against_a_translation_alone(tmp_path: Path) -> None:
    folder = translated.write(tmp_path, german=replace(GERMAN, "Wo Anfragen warten", "Hier wartet @everyone"))
    loaded = lint.load([folder])
    found = [each for each in loaded.problems if each.rule == "call"]
    assert [(Path(each.file).name, each.line, each.severity) for each in found] == [
        ("01-waiting.de.yaml", 2, Severity.ERROR)
    ]
    assert [theme.id for theme in loaded.shelf.themes] == ["requests"]
    assert loaded.shelf.in_language("de").lessons[0].title == "Where requests wait"


def test_a_theme_title_in_another_language_is_held_to_the_rules_where_it_stands(tmp_path: Path) -> None:
    theme = replace(translated.THEME, "Das Leben der Anfragen", "L" * 200)
    found = [each for each in lint.load([translated.write(tmp_path, theme=theme)]).problems if "title" in each.message]
    assert [(Path(each.file).name, each.line) for each in found] == [("theme.yaml", 9)]


def test_spelling_of_english_alone_is_looked_at(tmp_path: Path) -> None:
    loaded = load.load([translated.write(tmp_path)])
    rules = {each.rule for each in lint.check(loaded) if each.file.endswith(".de.yaml") or each.line > 8}
    assert not rules & {"spelling", "theme-spelling", "file-name"}


def test_a_translation_that_names_the_state_it_is_of_is_quiet_until_the_original_changes(tmp_path: Path) -> None:
    [problem] = load.load([translated.write(tmp_path, german=f"of: new\n{GERMAN}")]).problems
    now = problem.mend.split("`")[1]
    folder = translated.write(tmp_path, german=f"{now}\n{GERMAN}")
    assert load.load([folder]).problems == ()
    file = folder / "requests" / "01-waiting.yaml"
    file.write_text(ENGLISH.replace("It is over.", "It is long over."), encoding="utf-8")
    [problem] = load.load([folder]).problems
    assert (problem.line, problem.severity, problem.file) == (1, Severity.WARNING, str(file)[:-4] + "de.yaml")


def test_a_dot_in_a_lessons_name_makes_no_translation(tmp_path: Path) -> None:
    names = {"01-node.js.yaml", "02-joins.yaml", "02-joins.pt-BR.yaml", "02-joins.old-one2345678.yaml", "02-joins.yml"}
    spoken = {name: translations.language_of(name, names) for name in names}
    assert {name: language for name, language in spoken.items() if language} == {"02-joins.pt-BR.yaml": "pt-BR"}


@pytest.mark.parametrize("of", ["", "of: new\n"])
def test_a_translation_whose_lesson_has_another_name_or_is_gone_is_no_lesson(of: str, tmp_path: Path) -> None:
    home = translated.write(tmp_path, german=of + GERMAN) / "requests"
    (home / "01-waiting.yaml").rename(home / "03-waiting.yaml")
    gone = "warning: 01-waiting.de.yaml:1: No lesson of this name is beside this translation"
    [told] = said(tmp_path)
    assert told.startswith(gone)
    (home / "03-waiting.yaml").unlink()
    (home / "theme.yaml").write_text(replace(translated.THEME, "[waiting, leaving]", "[leaving]"), encoding="utf-8")
    [told] = said(tmp_path)
    assert told.startswith(gone)
    assert [lesson.id for lesson in load.load([tmp_path]).shelf.lessons] == ["leaving"]


def test_a_lesson_may_have_a_name_that_ends_like_a_language(tmp_path: Path) -> None:
    home = translated.write(tmp_path) / "requests"
    (home / "02-leaving.yaml").rename(home / "02-leaving.js.yaml")
    assert said(tmp_path) == []
    assert [lesson.id for lesson in load.load([tmp_path]).shelf.lessons] == ["waiting", "leaving"]


@pytest.mark.parametrize("name", ["theme.de", "01-waiting.en"])
def test_what_can_be_no_translation_is_said(name: str, tmp_path: Path) -> None:
    folder = translated.write(tmp_path)
    (folder / "requests" / f"{name}.yaml").write_text(GERMAN, encoding="utf-8")
    [problem] = load.load([folder]).problems
    assert Path(problem.file).stem == name
    assert [theme.id for theme in load.load([folder]).shelf.themes] == ["requests"]


def test_a_reader_has_the_closest_language_and_else_the_original(tmp_path: Path) -> None:
    edition = Edition(translated.shelf(tmp_path)).ready()
    titles = {code: edition.read_in(code).shelf.themes[0].title for code in ("de", "de-AT", "DE_ch", "en-GB", "fr", "")}
    german, english = "Das Leben der Anfragen", "The life of requests"
    assert titles == {"de": german, "de-AT": german, "DE_ch": german, "en-GB": english, "fr": english, "": english}


def test_content_without_translations_is_one_edition_for_everybody(tmp_path: Path) -> None:
    folder = translated.write(tmp_path, theme=translated.THEME.partition("translations:")[0])
    (folder / "requests" / "01-waiting.de.yaml").unlink()
    edition = Edition(load.load([folder]).shelf)
    assert edition.read_in("de") is edition
    assert edition.read_in("en") is edition


def test_an_edition_of_a_language_is_made_once(tmp_path: Path) -> None:
    edition = Edition(translated.shelf(tmp_path))
    assert edition.read_in("de") is edition.read_in("de-AT")


def test_what_is_replaced_goes_at_once_with_all_its_languages(tmp_path: Path) -> None:
    gc.disable()
    try:
        edition = Edition(translated.shelf(tmp_path)).ready()
        gone = [weakref.ref(each) for each in (edition.index, edition.read_in("de").index)]
        del edition
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()


def test_a_search_finds_by_the_words_of_either_language(tmp_path: Path) -> None:
    index = Edition(translated.shelf(tmp_path)).read_in("de").index
    for words in ("Sperre", "another holds"):
        found = index.search(words)
        assert (found[0].lesson.title, found[0].section) == ("Wo Anfragen warten", "Sperren"), words
        assert len({each.lesson.key for each in found}) == len(found)


def test_a_search_finds_nothing_by_words_of_a_language_that_is_not_the_readers(tmp_path: Path) -> None:
    edition = Edition(translated.shelf(tmp_path))
    assert edition.index.search("Warteschlangen") == []
    assert [each.lesson.title for each in edition.index.search("lock")][:1] == ["Where requests wait"]


def test_an_archive_carries_translations_there_and_back(tmp_path: Path) -> None:
    archive = tmp_path / "themes.zip"
    archive.write_bytes(parcel.pack([translated.write(tmp_path / "there")]))
    (tmp_path / "back").mkdir()
    taken = parcel.take(archive, [tmp_path / "back"])
    assert taken.errors == ()
    assert load.load([tmp_path / "back"]).shelf.translated == {"de"}
    assert parcel.is_content("requests/01-waiting.de.yaml")


def test_the_studio_publishes_a_lesson_and_leaves_its_translation_as_it_was(tmp_path: Path) -> None:
    before, into = translated.write(tmp_path) / "requests", tmp_path / "staged"
    assert staging.files_by_id(before) == {
        "waiting": before / "01-waiting.yaml",
        "leaving": before / "02-leaving.yaml",
    }
    fields = {**staging.said(before / "01-waiting.yaml"), "title": "Where all requests wait"}
    staging.stage(before, {"waiting": _draft(fields)}, into)
    assert (into / "01-waiting.de.yaml").read_text(encoding="utf-8") == GERMAN
    assert "Where all requests wait" in (into / "01-waiting.yaml").read_text(encoding="utf-8")


def test_the_studio_takes_a_lesson_away_with_its_translations(tmp_path: Path) -> None:
    before, into = translated.write(tmp_path) / "requests", tmp_path / "staged"
    staging.stage(before, {"waiting": _draft({}, gone=True)}, into)
    assert sorted(file.name for file in into.iterdir()) == ["02-leaving.yaml", "theme.yaml"]


def test_the_studio_says_what_is_wrong_in_a_translation_at_its_field(tmp_path: Path) -> None:
    folder = translated.write(tmp_path, german=f"of: new\n{GERMAN}") / "requests"
    _, findings = staging.checked(folder, (), pages.fullest_lesson_page)
    found = [each for each in findings if "original has changed" in each.message]
    assert [(each.lesson, each.at) for each in found] == [("waiting.de", ("of",))]


def test_a_new_lesson_is_numbered_past_lessons_and_not_refused_for_a_translation(tmp_path: Path) -> None:
    made = scaffold.make(translated.write(tmp_path), "requests", lesson="third")
    assert made.files[-1].name == "03-third.yaml"


def test_a_rule_names_the_line_in_a_translation_that_leaves_a_question_out(tmp_path: Path) -> None:
    begin, questions, rest = GERMAN.partition("questions:")
    first, last = rest.split("  - id: ")[1], rest.split("  - id: ")[-1]
    assert first != last
    long = re.sub(r"ask: .*", f"ask: {'x' * 300}", last, count=1)
    folder = translated.write(tmp_path, german=f"{begin}{questions}\n  - id: {long}")
    (found,) = [each for each in lint.check(load.load([folder])) if each.rule == "ask-length"]
    assert "x" * 300 in Path(found.file).read_text(encoding="utf-8").split("\n")[found.line - 1]
