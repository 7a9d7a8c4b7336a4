"""Who asks: what Slack says of a person just now, kept for hours at most and never written down."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.slack.calls import CallFailed, Calls, Install
from adapters.slack.payload import Origin, flag, items, table, text
from bot.api import Actor, Clock

_LOG = logging.getLogger(__name__)

FRESH = timedelta(hours=6)
"""How long a person's timezone and language are taken as they were."""
FRESH_RIGHTS = timedelta(minutes=1)
"""How long somebody's right to manage holds; each admin command looks again after that."""
FRESH_GROUPS = timedelta(minutes=10)
AGAIN = timedelta(minutes=1)
"""When to ask again after Slack did not say."""
PATIENCE = 0.7
"""Seconds that an answer waits for Slack to say who asks; after that it goes on without."""
MOST = 20_000
"""People kept in mind at once."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of somebody."""

    at: datetime
    timezone: str = ""
    locale: str = ""
    manages: bool = False
    known: bool = True
    """False while Slack has not said; then it is asked again soon."""


@dataclass(slots=True)
class _Groups:
    """A workspace's user groups, by person."""

    at: datetime
    of: dict[str, frozenset[str]] = field(default_factory=dict)
    names: list[tuple[str, str]] = field(default_factory=list)


class People:
    """Profiles and user groups, looked up when they are needed."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._profiles: OrderedDict[tuple[str, str], Profile] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[Profile]] = {}
        self._groups: dict[str, _Groups] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}

    async def actor(self, origin: Origin, install: Install, *, managing: bool = False) -> Actor:
        """The person behind a payload. `managing` asks for rights as they are now."""
        profile = await self.profile(origin, install, within=FRESH_RIGHTS if managing else FRESH)
        return Actor(
            workspace=origin.workspace,
            person=origin.person,
            manages=profile.manages,
            roles=self._roles(origin, install),
            place=origin.place,
            timezone=profile.timezone,
            locale=profile.locale,
        )

    async def profile(self, origin: Origin, install: Install, *, within: timedelta = FRESH) -> Profile:
        """What Slack says of the person, no older than asked; what is already known if Slack is slow to say."""
        key = (origin.workspace, origin.person)
        held = self._profiles.get(key)
        now = self._clock.now()
        if held is not None and now - held.at < (within if held.known else AGAIN):
            return held
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._ask(key, origin, install))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if done:
            return task.result()
        stale = held or Profile(now, known=False)
        return stale if within >= FRESH else Profile(now, stale.timezone, stale.locale, manages=False)

    async def _ask(self, key: tuple[str, str], origin: Origin, install: Install) -> Profile:
        try:
            answer = await self._calls.ask(
                install,
                "users.info",
                lambda c: c.users_info(user=origin.person, include_locale=True),
                team=origin.team,
            )
            profile = self._read(answer.data)
        except CallFailed as failed:
            _LOG.warning(
                "Slack did not say who somebody is: %s.", failed, extra={"action": "slack.unknown", "team": origin.team}
            )
            held = self._profiles.get(key)
            profile = Profile(
                self._clock.now(), held.timezone if held else "", held.locale if held else "", known=False
            )
        self._profiles[key] = profile
        self._profiles.move_to_end(key)
        while len(self._profiles) > MOST:
            self._profiles.popitem(last=False)
        return profile

    def _read(self, data: object) -> Profile:
        user = table(data, "user")
        return Profile(
            self._clock.now(),
            timezone=_zone(text(user, "tz")),
            locale=text(user, "locale"),
            manages=(flag(user, "is_admin") or flag(user, "is_owner")) and not flag(user, "deleted"),
        )

    # User groups ----------------------------------------------------------------------------------------------------

    def _roles(self, origin: Origin, install: Install) -> frozenset[str]:
        """The user groups somebody is in, as last known; no answer ever waits for them."""
        held = self._groups.get(origin.workspace)
        if held is None or self._clock.now() - held.at >= FRESH_GROUPS:
            self._look(origin, install)
        return held.of.get(origin.person, frozenset()) if held else frozenset()

    def _look(self, origin: Origin, install: Install) -> asyncio.Task[None]:
        task = self._looking.get(origin.workspace)
        if task is None:
            task = self._looking[origin.workspace] = asyncio.create_task(self._learn_groups(origin, install))
            task.add_done_callback(lambda _: self._looking.pop(origin.workspace, None))
        return task

    async def groups(self, origin: Origin, install: Install) -> list[tuple[str, str]]:
        """The workspace's user groups, as (id, name)."""
        held = self._groups.get(origin.workspace)
        if held is None or self._clock.now() - held.at >= FRESH_GROUPS:
            await asyncio.wait({self._look(origin, install)}, timeout=PATIENCE)
        return self._groups[origin.workspace].names if origin.workspace in self._groups else []

    async def _learn_groups(self, origin: Origin, install: Install) -> None:
        """Slack's free plan has no user groups, and an older installation may lack the scope: then nobody is in one."""
        found = _Groups(self._clock.now())
        try:
            answer = await self._calls.ask(
                install, "usergroups.list", lambda c: c.usergroups_list(include_users=True), team=origin.team
            )
            members: dict[str, set[str]] = {}
            for group in items(answer.data, "usergroups"):
                found.names.append((text(group, "id"), f"@{text(group, 'handle')}"))
                for person in items(group, "users"):
                    members.setdefault(str(person), set()).add(text(group, "id"))
            found.of = {person: frozenset(ids) for person, ids in members.items()}
        except CallFailed as failed:
            _LOG.info("No user groups: %s.", failed, extra={"action": "slack.no_groups", "team": origin.team})
        self._groups[origin.workspace] = found

    async def close(self) -> None:
        """Leave no question open."""
        open_questions = [*self._asking.values(), *self._looking.values()]
        for task in open_questions:
            task.cancel()
        await asyncio.gather(*open_questions, return_exceptions=True)


@lru_cache(maxsize=1024)
def _zone(name: str) -> str:
    """The zone if this machine knows it; everything that reckons with it relies on that."""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError):
        return ""
