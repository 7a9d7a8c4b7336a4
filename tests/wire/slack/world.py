"""All of this little Slack's state: workspaces, tokens, and who is found under which name."""

from collections.abc import Iterable

from tests.wire.slack.book import Book
from tests.wire.slack.faults import Faults
from tests.wire.slack.installation import App, Grant, TokenState
from tests.wire.slack.model import Channel, ChannelKind, Clock, Ids, Refusal, Team, User, Usergroup
from tests.wire.slack.rules import Uniqueness
from tests.wire.slack.tickets import Tickets

# Everything that a method here asks for; a test of missing scopes grants fewer.
ALL_SCOPES = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
    "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history", "mpim:read",
    "mpim:write", "team:read", "usergroups:read", "users:read",
)  # fmt: skip


class World:
    """Everything that exists, and the two ways to find it: as Slack itself, or with a token's eyes."""

    def __init__(self, app: App, *, unique_actions: Uniqueness = "surface") -> None:
        self.app = app
        self.unique_actions: Uniqueness = unique_actions
        self.clock = Clock()
        self.ids = Ids()
        self.book = Book()
        self.faults = Faults(self.clock)
        self.tickets = Tickets(self.clock, self.ids)
        self.teams: dict[str, Team] = {}
        self.grants: dict[str, Grant] = {
            app.app_token: Grant(app.app_token, "app", ("connections:write", "authorizations:read"))
        }
        self.base_url = ""
        self.pictures: dict[str, str] = {}
        """Files that a block may show: by id, the workspace."""

    # -- building --------------------------------------------------------------------------------------------------

    def add_team(self, name: str, *, enterprise_id: str | None = None, team_id: str | None = None) -> Team:
        """A workspace with one public channel, #general."""
        team_id = team_id or self.ids.make("T")
        bot = User(self.ids.make("U"), team_id, "dualo", "Dualo", is_bot=True)
        team = Team(team_id, name, name.lower().replace(" ", "-"), enterprise_id, bot, self.ids.make("B"))
        team.users[bot.id] = bot
        self.teams[team_id] = team
        self.add_channel(team, "general")
        return team

    def add_user(self, team: Team, name: str, *, tz: str, locale: str, is_admin: bool, is_owner: bool) -> User:
        """Everybody is in #general."""
        user = User(
            self.ids.make("U"), team.id, name, name.capitalize(), tz=tz, locale=locale, is_admin=is_admin,
            is_owner=is_owner,
        )  # fmt: skip
        team.users[user.id] = user
        next(iter(team.channels.values())).members.append(user.id)
        return user

    def add_channel(
        self,
        team: Team,
        name: str,
        *,
        members: Iterable[str] = (),
        kind: ChannelKind = ChannelKind.PUBLIC,
        with_bot: bool = True,
    ) -> Channel:
        prefix = {ChannelKind.IM: "D", ChannelKind.MPIM: "G"}.get(kind, "C")
        present = [*members, *([team.bot.id] if with_bot else [])]
        channel = Channel(self.ids.make(prefix), team.id, name, kind, list(dict.fromkeys(present)))
        team.channels[channel.id] = channel
        return channel

    def add_usergroup(self, team: Team, handle: str, users: Iterable[str]) -> Usergroup:
        group = Usergroup(self.ids.make("S"), team.id, handle, handle.capitalize(), list(users))
        team.usergroups[group.id] = group
        return group

    def grant_bot(self, teams: Iterable[Team], scopes: Iterable[str] = ALL_SCOPES, *, org_wide: bool = False) -> Grant:
        """A bot token for these workspaces (several: an org-wide installation)."""
        listed = list(teams)
        token = f"xoxb-{listed[0].id}-{self.ids.make('K')}"
        grant = Grant(
            token,
            "bot",
            tuple(scopes),
            tuple(team.id for team in listed),
            listed[0].enterprise_id,
            org_wide=org_wide,
        )
        self.grants[token] = grant
        return grant

    def direct_channel(self, team: Team, user_ids: list[str]) -> Channel:
        """The DM between the bot and these people, opened where there was none."""
        members = {team.bot.id, *user_ids}
        kind = ChannelKind.IM if len(user_ids) == 1 else ChannelKind.MPIM
        for channel in team.channels.values():
            if channel.kind is kind and set(channel.members) == members:
                return channel
        return self.add_channel(team, "directmessage", members=user_ids, kind=kind)

    # -- finding ---------------------------------------------------------------------------------------------------

    def live_grant(self, token: str | None) -> Grant:
        """The token's grant, or the error that Slack has for it."""
        if not token:
            raise Refusal("not_authed")
        grant = self.grants.get(token)
        if grant is None:
            raise Refusal("invalid_auth")
        if grant.state is not TokenState.ACTIVE:
            raise Refusal(grant.state.value)
        return grant

    def team_of(self, grant: Grant, team_id: str | None) -> Team:
        """An org-wide token says with `team_id` which of its workspaces it means."""
        if team_id is not None and team_id not in grant.team_ids:
            raise Refusal("team_not_found")
        if team_id is None and grant.org_wide and len(grant.team_ids) > 1:
            raise Refusal("missing_argument", messages=["missing required field: team_id"])
        return self.teams[team_id or grant.team_ids[0]]

    def visible_channel(self, team: Team, reference: str) -> Channel:
        """A channel by its id or #name, if the bot may know of it at all."""
        channel = team.channels.get(reference)
        if channel is None:
            name = reference.removeprefix("#")
            named = (c for c in team.channels.values() if c.name == name and c.kind is not ChannelKind.IM)
            channel = next(named, None)
        hidden = channel is not None and channel.kind is not ChannelKind.PUBLIC and team.bot.id not in channel.members
        if channel is None or hidden:
            raise Refusal("channel_not_found")
        return channel

    def known_user(self, team: Team, user_id: str) -> User:
        user = team.users.get(user_id)
        if user is None:
            raise Refusal("user_not_found")
        return user

    def require_scope(self, grant: Grant, scopes: Iterable[str]) -> None:
        needed = tuple(scopes)
        if needed and not set(needed) & set(grant.scopes):
            raise Refusal("missing_scope", needed=",".join(needed), provided=",".join(grant.scopes))
