"""The process's one HTTP server: health, metrics, and what front ends mount on it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol, runtime_checkable

from aiohttp import web

from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.metrics import Metrics
from bot.core.ports import Adapter
from bot.core.record import Record
from bot.packs.library import Library
from bot.store.store import Store

LARGEST = 1024 * 1024
"""Bytes of a request's body."""


@runtime_checkable
class Mounted(Protocol):
    """Something with pages or endpoints of its own."""

    def attach(self, app: web.Application) -> None: ...


@asynccontextmanager
async def listening(parts: Sequence[object], *, host: str, port: int, grace: float) -> AsyncIterator[str]:
    """Serve what the parts mount; yields the address as people would type it."""
    app = web.Application(client_max_size=LARGEST)
    for part in parts:
        if isinstance(part, Mounted):
            part.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise SettingsError(
            f"DUALO_HTTP_PORT: {host}:{port} cannot be used ({reason}). "
            "Stop the other program there, or choose another port."
        ) from None
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class PartState(Record):
    """How a part is, in words."""

    ready: bool
    reason: str


Probe = Callable[[], Awaitable[PartState]]


class Health:
    """Asks each part when it is asked itself."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._parts: dict[str, Probe] = {}
        self.stopping = False

    def watch(self, store: Store, library: Library, adapters: Sequence[Adapter]) -> None:
        """Ask these parts of a process from now on."""

        async def database() -> PartState:
            await store.ping()
            return PartState(ready=True, reason="it answers")

        async def content() -> PartState:
            shelf = library.edition.shelf
            words = f"{len(shelf.lessons)} lessons in {len(shelf.themes)} themes"
            return PartState(ready=True, reason=f"{words}; {len(shelf.problems)} problems" if shelf.problems else words)

        self._parts = {"database": database, "content": content, **{each.name: _probe(each) for each in adapters}}

    async def states(self) -> Mapping[str, PartState]:
        return {name: await _asked(probe) for name, probe in self._parts.items()}

    def attach(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._measured)

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, _: web.Request) -> web.Response:
        states = await self.states()
        ready = not self.stopping and all(state.ready for state in states.values())
        parts = {name: {"ready": state.ready, "reason": state.reason} for name, state in states.items()}
        word = "ready" if ready else "stopping" if self.stopping else "not ready"
        return web.json_response({"status": word, "parts": parts}, status=200 if ready else 503)

    async def _measured(self, _: web.Request) -> web.Response:
        page, kind = self._metrics.page()
        return web.Response(body=page, headers={"Content-Type": kind})


def _probe(adapter: Adapter) -> Probe:
    async def look() -> PartState:
        trouble = adapter.trouble
        return PartState(ready=not trouble, reason=trouble or "people are being answered")

    return look


async def _asked(probe: Probe) -> PartState:
    try:
        return await probe()
    except StoreUnavailable as error:
        return PartState(ready=False, reason=f"the database does not answer: {error}")
