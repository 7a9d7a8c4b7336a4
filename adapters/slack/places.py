"""Whether a place takes posts, and what is missing there by name: asked before it is used, and by the doctor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.slack import mentions, outcomes, scopes
from adapters.slack.calls import Answer, CallFailed, Calls, Install, Refused
from adapters.slack.deliver import Place, history_scope, place
from adapters.slack.installs import Installs
from adapters.slack.payload import flag, items, table, text
from bot.api import Check

_ELSEWHERE = "Choose a place in this workspace."
_CHANNEL = "Choose a channel."
_CONNECTED = ("shared_team_ids", "internal_team_ids", "connected_team_ids")


async def survey(calls: Calls, installs: Installs, workspace: str, addresses: Sequence[str]) -> Sequence[Check]:
    """For each address, whether it is this workspace's own and takes posts. Posts nothing, joins nothing."""
    return [await _survey(calls, installs, workspace, each) for each in addresses]


async def _survey(calls: Calls, installs: Installs, workspace: str, address: str) -> Check:
    where = place(address)
    if where is None or not mentions.channel_of(address):
        return Check("That place", healthy=False, detail="It is no channel in Slack.", mend=_CHANNEL)
    if workspace != f"slack:{where.enterprise}:{where.team}":
        return Check("That place", healthy=False, detail="It is not in this workspace.", mend=_ELSEWHERE)
    install = await installs.find(where.enterprise, where.team)
    if install is None:
        failed = Refused("account_inactive")
        return Check("This workspace", healthy=False, detail="Dualo is not here.", mend=outcomes.reason(failed))
    if where.channel.startswith("D"):
        return Check("That place", healthy=False, detail="It is a direct conversation.", mend=_CHANNEL)
    return await look(calls, install, where)


async def look(calls: Calls, install: Install, where: Place) -> Check:
    """What Slack says of the place."""
    try:
        return await (_person if where.is_person else _channel)(calls, install, where)
    except CallFailed as failed:
        return _unseen(where, failed)


def _unseen(where: Place, failed: CallFailed) -> Check:
    name = f"Slack: {where.channel}"
    if isinstance(failed, Refused) and failed.error == "missing_scope":
        needed = [scope for scope in failed.needed.split(",") if scope in scopes.NEEDED] or ["channels:read"]
        if failed.needed and not set(failed.needed.split(",")) & set(scopes.NEEDED):
            return Check(name, healthy=False, detail="It is a conversation of a few people.", mend=_CHANNEL)
        said = "; ".join(f"{scope} ({scopes.NEEDED[scope]})" for scope in needed)
        return Check(name, healthy=False, detail=f"Not granted: {said}.", mend=outcomes.missing(needed[0]))
    ended = outcomes.later(failed)
    return Check(name, healthy=False, detail=f"Slack says: {failed}.", mend=ended.reason)


async def _channel(calls: Calls, install: Install, where: Place) -> Check:
    answer = await calls.ask(
        install, "conversations.info", lambda c: c.conversations_info(channel=where.channel), team=where.team
    )
    channel = table(answer.data, "channel")
    shown = text(channel, "name")
    name = f"Slack: #{shown}" if shown else f"Slack: {where.channel}"
    if not _is_here(channel, where):
        return Check(name, healthy=False, detail="It is not in this workspace.", mend=_ELSEWHERE)
    if flag(channel, "is_archived"):
        mend = outcomes.reason(Refused("is_archived"))
        return Check(name, healthy=False, detail="The channel is archived.", mend=mend)
    if not flag(channel, "is_im") and not flag(channel, "is_member"):
        mend = f"Type “/invite @Dualo” in #{shown}." if shown else "Type “/invite @Dualo” there."
        return Check(name, healthy=False, detail="Dualo is not in the channel.", mend=mend)
    return _granted(name, answer, "chat:write", history_scope("G" if flag(channel, "is_private") else where.channel))


def _is_here(channel: Mapping[str, object], where: Place) -> bool:
    """A token of a whole organisation sees the channels of all its workspaces."""
    team = text(channel, "context_team_id")
    if not team or team == where.team:
        return True
    return any(where.team in items(channel, key) for key in _CONNECTED)


def _granted(name: str, answer: Answer, *wanted: str) -> Check:
    """`conversations.info` says with its answer what the token was granted."""
    lacking = [scope for scope in wanted if answer.scopes and scope not in answer.scopes]
    if not lacking:
        return Check(name, healthy=True, detail="Dualo may post there.")
    said = "; ".join(f"{scope} ({scopes.NEEDED[scope]})" for scope in lacking)
    return Check(name, healthy=False, detail=f"Not granted: {said}.", mend=outcomes.missing(lacking[0]))


async def _person(calls: Calls, install: Install, where: Place) -> Check:
    answer = await calls.ask(install, "users.info", lambda c: c.users_info(user=where.channel), team=where.team)
    name = f"Slack: direct messages with {text(answer.data, 'user', 'name') or where.channel}"
    if flag(answer.data, "user", "deleted"):
        return Check(name, healthy=False, detail="The account is deactivated.", mend="Nothing can be sent there.")
    if flag(answer.data, "user", "is_bot"):
        return Check(name, healthy=False, detail="That is a bot.", mend="Bots take no direct messages.")
    return _granted(name, answer, "chat:write", "im:write")
