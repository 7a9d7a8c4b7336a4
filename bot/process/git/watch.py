"""When Git is looked at: from time to time, on SIGHUP, and when its server says that something is new."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)
PATH = "/content/changed"
_APART = 5.0
"""Seconds between two looks, however often the server says so."""


class GitWatch:
    """Looks when it is time or when somebody asks; many who ask are answered by one look."""

    def __init__(self, look: Callable[[], Awaitable[None]], *, every: float, secret: str = "") -> None:
        self._look, self._every, self._secret = look, every, secret
        self._asked = asyncio.Event()

    def ask(self) -> None:
        self._asked.set()

    def attach(self, app: web.Application) -> None:
        if self._secret:
            app.router.add_post(PATH, self._said)

    async def _said(self, request: web.Request) -> web.Response:
        """A server's message. What stands in it is not believed: it only asks for a look."""
        body = await request.read()
        if not self._is_genuine(request, body):
            log.warning("A message about new content was not signed with our secret.", action="content.hook_refused")
            return web.Response(status=401, text="Sign it with the secret of DUALO_GIT_WEBHOOK_SECRET.")
        self.ask()
        return web.Response(status=202, text="It is looked at within seconds.")

    def _is_genuine(self, request: web.Request, body: bytes) -> bool:
        """By a signature of the body (GitHub, Gitea, Forgejo), or by the secret itself (GitLab)."""
        made = "sha256=" + hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        signed = request.headers.get("X-Hub-Signature-256", "")
        told = request.headers.get("X-Gitlab-Token", "")
        return _is_same(signed, made) or _is_same(told, self._secret)

    async def run(self) -> None:
        """Look at once, and then whenever it is time; a look that breaks ends nothing."""
        while True:
            self._asked.clear()
            try:
                await self._look()
            except Exception:
                log.exception("A look at Git broke off; what is taught stays.", action="content.git_broke")
            await asyncio.sleep(min(_APART, self._every))
            try:
                async with asyncio.timeout(self._every):
                    await self._asked.wait()
            except TimeoutError:
                continue


def _is_same(shown: str, ours: str) -> bool:
    """Compared as bytes, in a time that tells nothing; a header may hold bytes that are no text."""
    return hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), ours.encode())


@asynccontextmanager
async def looking(watch: GitWatch) -> AsyncIterator[None]:
    task = asyncio.create_task(watch.run(), name="git watch")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
