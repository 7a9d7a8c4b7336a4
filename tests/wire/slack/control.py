"""The same Slack as a process of its own: one JSON line tells where it is, POSTs under /_control steer it."""

import argparse
import asyncio
import gc
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

from aiohttp import web

from tests.wire.slack.book import NotSeen, Request
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import ChannelKind, Json
from tests.wire.slack.person import Person
from tests.wire.slack.screen import CannotDo
from tests.wire.slack.turn import Turn
from tests.wire.slack.world import ALL_SCOPES

if TYPE_CHECKING:
    from tests.wire.fake_slack import FakeSlack

Verb: TypeAlias = Callable[[Json], Awaitable[Json]]


class Control:
    """Answers `/_control/{verb}`: JSON in, JSON out; what cannot be done comes back as 409 with the reason."""

    def __init__(self, slack: "FakeSlack") -> None:
        self._slack = slack
        self._people: dict[str, Person] = {}
        self._verbs: dict[str, Verb] = {
            "team": self._add_team,
            "person": self._add_person,
            "channel": self._add_channel,
            "command": self._command,
            "press": self._press,
            "messages": self._messages,
            "ephemerals": self._ephemerals,
            "requests": self._requests,
            "trouble": self._trouble,
            "fault": self._fault,
            "limit_posts": self._limit_posts,
            "advance": self._advance,
            "connected": self._connected,
            "line": self._line,
            "storm": self._storm,
            "forget": self._forget,
        }

    async def handle(self, http: web.Request) -> web.StreamResponse:
        verb = self._verbs.get(http.match_info["verb"])
        if verb is None:
            return web.json_response({"error": f"one of {', '.join(sorted(self._verbs))}"}, status=404)
        raw = await http.read()
        try:
            return web.json_response(await verb(json.loads(raw) if raw else {}))
        except (CannotDo, NotSeen, KeyError, TypeError, ValueError) as reason:
            return web.json_response({"error": f"{type(reason).__name__}: {reason}"}, status=409)

    async def _add_team(self, asked: Json) -> Json:
        workspace = self._slack.add_team(
            asked.get("name", "Acme"),
            enterprise_id=asked.get("enterprise_id"),
            scopes=asked.get("scopes", ALL_SCOPES),
        )
        return {"team": workspace.id, "token": workspace.token, "general": workspace.general.id}

    async def _add_person(self, asked: Json) -> Json:
        rights = {key: asked[key] for key in ("tz", "locale", "is_admin", "is_owner") if key in asked}
        person = self._slack.workspaces[asked["team"]].person(asked["name"], **rights)
        self._people[person.id] = person
        return {"user": person.id, "dm": person.dm.id}

    async def _add_channel(self, asked: Json) -> Json:
        channel = self._slack.workspaces[asked["team"]].channel(
            asked["name"],
            members=[self._people[user] for user in asked.get("members", [])],
            kind=ChannelKind(asked.get("kind", "public_channel")),
            with_bot=asked.get("with_bot", True),
        )
        return {"channel": channel.id}

    async def _command(self, asked: Json) -> Json:
        person = self._people[asked["user"]]
        channel = person.team.channels[asked["channel"]] if "channel" in asked else None
        turn = await person.command(asked["command"], asked.get("text", ""), channel=channel)
        if asked.get("wait", True):
            await turn.answer()
        return _turn(turn)

    async def _press(self, asked: Json) -> Json:
        person = self._people[asked["user"]]
        seen = [*person.team.channels[asked["channel"]].messages.values(), *person.team.ephemerals]
        message = next(message for message in seen if message.ts == asked["ts"])
        return _turn(await person.press(message, asked["wanted"]))

    async def _messages(self, asked: Json) -> Json:
        found = self._slack.workspaces[asked["team"]].messages(asked["channel"])
        return {"messages": [message.to_json() for message in found]}

    async def _ephemerals(self, asked: Json) -> Json:
        found = self._slack.workspaces[asked["team"]].ephemerals(asked["user"])
        return {"messages": [message.to_json() for message in found]}

    async def _requests(self, asked: Json) -> Json:
        wanted = asked.get("method")
        found = [request for request in self._slack.requests if wanted in (None, request.method)]
        return {"requests": [_request(request) for request in found]}

    async def _trouble(self, _asked: Json) -> Json:
        return {"trouble": self._slack.book.trouble()}

    async def _fault(self, asked: Json) -> Json:
        times = asked.pop("times", 1)
        self._slack.plan(Fault(**asked), times=times)
        return {}

    async def _limit_posts(self, asked: Json) -> Json:
        self._slack.limit_posts(seconds=asked.get("seconds", 1.0))
        return {}

    async def _advance(self, asked: Json) -> Json:
        self._slack.clock.advance(asked["seconds"])
        return {"now": self._slack.clock.now()}

    async def _connected(self, asked: Json) -> Json:
        await self._slack.until_connected(asked.get("count", 1))
        return {"connections": len(self._slack.socket.connections)}

    async def _line(self, asked: Json) -> Json:
        if "url" in asked:
            self._slack.use_http(asked["url"])
        else:
            self._slack.use_socket()
        return {}

    async def _forget(self, _asked: Json) -> Json:
        self._slack.book.forget()
        self._slack.world.tickets.forget()
        return {}

    async def _storm(self, asked: Json) -> Json:
        """Many commands, so many in flight at a time, each by a person of their own; measured on their screens."""
        workspace = self._slack.workspaces[asked["team"]]
        left = iter(range(asked["count"]))
        seconds: list[float] = []
        unanswered: list[str] = []

        async def keep_asking(person: Person) -> None:
            for _ in left:
                begun = time.perf_counter()
                turn = await person.command(asked["command"], asked.get("text", ""))
                if turn.ack is not None and turn.ack.error is not None:
                    unanswered.append(turn.ack.error)
                    continue
                await turn.answer(within=asked.get("within", 30.0))
                seconds.append(time.perf_counter() - begun)

        people = [workspace.person(f"storm-{number}") for number in range(asked.get("in_flight", 1))]
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(keep_asking(person))
        whole = time.perf_counter() - begun
        workspace.team.ephemerals.clear()
        cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else seconds * 99
        return {
            "count": len(seconds),
            "unanswered": len(unanswered),
            "per_second": len(seconds) / whole,
            "p50_ms": cuts[49] * 1000,
            "p95_ms": cuts[94] * 1000,
            "p99_ms": cuts[98] * 1000,
        }


def _turn(turn: Turn) -> Json:
    return {
        "ack": None if turn.ack is None else asdict(turn.ack),
        "refused": turn.refused,
        "ephemerals": [message.to_json() for message in turn.ephemerals],
        "messages": [message.to_json() for message in turn.messages],
        "view": None if turn.view is None else turn.view.to_json(),
    }


def _request(request: Request) -> Json:
    return {"method": request.method, "args": request.args, "error": request.error, "fault": request.fault}


async def serve(make: "Callable[..., FakeSlack]") -> int:
    """Run until stdin closes, so that no server outlives the test that started it."""
    parser = argparse.ArgumentParser(description="A strict little Slack for tests.")
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    # It keeps whatever it is told: looking for garbage among that would cost more than what is being measured.
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
    async with make(port=asked.port) as slack:
        described = {
            "api_url": slack.api_url,
            "control_url": f"{slack.world.base_url}/_control/",
            **{key: value for key, value in asdict(slack.app).items() if key != "id"},
            "app_id": slack.app.id,
        }
        sys.stdout.write(json.dumps(described) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.buffer.read)
    return 0
