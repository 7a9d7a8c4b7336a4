"""The Web API as the real SDK meets it: tokens, scopes, channels, history, tickets, files, and planned misfortune."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.boltbot import web_client
from tests.wire.slack.installation import TokenState
from tests.wire.slack.model import ChannelKind, Json
from tests.wire.slack.samples import modal, text_block
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


async def test_a_token_says_who_it_is_and_what_it_may_do(client: AsyncWebClient, workspace: Workspace) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["enterprise_id"]) == (workspace.id, "E1")
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")


@pytest.mark.parametrize(
    ("error", "token"), [("not_authed", None), ("invalid_auth", "xoxb-wrong"), ("not_allowed_token_type", "app")]
)
async def test_a_wrong_token_is_refused(slack: FakeSlack, error: str, token: str | None) -> None:
    held = slack.app.app_token if token == "app" else token
    assert (await refusal(web_client(slack, held).auth_test()))["error"] == error


@pytest.mark.parametrize("state", [TokenState.REVOKED, TokenState.INACTIVE])
async def test_a_dead_token_is_refused_by_its_cause(
    client: AsyncWebClient, workspace: Workspace, state: TokenState
) -> None:
    assert workspace.grant is not None
    workspace.grant.state = state
    assert (await refusal(client.auth_test()))["error"] == state.value


async def test_a_revoked_token_ends_at_once(client: AsyncWebClient) -> None:
    assert (await client.auth_revoke())["revoked"] is True
    assert (await refusal(client.auth_test()))["error"] == "token_revoked"


async def test_a_missing_scope_is_named_beside_the_ones_there_are(slack: FakeSlack) -> None:
    poor = slack.add_team("Poor", scopes=["commands"])
    answer = await refusal(web_client(slack, poor.token).chat_postMessage(channel=poor.general.id, text="x"))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")


async def test_the_kind_of_channel_decides_the_scope(slack: FakeSlack) -> None:
    narrow = slack.add_team("Narrow", scopes=["channels:history"])
    hidden = narrow.channel("hidden", kind=ChannelKind.PRIVATE)
    client = web_client(slack, narrow.token)
    assert (await client.conversations_history(channel=narrow.general.id))["ok"]
    assert (await refusal(client.conversations_history(channel=hidden.id)))["needed"] == "groups:history"


async def test_an_unknown_method_is_refused_and_remembered(slack: FakeSlack, client: AsyncWebClient) -> None:
    assert (await refusal(client.api_call("reactions.add")))["error"] == "unknown_method"
    assert [request.method for request in slack.unexpected] == ["reactions.add"]


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({}, "missing required field: channel"),
        ({"channel": "C1", "text": "x", "colour": "red"}, "unknown argument: colour"),
        ({"channel": "C1", "text": "x", "mrkdwn": "maybe"}, "must provide a boolean [json-pointer:/mrkdwn]"),
    ],
)
async def test_arguments_are_checked_by_name_and_kind(client: AsyncWebClient, params: Json, complaint: str) -> None:
    answer = await refusal(client.api_call("chat.postMessage", params=params))
    assert (answer["error"], answer["response_metadata"]["messages"][0]) == (
        "invalid_arguments",
        f"[ERROR] {complaint}",
    )


async def test_bad_blocks_are_answered_as_slack_does(slack: FakeSlack, client: AsyncWebClient) -> None:
    channel = next(iter(slack.workspaces.values())).general
    answer = await refusal(client.chat_postMessage(channel=channel.id, text="x", blocks=[text_block("")]))
    complaint = "must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    assert (answer["errors"], answer["response_metadata"]["messages"]) == ([complaint], [f"[ERROR] {complaint}"])
    assert [request.error for request in slack.rejected] == ["invalid_blocks"]


async def test_blocks_without_a_text_are_taken_with_a_warning(slack: FakeSlack, client: AsyncWebClient) -> None:
    channel = next(iter(slack.workspaces.values())).general
    answer = await client.api_call("chat.postMessage", json={"channel": channel.id, "blocks": [text_block("x")]})
    assert answer["warning"] == "missing_text_in_message"
    with pytest.raises(AssertionError, match="missing_text_in_message"):
        slack.assert_clean()


async def test_a_closed_channel_takes_no_message(client: AsyncWebClient, workspace: Workspace) -> None:
    workspace.general.archived = True
    assert (await refusal(client.chat_postMessage(channel=workspace.general.id, text="x")))["error"] == "is_archived"
    workspace.general.archived, workspace.general.restricted = False, True
    refused = await refusal(client.chat_postMessage(channel=workspace.general.id, text="x"))
    assert refused["error"] == "restricted_action"


async def test_history_finds_a_message_by_its_metadata(client: AsyncWebClient, workspace: Workspace) -> None:
    metadata = {"event_type": "post", "event_payload": {"key": "k1"}}
    posted = await client.chat_postMessage(channel=workspace.general.id, text="x", metadata=metadata)
    await client.chat_postMessage(channel=workspace.general.id, text="in its thread", thread_ts=posted["ts"])
    oldest = str(float(posted["ts"]) - 2)
    told = await client.conversations_history(
        channel=workspace.general.id, oldest=oldest, include_all_metadata=True, limit=5
    )
    assert [message["metadata"] for message in told["messages"]] == [metadata]
    short = await client.conversations_history(channel=workspace.general.id)
    assert short["messages"][0]["metadata"] == {"event_type": "post"}
    late = await client.conversations_history(channel=workspace.general.id, oldest=posted["ts"])
    assert late["messages"] == []
    thread = await client.conversations_replies(channel=workspace.general.id, ts=posted["ts"])
    assert [message["text"] for message in thread["messages"]] == ["x", "in its thread"]


async def test_pages_lead_through_the_whole_list(client: AsyncWebClient, workspace: Workspace) -> None:
    for number in range(5):
        await client.chat_postMessage(channel=workspace.general.id, text=str(number))
    pages = await client.conversations_history(channel=workspace.general.id, limit=2)
    told = [message["text"] async for page in pages for message in page["messages"]]
    assert told == ["4", "3", "2", "1", "0"]


async def test_an_update_keeps_what_it_does_not_mention(client: AsyncWebClient, workspace: Workspace) -> None:
    posted = await client.chat_postMessage(channel=workspace.general.id, text="old", blocks=[text_block("b")])
    await client.chat_update(channel=workspace.general.id, ts=posted["ts"], text="new")
    (message,) = workspace.messages(workspace.general)
    assert (message.text, len(message.blocks)) == ("new", 1)
    await client.chat_update(channel=workspace.general.id, ts=posted["ts"], text="new", blocks=[])
    assert message.blocks == []


async def test_people_are_shown_with_zone_and_on_request_locale(client: AsyncWebClient, workspace: Workspace) -> None:
    eve = workspace.person("eve", tz="Asia/Tokyo", locale="ja-JP", is_admin=True)
    shown = (await client.users_info(user=eve.id, include_locale=True))["user"]
    assert (shown["tz"], shown["locale"], shown["is_admin"]) == ("Asia/Tokyo", "ja-JP", True)
    assert "locale" not in (await client.users_info(user=eve.id))["user"]
    group = workspace.usergroup("backend", [eve])
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [eve.id]
    assert [one["handle"] for one in (await client.usergroups_list())["usergroups"]] == ["backend"]
    assert (await client.conversations_members(channel=workspace.general.id))["members"][-1] == eve.id


async def test_a_direct_message_is_opened_once(client: AsyncWebClient, workspace: Workspace) -> None:
    eve = workspace.person("eve")
    opened = (await client.conversations_open(users=[eve.id]))["channel"]["id"]
    assert (await client.conversations_open(users=[eve.id]))["already_open"] is True
    assert (await client.chat_postMessage(channel=eve.id, text="hi"))["channel"] == opened == eve.dm.id


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace
) -> None:
    eve = workspace.person("eve")
    tickets = slack.world.tickets
    trigger = tickets.issue_trigger(workspace.id, eve.id, "turn")
    view = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    again = await refusal(client.views_open(trigger_id=trigger, view=modal()))
    assert again["error"] == "exchanged_trigger_id"
    late = tickets.issue_trigger(workspace.id, eve.id, "turn")
    slack.clock.advance(3.1)
    assert (await refusal(client.views_open(trigger_id=late, view=modal())))["error"] == "expired_trigger_id"
    changed = await client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    stale = await refusal(client.views_update(view_id=view["id"], hash=view["hash"], view=modal()))
    assert (changed["ok"], stale["error"]) == (True, "hash_conflict")


async def test_modals_stack_no_higher_than_three(
    slack: FakeSlack, client: AsyncWebClient, workspace: Workspace
) -> None:
    eve = workspace.person("eve")
    triggers = [slack.world.tickets.issue_trigger(workspace.id, eve.id, "turn") for _ in range(4)]
    await client.views_open(trigger_id=triggers[0], view=modal())
    await client.views_push(trigger_id=triggers[1], view=modal())
    top = (await client.views_push(trigger_id=triggers[2], view=modal()))["view"]
    refused = await refusal(client.views_push(trigger_id=triggers[3], view=modal()))
    assert (top["root_view_id"] != top["id"], refused["error"]) == (True, "push_limit_reached")


async def test_a_file_is_sent_in_three_steps(slack: FakeSlack, client: AsyncWebClient, workspace: Workspace) -> None:
    sent = await client.files_upload_v2(
        channel=workspace.general.id, filename="progress.csv", content="a,b", initial_comment="Yours"
    )
    assert sent["files"][0]["name"] == "progress.csv"
    (upload,) = slack.uploads.all.values()
    assert (upload.content, workspace.messages(workspace.general)[0].text) == (b"a,b", "Yours")
    slack.assert_clean()
