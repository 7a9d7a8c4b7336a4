"""A lesson's drawing is written in the studio: checked as in a file, shown, changed and taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.packs.library import Library
from bot.studio.studio import Studio
from tests.packs.test_diagrams import ALT, DRAWN
from tests.studio.conftest import THEME, sound
from tests.studio.test_studio import LESSON, change, publish
from tests.studio.test_translating import write

OTHER = "questions-that-teach"


async def drawn(studio: Studio, id: str = LESSON, **more: str) -> dict[str, Any]:
    label = (await studio.open(THEME, id)).data["sections"][0]["label"]
    return {"svg": DRAWN, "alt": ALT, "after": label, **more}


def drawings(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / THEME).glob("*.svg"))


async def test_a_diagram_is_drawn_shown_and_published(studio: Studio, library: Library, folder: Path) -> None:
    await change(studio, diagram=await drawn(studio))
    looked = await studio.look(THEME, LESSON, (await studio.open(THEME, LESSON)).data)
    assert "<svg" in looked.drawings["Page"]
    assert all('src="data:image/' in looked.drawings[name] for name in ("Discord", "Slack"))
    alt = "the process and the shared store"
    assert all(alt in looked.drawings[name] for name in ("Page", "Discord", "Slack"))
    await publish(studio, THEME)
    assert drawings(folder) == [f"{LESSON}.svg"]
    lesson = library.edition.shelf.lesson(THEME, LESSON)
    assert lesson
    assert lesson.diagram
    assert lesson.diagram.alt == ALT
    assert sound(folder)
    assert (await studio.open(THEME, LESSON)).data["diagram"]["svg"].strip() == DRAWN.strip()


@pytest.mark.parametrize(
    ("wrong", "at", "said"),
    [
        ({"svg": DRAWN.replace("<g ", "<g onload='x' ")}, "file", "Line 3 of the drawing: “onload”"),
        ({"svg": DRAWN.replace('font-size="14"', 'font-size="8"')}, "file", "smallest text is 8.0 pixels"),
        ({"svg": DRAWN.replace("360 200", "360 900")}, "file", "900 pixels high"),
        ({"svg": f"{DRAWN}<!-- {'x' * 40_000} -->"}, "file", "larger than 32 KiB"),
        ({"svg": ""}, "file", "There is no drawing"),
        ({"alt": "Too short."}, "alt", "The alt text has 10 characters"),
        ({"after": "Nowhere"}, "after", "No section is labelled"),
    ],
)
async def test_what_the_check_refuses_in_a_drawing_stands_in_its_field(
    studio: Studio, wrong: dict[str, str], at: str, said: str
) -> None:
    opened = await studio.open(THEME, LESSON)
    looked = await studio.look(THEME, LESSON, {**opened.data, "diagram": {**await drawn(studio), **wrong}})
    (found,) = [each for each in looked.findings if each.at == ("diagram", at)]
    assert said in found.message


async def test_a_drawing_that_is_taken_away_leaves_no_file(studio: Studio, folder: Path) -> None:
    await change(studio, diagram=await drawn(studio))
    await publish(studio, THEME)
    opened = await studio.open(THEME, LESSON)
    fields = {key: each for key, each in opened.data.items() if key != "diagram"}
    await studio.save(THEME, LESSON, fields, seen=opened.revision, author="ada")
    await publish(studio, THEME)
    assert drawings(folder) == []


async def test_a_drawing_that_two_lessons_show_is_changed_in_one_alone(studio: Studio, folder: Path) -> None:
    await change(studio, diagram=await drawn(studio))
    await publish(studio, THEME)
    await change(studio, OTHER, diagram=await drawn(studio, OTHER, file=f"{LESSON}.svg"))
    await publish(studio, THEME)
    assert drawings(folder) == [f"{LESSON}.svg"]
    other = DRAWN.replace("browser", "reader")
    await change(studio, OTHER, diagram=await drawn(studio, OTHER, file=f"{LESSON}.svg", svg=other))
    await publish(studio, THEME)
    assert drawings(folder) == [f"{LESSON}.svg", f"{OTHER}.svg"]
    assert "browser" in (folder / THEME / f"{LESSON}.svg").read_text(encoding="utf-8")


async def test_a_drawing_changed_in_its_file_meanwhile_is_told(studio: Studio, folder: Path) -> None:
    await change(studio, diagram=await drawn(studio))
    await publish(studio, THEME)
    await change(studio, title="Another title")
    (folder / THEME / f"{LESSON}.svg").write_text(DRAWN.replace("browser", "reader"), encoding="utf-8")
    assert "The file has changed" in (await studio.open(THEME, LESSON)).conflict


async def test_a_translation_shows_the_originals_drawing_until_it_has_one_of_its_own(
    studio: Studio, library: Library, folder: Path
) -> None:
    german = f"{LESSON}.de"
    await change(studio, diagram=await drawn(studio))
    await write(studio, german, diagram={"alt": ALT.replace("request", "Anfrage")})
    await publish(studio, THEME)
    assert drawings(folder) == [f"{LESSON}.svg"]
    read = library.edition.read_in("de").shelf.lesson(THEME, LESSON)
    assert read
    assert read.diagram
    assert "Anfrage" in read.diagram.alt
    own = {"alt": ALT, "svg": DRAWN.replace("browser", "Browser")}
    await write(studio, german, diagram=own)
    await publish(studio, THEME)
    assert drawings(folder) == [f"{LESSON}-de.svg", f"{LESSON}.svg"]
    await change(studio, diagram={**await drawn(studio), "file": f"{LESSON}.svg", "svg": DRAWN.replace("way", "route")})
    await publish(studio, THEME)
    assert "Browser" in (folder / THEME / f"{LESSON}-de.svg").read_text(encoding="utf-8")
    assert "route" in (folder / THEME / f"{LESSON}.svg").read_text(encoding="utf-8")
    await studio.take_away(THEME, LESSON, author="ada")
    await publish(studio, THEME, drop=True)
    assert drawings(folder) == []
