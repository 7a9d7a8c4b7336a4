"""The edges of the engine that have several real implementations: front ends, and the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from bot.core import pictures
from bot.core.actions import Filled
from bot.core.commands import Command, Parameter
from bot.core.record import Record, field
from bot.core.views import Reader, Reply, View


class Actor(Record):
    """Who asks, as the platform vouches for them with this very event."""

    workspace: str
    """The tenant: an opaque key that the front end makes (platform, then its ids) and always makes the same."""
    person: str
    """The platform's own id of the person."""
    manages: bool = False
    """Whether the platform says, now, that they may manage this workspace."""
    private: bool = False
    """Whether the workspace is this person's alone (direct messages, the local page)."""
    roles: frozenset[str] = frozenset()
    place: str = ""
    """An opaque address of where they asked."""
    timezone: str = ""
    locale: str = ""
    name: str = ""
    """What the platform calls them, as far as it told; only they themselves are ever shown it."""
    visits: bool = False
    """Whether they came from their chat to their own page by a link: there nobody manages, whoever named them."""
    roams: bool = False
    """Whether the same person may learn in other workspaces of this front end, and is to be told in which."""


class Suggestion(Record):
    """A value for a parameter while it is being typed."""

    value: str
    label: str


class Engine(Protocol):
    """What a front end calls."""

    async def handle(self, command: Command, actor: Actor) -> Reply:
        """Answer a command; never raises."""

    def answered(self, reply: Reply, filled: Filled, actor: Actor) -> Reply:
        """The answer to a form; one that was refused gets a button that opens it as it was filled in."""

    async def manages(self, actor: Actor) -> bool:
        """Whether they may manage this workspace: the platform says so, or somebody who may has named them."""

    async def belongs(self, actor: Actor) -> bool:
        """Whether they are still in the workspace, and it is still served: false only where that is certain."""

    async def joined(self, workspace: str) -> None:
        """The workspace installed the bot (again): what was kept of it stays."""

    async def left(self, workspace: str) -> None:
        """The workspace took the bot away: its data is kept for the retention time, then erased."""

    async def suggest(
        self, parameter: Parameter, typed: str, actor: Actor, *, given: Mapping[str, str] | None = None
    ) -> Sequence[Suggestion]: ...


class Outcome(StrEnum):
    """How a delivery ended, as far as the platform said."""

    SENT = "sent"
    UNKNOWN = "unknown"
    """No answer: it may stand there or not. Settled by looking before any retry."""
    LATER = "later"
    """Certainly not sent; worth trying again after `wait`."""
    GONE = "gone"
    """The place or the person cannot be reached any more; trying again would not help."""
    REFUSED = "refused"
    """The platform will not take this message; trying again would not help."""


class Reach(StrEnum):
    """What has to rest while a `LATER` is waited out."""

    PLACE = "place"
    WORKSPACE = "workspace"
    EVERYWHERE = "everywhere"
    """The whole front end: its own connection or its account."""


class Delivered(Record):
    """What became of a delivery."""

    outcome: Outcome
    message: str = ""
    """The front end's own reference to the message, for a later edit."""
    reason: str = ""
    """For people: what is missing, and the fix."""
    lacking: str = ""
    """What a post that was sent went without (whom it should have notified, its thread), and the fix."""
    wait: float = 0.0
    """Seconds to wait before the next try (`LATER`)."""
    reach: Reach = Reach.PLACE
    """Who else has to wait so long (`LATER`)."""


class Advice(StrEnum):
    """What the mend of a healthy part is worth. Neither counts as a fault."""

    NONE = ""
    NOTE = "note"
    """An optional feature is off, or something is granted that nobody needs."""
    WARNING = "warning"
    """It works today, and costs somebody later."""


class Check(Record):
    """One line of the doctor's report."""

    name: str
    healthy: bool
    detail: str
    mend: str = ""
    threads: str = ""
    """Of a place: why no thread could be opened beneath a post there, and the fix; empty if one could."""
    advice: Advice = Advice.NONE

    @property
    def next_step(self) -> str:
        """The mend, where it is worth showing."""
        return self.mend if self.advice or not self.healthy else ""


class Adapter(Protocol):
    """A front end."""

    name: str

    async def start(self) -> None:
        """Connect; returns when people are being answered."""

    async def stop(self) -> None:
        """Finish what is under way, then disconnect."""

    @property
    def trouble(self) -> str:
        """Why people are not being answered there just now; empty while they are."""

    async def deliver(
        self, view: View, address: str, key: str, *, reader: Reader = ..., first_try: datetime | None = None
    ) -> Delivered:
        """Post the view at an address that this front end once wrote. The same key never posts twice: with `first_try`
        set, an earlier attempt is in doubt and is looked for before anything is sent."""

    async def edit(self, view: View, message: str, *, reader: Reader = ...) -> Delivered:
        """Change an earlier post."""

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        """What the doctor wants to know: token, scopes, and for each place what is missing by name. Asked from within a
        `workspace`, nothing is told of any other."""

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        """For each place, whether it is this workspace's own, and what is missing there by name. Posts nothing."""

    def direct(self, workspace: str, person: str) -> str:
        """The address of somebody's direct messages."""

    def fits(self, view: View) -> Sequence[str]:
        """Why the view would not fit one message of this platform; nothing if it does."""


@runtime_checkable
class Closable(Protocol):
    """A front end whose platform can close the line for good, so that nothing but a person's step opens it again."""

    async def closed(self) -> str:
        """Wait until that happens; then why, and the next step."""


@runtime_checkable
class Seeker(Protocol):
    """A front end that can look for an earlier attempt without sending anything."""

    async def seek(self, address: str, key: str, *, since: datetime) -> Delivered | None:
        """What became of an attempt at the key since that moment: `SENT` if it stands there, `UNKNOWN` or `LATER` if it
        cannot be told (now), None if there is none."""


@runtime_checkable
class Roster(Protocol):
    """A front end that can say who is in a group, where the platform keeps such lists open."""

    async def members(self, workspace: str, group: str) -> Sequence[str]: ...


@runtime_checkable
class Membership(Protocol):
    """A front end that can say whether somebody is still in a workspace."""

    async def belongs(self, workspace: str, person: str) -> bool:
        """False only if the platform says that they are not, or that the workspace is out of reach for good."""


@runtime_checkable
class Namer(Protocol):
    """A front end that can say what the workspaces that it serves are called."""

    async def workspaces(self) -> Mapping[str, str]:
        """Those that it knows just now, each with its name; empty where the platform tells none."""


@runtime_checkable
class Caller(Protocol):
    """A front end that can tell beforehand whether a post would notify the role that it mentions."""

    async def silent(self, workspace: str, role: str, place: str) -> str:
        """Why nobody would be notified there, and the fix; empty if they would be, or if it cannot be told."""


class Vault(Protocol):
    """A front end's own small things that outlive a restart: installed tokens, a hash of what was registered."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...

    async def add(self, name: str, value: str) -> bool:
        """Keep it unless something is kept there; whether it was. Of several that ask at once, one is told yes."""

    async def swap(self, name: str, before: str, value: str) -> bool:
        """Keep it in place of what is kept there, if that is still the same; whether it was."""

    async def drop(self, name: str) -> None: ...

    async def names(self, prefix: str) -> Sequence[str]: ...


class Inviting(Protocol):
    """What gives somebody a link to their own page."""

    async def invite(self, actor: Actor) -> str:
        """The link; it works once, for a few minutes."""


class Examined(Record):
    """What a check of the content on disk found."""

    themes: int
    lessons: int
    errors: int
    warnings: int
    problems: tuple[str, ...] = ()
    """Each with file and line, errors first."""
    sources: tuple[str, ...] = ()
    """Which commit of each place in Git is live."""


class Compared(Record):
    """The content on disk against what is taught."""

    digest: str
    """Of what is on disk, word for word the same in every process."""
    lessons: int = 0
    changed: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """With any of these nothing of it can be taught."""
    elsewhere: int = 0
    """What stands in its way in themes of other workspaces, which is not named."""
    sources: tuple[str, ...] = ()
    """Which commit of each place in Git is live."""

    @property
    def same(self) -> bool:
        return not (self.changed or self.new or self.vanished or self.errors or self.elsewhere)


class Contents(Protocol):
    """The lessons on disk, as far as they are for the workspace that asks."""

    async def check(self, workspace: str) -> Examined:
        """Everything that is wrong with them."""

    async def compare(self, workspace: str) -> Compared: ...

    async def apply(self, digest: str, workspace: str, *, drop: bool) -> Compared | None:
        """Teach what is on disk, if it is still what the digest was made of; None if it is not. `drop` lets lessons
        vanish; without it, and with errors, what is taught stays, and the comparison says why."""

    async def export(self, workspace: str) -> bytes:
        """The files, as a ZIP archive."""


Examine = Callable[[str], Awaitable[Sequence[Check]]]
"""Looks at this process's own parts and changes nothing; says of them what a workspace may know."""


class Services(Record):
    """What stands around the engine once everything is built."""

    fronts: Mapping[str, Adapter] = field(default_factory=lambda: MappingProxyType({}))
    contents: Contents | None = None
    examine: Examine | None = None
    draw: pictures.Draw = pictures.here
    """How a drawing becomes a picture."""
    links: bool = False
    """Whether the operator lets learners link two of their sides."""
    visits: Inviting | None = None
    """How learners come from their chat to their own page; None where the outside does not reach it."""


class Clock(Protocol):
    def now(self) -> datetime: ...


class WallClock:
    """The real time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)
