"""Pictures as PNG: drawn with this machine's letters, once, and never a reason for nothing to be shown."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from adapters.discord import limits, painter
from bot.core import pictures, views
from bot.core.record import replace
from bot.core.svg import Svg
from bot.process import doctor
from tests.contracts.samples import reading

DRAWN = reading.DIAGRAM.svg
READER = views.Reader()


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without fonts, such as a bare container."""
    monkeypatch.setattr(pictures, "_FOLDERS", ())
    pictures.font.cache_clear()
    yield
    pictures.font.cache_clear()


def unlike(drawn: Svg) -> Svg:
    """Drawn by no test before."""
    return replace(drawn, height=drawn.height + 1)


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def test_a_drawing_becomes_a_picture_of_its_shape() -> None:
    made = pictures.png(DRAWN)
    assert made is not None
    assert size_of(made) == (1_080, 240)
    assert pictures.png(DRAWN) is made


def test_its_words_are_drawn_too() -> None:
    without = replace(DRAWN, body=DRAWN.body.replace(b"one thread, many sockets", b""))
    bold = replace(DRAWN, body=DRAWN.body.replace(b"<text", b'<text font-weight="bold"'))
    assert len({pictures.png(each) for each in (DRAWN, without, bold)}) == 3


def test_without_a_font_there_is_no_picture_rather_than_one_without_words(no_font: None) -> None:
    assert pictures.png(unlike(DRAWN)) is None
    shapes = replace(unlike(DRAWN), body=b'<g><rect width="9" height="9"></rect></g>')
    assert pictures.png(shapes) is not None


def test_the_doctor_says_that_there_is_no_font(no_font: None) -> None:
    found = doctor._pictures()
    assert (found.healthy, found.mend) == (False, "Install one, such as the package fonts-dejavu-core.")


def test_in_discord_a_diagram_is_a_picture_with_its_words_beside_it() -> None:
    drawing = painter.draw(reading.lesson_page(), READER)
    (file,) = drawing.files
    assert (file.content, file.description) == (pictures.png(DRAWN), reading.DIAGRAM.alt)
    (shown,) = (one for one in limits.walk(drawing.components) if one["type"] == limits.GALLERY)
    assert shown["items"] == [{"media": {"url": "attachment://diagram.png"}, "description": reading.DIAGRAM.alt}]


def test_in_discord_its_words_take_the_place_of_a_picture_that_cannot_be_made(no_font: None) -> None:
    page = reading.lesson_page()
    sections = tuple(
        replace(each, diagram=replace(each.diagram, svg=unlike(each.diagram.svg))) if each.diagram else each
        for each in page.sections
    )
    drawing = painter.draw(replace(page, sections=sections), READER)
    said = [str(one["content"]) for one in limits.walk(drawing.components) if one["type"] == limits.TEXT]
    assert (drawing.files, any(reading.DIAGRAM.alt in each for each in said)) == ((), True)


def test_a_lesson_is_measured_without_being_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: Svg) -> bytes:
        raise AssertionError("a picture was made")

    monkeypatch.setattr(pictures, "_png", never)
    assert painter.fits(reading.lesson_page("A title that nothing has drawn before")) == []
