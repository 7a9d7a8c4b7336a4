"""Claiming what is ready: fairly by workspace, and within the rate limits.

Each claim goes round the workspaces that have something ready, least served first, and takes a share of each. So a
hundred thousand nudges of one workspace do not delay another's weekly post. How far a workspace has been served is kept
in its lane; one that becomes ready starts level with those that wait, not ahead of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import structlog

from bot.core.record import Record, field
from bot.domain import rate_limiter
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry, Lease
from bot.domain.posts import DeliveryState
from bot.domain.rate_limiter import SECOND, Rates
from bot.store.columns import from_micros, to_micros
from bot.store.hot.door import Door
from bot.store.queries import Query, fragment, packed, query

log = structlog.get_logger(__name__)

UNKNOWN_KIND = "This version of Dualo knows no delivery of the kind “{kind}”."
_KINDS = frozenset(DeliveryKind)
FLOWS_AT_ONCE = 16
"""Workspaces that one claim goes round."""


class Claim(Record):
    """Claim up to `most` ready rows of one front end."""

    front: str
    most: int
    owner: str
    now: datetime
    until: datetime
    rates: Rates = field(default_factory=Rates)
    in_hand: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """How many rows of each workspace this process is sending."""
    each: int = rate_limiter.UNLIMITED
    """How many rows of one workspace it may be sending."""


@dataclass(slots=True)
class FrontLimit:
    """A front end's lane, locked until the commit."""

    idle_at: int
    served: int
    paused: int


class _Flow(NamedTuple):
    """A workspace's lane."""

    workspace: str
    idle_at: int
    served: int


@dataclass(slots=True)
class Claimed:
    entries: tuple[Entry, ...] = ()
    deferred: Sequence[tuple[Entry, datetime]] = ()
    """Claimed, but their place is over its rate limit: they go back until then."""
    wait: float | None = None


class Claims:
    """Claiming in one transaction."""

    def __init__(self, door: Door, dialect: str) -> None:
        self._door = door
        self._dialect = dialect

    async def lock(self, front: str) -> FrontLimit:
        """Lock the front end's lane: its rate is one, however many processes claim."""
        lock, make = self._query("lock_front"), self._query("open_front")
        found = await self._door.run(lock, front=front)
        if not found:
            await self._door.run(make, front=front)
            found = await self._door.run(lock, front=front)
        idle_at, served, paused = found[0]
        return FrontLimit(idle_at, served, paused or 0)

    async def claim(self, claim: Claim, front: FrontLimit) -> Claimed:
        now, rate = to_micros(claim.now), claim.rates.front
        if front.paused > now:
            return Claimed()
        allowed = min(claim.most, rate_limiter.permits(rate, idle_at=front.idle_at, now=now))
        if allowed == 0:
            return Claimed(wait=_seconds(rate, claim.most, front.idle_at, now))
        flows, wait = await self._ready_flows(claim, front, now)
        if not flows:
            return Claimed(wait=wait)
        entries, served = await self._go_round(claim, flows, allowed=allowed, clock=front.served)
        go, deferred = await self._places(claim, entries, now)
        front.served = min(max(front.served, flow.served) for flow in flows)
        front.idle_at = rate_limiter.spend(rate, len(go), idle_at=front.idle_at, now=now)
        served.append(("", claim.front, front.idle_at, front.served, None))
        await self._door.run(self._query("served"), batch=packed(served))
        if len(entries) == allowed < claim.most:
            wait = _seconds(rate, claim.most, front.idle_at, now)
        return Claimed(tuple(go), deferred, wait)

    async def _ready_flows(self, claim: Claim, front: FrontLimit, now: int) -> tuple[list[_Flow], float | None]:
        full = {workspace for workspace, count in claim.in_hand.items() if count >= claim.each}
        look = self._query("flows", most=FLOWS_AT_ONCE + len(full))
        found = await self._door.run(look, front=claim.front, now=now, clock=front.served)
        flows = [flow for flow in (_Flow(*row) for row in found) if flow.workspace not in full]
        rate = claim.rates.workspace
        free = [flow for flow in flows if rate_limiter.permits(rate, idle_at=flow.idle_at, now=now)]
        waits = [_seconds(rate, claim.most, flow.idle_at, now) for flow in flows] if not free else []
        return free[:FLOWS_AT_ONCE], min((each for each in waits if each is not None), default=None)

    async def _go_round(
        self, claim: Claim, flows: Sequence[_Flow], *, allowed: int, clock: int
    ) -> tuple[list[Entry], list[tuple[object, ...]]]:
        """A share of the claim for each workspace; what some leave over goes round among the others. Also returns the
        rows that update the workspaces' lanes."""
        now, rate = to_micros(claim.now), claim.rates.workspace
        free = {
            flow.workspace: min(
                rate_limiter.permits(rate, idle_at=flow.idle_at, now=now),
                claim.each - claim.in_hand.get(flow.workspace, 0),
            )
            for flow in flows
        }
        taken: dict[str, list[Entry]] = {}
        short: set[str] = set()
        left = allowed
        while shares := _shares(left, {each: most for each, most in free.items() if each not in short}):
            found = await self._take(claim, shares)
            for workspace, share in shares.items():
                more = found.get(workspace, [])
                taken[workspace] = taken.get(workspace, []) + more
                free[workspace] -= share
                left -= len(more)
                if len(more) < share:
                    short.add(workspace)
        served: list[tuple[object, ...]] = []
        for flow in flows:
            if (entries := taken.get(flow.workspace)) is not None:
                idle_at = rate_limiter.spend(rate, len(entries), idle_at=flow.idle_at, now=now)
                ready = None if flow.workspace in short else now
                served.append((flow.workspace, "", idle_at, max(clock, flow.served) + len(entries), ready))
        return [entry for entries in taken.values() for entry in entries], served

    async def _take(self, claim: Claim, shares: Mapping[str, int]) -> Mapping[str, list[Entry]]:
        named: dict[str, object] = {
            "now": to_micros(claim.now),
            "owner": claim.owner,
            "until": to_micros(claim.until),
        }
        for index, (workspace, most) in enumerate(shares.items()):
            named |= {f"of{index}": workspace, f"most{index}": most}
        found: dict[str, list[Entry]] = {}
        unknown: list[Sequence[Any]] = []
        for row in await self._door.run(_take(len(shares), self._dialect), **named):
            if row[3] in _KINDS:
                found.setdefault(row[0], []).append(read_claimed(row, claim.owner, claim.until))
            else:
                unknown.append(row)
        if unknown:
            await self._refuse(claim, unknown)
        return {workspace: sorted(entries, key=lambda each: each.due) for workspace, entries in found.items()}

    async def _refuse(self, claim: Claim, rows: Sequence[Sequence[Any]]) -> None:
        """End rows that this version cannot read, as failed; the others of the claim go on."""
        failed = []
        for row in rows:
            name, reason = row[:5], UNKNOWN_KIND.format(kind=row[3])
            log.error(reason, action="delivery.unknown_kind", key="/".join(name))
            ends: tuple[object, ...] = (DeliveryState.FAILED, to_micros(claim.now), None, "", reason, 0)
            failed.append((*name, claim.owner, row[-1], *ends))
        await self._door.run(self._query("mark"), batch=packed(failed))

    async def _places(
        self, claim: Claim, entries: Sequence[Entry], now: int
    ) -> tuple[list[Entry], list[tuple[Entry, datetime]]]:
        """Public places have a rate limit each: what is over it goes back, each row to its own later moment."""
        lanes = {_place(each) for each in entries if not each.name.person}
        if not lanes:
            return list(entries), []
        found = await self._door.run(self._query("places"), batch=packed(sorted(lanes)))
        known = {(workspace, name): (idle_at, paused or 0) for workspace, name, idle_at, paused in found}
        go, back, spent, rate = [], [], {}, claim.rates.place
        for entry in entries:
            if (lane := _place(entry)) not in lanes:
                go.append(entry)
                continue
            idle_at, paused = known.get(lane, (0, 0))
            later = max(paused - now, rate_limiter.wait(rate, 1, idle_at=idle_at, now=now) if rate else 0)
            known[lane] = (rate_limiter.spend(rate, 1, idle_at=idle_at, now=now), paused)
            if later > 0:
                back.append((entry, from_micros(now + later)))
            else:
                go.append(entry)
                spent[lane] = known[lane][0]
        if rate and spent:
            rows = [(*lane, claim.front, idle_at) for lane, idle_at in spent.items()]
            await self._door.run(self._query("spend_places"), batch=packed(rows))
        return go, back

    def _query(self, name: str, **parts: int) -> Query:
        return query("outbox", name, self._dialect, **parts)


@cache
def _take(workspaces: int, dialect: str) -> Query:
    """Claim a share of each of so many workspaces."""
    shares = (fragment("outbox", "share", n=index) for index in range(workspaces))
    return query("outbox", "take", dialect, shares=" UNION ALL ".join(shares))


def _shares(allowed: int, free: Mapping[str, int]) -> dict[str, int]:
    """How a claim is divided: as evenly as the limits of each workspace allow."""
    shares: dict[str, int] = {}
    for index, (workspace, most) in enumerate(free.items()):
        if (share := min(-(-allowed // (len(free) - index)), most)) > 0:
            shares[workspace] = share
            allowed -= share
    return shares


def _place(entry: Entry) -> tuple[str, str]:
    return (entry.name.workspace, entry.address)


def _seconds(rate: rate_limiter.Rate | None, count: int, idle_at: int, now: int) -> float | None:
    return rate_limiter.wait(rate, count, idle_at=idle_at, now=now) / SECOND if rate else None


def read_name(row: Sequence[Any]) -> DeliveryKey:
    """The key's columns, which come first."""
    workspace, person, schedule, kind, day = row[:5]
    return DeliveryKey(workspace, person, schedule, DeliveryKind(kind), date.fromisoformat(day))


def read_payload(stored: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(stored)) if stored else MappingProxyType({})


def read_claimed(row: Sequence[Any], owner: str, until: datetime) -> Entry:
    """A row as the statement `take` returns it."""
    due, expires, address, payload, message, reason, attempt, doubt, epoch = row[5:]
    return Entry(
        read_name(row),
        from_micros(due),
        from_micros(expires),
        address,
        DeliveryState.CLAIMED,
        payload=read_payload(payload),
        attempt=attempt,
        doubt=None if doubt is None else from_micros(doubt),
        message=message,
        reason=reason,
        lease=Lease(owner, epoch, until),
    )
