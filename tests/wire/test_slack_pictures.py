"""Diagrams in Slack: uploaded once for a workspace, shown from then on, and in words wherever Slack does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack import pictures
from bot.domain.course import Shelf
from bot.store import tables
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import Json, Message, View
from tests.wire.slack_bot import Scene, scene_of, words

LESSON = "backend-architectures concurrency"
SHOWN, IN_WORDS = "Requests A, B and C share one thread.", "In a diagram: "


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's looking through a file takes no time here."""
    monkeypatch.setattr(pictures, "SETTLES", 0.0)


@pytest.fixture
async def few_rights(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Scene]:
    async with scene_of(tmp_path, shelf, "http", clean=False) as scene:
        grant = scene.workspace.grant
        assert grant is not None
        grant.scopes = tuple(scope for scope in grant.scopes if scope != "files:write")
        yield scene


def images(screen: Message | View) -> list[Json]:
    return [block for block in screen.blocks if block["type"] == "image"]


def uploads(scene: Scene) -> int:
    return sum(upload.done for upload in scene.slack.uploads.all.values())


async def uploaded(scene: Scene) -> None:
    """Wait until the id of a picture is kept."""
    async with asyncio.timeout(20):
        while not await scene.vault.names("picture:"):  # noqa: ASYNC110 -- the database tells nobody
            await asyncio.sleep(0)


async def test_the_first_reader_gets_words_and_everybody_after_it_the_picture(office: Scene) -> None:
    first = await office.asks("/lesson", LESSON)
    assert (images(first), f"{IN_WORDS}{SHOWN}" in words(first).replace("\n", "")) == ([], True)
    await uploaded(office)
    second = await office.asks("/lesson", LESSON)
    (image,) = images(second)
    content = office.slack.uploads.all[image["slack_file"]["id"]].content or b""
    assert content.startswith(b"\x89PNG")
    assert (image["alt_text"].startswith(SHOWN), IN_WORDS in words(second)) == (True, False)
    await office.asks("/lesson", LESSON, by=office.boss)
    assert uploads(office) == 1


async def test_a_picture_stands_in_modals_and_direct_messages_too(office: Scene) -> None:
    await office.asks("/lesson", LESSON)
    await uploaded(office)
    await office.ada.say(f"lesson {LESSON}")
    await office.until("a picture", lambda: [*filter(images, office.slack.messages(office.ada.dm))] or None)
    await office.asks("/done", "backend-architectures 1")
    modal = await (await office.ada.shortcut("continue-learning")).modal()
    assert await office.until("a picture in the modal", lambda: images(modal) or None)


async def test_a_lesson_for_everybody_comes_with_its_picture(office: Scene) -> None:
    await office.asks("/lesson", LESSON)
    await uploaded(office)
    turn = await office.ada.command("/lesson", f"{LESSON} share:yes")
    (posted,) = await turn.until("a message", lambda: turn.messages or None)
    assert len(images(posted)) == 1


async def test_a_modal_falls_back_to_words(rough_office: Scene) -> None:
    await rough_office.asks("/lesson", LESSON)
    await uploaded(rough_office)
    rough_office.slack.world.pictures.clear()
    await rough_office.asks("/done", "backend-architectures 1")
    modal = await (await rough_office.ada.shortcut("continue-learning")).modal()
    await rough_office.shows(modal, IN_WORDS)
    assert images(modal) == []


async def test_after_a_restart_nothing_is_uploaded_again(office: Scene) -> None:
    await office.asks("/lesson", LESSON)
    await uploaded(office)
    await office.start()
    assert len(images(await office.asks("/lesson", LESSON))) == 1
    assert uploads(office) == 1


async def test_a_file_that_slack_has_lost_costs_nobody_the_lesson(rough_office: Scene) -> None:
    await rough_office.asks("/lesson", LESSON)
    await uploaded(rough_office)
    rough_office.slack.world.pictures.clear()
    seen = await rough_office.asks("/lesson", LESSON)
    assert (images(seen), IN_WORDS in words(seen)) == ([], True)
    assert await rough_office.vault.names("picture:") == []
    report = {check.name: check for check in await rough_office.adapter.check()}
    assert report["Slack: diagrams"].detail == "Slack took a message only without its picture."


async def test_without_the_right_to_upload_there_are_words_and_the_doctor_says_why(few_rights: Scene) -> None:
    for _ in range(2):
        seen = await few_rights.asks("/lesson", LESSON)
        assert (images(seen), IN_WORDS in words(seen)) == ([], True)
    await few_rights.settled()
    report = {check.name: check for check in await few_rights.adapter.check()}
    assert "files:write" in report["Slack: diagrams"].detail


async def test_an_upload_that_fails_is_not_tried_with_every_reader(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="files.completeUploadExternal", status=500))
    for _ in range(3):
        assert images(await rough_office.asks("/lesson", LESSON)) == []
    await rough_office.settled()
    assert len(rough_office.slack.uploads.all) == 1


async def test_in_plain_mode_a_diagram_is_words_and_nothing_is_uploaded(office: Scene) -> None:
    asked = await office.asks("/study", "settings")
    form = await (await office.ada.press(asked, "Change the rest")).modal()
    await office.ada.submit(form, {"Plain mode": ["1"]})
    await office.settled()
    seen = await office.asks("/lesson", LESSON)
    await office.settled()
    assert (images(seen), SHOWN in words(seen), uploads(office)) == ([], True, 0)


async def test_a_report_has_its_chart_once_slack_has_it_and_its_words_before(office: Scene, shelf: Shelf) -> None:
    lesson = shelf.lessons[0]
    question = lesson.questions[0]
    where = {"theme": lesson.theme, "lesson": lesson.id, "question": question.id, "given": "a", "correct": True}
    async with office.store.transaction() as connection:
        for number in range(5):
            who = {
                "workspace": f"slack:-:{office.workspace.id}",
                "person": f"slack:U{number}",
                "at": office.clock.now(),
            }
            await connection.execute(tables.answer.insert().values(**who, **where, quiz="q", position=0))
    asked = f"report {lesson.theme}"
    told = f"Right answers by lesson. 1. {lesson.title}: 100 % at first."
    first = await office.asks("/study-admin", asked, by=office.boss)
    assert (images(first), told in words(first).replace("\n", "")) == ([], True)
    await uploaded(office)
    (image,) = images(await office.asks("/study-admin", asked, by=office.boss))
    assert image["alt_text"] == told
