"""Who may reach the page at all: this machine, or whoever holds the token; and never another site through a browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from aiohttp import web
from yarl import URL

from bot.api import Record, i18n

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
_OURS = frozenset({"same-origin", "none"})
CUSTOM_HEADER = "X-Dualo"
"""A page elsewhere cannot send it without asking first, and is never given leave."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'"
)
PREVIEW_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard(Record):
    """The rules of one page: whether a token stands before it, and the address the outside knows it by."""

    has_token: bool
    public: URL | None = None

    def refusal(self, request: web.Request) -> str:
        """Why this request is turned away, with the mend; nothing if it may go on."""
        if not self.has_token and not _came_from_here(request):
            return i18n.say("This page answers on its own machine only. To open it wider, set DUALO_WEB_TOKEN.")
        if not self._knows(request):
            return i18n.say("This page does not go by that name. Set DUALO_PUBLIC_URL to the address you open.")
        if request.method not in {"GET", "HEAD"} and not self._is_ours(request):
            return i18n.say("That did not come from this page.")
        return ""

    def _knows(self, request: web.Request) -> bool:
        """Another site can make its own name point here; it cannot make the browser call it by ours."""
        named = _url(f"http://{request.headers.get('Host', '')}")
        if named is None:
            return False
        if named.host in _LOOPBACK_NAMES and _port(request) in {None, named.port}:
            return True
        return self.has_token and self.public is not None and _same_place(named, self.public)

    def _is_ours(self, request: web.Request) -> bool:
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None and site not in _OURS:
            return False
        if origin is None:
            return site is not None or CUSTOM_HEADER in request.headers
        said = _url(origin)
        if said is None or said.host is None:
            return False
        if self.public is not None and self.has_token and said.origin() == self.public.origin():
            return True
        return said.scheme in {"http", "https"} and said.authority == request.headers.get("Host", "").lower()


def _same_place(named: URL, public: URL) -> bool:
    """The Host header leaves the scheme's own port away."""
    explicit = public.explicit_port
    return named.host == public.host and named.explicit_port in {explicit, public.port if explicit is None else None}


def _url(said: str) -> URL | None:
    try:
        url = URL(said)
        return url if url.host and url.port else None
    except ValueError:
        return None


def _came_from_here(request: web.Request) -> bool:
    """A proxy on this machine speaks for others: whoever is forwarded did not come from here."""
    if any(header in request.headers for header in _FORWARDED):
        return False
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not isinstance(peer, tuple):
        return False
    address = ipaddress.ip_address(peer[0])
    return bool((getattr(address, "ipv4_mapped", None) or address).is_loopback)


def _port(request: web.Request) -> int | None:
    own = request.transport.get_extra_info("sockname") if request.transport else None
    return int(own[1]) if isinstance(own, tuple) else None


LOGIN_HEADERS: Mapping[str, str] = {"Referrer-Policy": "same-origin"}
"""Where no referrer at all is sent, a browser keeps the origin of a plain form to itself too."""


def protect(response: web.StreamResponse, *, policy: str = PAGE_POLICY) -> None:
    """The headers that every answer of the page carries."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Content-Security-Policy"] = policy
    response.headers.setdefault("Cache-Control", "no-store")
