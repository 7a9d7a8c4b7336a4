"""The quick way of reading a lesson agrees with the thorough one in all it accepts, and nothing makes either fall."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.packs import forms, load, quick, schema, tree
from bot.packs.bundle import bundled
from bot.packs.problems import Notes
from tests.packs.samples import LESSON, THEME, replace, write

LINES = LESSON.split("\n")
SIGNS = r""": - ' " '' \ ` * &a !x @ % >- |- | ~ null true [ ] { } , --- ... 🗄️ é why: right: id:"""
SPACES = [
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\n      ",
    "\n        ",
    "\r",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "\x85",
    "\x00",
]
AWKWARD = [*SIGNS.split(), *SPACES, ": ", " #", "# ", "- ", "? ", "  - ", "why: x", "right: true", "text: x", "a" * 50]


def thorough(source: str) -> tuple[schema.LessonDraft | None, Notes]:
    notes = Notes("lesson.yaml")
    node = tree.grow(source, notes)
    return (schema.lesson(node, notes) if node else None), notes


def agrees(source: str) -> bool:
    """What is recognised is sound, and just what parser and schema make of it; says whether it was."""
    found = quick.recognise(source)
    if found is not None:
        made, notes = thorough(source)
        assert notes.problems == []
        assert found == made
    return found is not None


def theme_agrees(source: str) -> bool:
    found = quick.recognise_theme(source)
    if found is not None:
        notes = Notes("theme.yaml")
        node = tree.grow(source, notes)
        assert node is not None
        assert found == schema.theme(node, notes)
        assert notes.problems == []
    return found is not None


def test_the_common_form_is_recognised() -> None:
    assert agrees(LESSON)
    assert theme_agrees(THEME)


@pytest.mark.parametrize("file", sorted(bundled().glob("*/theme.yaml")), ids=lambda file: file.parent.name)
def test_the_themes_that_come_along_need_no_parser(file: Path) -> None:
    assert theme_agrees(file.read_text(encoding="utf-8"))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(THEME)), st.sampled_from(AWKWARD), st.integers(0, 12))
@example(THEME.index("- cache-layers"), "- cache-layers\n  ", 0)
@example(THEME.index("📦"), "box", 1)
def test_a_theme_spoilt_at_any_place_is_never_recognised_for_something_else(at: int, put: str, cut: int) -> None:
    theme_agrees(THEME[:at] + put + THEME[at + cut :])


@pytest.mark.parametrize("file", sorted(bundled().glob("*/[0-9]*.yaml")), ids=lambda file: file.stem)
def test_the_lessons_that_come_along_need_no_parser(file: Path) -> None:
    assert agrees(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Cache layers", "title: 'Cache layers'  "),
        ("title: Cache layers – where an answer can wait", "title: 'Cache: layers # here'"),
        ("title: Cache layers – where an answer can wait", 'title: "Cache layers"'),
        ("why: A restart empties it.", "why: >-\n          A restart\n          empties it."),
        ("    text: |-\n      An answer", "    text: >-\n      An answer"),
        ("sources:\n", "\nsources:\n"),
        ("url: https://www.rfc-editor.org", "url: >-\n      https://www.rfc-editor.org"),
    ],
)
def test_what_is_written_a_little_otherwise_is_read_alike_both_ways(old: str, new: str) -> None:
    agrees(replace(LESSON, old, new))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(LESSON)), st.sampled_from(AWKWARD), st.integers(0, 12))
def test_a_lesson_spoilt_at_any_place_is_never_recognised_for_something_else(at: int, put: str, cut: int) -> None:
    agrees(LESSON[:at] + put + LESSON[at + cut :])


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["drop", "double", "swap", "indent"]),
)
def test_lines_that_are_missing_or_moved_are_never_overlooked(one: int, other: int, how: str) -> None:
    lines = list(LINES)
    match how:
        case "drop":
            del lines[one]
        case "double":
            lines.insert(other, lines[one])
        case "swap":
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one] = " " * (1 + other % 4) + lines[one]
    agrees("\n".join(lines))


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda said: said.encode("utf-8", "replace")))
@example(b"\xef\xbb\xbfid: x")
@example(b"%YAML 1.3\n---\na: b")
def test_no_bytes_make_a_load_fall_and_each_problem_has_a_line_and_a_mend(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = write(tmp_path_factory.mktemp("any"))
    for name in ("theme.yaml", "02-more.yaml"):
        (folder / "caching" / name).write_bytes(content)
    check_problems(load.load([folder]))


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["cache-layers", "https://x.y/"])
)
KEYS = st.sampled_from([*forms.LESSON.keys, *forms.THEME.keys, *forms.QUESTION.keys, *forms.OPTION.keys, "label", "x"])
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=7), max_leaves=25
)


@settings(max_examples=150, deadline=None)
@given(lesson=st.dictionaries(KEYS, TREES, max_size=8), theme=st.dictionaries(KEYS, TREES, max_size=8))
def test_no_shape_of_yaml_makes_a_load_fall(
    tmp_path_factory: pytest.TempPathFactory, lesson: dict[str, object], theme: dict[str, object]
) -> None:
    import yaml

    folder = write(tmp_path_factory.mktemp("any"))
    (folder / "caching" / "02-more.yaml").write_text(yaml.safe_dump(lesson), encoding="utf-8")
    (folder / "caching" / "theme.yaml").write_text(yaml.safe_dump(theme), encoding="utf-8")
    check_problems(load.load([folder]))


def check_problems(loaded: load.Loaded) -> None:
    assert loaded.problems != ()
    for problem in loaded.problems:
        assert problem.line >= 1
        assert problem.message
        assert not problem.message.endswith(".")
        assert problem.mend.endswith((".", "?"))
    assert not loaded.shelf.themes


def test_a_lesson_whose_theme_is_unreadable_is_checked_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, theme="id: [", lesson=replace(LESSON, "url: h", "url: "))
    files = [Path(problem.file).name for problem in load.load([tmp_path]).problems]
    assert files == ["01-cache-layers.yaml", "theme.yaml"]


def test_a_theme_reads_the_same_however_its_yaml_is_laid_out(tmp_path: Path) -> None:
    import yaml

    one = load.load([write(tmp_path / "a")]).shelf
    dumped = {
        name: yaml.safe_dump(yaml.safe_load(said), width=60) for name, said in (("theme", THEME), ("lesson", LESSON))
    }
    assert load.load([write(tmp_path / "b", **dumped)]).shelf == one
