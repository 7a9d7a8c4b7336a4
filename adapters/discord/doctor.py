"""The doctor's report on Discord: token, application, commands, servers, and what is missing in each place.

Each line is asked for by itself, so that one refusal costs no other. A place is first checked to be the workspace's
own; a channel of another server is neither inspected nor named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

import discord

from adapters.discord import errors, permissions, registration
from adapters.discord.addresses import PLACELESS, Destination, guild_of, own_workspace, read_place
from adapters.discord.errors import CUT_OFF, MISSING_ACCESS, PORTAL
from adapters.discord.gateway import GatewayClient
from adapters.discord.permissions import AccessLookup, ChannelAccess
from bot.api import Advice, Check, i18n

MOST_SERVERS, NAMED = 200, 5
"""Servers that are looked at one by one, and of which so many are named."""
FEW_STARTS = 20
"""Gateway logins left of the day; each restart takes one a shard."""
UNKNOWN_GUILD = 10004
UNCONNECTED = (i18n.mark("Discord is not connected yet."), i18n.mark("Try again in a moment."))

_NO_PLACE = (PLACELESS, i18n.mark("Choose another."))
_GONE = (i18n.mark("The channel does not exist any more."), i18n.mark("Choose another."))
_UNSEEN = (
    i18n.mark("The bot does not see this channel."),
    i18n.mark("Give Dualo's role “View Channels” and “Send Messages” there."),
)
_FOREIGN = (
    i18n.mark("It is not a channel of this server."),
    i18n.mark("Choose a channel of this server that Dualo can see."),
)
_NO_MEMBER = (i18n.mark("This person is not a member of this server."), i18n.mark("Choose somebody who is."))
_SOMEBODY_ELSE = (i18n.mark("This is somebody else."), i18n.mark("Choose your own direct messages."))
"""What is wrong with a place, and the next step."""


async def all_of(
    client: GatewayClient, addresses: Sequence[str], *, connected: bool | None, everywhere: bool = True
) -> list[Check]:
    """Every line of the report. `connected` is `None` when nobody tried to connect; a report that is not about
    `everywhere` names no server."""
    application = client.application
    if client.user is None or application is None:
        return [token_refused()]
    report = [
        _well(i18n.say("Discord token"), i18n.say("It is the token of {name}.", name=client.user.name)),
        _application(application),
        _intents(application),
        _installs(application),
        await _asked(i18n.say("Discord gateway"), _gateway(client, connected=connected)),
        await _asked(i18n.say("Discord commands"), _commands(client, application.id)),
    ]
    access = AccessLookup(client)
    if everywhere:
        report.append(await _asked(i18n.say("Discord servers"), _servers(access)))
    return report + [await _asked(_unnamed(address), _place(access, address)) for address in addresses]


def not_connected(addresses: Sequence[str]) -> Sequence[Check]:
    """Of places, while nobody can be asked."""
    said, remedy = map(i18n.say, UNCONNECTED)
    return [_fault(_unnamed(address), said, remedy) for address in addresses]


async def _asked(name: str, question: Awaitable[Check]) -> Check:
    try:
        return await question
    except discord.DiscordException as error:
        return _unanswered(name, error)
    except CUT_OFF as error:
        detail = i18n.say("Discord could not be asked: {told}.", told=errors.told(error))
        remedy = i18n.say("Check the network of this machine, DUALO_DISCORD_API_URL, and https://discordstatus.com.")
        return _fault(name, detail, remedy)


def _well(name: str, detail: str) -> Check:
    return Check(name, healthy=True, detail=detail)


def _fault(name: str, detail: str, remedy: str) -> Check:
    return Check(name, healthy=False, detail=detail, mend=remedy)


def _advised(name: str, detail: str, remedy: str, *, threads: str = "") -> Check:
    return Check(name, healthy=True, detail=detail, mend=remedy, threads=threads, advice=Advice.NOTE)


def _unnamed(address: str) -> str:
    """A place whose name Discord does not tell."""
    place = read_place(address)
    if place is None:
        return f"Discord: {address}"
    return (
        i18n.say("Discord: direct messages with a member ({id})", id=place.id)
        if place.direct
        else i18n.say("Discord: a channel ({id})", id=place.id)
    )


def token_refused() -> Check:
    return _fault(
        i18n.say("Discord token"),
        i18n.say("Discord does not accept the token."),
        i18n.say("Reset it under {address}, Bot, and put the new one into DUALO_DISCORD_TOKEN.", address=PORTAL),
    )


def _application(application: discord.AppInfo) -> Check:
    name = i18n.say("Discord application")
    if application.interactions_endpoint_url:
        return _fault(
            name,
            i18n.say("Commands and buttons are sent to an Interactions Endpoint URL instead of to the bot."),
            i18n.say("Clear “Interactions Endpoint URL” under {address}, General Information.", address=PORTAL),
        )
    return _well(name, i18n.say("Commands and buttons reach the bot."))


def _intents(application: discord.AppInfo) -> Check:
    """One too many does no harm by itself, so it is no fault; but it is a right that nobody needs."""
    name, flags = i18n.say("Discord intents"), application.flags
    privileged = {
        "Presence Intent": flags.gateway_presence or flags.gateway_presence_limited,
        "Server Members Intent": flags.gateway_guild_members or flags.gateway_guild_members_limited,
        "Message Content Intent": flags.gateway_message_content or flags.gateway_message_content_limited,
    }
    needless = [intent for intent, on in privileged.items() if on]
    if needless:
        detail = i18n.say("Switched on, though Dualo needs none: {needless}.", needless=", ".join(needless))
        return _advised(name, detail, i18n.say("Switch it off under {address}, Bot.", address=PORTAL))
    return _well(name, i18n.say("No privileged intent is switched on, and none is needed."))


def _installs(application: discord.AppInfo) -> Check:
    """Servers are what Dualo is for; that single people can install it for themselves is a choice."""
    name = i18n.say("Discord installation")
    switch = i18n.say("Switch it on under {address}, Installation, then restart Dualo.", address=PORTAL)
    if application.guild_integration_config is None:
        return _fault(name, i18n.say("Switched off: Guild Install. No server can invite the bot."), switch)
    if application.user_integration_config is None:
        said = i18n.say("For servers. Switched off: User Install, with which single people learn anywhere in Discord.")
        return _advised(name, said, switch)
    return _well(name, i18n.say("For servers and for single people."))


async def _gateway(client: GatewayClient, *, connected: bool | None) -> Check:
    shards, _, limit = await client.http.get_bot_gateway()
    left = limit["remaining"]
    state = {True: i18n.say("Connected"), False: i18n.say("Not connected"), None: i18n.say("Reachable")}[connected]
    well = connected is not False and left >= FEW_STARTS
    return Check(
        i18n.say("Discord gateway"),
        healthy=well,
        detail=i18n.say_many(
            shards,
            "{state}; Discord advises {n} shard; {left} of {limit} logins left today.",
            "{state}; Discord advises {n} shards; {left} of {limit} logins left today.",
            state=state,
            left=left,
            limit=limit["total"],
        ),
        mend=""
        if well
        else i18n.say("If it restarts in a circle, stop it and look into the log before the logins run out."),
    )


async def _commands(client: GatewayClient, application: int) -> Check:
    wanted = registration.definitions()
    lacking = registration.lacking(wanted, await client.http.get_global_commands(application))
    name = i18n.say("Discord commands")
    if lacking:
        remedy = i18n.say("They are registered when Dualo starts: run `dualo run`, or restart it if it runs.")
        return _fault(name, i18n.say("Not registered: {lacking}.", lacking=", ".join(lacking)), remedy)
    return _well(name, i18n.say("All {wanted} are registered.", wanted=len(wanted)))


async def _servers(access: AccessLookup) -> Check:
    """Whether people see the commands there, before anybody has set up anything."""
    name, servers = i18n.say("Discord servers"), await access.servers()
    looked = list(servers.items())[:MOST_SERVERS]
    lacking = [server for guild, server in looked if not await access.has_commands(guild)]
    if lacking:
        others = i18n.say(" and {rest} more", rest=len(lacking) - NAMED) if len(lacking) > NAMED else ""
        return _fault(
            name,
            i18n.say(
                "The scope applications.commands is missing in: {lacking}{others}.",
                lacking=", ".join(lacking[:NAMED]),
                others=others,
            ),
            i18n.say("Invite the bot there again, with both scopes: {address}", address=access.invitation),
        )
    if not servers:
        detail = i18n.say("The bot is in none yet; `dualo invite discord` prints the link that invites it.")
    elif len(looked) < len(servers):
        detail = i18n.say(
            "The bot is in {servers}; the commands are offered in the {looked} that were looked at.",
            servers=i18n.figure(len(servers)),
            looked=len(looked),
        )
    else:
        detail = i18n.say_many(
            len(servers), "The commands are offered in {n} server.", "The commands are offered in {n} servers."
        )
    return _well(name, detail)


async def _place(access: AccessLookup, address: str) -> Check:
    name, place = _unnamed(address), read_place(address)
    if place is None:
        return _fault(name, *map(i18n.say, _NO_PLACE))
    if place.direct:
        return _direct_messages(await access.person_name(place.id))
    try:
        there = await access.find(place.id)
        return _of_channel(there) if there else await _hidden(access, place.id, name)
    except discord.NotFound as error:
        return _left(name, access) if error.code == UNKNOWN_GUILD else _fault(name, *map(i18n.say, _GONE))


async def _hidden(access: AccessLookup, channel: int, name: str) -> Check:
    """Discord says the same of a channel that the bot may not see and of one in a server that it was removed from. The
    channels of each server are told apart from that, with those that the bot does not see."""
    if len(await access.servers()) > MOST_SERVERS:
        return _fault(name, *map(i18n.say, _UNSEEN))
    home = await access.home_of(channel)
    there = await access.within(home, channel) if home else None
    if there:
        return _of_channel(there)
    return _fault(
        name,
        i18n.say("The bot is not in this server any more, or this is a thread that it may not see."),
        i18n.say("Give its role “View Channels”, or invite it again: {address}", address=access.invitation),
    )


# Whether places take posts, asked before anything is posted there ----------------------------------------------------


async def survey(client: discord.Client, workspace: str, addresses: Sequence[str]) -> list[Check]:
    """One line for each place, in their order."""
    access = AccessLookup(client)
    return [await _surveyed(access, workspace, address) for address in addresses]


async def _surveyed(access: AccessLookup, workspace: str, address: str) -> Check:
    name, place, guild = _unnamed(address), read_place(address), guild_of(workspace)
    if place is None:
        return _fault(name, *map(i18n.say, _NO_PLACE))
    try:
        if place.direct:
            return await _direct(access, workspace, place)
        there = await access.within(guild, place.id) if guild else None
    except discord.NotFound as error:
        return _left("Discord", access) if error.code == UNKNOWN_GUILD else _fault(name, *map(i18n.say, _GONE))
    except discord.Forbidden as error:
        return _left("Discord", access) if error.code == MISSING_ACCESS else _fault(name, *map(i18n.say, _UNSEEN))
    except (discord.DiscordException, *CUT_OFF) as error:
        return _unanswered(name, error)
    return _of_channel(there) if there else _fault(name, *map(i18n.say, _FOREIGN))


async def _direct(access: AccessLookup, workspace: str, place: Destination) -> Check:
    guild = guild_of(workspace)
    if guild:
        member = await access.member_name(guild, place.id) if place.guild in (0, guild) else ""
        return _direct_messages(member) if member else _fault(_unnamed(place.address), *map(i18n.say, _NO_MEMBER))
    if place.guild == 0 and workspace == own_workspace(place.id):
        return _direct_messages(i18n.say("you"))
    return _fault(_unnamed(place.address), *map(i18n.say, _SOMEBODY_ELSE))


# What is told of a place ---------------------------------------------------------------------------------------------


def _of_channel(there: ChannelAccess) -> Check:
    """Of a channel or thread that is seen."""
    name = f"Discord #{there.name}"
    if not there.takes_posts:
        said = i18n.say("Nothing can be posted in a channel of this kind.")
        return _fault(name, said, i18n.say("Choose a text channel."))
    if there.locked:
        said = i18n.say("The thread is archived and locked.")
        return _fault(name, said, i18n.say("Unlock it, or choose another place."))
    detail = [
        i18n.say("Missing: {missing}.", missing=there.lacks) if there.missing else i18n.say("Nothing is missing.")
    ]
    threads, optional = "", []
    if not there.opens_threads:
        detail.append(
            i18n.say(
                "Without “{permission}” no thread can be opened beneath a post.",
                permission=i18n.say(permissions.OPEN_THREADS),
            )
        )
        threads = f"{detail[-1]} {permissions.how_to_give(permissions.OPEN_THREADS)}"
        optional.append(permissions.OPEN_THREADS)
    if not there.reads_history:
        detail.append(
            i18n.say(
                "Without “{permission}” a doubtful post cannot be looked for after a crash.",
                permission=i18n.say(permissions.READ_HISTORY),
            )
        )
        optional.append(permissions.READ_HISTORY)
    said = " ".join(detail)
    if optional and not there.missing:
        return _advised(name, said, permissions.how_to_give(*optional), threads=threads)
    return Check(name, healthy=not there.missing, detail=said, mend=there.remedy, threads=threads)


def _unanswered(name: str, error: BaseException) -> Check:
    """Discord refused, limits the bot for a while, or was not reached. Discord's own words are shown; those of the
    network are not, since they may name what only the operator may know."""
    if isinstance(error, discord.RateLimited):
        return _fault(
            name,
            i18n.say("Discord takes no such question for {seconds}.", seconds=errors.seconds(error)),
            i18n.say("Try again after that."),
        )
    said = errors.told(error) if isinstance(error, discord.DiscordException) else ""
    detail = i18n.say("Discord did not answer: {said}.", said=said) if said else i18n.say("Discord did not answer.")
    return _fault(name, detail, i18n.say("Try again in a minute; https://discordstatus.com tells of troubles."))


def _direct_messages(name: str) -> Check:
    detail = i18n.say("Direct messages are tried when there is one to send.")
    return _well(i18n.say("Discord: direct messages with {name}", name=name), detail)


def _left(name: str, access: AccessLookup) -> Check:
    again = i18n.say("Invite it again: {address}", address=access.invitation)
    return _fault(name, i18n.say("The bot is not in this server any more."), again)
