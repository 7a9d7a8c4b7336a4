"""What the doctor reports of Slack: tokens, scopes, connections, and whether each place takes posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.slack import registration, rich
from adapters.slack.api import ApiAnswer, CallFailed, Installation, Refused, SlackApi, later, missing, reason
from adapters.slack.delivery import PostAddress, history_scope, place
from adapters.slack.installations import Installations
from adapters.slack.payload import flag, items, table, text
from adapters.slack.socket_mode import Sockets
from bot.api import Advice, Check, SettingsError

_MANIFEST = (
    "Paste what “dualo manifest slack” prints into the app's settings under “App Manifest”, then install it again."
)
_ELSEWHERE = "Choose a place in this workspace."
_CHANNEL = "Choose a channel."
_CONNECTED = ("shared_team_ids", "internal_team_ids", "connected_team_ids")


def _wrong(name: str, detail: str, mend: str) -> Check:
    return Check(name, healthy=False, detail=detail, mend=mend)


def _advised(name: str, detail: str, mend: str) -> Check:
    return Check(name, healthy=True, detail=detail, mend=mend, advice=Advice.NOTE)


def _unnamed(where: PostAddress) -> str:
    """A place whose name Slack does not tell."""
    kind = "a channel" if rich.is_channel(where.channel) else "direct messages with somebody"
    return f"Slack: {kind} ({where.channel})"


async def check(
    calls: SlackApi,
    installs: Installations,
    sockets: Sockets | None,
    *,
    serves_http: bool,
    due: Sequence[str],
    tenant: tuple[str, str] | None = None,
    pictures: str = "",
) -> Sequence[Check]:
    """The whole report; `due` are the addresses where something is to be posted, `pictures` is what keeps diagrams from
    being shown. To a `tenant` no other one's installation is named, nor asked about."""
    found: list[Check] = []
    try:
        known = await installs.all() if tenant is None else await _own(installs, tenant)
    except SettingsError as error:
        return [_wrong("Slack: token", str(error), "Copy the token again.")]
    except CallFailed as failed:
        said = f"Slack cannot be reached: {failed}."
        return [_wrong("Slack: token", said, "Check this machine's network.")]
    if not known:
        found.append(
            _wrong(
                "Slack: workspaces",
                "Dualo is installed nowhere.",
                "Open /slack/install in a browser, or set DUALO_SLACK_BOT_TOKEN.",
            )
        )
    for install in known:
        found += await _token(calls, install)
    found.append(await _line(sockets, serves_http=serves_http))
    if pictures:
        mend = "Nothing is lost: a diagram's words stand in its place, and it is tried again within the hour."
        found.append(_wrong("Slack: diagrams", pictures, mend))
    for address in due:
        found.append(await _place(calls, installs, address))
    return found


async def _own(installs: Installations, tenant: tuple[str, str]) -> Sequence[Installation]:
    found = await installs.find(*tenant)
    return [found] if found else []


async def _token(calls: SlackApi, install: Installation) -> Sequence[Check]:
    name = f"Slack: {install.name or install.team or install.enterprise}"
    try:
        answer = await calls.ask(install, "auth.test", lambda c: c.auth_test())
    except CallFailed as failed:
        return [_wrong(f"{name}, token", f"Slack says: {failed}.", reason(failed))]
    said = text(answer.data, "user")
    token = Check(f"{name}, token", healthy=True, detail=f"Slack knows it as @{said}.")
    return [token, _scopes(name, answer)]


def _scopes(name: str, answer: ApiAnswer) -> Check:
    """`auth.test` passes with too few scopes; what was granted stands in a header."""
    lacking = registration.lacking_scopes(answer.scopes)
    if not lacking:
        return Check(f"{name}, permissions", healthy=True, detail=f"All {len(registration.SCOPES)} are granted.")
    said = "; ".join(f"{scope} ({registration.SCOPES[scope]})" for scope in lacking)
    if registration.OPTIONAL_SCOPES.issuperset(lacking):
        return _advised(f"{name}, permissions", f"Not granted, and Dualo works without: {said}.", _MANIFEST)
    return _wrong(f"{name}, permissions", f"Not granted: {said}.", _MANIFEST)


async def _line(sockets: Sockets | None, *, serves_http: bool) -> Check:
    name = "Slack: connection"
    if sockets is None:
        said = "HTTP mode, at /slack/events." if serves_http else "Neither Socket Mode nor HTTP mode is set up."
        mend = "" if serves_http else "Set DUALO_SLACK_APP_TOKEN, or DUALO_SLACK_SIGNING_SECRET."
        return Check(name, healthy=serves_http, detail=said, mend=mend)
    try:
        await sockets.ask_address()
    except Refused as refused:
        return _wrong(
            name,
            f"Slack opens no web socket: {refused.error}.",
            "Switch Socket Mode on, and give the app-level token (xapp-…) the scope connections:write.",
        )
    except CallFailed as failed:
        return _wrong(name, f"Slack cannot be reached: {failed}.", "Check this machine's network.")
    count = sockets.connected
    said = f"Socket Mode, {count} connected." if count else "Socket Mode opens; this process keeps no connection."
    return Check(name, healthy=True, detail=said)


async def _place(calls: SlackApi, installs: Installations, address: str) -> Check:
    where = place(address)
    name = _unnamed(where) if where else f"Slack: {address}"
    if where is None:
        return _wrong(name, "That is no place in Slack.", "Choose another place.")
    install = await installs.find(where.enterprise, where.team)
    if install is None:
        return _wrong(name, "Dualo is not installed in that workspace.", "Install it there again.")
    return await _look(calls, install, where)


# Places, asked about before they are used ---------------------------------------------------------------------------


async def survey(calls: SlackApi, installs: Installations, workspace: str, addresses: Sequence[str]) -> Sequence[Check]:
    """For each address, whether it is this workspace's own and takes posts. Posts nothing, joins nothing."""
    return [await _survey(calls, installs, workspace, each) for each in addresses]


async def _survey(calls: SlackApi, installs: Installations, workspace: str, address: str) -> Check:
    where = place(address)
    if where is None or not rich.channel_of(address):
        return _wrong("That place", "It is no channel in Slack.", _CHANNEL)
    if workspace != where.workspace:
        return _wrong("That place", "It is not in this workspace.", _ELSEWHERE)
    install = await installs.find(where.enterprise, where.team)
    if install is None:
        failed = Refused("account_inactive")
        return _wrong("This workspace", "Dualo is not here.", reason(failed))
    if where.channel.startswith("D"):
        return _wrong("That place", "It is a direct conversation.", _CHANNEL)
    return await _look(calls, install, where)


async def _look(calls: SlackApi, install: Installation, where: PostAddress) -> Check:
    """What Slack says of the place."""
    try:
        return await (_of_person if where.is_person else _of_channel)(calls, install, where)
    except CallFailed as failed:
        return _unseen(where, failed)


def _unseen(where: PostAddress, failed: CallFailed) -> Check:
    name = _unnamed(where)
    if isinstance(failed, Refused) and failed.error == "missing_scope":
        needed = [scope for scope in failed.needed.split(",") if scope in registration.SCOPES] or ["channels:read"]
        if failed.needed and not set(failed.needed.split(",")) & set(registration.SCOPES):
            return _wrong(name, "It is a conversation of a few people.", _CHANNEL)
        said = "; ".join(f"{scope} ({registration.SCOPES[scope]})" for scope in needed)
        return _wrong(name, f"Not granted: {said}.", missing(needed[0]))
    ended = later(failed)
    return _wrong(name, f"Slack says: {failed}.", ended.reason)


async def _of_channel(calls: SlackApi, install: Installation, where: PostAddress) -> Check:
    answer = await calls.ask(
        install, "conversations.info", lambda c: c.conversations_info(channel=where.channel), team=where.team
    )
    channel = table(answer.data, "channel")
    shown = text(channel, "name")
    name = f"Slack: #{shown}" if shown else _unnamed(where)
    if not _is_here(channel, where):
        return _wrong(name, "It is not in this workspace.", _ELSEWHERE)
    if flag(channel, "is_archived"):
        mend = reason(Refused("is_archived"))
        return _wrong(name, "The channel is archived.", mend)
    if not flag(channel, "is_im") and not flag(channel, "is_member"):
        mend = f"Type “/invite @Dualo” in #{shown}." if shown else "Type “/invite @Dualo” there."
        return _wrong(name, "Dualo is not in the channel.", mend)
    return _granted(name, answer, "chat:write", history_scope("G" if flag(channel, "is_private") else where.channel))


def _is_here(channel: Mapping[str, object], where: PostAddress) -> bool:
    """A token of a whole organisation sees the channels of all its workspaces."""
    team = text(channel, "context_team_id")
    if not team or team == where.team:
        return True
    return any(where.team in items(channel, key) for key in _CONNECTED)


def _granted(name: str, answer: ApiAnswer, *wanted: str) -> Check:
    """`conversations.info` says with its answer what the token was granted."""
    lacking = [scope for scope in wanted if answer.scopes and scope not in answer.scopes]
    if not lacking:
        return Check(name, healthy=True, detail="Dualo may post there.")
    said = "; ".join(f"{scope} ({registration.SCOPES[scope]})" for scope in lacking)
    return _wrong(name, f"Not granted: {said}.", missing(lacking[0]))


async def _of_person(calls: SlackApi, install: Installation, where: PostAddress) -> Check:
    answer = await calls.ask(install, "users.info", lambda c: c.users_info(user=where.channel), team=where.team)
    user = table(answer.data, "user")
    called = text(user, "profile", "display_name") or text(user, "real_name") or text(user, "name")
    name = f"Slack: direct messages with {called}" if called else _unnamed(where)
    if flag(answer.data, "user", "deleted"):
        return _wrong(name, "The account is deactivated.", "Nothing can be sent there.")
    if flag(answer.data, "user", "is_bot"):
        return _wrong(name, "That is a bot.", "Bots take no direct messages.")
    return _granted(name, answer, "chat:write", "im:write")
