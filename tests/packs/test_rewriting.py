"""A file is rewritten where something changed, and nowhere else."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.packs import load, rewriting
from bot.packs.rewriting import read, rewritten
from tests.conftest import CONTENT

FILES = sorted(CONTENT.glob("*/*.yaml"))
ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=160)
WORDS = st.one_of(
    ODD,
    st.sampled_from(
        ["", "no", "404", "a: b", "- a", "# a", "'", '"', "a\n\nb", " a", "a ", "a\n", "|", "*x", "{", "a #b"]
    ),
    st.lists(st.sampled_from(["word", "a:", "#tag", "x  y", "—"]), min_size=15, max_size=60).map(" ".join),
)
KEYS = st.sampled_from(["id", "title", "label", "text", "sources", "questions", "why"])
DATA = st.recursive(
    WORDS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)), max_leaves=12
)
MAPS = st.dictionaries(KEYS, DATA, max_size=5)


def changes(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_in_which_nothing_changed_stays_as_it_is(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    said = read(source)
    assert isinstance(said, dict)
    assert rewritten(source, said) == source


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_another_title_changes_its_own_line_alone(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    said = read(source)
    assert isinstance(said, dict)
    after = rewritten(source, {**said, "title": "Another: title"})
    assert [line[0] for line in changes(source, after)] == ["-", "+"]
    assert "+title: 'Another: title'" in changes(source, after)


@given(MAPS)
def test_what_is_written_anew_says_what_was_wanted(wanted: dict[str, Any]) -> None:
    assert read(rewritten("", wanted)) == wanted


@given(MAPS, MAPS)
def test_what_is_written_over_something_says_what_was_wanted(before: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert read(rewritten(rewritten("", before), wanted)) == wanted


COMMENTED = """\
# Our first lesson.
id: pools
title: Pools  # short
sections:
  # What it is
  - label: One
    text: >-
      A pool keeps
      connections.
  # What it costs
  - label: Two   # later
    text: Two words.

sources:
  - {id: pg, title: Manual, url: https://example.org}
# The end.
"""


def edited(change: Callable[[Any], object]) -> str:
    said = copy.deepcopy(read(COMMENTED))
    change(said)
    after = rewritten(COMMENTED, said)  # type: ignore[arg-type]
    assert read(after) == said
    return after


def test_comments_stay_with_what_they_stand_above_when_its_order_changes() -> None:
    after = edited(lambda said: said["sections"].reverse())
    assert (
        after.index("# What it costs") < after.index("Two   # later") < after.index("# What it is") < after.index("One")
    )


def test_comments_stay_around_a_value_that_changed() -> None:
    after = edited(lambda said: said["sections"][0].update(text="Short."))
    assert [line.strip() for line in changes(COMMENTED, after)] == [
        "-    text: >-",
        "-      A pool keeps",
        "-      connections.",
        "+    text: Short.",
    ]


def test_a_file_that_an_editor_marked_as_unicode_keeps_its_comments() -> None:
    assert rewritten("\ufeffid: a # é\ntitle: Old # 1\n", {"id": "a", "title": "New"}) == "id: a # é\ntitle: New # 1\n"


def test_a_remark_behind_a_value_stays_and_is_never_doubled() -> None:
    after = edited(lambda said: (said.update(title="Two pools"), said["sections"][1].update(label="Two")))
    assert changes(COMMENTED, after) == ["-title: Pools  # short", "+title: Two pools  # short"]
    after = edited(lambda said: said.update(title="pool " * 30 + "pool"))
    assert "# Our first lesson." in after
    assert "# What it costs" in after


def test_what_is_taken_away_takes_its_own_comment_along_and_no_other() -> None:
    after = edited(lambda said: said["sections"].pop(1))
    assert "What it costs" not in after
    assert "# What it is" in after
    assert after.endswith("# The end.\n")


def test_a_section_of_another_name_keeps_what_else_it_says() -> None:
    after = edited(lambda said: said["sections"][1].update(label="Third"))
    assert changes(COMMENTED, after) == ["-  - label: Two   # later", "+  - label: Third   # later"]


def test_what_is_written_anew_has_the_form_of_the_guide(tmp_path: Path) -> None:
    long = "word " * 40
    sections = [{"label": "One", "text": long.strip(), "sources": ["b", "c"]}, {"text": "- x\n- y"}]
    wanted = {"id": "a", "sections": sections}
    lines = rewritten("", wanted).split("\n")  # type: ignore[arg-type]
    assert lines[:4] == ["id: a", "sections:", "  - label: One", "    text: >-"]
    assert max(map(len, lines)) <= rewriting.WIDTH + 6
    assert lines[-5:] == ["    sources: [b, c]", "  - text: |-", "      - x", "      - y", ""]


def test_every_lesson_of_ours_reads_the_same_when_all_of_it_is_written_anew(tmp_path: Path) -> None:
    for file in FILES:
        said = read(file.read_text(encoding="utf-8"))
        target = tmp_path / file.parent.name / file.name
        target.parent.mkdir(exist_ok=True)
        target.write_text(rewritten("", said), encoding="utf-8")  # type: ignore[arg-type]
    for drawing in CONTENT.glob("*/*.svg"):
        (tmp_path / drawing.parent.name / drawing.name).write_bytes(drawing.read_bytes())
    assert load.load([tmp_path]).shelf.themes == load.load([CONTENT]).shelf.themes


@pytest.mark.parametrize(
    "source",
    [
        "id: &a [*a]\n",
        "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]\n" for n in range(30)),
        "[" * 3_000 + "]" * 3_000,
    ],
    ids=["itself", "gigabytes", "deep"],
)
def test_a_file_that_says_more_than_it_is_long_says_nothing_and_is_written_anew(source: str) -> None:
    assert read(source) == {}
    assert rewritten(source, {"id": "a"}) == "id: a\n"
