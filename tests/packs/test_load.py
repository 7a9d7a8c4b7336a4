"""What comes onto the shelf, what stays off it, and how that is said."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.domain.course import Key
from bot.packs import load, tree
from bot.packs.load import bundled
from tests.packs import samples
from tests.packs.samples import FORMER, LESSON, THEME, replace, write


def said(folder: Path) -> list[str]:
    """The problems, without the way to the folder."""
    return [str(problem).replace(f"{folder}/", "") for problem in load.load([folder]).problems]


def test_sound_content_stands_on_the_shelf_as_it_was_written(tmp_path: Path) -> None:
    loaded = load.load([write(tmp_path)])
    assert loaded.problems == ()
    (theme,) = loaded.shelf.themes
    (lesson,) = theme.lessons
    assert (theme.id, theme.emoji, theme.language, theme.licence) == ("caching", "📦", "en", "MIT")
    assert theme.description == "Where caches help and where they hide a fault. For people who run a service."
    assert (lesson.theme, lesson.id, lesson.number, len(lesson.sections)) == ("caching", "cache-layers", 1, 3)
    assert [question.rights[0] for question in lesson.questions] == [1, 0, 2]
    assert lesson.questions[2].ask.source == (
        "A message clears an answer when it changes. Why does the answer need a time as well?"
    )
    assert "\n- a proxy or content network near the reader\n" in lesson.sections[1].text.source


def test_a_section_carries_the_sources_it_rests_on_in_their_order(tmp_path: Path) -> None:
    (lesson,) = load.load([write(tmp_path)]).shelf.lessons
    named = [[source.title for source in lesson.sources_of(section.label)] for section in lesson.sections]
    http, redis = "RFC 9111, HTTP Caching", "Redis manual, Key eviction"
    assert named == [[redis], [http, redis], [http]]


def test_a_lesson_whose_sources_have_no_ids_is_still_taught(tmp_path: Path) -> None:
    loaded = load.load([write(tmp_path, lesson=FORMER)])
    assert loaded.problems == ()
    (lesson,) = loaded.shelf.lessons
    assert [lesson.sources_of(section.label) for section in lesson.sections] == [(), (), ()]


def test_where_sections_name_nothing_a_lessons_only_source_is_theirs(tmp_path: Path) -> None:
    one = FORMER[: FORMER.index("  - title: Redis")] + FORMER[FORMER.index("questions:") :]
    (lesson,) = load.load([write(tmp_path, lesson=one)]).shelf.lessons
    assert [lesson.sources_of(section.label) for section in lesson.sections] == [lesson.sources] * 3


def test_naming_the_sources_does_not_make_a_lesson_read_differently(tmp_path: Path) -> None:
    (before,) = load.load([write(tmp_path / "before", lesson=FORMER)]).shelf.lessons
    (after,) = load.load([write(tmp_path / "after")]).shelf.lessons
    assert before.sections != after.sections
    assert before.digest == after.digest


def test_a_section_cannot_name_sources_that_have_no_ids(tmp_path: Path) -> None:
    lesson = replace(FORMER, "  - label: Layers from", "    sources: [http-caching]\n  - label: Layers from")
    assert said(write(tmp_path, lesson=lesson)) == [
        "caching/01-cache-layers.yaml:13: No source has the id “http-caching”. Give each source of the lesson an `id`."
    ]


def golden(name: str) -> list[tuple[str, str, str]]:
    """Mistakes and what is said of them: three lines each."""
    written = Path(__file__).with_name(name).read_text(encoding="utf-8")
    blocks = [block.strip("\n").split("\n") for block in written.split("\n\n")[1:]]
    return [(_unescaped(old), _unescaped(new), problem) for old, new, problem in blocks]


def _unescaped(line: str) -> str:
    return line.replace("(nothing)", "").replace("\\n", "\n").replace("\\t", "\t")


@pytest.mark.parametrize(("old", "new", "problem"), golden("lesson_mistakes.txt"))
def test_the_commonest_mistakes_are_told_with_their_line_and_their_mend(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    found = said(write(tmp_path, lesson=replace(LESSON, old, new)))
    assert any(line.startswith(f"caching/01-cache-layers.yaml:{problem}") for line in found), found


@pytest.mark.parametrize(("old", "new", "problem"), golden("theme_mistakes.txt"))
def test_a_mistake_in_the_theme_is_told_likewise(tmp_path: Path, old: str, new: str, problem: str) -> None:
    found = said(write(tmp_path, theme=replace(THEME, old, new)))
    assert any(line.startswith(f"caching/theme.yaml:{problem}") for line in found), found


def test_every_mistake_of_every_file_is_found_in_one_run(tmp_path: Path) -> None:
    spoilt = replace(replace(LESSON, "url: https", "url: ftp"), "id: low-hits", "id: LOW")
    write(tmp_path, theme=replace(THEME, "licence: MIT\n", ""), lesson=spoilt)
    (tmp_path / "caching" / "02-more.yaml").write_text("title: 'x", encoding="utf-8")
    files = [line.split(": ")[0] for line in said(tmp_path)]
    assert files == [
        "caching/01-cache-layers.yaml:40",
        "caching/01-cache-layers.yaml:45",
        "caching/02-more.yaml:1",
        "caching/theme.yaml:1",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "1: This file is empty. Fill it in, or delete it."),
        (b"# nothing yet\n", "1: This file is empty. Fill it in, or delete it."),
        (b"id: x\ntitle: \xff\xfe", "2: This line is not UTF-8. Save the file with the encoding UTF-8."),
        (b"x" * (tree.LARGEST + 1), "1: This file is larger than 256 KiB. Split it: a lesson has about 10 KiB."),
        (b"id: x\ntitle: a\x00b\n", "2: This line holds a character that YAML does not take."),
        (b"id: x\n---\nid: y\n", "2: A second document begins here. Delete the `---`: one file holds one lesson."),
        (b"- id: x\n", "1: A lesson has to be a map. Write `key: value`, such as `id: connection-pools`."),
        (b"[" * 10_000, "1: This is nested too deeply. Check the indentation against another lesson."),
        (b"a: &a [x]\nb: [*a, *a]\n", "1: “&a” is a YAML anchor, which content may not use."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_lesson_at_all_is_a_sentence(tmp_path: Path, content: bytes, problem: str) -> None:
    write(tmp_path)
    (tmp_path / "caching" / "02-more.yaml").write_bytes(content)
    assert said(tmp_path)[0].startswith(f"caching/02-more.yaml:{problem}"), said(tmp_path)


@pytest.mark.parametrize("reader", dict.fromkeys((yaml.SafeLoader, tree.LOADER)))
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[" * 10_000, "1: This is nested too deeply."),
        ("{" * 10_000, "1: This is nested too deeply."),
        ("- " * 10_000, "1: This is nested too deeply."),
        ("title: a: b\n", "1: A colon and a space stand in a value without quotes."),
        ("title: ]\n", "1: A value may not begin with this character."),
        ("title: ? a\n", "1: A value may not begin with this character."),
        ("title: - a\n", "1: A list begins in the line of its key."),
        ("id: x\ntitle: !a!b c\n", "2: A value that begins with ! is read as a YAML tag."),
        ("id: x\ntitle: !<a\n", "2: A value that begins with ! is read as a YAML tag."),
        ("%YAML 9.9\n---\nid: x\n", "1: A line that begins with % is an instruction to YAML,"),
        ("%TAG !\n---\nid: x\n", "1: A line that begins with % is an instruction to YAML,"),
        ("summary: >- a\n", "1: Text stands behind the > or | that opens a block."),
        ("title: 'a\n---\n'\n", "2: A quote that opens before this line is never closed."),
        ('id: x\ntitle: "\\q"\n', "2: A backslash in double quotes needs a known letter after it."),
        ('id: x\ntitle: "\\xZZ"\n', "2: A backslash in double quotes needs a known letter after it."),
        ('id: x\ntitle: "\\U00110000"\n', "2: A backslash in double quotes needs a known letter after it."),
    ],
)
def test_a_fault_of_yaml_is_told_in_our_words_whichever_parser_finds_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reader: type, content: str, problem: str
) -> None:
    monkeypatch.setattr(tree, "LOADER", reader)
    write(tmp_path)
    (tmp_path / "caching" / "02-more.yaml").write_text(content, encoding="utf-8")
    assert said(tmp_path)[0].startswith(f"caching/02-more.yaml:{problem}"), said(tmp_path)


def test_a_fault_that_has_no_sentence_yet_is_told_without_the_words_of_the_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise yaml.MarkedYAMLError(problem="a wording of tomorrow")

    monkeypatch.setattr(tree, "LOADER", fail)
    write(tmp_path)
    (tmp_path / "caching" / "02-more.yaml").write_text("x: 'y'\n", encoding="utf-8")
    assert "caching/02-more.yaml:1: This line is not YAML. Compare it with a lesson that works." in said(tmp_path)


def test_words_that_yaml_would_take_for_other_things_stay_words(tmp_path: Path) -> None:
    spoilt = replace(replace(LESSON, "In the browser", "No"), "In the process", "null")
    loaded = load.load([write(tmp_path, lesson=replace(spoilt, "In the store", "0x1F"))])
    options = loaded.shelf.lessons[0].questions[1].options
    assert [option.text.source for option in options] == ["No", "null", "0x1F"]


def test_a_theme_with_an_error_is_left_out_whole_and_the_others_stand(tmp_path: Path) -> None:
    write(tmp_path)
    write(
        tmp_path, theme=replace(THEME, "id: caching", "id: queues"), lesson=replace(LESSON, "url: h", "url: "), home="q"
    )
    loaded = load.load([tmp_path])
    assert [theme.id for theme in loaded.shelf.themes] == ["caching"]
    assert not loaded.whole
    assert loaded.shelf.problems == tuple(str(problem) for problem in loaded.problems) != ()
    assert {"queues"} == {problem.theme for problem in loaded.problems}


def test_a_lesson_whose_file_is_not_listed_is_told_of(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "caching" / "02-more.yaml").write_text(
        replace(LESSON, "id: cache-layers", "id: more"), encoding="utf-8"
    )
    assert said(tmp_path) == [
        "caching/02-more.yaml:1: The lesson “more” is not listed in theme.yaml. "
        "Add `- more` under `lessons` in theme.yaml, or delete this file."
    ]


def test_two_lessons_with_one_id_are_an_error_that_names_both_files(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "caching" / "02-more.yaml").write_text(LESSON, encoding="utf-8")
    (problem,) = load.load([tmp_path]).problems
    assert problem.file.endswith("02-more.yaml")
    assert "01-cache-layers.yaml" in problem.message


def test_a_lesson_file_with_another_ending_is_not_overlooked(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "caching" / "01-cache-layers.yaml").rename(tmp_path / "caching" / "01-cache-layers.yml")
    assert "caching/01-cache-layers.yml:1: A lesson's file ends in .yaml. Rename it to 01-cache-layers.yaml." in said(
        tmp_path
    )


def test_a_later_folder_does_not_shadow_a_theme_silently(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a"), write(tmp_path / "b", lesson=replace(LESSON, "title: Cache", "title: Other"))
    loaded = load.load([first, second])
    (problem,) = loaded.problems
    assert problem.file == str(second / "caching" / "theme.yaml")
    assert str(first / "caching" / "theme.yaml") in problem.message
    assert [lesson.title for lesson in loaded.shelf.lessons] == ["Cache layers – where an answer can wait"]


def test_several_folders_make_one_shelf_and_a_folder_may_be_a_theme(tmp_path: Path) -> None:
    one = write(tmp_path / "a")
    other = write(tmp_path / "b", theme=replace(THEME, "id: caching", "id: queues"))
    loaded = load.load([one, other / "caching", one])
    assert loaded.problems == ()
    assert [theme.id for theme in loaded.shelf.themes] == ["caching", "queues"]


@pytest.mark.parametrize(("name", "problem"), [("gone", "cannot be read"), ("", "No theme is in this folder")])
def test_a_folder_without_themes_is_a_sentence(tmp_path: Path, name: str, problem: str) -> None:
    loaded = load.load([tmp_path / name])
    assert problem in loaded.problems[0].message
    assert not loaded.whole


def test_a_folder_of_lessons_without_a_theme_is_told_of(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "caching" / "theme.yaml").unlink()
    assert said(tmp_path)[0].startswith("caching/theme.yaml:1: This file is missing.")


def test_former_ids_lead_to_the_lesson_and_the_theme(tmp_path: Path) -> None:
    theme = THEME + "aliases: [cache]\n"
    shelf = load.load([write(tmp_path, theme=theme, lesson=LESSON + "aliases:\n  - layers\n")]).shelf
    assert shelf.lesson("cache", "layers") is shelf.lesson("caching", "cache-layers") is not None


@pytest.mark.parametrize(
    ("theme", "lesson", "problem"),
    [
        (THEME, LESSON + "aliases: [cache-layers]\n", "The alias “cache-layers” is taken by"),
        (THEME + "aliases: [caching]\n", LESSON, "The alias “caching” is taken by"),
        (THEME, LESSON + "aliases: [a, a]\n", "“a” is listed a second time"),
        (THEME, LESSON + "aliases: ['A B']\n", "“A B” is no id"),
    ],
)
def test_an_alias_that_means_something_else_is_an_error(tmp_path: Path, theme: str, lesson: str, problem: str) -> None:
    assert any(problem in line for line in said(write(tmp_path, theme=theme, lesson=lesson)))


def test_what_vanished_is_what_neither_an_id_nor_an_alias_carries(tmp_path: Path) -> None:
    shelf = load.load([write(tmp_path, lesson=LESSON + "aliases: [layers]\n")]).shelf
    known = [Key("caching", "layers"), Key("caching", "cache-layers"), Key("caching", "gone"), Key("gone", "layers")]
    assert (Key("caching", "gone"), Key("gone", "layers")) == load.vanished(known, shelf)


def test_how_far_a_load_is_can_be_heard(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, theme=replace(THEME, "id: caching", "id: queues"), home="queues")
    heard: list[tuple[int, int]] = []
    load.load([tmp_path], step=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 2), (2, 2)]


def test_the_themes_that_come_along_are_sound() -> None:
    loaded = load.load([bundled()])
    assert loaded.problems == ()
    assert len(loaded.shelf.themes) >= 1


def test_samples_are_spoilt_where_the_test_says() -> None:
    with pytest.raises(AssertionError, match="no longer holds"):
        samples.replace(LESSON, "not in it", "")
