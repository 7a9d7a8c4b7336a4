"""Whether this process lives and is ready, each part with its reason: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address

import structlog
from aiohttp import web
from yarl import URL

from bot.core.errors import StoreUnavailable
from bot.core.metrics import Metrics
from bot.core.ports import Adapter, Clock, WallClock
from bot.core.record import Record
from bot.packs.library import Library
from bot.store.store import Store

log = structlog.get_logger(__name__)
_NEAR = (".internal", ".lan", ".local", ".localhost", ".svc", ".home.arpa")
"""Endings of names that nobody can register: a name beneath one is this network's."""
_NO_DATABASE = "the database does not answer"


class PartState(Record):
    """How a part is, in words."""

    ready: bool
    reason: str


Probe = Callable[[], Awaitable[PartState]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Health:
    """Asks each part when it is asked itself."""

    def __init__(self, metrics: Metrics, *, clock: Clock | None = None, names: Sequence[str] = ()) -> None:
        self._metrics = metrics
        self._clock = clock or WallClock()
        self._since: dict[str, tuple[bool, datetime]] = {}
        self._names = frozenset(name.lower() for name in names)
        self._parts: dict[str, Probe] = {}
        self._failing: dict[str, str] = {}
        self._ended: set[str] = set()
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

    def end(self, name: str) -> None:
        """A front end has ended for good. Its state says so, and the process stays ready for those on the others."""
        self._ended.add(name)

    async def states(self) -> Mapping[str, PartState]:
        found = {name: await self._asked(name, probe) for name, probe in self._parts.items()}
        for name, state in found.items():
            if name not in self._since or self._since[name][0] != state.ready:
                self._since[name] = (state.ready, self._clock.now())
        return found

    async def look(self) -> None:
        """Ask from time to time also while nobody else does, so that `since` is true to the interval."""
        await self.states()

    def attach(self, app: web.Application) -> None:
        for path, handler in (("/healthz", self._alive), ("/readyz", self._ready), ("/metrics", self._measured)):
            app.router.add_get(path, self._for_neighbours(handler))

    def _for_neighbours(self, handler: Handler) -> Handler:
        """A site elsewhere can make its own name point here; a browser that it sends here calls us by that name."""

        async def answered(request: web.Request) -> web.StreamResponse:
            if _is_near(request.headers.get("Host", ""), self._names):
                return await handler(request)
            return web.Response(status=421, text="This is not known by that name. Set DUALO_PUBLIC_URL to it.")

        return answered

    async def _asked(self, name: str, probe: Probe) -> PartState:
        """The state of a part. What a library said of it is for the log alone, once."""
        try:
            state = await probe()
        except StoreUnavailable as error:
            self._note(name, str(error))
            return PartState(ready=False, reason=_NO_DATABASE)
        except Exception as error:
            self._note(name, type(error).__name__, error)
            return PartState(ready=False, reason="it cannot be asked; the log says more")
        self._failing.pop(name, None)
        return state

    def _note(self, name: str, why: str, bug: Exception | None = None) -> None:
        if self._failing.get(name) != why:
            log.warning(f"Not ready: {name}: {why}.", action="health.not_ready", part=name, exc_info=bug)
        self._failing[name] = why

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, _: web.Request) -> web.Response:
        states = await self.states()
        ready = not self.stopping and all(state.ready for name, state in states.items() if name not in self._ended)
        parts = {
            name: {
                "ready": state.ready,
                "reason": state.reason,
                "since": self._since[name][1].isoformat(timespec="seconds"),
            }
            for name, state in states.items()
        }
        word = "ready" if ready else "stopping" if self.stopping else "not ready"
        if ready and self._ended:
            word = f"ready without {', '.join(sorted(self._ended))}"
        return web.json_response({"status": word, "parts": parts}, status=200 if ready else 503)

    async def _measured(self, _: web.Request) -> web.Response:
        page, kind = self._metrics.page()
        return web.Response(body=page, headers={"Content-Type": kind})


def _probe(adapter: Adapter) -> Probe:
    async def look() -> PartState:
        trouble = adapter.trouble
        return PartState(ready=not trouble, reason=trouble or "people are being answered")

    return look


def _is_near(host: str, names: frozenset[str]) -> bool:
    """Whether the name is an address, one of ours, or one that this network alone gives out."""
    try:
        name = (URL(f"http://{host}").host or "").lower().rstrip(".")
    except ValueError:
        return False
    if name in names or (name and "." not in name and ":" not in name) or name.endswith(_NEAR):
        return True
    try:
        return bool(ip_address(name.split("%")[0]))
    except ValueError:
        return False
