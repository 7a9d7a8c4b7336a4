"""What people type for a channel, a person or a user group, made into what deliveries and rules know: addresses, ids.

What was picked from Slack's own list arrives as an id. What was typed as plain words is looked up here, where Slack
lets us; where it does not, the answer says how to pick it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from weakref import WeakValueDictionary

from cachetools import TTLCache

from adapters.slack import mentions
from adapters.slack.api import CallFailed, Installation, SlackApi
from adapters.slack.payload import PayloadOrigin, address, flag, items, text
from adapters.slack.people import People
from bot.api import Clock, StudyError, commands, replace
from bot.api import text as words

FRESH = timedelta(minutes=5)
_PAGE, _PAGES = 1000, 5
"""Channels looked through by name; in a workspace with more of them, one is picked from the list."""
MOST = 500
"""Workspaces whose channels are remembered."""
_NOTHING = "-"
"""What stands for nothing where a command is to empty a value."""


class Directory:
    """Channels and user groups by the names that people type."""

    def __init__(self, calls: SlackApi, people: People, clock: Clock) -> None:
        self._calls = calls
        self._people = people
        self._channels: TTLCache[str, Mapping[str, str]] = TTLCache(
            MOST, FRESH.total_seconds(), lambda: clock.now().timestamp()
        )
        self._looking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def resolved(
        self, command: commands.Command, origin: PayloadOrigin, install: Installation
    ) -> commands.Command:
        """The command with every channel, person and group as its address or id; raises a `StudyError`."""
        found: dict[str, object] = {}
        for parameter, said in named(command):
            match parameter.kind:
                case commands.ParameterKind.CHANNEL:
                    found[parameter.name] = parameter.cast(await self._channel(said, origin, install))
                case commands.ParameterKind.ROLE:
                    found[parameter.name] = parameter.cast(await self._group(said, origin, install))
                case _:
                    found[parameter.name] = parameter.cast(_person(said))
        return replace(command, **found) if found else command

    async def _channel(self, said: str, origin: PayloadOrigin, install: Installation) -> str:
        if mentions.is_channel(mentions.channel_of(said)):  # a person's address is no channel, however it was typed
            return said
        name = said.removeprefix("#")
        if mentions.is_channel(name):
            return address(origin.enterprise, origin.team, name)
        if channel := (await self._named(origin, install)).get(name.lower()):
            return address(origin.enterprise, origin.team, channel)
        raise StudyError(
            f"There is no channel “{words.shorten(said, 80)}” that Dualo can see here.",
            "Type # and pick it from Slack's list. In a private channel, type “/invite @Dualo” there first.",
        )

    async def _named(self, origin: PayloadOrigin, install: Installation) -> Mapping[str, str]:
        """The ids of the channels that the bot can see, by name."""
        # One question at a time for each workspace: one that Slack lets wait makes no other wait.
        looking = self._looking.setdefault(origin.workspace, asyncio.Lock())
        async with looking:
            ids = self._channels.get(origin.workspace)
            if ids is None:
                try:
                    ids = await self._look(origin, install)
                except CallFailed as failed:
                    said = "Slack does not say which channels there are just now."
                    raise StudyError(said, "Type # and pick the channel from Slack's list.") from failed
                self._channels[origin.workspace] = ids
        return ids

    async def _look(self, origin: PayloadOrigin, install: Installation) -> dict[str, str]:
        ids: dict[str, str] = {}
        cursor = ""
        for _ in range(_PAGES):
            here = cursor
            answer = await self._calls.ask(
                install,
                "conversations.list",
                lambda c, here=here: c.conversations_list(  # type: ignore[misc]
                    types="public_channel,private_channel", exclude_archived=True, limit=_PAGE, cursor=here or None
                ),
                team=origin.team,
            )
            for channel in items(answer.data, "channels"):
                if not flag(channel, "is_im"):
                    ids.setdefault(text(channel, "name").lower(), text(channel, "id"))
            cursor = text(answer.data, "response_metadata", "next_cursor")
            if not cursor:
                break
        return ids

    async def _group(self, said: str, origin: PayloadOrigin, install: Installation) -> str:
        name = said.removeprefix("@").lower()
        for group, handle in await self._people.groups(origin, install):
            if name in (group.lower(), handle.removeprefix("@").lower()):
                return group
        if mentions.is_group(said):
            return said
        raise StudyError(
            f"There is no user group “{words.shorten(said, 80)}” that Dualo can see here.",
            "Type @ and pick it from Slack's list. User groups need one of Slack's paid plans.",
        )


def _person(said: str) -> str:
    if mentions.is_person(said):
        return said
    raise StudyError(
        f"Dualo cannot tell who “{words.shorten(said, 80)}” is.", "Type @ and pick the person from Slack's list."
    )


def named(command: commands.Command) -> Sequence[tuple[commands.Parameter, str]]:
    """The channels, people and groups that a command names."""
    pickers = (commands.ParameterKind.CHANNEL, commands.ParameterKind.ROLE, commands.ParameterKind.PERSON)
    found = ((each, getattr(command, each.name)) for each in command.spec.parameters if each.kind in pickers)
    return [(each, said) for each, said in found if said not in ("", _NOTHING)]
