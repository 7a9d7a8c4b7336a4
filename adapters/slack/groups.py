"""Who is in which user group: asked for a whole workspace at once and kept for minutes, so that nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cachetools import LRUCache, TTLCache

from adapters.slack.calls import CallFailed, Calls, Install, Refused
from adapters.slack.payload import items, text
from bot.api import Clock, StudyError

_LOG = logging.getLogger(__name__)

FRESH_MEMBERS = timedelta(minutes=3)
"""How long the list of a group's people is taken as it was."""
MOST = 2000
"""Workspaces and groups remembered at once."""


@dataclass(slots=True)
class _Known:
    """A workspace's user groups, by person and by name."""

    at: datetime
    of: dict[str, frozenset[str]] = field(default_factory=dict)
    names: list[tuple[str, str]] = field(default_factory=list)


class Groups:
    """User groups, of workspaces and of people."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._known: LRUCache[str, _Known] = LRUCache(MOST)
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._members: TTLCache[tuple[str, str], tuple[str, ...]] = TTLCache(
            MOST, FRESH_MEMBERS.total_seconds(), lambda: clock.now().timestamp()
        )

    def of(self, workspace: str, person: str) -> frozenset[str]:
        """The groups somebody is in, as last known."""
        held = self._known.get(workspace)
        return held.of.get(person, frozenset()) if held else frozenset()

    def names(self, workspace: str) -> Sequence[tuple[str, str]]:
        """The workspace's groups, as (id, name)."""
        held = self._known.get(workspace)
        return held.names if held else ()

    def is_stale(self, workspace: str, after: timedelta) -> bool:
        held = self._known.get(workspace)
        return held is None or self._clock.now() - held.at >= after

    def look(self, workspace: str, team: str, install: Install) -> asyncio.Task[None]:
        """Ask Slack, once for everybody who wants to know."""
        task = self._looking.get(workspace)
        if task is None:
            task = self._looking[workspace] = asyncio.create_task(self._learn(workspace, team, install))
            task.add_done_callback(lambda _: self._looking.pop(workspace, None))
        return task

    async def _learn(self, workspace: str, team: str, install: Install) -> None:
        """Slack's free plan has no user groups, and an older installation may lack the scope: then nobody is in one.

        While Slack does not answer, what was known stays.
        """
        found = _Known(self._clock.now())
        try:
            answer = await self._calls.ask(
                install, "usergroups.list", lambda c: c.usergroups_list(include_users=True), team=team
            )
            members: dict[str, set[str]] = {}
            for group in items(answer.data, "usergroups"):
                found.names.append((text(group, "id"), f"@{text(group, 'handle')}"))
                for person in items(group, "users"):
                    members.setdefault(str(person), set()).add(text(group, "id"))
            found.of = {person: frozenset(ids) for person, ids in members.items()}
        except CallFailed as failed:
            _LOG.info("No user groups: %s.", failed, extra={"action": "slack.no_groups", "team": team})
            held = self._known.get(workspace)
            if held is not None and not isinstance(failed, Refused):
                found.of, found.names = held.of, held.names
        self._known[workspace] = found

    async def members(self, workspace: str, group: str, *, team: str, install: Install) -> Sequence[str]:
        """Who is in the group, a few minutes old at most; a group that is no more has nobody in it."""
        held = self._members.get((workspace, group))
        if held is not None:
            return held
        try:
            answer = await self._calls.ask(
                install, "usergroups.users.list", lambda c: c.usergroups_users_list(usergroup=group), team=team
            )
            people = tuple(person for person in items(answer.data, "users") if isinstance(person, str))
        except Refused as refused:
            if refused.error != "no_such_subteam":
                raise _silent(refused) from refused
            people = ()
        except CallFailed as failed:
            raise _silent(failed) from failed
        self._members[workspace, group] = people
        return people

    async def close(self) -> None:
        """Leave no question open."""
        open_questions = list(self._looking.values())
        for task in open_questions:
            task.cancel()
        await asyncio.gather(*open_questions, return_exceptions=True)


def _silent(failed: CallFailed) -> StudyError:
    _LOG.warning("Slack did not say who is in a group: %s.", failed, extra={"action": "slack.no_members"})
    if isinstance(failed, Refused) and failed.error == "missing_scope":
        return StudyError(
            "Dualo may not see who is in a user group: it lacks the permission “usergroups:read”.",
            "Paste the manifest of “dualo manifest slack” into the app's settings and install it again.",
        )
    return StudyError("Slack does not say who is in that group just now.", "Please try again in a minute.")
