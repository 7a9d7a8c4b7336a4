"""Planned misfortune as the real SDK meets it: rate limits, errors that hide a success, cut lines, used-up URLs."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.boltbot import web_client
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import Json
from tests.wire.slack.samples import button
from tests.wire.slack.workspace import Workspace

Act: TypeAlias = Callable[[AsyncWebClient, Workspace], Awaitable[object]]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


@pytest.fixture
def workspace(slack: FakeSlack) -> Workspace:
    return slack.add_team(enterprise_id="E1")


@pytest.fixture
def client(slack: FakeSlack, workspace: Workspace) -> AsyncWebClient:
    return web_client(slack, workspace.token)


async def refusal(act: Awaitable[object]) -> Json:
    """Slack's whole answer to a call that it refuses."""
    with pytest.raises(SlackApiError) as refused:
        await act
    answer: Json = refused.value.response.data
    return answer


async def test_a_channel_takes_one_message_a_second(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace
) -> None:
    slack.limit_posts(seconds=1.0)
    other = workspace.channel("other")
    await client.chat_postMessage(channel=workspace.general.id, text="1")
    await client.chat_postMessage(channel=other.id, text="1")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=workspace.general.id, text="2")
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "1")
    slack.clock.advance(1.0)
    await client.chat_postMessage(channel=workspace.general.id, text="2")
    assert len(workspace.messages(workspace.general)) == 2


@pytest.mark.parametrize(("accepted", "left"), [(True, 1), (False, 0)])
async def test_an_error_may_hide_that_the_message_was_taken(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace, accepted: bool, left: int
) -> None:
    slack.plan(Fault(method="chat.*", error="fatal_error", accepted=accepted))
    refused = await refusal(client.chat_postMessage(channel=workspace.general.id, text="x"))
    assert (refused["error"], len(workspace.messages(workspace.general))) == ("fatal_error", left)
    slack.assert_clean()


async def test_a_dropped_connection_leaves_the_message_and_no_answer(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace
) -> None:
    slack.plan(Fault(method="chat.postMessage", dropped=True, accepted=True))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=workspace.general.id, text="x")
    assert [message.text for message in workspace.messages(workspace.general)] == ["x"]


async def test_faults_strike_as_often_and_where_they_were_planned(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace
) -> None:
    other = workspace.channel("other")
    slack.plan(Fault(channel=other.id, error="ratelimited", status=429, retry_after=7), times=2)
    slack.plan(Fault(method="users.*", status=503))
    await client.chat_postMessage(channel=workspace.general.id, text="x")
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=other.id, text="x")
        assert refused.value.response.headers["Retry-After"] == "7"
    await client.chat_postMessage(channel=other.id, text="x")
    with pytest.raises(SlackApiError) as broken:
        await client.users_list()
    assert broken.value.response.status_code == 503
    assert [request.fault for request in slack.requests if request.fault] == ["ratelimited", "ratelimited", "503"]


async def test_a_response_url_lasts_five_uses_and_half_an_hour(slack: FakeSlack, workspace: Workspace) -> None:
    eve = workspace.person("eve")
    make = slack.world.tickets.issue_hook
    hooks = [make(workspace.id, workspace.general.id, user_id=eve.id, turn_id="t", origin=None) for _ in range(2)]

    async def say(hook: str, **payload: object) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{slack.world.base_url}/actions/{hook}", json=payload) as answer,
        ):
            return answer.status, await answer.text()

    used, late = (hook.id for hook in hooks)
    assert [await say(used, text="x") for _ in range(5)] == [(200, "ok")] * 5
    assert "used_url" in (await say(used, text="x"))[1]
    assert (await say(late, text="x", replace_original=True))[0] == 400
    assert (await say(late, text="x", colour="red"))[0] == 400
    assert (await say(late, text="x", response_type="loud"))[0] == 400
    assert (await say("h404", text="x"))[0] == 400
    assert (await say(late, text="x", blocks=[{"type": "actions", "elements": [button("x" * 76, "a")]}]))[0] == 400
    slack.clock.advance(1801)
    status, told = await say(late, text="x")
    assert (status, "expired_url" in told) == (404, True)
    assert len(slack.ephemerals(eve)) == 5


async def test_a_slow_answer_is_slow_and_otherwise_whole(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.plan(Fault(method="auth.test", delay=0.1))
    begun = time.perf_counter()
    assert (await client.auth_test())["ok"]
    assert time.perf_counter() - begun >= 0.1
