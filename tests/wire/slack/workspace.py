"""A workspace as a test handles it: who is there, which channels, and what happens besides what people do."""

from collections.abc import Iterable

from tests.wire.slack import payloads
from tests.wire.slack.delivery import Ack, Courier, Delivery, EnvelopeKind
from tests.wire.slack.installation import Grant
from tests.wire.slack.model import Channel, ChannelKind, Json, Message, Team, Usergroup, View
from tests.wire.slack.person import Person
from tests.wire.slack.world import World


class Workspace:
    """One team. Without an installation `token` is refused: ask for `grant` only where there is one."""

    def __init__(self, world: World, courier: Courier, team: Team, grant: Grant | None) -> None:
        self._world = world
        self._courier = courier
        self.team = team
        self.grant = grant

    @property
    def id(self) -> str:
        return self.team.id

    @property
    def token(self) -> str:
        assert self.grant is not None, f"the app is not installed in {self.team.name}"
        return self.grant.token

    @property
    def general(self) -> Channel:
        return next(iter(self.team.channels.values()))

    def person(
        self,
        name: str,
        *,
        tz: str = "Europe/Berlin",
        locale: str = "en-US",
        is_admin: bool = False,
        is_owner: bool = False,
    ) -> Person:
        """Somebody new, a member of #general."""
        user = self._world.add_user(self.team, name, tz=tz, locale=locale, is_admin=is_admin, is_owner=is_owner)
        return Person(self._world, self._courier, self.team, user)

    def channel(
        self,
        name: str,
        *,
        members: Iterable[Person] = (),
        kind: ChannelKind = ChannelKind.PUBLIC,
        with_bot: bool = True,
    ) -> Channel:
        ids = [person.id for person in members]
        return self._world.add_channel(self.team, name, members=ids, kind=kind, with_bot=with_bot)

    def usergroup(self, handle: str, people: Iterable[Person]) -> Usergroup:
        return self._world.add_usergroup(self.team, handle, [person.id for person in people])

    def messages(self, channel: Channel | str) -> list[Message]:
        """What stands in a channel, oldest first."""
        channel_id = channel if isinstance(channel, str) else channel.id
        return list(self.team.channels[channel_id].messages.values())

    def ephemerals(self, person: Person | str) -> list[Message]:
        user_id = person if isinstance(person, str) else person.id
        return [message for message in self.team.ephemerals if message.only_for == user_id]

    @property
    def homes(self) -> dict[str, View]:
        return self.team.homes

    async def event(self, event: Json) -> Ack:
        """Deliver an event of the Events API, and wait until it is acknowledged or given up."""
        stamped = {"event_ts": self._world.clock.stamp(), **event}
        payload = payloads.event_callback(self._world, self.team, stamped)
        return await self.deliver(EnvelopeKind.EVENT, payload)

    async def deliver(self, kind: EnvelopeKind, payload: Json) -> Ack:
        """Deliver a payload as it stands."""
        return await self._courier.deliver(Delivery(self._world.ids.make("envelope-"), kind, payload))
