"""The outbox by the hot door: in one transaction, marks of claimed rows, recovery of lost leases, and new claims.

Locks are taken in one order – the process's own rows, front ends, lanes by name – and a claim waits for no row, so two
processes never deadlock. All processes wait for a front end's lane, so it is held for the claim alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Dialect

from bot.core.record import Record
from bot.domain.outbox import Entry, front_of
from bot.domain.posts import DeliveryState
from bot.store.columns import to_micros
from bot.store.hot.door import Door
from bot.store.outbox.claims import Claim, Claims, FrontLimit
from bot.store.queries import packed, query


class Doubt(IntEnum):
    """What an attempt without a known end leaves behind."""

    STAYS = 0
    """It may have been delivered."""
    AS_BEFORE = 1
    """It certainly was not; the doubt of an earlier attempt stays."""
    NEVER_TRIED = 2
    """Nothing was sent at all, so it does not count as an attempt."""


class RateLimited(Record):
    """A rate limit that a platform gave: of a front end (no workspace), a workspace (no place), or a place."""

    front: str
    until: datetime
    workspace: str = ""
    place: str = ""

    @property
    def lane(self) -> tuple[str, str, str]:
        return (self.workspace, self.place or ("" if self.workspace else self.front), self.front)


class Mark(Record):
    """The result of a claimed row: its end, or when it is ready for a retry."""

    entry: Entry
    state: DeliveryState
    at: datetime | None = None
    ready: datetime | None = None
    message: str = ""
    reason: str = ""
    doubt: Doubt = Doubt.STAYS
    pause: RateLimited | None = None


class StoreContent(Record):
    """Store what is to be rendered before it is sent, so that a retry renders the same."""

    entry: Entry
    payload: Mapping[str, str]


class Recover(Record):
    """Give back what was claimed under a lease that is over."""

    now: datetime
    again: datetime
    most: int


Request = Claim | Mark | StoreContent | Recover


class Result(Record):
    entries: tuple[Entry, ...] = ()
    wait: float | None = None
    """Seconds until a rate limit allows more, if that is what stopped a claim."""
    taken: bool = False
    """Whether the mark was accepted: it is not if the row has another owner by now."""
    count: int = 0


Checkpoint = Callable[[str], None]


def go_on(_name: str) -> None:
    """The checkpoint outside of crash tests: does nothing."""


class OutboxWork:
    """The work of one dispatcher, over the statements of one dialect."""

    def __init__(self, dialect: Dialect, checkpoint: Checkpoint = go_on) -> None:
        self._dialect = dialect.name
        self._checkpoint = checkpoint

    async def work(self, door: Door, requests: Sequence[Request]) -> Sequence[Result]:
        """All of it, or none."""
        claims = Claims(door, self._dialect)
        marks = [each for each in requests if isinstance(each, Mark)]
        settled = [each for each in requests if isinstance(each, StoreContent)]
        recovered = [each for each in requests if isinstance(each, Recover)]
        fronts = {each.front for each in requests if isinstance(each, Claim)}
        fronts |= {each.pause.front for each in marks if each.pause}
        taken = await self._mark(door, marks) | await self._settle(door, settled)
        locked: dict[str, FrontLimit] = {front: await claims.lock(front) for front in sorted(fronts)}
        back = {id(each): await self._recover(door, each) for each in recovered}
        ready = [(each.entry.name.workspace, each.ready) for each in marks if each.ready]
        ready += [(workspace, each.again) for each in recovered for workspace in back[id(each)]]
        await self._touch(door, ready, [each.pause for each in marks if each.pause])
        if marks:
            self._checkpoint("mark.inside")
        told: list[Mark | StoreContent] = [*marks, *settled]
        results = {id(each): Result(taken=_key(each.entry) in taken) for each in told}
        results |= {id(each): Result(count=len(back[id(each)])) for each in recovered}
        for each in requests:
            if isinstance(each, Claim):
                found = await claims.claim(each, locked[each.front])
                await self._touch(door, [(entry.name.workspace, ready) for entry, ready in found.deferred], [])
                await self._mark(door, [_put_back(entry, ready) for entry, ready in found.deferred])
                results[id(each)] = Result(found.entries, wait=found.wait)
        return [results[id(each)] for each in requests]

    async def _mark(self, door: Door, marks: Sequence[Mark]) -> set[_Key]:
        rows = [
            (
                *_held(each.entry),
                each.state,
                _micros(each.at),
                _micros(each.ready),
                each.message,
                each.reason,
                int(each.doubt),
            )
            for each in marks
        ]
        return {tuple(row) for row in await self._run(door, "mark", rows)}

    async def _settle(self, door: Door, notes: Sequence[StoreContent]) -> set[_Key]:
        rows = [(*_held(each.entry), json.dumps(dict(each.payload))) for each in notes]
        return {tuple(row) for row in await self._run(door, "note", rows)}

    async def _recover(self, door: Door, request: Recover) -> list[str]:
        recover = query("outbox", "recover", self._dialect, most=request.most)
        found = await door.run(recover, now=to_micros(request.now), again=to_micros(request.again))
        return [workspace for (workspace,) in found]

    async def _touch(self, door: Door, ready: Sequence[tuple[str, datetime]], pauses: Sequence[RateLimited]) -> None:
        lanes: dict[tuple[str, str, str], tuple[int | None, int | None]] = {}
        for workspace, moment in ready:
            lane = (workspace, "", front_of(workspace))
            known = lanes.get(lane, (None, None))[0]
            lanes[lane] = (min(to_micros(moment), known or to_micros(moment)), None)
        for pause in pauses:
            due, until = lanes.get(pause.lane, (None, None))
            lanes[pause.lane] = (due, max(to_micros(pause.until), until or 0))
        await self._run(door, "touch", [(*lane, *moments) for lane, moments in lanes.items()])

    async def _run(self, door: Door, name: str, rows: Sequence[Sequence[object]]) -> Sequence[Sequence[Any]]:
        return await door.run(query("outbox", name, self._dialect), batch=packed(rows)) if rows else ()


def _put_back(entry: Entry, ready: datetime) -> Mark:
    return Mark(entry, DeliveryState.PLANNED, ready=ready, doubt=Doubt.NEVER_TRIED)


_Key = tuple[str, ...]
"""A row's key as its columns hold it."""


def _key(entry: Entry) -> _Key:
    name = entry.name
    return (name.workspace, name.person, name.schedule, name.kind, name.local_date.isoformat())


def _held(entry: Entry) -> tuple[str | int, ...]:
    """The row's key, and the lease that it must be under."""
    return (*_key(entry), entry.lease.owner, entry.lease.epoch)


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)
