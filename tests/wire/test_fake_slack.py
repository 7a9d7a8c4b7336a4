"""The little Slack proved with the real slack-bolt, each rule of interaction over Socket Mode and over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.boltbot import LineName, make_app, running
from tests.wire.slack.model import Json
from tests.wire.slack.samples import (
    modal,
    plain,
    text_input,
)
from tests.wire.slack.scene import Scene, listen_to_all
from tests.wire.slack.screen import CannotDo


@pytest.fixture(params=["socket", "http"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    line: LineName = request.param
    async with FakeSlack() as slack:
        workspace = slack.add_team()
        app = make_app(slack, workspace, process_before_response=True)
        made = Scene(slack, workspace, app)
        listen_to_all(made)
        async with running(slack, app, line):
            yield made
        assert slack.unexpected == []


async def test_an_ack_answers_a_command_for_the_person_alone(scene: Scene) -> None:
    turn = await scene.ada.command("/lesson", "concurrency 3")
    assert turn.text == "Lesson concurrency 3"
    assert [message.only_for for message in turn.ephemerals] == [scene.ada.id]
    assert scene.slack.messages(scene.workspace.general) == []
    assert (scene.heard[0]["user_id"], scene.heard[0]["team_id"]) == (scene.ada.id, scene.workspace.id)
    scene.slack.assert_clean()


async def test_a_command_in_a_thread_reaches_nobody(scene: Scene) -> None:
    with pytest.raises(CannotDo, match="not supported in threads"):
        await scene.ada.command("/lesson", thread_ts="1.0")
    assert scene.heard == []


async def test_a_response_url_posts_for_all_and_a_button_replaces_it(scene: Scene) -> None:
    posted = await (await scene.ada.command("/public")).message()
    assert scene.slack.messages(scene.workspace.general) == [posted]
    turn = await scene.ada.press(posted, "Done")
    assert (await turn.updated()).text == "Well done"
    body = scene.heard[0]
    assert (body["actions"][0]["value"], body["actions"][0]["block_id"]) == ("3", "acts")
    assert body["message"]["ts"] == posted.ts
    assert body["container"]["is_ephemeral"] is False
    with pytest.raises(CannotDo, match="which offers: nothing"):
        await scene.ada.press(posted, "Done")
    scene.slack.assert_clean()


async def test_an_ephemeral_message_is_taken_away_and_never_sent_along(scene: Scene) -> None:
    seen = await (await scene.ada.command("/lesson", "1")).ephemeral()
    await scene.ada.choose(seen, "theme", "Storage")
    assert scene.heard[-1]["container"]["is_ephemeral"] is True
    assert "message" not in scene.heard[-1]
    await (await scene.ada.press(seen, "gone")).deleted()
    assert scene.slack.ephemerals(scene.ada) == []
    scene.slack.assert_clean()


async def test_a_choice_is_sent_and_stays_in_the_state(scene: Scene) -> None:
    seen = await (await scene.ada.command("/lesson", "1")).ephemeral()
    await scene.ada.choose(seen, "theme", "s")
    assert scene.heard[-1]["actions"][0]["selected_option"]["value"] == "s"
    await scene.ada.press(seen, "done")
    assert scene.heard[-1]["state"]["values"]["acts"]["theme"]["selected_option"]["text"]["text"] == "Storage"
    scene.slack.assert_clean()


async def test_an_external_select_asks_the_app_for_its_options(scene: Scene) -> None:
    seen = await (await scene.ada.command("/lesson", "1")).ephemeral()
    turn = await scene.ada.options(seen, "lesson", "deadlock")
    assert [one["text"]["text"] for one in turn.options] == ["deadlock-1", "deadlock-2"]
    with pytest.raises(CannotDo, match="not among the options"):
        await scene.ada.choose(seen, "lesson", "nothing", query="deadlock")
    with pytest.raises(CannotDo, match="from 2 letters on"):
        await scene.ada.options(seen, "lesson", "d")
    await scene.ada.choose(seen, "lesson", "deadlock-2", query="deadlock")
    assert scene.heard[-1]["actions"][0]["selected_option"]["value"] == "2"
    scene.slack.assert_clean()


async def test_a_modal_opens_shows_errors_and_closes(scene: Scene) -> None:
    form = await (await scene.ada.shortcut("continue")).modal()
    assert form.title == "Form"
    with pytest.raises(CannotDo, match="'Your name' is empty"):
        await scene.ada.submit(form)
    refused = await scene.ada.submit(form, {"Your name": "nobody"})
    assert refused.errors == {"b-name": "Nobody has that name"}
    assert scene.ada.view is form
    again = await scene.ada.submit(form, {"name": "twice"})
    assert (await again.modal()).title == "Again"
    sent = await scene.ada.submit(form, {"b-name": "Ada"})
    assert sent.view is None
    scene.slack.assert_clean()


async def test_closing_a_modal_is_told_to_an_app_that_asked(scene: Scene) -> None:
    form = await (await scene.ada.shortcut("continue")).modal()
    await scene.ada.close(form)
    assert (scene.heard[-1]["type"], scene.heard[-1]["is_cleared"]) == ("view_closed", False)
    assert scene.ada.view is None
    scene.slack.assert_clean()


async def test_a_message_shortcut_sends_the_message_along(scene: Scene) -> None:
    posted = await (await scene.ada.command("/public")).message()
    turn = await scene.ada.message_shortcut("report", posted)
    assert (await turn.ephemeral()).text == "Thank you"
    assert scene.heard[-1]["message"]["text"] == "For all"
    scene.slack.assert_clean()


async def test_the_home_tab_is_published_when_it_is_opened(scene: Scene) -> None:
    assert (await scene.ada.open_home()).blocks[0]["text"]["text"] == "Hello"
    assert (await scene.ada.open_home()).blocks[0]["text"]["text"] == "Hello again"
    assert list(scene.slack.homes) == [scene.ada.id]
    scene.slack.assert_clean()


async def test_a_second_delivery_is_the_same_event_marked_as_a_retry(scene: Scene) -> None:
    turn = await scene.ada.command("/lesson", "1")
    await scene.slack.deliver_again(turn, reason="http_timeout")
    assert scene.heard[0]["trigger_id"] == scene.heard[1]["trigger_id"]
    assert scene.tries == [None, "http_timeout"]


BAD_ACKS: list[tuple[str, Json]] = [
    ("invalid_blocks", {"text": "x", "blocks": [{"type": "header", "text": plain("x" * 151)}]}),
    ("invalid_arguments", {"text": "x", "response_type": "loud"}),
]


@pytest.mark.parametrize(("error", "said"), BAD_ACKS)
async def test_what_a_command_s_ack_may_not_carry_is_shown_to_nobody(scene: Scene, error: str, said: Json) -> None:
    @scene.app.command("/bad")
    async def bad(ack: Any) -> None:
        await ack(**said)

    turn = await scene.ada.command("/bad")
    assert (turn.refused, turn.ephemerals) == (error, [])
    assert [request.method for request in scene.slack.rejected] == ["ack of /bad"]


BAD_SUBMISSIONS: list[Json] = [
    {"response_action": "errors", "errors": {"b-other": "There is no such field"}},
    {"response_action": "explode"},
    {"response_action": "update", "view": modal(title=plain("x" * 25))},
]


@pytest.mark.parametrize("said", BAD_SUBMISSIONS)
async def test_what_a_submission_s_ack_may_not_carry_leaves_the_form_open(scene: Scene, said: Json) -> None:
    @scene.app.view("strange")
    async def strange(ack: Any) -> None:
        await ack(**said)

    @scene.app.shortcut("strange")
    async def open_form(ack: Any, body: Json, client: Any) -> None:
        await ack()
        view = modal(text_input("name", "b-name"), callback_id="strange")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    form = await (await scene.ada.shortcut("strange")).modal()
    turn = await scene.ada.submit(form, {"name": "Ada"})
    assert (turn.refused, turn.view) == ("invalid_arguments", form)


async def test_options_that_are_none_are_refused(scene: Scene) -> None:
    seen = await (await scene.ada.command("/lesson", "1")).ephemeral()
    turn = await scene.ada.options(seen, "lesson", "x" * 80)
    assert (turn.refused, turn.options) == ("invalid_arguments", [])


async def test_an_ack_that_slack_does_not_read_is_warned_of(scene: Scene) -> None:
    @scene.app.shortcut("chatty")
    async def chatty(ack: Any) -> None:
        await ack({"text": "Nobody reads this"})

    await scene.ada.shortcut("chatty")
    assert scene.slack.warnings == ["ack_payload_ignored: shortcut"]
