"""Coming in by a link: its word stands behind the address's #, and is shown once, in the body of a request.

So it is in no log, no Referer and no history. Authors come into the studio by it, people from a chat to their own page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from adapters.shared.peers import RecentPeers, peer_of
from adapters.web import asked
from adapters.web.session import Session, Sessions
from bot.api import Record, StudyError, i18n

log = structlog.get_logger(__name__)

_LONGEST = 200
TOO_MANY_TRIES = i18n.mark("Too many tries. Wait a minute, then try again.")
Find = Callable[[str], Awaitable[Session | None]]
"""Whom the word lets in, and for how long; nobody if it does not."""

Still = Callable[[str], Awaitable[bool]]
"""Whether what is kept of the word's link is still there."""


class LinkKind(Record):
    """What is said and logged of one kind of links."""

    name: str
    """How its lines in the log begin."""
    refused: str


class LinkDoor:
    """Takes words and opens sessions. All doors of a page count wrong words together."""

    def __init__(self, sessions: Sessions, guesses: RecentPeers) -> None:
        self._sessions, self._guesses = sessions, guesses

    async def enter(
        self, request: web.Request, kind: LinkKind, find: Find, still: Still | None = None
    ) -> web.StreamResponse:
        """Open a session for whoever shows the word of a link. `still` is asked once it is open: what was erased
        meanwhile could not find it."""
        word, peer = await _word(request), peer_of(request)
        if not self._guesses.may(peer):
            return web.json_response({"said": i18n.say(TOO_MANY_TRIES)}, status=429)
        self._guesses.note(peer)  # before anything is waited for, so that many at once are counted, too
        found = await find(word) if word else None
        if found is None:
            log.warning("A link that opens nothing was shown to the page.", action=f"{kind.name}.refused", peer=peer)
            return web.json_response({"said": i18n.say(kind.refused)}, status=403)
        self._guesses.forgive(peer)
        response = web.json_response({})
        await self._sessions.end(request, response)
        opened = await self._sessions.open(response, found)
        if still is not None and not await still(word):
            await self._sessions.drop(opened)
            return web.json_response({"said": i18n.say(kind.refused)}, status=403)
        log.info("Somebody came in by a link.", action=f"{kind.name}.entered", peer=peer)
        return response


async def _word(request: web.Request) -> str:
    try:
        word = (await asked.fields(request)).get("word")
    except StudyError:
        return ""
    return word if isinstance(word, str) and len(word) <= _LONGEST else ""
