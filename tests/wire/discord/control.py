"""Decides how another process steers this Discord: `POST /_control/<verb>` with JSON in and JSON out.

Things are named by their ids (as strings); an answer is described the same way whatever made it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from tests.wire.discord import drawing
from tests.wire.discord import payload as read
from tests.wire.discord.client import ClientRefused, Values
from tests.wire.discord.clock import Unmet
from tests.wire.discord.interactions import Answer
from tests.wire.discord.load import run_load
from tests.wire.discord.model import Channel, DmDoor, Guild, Message
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import Permission
from tests.wire.discord.person import Given, Person
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.weather import Hold, Moment

KINDS = {"user": "users", "role": "roles", "channel": "channels"}


class Unknown(LookupError):
    """A control call names something that is not here."""


class Control:
    def __init__(self, discord: FakeDiscord) -> None:
        self.discord = discord
        self.answers: dict[str, Answer] = {}
        self.people: dict[int, Person] = {}
        self.holds: dict[str, Hold] = {}
        self.verbs: dict[str, Callable[[Payload], Awaitable[object]]] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        verb = request.path.removeprefix("/_control/")
        raw = await request.read()
        handler = self.verbs.get(verb)
        if handler is None:
            return web.json_response({"error": f"no such call {verb!r}; there are {sorted(self.verbs)}"}, status=404)
        try:
            result = await handler(read.as_payload(read.decode(raw)) if raw else {})
        except (ClientRefused, Unmet, Unknown, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.Response(text=read.encode(result), content_type="application/json")

    # Finding things

    def _person(self, body: Payload) -> Person:
        found = self.people.get(read.integer_of(body, "person"))
        if found is None:
            raise Unknown(f"no person {body.get('person')!r}")
        return found

    def _guild(self, body: Payload) -> Guild:
        found = self.discord.world.guilds.get(read.integer_of(body, "guild"))
        if found is None:
            raise Unknown(f"no guild {body.get('guild')!r}")
        return found

    def _channel(self, body: Payload) -> Channel | None:
        if "channel" not in body:
            return None
        found = self.discord.world.channels.get(read.integer_of(body, "channel"))
        if found is None:
            raise Unknown(f"no channel {body.get('channel')!r}")
        return found

    def _message(self, body: Payload) -> Message:
        found = self.discord.world.messages.get(read.integer_of(body, "message"))
        if found is None:
            raise Unknown(f"no message {body.get('message')!r}")
        return found

    def _options(self, body: Payload) -> Mapping[str, Given]:
        return {name: self._given(value) for name, value in read.object_of(body, "options").items()}

    def _given(self, value: object) -> Given:
        """A plain value, or `{"channel": "123"}`, `{"role": …}`, `{"user": …}`."""
        if isinstance(value, str | int | float | bool):
            return value
        named = read.as_payload(value)
        if channel := self._channel(named):
            return channel
        if "user" in named:
            return self.discord.world.users[read.integer_of(named, "user")]
        number = read.integer_of(named, "role")
        for guild in self.discord.world.guilds.values():
            if number in guild.roles:
                return guild.roles[number]
        raise Unknown(f"nothing here is {value!r}")

    async def _tell(self, answer: Answer, body: Payload) -> Payload:
        self.answers[str(answer.id)] = answer
        wait = read.text_of(body, "wait", "answered")
        if wait == "answered":
            await answer
        elif wait == "settled":
            await answer.settled()
        return describe(answer)

    # The world

    async def do_guild(self, body: Payload) -> Payload:
        guild = self.discord.guild(read.text_of(body, "name", "Team"), bot=body.get("bot") is not False)
        names = read.list_of(body, "channels") or ["general"]
        channels = [self.discord.channel(guild, str(name)) for name in names]
        return {"id": str(guild.id), "channels": {one.name: str(one.id) for one in channels}}

    async def do_person(self, body: Payload) -> Payload:
        person = self.discord.person(
            read.text_of(body, "name", "someone"),
            locale=read.text_of(body, "locale", "en-US"),
            installed=read.truth_of(body, "installed"),
        )
        self.people[person.id] = person
        if "guild" in body:
            guild = self._guild(body)
            bits = Permission(read.integer_of(body, "permissions"))
            roles = [self.discord.role(guild, person.user.name, bits)] if bits else []
            self.discord.join(person, guild, *roles)
        return {"id": str(person.id), "dm": str(person.dm.id)}

    async def do_deny(self, body: Payload) -> Payload:
        channel = self._channel(body)
        assert channel is not None
        self.discord.deny(channel, Permission(read.integer_of(body, "permissions")))
        return {}

    async def do_door(self, body: Payload) -> Payload:
        self.discord.set_door(self._person(body), DmDoor(read.text_of(body, "door")))
        return {}

    async def do_advance(self, body: Payload) -> Payload:
        seconds = body.get("seconds")
        self.discord.clock.advance(seconds if isinstance(seconds, int | float) else 0)
        return {"now": self.discord.clock.now()}

    # What people do

    async def do_slash(self, body: Payload) -> Payload:
        person, options = self._person(body), self._options(body)
        answer = person.slash(read.text_of(body, "line"), options, channel=self._channel(body))
        return await self._tell(answer, body)

    async def do_autocomplete(self, body: Payload) -> list[Payload]:
        choices = await self._person(body).autocomplete(
            read.text_of(body, "line"),
            self._options(body),
            focused=read.text_of(body, "focused"),
            channel=self._channel(body),
        )
        return [{"name": one.name, "value": one.value} for one in choices]

    async def do_press(self, body: Payload) -> Payload:
        answer = self._person(body).press(self._message(body), read.text_of(body, "which"))
        return await self._tell(answer, body)

    async def do_choose(self, body: Payload) -> Payload:
        values = [str(one) for one in read.list_of(body, "values")]
        answer = self._person(body).choose(self._message(body), read.text_of(body, "which"), values)
        return await self._tell(answer, body)

    async def do_submit(self, body: Payload) -> Payload:
        opened = self._answer(body)
        values: dict[str, Values] = {}
        for name, value in read.object_of(body, "values").items():
            values[name] = [str(one) for one in value] if isinstance(value, list) else _field(value)
        return await self._tell(self._person(body).submit(opened, values), body)

    async def do_answer(self, body: Payload) -> Payload:
        return await self._tell(self._answer(body), body)

    def _answer(self, body: Payload) -> Answer:
        found = self.answers.get(read.text_of(body, "answer"))
        if found is None:
            raise Unknown(f"no answer {body.get('answer')!r}")
        return found

    async def do_load(self, body: Payload) -> Payload:
        """The same command `count` times, `in_flight` at once; latencies in seconds."""
        person, channel = self._person(body), self._channel(body)
        line, options = read.text_of(body, "line"), self._options(body)
        load = await run_load(
            lambda _: person.slash(line, options, channel=channel),
            count=read.integer_of(body, "count", 100),
            in_flight=read.integer_of(body, "in_flight", 1),
        )
        return {"seconds": load.seconds, "per_second": load.per_second, "latencies": list(load.latencies)}

    # What goes wrong

    async def do_fault(self, body: Payload) -> Payload:
        """`kind`: fail, drop, delay, limit or hold; `release` lets the held requests of a route in."""
        route, times = read.text_of(body, "route"), read.integer_of(body, "times", 1)
        seconds = body.get("seconds")
        pause = float(seconds) if isinstance(seconds, int | float) else 1.0
        moment = Moment(read.text_of(body, "moment", "after"))
        match read.text_of(body, "kind"):
            case "fail":
                self.discord.fail(route, status=read.integer_of(body, "status", 500), moment=moment, times=times)
            case "drop":
                self.discord.drop(route, moment=moment, times=times)
            case "delay":
                self.discord.delay(route, pause, times=times)
            case "limit":
                scope = "global" if read.truth_of(body, "global") else "user"
                self.discord.limit(route, pause, times=times, scope="global" if scope == "global" else "user")
            case "hold":
                self.holds[route] = self.discord.hold(route)
            case "release":
                self.holds.pop(route).release()
            case other:
                raise ValueError(f"no such fault {other!r}")
        return {}

    async def do_gateway(self, body: Payload) -> Payload:
        """`do`: cut, reconnect, invalidate; always tells who is connected."""
        gateway = self.discord.gateway
        match read.text_of(body, "do"):
            case "cut":
                gateway.cut()
            case "reconnect":
                gateway.ask_reconnect()
            case "invalidate":
                gateway.invalidate(resumable=read.truth_of(body, "resumable"))
        return {
            "connected": len(gateway.connected),
            "identified": len(gateway.identifies),
            "resumed": len(gateway.resumes),
        }

    async def do_connected(self, body: Payload) -> Payload:
        seconds = body.get("within")
        within = float(seconds) if isinstance(seconds, int | float) else 10.0
        await self.discord.connected(read.integer_of(body, "shards", 1), within=within)
        return {"connected": len(self.discord.gateway.connected)}

    # What happened

    async def do_messages(self, body: Payload) -> list[Payload]:
        channel = self._channel(body)
        assert channel is not None
        return [drawing.draw_message(one) for one in self.discord.messages(channel)]

    async def do_book(self, _: Payload) -> Payload:
        book = self.discord.book
        return {
            "requests": [
                {"method": one.method, "path": one.path, "status": one.status, "at": one.at} for one in book.requests
            ],
            "rejected": [str(one) for one in book.rejected],
            "unexpected": book.unexpected,
        }


def _field(value: object) -> str | bool | None:
    return value if isinstance(value, str | bool) else None


def describe(answer: Answer) -> Payload:
    message, modal = answer.message, answer.modal
    return {
        "answer": str(answer.id),
        "type": None if answer.response is None else int(answer.response.type),
        "ephemeral": answer.ephemeral,
        "elapsed": None if answer.answered_at is None else answer.elapsed,
        "message": None if message is None else drawing.draw_message(message) | {"text": message.text},
        "followups": [drawing.draw_message(one) | {"text": one.text} for one in answer.followups],
        "modal": None if modal is None else {"title": modal.title, "custom_id": modal.custom_id,
                                             "components": modal.components},
    }  # fmt: skip


async def run(port: int, *, token: str, shards: int, announce: Callable[[str], None], ended: asyncio.Event) -> None:
    """Serves until `ended`; announces the address as one line of JSON."""
    async with FakeDiscord(token=token, shards=shards, port=port) as discord:
        discord.control = Control(discord).serve
        announce(
            read.encode(
                {
                    "api_url": discord.api_url,
                    "gateway_url": discord.gateway_url,
                    "control_url": f"{discord.url}/_control",
                    "token": token,
                }
            )
        )
        await ended.wait()
