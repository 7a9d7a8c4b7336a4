"""What this Discord lets through is also what Discord's own specification of its API lets through.

The specification is not part of the project: name a folder that holds `discord_openapi.json` in `DUALO_SPECS`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.wire.discord.book import Request
from tests.wire.discord.payload import Payload, as_payload, object_of
from tests.wire.discord.stage import Stage
from tests.wire.discord.test_command_rules import REGISTERED_WELL
from tests.wire.discord.test_message_rules import SENT_WELL
from tests.wire.discord.test_modal_rules import SHOWN_WELL
from tests.wire.discord.trial_bot import Lesson

FOLDER = os.environ.get("DUALO_SPECS")
MESSAGE, MODAL, COMMANDS = (
    "MessageCreateRequest",
    "ModalInteractionCallbackRequestData",
    "ApplicationCommandUpdateRequest",
)
BY_ROUTE = {
    r"POST /channels/\d+/messages": "MessageCreateRequest",
    r"PATCH /channels/\d+/messages/\d+": "MessageEditRequestPartial",
    r"POST /channels/\d+/messages/\d+/threads": "CreateTextThreadWithMessageRequest",
    r"POST /webhooks/\d+/\S+": "IncomingWebhookRequestPartial",
    r"PATCH /webhooks/\d+/\S+": "IncomingWebhookUpdateRequestPartial",
}
BY_CALLBACK = {
    4: "CreateMessageInteractionCallbackRequest",
    5: "CreateMessageInteractionCallbackRequest",
    6: "UpdateMessageInteractionCallbackRequest",
    7: "UpdateMessageInteractionCallbackRequest",
    8: "ApplicationCommandAutocompleteCallbackRequest",
    9: "ModalInteractionCallbackRequest",
}

pytestmark = pytest.mark.skipif(FOLDER is None, reason="DUALO_SPECS names no folder with Discord's specification")


@pytest.fixture(scope="module")
def specification() -> Payload:
    assert FOLDER is not None
    return as_payload(json.loads((Path(FOLDER) / "discord_openapi.json").read_text()))


def breaches(specification: Payload, name: str, body: object) -> list[str]:
    schemas = object_of(object_of(specification, "components"), "schemas")
    assert name in schemas
    root = {"$ref": f"#/components/schemas/{name}", "components": specification["components"]}
    found = jsonschema.Draft202012Validator(root).iter_errors(body)
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        *[(MESSAGE, body) for body in SENT_WELL],
        *[(MODAL, body) for body in SHOWN_WELL],
        *[(COMMANDS, command) for commands in REGISTERED_WELL for command in commands[:2]],
    ],
)
def test_what_the_rules_let_through_is_specified(specification: Payload, name: str, body: Payload) -> None:
    assert breaches(specification, name, body) == []


async def test_what_discord_py_sends_is_specified(stage: Stage, specification: Payload) -> None:
    await stage.ada.slash("slow", channel=stage.channel).settled()
    lesson = await stage.ada.slash("lesson", {"theme": "public"}, channel=stage.channel)
    await stage.ada.choose(lesson, "theme", ["1"]).settled()
    await stage.ada.press(lesson, "done")
    await stage.ada.submit(await stage.ada.slash("settings", channel=stage.channel), {"hour": "9"})
    await stage.ada.autocomplete("lesson", {"theme": "a"}, focused="theme", channel=stage.channel)
    sent = await stage.place.send(view=Lesson(), nonce="n")
    await sent.edit(view=Lesson())
    await stage.bot.http.start_thread_with_message(sent.channel.id, sent.id, name="n", auto_archive_duration=10080)
    known = [(one, schema) for one in stage.discord.requests for schema in schemas_of(one)]
    assert len(known) >= 10
    assert [told for one, schema in known for told in breaches(specification, schema, one.body)] == []


def schemas_of(request: Request) -> Iterator[str]:
    if request.path.startswith("/interactions/"):
        kind = as_payload(request.body).get("type")
        assert isinstance(kind, int)
        yield BY_CALLBACK[kind]
    for pattern, name in BY_ROUTE.items():
        if re.fullmatch(pattern, f"{request.method} {request.path}"):
            yield name
