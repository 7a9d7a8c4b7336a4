"""What the doctor wants to know of Slack: tokens, scopes, sockets, and each place where a lesson is due."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack import outcomes, places, scopes
from adapters.slack.calls import Answer, CallFailed, Calls, Install, Refused
from adapters.slack.deliver import place
from adapters.slack.installs import Installs
from adapters.slack.payload import text
from adapters.slack.sockets import Sockets
from bot.api import Check, SettingsError

_MANIFEST = (
    "Paste what “dualo manifest slack” prints into the app's settings under “App Manifest”, then install it again."
)


async def check(
    calls: Calls,
    installs: Installs,
    sockets: Sockets | None,
    *,
    serves_http: bool,
    due: Sequence[str],
    tenant: tuple[str, str] | None = None,
) -> Sequence[Check]:
    """The whole report; `due` are the addresses where something is to be posted. To a `tenant` no other one's
    installation is named, nor asked about."""
    found: list[Check] = []
    try:
        known = await installs.all() if tenant is None else await _own(installs, tenant)
    except SettingsError as error:
        return [Check("Slack: token", healthy=False, detail=str(error), mend="Copy the token again.")]
    except CallFailed as failed:
        said = f"Slack cannot be reached: {failed}."
        return [Check("Slack: token", healthy=False, detail=said, mend="Check this machine's network.")]
    if not known:
        found.append(
            Check(
                "Slack: workspaces",
                healthy=False,
                detail="Dualo is installed nowhere.",
                mend="Open /slack/install in a browser, or set DUALO_SLACK_BOT_TOKEN.",
            )
        )
    for install in known:
        found += await _token(calls, install)
    found.append(await _line(sockets, serves_http=serves_http))
    for address in due:
        found.append(await _place(calls, installs, address))
    return found


async def _own(installs: Installs, tenant: tuple[str, str]) -> Sequence[Install]:
    found = await installs.find(*tenant)
    return [found] if found else []


async def _token(calls: Calls, install: Install) -> Sequence[Check]:
    name = f"Slack: {install.name or install.team or install.enterprise}"
    try:
        answer = await calls.ask(install, "auth.test", lambda c: c.auth_test())
    except CallFailed as failed:
        return [Check(f"{name}, token", healthy=False, detail=f"Slack says: {failed}.", mend=outcomes.reason(failed))]
    said = text(answer.data, "user")
    token = Check(f"{name}, token", healthy=True, detail=f"Slack knows it as @{said}.")
    return [token, _scopes(name, answer)]


def _scopes(name: str, answer: Answer) -> Check:
    """`auth.test` passes with too few scopes; what was granted stands in a header."""
    lacking = scopes.lacking(answer.scopes)
    if not lacking:
        return Check(f"{name}, permissions", healthy=True, detail=f"All {len(scopes.NEEDED)} are granted.")
    said = "; ".join(f"{scope} ({scopes.NEEDED[scope]})" for scope in lacking)
    return Check(f"{name}, permissions", healthy=False, detail=f"Not granted: {said}.", mend=_MANIFEST)


async def _line(sockets: Sockets | None, *, serves_http: bool) -> Check:
    name = "Slack: connection"
    if sockets is None:
        said = "HTTP mode, at /slack/events." if serves_http else "Neither Socket Mode nor HTTP mode is set up."
        mend = "" if serves_http else "Set DUALO_SLACK_APP_TOKEN, or DUALO_SLACK_SIGNING_SECRET."
        return Check(name, healthy=serves_http, detail=said, mend=mend)
    try:
        await sockets.ask_address()
    except Refused as refused:
        return Check(
            name,
            healthy=False,
            detail=f"Slack opens no web socket: {refused.error}.",
            mend="Switch Socket Mode on, and give the app-level token (xapp-…) the scope connections:write.",
        )
    except CallFailed as failed:
        return Check(
            name, healthy=False, detail=f"Slack cannot be reached: {failed}.", mend="Check this machine's network."
        )
    count = sockets.connected
    said = f"Socket Mode, {count} connected." if count else "Socket Mode opens; this process keeps no connection."
    return Check(name, healthy=True, detail=said)


async def _place(calls: Calls, installs: Installs, address: str) -> Check:
    where = place(address)
    name = f"Slack: {where.channel if where else address}"
    if where is None:
        return Check(name, healthy=False, detail="That is no place in Slack.", mend="Choose another place.")
    install = await installs.find(where.enterprise, where.team)
    if install is None:
        return Check(
            name, healthy=False, detail="Dualo is not installed in that workspace.", mend="Install it there again."
        )
    return await places.look(calls, install, where)
