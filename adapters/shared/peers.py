"""Who asks over HTTP: by address, how often, and in which language."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address

from aiohttp import web

from bot.api import i18n

_REMEMBERED = 10_000


def peer_of(request: web.Request) -> str:
    """Whoever asks. A proxy on this machine speaks for others: the last address that it names has asked."""
    peer = request.remote or ""
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(named)) if named and ip_address(peer).is_loopback else peer
    except ValueError:
        return peer


def language_of(request: web.Request) -> str:
    """The first of the browser's languages that the product speaks; nothing where it speaks none of them."""
    wanted = []
    for at, part in enumerate(request.headers.get("Accept-Language", "")[:500].split(",")):
        code, _, weight = part.partition(";q=")
        with suppress(ValueError):
            wanted.append((-float(weight or 1), at, code.strip()))
    return next((code for _, _, code in sorted(wanted) if i18n.speaks(code)), "")


def network_of(peer: str) -> str:
    """An IPv6 address is one of 2^64 that its owner has."""
    try:
        address = ip_address(peer.split("%")[0])
    except ValueError:
        return peer
    return address.exploded[:19] if isinstance(address, IPv6Address) and not address.ipv4_mapped else str(address)


class RecentPeers:
    """Who did something lately, each as often as they did it. Past `by_all`, each may do it once and no more, so that
    nobody shuts out those who did not do it at all."""

    def __init__(self, *, by_peer: int, by_all: int, seconds: float, now: Callable[[], float] = time.time) -> None:
        self._by_peer, self._by_all, self._seconds, self._now = by_peer, by_all, seconds, now
        self._recent: deque[tuple[float, str]] = deque(maxlen=_REMEMBERED)

    def may(self, peer: str) -> bool:
        since = self._now() - self._seconds
        while self._recent and self._recent[0][0] <= since:
            self._recent.popleft()
        network = network_of(peer)
        allowed = self._by_peer if len(self._recent) < self._by_all else 1
        return sum(who == network for _, who in self._recent) < allowed

    def note(self, peer: str) -> None:
        self._recent.append((self._now(), network_of(peer)))

    def forgive(self, peer: str) -> None:
        """Take the last note of them back."""
        network = network_of(peer)
        if found := next((each for each in reversed(self._recent) if each[1] == network), None):
            self._recent.remove(found)
