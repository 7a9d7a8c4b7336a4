"""The web page as a front end: its routes, and what the engine asks of every front end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from adapters.shared.peers import RecentPeers, language_of, peer_of
from adapters.web import asked, feed, guard, page, painter
from adapters.web.conversation import CALLS, Previewer, WebConversation
from adapters.web.entering import TOO_MANY_TRIES, LinkDoor
from adapters.web.places import ROOM, address_of, is_address, person_at
from adapters.web.session import GuessVerdict, Sessions
from adapters.web.studio import StudioPages
from adapters.web.visiting import VisitPages
from bot.api import (
    Check,
    Clock,
    Delivered,
    Engine,
    Outcome,
    StudyError,
    Vault,
    Visits,
    WallClock,
    i18n,
    reference,
    replace,
    views,
)
from bot.studio.authors import Authors
from bot.studio.drafting import Drafting
from bot.studio.studio import Studio

log = structlog.get_logger(__name__)
_LARGEST_DRAWING = 512 * 1024
"""Bytes of HTML; nothing a person reads comes near it."""
_MONTH = "max-age=2592000"


class WebAdapter:
    """The local page. It is mounted on the process's own HTTP server, which decides where to listen."""

    name = "web"

    def __init__(
        self,
        engine: Engine,
        *,
        token: str = "",
        public_url: str = "",
        vault: Vault | None = None,
        previews: Mapping[str, Previewer] | None = None,
        studio: Studio | None = None,
        authors: Authors | None = None,
        drafting: Drafting | None = None,
        visits: Visits | None = None,
        clock: Clock | None = None,
        workspace: str = "web",
    ) -> None:
        public = URL(public_url) if public_url else None
        self._workspace = workspace
        self._guard = guard.Guard(bool(token), public)
        clock = clock or WallClock()
        secure = public is not None and public.scheme == "https"
        self._sessions = Sessions(token, vault, secure=secure, now=lambda: clock.now().timestamp())
        self._feed = feed.Feed()
        self._talk = WebConversation(engine, self._feed, previews or {})
        self._files = page.assets()
        door = LinkDoor(self._sessions, RecentPeers(by_peer=10, by_all=100, seconds=60.0))
        self._visits = VisitPages(engine, visits, self._sessions, self._files, door=door) if visits and token else None
        self._studio = None
        if studio is not None and authors is not None:
            self._studio = StudioPages(
                studio, authors, self._sessions, self._files, clock=clock, door=door, drafting=drafting
            )

    # The routes -----------------------------------------------------------------------------------------------------

    @property
    def routes(self) -> Sequence[web.RouteDef]:
        return (
            web.get("/", self._guarded(self._page)),
            web.get("/web/static/{name}", self._guarded(self._static)),
            web.post("/web/login", self._guarded(self._login)),
            web.post("/web/logout", self._guarded(self._logout)),
            web.get("/web/preview/{answer}/{name}", self._guarded(self._preview)),
            *(web.post(f"/web/{call}", self._guarded(self._json(call))) for call in CALLS),
            *(self._visits.routes(self._guarded) if self._visits else ()),
            *(self._studio.routes(self._guarded) if self._studio else ()),
        )

    async def workspaces(self) -> Mapping[str, str]:
        return {self._workspace: "The local page"}

    def attach(self, app: web.Application) -> None:
        """Mount the page on the shared application."""
        app.add_routes(self.routes)

    def _guarded(self, handler: Handler) -> Handler:
        """Every route stands behind the same door, and every answer carries the same headers."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            with i18n.speaking(language_of(request)):  # until it is known who asks
                refused = self._guard.refusal(request)
                response = web.Response(status=403, text=refused) if refused else await handler(request)
            if "Content-Security-Policy" not in response.headers:
                guard.protect(response)
            return response

        return guarded

    def _json(self, call: str) -> Handler:
        """What a script asks for: of the operator's page, or of the page of somebody from a chat."""

        async def answered(request: web.Request) -> web.StreamResponse:
            visitor = await self._visits.visitor(request) if self._visits else None
            if visitor is None and not await self._sessions.holds(request):
                return web.json_response({"login": True}, status=401)
            talk = self._visits.talk if self._visits and visitor else self._talk
            try:
                said = await asked.read(request, self._workspace, visitor)
                with i18n.speaking(said.actor.locale or i18n.spoken()):
                    return web.json_response(await talk.call(call, said))
            except StudyError as error:
                return web.json_response(talk.answer(views.sorry(error), views.Reader()))
            except Exception:
                made = reference.new()
                log.exception("The page could not draw an answer.", action="web.failed", reference=made)
                return web.json_response(talk.answer(reference.notice(made), views.Reader()), status=500)

        return answered

    async def _page(self, request: web.Request) -> web.Response:
        look = page.look_in(request.cookies)
        if self._visits and (visitor := await self._visits.visitor(request)):
            with i18n.speaking(visitor.locale or i18n.spoken()):
                return self._visits.page(look, visitor)
        if not await self._sessions.holds(request):
            return self._gate(look, "")
        return web.Response(text=page.shell(self._files, look, leaves=self._sessions.wanted), content_type="text/html")

    def _gate(self, look: str, said: str, *, status: int = 401) -> web.Response:
        """The form that asks for the token."""
        text = page.login(self._files, look, said, visits=self._visits is not None)
        return web.Response(status=status, text=text, content_type="text/html", headers=guard.LOGIN_HEADERS)

    async def _static(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["name"])
        if file is None:
            return web.Response(status=404, text=i18n.say("There is no such file."))
        lasts = _MONTH if request.query_string == file.mark else "no-cache"
        return web.Response(body=file.body, content_type=file.type, charset="utf-8", headers={"Cache-Control": lasts})

    async def _login(self, request: web.Request) -> web.StreamResponse:
        look, peer = page.look_in(request.cookies), peer_of(request)
        try:
            fields = parse_qs((await asked.body(request)).decode("utf-8", "replace"), max_num_fields=5)
        except (StudyError, ValueError):
            fields = {}
        response = web.Response(status=303, headers={"Location": "/"})
        if not self._sessions.wanted:
            return response
        match self._sessions.attempt(fields.get("token", [""])[0], peer):
            case GuessVerdict.MUST_WAIT:
                return self._gate(look, i18n.say(TOO_MANY_TRIES), status=429)
            case GuessVerdict.WRONG:
                log.warning("A wrong token was shown to the page.", action="web.login_refused", peer=peer)
                return self._gate(look, i18n.say("That is not the token."))
            case GuessVerdict.RIGHT:
                log.info("Somebody signed in to the page.", action="web.login", peer=peer)
                await self._sessions.open(response)
                return response

    async def _logout(self, request: web.Request) -> web.StreamResponse:
        response = web.json_response({"login": True}, headers={"Clear-Site-Data": '"cache"'})
        await self._sessions.end(request, response)
        log.info("Somebody signed out of the page.", action="web.logout", peer=peer_of(request))
        return response

    async def _preview(self, request: web.Request) -> web.Response:
        if not await self._sessions.holds(request):
            return web.Response(status=401, text=i18n.say("Sign in first."))
        drawn = self._talk.preview(request.match_info["answer"], request.match_info["name"])
        shown = drawn if drawn is not None else i18n.say("This answer is too old to preview. Ask again.")
        response = web.Response(text=shown, content_type="text/html")
        guard.protect(response, policy=guard.PREVIEW_POLICY)
        return response

    # What the engine asks of a front end ----------------------------------------------------------------------------

    async def start(self) -> None:
        """Nothing to connect to: the process's HTTP server serves what was mounted."""

    async def stop(self) -> None:
        """Nothing to leave: the HTTP server lets requests in hand finish."""

    @property
    def trouble(self) -> str:
        return ""

    async def deliver(
        self,
        view: views.View,
        address: str,
        key: str,
        *,
        reader: views.Reader = views.Reader(),  # noqa: B008 -- frozen
        first_try: datetime | None = None,
    ) -> Delivered:
        """Post to the room's or a learner's feed.

        A try in doubt needs no look first: in the process that made it, the key finds it; what another process made
        went with that process, and is missing on the page.
        """
        if not is_address(address):
            return Delivered(Outcome.GONE, reason=i18n.say("This place is not on the web page."))
        return Delivered(Outcome.SENT, self._feed.post(view, address, key, reader))

    async def seek(self, address: str, key: str, *, since: datetime) -> Delivered | None:
        """What stands on this process's page; of an earlier process nothing does."""
        found = self._feed.sent(address, key)
        return Delivered(Outcome.SENT, found) if found else None

    async def edit(self, view: views.View, message: str, *, reader: views.Reader = views.Reader()) -> Delivered:  # noqa: B008 -- frozen
        post = self._feed.edit(message, view, reader)
        if post is None:
            gone = i18n.say("The page keeps its last posts in memory only; this one is gone.")
            return Delivered(Outcome.GONE, reason=gone)
        return Delivered(Outcome.SENT, post.id)

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        told = (
            i18n.say("It is on, and asks for its token.")
            if self._sessions.wanted
            else i18n.say("It is on, and answers this machine only.")
        )
        wrong = (_surveyed(place, known=False) for place in places if not is_address(place))
        return (
            Check(i18n.say("Web page"), healthy=True, detail=told),
            *(replace(each, name=i18n.say("Web page: {place}", place=each.name)) for each in wrong),
        )

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        """The room and every learner's own feed are always there, and lack nothing; there is no other place."""
        return [_surveyed(place, known=workspace == self._workspace and is_address(place)) for place in places]

    def direct(self, workspace: str, person: str) -> str:
        return address_of(person)

    def fits(self, view: views.View) -> Sequence[str]:
        """A page scrolls: only what is plainly out of all bounds does not fit."""
        size = len(painter.draw(view, views.Reader()).encode())
        return () if size <= _LARGEST_DRAWING else (f"It draws to {size:,} bytes of HTML; {_LARGEST_DRAWING:,} fit.",)


def _surveyed(place: str, *, known: bool) -> Check:
    if known and place != ROOM:
        name = i18n.say("Posts for {person}", person=person_at(place))
        return Check(name, healthy=True, detail=i18n.say("They read them on the page."))
    if known:
        return Check(i18n.say("The room"), healthy=True, detail=i18n.say("Everybody on the page reads it."))
    wrong = i18n.say("This is no place on the web page.")
    return Check(place, healthy=False, detail=wrong, mend=i18n.say("Choose the room."))
