"""Who asks: what Slack says of a person and of user groups, kept in memory for a while and never written down."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from cachetools import LRUCache, TTLCache

from adapters.slack.api import CallFailed, Installation, Refused, SlackApi
from adapters.slack.payload import PayloadOrigin, flag, items, person_name, table, text
from bot.api import Actor, Clock, Record, StudyError, i18n

log = structlog.get_logger(__name__)

FRESH = timedelta(hours=6)
"""How long a person's timezone and language are taken as they were."""
FRESH_RIGHTS = timedelta(seconds=5)
"""How long somebody's right to manage holds: Slack is asked for each admin command, once for those of one moment."""
FRESH_GROUP_RIGHTS = timedelta(minutes=1)
"""How long a group that was named to run the workspace is taken as it was; Slack lets this be asked less often."""
FRESH_GROUPS = timedelta(minutes=10)
AGAIN = timedelta(minutes=1)
"""When to ask again after Slack did not say."""
PATIENCE = 0.7
"""Seconds that an answer waits for Slack to say who asks; after that it goes on without."""
MOST = 20_000
"""People remembered at once."""
FRESH_MEMBERS = timedelta(minutes=3)
"""How long the list of a group's people is taken as it was."""
MOST_GROUPS = 2000
"""Workspaces and groups remembered at once."""


@dataclass(slots=True)
class _GroupsOf:
    """A workspace's user groups, by person and by name."""

    at: datetime
    of: dict[str, frozenset[str]] = field(default_factory=dict)
    names: list[tuple[str, str]] = field(default_factory=list)


class Groups:
    """User groups, of workspaces and of people."""

    def __init__(self, calls: SlackApi, clock: Clock, *, called: MutableMapping[str, str]) -> None:
        self._calls = calls
        self._clock = clock
        self.called = called
        """Names of places and people that Slack said, by id."""
        self._known: LRUCache[str, _GroupsOf] = LRUCache(MOST_GROUPS)
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._members: TTLCache[tuple[str, str], tuple[str, ...]] = TTLCache(
            MOST_GROUPS, FRESH_MEMBERS.total_seconds(), lambda: clock.now().timestamp()
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

    def look(self, workspace: str, team: str, install: Installation) -> asyncio.Task[None]:
        """Ask Slack, once for everybody who wants to know."""
        task = self._looking.get(workspace)
        if task is None:
            task = self._looking[workspace] = asyncio.create_task(self._learn(workspace, team, install))
            task.add_done_callback(lambda _: self._looking.pop(workspace, None))
        return task

    async def _learn(self, workspace: str, team: str, install: Installation) -> None:
        """Slack's free plan has no user groups, and an older installation may lack the scope: then nobody is in one.

        While Slack does not answer, what was known stays.
        """
        found = _GroupsOf(self._clock.now())
        try:
            answer = await self._calls.ask(
                install, "usergroups.list", lambda c: c.usergroups_list(include_users=True), team=team
            )
            members: dict[str, set[str]] = {}
            for group in items(answer.data, "usergroups"):
                found.names.append((text(group, "id"), f"@{text(group, 'handle')}"))
                for person in items(group, "users"):
                    members.setdefault(str(person), set()).add(text(group, "id"))
            self.called.update(found.names)
            found.of = {person: frozenset(ids) for person, ids in members.items()}
        except CallFailed as failed:
            log.info(f"No user groups: {failed}.", action="slack.no_groups", team=team)
            held = self._known.get(workspace)
            if held is not None and not isinstance(failed, Refused):
                found.of, found.names = held.of, held.names
        self._known[workspace] = found

    async def members(self, workspace: str, group: str, *, team: str, install: Installation) -> Sequence[str]:
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
    log.warning(f"Slack did not say who is in a group: {failed}.", action="slack.no_members")
    if isinstance(failed, Refused) and failed.error == "missing_scope":
        return StudyError(
            i18n.say("Dualo may not see who is in a user group: it lacks the permission “usergroups:read”."),
            i18n.say("Paste the manifest of “dualo manifest slack” into the app's settings and install it again."),
        )
    return StudyError(
        i18n.say("Slack does not say who is in that group just now."), i18n.say("Please try again in a minute.")
    )


class Profile(Record):
    """What Slack says of somebody."""

    at: datetime
    timezone: str = ""
    locale: str = ""
    manages: bool = False
    known: bool = True
    """False while Slack has not said; then it is asked again soon."""


class People:
    """Profiles and user groups, looked up when they are needed."""

    def __init__(self, calls: SlackApi, groups: Groups, clock: Clock, *, called: MutableMapping[str, str]) -> None:
        self.called = called
        """Names of places and people that Slack said, by id."""
        self._calls = calls
        self._clock = clock
        self._profiles: LRUCache[tuple[str, str], Profile] = LRUCache(MOST)
        self._asking: dict[tuple[str, str], asyncio.Task[Profile]] = {}
        self._groups = groups

    async def actor(self, origin: PayloadOrigin, install: Installation, *, managing: bool = False) -> Actor:
        """The person behind a payload. `managing` asks for rights as they are now."""
        profile = await self.profile(origin, install, within=FRESH_RIGHTS if managing else FRESH)
        if managing and not profile.manages:
            # A group may be named to run the workspace: then it has to be true now, or nearly.
            await self.groups(origin, install, within=FRESH_GROUP_RIGHTS)
        return Actor(
            workspace=origin.workspace,
            person=origin.person,
            manages=profile.manages,
            roles=self._roles(origin, install),
            place=origin.place,
            timezone=profile.timezone,
            locale=profile.locale,
            name=self.called.get(origin.person, ""),
        )

    def locale(self, workspace: str, person: str) -> str:
        """The language that Slack said they chose there; nothing before it was asked."""
        held = self._profiles.get((workspace, person))
        return held.locale if held else ""

    async def profile(self, origin: PayloadOrigin, install: Installation, *, within: timedelta = FRESH) -> Profile:
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

    async def _ask(self, key: tuple[str, str], origin: PayloadOrigin, install: Installation) -> Profile:
        try:
            answer = await self._calls.ask(
                install,
                "users.info",
                lambda c: c.users_info(user=origin.person, include_locale=True),
                team=origin.team,
            )
            profile = self._read(answer.data)
            if name := person_name(table(answer.data, "user")):
                self.called[origin.person] = name
        except CallFailed as failed:
            log.warning(f"Slack did not say who somebody is: {failed}.", action="slack.unknown", team=origin.team)
            held = self._profiles.get(key)
            profile = Profile(
                self._clock.now(), held.timezone if held else "", held.locale if held else "", known=False
            )
        self._profiles[key] = profile
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

    def _roles(self, origin: PayloadOrigin, install: Installation) -> frozenset[str]:
        """The user groups somebody is in, as last known; no answer ever waits for them."""
        if self._groups.is_stale(origin.workspace, FRESH_GROUPS):
            self._groups.look(origin.workspace, origin.team, install)
        return self._groups.of(origin.workspace, origin.person)

    async def groups(
        self, origin: PayloadOrigin, install: Installation, *, within: timedelta = FRESH_GROUPS
    ) -> Sequence[tuple[str, str]]:
        """The workspace's user groups, as (id, name), no older than asked unless Slack is slow to say."""
        if self._groups.is_stale(origin.workspace, within):
            await asyncio.wait({self._groups.look(origin.workspace, origin.team, install)}, timeout=PATIENCE)
        return self._groups.names(origin.workspace)

    async def close(self) -> None:
        """Leave no question open."""
        await self._groups.close()
        open_questions = list(self._asking.values())
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
