"""No bytes, no shape of YAML and no slip make a load fall: each is read, or told of with its line and its mend."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.packs import forms, load, schema, tree
from bot.packs.problems import Notes, Problem
from tests.packs.samples import LESSON, write
from tests.thoroughness import examples

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


def read(source: str) -> None:
    """A lesson, or what is wrong with it."""
    notes = Notes("lesson.yaml")
    node = tree.grow(source, notes)
    if node is not None:
        schema.lesson(node, notes)
    assert node is not None or notes.problems
    check(notes.problems)


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, len(LESSON)), st.sampled_from(AWKWARD), st.integers(0, 12))
def test_a_lesson_spoilt_at_any_place_is_read_or_told_of(at: int, put: str, cut: int) -> None:
    read(LESSON[:at] + put + LESSON[at + cut :])


@settings(max_examples=examples(80), deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["drop", "double", "swap", "indent"]),
)
def test_lines_that_are_missing_or_moved_are_read_or_told_of(one: int, other: int, how: str) -> None:
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
    read("\n".join(lines))


@settings(max_examples=examples(60), deadline=None)
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


@settings(max_examples=examples(60), deadline=None)
@given(lesson=st.dictionaries(KEYS, TREES, max_size=8), theme=st.dictionaries(KEYS, TREES, max_size=8))
def test_no_shape_of_yaml_makes_a_load_fall(
    tmp_path_factory: pytest.TempPathFactory, lesson: dict[str, object], theme: dict[str, object]
) -> None:
    folder = write(tmp_path_factory.mktemp("any"))
    (folder / "caching" / "02-more.yaml").write_text(yaml.safe_dump(lesson), encoding="utf-8")
    (folder / "caching" / "theme.yaml").write_text(yaml.safe_dump(theme), encoding="utf-8")
    check_problems(load.load([folder]))


def check_problems(loaded: load.Loaded) -> None:
    assert loaded.problems != ()
    check(loaded.problems)
    assert not loaded.shelf.themes


def check(problems: Sequence[Problem]) -> None:
    for problem in problems:
        assert problem.line >= 1
        assert problem.message
        assert not problem.message.endswith(".")
        assert problem.mend.endswith((".", "?"))
