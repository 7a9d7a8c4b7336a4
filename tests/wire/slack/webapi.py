"""The Web API's front door: token, scopes and arguments are checked here, faults strike here, all is written down."""

import asyncio
import json
from collections.abc import Callable
from typing import TypeAlias

from aiohttp import web

from tests.wire.slack import chat, conversations, people, views
from tests.wire.slack.arguments import SIGNATURES, read_arguments
from tests.wire.slack.book import Request
from tests.wire.slack.calls import Call
from tests.wire.slack.faults import Fault, RateLimited
from tests.wire.slack.files import Uploads
from tests.wire.slack.installation import Grant
from tests.wire.slack.model import Json, Refusal
from tests.wire.slack.oauth import Consents
from tests.wire.slack.world import World

Handler: TypeAlias = Callable[[Call], Json]
RETRY_AFTER_SECONDS = 1


class WebApi:
    """Answers `/api/{method}`."""

    def __init__(self, world: World, consents: Consents, uploads: Uploads, open_connection: Callable[[], Json]) -> None:
        self._world = world
        self._consents = consents
        self._open_connection = open_connection
        self._methods: dict[str, Handler] = {
            **chat.METHODS,
            **conversations.METHODS,
            **people.METHODS,
            **views.METHODS,
            "files.getUploadURLExternal": uploads.announce,
            "files.completeUploadExternal": uploads.complete,
            "apps.uninstall": consents.uninstall_by_api,
        }

    async def handle(self, http: web.Request) -> web.StreamResponse:
        method = http.match_info["method"]
        args = await _read_body(http)
        token = _token(http, args)
        record = Request(method, {key: value for key, value in args.items() if key != "client_secret"})
        channel = args.get("channel")
        fault = self._world.faults.take(method, channel if isinstance(channel, str) else None)
        grant: Grant | None = None
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and not fault.accepted and fault.name != "delayed":
            return self._misfortune(http, record, fault)
        retry_after: int | None = None
        try:
            grant, record.answer = self._answer(http, record, args, token)
        except RateLimited as limited:
            record.answer, record.status, retry_after = limited.to_json(), 429, limited.retry_after
            record.fault = "ratelimited"
        except Refusal as refusal:
            record.answer = refusal.to_json()
        if fault is not None and fault.accepted:
            return self._misfortune(http, record, fault)
        self._world.book.enter(record)
        headers = {"X-OAuth-Scopes": ",".join(grant.scopes)} if grant is not None else {}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return web.json_response(record.answer, status=record.status, headers=headers)

    def _answer(self, http: web.Request, record: Request, args: Json, token: str | None) -> tuple[Grant | None, Json]:
        signature = SIGNATURES.get(record.method)
        if signature is None:
            self._world.book.unexpected.append(record)
            raise Refusal("unknown_method")
        if signature.token == "none":
            return None, {"ok": True, **self._consents.exchange(http, read_arguments(signature, args))}
        grant = self._world.live_grant(token)
        if grant.kind != signature.token:
            raise Refusal("not_allowed_token_type")
        self._world.require_scope(grant, signature.scopes)
        read = read_arguments(signature, args)
        if signature.token == "app":
            return grant, {"ok": True, **self._open_connection()}
        # What a token is worth can be asked of an org-wide one without naming a workspace.
        usual = grant.team_ids[0] if record.method == "auth.test" else None
        team = self._world.team_of(grant, read.pop("team_id", usual))
        record.team_id = team.id
        call = Call(self._world, record.method, read, grant, team)
        answer: Json = {"ok": True, **self._methods[record.method](call)}
        if call.warnings:
            answer["warning"] = ",".join(call.warnings)
            answer.setdefault("response_metadata", {})["warnings"] = call.warnings
        return grant, answer

    def _misfortune(self, http: web.Request, record: Request, fault: Fault) -> web.StreamResponse:
        record.fault = fault.name
        response = spoil(http, fault)
        record.status = response.status
        if fault.error:
            record.answer = {"ok": False, "error": fault.error}
        self._world.book.enter(record)
        return response


def spoil(http: web.Request, fault: Fault) -> web.StreamResponse:
    """The bad answer that a fault asks for; a dropped connection has none at all."""
    if fault.dropped:
        if http.transport is not None:
            http.transport.abort()
        return web.Response(status=499)
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.garbled is not None:
        content_type, body = fault.garbled
        return web.Response(status=fault.status, body=body, headers={**headers, "Content-Type": content_type})
    if fault.error is not None:
        return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=headers)
    return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")


def _token(http: web.Request, args: Json) -> str | None:
    held = http.headers.get("Authorization", "")
    given = args.pop("token", None)
    if held.startswith("Bearer "):
        return held.removeprefix("Bearer ")
    return given if isinstance(given, str) else None


async def _read_body(http: web.Request) -> Json:
    """Arguments come in the query, in a form or as JSON; the later ones win."""
    args: Json = dict(http.query)
    if http.content_type == "application/json":
        body = await http.read()
        args |= json.loads(body) if body else {}
    elif http.can_read_body:
        args |= {key: value for key, value in (await http.post()).items() if isinstance(value, str)}
    return args
