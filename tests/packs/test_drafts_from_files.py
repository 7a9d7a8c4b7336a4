"""Notes and cards become drafts: what is there is taken, what is missing is marked, and every line is accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bot.core import text
from bot.core.errors import StudyError
from bot.packs import lint, load, rewriting, schema, tree
from bot.packs.intake import files, tables
from bot.packs.problems import Notes, Severity
from bot.process.cli import content as cli_content
from tests.thoroughness import examples

NOTES = """\
# Pools – where *requests* wait

A pool reuses connections; past its limit, requests queue.

## What it costs

Each is a process, says the [manual](https://www.postgresql.org/docs/x.html). See [me](foo.md).

What does the eleventh request do?

- [x] It waits
  - Because all ten are lent out.
- [ ] It opens one

## What to measure

1. the queue
2. the time

> Somebody <b>said</b> a*b

## Exercises

### Which one?

- [ ] This
- [x] That
"""


def take(name: str, content: str) -> tuple[dict[str, Any], dict[int, list[str]]]:
    taken = files.take(name, content.encode())
    said: dict[int, list[str]] = {}
    for note in taken.notes:
        said.setdefault(note.line, []).append(note.said)
    return taken.lesson, said


def form_problems(lesson: dict[str, Any]) -> list[str]:
    notes = Notes("draft.yaml")
    node = tree.grow(rewriting.rewritten("", lesson), notes)
    assert node is not None, notes.problems
    schema.lesson(node, notes)
    return [str(problem) for problem in notes.problems]


def dualo_import(*typed: str) -> Result:
    return CliRunner().invoke(cli_content.app, ["import", *typed])


def test_headings_links_and_boxes_become_sections_sources_and_questions() -> None:
    lesson, _ = take("pools.md", NOTES)
    assert (lesson["id"], lesson["title"]) == ("pools-where-requests-wait", "Pools – where requests wait")
    assert lesson["summary"] == "A pool reuses connections; past its limit, requests queue."
    assert [each["label"] for each in lesson["sections"][:2]] == ["What it costs", "What to measure"]
    assert lesson["sources"][0] == {"id": "manual", "title": "manual", "url": "https://www.postgresql.org/docs/x.html"}
    assert lesson["sections"][0]["sources"] == ["manual"]
    first = lesson["questions"][0]
    assert (first["ask"], first["section"]) == ("What does the eleventh request do?", "What it costs")
    assert [(each["text"], each["right"], each["why"]) for each in first["options"]] == [
        ("It waits", "true", "Because all ten are lent out."),
        ("It opens one", "false", "PLACEHOLDER What is wrong."),
    ]


def test_what_is_changed_or_left_out_is_said_with_its_line() -> None:
    lesson, said = take("pools.md", NOTES)
    assert said[7][1] == "the words stay, without their link: “foo.md” is no address on the web"
    assert said[17] == ["a numbered list, now with hyphens: lessons have no numbered ones"]
    assert said[20][1:] == ["left out: HTML, “<b>”", "left out: HTML, “</b>”"]
    assert lesson["sections"][1]["text"] == "- the queue\n- the time\n\nSomebody said a\\*b"


def test_questions_that_stand_alone_do_not_make_a_section() -> None:
    lesson, said = take("pools.md", NOTES)
    assert "Exercises" not in [each["label"] for each in lesson["sections"]]
    assert (lesson["questions"][1]["ask"], lesson["questions"][1]["section"]) == (
        "Which one?",
        "PLACEHOLDER The third point",
    )
    assert any("holds questions alone" in each for line in said.values() for each in line)


def test_front_matter_is_left_out_and_lines_still_count_from_the_files_beginning() -> None:
    lesson, said = take("x.md", "---\ntitle: No\n---\n# Yes\n")
    assert lesson["title"] == "Yes"
    assert list(said) == [1, 4]


CSV = """\
ask;right;wrong 1;wrong 2;why;section;tags
How long?;40 ms;4 ms;4 s;It was measured.;Times;x
How many?;42;;;;;
"Two
lines?";Yes;No;;;;
=cmd|' /C calc'!A0;a;b;;;;
Nothing right?;;b;;;;
"""


def test_rows_of_a_csv_file_become_questions_by_their_columns() -> None:
    lesson, said = take("q.csv", CSV)
    first, typed, third = lesson["questions"]
    assert (first["section"], [each["text"] for each in first["options"]]) == ("Times", ["40 ms", "4 ms", "4 s"])
    assert first["options"][0]["why"] == "It was measured."
    assert typed["answer"] == {"accept": ["42"], "why": "PLACEHOLDER Why it is right."}
    assert third["ask"] == "Two\nlines?"
    assert said[1] == ["left out: the column “tags”, which questions do not have"]
    assert "a spreadsheet would run" in said[6][0]
    assert said[7] == ["left out: nothing stands under “right”"]


def test_the_right_option_of_a_row_does_not_stay_at_one_position() -> None:
    rows = "\n".join(f"Ask {number}?,R,W,V" for number in range(9))
    lesson, _ = take("q.csv", f"ask,right,wrong 1,wrong 2\n{rows}\n")
    places = [[each["right"] for each in question["options"]].index("true") for question in lesson["questions"]]
    assert {place: places.count(place) for place in places} == {0: 3, 1: 3, 2: 3}


ANKI = """\
#separator:tab
#html:true
#guid column:1
#tags column:4
g1\tWhat is <b>x</b>?&nbsp;<br>Say it.\tA letter [sound:x.mp3]\tt
g2\tHow many?\t-40\tt
g3\t{{c1::Paris}} is a city\t\tt
"""


def test_a_deck_of_anki_asks_by_the_first_field_and_answers_by_the_second() -> None:
    lesson, said = take("deck.txt", ANKI)
    assert [each["ask"].replace("\xa0", " ") for each in lesson["questions"][:2]] == [
        "What is x? \nSay it.",
        "How many?",
    ]
    assert [each["answer"]["accept"] for each in lesson["questions"][:2]] == [["A letter"], ["-40"]]
    assert said[1] == [f"left out: the column “{name}”, which questions do not have" for name in ("guid", "tags")]
    assert said[5][:2] == ["left out, with its words kept: <b>", "left out: the sound “[sound:x.mp3]”"]
    assert said[7] == ["left out: it is a cloze, which asks by a gap; write it as a question"]


def test_columns_that_a_deck_names_are_read_by_name() -> None:
    lesson, _ = take("deck.txt", "#separator:Pipe\n#columns:Why|Back|Front|Wrong 1\nSo.|A|Which?|B\n")
    assert lesson["questions"][0]["ask"] == "Which?"
    assert [each["text"] for each in lesson["questions"][0]["options"]] == ["A", "B"]


@pytest.mark.parametrize(("name", "content"), [("n.md", NOTES), ("q.csv", CSV), ("deck.txt", ANKI), ("n.md", "words")])
def test_a_draft_is_in_the_form_and_its_gaps_are_found(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    done = dualo_import(str(tmp_path / name), "--theme", "new", "--folder", str(tmp_path / "shelf"))
    assert done.exit_code == 0, done.output
    problems = lint.check(load.load([tmp_path / "shelf"]))
    written = next((tmp_path / "shelf" / "new").glob("01-*.yaml"))
    gaps = {at for at, line in enumerate(written.read_text().split("\n"), 1) if "PLACEHOLDER" in line}
    repeated = {
        at for at, line in enumerate(written.read_text().split("\n"), 1) if line.startswith("    section: PLACE")
    }
    mine = [each for each in problems if each.file == str(written) and each.severity is Severity.ERROR]
    assert {each.rule for each in mine} >= {"placeholder"}
    assert "form" not in {each.rule for each in mine}
    assert gaps - repeated == {each.line for each in mine if each.rule == "placeholder"}


def test_a_second_file_becomes_the_themes_second_lesson(tmp_path: Path) -> None:
    (tmp_path / "n.md").write_text(NOTES)
    (tmp_path / "q.csv").write_text(CSV)
    for name in ("n.md", "q.csv"):
        assert dualo_import(str(tmp_path / name), "--theme", "new", "--folder", str(tmp_path)).exit_code == 0
    (pack,) = load.load([tmp_path]).packs
    assert [lesson.id for lesson in pack.theme.lessons] == ["pools-where-requests-wait", "q"]
    again = dualo_import(str(tmp_path / "q.csv"), "--theme", "new", "--folder", str(tmp_path))
    assert (again.exit_code, "is there already" in again.output) == (2, True)


def test_without_a_theme_it_is_said_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "n.md").write_text(NOTES)
    done = dualo_import(str(tmp_path / "n.md"))
    assert (done.exit_code, "--theme ID" in done.output, done.output.count("\n")) == (2, True, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.md", b"a" * 70_000, "more than 64 KiB"),
        ("x.csv", b"a" * 300_000, "more than 256 KiB"),
        ("x.md", b"fine\n\xff\xfe", "not UTF-8 (line 2)"),
        ("x.md", "# Title".encode("utf-16"), "not UTF-8"),
        ("x.csv", b"PK\x03\x04\0\0", "is no text"),
        ("x.md", b" \n", "is empty"),
        ("x.md", b"# a\n" * 10_000, "at most 40 headings"),
        ("x.md", b"".join(b"[a](https://e.x/%d)\n" % at for at in range(300)), "at most 200 links"),
        ("x.csv", b"ask,right\n" + b"a,b\n" * 300, "at most 200 questions"),
        ("x.csv", b"name,age\nx,1\n", "“ask” and “right” are not among them"),
        ("x.csv", b"ask,right\n", "no row in it"),
        ("x.csv", b"ask,right\n=1+1,x\n", "no row in it"),
        ("x.csv", b'ask,right\n"' + b"a" * 200_000, "is no row of a table"),
        ("x.txt", b"notes\n", "does not begin with #separator"),
        ("x.txt", b"#separator:\n#html:true\n", "is no separator"),
        ("x.exe", b"MZ", "none of the files"),
        ("../../\x1b[31mx", b"", "none of the files"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_a_sentence(name: str, content: bytes, said: str) -> None:
    with pytest.raises(StudyError) as refused:
        files.take(name, content)
    assert said in f"{refused.value}"
    assert not set("\x1b\n") & set(f"{refused.value}")


SIGNS = st.sampled_from(
    [
        *"""# |## |### |- [x] |- [ ] |- |  |1. |> |```|`|*|**|_|[a](https://e.x)|<b>|</b>|<!--|---|\\|![|](|@everyone
PLACEHOLDER|: #|\u2028|\x85|\x07|\u202e|…|ß|&amp;|=|"|'|{{|%|\t""".replace("\n", "|").split("|"),
        "|",
        "|-|\n",
        "\n",
        "\n\n",
        "---\n",
    ]
)
PIECES = st.lists(SIGNS | st.text(max_size=6), max_size=40).map("".join)


@given(PIECES, st.sampled_from(["x.md", "x.csv", "x.txt"]))
@settings(max_examples=examples(100), deadline=None)
def test_any_file_makes_a_draft_that_says_what_was_taken_or_is_refused_in_a_sentence(body: str, name: str) -> None:
    head = {"x.md": "", "x.csv": "ask,right,wrong,section\n", "x.txt": "#separator:tab\n#html:true\n"}[name]
    try:
        taken = files.take(name, (head + body).encode("utf-8", "replace"))
    except StudyError:
        return
    written = rewriting.rewritten("", taken.lesson)
    assert rewriting.read(written) == taken.lesson
    notes = Notes("draft.yaml")
    node = tree.grow(written, notes)
    assert node is not None, notes.problems
    last = (head + body).count("\n") + (head + body).count("\r") + 1
    assert all(1 <= note.line <= last and text.clean(note.said) == note.said for note in taken.notes)


WORD = st.text("abcdefgh", min_size=1, max_size=8)


@given(st.lists(st.tuples(WORD, WORD), min_size=3, max_size=8, unique_by=lambda each: each[0]))
@settings(max_examples=50, deadline=None)
def test_sound_notes_are_taken_word_for_word(sections: list[tuple[str, str]]) -> None:
    body = "".join(f"## {label}\n\n{words}\n\n" for label, words in sections)
    lesson, _ = take("x.md", f"# Title\n\nSummary.\n\n{body}")
    assert [(each["label"], each["text"]) for each in lesson["sections"]] == sections
    assert form_problems(lesson) == []


def test_every_name_of_a_column_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "authoring.md").read_text()
    missing = [name for name in tables.COLUMNS if f"`{name}" not in guide]
    assert missing == []
