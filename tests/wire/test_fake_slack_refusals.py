"""Every refusal of the Web API that has a name, brought about through the real SDK."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.boltbot import web_client
from tests.wire.slack.model import ChannelKind, Json, Message
from tests.wire.slack.samples import modal, plain, text_block
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


def hidden_channel(workspace: Workspace) -> str:
    return workspace.channel("hidden", kind=ChannelKind.PRIVATE, with_bot=False).id


def stranger(workspace: Workspace) -> str:
    return workspace.person("eve").id


def archived(workspace: Workspace) -> str:
    channel = workspace.channel("old")
    channel.archived = True
    return channel.id


def gone(workspace: Workspace) -> str:
    user = workspace.person("gone").user
    user.deleted = True
    return user.id


def closed(workspace: Workspace) -> str:
    workspace.team.messages_tab = False
    return workspace.person("eve").dm.id


REFUSALS: list[tuple[str, Act]] = [
    ("messages_tab_disabled", lambda c, w: c.chat_postMessage(channel=closed(w), text="x")),
    ("channel_not_found", lambda c, w: c.chat_postMessage(channel="C404", text="x")),
    ("channel_not_found", lambda c, w: c.chat_postMessage(channel=gone(w), text="x")),
    ("user_disabled", lambda c, w: c.conversations_open(users=gone(w))),
    ("users_list_not_supplied", lambda c, w: c.api_call("conversations.open")),
    ("too_many_users", lambda c, w: c.conversations_open(users=[f"U{n}" for n in range(9)])),
    ("method_not_supported_for_channel_type", lambda c, w: c.conversations_open(channel=w.general.id)),
    ("method_not_supported_for_channel_type", lambda c, w: c.conversations_join(channel=w.person("eve").dm.id)),
    ("is_archived", lambda c, w: c.conversations_join(channel=archived(w))),
    ("invalid_ts_oldest", lambda c, w: c.conversations_history(channel=w.general.id, oldest="yesterday")),
    ("thread_not_found", lambda c, w: c.conversations_replies(channel=w.general.id, ts="1.0")),
    ("invalid_types", lambda c, w: c.conversations_list(types="secret")),
    ("bot_not_found", lambda c, w: c.bots_info(bot="B404")),
    ("team_not_found", lambda c, w: c.team_info(team="T404")),
    ("team_not_found", lambda c, w: c.auth_test(team_id="T404")),
    ("invalid_arguments", lambda c, w: c.api_call("views.update", json={"view": modal()})),
    ("user_not_found", lambda c, w: c.views_publish(user_id="U404", view={"type": "home", "blocks": []})),
    ("invalid_arguments", lambda c, w: c.files_getUploadURLExternal(filename="x", length=0)),
    ("invalid_arguments", lambda c, w: c.files_completeUploadExternal(files=[])),
    ("file_not_found", lambda c, w: c.files_completeUploadExternal(files=[{"id": "F404"}])),
    ("channel_not_found", lambda c, w: c.conversations_info(channel=hidden_channel(w))),
    ("not_in_channel", lambda c, w: c.chat_postMessage(channel=w.channel("far", with_bot=False).id, text="x")),
    ("cannot_dm_bot", lambda c, w: c.chat_postMessage(channel=w.team.bot.id, text="x")),
    ("cannot_dm_bot", lambda c, w: c.conversations_open(users=w.team.bot.id)),
    ("user_not_found", lambda c, w: c.conversations_open(users="U404")),
    ("user_not_found", lambda c, w: c.users_info(user="U404")),
    ("thread_not_found", lambda c, w: c.chat_postMessage(channel=w.general.id, text="x", thread_ts="1.0")),
    ("message_not_found", lambda c, w: c.chat_update(channel=w.general.id, ts="1.0", text="x")),
    ("message_not_found", lambda c, w: c.chat_delete(channel=w.general.id, ts="1.0")),
    ("not_in_channel", lambda c, w: c.conversations_history(channel=w.channel("far", with_bot=False).id)),
    ("invalid_cursor", lambda c, w: c.conversations_list(cursor="x")),
    ("invalid_limit", lambda c, w: c.conversations_list(limit=2000)),
    ("no_such_subteam", lambda c, w: c.usergroups_users_list(usergroup="S404")),
    ("invalid_trigger_id", lambda c, w: c.views_open(trigger_id="t404", view=modal())),
    ("invalid_arguments", lambda c, w: c.views_open(trigger_id="t404", view=modal(color="red"))),
    ("not_found", lambda c, w: c.views_update(view_id="V404", view=modal())),
    ("user_not_in_channel", lambda c, w: c.chat_postEphemeral(channel=w.channel("o").id, user=stranger(w), text="x")),
]


@pytest.mark.parametrize(("error", "act"), REFUSALS)
async def test_what_cannot_be_reached_is_named(
    client: AsyncWebClient, workspace: Workspace, error: str, act: Act
) -> None:
    assert (await refusal(act(client, workspace)))["error"] == error


async def test_other_people_s_words_cannot_be_changed(client: AsyncWebClient, workspace: Workspace) -> None:
    channel = workspace.general
    ts = "1700000000.000001"
    channel.messages[ts] = Message(ts, workspace.id, channel.id, workspace.person("eve").id, "mine")
    update = await refusal(client.chat_update(channel=channel.id, ts=ts, text="x"))
    delete = await refusal(client.chat_delete(channel=channel.id, ts=ts))
    assert (update["error"], delete["error"]) == ("cant_update_message", "cant_delete_message")


async def test_a_message_in_a_closed_channel_stays_as_it_is(client: AsyncWebClient, workspace: Workspace) -> None:
    posted = await client.chat_postMessage(channel=workspace.general.id, text="x")
    workspace.general.archived = True
    refused = await refusal(client.chat_update(channel=workspace.general.id, ts=posted["ts"], text="y"))
    assert refused["error"] == "is_archived"


async def test_a_trigger_is_no_good_in_another_workspace_nor_for_pushing_onto_nothing(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace
) -> None:
    issue = slack.world.tickets.issue_trigger
    other = slack.add_team("Other")
    foreign = issue(other.id, other.person("bob").id, "turn")
    own = issue(workspace.id, workspace.person("eve").id, "turn")
    assert (await refusal(client.views_open(trigger_id=foreign, view=modal())))["error"] == "invalid_trigger_id"
    assert (await refusal(client.views_push(trigger_id=own, view=modal())))["error"] == "not_found"


async def test_an_external_id_belongs_to_one_view(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace
) -> None:
    people = [workspace.person(name) for name in ("eve", "bob")]
    triggers = [slack.world.tickets.issue_trigger(workspace.id, person.id, "turn") for person in people]
    await client.views_open(trigger_id=triggers[0], view=modal(external_id="one"))
    refused = await refusal(client.views_open(trigger_id=triggers[1], view=modal(external_id="one")))
    changed = await client.views_update(external_id="one", view=modal(title=plain("Found")))
    assert (refused["error"], changed["view"]["title"]["text"]) == ("duplicate_external_id", "Found")


async def test_a_late_writer_of_a_home_is_refused(client: AsyncWebClient, workspace: Workspace) -> None:
    eve, view = workspace.person("eve"), {"type": "home", "blocks": [text_block("x")]}
    seen = (await client.views_publish(user_id=eve.id, view=view))["view"]["hash"]
    await client.views_publish(user_id=eve.id, view=view, hash=seen)
    assert (await refusal(client.views_publish(user_id=eve.id, view=view, hash=seen)))["error"] == "hash_conflict"


async def test_a_file_must_be_as_long_as_announced(slack: FakeSlack, client: AsyncWebClient) -> None:
    asked = await client.files_getUploadURLExternal(filename="x", length=3)
    async with aiohttp.ClientSession() as session:
        async with session.post(asked["upload_url"], data=b"ab") as short:
            assert (short.status, await short.text()) == (400, "length_mismatch")
        async with session.post(asked["upload_url"], data=b"abc") as whole:
            assert (whole.status, await whole.text()) == (200, "OK - 3")
        async with session.post(asked["upload_url"], data=b"abc") as again:
            assert again.status == 400


async def test_ten_connections_are_enough(slack: FakeSlack) -> None:
    client, sockets = web_client(slack, None), []
    async with aiohttp.ClientSession() as session:
        for _ in range(10):
            opened = await client.apps_connections_open(app_token=slack.app.app_token)
            sockets.append(await session.ws_connect(opened["url"]))
        await slack.until_connected(10)
        refused = await refusal(client.apps_connections_open(app_token=slack.app.app_token))
        assert refused["error"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()
