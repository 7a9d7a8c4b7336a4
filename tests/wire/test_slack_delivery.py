"""Posting to Slack: once for each key, at its pace, and every refusal told with its mend."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.slack import api
from adapters.slack.api import Installation, SlackApi, Unreached
from adapters.slack.payload import address
from bot.core import views
from bot.core.actions import Action
from bot.core.ports import Delivered, Outcome, Reach
from bot.domain.course import Shelf
from bot.features import commands
from tests.contracts import samples
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import ChannelKind, Message
from tests.wire.slack_bot import Scene, scene_of, words

POST = views.Notice("Lesson 4 of 12 is here.", "Read it this week.", actions=(Action("Read it", commands.Next()),))


@pytest.fixture
async def desk(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Scene]:
    """Sending does not depend on the line that payloads come by."""
    async with scene_of(tmp_path, shelf, "http", clean=False) as scene:
        scene.clock.at = datetime.now(UTC)
        yield scene
        assert scene.slack.unexpected == []
        assert scene.slack.warnings == []


def general(desk: Scene) -> str:
    return address("-", desk.workspace.id, desk.workspace.general.id)


def direct(desk: Scene) -> str:
    return address("-", desk.workspace.id, desk.ada.id)


def posted(desk: Scene) -> list[Message]:
    return desk.slack.messages(desk.workspace.general)


async def send(
    desk: Scene, *, to: str = "", key: str = "k1", view: views.View = POST, doubt: bool = False
) -> Delivered:
    first_try = desk.clock.now() - timedelta(seconds=30) if doubt else None
    return await desk.adapter.deliver(view, to or general(desk), key, first_try=first_try)


async def test_a_post_stands_in_its_channel_with_its_key(desk: Scene) -> None:
    sent = await send(desk)
    assert sent.outcome is Outcome.SENT
    message = posted(desk)[0]
    assert message.metadata == {"event_type": "dualo_delivery", "event_payload": {"key": "k1"}}
    assert sent.message == f"-:{desk.workspace.id}:{desk.workspace.general.id}:{message.ts}"
    assert message.text.startswith("Lesson 4 of 12 is here.")


async def test_a_post_goes_to_a_thread(desk: Scene) -> None:
    parent = (await send(desk)).message
    await send(desk, to=parent, key="k2")
    assert [message.thread_ts for message in posted(desk)] == [None, posted(desk)[0].ts]


async def test_a_post_goes_to_somebodys_direct_messages(desk: Scene) -> None:
    assert (await send(desk, to=direct(desk))).outcome is Outcome.SENT
    await send(desk, to=direct(desk), key="k2")
    assert len(desk.slack.messages(desk.ada.dm)) == 2
    assert len(desk.slack.calls("conversations.open")) == 1


async def test_a_post_is_pressed_like_any_message(desk: Scene) -> None:
    await send(desk)
    turn = await desk.ada.press(posted(desk)[0], "Read it")
    assert (await turn.ephemeral()).only_for == desk.ada.id


async def test_where_somebody_asks_is_an_address_that_takes_posts(desk: Scene) -> None:
    await desk.asks("/themes")
    place = desk.engine.asked[0][1].place
    assert (await send(desk, to=place)).outcome is Outcome.SENT


async def test_a_lesson_of_any_permitted_length_can_be_posted(desk: Scene) -> None:
    assert (await send(desk, view=samples.longest_lesson())).outcome is Outcome.SENT


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="chat.postMessage", dropped=True, accepted=True),
        Fault(method="chat.postMessage", status=503, accepted=True),
        Fault(method="chat.postMessage", error="fatal_error", accepted=True),
        Fault(method="chat.postMessage", error="internal_error", status=500, accepted=True),
    ],
    ids=lambda fault: str(fault.name),
)
async def test_a_post_that_was_made_but_not_answered_is_found_by_its_key(desk: Scene, fault: Fault) -> None:
    desk.slack.plan(fault)
    sent = await send(desk)
    assert (sent.outcome, len(posted(desk))) == (Outcome.SENT, 1)
    assert sent.message.endswith(posted(desk)[0].ts)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="chat.postMessage", dropped=True),
        Fault(method="chat.postMessage", status=502),
        Fault(method="chat.postMessage", error="fatal_error"),
    ],
    ids=lambda fault: str(fault.name),
)
async def test_a_post_that_was_not_made_stays_in_doubt_until_looked_for(desk: Scene, fault: Fault) -> None:
    desk.slack.plan(fault)
    assert (await send(desk)).outcome is Outcome.UNKNOWN
    assert posted(desk) == []
    assert (await send(desk, doubt=True)).outcome is Outcome.SENT
    assert len(posted(desk)) == 1
    assert len(desk.slack.calls("chat.postMessage")) == 2


async def test_a_slack_that_cannot_be_reached_has_taken_nothing_so_there_is_no_doubt(desk: Scene) -> None:
    calls = SlackApi("http://127.0.0.1:9/api/")
    await calls.open()
    with pytest.raises(Unreached) as failed:
        await calls.ask_by(calls.client("xoxb-1"), "auth.test", lambda client: client.auth_test())
    assert api.outcome(failed.value) == Delivered(Outcome.LATER, reason="Slack could not be reached.")
    desk.adapter._calls.api_url = calls.api_url
    assert (await send(desk)).outcome is Outcome.LATER
    await calls.close()


@pytest.mark.parametrize("where", ["channel", "thread", "direct messages"])
async def test_an_earlier_try_that_arrived_is_not_repeated(desk: Scene, where: str) -> None:
    parent = (await send(desk, key="parent")).message
    to = {"channel": general(desk), "thread": parent, "direct messages": direct(desk)}[where]
    first = await send(desk, to=to)
    again = await send(desk, to=to, doubt=True)
    assert (again.outcome, again.message) == (Outcome.SENT, first.message)
    assert len(desk.slack.calls("chat.postMessage")) == 2


async def test_what_others_said_since_does_not_hide_it(desk: Scene) -> None:
    first = await send(desk)
    for number in range(450):
        await desk.ada.say(f"chatter {number}", channel=desk.workspace.general)
    assert (await send(desk, doubt=True)).message == first.message


async def test_what_cannot_be_looked_for_stays_in_doubt(desk: Scene) -> None:
    grant = desk.workspace.grant
    assert grant is not None
    grant.scopes = tuple(scope for scope in grant.scopes if scope != "channels:history")
    doubtful = await send(desk, doubt=True)
    assert (doubtful.outcome, posted(desk)) == (Outcome.UNKNOWN, [])
    assert "channels:history" in doubtful.reason


async def test_no_key_is_mistaken_for_another(desk: Scene) -> None:
    await send(desk, key="a")
    await send(desk, key="b", doubt=True)
    assert [message.metadata and message.metadata["event_payload"]["key"] for message in posted(desk)] == ["a", "b"]


@pytest.mark.parametrize(
    ("error", "outcome", "mend"),
    [
        ("channel_not_found", Outcome.GONE, "/invite @Dualo"),
        ("not_in_channel", Outcome.GONE, "/invite @Dualo"),
        ("is_archived", Outcome.GONE, "archived"),
        ("account_inactive", Outcome.GONE, "Install Dualo"),
        ("token_revoked", Outcome.GONE, "Install Dualo"),
        ("invalid_auth", Outcome.GONE, "Install Dualo"),
        ("cannot_dm_bot", Outcome.GONE, "bot"),
        ("missing_scope", Outcome.GONE, "“chat:write”"),
        ("msg_blocks_too_long", Outcome.REFUSED, "Shorten"),
        ("restricted_action", Outcome.REFUSED, "Let Dualo post"),
        ("invalid_blocks", Outcome.REFUSED, "report it"),
        ("something_new", Outcome.REFUSED, "something_new"),
    ],
)
async def test_every_refusal_has_its_outcome_and_its_mend(desk: Scene, error: str, outcome: Outcome, mend: str) -> None:
    desk.slack.plan(Fault(method="chat.postMessage", error=error))
    sent = await send(desk)
    assert sent.outcome is outcome
    assert mend in sent.reason
    assert posted(desk) == []


async def test_real_refusals_come_out_the_same(desk: Scene) -> None:
    team = desk.workspace.id
    private = desk.workspace.channel("secret", kind=ChannelKind.PRIVATE, with_bot=False)
    elsewhere = desk.workspace.channel("elsewhere", with_bot=False)
    archived = desk.workspace.channel("old")
    archived.archived = True
    gone = desk.workspace.person("gone")
    gone.user.deleted = True
    found = {
        name: (await send(desk, to=address("-", team, where))).outcome
        for name, where in {
            "private": private.id,
            "elsewhere": elsewhere.id,
            "archived": archived.id,
            "gone": gone.id,
            "bot": desk.workspace.team.bot.id,
            "nobody": "U0NOBODY",
        }.items()
    }
    assert found == dict.fromkeys(found, Outcome.GONE)


@pytest.mark.parametrize("place", ["", "C1", "-:T1", "nonsense", "-:T1:C1:1.0:more", "::C1"])
async def test_what_is_no_address_is_gone(desk: Scene, place: str) -> None:
    sent = await desk.adapter.deliver(POST, place or "x", "k", first_try=None)
    assert sent.outcome is Outcome.GONE


async def test_another_workspaces_address_is_gone(desk: Scene) -> None:
    sent = await send(desk, to=address("-", "T0OTHER", "C1"))
    assert (sent.outcome, "Install Dualo" in sent.reason) == (Outcome.GONE, True)


async def test_what_does_not_fit_is_refused_before_it_is_sent(desk: Scene) -> None:
    long = views.Notice("x " * 8000)
    assert (await send(desk, view=long)).outcome is Outcome.REFUSED
    assert desk.slack.calls("chat.postMessage") == []


async def test_a_limit_is_obeyed_for_as_long_as_slack_says(desk: Scene) -> None:
    desk.slack.plan(Fault(method="chat.postMessage", status=429, error="ratelimited", retry_after=17))
    limited = await send(desk)
    assert (limited.outcome, limited.wait, limited.reach) == (Outcome.LATER, 17.0, Reach.WORKSPACE)
    early = await send(desk, to=direct(desk), key="k2")
    assert early.outcome is Outcome.LATER
    assert 16 < early.wait <= 17
    assert len(desk.slack.calls("chat.postMessage")) == 1


async def test_a_limit_of_one_method_stops_no_other(desk: Scene) -> None:
    desk.slack.plan(Fault(method="views.publish", status=429, error="ratelimited", retry_after=17))
    await desk.workspace.event({"type": "app_home_opened", "user": desk.ada.id, "tab": "home", "channel": "D1"})
    await desk.settled()
    assert (await send(desk)).outcome is Outcome.SENT


async def test_a_limit_of_one_workspace_stops_no_other(desk: Scene) -> None:
    desk.slack.plan(Fault(method="chat.postMessage", status=429, error="ratelimited", retry_after=17))
    await send(desk)
    other = desk.slack.add_team("Other")
    await desk.adapter._installs.add(Installation("-", other.id, other.token))
    assert (await send(desk, to=address("-", other.id, other.general.id))).outcome is Outcome.SENT


async def test_a_channel_takes_one_message_a_second(desk: Scene) -> None:
    desk.slack.limit_posts()
    begun = time.monotonic()
    sent = await asyncio.gather(*(send(desk, key=f"k{number}") for number in range(3)))
    assert [each.outcome for each in sent] == [Outcome.SENT] * 3
    assert time.monotonic() - begun >= 2.0
    assert [call.status for call in desk.slack.calls("chat.postMessage")] == [200] * 3


async def test_channels_do_not_wait_for_one_another(desk: Scene) -> None:
    desk.slack.limit_posts()
    channels = [desk.workspace.channel(f"c{number}") for number in range(5)]
    begun = time.monotonic()
    await asyncio.gather(*(send(desk, to=address("-", desk.workspace.id, channel.id)) for channel in channels))
    assert time.monotonic() - begun < 1.0


async def test_a_long_queue_is_told_to_come_back(desk: Scene) -> None:
    sends = [asyncio.create_task(send(desk, key=f"k{number}")) for number in range(8)]
    done, waiting = await asyncio.wait(sends, timeout=0.5)
    outcomes = [task.result().outcome for task in done]
    assert outcomes.count(Outcome.LATER) == 2
    assert all(task.result().wait > 5 for task in done if task.result().outcome is Outcome.LATER)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_post_is_changed_in_place_and_keeps_its_key(desk: Scene) -> None:
    sent = await send(desk)
    changed = await desk.adapter.edit(views.Notice("8 have done this."), sent.message)
    assert (changed.outcome, len(posted(desk))) == (Outcome.SENT, 1)
    assert words(posted(desk)[0]) == "8 have done this."
    assert posted(desk)[0].metadata is not None


async def test_a_post_that_somebody_deleted_is_gone(desk: Scene) -> None:
    sent = await send(desk)
    del desk.workspace.general.messages[posted(desk)[0].ts]
    assert (await desk.adapter.edit(POST, sent.message)).outcome is Outcome.GONE
    assert (await desk.adapter.edit(POST, general(desk))).outcome is Outcome.GONE


async def test_a_change_that_was_not_answered_may_simply_be_made_again(desk: Scene) -> None:
    sent = await send(desk)
    desk.slack.plan(Fault(method="chat.update", dropped=True))
    assert (await desk.adapter.edit(POST, sent.message)).outcome is Outcome.LATER
