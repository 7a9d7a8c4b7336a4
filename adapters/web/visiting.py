"""The page of somebody from a chat: the way in by a link, and who a request comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web import page
from adapters.web.conversation import OwnConversation
from adapters.web.entering import LinkDoor, LinkKind
from adapters.web.session import Session, Sessions
from bot.api import Actor, Engine, Visits, i18n

log = structlog.get_logger(__name__)

LASTS = 7 * 24 * 3600
"""Seconds; a week, after which the chat is asked for another link."""
LINKS = LinkKind(
    "visit",
    i18n.mark(
        "This link does not open your page any more: it works once, for ten minutes. Ask for another in your chat."
    ),
)


class VisitPages:
    """Mounted beside the page, behind the same guard. A visitor is themselves here, and gets in nowhere else."""

    def __init__(
        self, engine: Engine, visits: Visits, sessions: Sessions, files: dict[str, page.Asset], *, door: LinkDoor
    ) -> None:
        self._engine, self._visits, self._sessions, self._files = engine, visits, sessions, files
        self._door = door
        self.talk = OwnConversation(engine)

    def routes(self, guarded: Callable[[Handler], Handler]) -> Sequence[web.RouteDef]:
        return (web.get("/open", guarded(self._gate)), web.post("/open/enter", guarded(self._enter)))

    async def visitor(self, request: web.Request) -> Actor | None:
        """Who visits with this request; nobody if the session is none of a visitor's, or is over. Whoever left the
        workspace is out."""
        session = await self._sessions.find(request)
        if session is None or session.visit is None:
            return None
        actor = session.visit.actor
        if not await self._engine.belongs(actor):
            await self._sessions.forget(request)
            log.info("A visitor left their workspace.", action="visit.ended")
            return None
        return actor

    def page(self, look: str, visitor: Actor) -> web.Response:
        name = visitor.name or i18n.say(page.OWN)
        return web.Response(text=page.own(self._files, look, name), content_type="text/html")

    async def _gate(self, request: web.Request) -> web.Response:
        text = page.own_gate(self._files, page.look_in(request.cookies))
        return web.Response(text=text, content_type="text/html")

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        return await self._door.enter(request, LINKS, self._session_of, self._visits.stands)

    async def _session_of(self, word: str) -> Session | None:
        visit = await self._visits.use(word)
        if visit is None or not await self._engine.belongs(visit.actor):
            return None
        return Session(until=int(self._sessions.now()) + LASTS, visit=visit, owner=visit.owner)
