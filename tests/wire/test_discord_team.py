"""The team, its board and certificates as people meet them in Discord."""

from __future__ import annotations

import asyncio

from bot.core import pictures
from bot.core.ports import Actor
from bot.core.svg import Svg
from bot.features import commands
from tests.wire.discord_stage import Scene, labels, shown, text_of


async def allow(classroom: Scene, *, board: bool = False, certificates: bool = False) -> None:
    boss = Actor(f"discord:{classroom.guild.id}", "boss", manages=True)
    await classroom.engine.engine.handle(commands.EditTeam(board=board, certificates=certificates, filled=True), boss)


async def test_a_certificate_stands_there_as_a_picture_with_the_name_and_comes_as_a_file(classroom: Scene) -> None:
    await allow(classroom, certificates=True)
    ada, channel = classroom.ada, classroom.channel
    for lesson in ("form-of-a-lesson", "questions-that-teach", "from-notes-to-theme", "running-a-theme"):
        await ada.slash("done", {"lesson": f"teach-with-dualo/{lesson}"}, channel=channel)
    ending = await ada.slash("next", {"theme": "teach-with-dualo"}, channel=channel)
    page = await ada.press(shown(ending), "Certificate")
    (picture,) = shown(page).attachments
    assert (picture.filename, picture.data[:4]) == ("certificate.png", b"\x89PNG")
    assert (picture.description or "").startswith(f"Certificate of completion: {classroom.last_asked[1].name}")
    assert page.ephemeral
    file = await ada.press(shown(page), "As a file")
    (svg,) = shown(file).attachments
    assert b"Certificate of completion" in svg.data


async def test_the_board_lists_whoever_said_yes_and_calls_nobody(classroom: Scene) -> None:
    ada, channel = classroom.ada, classroom.channel
    before = await ada.slash("team", {"theme": "backend-architectures"}, channel=channel)
    assert "The board" not in text_of(before)
    await allow(classroom, board=True)
    page = await ada.slash("team", {"theme": "backend-architectures"}, channel=channel)
    await ada.press(shown(page), "Put me on the board")
    page = await ada.slash("team", {"theme": "backend-architectures"}, channel=channel)
    assert (f"<@{ada.id}>" in text_of(page), shown(page).mentions, page.ephemeral) == (True, [], True)
    assert "Leave the board" in labels(shown(page))


async def test_a_lessons_diagram_is_drawn_without_the_loop_before_it_is_shown(classroom: Scene) -> None:
    asked: list[Svg] = []

    async def elsewhere(drawn: Svg) -> bytes | None:
        await asyncio.sleep(0)
        asked.append(drawn)
        return pictures.png(drawn)

    classroom.adapter._conversation._draw = elsewhere
    lesson = await classroom.ada.slash(
        "lesson", {"theme": "backend-architectures", "lesson": "2"}, channel=classroom.channel
    )
    (picture,) = shown(lesson).attachments
    assert [pictures.known(each) for each in asked] == [picture.data]
