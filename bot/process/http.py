"""The process's one HTTP server: health, metrics, and what front ends mount on it.

What holds for every request stands here: time for the body, the headers of every answer, one answer for a bug.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol, cast, runtime_checkable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.core import reference
from bot.core.errors import SettingsError, StoreUnavailable
from bot.process.connections import BoundedConnection, Connections, Limits, raise_descriptor_limit

log = structlog.get_logger(__name__)
LARGEST = 1024 * 1024
"""Bytes of a request's body."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer that has no stricter or looser ones of its own."""
_HSTS = "max-age=31536000"
LIMITS = Limits()


@runtime_checkable
class Mounted(Protocol):
    """Something with pages or endpoints of its own."""

    def attach(self, app: web.Application) -> None: ...


@asynccontextmanager
async def listening(
    parts: Sequence[object], *, host: str, port: int, grace: float, public_url: str = "", limits: Limits = LIMITS
) -> AsyncIterator[str]:
    """Serve what the parts mount; yields the address as people would type it."""
    connections = Connections(limits, raise_descriptor_limit(limits.connections))
    app = web.Application(client_max_size=LARGEST, middlewares=[_bounded(connections)])
    _add_headers(app, https=public_url.startswith("https://"))
    for part in parts:
        if isinstance(part, Mounted):
            part.attach(app)
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=grace, keepalive_timeout=limits.idle, auto_decompress=False
    )
    await runner.setup()
    inner = cast(web.Server, runner.server)
    try:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: BoundedConnection(connections, inner), host, port, reuse_address=True)
    except OSError as error:
        await runner.cleanup()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise SettingsError(
            f"DUALO_HTTP_PORT: {host}:{port} cannot be used ({reason}). "
            "Stop the other program there, or choose another port."
        ) from None
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await runner.cleanup()


def _bounded(connections: Connections) -> Middleware:
    """What stands around every handler."""

    @web.middleware
    async def bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
        connection = connections.of(request)
        if connection is not None:
            connection.begin_answer()
        try:
            return await _read(request, connections.limits.body) or await _answer(request, handler)
        finally:
            if connection is not None:
                connection.end_answer()

    return bounded


async def _read(request: web.Request, seconds: float) -> web.Response | None:
    """Wait for the whole body before anything looks at it; the refusal if it does not come."""
    if not request.can_read_body:
        return None
    try:
        async with asyncio.timeout(seconds):
            await request.read()
    except TimeoutError:
        refused = web.Response(status=408, text="The request did not come whole.")
    except (ConnectionError, web.RequestPayloadError):
        log.debug("A request broke off.", action="http.broken_off", path=request.path)
        refused = web.Response(status=400, text="The request broke off.")
    else:
        return None
    refused.force_close()
    return refused


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except StoreUnavailable as error:
        log.warning(f"A request could not be answered: {error}.", action="http.no_database", path=request.path)
        return web.Response(status=503, text="The database does not answer. Try again in a minute.")
    except Exception:
        made = reference.new()
        log.exception("A request could not be answered.", action="http.failed", path=request.path, reference=made)
        return web.Response(status=500, text=f"Something broke on our side. Reference {made}.")


def _add_headers(app: web.Application, *, https: bool) -> None:
    async def add(_: web.Request, response: web.StreamResponse) -> None:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
        response.headers.popall("Server", None)

    app.on_response_prepare.append(add)
