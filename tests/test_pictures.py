"""Pictures as PNG: drawn with this machine's letters, once, and never a reason for nothing to be shown."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from adapters.discord import limits, painter
from bot.core import layout, pictures, views
from bot.core.record import replace
from bot.core.svg import Svg
from bot.process import doctor
from bot.process.pictures import PictureProcess
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


# In a process of its own ---------------------------------------------------------------------------------------------


@pytest.fixture
async def elsewhere() -> AsyncIterator[PictureProcess]:
    drawing = PictureProcess()
    yield drawing
    await drawing.close()


def fresh(drawn: Svg, mark: str) -> Svg:
    """Drawn by no test before, and of the same look."""
    return replace(drawn, body=drawn.body + f"<g id='{mark}'></g>".encode())


async def test_another_process_draws_the_same_picture(elsewhere: PictureProcess) -> None:
    asked = fresh(DRAWN, "same")
    made = await elsewhere.draw(asked)
    assert made == pictures.png(DRAWN)
    assert pictures.known(asked) == made


async def test_the_loop_goes_on_while_a_picture_is_drawn(
    elsewhere: PictureProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(_: Svg) -> bytes:
        raise AssertionError("it is drawn on the loop")

    monkeypatch.setattr(pictures, "_png", here)
    asked = [fresh(DRAWN, f"loop{number}") for number in range(3)]
    assert all(await asyncio.gather(*(elsewhere.draw(each) for each in asked)))


async def test_what_cannot_be_drawn_is_none_there_too(elsewhere: PictureProcess) -> None:
    broken = replace(DRAWN, body=b"<g")
    assert await elsewhere.draw(broken) is None
    assert await elsewhere.draw(fresh(DRAWN, "after"))


async def test_without_the_process_a_picture_is_drawn_here() -> None:
    drawing = PictureProcess(module="bot.process.missing")
    assert await drawing.draw(fresh(DRAWN, "missing")) == pictures.png(DRAWN)
    await drawing.close()


async def test_it_is_let_go_when_idle_and_comes_back() -> None:
    drawing = PictureProcess(idle_after=0.0)
    first = await drawing.draw(fresh(DRAWN, "idle one"))
    async with asyncio.timeout(20):
        while drawing.runs:  # noqa: ASYNC110 -- it tells nobody
            await asyncio.sleep(0)
    assert await drawing.draw(fresh(DRAWN, "idle two")) == first
    await drawing.close()
    assert not drawing.runs


@pytest.mark.parametrize("asked", [1.0, 0.5], ids=["while it draws", "while it is asked"])
async def test_it_ends_without_a_word_when_the_main_process_was_killed(asked: float) -> None:
    reading, writing = os.pipe()
    drawn = msgspec.msgpack.encode(DRAWN)
    request = struct.pack(">I", len(drawn)) + drawn
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.process.pictures"), stdin=PIPE, stdout=writing, stderr=PIPE
    )
    os.close(writing)
    os.close(reading)
    _, said = await asyncio.wait_for(child.communicate(request[: int(len(request) * asked)]), 60)
    assert (child.returncode, said.decode()) == (0, "")


async def test_discord_has_a_picture_drawn_before_it_paints(elsewhere: PictureProcess) -> None:
    page = reading.lesson_page()
    for each in layout.drawings(page, READER):
        await elsewhere.draw(each)
        assert pictures.known(each)
    assert layout.drawings(page, views.Reader(plain=True)) == ()
