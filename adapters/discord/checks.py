"""What the doctor wants to know of Discord: token, application, commands, and what is missing in each place by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import discord

from adapters.discord import endings, registration, surveys
from adapters.discord.callbacks import CUT_OFF
from adapters.discord.client import Client
from adapters.discord.endings import PORTAL
from adapters.discord.invite import invite_url
from adapters.discord.permissions import Grounds
from adapters.discord.places import read_place
from bot.api import Check

FEW_STARTS = 20
"""Gateway logins left of the day; each restart takes one a shard."""


async def all_of(client: Client, addresses: Sequence[str], *, connected: bool | None) -> list[Check]:
    """Every line of the report. `connected` is `None` when nobody tried to connect."""
    try:
        return [check async for check in _all(client, addresses, connected=connected)]
    except (discord.HTTPException, *CUT_OFF) as error:
        return [_unreachable(error)]


def token_refused() -> Check:
    return Check(
        "Discord token",
        healthy=False,
        detail="Discord does not accept the token.",
        mend=f"Reset it under {PORTAL}, Bot, and put the new one into DUALO_DISCORD_TOKEN.",
    )


def _unreachable(error: BaseException) -> Check:
    return Check(
        "Discord",
        healthy=False,
        detail=f"Discord could not be asked: {endings.told(error)}.",
        mend="Check the network of this machine, DUALO_DISCORD_API_URL, and https://discordstatus.com.",
    )


async def _all(client: Client, addresses: Sequence[str], *, connected: bool | None) -> AsyncIterator[Check]:
    if client.user is None or client.application is None:
        yield token_refused()
        return
    yield Check("Discord token", healthy=True, detail=f"It is the token of {client.user.name}.")
    yield _application(client.application)
    yield _installs(client.application)
    yield await _gateway(client, connected=connected)
    yield await _commands(client, client.application.id)
    grounds = Grounds(client)
    for address in addresses:
        yield await _place(grounds, address)


def _application(application: discord.AppInfo) -> Check:
    if application.interactions_endpoint_url:
        return Check(
            "Discord application",
            healthy=False,
            detail="Commands and buttons are sent to an Interactions Endpoint URL instead of to the bot.",
            mend=f"Clear “Interactions Endpoint URL” under {PORTAL}, General Information.",
        )
    return Check(
        "Discord application",
        healthy=True,
        detail="Commands and buttons reach the bot. No privileged intent is asked for, and none is needed.",
    )


def _installs(application: discord.AppInfo) -> Check:
    lacking = [
        name
        for name, config in (
            ("Guild Install", application.guild_integration_config),
            ("User Install", application.user_integration_config),
        )
        if config is None
    ]
    return Check(
        "Discord installation",
        healthy=not lacking,
        detail=f"Switched off: {', '.join(lacking)}." if lacking else "For servers and for single people.",
        mend=f"Switch it on under {PORTAL}, Installation." if lacking else "",
    )


async def _gateway(client: Client, *, connected: bool | None) -> Check:
    shards, _, limit = await client.http.get_bot_gateway()
    left = limit["remaining"]
    state = {True: "Connected", False: "Not connected", None: "Reachable"}[connected]
    well = connected is not False and left >= FEW_STARTS
    return Check(
        "Discord gateway",
        healthy=well,
        detail=f"{state}; Discord advises {shards} shard(s); {left} of {limit['total']} logins left today.",
        mend="" if well else "If it restarts in a circle, stop it and look into the log before the logins run out.",
    )


async def _commands(client: Client, application: int) -> Check:
    registered = {command["name"] for command in await client.http.get_global_commands(application)}
    wanted = {str(command["name"]) for command in registration.definitions()}
    lacking = sorted(wanted - registered)
    return Check(
        "Discord commands",
        healthy=not lacking,
        detail=f"Not registered: {', '.join(lacking)}." if lacking else f"All {len(wanted)} are registered.",
        mend="They are registered when Dualo starts: run `dualo run`." if lacking else "",
    )


async def _place(grounds: Grounds, address: str) -> Check:
    place = read_place(address)
    if place is None:
        return surveys.no_place(address)
    if place.direct:
        return surveys.messages_of(place)
    try:
        there = await grounds.standing(place.id)
        if there is not None and not await grounds.has_commands(there.guild):
            mend = f"Invite the bot again, with both scopes: {invite_url(grounds.client.application_id or 0)}"
            return Check(f"Discord #{there.name}", healthy=False, detail="applications.commands is missing.", mend=mend)
    except discord.NotFound:
        return surveys.gone(address)
    return surveys.told(there) if there else surveys.unseen(address)
