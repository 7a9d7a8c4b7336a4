"""Who has shown the token. The cookie holds a value derived from it, never the token; guessing is slowed down."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable

from aiohttp import web

COOKIE = "dualo_session"
LASTS = 30 * 24 * 3600
"""Seconds; a month."""
_WINDOW, _GUESSES, _GUESSES_BY_ALL = 60.0, 5, 50


class Sessions:
    """One token, and the sessions it opened. Changing the token ends them all."""

    def __init__(self, token: str, *, now: Callable[[], float] = time.time) -> None:
        self._token = hashlib.sha256(token.encode()).digest()
        self._key = hashlib.scrypt(token.encode(), salt=b"dualo web session", n=2**14, r=8, p=1) if token else b""
        self._now = now
        self._failed: deque[tuple[float, str]] = deque(maxlen=_GUESSES_BY_ALL)

    @property
    def wanted(self) -> bool:
        return bool(self._key)

    def holds(self, request: web.Request) -> bool:
        """Whether the request may go on: no token is asked for, or its cookie was made here and still lasts."""
        if not self.wanted:
            return True
        until, _, seal = request.cookies.get(COOKIE, "").partition(".")
        if not until.isascii() or not until.isdigit() or len(until) > 12:
            return False
        return hmac.compare_digest(seal.encode(), self._seal(until).encode()) and int(until) > self._now()

    def must_wait(self, peer: str) -> bool:
        """Whether there were too many wrong guesses in the last minute, from there or from everywhere."""
        since = self._now() - _WINDOW
        recent = [who for at, who in self._failed if at > since]
        return len(recent) >= _GUESSES_BY_ALL or recent.count(peer) >= _GUESSES

    def guess(self, said: str, peer: str) -> bool:
        if hmac.compare_digest(hashlib.sha256(said.encode()).digest(), self._token):
            return True
        self._failed.append((self._now(), peer))
        return False

    def open(self, response: web.StreamResponse, *, secure: bool) -> None:
        until = str(int(self._now()) + LASTS)
        response.set_cookie(
            COOKIE,
            f"{until}.{self._seal(until)}",
            max_age=LASTS,
            httponly=True,
            samesite="Strict",
            secure=secure,
            path="/",
        )

    def _seal(self, until: str) -> str:
        return hmac.new(self._key, until.encode(), hashlib.sha256).hexdigest()
