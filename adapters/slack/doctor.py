"""What the doctor reports of Slack: tokens, scopes, connections, and whether each place takes posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.slack import registration, rich
from adapters.slack.api import ApiAnswer, CallFailed, Installation, Refused, SlackApi, later, missing, reason
from adapters.slack.delivery import PLACELESS, PostAddress, history_scope, place
from adapters.slack.installations import Installations
from adapters.slack.payload import flag, items, person_name, table, text
from adapters.slack.socket_mode import Sockets
from bot.api import Advice, Check, SettingsError, i18n

_MANIFEST = i18n.mark(
    "Paste what “dualo manifest slack” prints into the app's settings under “App Manifest”, then install it again."
)
_ELSEWHERE = i18n.mark("Choose a place in this workspace.")
_CHANNEL = i18n.mark("Choose a channel.")
_CONNECTED = ("shared_team_ids", "internal_team_ids", "connected_team_ids")


def _wrong(name: str, detail: str, mend: str) -> Check:
    return Check(name, healthy=False, detail=detail, mend=mend)


def _unnamed(where: PostAddress) -> str:
    """A place whose name Slack does not tell."""
    if rich.is_channel(where.channel):
        return i18n.say("Slack: a channel ({id})", id=where.channel)
    return i18n.say("Slack: direct messages with somebody ({id})", id=where.channel)


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
        return [_wrong(i18n.say("Slack: token"), str(error), i18n.say("Copy the token again."))]
    except CallFailed as failed:
        said = i18n.say("Slack cannot be reached: {failed}.", failed=failed)
        return [_wrong(i18n.say("Slack: token"), said, i18n.say("Check this machine's network."))]
    if not known:
        mend = i18n.say("Open /slack/install in a browser, or set DUALO_SLACK_BOT_TOKEN.")
        found.append(_wrong(i18n.say("Slack: workspaces"), i18n.say("Dualo is installed nowhere."), mend))
    for install in known:
        found += await _token(calls, install)
    found.append(await _line(sockets, serves_http=serves_http))
    if pictures:
        mend = i18n.say("Nothing is lost: a diagram's words stand in its place, and it is tried again within the hour.")
        found.append(_wrong(i18n.say("Slack: diagrams"), pictures, mend))
    for address in due:
        found.append(await _place(calls, installs, address))
    return found


async def _own(installs: Installations, tenant: tuple[str, str]) -> Sequence[Installation]:
    found = await installs.find(*tenant)
    return [found] if found else []


async def _token(calls: SlackApi, install: Installation) -> Sequence[Check]:
    whose = f"Slack: {install.name or install.team or install.enterprise}"
    name = i18n.say("{name}, token", name=whose)
    try:
        answer = await calls.ask(install, "auth.test", lambda c: c.auth_test())
    except CallFailed as failed:
        return [_wrong(name, i18n.say("Slack says: {failed}.", failed=failed), reason(failed))]
    known = i18n.say("Slack knows it as @{name}.", name=text(answer.data, "user"))
    return [Check(name, healthy=True, detail=known), _scopes(whose, answer)]


def _scopes(name: str, answer: ApiAnswer) -> Check:
    """`auth.test` passes with too few scopes; what was granted stands in a header."""
    name = i18n.say("{name}, permissions", name=name)
    lacking = registration.lacking_scopes(answer.scopes)
    if not lacking:
        granted = i18n.say("All {count} are granted.", count=len(registration.SCOPES))
        return Check(name, healthy=True, detail=granted)
    said = _with_reasons(lacking)
    if registration.OPTIONAL_SCOPES.issuperset(lacking):
        spared = i18n.say("Not granted, and Dualo works without: {scopes}.", scopes=said)
        return Check(name, healthy=True, detail=spared, mend=i18n.say(_MANIFEST), advice=Advice.NOTE)
    return _wrong(name, i18n.say("Not granted: {scopes}.", scopes=said), i18n.say(_MANIFEST))


def _with_reasons(scopes: Sequence[str]) -> str:
    return "; ".join(f"{scope} ({i18n.say(registration.SCOPES[scope])})" for scope in scopes)


async def _line(sockets: Sockets | None, *, serves_http: bool) -> Check:
    name = i18n.say("Slack: connection")
    if sockets is None:
        if serves_http:
            return Check(name, healthy=True, detail=i18n.say("HTTP mode, at /slack/events."))
        said = i18n.say("Neither Socket Mode nor HTTP mode is set up.")
        return _wrong(name, said, i18n.say("Set DUALO_SLACK_APP_TOKEN, or DUALO_SLACK_SIGNING_SECRET."))
    try:
        await sockets.ask_address()
    except Refused as refused:
        mend = i18n.say("Switch Socket Mode on, and give the app-level token (xapp-…) the scope connections:write.")
        return _wrong(name, i18n.say("Slack opens no web socket: {error}.", error=refused.error), mend)
    except CallFailed as failed:
        said = i18n.say("Slack cannot be reached: {failed}.", failed=failed)
        return _wrong(name, said, i18n.say("Check this machine's network."))
    count = sockets.connected
    said = (
        i18n.say("Socket Mode, {count} connected.", count=count)
        if count
        else i18n.say("Socket Mode opens; this process keeps no connection.")
    )
    return Check(name, healthy=True, detail=said)


async def _place(calls: SlackApi, installs: Installations, address: str) -> Check:
    where = place(address)
    name = _unnamed(where) if where else f"Slack: {address}"
    if where is None:
        return _wrong(name, i18n.say(PLACELESS), i18n.say("Choose another place."))
    install = await installs.find(where.enterprise, where.team)
    if install is None:
        return _wrong(name, i18n.say("Dualo is not installed in that workspace."), i18n.say("Install it there again."))
    return await _look(calls, install, where)


# Places, asked about before they are used ---------------------------------------------------------------------------


async def survey(calls: SlackApi, installs: Installations, workspace: str, addresses: Sequence[str]) -> Sequence[Check]:
    """For each address, whether it is this workspace's own and takes posts. Posts nothing, joins nothing."""
    return [await _survey(calls, installs, workspace, each) for each in addresses]


async def _survey(calls: SlackApi, installs: Installations, workspace: str, address: str) -> Check:
    where = place(address)
    if where is None or not rich.channel_of(address):
        return _wrong(i18n.say("That place"), i18n.say("It is no channel in Slack."), i18n.say(_CHANNEL))
    if workspace != where.workspace:
        return _wrong(i18n.say("That place"), i18n.say("It is not in this workspace."), i18n.say(_ELSEWHERE))
    install = await installs.find(where.enterprise, where.team)
    if install is None:
        failed = Refused("account_inactive")
        return _wrong(i18n.say("This workspace"), i18n.say("Dualo is not here."), reason(failed))
    if where.channel.startswith("D"):
        return _wrong(i18n.say("That place"), i18n.say("It is a direct conversation."), i18n.say(_CHANNEL))
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
            return _wrong(name, i18n.say("It is a conversation of a few people."), i18n.say(_CHANNEL))
        return _wrong(name, i18n.say("Not granted: {scopes}.", scopes=_with_reasons(needed)), missing(needed[0]))
    ended = later(failed)
    return _wrong(name, i18n.say("Slack says: {failed}.", failed=failed), ended.reason)


async def _of_channel(calls: SlackApi, install: Installation, where: PostAddress) -> Check:
    answer = await calls.ask(
        install, "conversations.info", lambda c: c.conversations_info(channel=where.channel), team=where.team
    )
    channel = table(answer.data, "channel")
    shown = text(channel, "name")
    name = f"Slack: #{shown}" if shown else _unnamed(where)
    if not _is_here(channel, where):
        return _wrong(name, i18n.say("It is not in this workspace."), i18n.say(_ELSEWHERE))
    if flag(channel, "is_archived"):
        mend = reason(Refused("is_archived"))
        return _wrong(name, i18n.say("The channel is archived."), mend)
    if not flag(channel, "is_im") and not flag(channel, "is_member"):
        mend = (
            i18n.say("Type “/invite @Dualo” in #{name}.", name=shown)
            if shown
            else i18n.say("Type “/invite @Dualo” there.")
        )
        return _wrong(name, i18n.say("Dualo is not in the channel."), mend)
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
        return Check(name, healthy=True, detail=i18n.say("Dualo may post there."))
    return _wrong(name, i18n.say("Not granted: {scopes}.", scopes=_with_reasons(lacking)), missing(lacking[0]))


async def _of_person(calls: SlackApi, install: Installation, where: PostAddress) -> Check:
    answer = await calls.ask(install, "users.info", lambda c: c.users_info(user=where.channel), team=where.team)
    user = table(answer.data, "user")
    called = person_name(user)
    name = i18n.say("Slack: direct messages with {name}", name=called) if called else _unnamed(where)
    if flag(user, "deleted"):
        return _wrong(name, i18n.say("The account is deactivated."), i18n.say("Nothing can be sent there."))
    if flag(user, "is_bot"):
        return _wrong(name, i18n.say("That is a bot."), i18n.say("Bots take no direct messages."))
    return _granted(name, answer, "chat:write", "im:write")
