"""One thing a person did, and all that they have seen of it since."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from tests.wire.slack.book import PATIENCE, Sight, SightKind
from tests.wire.slack.delivery import Ack, Delivery
from tests.wire.slack.model import Json, Message, Team, User, View
from tests.wire.slack.world import World

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Turn:
    """What came of a command, a press, a choice. Properties tell the present; the awaitables wait for it to come."""

    world: World
    team: Team
    user: User
    id: str
    since: int
    delivery: Delivery | None = None
    ack: Ack | None = None
    # Slack's error for what the ack carried, and its complaints: the person saw only that it failed.
    refused: str | None = None
    # After a submission: what stands beside the fields, by block id.
    errors: dict[str, str] = field(default_factory=dict)
    # After a look into an external select: what it offers.
    options: list[Json] = field(default_factory=list)

    @property
    def sights(self) -> Iterator[Sight]:
        """Everything this person saw since, other people's and other turns' private things left out."""
        for sight in self.world.book.sights[self.since :]:
            mine = sight.team_id == self.team.id and sight.user_id in (None, self.user.id)
            if mine and (sight.turn_id in (None, self.id) or sight.user_id is None):
                yield sight

    @property
    def ephemerals(self) -> list[Message]:
        return self._messages(SightKind.EPHEMERAL)

    @property
    def messages(self) -> list[Message]:
        return self._messages(SightKind.MESSAGE)

    @property
    def updates(self) -> list[Message]:
        return self._messages(SightKind.UPDATED)

    @property
    def view(self) -> View | None:
        """The modal on top, whichever turn opened it."""
        stack = self.team.stacks.get(self.user.id, [])
        return stack[-1] if stack else None

    @property
    def text(self) -> str:
        """What the first message says; empty while there is none."""
        said = [*self.ephemerals, *self.messages]
        return said[0].text if said else ""

    async def ephemeral(self, *, within: float = PATIENCE) -> Message:
        return await self.until("a message for their eyes only", lambda: next(iter(self.ephemerals), None), within)

    async def message(self, *, within: float = PATIENCE) -> Message:
        return await self.until("a message in a channel", lambda: next(iter(self.messages), None), within)

    async def answer(self, *, within: float = PATIENCE) -> Message:
        """The first message of either sort."""
        return await self.until("an answer", lambda: next(iter([*self.ephemerals, *self.messages]), None), within)

    async def updated(self, *, within: float = PATIENCE) -> Message:
        return await self.until("a message that changes", lambda: next(iter(self.updates), None), within)

    async def deleted(self, *, within: float = PATIENCE) -> Message:
        gone = lambda: next(iter(self._messages(SightKind.DELETED)), None)  # noqa: E731
        return await self.until("a message that goes away", gone, within)

    async def modal(self, *, within: float = PATIENCE) -> View:
        """A modal that opened or changed through this turn."""
        return await self.until("a modal", lambda: self._last_view(SightKind.VIEW), within)

    async def home(self, *, within: float = PATIENCE) -> View:
        return await self.until("a Home tab published", lambda: self._last_view(SightKind.HOME), within)

    async def until(self, what: str, find: Callable[[], T | None], within: float = PATIENCE) -> T:
        """Wait for a condition of one's own."""
        named = f"{self.user.name} sees {what}"
        if self.ack is not None and self.ack.error:
            named += f" (Slack showed {self.ack.error})"
        return await self.world.book.until(named, find, within=within, turn_id=self.id)

    def _messages(self, kind: SightKind) -> list[Message]:
        return [sight.message for sight in self.sights if sight.kind is kind and sight.message is not None]

    def _last_view(self, kind: SightKind) -> View | None:
        seen = [sight.view for sight in self.sights if sight.kind is kind]
        return seen[-1] if seen else None
