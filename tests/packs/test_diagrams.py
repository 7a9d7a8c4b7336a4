"""Diagrams: what of SVG is taken, what is refused and how that is said, and what becomes of a lesson's own."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from bot.core.svg import NAMESPACE, Svg
from bot.packs import lint, load, parcel, preview, svg
from bot.packs.load import bundled
from bot.packs.problems import Unreadable
from bot.packs.rules import diagrams
from bot.process import reload
from tests.packs.samples import LESSON, replace, write

ALT = (
    "A request goes to the browser's cache, then to the proxy, the process and the shared store; the first layer "
    "that holds an answer sends it back."
)
DRAWN = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 200" font-size="14">
  <!-- The way of a request. -->
  <g fill="none" stroke="#1f2933" stroke-width="1.5">
    <rect x="8" y="8" width="100" height="40" rx="4"/>
    <path d="M108 28 H150 L144 24 M150 28 l-6 4"/>
  </g>
  <text x="58" y="32" text-anchor="middle">browser <tspan font-weight="bold">&lt;1</tspan></text>
</svg>
"""
DIAGRAM = f"diagram:\n  file: way.svg\n  alt: {ALT}\n  after: Layers from near to far\nsources:\n"


def drawn(folder: Path, source: str = DRAWN, diagram: str = DIAGRAM, *, file: str = "way.svg") -> Path:
    """The sample with a diagram in it."""
    write(folder, lesson=replace(LESSON, "\nsources:\n", f"\n{diagram}"))
    (folder / "caching" / file).write_text(source, encoding="utf-8")
    return folder


def said(folder: Path) -> list[str]:
    return [str(problem).replace(f"{folder}/", "") for problem in load.load([folder]).problems]


def found(folder: Path) -> list[tuple[str, str, int]]:
    problems = lint.check(load.load([folder]))
    return [(each.rule, Path(each.file).name, each.line) for each in problems]


def inside(markup: str) -> str:
    return f'<svg xmlns="{NAMESPACE}" viewBox="0 0 360 200">\n{markup}\n</svg>'


def test_a_diagram_stands_in_its_lesson_as_it_was_understood(tmp_path: Path) -> None:
    assert found(drawn(tmp_path)) == []
    (lesson,) = load.load([tmp_path]).shelf.lessons
    assert lesson.diagram is not None
    assert (lesson.diagram.alt, lesson.diagram.after) == (ALT, "Layers from near to far")
    drawing = lesson.diagram.svg
    assert (drawing.width, drawing.height, drawing.smallest) == (360, 200, 14)
    assert drawing.body.decode() == (
        '<g font-size="14"><g fill="none" stroke="#1f2933" stroke-width="1.5">'
        '<rect x="8" y="8" width="100" height="40" rx="4"></rect>'
        '<path d="M108 28 H150 L144 24 M150 28 l-6 4"></path></g>'
        '<text x="58" y="32" text-anchor="middle">browser <tspan font-weight="bold">&lt;1</tspan></text></g>'
    )


def test_a_diagram_does_not_make_a_lesson_read_differently(tmp_path: Path) -> None:
    (before,) = load.load([write(tmp_path / "before")]).shelf.lessons
    (after,) = load.load([drawn(tmp_path / "after")]).shelf.lessons
    assert before.digest == after.digest


REFUSED = [
    ("<script>alert(1)</script>", "<script> is no element of a diagram"),
    ('<a href="https://example.com"><text>x</text></a>', "<a> is no element of a diagram"),
    ("<foreignObject/>", "<foreignObject> is no element of a diagram"),
    ("<style>text { fill: red }</style>", "<style> is no element of a diagram"),
    ('<image href="x.png"/>', "<image> is no element of a diagram"),
    ("<use/>", "<use> is no element of a diagram"),
    ('<rect onclick="x()"/>', "“onclick” is no attribute of <rect> in a diagram"),
    ('<rect style="fill: url(https://example.com)"/>', "“style” is no attribute of <rect> in a diagram"),
    ('<rect class="x"/>', "“class” is no attribute of <rect> in a diagram"),
    ('<rect id="x"/>', "“id” is no attribute of <rect> in a diagram"),
    ('<rect fill="url(#x)"/>', "“url(#x)” is no value of “fill” in a diagram"),
    ('<rect fill="currentColor"/>', "“currentColor” is no value of “fill” in a diagram"),
    ('<rect width="100%"/>', "“100%” is no value of “width” in a diagram"),
    ('<g transform="scale(9)"/>', "“scale(9)” is no value of “transform” in a diagram"),
    ('<text font-family="Papyrus">x</text>', "“Papyrus” is no value of “font-family” in a diagram"),
    ('<path d="M0 0 L1e9 1"/>', "“M0 0 L1e9 1” is no value of “d” in a diagram"),
    ("<g>words</g>", "Words stand in <g>"),
    ("<text><rect/></text>", "<rect> cannot stand in <text>"),
    ("<g><tspan>x</tspan></g>", "<tspan> cannot stand in <g>"),
    ("<rect>", "This line is not XML"),
    ("<text>&nbsp;</text>", "This line is not XML"),
    ("<?php echo 1 ?>", "A diagram holds no DOCTYPE and no instruction"),
    ("<g>" * 13 + "</g>" * 13, "A diagram has at most 400 elements, 12 deep"),
    ("<rect/>" * 400, "A diagram has at most 400 elements, 12 deep"),
]


@pytest.mark.parametrize(("markup", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_no_diagram_needs_is_refused_with_its_file_and_line(tmp_path: Path, markup: str, message: str) -> None:
    (problem,) = said(drawn(tmp_path, inside(markup)))
    where, _, rest = problem.partition(": ")
    assert (where.split(":")[0], rest.startswith(f"{message}. ")) == ("caching/way.svg", True), problem
    assert where.split(":")[1] == ("3" if markup == "<rect>" else "2")
    assert load.load([tmp_path]).shelf.themes == ()


ROOTS = [
    ("<html/>", "The outermost element is <html>"),
    ('<svg viewBox="0 0 9 9"/>', "<svg> lacks its xmlns or its viewBox"),
    (f'<svg xmlns="{NAMESPACE}"/>', "<svg> lacks its xmlns or its viewBox"),
    (f'<svg xmlns="{NAMESPACE}" viewBox="5 0 9 9"/>', "“5 0 9 9” is no value of “viewBox” in a diagram"),
    (f'<svg xmlns="{NAMESPACE}" viewBox="0 0 0 9"/>', "The view box is empty, or larger than 4,000"),
    (
        f'<svg xmlns="{NAMESPACE}" xmlns:x="urn:x" viewBox="0 0 9 9"/>',
        "“xmlns:x” is no attribute of <svg> in a diagram",
    ),
    ('<!DOCTYPE svg [<!ENTITY a "aa">]>' + inside("<text>&a;</text>"), "A diagram holds no DOCTYPE and no instruction"),
    ('<?xml version="1.0" encoding="no-such"?><html/>', "The outermost element is <html>"),
    ("", "This line is not XML"),
    (inside(f"<!-- {'x' * svg.LARGEST} -->"), "This file is larger than 32 KiB"),
]


@pytest.mark.parametrize(("source", "message"), ROOTS, ids=[message for _, message in ROOTS])
def test_a_file_that_is_no_diagram_is_refused(source: str, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        svg.read(source)
    assert (refused.value.line, refused.value.message) == (1, message)
    assert refused.value.mend.endswith(".")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("value", ["1" * 30_000, "1 " * 15_000, "1." * 15_000, "-" * 30_000, "M" * 30_000])
@pytest.mark.parametrize("markup", ['<path d="{}!"/>', '<polygon points="{}!"/>', '<g transform="rotate({}!)"/>'])
def test_a_long_value_takes_no_long_time_to_refuse(markup: str, value: str) -> None:
    with pytest.raises(Unreadable, match="is no value of"):
        svg.read(inside(markup.format(value)))


def test_what_is_written_anew_is_well_formed_and_says_the_same() -> None:
    read = svg.read(inside('<text x="1">a &lt; b &amp; "c" &gt; <tspan>d</tspan></text>'))
    assert "".join(ET.fromstring(read.document).itertext()) == 'a < b & "c" > d'
    assert svg.read(read.document.replace(' width="360" height="200"', "")).smallest == read.smallest == 16


KEYS = [
    ("  file: way.svg\n", "", "37: “file” is missing from a diagram. Add `file: connection-pools.svg`"),
    (f"  alt: {ALT}\n", "", "37: “alt” is missing from a diagram. Add `alt: >-`"),
    ("  after: Layers from near to far\n", "", "37: “after” is missing from a diagram. Add `after:`"),
    ("file: way.svg", "file: ../way.svg", "38: “../way.svg” is no name of a diagram's file. Put it beside"),
    ("file: way.svg", "file: way.png", "38: “way.png” is no name of a diagram's file. Put it beside"),
    ("file: way.svg", "file: gone.svg", "38: No file “gone.svg” is beside this one. Put the drawing beside"),
    ("after: Layers from near", "after: Layers near", "40: No section is labelled “Layers near to far”. Did you mean"),
    ("  file: way.svg\n", "  file: way.svg\n  svg: <svg/>\n", "39: “svg” is no key of a diagram. It has file, alt"),
]


@pytest.mark.parametrize(("old", "new", "problem"), KEYS, ids=[problem for _, _, problem in KEYS])
def test_what_is_wrong_with_naming_a_diagram_is_said_of_the_lesson(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    (told,) = said(drawn(tmp_path, diagram=replace(DIAGRAM, old, new)))
    assert told.startswith(f"caching/01-cache-layers.yaml:{problem}"), told


def test_a_lesson_has_one_diagram_at_most(tmp_path: Path) -> None:
    two = "diagram:\n  - file: way.svg\n  - file: back.svg\nsources:\n"
    assert said(drawn(tmp_path, diagram=two)) == [
        "caching/01-cache-layers.yaml:37: A diagram has to be a map. Write `key: value`, such as "
        "`file: connection-pools.svg`, the name of a file beside the lesson's."
    ]


@pytest.mark.parametrize(
    ("rule", "source", "diagram"),
    [
        ("diagram-alt", DRAWN, replace(DIAGRAM, ALT, "How caches are layered.")),
        ("diagram-alt", DRAWN, replace(DIAGRAM, ALT, f"{ALT} " * 6)),
        ("diagram-text", replace(DRAWN, 'font-weight="bold"', 'font-size="10.9"'), DIAGRAM),
        ("diagram-text", replace(DRAWN, "0 0 360 200", "0 0 720 200"), DIAGRAM),
        ("diagram-size", replace(DRAWN, "0 0 360 200", "0 0 360 481"), DIAGRAM),
    ],
)
def test_a_diagram_that_cannot_be_read_is_an_error(tmp_path: Path, rule: str, source: str, diagram: str) -> None:
    folder = drawn(tmp_path, source, diagram)
    assert found(folder) == [(rule, "01-cache-layers.yaml", 39 if rule == "diagram-alt" else 38)]
    assert lint.load([folder]).shelf.themes == ()


def test_the_words_of_an_alt_text_are_held_to_the_rules_for_words(tmp_path: Path) -> None:
    alt = replace(replace(ALT, "request", "requesst"), "the proxy", "the **proxy**")
    rules = {rule for rule, _, _ in found(drawn(tmp_path, diagram=replace(DIAGRAM, ALT, alt)))}
    assert rules == {"spelling", "plain-line"}


def test_a_terminal_is_told_what_the_diagram_shows_after_its_section(tmp_path: Path) -> None:
    (theme,) = load.load([drawn(tmp_path)]).shelf.themes
    shown = Console(file=io.StringIO(), width=400)
    shown.print(preview.lesson(theme, theme.lessons[0]))
    assert isinstance(shown.file, io.StringIO)
    printed = shown.file.getvalue()
    assert printed.index("Layers from near") < printed.index(f"Diagram: {ALT}") < printed.index("Letting go in time")


def test_diagrams_go_into_archives_and_come_out_of_them(tmp_path: Path) -> None:
    archive = tmp_path / "themes.zip"
    archive.write_bytes(parcel.pack([drawn(tmp_path / "from")]))
    (tmp_path / "to").mkdir()
    taken = parcel.take(archive, [tmp_path / "to"])
    assert (taken.errors, taken.themes) == ((), ("caching",))
    assert (tmp_path / "to" / "caching" / "way.svg").read_text(encoding="utf-8") == DRAWN


def test_an_archive_with_a_diagram_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "themes.zip"
    archive.write_bytes(parcel.pack([drawn(tmp_path / "from", inside("<script/>"))]))
    (tmp_path / "to").mkdir()
    (error,) = parcel.take(archive, [tmp_path / "to"]).errors
    assert error.startswith("caching/way.svg:2: <script> is no element of a diagram.")
    assert list((tmp_path / "to").iterdir()) == []


def test_a_changed_drawing_alone_is_noticed_while_the_bot_runs(tmp_path: Path) -> None:
    before = reload.fingerprint([drawn(tmp_path)])
    drawn(tmp_path, replace(DRAWN, "browser", "the browser"))
    assert reload.fingerprint([tmp_path]) != before


BUNDLED: dict[str, tuple[Svg, str]] = {
    lesson.id: (lesson.diagram.svg, lesson.diagram.alt)
    for lesson in load.load([bundled()]).shelf.lessons
    if lesson.diagram
}


def test_ten_lessons_that_come_along_have_a_diagram() -> None:
    assert len(BUNDLED) == 10


@pytest.mark.parametrize("id", BUNDLED)
def test_a_diagram_that_comes_along_can_be_read_on_a_phone_and_without_colour(id: str) -> None:
    drawing, _ = BUNDLED[id]
    assert drawing.width == diagrams.PHONE
    inks = set(re.findall(r'fill="(#[0-9a-f]{6})"', drawing.body.decode()))
    assert inks <= {"#ffffff", "#1f2933", "#52606d", "#e8eef7", "#fdf1dc"}, "ink, quiet ink, and two tints for boxes"
