"""Discord as a front end: what the engine asks of every front end, over one connected client."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

import discord
import structlog

from adapters.discord import checks, client, places, registration, render, surveys
from adapters.discord.callbacks import CUT_OFF, Callbacks
from adapters.discord.client import Client
from adapters.discord.deliver import NOT_CONNECTED, Deliveries
from adapters.discord.hands import Hands
from adapters.discord.interactions import PATIENCE, Conversation
from adapters.discord.membership import Membership
from bot.api import Check, Clock, Delivered, Engine, Outcome, SettingsError, Vault, WallClock, views

log = structlog.get_logger(__name__)

_REGISTERED = "commands"
"""Where in the vault the hash of the last registration lies, followed by the application's id."""
FINISHING = 12.0
"""Seconds that what is in hand gets at a stop."""
_READER = views.Reader()


class DiscordAdapter:
    """Commands, buttons and posts in Discord."""

    name = "discord"

    def __init__(
        self,
        engine: Engine,
        *,
        token: str,
        vault: Vault,
        api_url: str = "",
        shards: str = "",
        clock: Clock | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._token = token
        self._vault = vault
        self._api_url = api_url
        self._shards = client.read_shards(shards)
        self._clock = clock or WallClock()
        self._talk = Conversation(engine, self._clock, patience=patience)
        self._membership = Membership(engine, vault)
        self._hands = Hands()
        self._client: Client | None = None
        self._callbacks: Callbacks | None = None
        self._connection: asyncio.Task[None] | None = None

    # Coming and going ------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        connected = await self._log_in()
        self._client, self._callbacks = connected, Callbacks(connected.http.user_agent)
        try:
            await self._membership.open()
            await self._register(connected)
            await connected.find_gateway(self._api_url)
            await self._connect(connected)
        except BaseException:
            await self.stop()
            raise

    async def _connect(self, connected: Client) -> None:
        self._connection = asyncio.create_task(connected.connect(), name="discord")
        up = asyncio.create_task(connected.all_up())
        await asyncio.wait((self._connection, up), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self._connection.done():
            raise SettingsError(f"Discord closed the connection: {self._why_ended()}.")
        self._connection.add_done_callback(self._note_end)

    async def _log_in(self) -> Client:
        client.use_base(self._api_url)
        made = Client(self, self._shards)
        try:
            await made.login(self._token)
        except discord.LoginFailure:
            await made.close()
            raise SettingsError(
                "DUALO_DISCORD_TOKEN is not accepted by Discord. Copy the token from the Developer Portal, under Bot."
            ) from None
        except (discord.HTTPException, *CUT_OFF) as error:
            await made.close()
            raise SettingsError(
                f"Discord could not be reached ({checks.told(error)}). Check the network of this machine"
                f"{' and DUALO_DISCORD_API_URL' if self._api_url else ''}."
            ) from None
        return made

    async def _register(self, connected: Client) -> None:
        """Tell Discord the commands, if they are not what it was told last. The first shard speaks for all."""
        application = connected.application
        if application is None or (self._shards and 0 not in self._shards.ids):
            return
        installs = [
            number
            for number, config in (
                (registration.BY_GUILD, application.guild_integration_config),
                (registration.BY_USER, application.user_integration_config),
            )
            if config is not None
        ]
        wanted = registration.definitions(installs=installs or [registration.BY_GUILD])
        name, told = f"{_REGISTERED}:{application.id}", registration.digest(wanted)
        if await self._vault.get(name) == told:
            return
        await connected.http.bulk_upsert_global_commands(application.id, wanted)
        await self._vault.put(name, told)
        log.info("Discord was told the commands.", action="discord.registered", commands=len(wanted))

    def _note_end(self, ended: asyncio.Task[None]) -> None:
        if not ended.cancelled() and (self._client is not None and ended.exception() is not None):
            log.critical("Discord closed the connection for good.", action="discord.ended", reason=self._why_ended())

    def _why_ended(self) -> str:
        ended = self._connection
        error = ended.exception() if ended and ended.done() and not ended.cancelled() else None
        return str(error) if error else "it was closed"

    async def stop(self) -> None:
        """Finish what is in hand, then say good-bye to Discord."""
        if not await self._hands.idle(within=FINISHING):
            log.warning("Some answers were not ready when Discord was left.", action="discord.unfinished")
        leaving, self._client = self._client, None
        if leaving is not None:
            await leaving.close()
        if self._callbacks is not None:
            await self._callbacks.close()
        if self._connection is not None:
            await asyncio.wait((self._connection,))
        await self._hands.idle(within=1)

    @property
    def trouble(self) -> str:
        if self._connection is not None and self._connection.done():
            return f"Discord closed the connection: {self._why_ended()}"
        live = self._live
        if live is None:
            return "not connected to Discord"
        down = [number for number, shard in live.shards.items() if shard.is_closed()]
        return f"shards without a connection: {', '.join(map(str, down))}" if down else ""

    @property
    def _live(self) -> Client | None:
        return self._client if self._client is not None and not self._client.is_closed() else None

    # What the gateway tells ------------------------------------------------------------------------------------------

    async def interaction(self, interaction: discord.Interaction) -> None:
        if self._callbacks is None:
            return
        with self._hands.busy():
            await self._talk.interaction(interaction, self._callbacks)

    async def standing(self, guilds: Collection[int], *, shard: int, shards: int) -> None:
        with self._hands.busy():
            await self._membership.standing(guilds, shard=shard, shards=shards)

    async def joined(self, guild: int) -> None:
        with self._hands.busy():
            await self._membership.joined(guild)

    async def left(self, guild: int) -> None:
        with self._hands.busy():
            await self._membership.left(guild)

    # Posts, and what the doctor asks ---------------------------------------------------------------------------------

    async def deliver(
        self,
        view: views.View,
        address: str,
        key: str,
        *,
        reader: views.Reader = _READER,
        first_try: datetime | None = None,
    ) -> Delivered:
        live = self._live
        if live is None:
            return _not_connected()
        with self._hands.busy():
            return await Deliveries(live, self._clock).send(view, address, key, reader=reader, first_try=first_try)

    async def seek(self, address: str, key: str, *, since: datetime) -> Delivered | None:
        live = self._live
        if live is None:
            return _not_connected()
        with self._hands.busy():
            return await Deliveries(live, self._clock).seek(address, key, since=since)

    async def edit(self, view: views.View, message: str, *, reader: views.Reader = _READER) -> Delivered:
        live = self._live
        if live is None:
            return _not_connected()
        with self._hands.busy():
            return await Deliveries(live, self._clock).edit(view, message, reader=reader)

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        """Also for an adapter that is not connected: then it logs in for the length of the check."""
        if (live := self._live) is not None:
            return await checks.all_of(live, places, connected=True)
        try:
            visitor = await self._log_in()
        except SettingsError as error:
            refused = "not accepted" in str(error)
            return [
                checks.token_refused()
                if refused
                else Check("Discord", healthy=False, detail=str(error), mend="See https://discordstatus.com.")
            ]
        try:
            return await checks.all_of(visitor, places, connected=None if self._connection is None else False)
        finally:
            await visitor.close()

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        live = self._live
        if live is None:
            return [
                Check(f"Discord {place}", healthy=False, detail="Discord is not connected yet.", mend="Try again soon.")
                for place in places
            ]
        with self._hands.busy():
            return await surveys.survey(live, workspace, places)

    def direct(self, workspace: str, person: str) -> str:
        """A person has one conversation with the bot; the address says for which server it is, if it is for one."""
        guild = places.guild_of(workspace)
        return f"@{person}/{guild}" if guild else f"@{person}"

    def fits(self, view: views.View) -> Sequence[str]:
        return render.fits(view)


def _not_connected() -> Delivered:
    return Delivered(Outcome.LATER, reason="Discord is not connected yet.", wait=NOT_CONNECTED)
