"""Decides what happens to a request before and after its handler: door, weather, book, limits, refusals."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, web

from tests.wire.discord import payload as read
from tests.wire.discord import refusals, weather
from tests.wire.discord.book import Book, Request
from tests.wire.discord.message_rules import Upload
from tests.wire.discord.refusals import Refused
from tests.wire.discord.routes import Call, Route, Router
from tests.wire.discord.weather import Allowance, Moment, Weather
from tests.wire.discord.world import World

BASE = "/api/v10"
MAJOR = ("channel", "guild")


class Rest:
    def __init__(self, world: World, router: Router, conditions: Weather, book: Book) -> None:
        self.world = world
        self.router = router
        self.weather = conditions
        self.book = book

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.removeprefix(BASE)
        line = f"{request.method} {path}"
        entry = Request(request.method, path, dict(request.query), None, self.world.clock.now())
        self.book.requests.append(entry)
        response = await self._brave(request, entry, line)
        entry.status = response.status
        self.world.signal.fire()
        return response

    async def _brave(self, request: web.BaseRequest, entry: Request, line: str) -> web.StreamResponse:
        """Lets the weather have its say around the answer proper."""
        calm = not self.weather.faults
        body, uploads = await self._read(request)
        entry.body = body
        if not calm and (failure := await self._meet(request, line, Moment.BEFORE)):
            return failure
        response = self._answer(request, entry, line, body, uploads)
        if not calm and response.status < 300 and (failure := await self._meet(request, line, Moment.AFTER)):
            return failure
        return response

    async def _meet(self, request: web.BaseRequest, line: str, moment: Moment) -> web.Response | None:
        find = self.weather.find
        if moment is Moment.BEFORE:
            if isinstance(hold := find(weather.Hold, line), weather.Hold):
                hold.waiting += 1
                self.world.signal.fire()
                await hold.opened.wait()
            if isinstance(delay := find(weather.Delay, line), weather.Delay):
                await asyncio.sleep(delay.seconds)
            if isinstance(limit := find(weather.Limit, line), weather.Limit):
                return self._too_many(limit.retry_after, limit.scope)
        if find(weather.Drop, line, moment) and request.transport is not None:
            request.transport.abort()
            return web.Response(status=500)
        if isinstance(failure := find(weather.Failure, line, moment), weather.Failure):
            return self._say({"message": f"{failure.status}: fault", "code": 0}, failure.status, {})
        return None

    def _too_many(self, retry_after: float, scope: weather.Scope) -> web.Response:
        body, headers = weather.limited(retry_after, scope)
        return self._say(body, 429, headers)

    async def _read(self, request: web.BaseRequest) -> tuple[object, dict[int, Upload]]:
        if not request.can_read_body:
            return None, {}
        if request.content_type.startswith("multipart/"):
            return await self._read_parts(request)
        raw = await request.read()
        try:
            return read.decode(raw) if raw else None, {}
        except ValueError:
            return raw, {}

    async def _read_parts(self, request: web.BaseRequest) -> tuple[object, dict[int, Upload]]:
        body: object = None
        uploads: dict[int, Upload] = {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            data = bytes(await part.read(decode=True))
            name = part.name or ""
            if name == "payload_json":
                body = read.decode(data)
            elif name.startswith("files["):
                uploads[int(name[6:-1])] = Upload(part.filename or "file", data)
        return body, uploads

    def _answer(
        self, request: web.BaseRequest, entry: Request, line: str, body: object, uploads: dict[int, Upload]
    ) -> web.Response:
        headers: dict[str, str] = {}
        try:
            found = self.router.find(entry.method, entry.path)
            if found is None:
                self.book.unexpected.append(line)
                raise refusals.no_such_route()
            route, params = found
            self._check_door(request, route)
            if not route.open_door or params.get("application"):
                allowance = self._spend(line, route, params)
                if isinstance(allowance, web.Response):
                    return allowance
                headers = weather.limit_headers(allowance, self.world.clock.now())
            result = route.handler(Call(self.world, params, entry.query, body, uploads))
        except Refused as refused:
            entry.status = refused.status
            self.book.reject(entry, refused.code, refused.message, refused.errors)
            return self._say(refused.body(), refused.status, headers)
        if result is None:
            return web.Response(status=204, headers=headers)
        return self._say(result, 200, headers)

    def _say(self, body: object, status: int, headers: dict[str, str]) -> web.Response:
        return web.Response(
            body=read.encode(body).encode(), status=status, headers=headers, content_type="application/json"
        )

    def _check_door(self, request: web.BaseRequest, route: Route) -> None:
        given = request.headers.get("Authorization")
        if given is None and route.open_door:
            return
        if given != f"Bot {self.world.gateway.token}":
            raise refusals.unauthorized()

    def _spend(self, line: str, route: Route, params: dict[str, str]) -> Allowance | web.Response:
        """Answers to interactions do not count towards the bot's 50 a second."""
        if not route.open_door and (wait := self.weather.over_global()):
            return self._too_many(wait, "global")
        major = params.get("token") or "".join(params.get(name, "") for name in MAJOR)
        allowance = self.weather.spend(line, f"{line.split()[0]} {route.template}", major)
        if allowance.remaining < 0:
            return self._too_many(allowance.reset_after, "user")
        return allowance
