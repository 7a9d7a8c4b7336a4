"""What an app says by ack or response URL, and what becomes of it before the person's eyes."""

import json

from aiohttp import web

from tests.wire.slack.book import Request
from tests.wire.slack.model import Channel, Json, Message, Refusal, Team, View
from tests.wire.slack.rules import check_suggestions
from tests.wire.slack.stage import (
    close_view,
    make_view,
    open_view,
    post,
    post_ephemeral,
    remove,
    rewrite,
    update_view,
    warn_about_text,
)
from tests.wire.slack.tickets import ResponseHook
from tests.wire.slack.webapi import spoil
from tests.wire.slack.world import World

_MESSAGE_KEYS = {
    "text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts", "metadata",
    "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "parse",
}  # fmt: skip
_RESPONSE_TYPES = (None, "ephemeral", "in_channel")


def _require_known(payload: Json) -> None:
    unknown = set(payload) - _MESSAGE_KEYS
    if unknown:
        raise Refusal("invalid_arguments", messages=[f"unknown argument: {name}" for name in sorted(unknown)])
    if payload.get("response_type") not in _RESPONSE_TYPES:
        raise Refusal("invalid_arguments", messages=["must be a valid enum value [json-pointer:/response_type]"])


def say(world: World, channel: Channel, payload: Json, *, user_id: str, turn_id: str) -> Message:
    """A new message: for the person alone unless `in_channel` is said."""
    if payload.get("response_type") == "in_channel":
        return post(world, channel, payload, turn_id=turn_id)
    return post_ephemeral(world, channel, payload, user_id=user_id, turn_id=turn_id)


def take_command_ack(
    world: World, team: Team, payload: Json | None, *, channel_id: str, user_id: str, turn_id: str
) -> None:
    """An ack may carry the answer; an empty one shows nothing."""
    if not payload:
        return
    _require_known(payload)
    warn_about_text(world, "ack", payload)
    say(world, team.channels[channel_id], payload, user_id=user_id, turn_id=turn_id)


def take_submission_ack(world: World, team: Team, view: View, payload: Json | None, *, turn_id: str) -> dict[str, str]:
    """Close, or stay with errors beside fields, or go on with another view. Returns the errors."""
    action = (payload or {}).get("response_action")
    match action:
        case None:
            if payload:
                raise Refusal("invalid_arguments", messages=[f"unknown argument: {key}" for key in sorted(payload)])
            close_view(world, team, view, turn_id=turn_id, everything=False)
        case "clear":
            close_view(world, team, view, turn_id=turn_id, everything=True)
        case "errors":
            return _read_errors(view, (payload or {}).get("errors"))
        case "update":
            update_view(world, team, view, (payload or {}).get("view"), turn_id=turn_id)
        case "push":
            fresh = make_view(world, team, view.user_id, (payload or {}).get("view"), "modal")
            open_view(world, team, fresh, turn_id=turn_id, pushed=True)
        case _:
            raise Refusal("invalid_arguments", messages=["must be a valid enum value [json-pointer:/response_action]"])
    return {}


def _read_errors(view: View, errors: object) -> dict[str, str]:
    """Errors stand beside input blocks; one for anything else would be shown nowhere."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    sound = (
        isinstance(errors, dict) and bool(errors) and all(isinstance(text, str) and text for text in errors.values())
    )
    if not sound or not isinstance(errors, dict) or set(errors) - inputs:
        known = ", ".join(sorted(inputs))
        raise Refusal("invalid_arguments", messages=[f"errors must name input blocks ({known}) [json-pointer:/errors]"])
    return dict(errors)


def take_suggestions(payload: Json | None) -> list[Json]:
    """The options that an external select shows."""
    complaints = check_suggestions(payload or {})
    if complaints:
        raise Refusal("invalid_arguments", messages=complaints)
    assert payload is not None
    return [*payload.get("options", []), *(o for group in payload.get("option_groups", []) for o in group["options"])]


def refuse_payload(world: World, what: str, payload: Json | None) -> None:
    """Where Slack ignores what an ack carries, the app believes that it said something."""
    if payload:
        world.book.warn(f"ack_payload_ignored: {what}")


class ResponseUrls:
    """Answers `/actions/{hook}`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, http: web.Request) -> web.StreamResponse:
        raw = await http.read()
        record = Request("response_url", json.loads(raw) if raw else {})
        fault = self._world.faults.take("response_url", None)
        if fault is not None and not fault.accepted:
            record.fault = fault.name
            self._world.book.enter(record)
            return spoil(http, fault)
        try:
            self._apply(http.match_info["hook"], record)
        except Refusal as refusal:
            record.answer, record.status = refusal.to_json(), 404 if refusal.error.endswith("_url") else 400
        if fault is not None:
            record.fault = fault.name
        self._world.book.enter(record)
        if fault is not None:
            return spoil(http, fault)
        if record.status != 200:
            return web.json_response(record.answer, status=record.status)
        return web.Response(text="ok", content_type="text/plain")

    def _apply(self, hook_id: str, record: Request) -> None:
        hook = self._world.tickets.redeem_hook(hook_id)
        record.team_id = hook.team_id
        payload = record.args
        _require_known(payload)
        if payload.get("delete_original"):
            remove(self._world, self._origin(hook), turn_id=hook.turn_id)
            return
        warn_about_text(self._world, "response_url", payload)
        if payload.get("replace_original"):
            content = {"blocks": [], "attachments": [], **payload}
            rewrite(self._world, self._origin(hook), content, turn_id=hook.turn_id)
            return
        if hook.origin is not None and payload.get("replace_original") is None:
            # Slack's pages disagree about what happens then, so an app should say what it means.
            self._world.book.warn("replace_original_not_said: response_url of an interaction with a message")
        channel = self._world.teams[hook.team_id].channels[hook.channel_id]
        content = {"thread_ts": hook.thread_ts, **payload} if hook.thread_ts else payload
        say(self._world, channel, content, user_id=hook.user_id, turn_id=hook.turn_id)

    def _origin(self, hook: ResponseHook) -> Message:
        """A slash command has no message to replace (bolt-python#1268)."""
        if hook.origin is None or hook.origin.gone:
            raise Refusal("message_not_found")
        return hook.origin
