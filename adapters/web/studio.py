"""The studio's page: its routes, who may use them, and what its script asks for."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from cachetools import FIFOCache

from adapters.shared import preview
from adapters.web import asked, guard, page
from adapters.web.entering import LinkDoor, LinkKind
from adapters.web.session import Session, Sessions
from bot.api import Clock, StudyError, reference
from bot.studio.authors import Authors
from bot.studio.drafting import DraftHelp, Drafting
from bot.studio.drafts import Changed
from bot.studio.studio import Studio

log = structlog.get_logger(__name__)
OPERATOR = "the operator"
LINKS = LinkKind("studio", "This link does not open the studio any more. Ask whoever runs Dualo for a new one.")
_DRAWN = 200
"""Looks whose drawings are kept, the newest; a frame asks for its own at once."""
_LARGEST = 512 * 1024
"""Bytes of what is sent; a file that a lesson is made from has at most 256 KiB."""
_HERE = 60.0
"""Seconds for which somebody counts as being at a lesson after they were last heard of."""

Call = Callable[["StudioCall"], Awaitable[object]]


class StudioCall(asked.SentFields):
    """What the script asks for, and who."""

    author: str

    @property
    def theme(self) -> str:
        return self.word("theme")

    @property
    def lesson(self) -> str:
        return self.word("lesson")

    def data(self) -> dict[str, Any]:
        said = self.fields.get("data")
        if not isinstance(said, dict):
            raise StudyError("The page sent something unreadable.", "Reload it and try again.")
        return said


class StudioPages:
    """Mounted beside the page, behind the same door. A named author gets in here and nowhere else."""

    def __init__(
        self,
        studio: Studio,
        authors: Authors,
        sessions: Sessions,
        files: dict[str, page.Asset],
        *,
        clock: Clock,
        door: LinkDoor,
        drafting: Drafting | None = None,
    ) -> None:
        self._studio, self._authors, self._sessions, self._files = studio, authors, sessions, files
        self._door = door
        self._clock, self._drafting = clock, drafting
        self._drawn: FIFOCache[str, Mapping[str, str]] = FIFOCache(_DRAWN)
        self._at: dict[tuple[str, str, str], datetime] = {}
        self._calls: Mapping[str, Call] = {
            "themes": self._themes,
            "open": self._open,
            "save": self._save,
            "look": self._look,
            "discard": self._discard,
            "begin-theme": self._begin_theme,
            "begin-lesson": self._begin_lesson,
            "begin-translation": self._begin_translation,
            "take-file": self._take_file,
            "take-archive": self._take_archive,
            "take-away": self._take_away,
            "consequences": self._consequences,
            "publish": self._publish,
            "versions": self._versions,
            "take-back": self._take_back,
            "suggest": self._suggest,
        }

    def routes(self, guarded: Callable[[Handler], Handler]) -> Sequence[web.RouteDef]:
        return (
            web.get("/studio", guarded(self._page)),
            web.post("/studio/enter", guarded(self._enter)),
            web.get("/studio/drawn/{key}/{name}", guarded(self._drawing)),
            web.post("/studio/api/{call}", guarded(self._answer)),
        )

    async def _author(self, request: web.Request) -> str:
        """Who asks; nobody if they may not."""
        if not self._sessions.wanted:
            return OPERATOR
        session = await self._sessions.find(request)
        if session is None:
            return ""
        if session.is_operators:
            return OPERATOR
        if not session.author:
            return ""
        author = await self._authors.marked(session.author)
        return author.name if author else ""

    async def _page(self, request: web.Request) -> web.Response:
        look = page.look_in(request.cookies)
        name = await self._author(request)
        text = page.studio(self._files, look, name) if name else page.studio_gate(self._files, look)
        return web.Response(status=200 if name else 401, text=text, content_type="text/html")

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        return await self._door.enter(request, LINKS, self._session_of)

    async def _session_of(self, word: str) -> Session | None:
        """An author's session ends with their link."""
        author = await self._authors.find(word)
        return Session(until=int(author.until.timestamp()), author=author.mark) if author else None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = await self._author(request)
        if not name:
            return web.json_response({"login": True}, status=401)
        call = self._calls.get(request.match_info["call"])
        if call is None:
            return web.json_response({"said": "The page asked for something unknown. Reload it."}, status=404)
        try:
            found = await call(StudioCall(await asked.fields(request, largest=_LARGEST), name))
        except Changed as changed:
            said = {"said": str(changed), "by": changed.by.author, "revision": changed.by.revision}
            return web.json_response(said, status=409)
        except StudyError as error:
            return web.json_response({"said": str(error)}, status=422)
        except Exception:
            made = reference.new()
            log.exception("The studio could not answer.", action="studio.failed", reference=made)
            said_so = f"Something broke on our side. Reference {made}. Your text is kept on this page: try again."
            return web.json_response({"said": said_so}, status=500)
        return web.json_response(msgspec.to_builtins(found))

    async def _drawing(self, request: web.Request) -> web.Response:
        if not await self._author(request):
            return web.Response(status=401, text="Sign in first.")
        name = request.match_info["name"]
        drawn = self._drawn.get(request.match_info["key"], {}).get(name, "<p>Type on, and it is drawn anew.</p>")
        if name == "Page":
            drawn = preview.page("Page", self._files["page.css"].body.decode(), f'<main class="drawn">{drawn}</main>')
        response = web.Response(text=drawn, content_type="text/html")
        guard.protect(response, policy=guard.PREVIEW_POLICY)
        return response

    # What can be asked for --------------------------------------------------------------------------------------------

    async def _themes(self, asked_for: StudioCall) -> object:
        return {"themes": await self._studio.themes()}

    async def _open(self, asked_for: StudioCall) -> object:
        found = await self._studio.open(asked_for.theme, asked_for.lesson)
        helps = self._drafting.host if self._drafting else ""
        listed = found.data.get("workspaces")
        chosen = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        workspaces = () if asked_for.lesson else await self._studio.workspaces(chosen)
        shown = {**msgspec.to_builtins(found), "workspaces": msgspec.to_builtins(workspaces)}
        return {**shown, "others": self._note(asked_for), "helps": helps}

    def _note(self, asked_for: StudioCall) -> list[str]:
        """Who else is at this lesson just now."""
        now, place = self._clock.now(), (asked_for.theme, asked_for.lesson)
        self._at = {each: at for each, at in self._at.items() if (now - at).total_seconds() < _HERE}
        self._at[(*place, asked_for.author)] = now
        return sorted(who for *where, who in self._at if tuple(where) == place and who != asked_for.author)

    async def _save(self, asked_for: StudioCall) -> object:
        seen, author = asked_for.number("seen"), asked_for.author
        revision = await self._studio.save(
            asked_for.theme, asked_for.lesson, asked_for.data(), seen=seen, author=author
        )
        return {"revision": revision, "others": self._note(asked_for)}

    async def _look(self, asked_for: StudioCall) -> object:
        language = asked_for.word("language")
        found = await self._studio.look(asked_for.theme, asked_for.lesson, asked_for.data(), language=language)
        key = secrets.token_urlsafe(9)
        self._drawn[key] = found.drawings
        shown = {**msgspec.to_builtins(found), "drawings": list(found.drawings), "key": key}
        return {**shown, "others": self._note(asked_for)}

    async def _suggest(self, asked_for: StudioCall) -> object:
        if self._drafting is None or asked_for.word("help") not in set(DraftHelp):
            raise StudyError("There is no help of that kind here.", "Whoever runs Dualo sets DUALO_MODEL_URL.")
        return await self._drafting.suggest(
            DraftHelp(asked_for.word("help")), asked_for.data(), asked_for.number("place")
        )

    async def _discard(self, asked_for: StudioCall) -> object:
        await self._studio.discard(asked_for.theme, asked_for.lesson)
        return {}

    async def _begin_theme(self, asked_for: StudioCall) -> object:
        return {"theme": await self._studio.begin_theme(asked_for.word("title"), author=asked_for.author)}

    async def _begin_lesson(self, asked_for: StudioCall) -> object:
        title, author = asked_for.word("title"), asked_for.author
        return {"lesson": await self._studio.begin_lesson(asked_for.theme, title, author=author)}

    async def _begin_translation(self, asked_for: StudioCall) -> object:
        theme, lesson, language = asked_for.theme, asked_for.lesson, asked_for.word("language")
        return {"lesson": await self._studio.begin_translation(theme, lesson, language, author=asked_for.author)}

    async def _take_archive(self, asked_for: StudioCall) -> object:
        theme, said = await self._studio.take_archive(_content(asked_for), author=asked_for.author)
        return {"theme": theme, "said": said}

    async def _take_file(self, asked_for: StudioCall) -> object:
        name, content, author = asked_for.word("name"), _content(asked_for), asked_for.author
        lesson, notes = await self._studio.take_file(asked_for.theme, name, content, author=author)
        return {"lesson": lesson, "notes": notes}

    async def _take_away(self, asked_for: StudioCall) -> object:
        await self._studio.take_away(asked_for.theme, asked_for.lesson, author=asked_for.author)
        return {}

    async def _consequences(self, asked_for: StudioCall) -> object:
        return await self._studio.publishing.consequences(asked_for.theme)

    async def _publish(self, asked_for: StudioCall) -> object:
        digest, drop = asked_for.word("digest"), asked_for.fields.get("drop") is True
        said = await self._studio.publishing.publish(asked_for.theme, digest=digest, author=asked_for.author, drop=drop)
        log.info("A theme was published.", action="studio.published", theme=asked_for.theme)
        return {"sentences": said}

    async def _versions(self, asked_for: StudioCall) -> object:
        return {"versions": await self._studio.publishing.versions(asked_for.theme)}

    async def _take_back(self, asked_for: StudioCall) -> object:
        version, author = asked_for.word("version"), asked_for.author
        said = await self._studio.publishing.take_back(asked_for.theme, version, author=author)
        log.info("An earlier version of a theme was put back.", action="studio.taken_back", theme=asked_for.theme)
        return {"sentences": said}


def _content(asked_for: StudioCall) -> bytes:
    """The bytes of a file that was sent."""
    try:
        return base64.b64decode(asked_for.word("content"), validate=True)
    except ValueError:
        raise StudyError("The file did not arrive whole.", "Choose it again.") from None
