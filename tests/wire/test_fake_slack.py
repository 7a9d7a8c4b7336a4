"""The little Slack proved with the real slack-bolt, each rule of interaction over Socket Mode and over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.boltbot import LineName, make_app, running
from tests.wire.slack.model import Json
from tests.wire.slack.person import Person
from tests.wire.slack.samples import (
    actions,
    button,
    modal,
    option,
    plain,
    text_block,
    text_input,
)
from tests.wire.slack.screen import CannotDo
from tests.wire.slack.workspace import Workspace

LESSON = [
    text_block("*Lesson 3*"),
    actions(
        button("Done", "done", value="3"),
        {
            "type": "static_select",
            "action_id": "theme",
            "placeholder": plain("Theme"),
            "options": [option("Concurrency", "c"), option("Storage", "s")],
        },
        {"type": "external_select", "action_id": "lesson", "placeholder": plain("Lesson"), "min_query_length": 0},
        button("Gone", "gone"),
    ),
]


class Scene:
    """A workspace, a person, and a bot on whichever line the test runs over."""

    def __init__(self, slack: FakeSlack, workspace: Workspace, app: AsyncApp) -> None:
        self.slack = slack
        self.workspace = workspace
        self.app = app
        self.ada: Person = workspace.person("ada")
        self.heard: list[Json] = []
        self.tries: list[str | None] = []


@pytest.fixture(params=["socket", "http"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    line: LineName = request.param
    async with FakeSlack() as slack:
        workspace = slack.add_team()
        app = make_app(slack, workspace, process_before_response=True)
        made = Scene(slack, workspace, app)
        _listen(made)
        async with running(slack, app, line):
            yield made
        assert slack.unexpected == []


def _listen(scene: Scene) -> None:
    """A bot with one listener of each kind."""
    _listen_to_commands(scene, scene.app)
    _listen_to_elements(scene, scene.app)
    _listen_to_forms(scene, scene.app)


def _listen_to_commands(scene: Scene, app: AsyncApp) -> None:
    @app.command("/lesson")
    async def lesson(ack: Any, command: Json, request: Any) -> None:
        scene.heard.append(command)
        scene.tries += request.headers.get("x-slack-retry-reason", [None])
        await ack(text=f"Lesson {command['text']}", blocks=LESSON)

    @app.command("/public")
    async def public(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="For all", response_type="in_channel", blocks=LESSON)


def _listen_to_elements(scene: Scene, app: AsyncApp) -> None:
    @app.action("done")
    async def done(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        scene.heard.append(body)
        await respond(text="Well done", replace_original=True)

    @app.action("gone")
    async def gone(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    @app.action("theme")
    async def theme(ack: Any, body: Json) -> None:
        await ack()
        scene.heard.append(body)

    @app.options("lesson")
    async def offer(ack: Any, payload: Json) -> None:
        await ack(options=[option(f"{payload['value']}-1", "1"), option(f"{payload['value']}-2", "2")])

    @app.action("lesson")
    async def picked(ack: Any, body: Json) -> None:
        await ack()
        scene.heard.append(body)


def _listen_to_forms(scene: Scene, app: AsyncApp) -> None:
    @app.shortcut("continue")
    async def open_form(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"], view=modal(text_input("name", "b-name"), notify_on_close=True)
        )

    @app.shortcut("report")
    async def report(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        scene.heard.append(body)
        await respond(text="Thank you", replace_original=False)

    @app.view("form")
    async def sent(ack: Any, view: Json) -> None:
        name = view["state"]["values"]["b-name"]["name"]["value"]
        if name == "nobody":
            await ack(response_action="errors", errors={"b-name": "Nobody has that name"})
        elif name == "twice":
            await ack(response_action="update", view=modal(text_input("name", "b-name"), title=plain("Again")))
        else:
            await ack()

    @app.view_closed("form")
    async def closed(ack: Any, body: Json) -> None:
        await ack()
        scene.heard.append(body)

    @app.event("app_home_opened")
    async def home(event: Json, client: Any, request: Any) -> None:
        scene.heard.append(dict(request.headers))
        view = {"type": "home", "blocks": [text_block("Hello again" if "view" in event else "Hello")]}
        await client.views_publish(user_id=event["user"], view=view)


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
        await scene.ada.choose(seen, "lesson", "nothing")
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


async def test_what_an_ack_may_not_carry_is_refused_and_shown_to_nobody(scene: Scene) -> None:
    @scene.app.command("/bad")
    async def bad(ack: Any) -> None:
        await ack(text="x", blocks=[{"type": "header", "text": plain("x" * 151)}])

    turn = await scene.ada.command("/bad")
    assert (turn.refused, turn.ephemerals) == ("invalid_blocks", [])
    assert [request.method for request in scene.slack.rejected] == ["ack of /bad"]
