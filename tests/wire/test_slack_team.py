"""The team, its board, the picture of weeks and certificates as people meet them in Slack."""

from __future__ import annotations

from bot.core.ports import Actor
from bot.features import commands
from tests.wire.slack_bot import Scene, labels, words


async def allow(office: Scene, *, board: bool = False, certificates: bool = False) -> None:
    await office.asks("/themes")
    boss = Actor(office.engine.asked[-1][1].workspace, "boss", manages=True)
    wanted = commands.EditTeam(board=board, certificates=certificates, filled=True)
    await office.engine.engine.handle(wanted, boss)


def files(office: Scene) -> list[str]:
    return [each["name"] for message in office.slack.messages(office.ada.dm) for each in message.files]


async def test_weeks_stand_in_words_and_their_picture_goes_to_the_direct_messages(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    page = await office.asks("/progress")
    assert "The last 26 weeks: 1 kept." in words(page)
    await office.presses(page, "Weeks as a picture")
    await office.until("the file", lambda: files(office) or None)
    (upload,) = office.slack.uploads.all.values()
    assert (upload.content or b"").startswith(b"\x89PNG")
    assert files(office) == [upload.name]


async def test_a_certificate_has_the_name_that_slack_knows_and_its_picture_is_sent(office: Scene) -> None:
    await allow(office, certificates=True)
    for lesson in ("form-of-a-lesson", "questions-that-teach", "from-notes-to-theme", "running-a-theme"):
        await office.asks("/done", f"teach-with-dualo/{lesson}")
    page = await office.presses(await office.asks("/next", "teach-with-dualo"), "Certificate")
    name = office.engine.asked[-1][1].name
    assert name
    assert name in words(page)
    await office.presses(page, "As a picture")
    await office.until("the file", lambda: files(office) or None)
    assert files(office) == ["dualo-certificate-teach-with-dualo.png"]


async def test_the_board_lists_whoever_said_yes_and_leaving_is_one_press(office: Scene) -> None:
    assert "The board" not in words(await office.asks("/study", "team backend"))
    await allow(office, board=True)
    await office.presses(await office.asks("/study", "team backend"), "Put me on the board")
    page = await office.asks("/study", "team backend")
    assert "The board" in words(page)
    assert "Leave the board" in labels(page)
    await office.presses(page, "Leave the board")
    assert "Nobody is on it yet." in words(await office.asks("/study", "team backend"))
