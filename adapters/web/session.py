"""Who has shown the token, and the sessions that it opened. Guessing is slowed down.

A session is a random word in a cookie. The vault keeps its fingerprint, so that a session can be ended, outlives a
restart and counts in every replica; the word itself stands nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from enum import Enum, auto

import msgspec
from aiohttp import web

from adapters.shared.peers import RecentPeers
from bot.api import Record, Vault, Visit

COOKIE = "dualo_session"
LASTS = 30 * 24 * 3600
"""Seconds; a month."""
IDLE_AFTER = 12 * 3600
"""Seconds without a request, after which the token is asked for again."""
_SEEN_EVERY = 600
"""Seconds between two notes of when a session was last seen."""
_WINDOW, _GUESSES, _GUESSES_BY_ALL = 60.0, 5, 50
_NAME = "session:"


class GuessVerdict(Enum):
    """What a guess was."""

    RIGHT = auto()
    WRONG = auto()
    MUST_WAIT = auto()


class Session(Record):
    """A browser that may go on."""

    until: int = 0
    seen: int = 0
    """When it was last used, roughly; both in seconds."""
    author: str = ""
    """For an author whom the operator named: the mark of their link. It opens the studio and nothing else."""
    visit: Visit | None = None
    """For somebody from a chat: who they are there. It opens their own page and nothing else."""
    owner: str = ""
    """The mark of whoever visits, by which the session is found when they erase what is kept on them."""

    @property
    def is_operators(self) -> bool:
        """Whether it was opened with the page's token."""
        return not self.author and self.visit is None


class MemoryVault:
    """Where nothing has to outlive the process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self._kept.get(name)

    async def put(self, name: str, value: str) -> None:
        self._kept[name] = value

    async def add(self, name: str, value: str) -> bool:
        return self._kept.setdefault(name, value) is value

    async def swap(self, name: str, before: str, value: str) -> bool:
        if self._kept.get(name) != before:
            return False
        self._kept[name] = value
        return True

    async def drop(self, name: str) -> None:
        self._kept.pop(name, None)

    async def names(self, prefix: str) -> list[str]:
        return sorted(name for name in self._kept if name.startswith(prefix))


class Sessions:
    """One token, and the sessions it opened. Changing the token ends them all."""

    def __init__(
        self,
        token: str,
        vault: Vault | None = None,
        *,
        secure: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._token = hashlib.sha256(token.encode()).digest()
        self.wanted = bool(token)
        self._vault = vault or MemoryVault()
        self._secure = secure
        self.now = now
        self._failed = RecentPeers(by_peer=_GUESSES, by_all=_GUESSES_BY_ALL, seconds=_WINDOW, now=now)
        self.cookie = f"__Host-{COOKIE}" if secure else COOKIE
        """A browser takes the longer name over https alone, for this host alone, and lets no neighbour set it."""

    def attempt(self, said: str, peer: str) -> GuessVerdict:
        """Look, compare and count in one step: between them nothing waits, so a thousand at once are counted, too."""
        if not self._failed.may(peer):
            return GuessVerdict.MUST_WAIT
        if hmac.compare_digest(hashlib.sha256(said.encode("utf-8", "replace")).digest(), self._token):
            return GuessVerdict.RIGHT
        self._failed.note(peer)
        return GuessVerdict.WRONG

    async def find(self, request: web.Request) -> Session | None:
        """The session of this browser, if there is one and it still lasts."""
        name = self._name(request.cookies.get(self.cookie, ""))
        kept = await self._vault.get(name) if name else None
        if kept is None:
            return None
        now, session = int(self.now()), msgspec.json.decode(kept, type=Session)
        if now >= session.until or now - session.seen >= IDLE_AFTER:
            await self._vault.drop(name)
            return None
        if now - session.seen >= _SEEN_EVERY:
            # Only where it still is: one that was ended in between stays ended.
            await self._vault.swap(name, kept, _written(msgspec.structs.replace(session, seen=now)))
        return session

    async def holds(self, request: web.Request) -> bool:
        """Whether the request may go on: no token is asked for, or there is a session of the operator's."""
        if not self.wanted:
            return True
        session = await self.find(request)
        return session is not None and session.is_operators

    async def open(self, response: web.StreamResponse, session: Session = Session()) -> str:  # noqa: B008 -- frozen
        """Begin a session in the browser that gets this answer; it ends when it says so, or after a month. Returns
        under what the vault keeps it."""
        await self._sweep()
        now = int(self.now())
        end = min(now + LASTS, session.until or now + LASTS)
        word = f"{end}.{secrets.token_urlsafe(32)}"
        name = self._name(word)
        await self._vault.put(name, _written(msgspec.structs.replace(session, until=end, seen=now)))
        response.set_cookie(
            self.cookie, word, max_age=end - now, httponly=True, samesite="Strict", secure=self._secure, path="/"
        )
        return name

    async def drop(self, name: str) -> None:
        """End a session by what the vault calls it."""
        await self._vault.drop(name)

    async def forget(self, request: web.Request) -> None:
        """End the session of this browser, whose cookie then opens nothing."""
        if name := self._name(request.cookies.get(self.cookie, "")):
            await self._vault.drop(name)

    async def end(self, request: web.Request, response: web.StreamResponse) -> None:
        """End the session of this browser, here and in every replica."""
        await self.forget(request)
        response.del_cookie(self.cookie, httponly=True, samesite="Strict", secure=self._secure, path="/")

    async def _sweep(self) -> None:
        """Forget the sessions that are over; their names say since when."""
        now = self.now()
        for name in await self._vault.names(_NAME):
            if int(name.split(":")[1]) <= now:
                await self._vault.drop(name)

    def _name(self, word: str) -> str:
        """Under what the vault keeps the session of this word; nothing for what was never a word of ours."""
        until, _, rest = word.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) <= 12 and rest):
            return ""
        mark = hmac.new(self._token, word.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
        return f"{_NAME}{until}:{mark}"


def _written(session: Session) -> str:
    return msgspec.json.encode(session).decode()
