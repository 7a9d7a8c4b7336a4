"""Discord as a front end: what the engine asks of every front end, over one connected client."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime

import discord
import structlog

from adapters.discord import actors, delivery, doctor, errors, gateway, internals, painter, registration
from adapters.discord import addresses as places
from adapters.discord.delivery import NOT_CONNECTED, Deliveries
from adapters.discord.events import PATIENCE, Conversation
from adapters.discord.gateway import GatewayClient, Guilds
from adapters.discord.responder import Callbacks
from adapters.shared import phrases
from adapters.shared.inflight import InFlight
from bot.api import (
    Check,
    Clock,
    Delivered,
    Engine,
    Outcome,
    SettingsError,
    StoreUnavailable,
    StudyError,
    Vault,
    WallClock,
    i18n,
    pictures,
    reference,
    views,
    welcome,
)

log = structlog.get_logger(__name__)

FINISHING = 12.0
"""Seconds that a stop waits for what is in flight."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before Discord is connected to anew; doubled each time."""
STEADY = 60.0
"""Seconds after which a connection counts as stable."""
BROKEN_WAIT = 300.0
"""The same two where an event could not be read: it may come again with every login, of which Discord gives 1,000 a
day before it resets the token."""
_READER = views.Reader()
_NOT_CONNECTED = Delivered(Outcome.LATER, reason=doctor.UNCONNECTED[0], wait=NOT_CONNECTED)


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
        draw: pictures.Draw = pictures.here,
    ) -> None:
        self._token = token
        self._vault = vault
        self._api_url = api_url
        self._shards = gateway.read_shards(shards)
        self._clock = clock or WallClock()
        self._conversation = Conversation(engine, self._clock, patience=patience, draw=draw)
        self._guilds = Guilds(engine, vault)
        self._in_flight = InFlight()
        self._client: GatewayClient | None = None
        self._callbacks: Callbacks | None = None
        self._connection: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._over = asyncio.Event()

    # Start and stop --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Waits for a Discord that is out of reach: other front ends serve meanwhile, and the token may be right."""
        connected = await self._log_in_again(0.0)
        self._client, self._callbacks = connected, Callbacks(connected.http.user_agent)
        try:
            await self._guilds.open()
            await self._register(connected)
            await self._connect(connected)
        except BaseException:
            await self.stop()
            raise

    async def _connect(self, connected: GatewayClient) -> None:
        self._connection = asyncio.create_task(self._stay(connected), name="discord")
        up = asyncio.create_task(self._up.wait())
        try:
            await asyncio.wait((self._connection, up), return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
        if self._connection.done():
            raise SettingsError(self._why_ended())
        self._connection.add_done_callback(self._note_end)

    async def _stay(self, connected: GatewayClient) -> None:
        """Stay connected until the gateway closes for good. A reshard only changes how many shards there are, and an
        event that the library cannot read ends its connection, but not ours."""
        loop, wait = asyncio.get_running_loop(), FIRST_WAIT
        while True:
            began, longest, steady = loop.time(), LONGEST_WAIT, STEADY
            try:
                await connected.connect()
                return
            except discord.ConnectionClosed as error:
                if self._shards or error.code != errors.RESHARD:
                    raise
                log.warning("Discord asks for another number of shards; connecting anew.", action="discord.reshard")
            except (discord.DiscordException, SettingsError):
                raise
            except Exception:
                if not self._up.is_set():
                    raise
                longest = steady = BROKEN_WAIT
                log.exception("An event of Discord could not be read; connecting anew.", action="discord.broken")
            wait = FIRST_WAIT if loop.time() - began > steady else min(wait * 2, longest)
            connected = self._client = await self._log_in_again(wait)

    async def _log_in_again(self, wait: float) -> GatewayClient:
        """As often as it takes. Only a client that was never used asks how many shards Discord advises."""
        while True:
            await asyncio.sleep(wait)
            made = None
            try:
                made = await self._log_in()
                with errors.reaching(self._api_url):
                    await made.find_gateway(self._api_url)
                return made
            except BaseException as error:
                if made is not None:
                    await made.close()
                if not isinstance(error, SettingsError) or isinstance(error, errors.TokenRefused):
                    raise
                wait = min(max(wait * 2, FIRST_WAIT), LONGEST_WAIT)
                if isinstance(error, errors.LoginLimited):
                    wait = max(wait, error.wait)
                log.warning(str(error), action="discord.unreached")

    async def _log_in(self) -> GatewayClient:
        if self._api_url:
            internals.use_base(self._api_url)
        made = GatewayClient(self, self._shards)
        try:
            with errors.reaching(self._api_url):
                await made.login(self._token)
        except BaseException:
            await made.close()
            raise
        return made

    async def _register(self, connected: GatewayClient) -> None:
        """Tell Discord the commands. The first shard speaks for all."""
        application, http = connected.application, connected.http
        if application is None:
            return
        if not self._shards or 0 in self._shards.ids:
            self._conversation.ids = await registration.sync(application, http, self._vault)
        else:
            self._conversation.ids = await registration.registered_ids(application.id, http)

    def _note_end(self, ended: asyncio.Task[None]) -> None:
        if ended.cancelled() or self._client is None:
            return
        error = ended.exception()
        strange = None if isinstance(error, discord.DiscordException | SettingsError) else error
        log.critical(self._why_ended(), action="discord.ended", exc_info=strange)
        self._over.set()

    def _why_ended(self) -> str:
        ended = self._connection
        return errors.why(ended.exception() if ended and ended.done() and not ended.cancelled() else None)

    async def closed(self) -> str:
        await self._over.wait()
        return self._why_ended()

    async def stop(self) -> None:
        """Finish what is in flight, then disconnect."""
        if not await self._in_flight.idle(within=FINISHING):
            log.warning("Some answers were not ready when Discord was left.", action="discord.unfinished")
        leaving, self._client = self._client, None
        if self._connection is not None:
            self._connection.cancel()
        if leaving is not None:
            await leaving.close()
        if self._callbacks is not None:
            await self._callbacks.close()
        if self._connection is not None:
            self._connection.cancel()  # again: what came to its end in the same moment may have taken the first one
            await asyncio.wait((self._connection,))
        if leaving is not None:
            internals.stop_heartbeats(leaving)  # of a line that was greeted while it was left
        await self._in_flight.idle(within=1)

    @property
    def trouble(self) -> str:
        if self._connection is not None and self._connection.done():
            return self._why_ended()
        live = self._live
        if live is None:
            return "not connected to Discord"
        if not live.is_up:
            return "the shards are still connecting"
        down = [number for number, shard in live.shards.items() if shard.is_closed()]
        return f"shards without a connection: {', '.join(map(str, down))}" if down else ""

    @property
    def _live(self) -> GatewayClient | None:
        client = self._client
        return None if client is None or client.is_leaving or client.is_closed() else client

    @property
    def _deliveries(self) -> Deliveries | None:
        live = self._live
        return Deliveries(live, self._clock) if live else None

    async def workspaces(self) -> Mapping[str, str]:
        """The servers that this process hears of."""
        live = self._live
        return {places.guild_workspace(guild.id): guild.name for guild in live.guilds} if live else {}

    # What the gateway tells ------------------------------------------------------------------------------------------

    async def closing(self, client: GatewayClient) -> None:
        """Posts and answers that are being sent need the connection to the end."""
        if client is self._client:
            await self._in_flight.idle(within=FINISHING)

    async def interaction(self, interaction: discord.Interaction) -> None:
        if self._callbacks is None:
            return
        with self._in_flight:
            await self._conversation.interaction(interaction, self._callbacks)

    async def ready(self, guilds: Collection[int], *, shard: int, shards: int) -> None:
        if self._client is not None and self._client.is_up:
            self._up.set()
        await self._noted(functools.partial(self._guilds.ready, guilds, shard=shard, shards=shards))

    async def _noted(self, note: Callable[[], Awaitable[None]]) -> None:
        """Discord tells a join or a removal once, so it waits for a database that does not answer."""
        wait = FIRST_WAIT
        while True:
            try:
                with self._in_flight:
                    return await note()
            except StoreUnavailable as error:
                log.warning("A server's news waits for the database.", action="discord.store", reason=str(error))
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def joined(self, guild: int) -> None:
        await self._noted(functools.partial(self._guilds.joined, guild))

    async def invited(self, guild: int) -> None:
        async def note() -> None:
            await self._guilds.joined(guild)
            if (live := self._live) is not None and await self._guilds.may_welcome(guild):
                await self._welcome(live, guild)

        await self._noted(note)

    async def _welcome(self, live: GatewayClient, guild: int) -> None:
        """One private line to whoever brought the bot in. Closed messages are their choice, and no fault."""
        try:
            person = await actors.installer(live, guild)
        except (discord.DiscordException, *errors.CUT_OFF) as error:
            log.info("It is not known who invited the bot.", action="discord.unwelcomed", reason=errors.told(error))
            return
        where = places.Destination(person, direct=True, guild=guild).address
        sent = await self.deliver(welcome.first_step(), where, f"welcome {reference.new()}")
        if sent.outcome is not Outcome.SENT:
            log.info("Whoever invited the bot was not told.", action="discord.unwelcomed", reason=sent.reason)

    async def left(self, guild: int) -> None:
        await self._noted(functools.partial(self._guilds.left, guild))

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
        with self._in_flight:
            posts = self._deliveries
            return await posts.send(view, address, key, reader=reader, first_try=first_try) if posts else _NOT_CONNECTED

    async def seek(self, address: str, key: str, *, since: datetime) -> Delivered | None:
        with self._in_flight:
            posts = self._deliveries
            return await posts.seek(address, key, since=since) if posts else _NOT_CONNECTED

    async def edit(self, view: views.View, message: str, *, reader: views.Reader = _READER) -> Delivered:
        with self._in_flight:
            posts = self._deliveries
            return await posts.edit(view, message, reader=reader) if posts else _NOT_CONNECTED

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        """Also for an adapter that is not connected: then it logs in for the length of the check."""
        if (live := self._live) is not None:
            return await doctor.all_of(live, places, connected=True, everywhere=not workspace)
        try:
            visitor = await self._log_in()
        except errors.TokenRefused:
            return [doctor.token_refused()]
        except SettingsError as error:
            remedy = i18n.say("See https://discordstatus.com.")
            return [Check("Discord", healthy=False, detail=str(error), mend=remedy)]
        try:
            connected = None if self._connection is None else False
            return await doctor.all_of(visitor, places, connected=connected, everywhere=not workspace)
        finally:
            await visitor.close()

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        live = self._live
        if live is None:
            return doctor.not_connected(places)
        with self._in_flight:
            return await doctor.survey(live, workspace, places)

    async def silent(self, workspace: str, role: str, place: str) -> str:
        """Why a post at the place would notify nobody by the role, and the fix."""
        live, where = self._live, places.read_place(place)
        if live is None or where is None or where.direct:
            return ""
        return phrases.nobody_would_be_notified(delivery.silent(live, role, where.id))

    async def belongs(self, workspace: str, person: str) -> bool:
        """Whether somebody is in the server; raises a `StudyError` while Discord does not say. Their own space stays
        theirs."""
        guild = places.guild_of(workspace)
        if guild is None:
            return True
        if self._live is None:
            raise StudyError(*map(i18n.say, doctor.UNCONNECTED))
        return await actors.belongs(self._live, guild, int(person))

    def direct(self, workspace: str, person: str) -> str:
        """A person has one conversation with the bot; the address says for which server it is, if it is for one."""
        guild = places.guild_of(workspace)
        return f"@{person}/{guild}" if guild else f"@{person}"

    def fits(self, view: views.View) -> Sequence[str]:
        return painter.fits(view)
