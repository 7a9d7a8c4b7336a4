"""Decides what a bot learns about itself, its application, its servers and its commands."""

from __future__ import annotations

from tests.wire.discord import command_rules, drawing, refusals
from tests.wire.discord import payload as read
from tests.wire.discord.model import Guild, User
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import Permission
from tests.wire.discord.routes import Call, Router
from tests.wire.discord.rules import open_form
from tests.wire.discord.world import World

SESSION_STARTS = 1000
BOT_ADD = "28"


class Commands:
    """What is registered: `None` for everywhere, else by server."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_scope: dict[int | None, dict[tuple[int, str], Payload]] = {None: {}}

    def overwrite(self, scope: int | None, wanted: list[Payload]) -> list[Payload]:
        old = self.by_scope.get(scope, {})
        new: dict[tuple[int, str], Payload] = {}
        for command in wanted:
            key = (read.integer_of(command, "type", 1), read.text_of(command, "name"))
            known = read.integer_of(old[key], "id") if key in old else self.world.clock.new_id()
            version = self.world.clock.new_id()
            new[key] = command_rules.list_command(command, id=known, version=version, application=self.world.bot.id) | (
                {"guild_id": str(scope)} if scope is not None else {}
            )
        self.by_scope[scope] = new
        return list(new.values())

    def listed(self, scope: int | None) -> list[Payload]:
        return list(self.by_scope.get(scope, {}).values())

    def find(self, guild: Guild | None, kind: int, name: str) -> Payload | None:
        """A server's own command hides the global one of the same name."""
        own = self.by_scope.get(guild.id, {}) if guild else {}
        return own.get((kind, name)) or self.by_scope[None].get((kind, name))


class AccountRoutes:
    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands

    def add_routes(self, router: Router) -> None:
        router.add("GET /gateway", self.get_gateway, open_door=True)
        router.add("GET /gateway/bot", self.get_gateway_bot)
        router.add("GET /users/@me", self.get_me)
        router.add("GET /users/@me/guilds", self.list_my_guilds)
        router.add("DELETE /users/@me/guilds/{guild}", self.leave_guild)
        router.add("POST /users/@me/channels", self.open_dm)
        router.add("GET /users/{user}", self.get_user)
        router.add("GET /applications/@me", self.get_application)
        router.add("GET /oauth2/applications/@me", self.get_application)
        router.add("GET /applications/{application}/commands", self.list_commands)
        router.add("PUT /applications/{application}/commands", self.overwrite_commands)
        router.add("GET /applications/{application}/guilds/{guild}/commands", self.list_commands)
        router.add("PUT /applications/{application}/guilds/{guild}/commands", self.overwrite_commands)
        router.add("GET /guilds/{guild}", self.get_guild)
        router.add("GET /guilds/{guild}/channels", self.list_channels)
        router.add("GET /guilds/{guild}/threads/active", self.list_threads)
        router.add("GET /guilds/{guild}/audit-logs", self.get_audit_log)
        router.add("GET /guilds/{guild}/roles", self.list_roles)
        router.add("GET /guilds/{guild}/roles/{role}", self.get_role)
        router.add("GET /guilds/{guild}/members/{user}", self.get_member)

    def get_gateway(self, _: Call) -> Payload:
        return {"url": f"{self.world.gateway.url}/gateway"}

    def get_gateway_bot(self, call: Call) -> Payload:
        gateway = self.world.gateway
        return self.get_gateway(call) | {
            "shards": gateway.shards,
            "session_start_limit": {
                "total": SESSION_STARTS,
                "remaining": max(0, SESSION_STARTS - len(gateway.identifies)),
                "reset_after": 86_400_000,
                "max_concurrency": gateway.max_concurrency,
            },
        }

    def get_me(self, _: Call) -> Payload:
        return drawing.draw_user(self.world.bot) | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0}

    def get_user(self, call: Call) -> Payload:
        return drawing.draw_user(self._user(call.number("user")))

    def _user(self, number: int) -> User:
        user = self.world.users.get(number)
        if user is None:
            raise refusals.unknown_user()
        return user

    def list_my_guilds(self, _: Call) -> list[Payload]:
        return [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "owner": False,
                "permissions": str(int(guild.members[self.world.bot.id].permissions())),
                "features": [],
            }
            for guild in self.world.guilds.values()
            if guild.bot_present
        ]

    def leave_guild(self, call: Call) -> None:
        self.world.remove_bot(self._guild(call))

    def open_dm(self, call: Call) -> Payload:
        form = open_form(call.body)
        number = form.snowflake("recipient_id", needed=True)
        form.breaches.raise_if_any()
        assert number is not None
        user = self._user(number)
        if user is self.world.bot:
            raise refusals.closed_dm()
        return drawing.draw_channel(self.world.dm_with(user))

    # The application

    def get_application(self, _: Call) -> Payload:
        installs: Payload = {
            "0": {"oauth2_install_params": {"scopes": ["bot", "applications.commands"], "permissions": "0"}},
            "1": {"oauth2_install_params": {"scopes": ["applications.commands"], "permissions": "0"}},
        }
        return {
            "id": str(self.world.bot.id),
            "name": self.world.bot.name,
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": drawing.draw_user(self.world.owner),
            "team": None,
            "bot": drawing.draw_user(self.world.bot),
            "verify_key": "0" * 64,
            "flags": self.world.application_flags,
            "rpc_origins": [],
            "redirect_uris": [],
            "tags": [],
            "approximate_guild_count": sum(guild.bot_present for guild in self.world.guilds.values()),
            "approximate_user_install_count": sum(user.installed for user in self.world.users.values()),
            "integration_types_config": {name: installs[name] for name in self.world.installs},
        }

    def _scope(self, call: Call) -> int | None:
        if call.number("application") != self.world.bot.id:
            raise refusals.Refused(403, 20012, "You are not authorized to perform this action on this application")
        if "guild" not in call.params:
            return None
        guild = self._guild(call)
        if not guild.offers_commands:
            raise refusals.missing_access()
        return guild.id

    def list_commands(self, call: Call) -> list[Payload]:
        return self.commands.listed(self._scope(call))

    def overwrite_commands(self, call: Call) -> list[Payload]:
        scope = self._scope(call)
        return self.commands.overwrite(scope, command_rules.check_commands(call.body))

    # Servers

    def _guild(self, call: Call) -> Guild:
        guild = self.world.guilds.get(call.number("guild"))
        if guild is None:
            raise refusals.unknown_guild()
        if not guild.bot_present:
            raise refusals.missing_access()
        return guild

    def get_guild(self, call: Call) -> Payload:
        guild = self._guild(call)
        data = drawing.draw_guild(guild, [])
        for key in ("members", "channels", "threads", "voice_states", "presences", "member_count", "joined_at"):
            del data[key]
        if call.query.get("with_counts", "").lower() in ("1", "true"):
            data |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
        return data

    def list_channels(self, call: Call) -> list[Payload]:
        return [drawing.draw_channel(channel) for channel in self._guild(call).channels.values()]

    def list_threads(self, call: Call) -> Payload:
        guild, bot = self._guild(call), self.world.bot
        seen = [
            thread
            for thread in guild.threads.values()
            if not thread.archived and Permission.VIEW_CHANNEL in thread.permissions_of(bot)
        ]
        return {"threads": [drawing.draw_channel(thread) for thread in seen], "members": []}

    def get_audit_log(self, call: Call) -> Payload:
        """Who added which bot is all that is written down here."""
        guild = self._guild(call)
        if Permission.VIEW_AUDIT_LOG not in guild.members[self.world.bot.id].permissions():
            raise refusals.missing_permissions()
        kept = guild.invited_by is not None and call.query.get("action_type", BOT_ADD) == BOT_ADD
        entry = {
            "id": str(guild.id + 1),
            "action_type": int(BOT_ADD),
            "user_id": str(guild.invited_by.id if guild.invited_by else 0),
            "target_id": str(self.world.bot.id),
            "changes": [],
        }
        empty: Payload = {
            name: [] for name in ("application_commands", "auto_moderation_rules", "guild_scheduled_events",
                                  "integrations", "threads", "users", "webhooks")
        }  # fmt: skip
        return empty | {"audit_log_entries": [entry] if kept else []}

    def list_roles(self, call: Call) -> list[Payload]:
        return [drawing.draw_role(role) for role in self._guild(call).roles.values()]

    def get_role(self, call: Call) -> Payload:
        role = self._guild(call).roles.get(call.number("role"))
        if role is None:
            raise refusals.unknown_role()
        return drawing.draw_role(role)

    def get_member(self, call: Call) -> Payload:
        guild = self._guild(call)
        user = self._user(call.number("user"))
        if user.id not in guild.members:
            raise refusals.unknown_member()
        return drawing.draw_member(guild.members[user.id])
