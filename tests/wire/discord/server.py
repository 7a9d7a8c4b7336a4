"""Decides what a test holds in its hand: one little Discord with its people, its faults and its book."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.wire.discord.account_routes import AccountRoutes, Commands
from tests.wire.discord.book import Book, Rejection, Request
from tests.wire.discord.channel_routes import add_routes
from tests.wire.discord.clock import Clock
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.interaction_routes import InteractionRoutes
from tests.wire.discord.interactions import Interactions
from tests.wire.discord.model import Channel, ChannelType, DmDoor, Guild, Message, Role, User
from tests.wire.discord.permissions import INVITED, Permission
from tests.wire.discord.person import Person
from tests.wire.discord.rest import BASE, Rest
from tests.wire.discord.routes import Router
from tests.wire.discord.weather import Bucket, Delay, Drop, Failure, Hold, Limit, Moment, Scope, Weather
from tests.wire.discord.world import World

TOKEN = "MTA.fake.token"

ControlHandler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class FakeDiscord:
    """A strict little Discord on 127.0.0.1; see the parts for what each decides."""

    def __init__(self, *, token: str = TOKEN, shards: int = 1, port: int = 0) -> None:
        self.token = token
        self.world = World()
        self.gateway: Gateway = self.world.gateway
        self.gateway.token = token
        self.gateway.shards = shards
        self.book = Book()
        self.weather = Weather(self.world.clock)
        self.commands = Commands(self.world)
        self.interactions = Interactions(self.world)
        self.control: ControlHandler | None = None
        router = Router()
        add_routes(router)
        AccountRoutes(self.world, self.commands).add_routes(router)
        InteractionRoutes(self.interactions).add_routes(router)
        self._rest = Rest(self.world, router, self.weather, self.book)
        self._port = port
        self._runner: web.ServerRunner | None = None

    # The server

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self._port)
        await site.start()
        self._port = runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self._port}"
        self._runner = runner

    async def stop(self) -> None:
        for fault in self.weather.faults:
            if isinstance(fault, Hold):
                fault.release()
        self.gateway.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}{BASE}"

    @property
    def gateway_url(self) -> str:
        return f"{self.gateway.url}/gateway"

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith(BASE):
            return await self._rest.serve(request)
        if path in ("/gateway", "/resume"):
            return await self.gateway.serve(request)
        if path.startswith("/attachments/"):
            attachment = self.world.attachments.get(int(path.split("/")[3]))
            return web.Response(status=404) if attachment is None else web.Response(body=attachment.data)
        if path.startswith("/_control/") and self.control is not None:
            return await self.control(request)
        self.book.unexpected.append(f"{request.method} {path}")
        return web.Response(status=404)

    # The world

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def bot(self) -> User:
        return self.world.bot

    def person(self, name: str, *, locale: str = "en-US", installed: bool = False) -> Person:
        """Someone with an account; `installed` when they added the app to it."""
        user = self.world.add_user(name, locale=locale)
        user.installed = installed
        return Person(user, self.interactions, self.commands)

    def guild(
        self,
        name: str,
        *,
        owner: Person | None = None,
        locale: str = "en-US",
        bot_permissions: Permission = INVITED,
        bot: bool = True,
    ) -> Guild:
        """A server, with the bot in it unless `bot=False`; it has no channel yet."""
        holder = owner.user if owner else self.world.add_user(f"owner of {name}")
        return self.world.add_guild(name, holder, locale=locale, permissions=bot_permissions, bot=bot)

    def channel(self, guild: Guild, name: str = "general", *, type: ChannelType = ChannelType.TEXT) -> Channel:
        return self.world.add_channel(guild, name, type)

    def thread(self, parent: Channel, name: str) -> Channel:
        assert parent.guild is not None
        return self.world.add_thread(parent, name, parent.guild.owner, id=None, kind=ChannelType.PUBLIC_THREAD)

    def role(
        self, guild: Guild, name: str, permissions: Permission = Permission.NONE, *, mentionable: bool = False
    ) -> Role:
        return self.world.add_role(guild, name, permissions, mentionable=mentionable)

    def join(self, person: Person, guild: Guild, *roles: Role) -> None:
        """Makes the person a member, or gives a member exactly these roles."""
        self.world.add_member(guild, person.user, list(roles))

    def leave(self, person: Person, guild: Guild) -> None:
        self.world.remove_member(guild, person.user)

    def private_channel(self, *people: Person) -> Channel:
        """A group conversation without the bot."""
        return self.world.add_group_dm(tuple(person.user for person in people))

    def deny(self, channel: Channel, permission: Permission, *, to: Person | Role | None = None) -> None:
        """Takes the permission from someone in one channel, from the bot if nobody is named."""
        target = to.user if isinstance(to, Person) else to or self.bot
        self.world.set_overwrite(channel, target, allow=Permission.NONE, deny=permission)

    def allow(self, channel: Channel, permission: Permission, *, to: Person | Role | None = None) -> None:
        target = to.user if isinstance(to, Person) else to or self.bot
        self.world.set_overwrite(channel, target, allow=permission, deny=Permission.NONE)

    def grant_command(self, guild: Guild, name: str, *to: Person | Role) -> None:
        """Server Settings, Integrations: the command is for these alone, whatever its default says."""
        guild.granted_commands[name] = {one.id for one in to}

    def set_door(self, person: Person, door: DmDoor) -> None:
        person.user.door = door

    def invite_bot(self, guild: Guild, permissions: Permission = INVITED, *, by: Person | None = None) -> None:
        guild.invited_by = by.user if by else guild.owner
        self.world.invite_bot(guild, permissions)

    def remove_bot(self, guild: Guild) -> None:
        self.world.remove_bot(guild)

    def delete_guild(self, guild: Guild) -> None:
        self.world.delete_guild(guild)

    def delete_channel(self, channel: Channel) -> None:
        self.world.delete_channel(channel)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        self.world.set_thread(thread, archived=True, locked=locked)

    def delete_message(self, message: Message) -> None:
        self.world.delete_message(message)

    # What goes wrong

    def limit(self, route: str, retry_after: float, *, times: int = 1, scope: Scope = "user") -> Limit:
        fault = Limit(route, times, retry_after, scope)
        self.weather.faults.append(fault)
        return fault

    def bucket(self, route: str, *, limit: int, seconds: float) -> None:
        """A lasting limit on a route, per channel or server."""
        self.weather.buckets.append(Bucket(route, limit, seconds))

    def fail(self, route: str, *, status: int = 500, moment: Moment = Moment.BEFORE, times: int = 1) -> Failure:
        """`Moment.AFTER`: the thing is done and the answer is an error all the same."""
        fault = Failure(route, times, status, moment)
        self.weather.faults.append(fault)
        return fault

    def drop(self, route: str, *, moment: Moment = Moment.AFTER, times: int = 1) -> Drop:
        """The connection ends without an answer, by default after the thing was done."""
        fault = Drop(route, times, moment)
        self.weather.faults.append(fault)
        return fault

    def delay(self, route: str, seconds: float, *, times: int | None = None) -> Delay:
        fault = Delay(route, times, seconds)
        self.weather.faults.append(fault)
        return fault

    def hold(self, route: str, *, times: int | None = None) -> Hold:
        """Requests wait at the door until `release()`; `waiting` counts them."""
        fault = Hold(route, times)
        self.weather.faults.append(fault)
        return fault

    # The book

    @property
    def requests(self) -> deque[Request]:
        return self.book.requests

    @property
    def rejected(self) -> list[Rejection]:
        return self.book.rejected

    @property
    def unexpected(self) -> list[str]:
        return self.book.unexpected

    def messages(self, channel: Channel) -> list[Message]:
        """What stands in the channel for all to see, oldest first."""
        return list(channel.messages.values())

    async def until(self, condition: Callable[[], bool], what: str, *, within: float = 5.0) -> None:
        """Waits for a condition on this world; `what` names it for the message if it never comes true."""
        await self.world.signal.until(condition, what, within)

    async def connected(self, shards: int | None = None, *, within: float = 5.0) -> None:
        """Waits until a bot is on the gateway with all of its shards."""
        wanted = self.gateway.shards if shards is None else shards
        await self.until(lambda: len(self.gateway.connected) >= wanted, f"{wanted} connected shard(s)", within=within)
