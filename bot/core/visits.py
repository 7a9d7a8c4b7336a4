"""Visits: somebody from a chat opens the page as themselves, by a link that works once and for ten minutes.

The word of a link stands behind the address's #, so that a browser sends it to no server and a proxy logs it nowhere;
the page shows it once. The vault keeps its fingerprint.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bot.core import fingerprint
from bot.core.ports import Actor, Clock, Vault
from bot.core.record import Record, replace

LINK = "visit:"
"""What the names of links begin with in the vault; behind it stand the end, whose it is, the word's fingerprint."""
LASTS = timedelta(minutes=10)
PATH = "/open"
"""Where the page takes the word."""


class Visit(Record):
    """Who comes to their own page, as the platform vouched for them when they asked for the link."""

    workspace: str
    person: str
    name: str = ""
    timezone: str = ""
    locale: str = ""

    @property
    def owner(self) -> str:
        """By which everything that is kept of somebody's visits is found."""
        return owner(self.workspace, self.person)

    @property
    def actor(self) -> Actor:
        """Themselves, without any right but to learn."""
        return Actor(
            self.workspace,
            self.person,
            timezone=self.timezone,
            locale=self.locale,
            name=self.name,
            visits=True,
        )


class _Link(Record):
    """What is kept of a link. One that was used stays until its end, so that it is known as used in every process."""

    visit: Visit
    owner: str
    used: bool = False


class Visits:
    """The links that are open, in the vault."""

    def __init__(self, vault: Vault, clock: Clock, *, address: str) -> None:
        self._vault, self._clock = vault, clock
        self._address = address.rstrip("/")

    async def invite(self, actor: Actor) -> str:
        """A link for this person; one they were given before ends."""
        visit = Visit(actor.workspace, actor.person, actor.name, actor.timezone, actor.locale)
        await self._sweep(visit.owner)
        until = int((self._clock.now() + LASTS).timestamp())
        word = f"{until}.{visit.owner}.{fingerprint.new_word()}"
        await self._vault.put(_name(word), msgspec.json.encode(_Link(visit, visit.owner)).decode())
        return f"{self._address}{PATH}#{word}"

    async def use(self, word: str) -> Visit | None:
        """Whose link it is, if it still opens. Of several that use it at once, one is told."""
        name = _name(word)
        kept = await self._vault.get(name) if name else None
        link = msgspec.json.decode(kept, type=_Link) if kept else None
        if kept is None or link is None or link.used or self._is_over(name):
            return None
        used = msgspec.json.encode(replace(link, used=True)).decode()
        return link.visit if await self._vault.swap(name, kept, used) else None

    async def stands(self, word: str) -> bool:
        """Whether what is kept of the link is still there: it goes when its owner is erased."""
        return await self._vault.get(_name(word)) is not None

    async def _sweep(self, whose: str) -> None:
        """Forget the links that are over, and those of one person."""
        for name in await self._vault.names(LINK):
            if self._is_over(name) or name.split(":")[2] == whose:
                await self._vault.drop(name)

    def _is_over(self, name: str) -> bool:
        return int(name.split(":")[1]) <= self._clock.now().timestamp()


def owner(workspace: str, person: str) -> str:
    """A mark of somebody in a workspace; it names nobody."""
    return f"{tenant(workspace)}-{fingerprint.of(workspace, person)[:24]}"


def tenant(workspace: str) -> str:
    """What the marks of everybody in a workspace begin with."""
    return fingerprint.of("workspace", workspace)[:16]


def _name(word: str) -> str:
    """Under what the vault keeps the link of this word; nothing for what was never a word of ours."""
    until, _, rest = word.partition(".")
    whose, _, chance = rest.partition(".")
    plain = until.isascii() and until.isdigit() and len(until) <= 12
    if not (plain and len(whose) == 41 and whose.isascii() and whose.replace("-", "").isalnum() and chance):
        return ""
    return f"{LINK}{until}:{whose}:{fingerprint.of(word)}"
