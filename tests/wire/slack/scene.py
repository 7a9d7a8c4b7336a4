"""A workspace, a person, and a Bolt bot with one listener of each kind: the stage of the interaction tests."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.model import Json
from tests.wire.slack.person import Person
from tests.wire.slack.samples import actions, button, modal, option, plain, text_block, text_input
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
        {"type": "external_select", "action_id": "lesson", "placeholder": plain("Lesson"), "min_query_length": 2},
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


def listen_to_all(scene: Scene) -> None:
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
