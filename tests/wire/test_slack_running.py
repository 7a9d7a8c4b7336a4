"""What the clock posts in Slack, and what those who run it look through: well set, and calling nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.slack import painter
from adapters.slack.payload import address
from adapters.slack.rich import Voice
from bot.core import views
from bot.core.ports import Outcome
from bot.core.record import replace
from bot.domain.course import Shelf
from bot.features import commands
from tests.contracts import samples, slack_reading
from tests.contracts.sample_engine import SampleEngine
from tests.contracts.samples import running
from tests.wire.slack.called import called
from tests.wire.slack.model import Message, Usergroup
from tests.wire.slack_bot import LineName, Scene, labels, scene_of, words


@pytest.fixture
async def desk(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Scene]:
    async with scene_of(tmp_path, shelf, "http") as scene:
        scene.clock.at = datetime.now(UTC)
        yield scene


@pytest.fixture
def backend(desk: Scene) -> Usergroup:
    return desk.workspace.usergroup("backend", [desk.ada])


def general(desk: Scene) -> str:
    return address("-", desk.workspace.id, desk.workspace.general.id)


async def posted(desk: Scene, view: views.View, *, to: str = "", key: str = "k1") -> tuple[Message, str]:
    sent = await desk.adapter.deliver(view, to or general(desk), key)
    assert sent.outcome is Outcome.SENT, sent.reason
    channel = sent.message.split(":")[2]
    return desk.workspace.messages(channel)[-1], sent.message


@pytest.mark.parametrize("line", ["socket", "http"])
async def test_a_post_is_well_set_and_leads_on(tmp_path: Path, shelf: Shelf, line: LineName) -> None:
    async with scene_of(tmp_path, shelf, line) as scene:
        group = scene.workspace.usergroup("backend", [scene.ada])
        message, _ = await posted(scene, replace(running.post(), mention=group.id))
        assert called(message) == [group.id]
        kinds = [block["type"] for block in message.blocks]
        assert kinds == ["rich_text", "context", "header", "rich_text", "actions", "divider", "rich_text", "rich_text"]
        said = words(message)
        assert "🏗️ Backend Architectures · Lesson 4 of 12 · 4 minutes" in said
        assert "Next Monday: " in said
        assert labels(message) == ["Read it", "Done – next", "Not this week"]
        lead = "Lesson 4 of 12 in Backend Architectures: Concurrency models – threads, events, goroutines."
        assert message.text.split("\n")[:2] == [lead, "4 minutes"]
        turn = await scene.ada.press(message, "Read it")
        assert (await turn.ephemeral()).only_for == scene.ada.id


async def test_the_count_stands_in_the_post_once_its_week_is_over(desk: Scene, backend: Usergroup) -> None:
    post = replace(running.post(), mention=backend.id)
    message, reference = await posted(desk, post)
    assert "have done" not in words(message)
    await desk.adapter.edit(replace(post, done=8), reference)
    assert "8 have done this." in words(message)


async def test_a_change_calls_nobody(desk: Scene, backend: Usergroup) -> None:
    post = replace(running.post(), mention=backend.id)
    message, reference = await posted(desk, post)
    assert called(message) == [backend.id]
    await desk.adapter.edit(replace(post, done=8), reference)
    assert called(message) == []


async def test_a_preview_calls_nobody_and_says_whom_the_post_will(desk: Scene, backend: Usergroup) -> None:
    desk.engine.engine = SampleEngine({commands.Preview: replace(running.post(), mention=backend.id)})
    preview = await desk.asks("/study-admin", "preview", by=desk.boss)
    assert called(preview) == []
    assert words(preview).startswith("For a user group\n")


async def test_a_reminder_calls_the_one_person_it_is_for(desk: Scene) -> None:
    reminder = replace(running.reminder(), mention=desk.ada.id, suggested_by=views.Someone(desk.boss.id))
    message, _ = await posted(desk, reminder)
    assert called(message) == [desk.ada.id]
    assert "Suggested" not in words(message)


async def test_a_closed_report_is_told_in_the_direct_messages(desk: Scene) -> None:
    direct = desk.adapter.direct(f"slack:-:{desk.workspace.id}", desk.ada.id)
    message, _ = await posted(desk, running.report_closed(), to=direct)
    assert "What was done: It does; mended." in words(message).replace("\n", "")
    assert (called(message), labels(message)) == ([], ["Open the lesson"])


async def test_a_reminder_in_direct_messages_names_who_suggested_it(desk: Scene) -> None:
    reminder = replace(running.reminder(), suggested_by=views.Someone(desk.boss.id))
    message, _ = await posted(desk, reminder, to=desk.adapter.direct(f"slack:-:{desk.workspace.id}", desk.ada.id))
    assert message.channel_id == desk.ada.dm.id
    assert called(message) == [desk.boss.id]


async def test_a_closing_post_calls_its_group(desk: Scene, backend: Usergroup) -> None:
    message, _ = await posted(desk, replace(running.closing(), mention=backend.id))
    assert called(message) == [backend.id]
    assert "All 12 lessons have been posted." in words(message)


@pytest.mark.parametrize("said", samples.HOSTILE)
async def test_hostile_words_call_nobody(desk: Scene, said: str) -> None:
    for name in ("post", "closing", "reminder", "listing"):
        to = address("-", desk.workspace.id, desk.workspace.channel(name).id)
        message, _ = await posted(desk, samples.hostile(said)[name], to=to)
        assert called(message) == [], name


@pytest.mark.parametrize(
    "mention", ["here", "everyone", "!here", "4200000000000000001", "S1", "U0000000001", "@backend"]
)
async def test_what_is_no_user_group_is_only_words(desk: Scene, mention: str) -> None:
    message, _ = await posted(desk, replace(running.post(), mention=mention))
    assert called(message) == []
    assert words(message).startswith(f"For {mention}\n")


async def test_whatever_a_list_names_is_called_nowhere_but_on_ones_own_screen(desk: Scene, backend: Usergroup) -> None:
    values = (views.Someone(desk.boss.id), views.Group(backend.id), views.Place(general(desk)))
    listing = views.Listing("People", (views.Item("One", (views.Fact("Who", values),)),))
    aloud, _ = await posted(desk, listing)
    assert called(aloud) == []
    assert "somebody · a user group · " in words(aloud).replace("\n", "")
    desk.engine.engine = SampleEngine({commands.ScheduleList: listing})
    aside = await desk.asks("/study-admin", "schedule list", by=desk.boss)
    assert (aside.only_for, called(aside)) == (desk.boss.id, [desk.boss.id, backend.id])


def drawn(value: views.Value, voice: Voice = Voice.ASIDE) -> list[dict[str, object]]:
    view = views.Listing("T", (views.Item("I", (views.Fact("F", (value,)),)),))
    made = painter.draw(view, views.Reader(timezone="Asia/Tokyo"), voice=voice)
    item: list[dict[str, list[dict[str, list[dict[str, object]]]]]] = made.blocks[2]["elements"]  # type: ignore[assignment]
    return item[1]["elements"][0]["elements"][1:]


def test_a_place_of_slack_is_a_channel_and_another_is_words() -> None:
    assert drawn(views.Place("-:T0000001:C0000002")) == [{"type": "channel", "channel_id": "C0000002"}]
    assert drawn(views.Place("E0000001:T0000001:C0000002:17.5")) == [{"type": "channel", "channel_id": "C0000002"}]
    for elsewhere in ("web:room", "4200000000000000003:1", "#general", "<#C0000002>", "-:T1:<#C0000002>"):
        assert drawn(views.Place(elsewhere)) == [{"type": "text", "text": elsewhere}]


def test_a_moment_is_shown_in_the_readers_own_time() -> None:
    (shown,) = drawn(datetime(2026, 10, 5, 22, 30, tzinfo=UTC))
    assert shown == {
        "type": "date",
        "timestamp": 1791239400,
        "format": "{date_short_pretty} at {time}",
        "fallback": "Tue 6 Oct 2026 07:30",
    }


@pytest.mark.parametrize("plain", [True, False])
def test_a_record_says_how_it_stands_in_a_sign_or_in_words(plain: bool) -> None:
    reader = views.Reader(plain=plain)
    made = painter.draw(running.schedules(), reader)
    shown = "".join(
        each["text"] for each in slack_reading.every(list(made.blocks)) if isinstance(each.get("text"), str)
    )
    well, ill = ("in order", "needs attention") if plain else ("✓ in order", "⚠ needs attention")
    assert f"S1 · 🏗️ Backend Architectures · {well}" in shown
    assert f"S2 · ⚖️ Frameworks under pressure · {ill}" in shown
    assert "S1 · 🏗️ Backend Architectures, in order" in made.spoken
    assert "S2 · ⚖️ Frameworks under pressure, needs attention" in made.spoken


def test_two_buttons_of_the_same_name_are_told_apart_when_spoken() -> None:
    made = painter.draw(running.schedules(), views.Reader())
    buttons: list[dict[str, object]] = made.blocks[4]["elements"]  # type: ignore[assignment]
    assert [each["accessibility_label"] for each in buttons] == [
        "Preview: S1 · 🏗️ Backend Architectures",
        "Open: S1 · 🏗️ Backend Architectures",
    ]


def test_a_theme_says_who_suggested_it() -> None:
    page = samples.plain()["theme"]
    assert isinstance(page, views.ThemePage)
    made = painter.draw(
        replace(page, facts=(views.Fact("Suggested by", (views.Someone("U0000001A"),)),)), views.Reader()
    )
    assert "Suggested by: somebody" in made.spoken
