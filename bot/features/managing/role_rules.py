"""Themes that are suggested to all who bear a role: applied to whoever learns here when they next act, and then never
again; offered to everybody else. Of somebody of whom nothing is kept, a rule writes nothing.

It costs people nothing: who bears no role is not looked up, the rules of a workspace are asked for once a minute at
most, and to whom a rule was applied or offered is remembered here before it is looked up in the rows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from cachetools import LRUCache

from bot.core.errors import StoreUnavailable
from bot.domain.learner import Assignment, Seat
from bot.features.request import Request
from bot.store.cold import assignments

log = structlog.get_logger(__name__)

FRESH = timedelta(seconds=60)
MOST_WORKSPACES = 2_000
MOST_APPLIED = 20_000


class Rules:
    """One process's knowledge of the rules, and of whom they were applied to."""

    def __init__(self) -> None:
        self._rules: LRUCache[str, tuple[datetime, tuple[Assignment, ...]]] = LRUCache(MOST_WORKSPACES)
        self._applied: LRUCache[tuple[str, str, str], datetime] = LRUCache(MOST_APPLIED)
        self._offered: LRUCache[Seat, tuple[datetime, tuple[Assignment, ...]]] = LRUCache(MOST_APPLIED)

    def forget(self, workspace: str) -> None:
        """Somebody may be changing them."""
        self._rules.pop(workspace, None)

    def reconsider(self, seat: Seat) -> None:
        """They decided on what is offered to them, or erased everything."""
        self._offered.pop(seat, None)
        for rule in self._rules.get(seat.workspace, (None, ()))[1]:
            self._applied.pop((*seat, rule.id), None)

    async def apply(self, request: Request) -> None:
        """Have whoever acts follow what is suggested to their roles, or be offered it. Learning goes on if that cannot
        be written now."""
        if not request.actor.roles:
            return
        try:
            wanted = [rule for rule in await self._current(request) if rule.role in request.actor.roles]
            fresh = [rule for rule in wanted if not self._knows(request, rule)]
            if fresh and not (await request.standing()).preferences.paused:
                await self._settle(request, fresh)
        except StoreUnavailable as error:
            log.warning("Rules could not be applied.", action="rules.unavailable", reason=str(error))

    async def _current(self, request: Request) -> tuple[Assignment, ...]:
        workspace = request.actor.workspace
        kept = self._rules.get(workspace)
        if kept and timedelta() <= request.now - kept[0] < FRESH:
            return kept[1]
        if kept:  # whoever comes while they are asked for goes by the old ones
            self._rules[workspace] = (request.now, kept[1])
        async with request.store.reading() as connection:
            found = await assignments.rules(connection, workspace)
        self._rules[workspace] = (request.now, found)
        return found

    def _knows(self, request: Request, rule: Assignment) -> bool:
        return self._applied.get((*request.seat, rule.id)) is not None

    async def _settle(self, request: Request, rules: list[Assignment]) -> None:
        seat, learns = request.seat, (await request.standing()).learns
        known = self._offered.get(seat)
        if known and not learns and timedelta() <= request.now - known[0] < FRESH:
            request.offered = tuple(rule for rule in rules if rule in known[1])
            if len(request.offered) == len(rules):
                return
        async with request.store.reading() as connection:
            before = await assignments.reached(connection, seat, [rule.id for rule in rules])
        fresh = tuple(rule for rule in rules if rule.id not in before)
        if learns and fresh:
            async with request.store.transaction() as connection:
                for rule in fresh:
                    await assignments.apply(connection, seat.workspace, rule, people={seat.person: ""}, now=request.now)
            request.forget()
        for rule in rules:
            if learns or rule not in fresh:
                self._applied[*seat, rule.id] = request.now
        request.offered = () if learns else fresh
        self._offered[seat] = (request.now, request.offered)
