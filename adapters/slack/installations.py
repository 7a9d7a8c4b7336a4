"""Where the bot is installed: a single token from the environment, or one for each workspace from the vault.

An installation is looked for by enterprise and team, then by the enterprise alone: an organisation-wide one serves
every workspace of its organisation with one token.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import structlog

from adapters.slack.api import AGAIN, ApiAnswer, Installation, Limited, Refused, Send, SlackApi, Unanswered, key
from adapters.slack.payload import NO_ENTERPRISE, flag, text, workspace_key
from bot.api import Engine, SettingsError, Vault

log = structlog.get_logger(__name__)

FRESH = 60.0
"""Seconds for which a token is taken as known: another replica may have been given a new one."""
DEAD = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
"""What Slack says to a token that serves no more."""
_WELCOMED = "welcomed:"
_SEEN = "team:"
"""Workspaces met under an organisation-wide installation, so that each can be told when it ends."""
PICTURE = "picture:"
"""Before a workspace's key: the diagrams that it has as files of its own."""


class Installations:
    """Tokens, found quickly and forgotten when they end."""

    def __init__(self, calls: SlackApi, vault: Vault, engine: Engine, *, token: str = "") -> None:
        self._calls = calls
        self._vault = vault
        self._engine = engine
        self._token = token
        self._single: Installation | None = None
        self._known: dict[tuple[str, str], tuple[float, Installation]] = {}
        """By the place asked for: until when it is known, and what serves there."""
        self._met: set[tuple[str, str]] = set()

    async def learn_single(self) -> None:
        """Ask Slack whose the token from the environment is. A wrong one stops the start."""
        if not self._token or self._single:
            return
        while self._single is None:
            try:
                self._single = await self._ask_single()
            except (Limited, Unanswered) as failed:
                log.warning(f"Slack cannot be reached: {failed}.", action="slack.unreachable")
                await asyncio.sleep(AGAIN)
        await self._engine.joined(workspace_key(self._single.enterprise, self._single.team))

    async def _ask_single(self) -> Installation:
        client = self._calls.client(self._token)
        try:
            answer = await self._calls.ask_by(client, "auth.test", lambda c: c.auth_test())
        except Refused as refused:
            raise SettingsError(
                f"DUALO_SLACK_BOT_TOKEN: Slack refuses it ({refused.error}). Copy the bot token (xoxb-…) of the "
                "installed app from “OAuth & Permissions” again."
            ) from None
        data = answer.data
        return Installation(
            enterprise=text(data, "enterprise_id") or NO_ENTERPRISE,
            team="" if flag(data, "is_enterprise_install") else text(data, "team_id"),
            token=self._token,
            bot_user=text(data, "user_id"),
            bot=text(data, "bot_id"),
            name=text(data, "team"),
            scopes=answer.scopes,
        )

    async def find(self, enterprise: str, team: str) -> Installation | None:
        """The installation that serves this workspace."""
        now = asyncio.get_running_loop().time()
        until, known = self._known.get((enterprise, team), (0.0, None))
        if known is not None and until > now:
            return known
        found = self._serves(enterprise, team) or await self._kept(enterprise, team)
        if found is not None:
            self._known[enterprise, team] = (now + FRESH, found)
            if found.org_wide:
                await self._meet(enterprise, team)
        return found

    async def ask(self, enterprise: str, team: str, method: str, send: Send) -> ApiAnswer:
        """Call a method for a workspace. Where Slack takes the token no more, a newer one of the vault has one try."""
        install = await self.find(enterprise, team)
        if install is None:
            raise Refused("account_inactive")
        try:
            return await self._calls.ask(install, method, send, team=team)
        except Refused as refused:
            if refused.error not in DEAD:
                raise
            self._forget(install.enterprise, team)
            newer = await self.find(enterprise, team)
            if newer is None or newer.token == install.token:
                raise
        return await self._calls.ask(newer, method, send, team=team)

    def _serves(self, enterprise: str, team: str) -> Installation | None:
        single = self._single
        if single is None:
            return None
        return single if single.team == team or (single.org_wide and single.enterprise == enterprise) else None

    async def _kept(self, enterprise: str, team: str) -> Installation | None:
        for wanted in (team, ""):
            if written := await self._vault.get(key(enterprise, wanted)):
                return _read(written)
        return await self._of_team(team) if enterprise == NO_ENTERPRISE and team else None

    async def _of_team(self, team: str) -> Installation | None:
        """Some payloads of an organisation's workspace leave the organisation out; a team's id is unique anyway."""
        for name in await self._vault.names("install:"):
            if name.endswith(f":{team}") and (written := await self._vault.get(name)):
                return _read(written)
        return None

    async def _meet(self, enterprise: str, team: str) -> None:
        """Remember a workspace of an organisation, and tell the engine of it once."""
        name = f"{_SEEN}{enterprise}:{team}"
        if (enterprise, team) in self._met or not team:
            return
        self._met.add((enterprise, team))
        if await self._vault.get(name) is None:
            await self._vault.put(name, "1")
            await self._engine.joined(workspace_key(enterprise, team))

    async def add(self, install: Installation) -> None:
        """Keep a new installation; a workspace that comes back finds what it had."""
        await self._vault.put(key(install.enterprise, install.team), _write(install))
        self._forget(install.enterprise, install.team)
        if install.team:
            await self._engine.joined(workspace_key(install.enterprise, install.team))

    async def may_welcome(self, install: Installation) -> bool:
        """True once an installation in a workspace, whichever process asks."""
        return bool(install.team) and await self._vault.add(f"{_WELCOMED}{install.enterprise}:{install.team}", "1")

    async def remove(self, enterprise: str, team: str) -> None:
        """The bot was taken away, or its token revoked: the token is dropped, and the engine told.

        An event may come late, or again, when somebody has long installed anew: what Slack still takes stays. Raises
        `CallFailed` while Slack does not say.
        """
        self._forget(enterprise, team)
        gone = await self.find(enterprise, team)
        if gone is None:
            await self._engine.left(workspace_key(enterprise, team))
            return
        if await self._lives(gone):
            log.info("A removal came late.", action="slack.still_here", team=team or enterprise)
            return
        await self._vault.drop(key(gone.enterprise, gone.team))
        self._forget(gone.enterprise, gone.team)
        for workspace in await self._workspaces(gone, team):
            here = workspace_key(gone.enterprise, workspace)
            for name in await self._vault.names(f"{PICTURE}{here}:"):
                await self._vault.drop(name)
            await self._engine.left(here)
            self._met.discard((gone.enterprise, workspace))
            await self._vault.drop(f"{_WELCOMED}{gone.enterprise}:{workspace}")
        if self._single == gone:
            self._single = None
        log.info("A workspace took the bot away.", action="slack.removed", team=team or enterprise)

    async def _lives(self, install: Installation) -> bool:
        """Whether Slack still takes the token."""
        try:
            await self._calls.ask(install, "auth.test", lambda c: c.auth_test())
        except Refused as refused:
            return refused.error not in DEAD
        return True

    def _forget(self, enterprise: str, team: str) -> None:
        """Look into the vault again next time: for a workspace, or for all that an organisation's token serves."""
        self._known = {
            place: (until, held)
            for place, (until, held) in self._known.items()
            if held.enterprise != enterprise or (team and place[1] != team)
        }

    async def _workspaces(self, install: Installation, team: str) -> Sequence[str]:
        if not install.org_wide:
            return [install.team]
        prefix = f"{_SEEN}{install.enterprise}:"
        names = await self._vault.names(prefix)
        for name in names:
            await self._vault.drop(name)
        return sorted({name.removeprefix(prefix) for name in names} | ({team} - {""}))

    async def names(self) -> Mapping[str, str]:
        """Every workspace that is served, with what Slack calls it. Of those in an organisation it tells no names."""
        found: dict[str, str] = {}
        for name in await self._vault.names(_SEEN):
            enterprise, _, team = name.removeprefix(_SEEN).partition(":")
            found[workspace_key(enterprise, team)] = ""
        for install in await self.all() if self._single or not self._token else ():
            if install.team:
                found[workspace_key(install.enterprise, install.team)] = install.name
        return found

    async def all(self) -> Sequence[Installation]:
        """Every installation, for the doctor; it may ask before anything is started."""
        if self._token and self._single is None:
            self._single = await self._ask_single()
        names = await self._vault.names("install:")
        kept = [_read(written) for name in names if (written := await self._vault.get(name))]
        return [*([self._single] if self._single else []), *kept]


def _write(install: Installation) -> str:
    return json.dumps(asdict(install))


def _read(written: str) -> Installation:
    held = json.loads(written)
    return Installation(**{**held, "scopes": tuple(held["scopes"])})
