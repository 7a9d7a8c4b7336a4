"""One Web API call once its token is known, and how its lists are cut into pages."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.wire.slack.installation import Grant
from tests.wire.slack.model import Channel, Json, Refusal, Team
from tests.wire.slack.world import World

T = TypeVar("T")
MOST_IN_A_PAGE = 1000


@dataclass(slots=True)
class Call:
    """Who asks, with which token, for which workspace, and what."""

    world: World
    method: str
    args: Json
    grant: Grant
    team: Team
    warnings: list[str] = field(default_factory=list)

    def channel(self, family: str) -> Channel:
        """The channel asked about, and the scope of its family (`read`, `history`) for its kind."""
        channel = self.world.visible_channel(self.team, self.args["channel"])
        self.world.require_scope(self.grant, [f"{channel.kind.scope_prefix}:{family}"])
        return channel

    def require_member(self, channel: Channel) -> None:
        if self.team.bot.id not in channel.members:
            raise Refusal("not_in_channel")

    def page(self, things: Sequence[T], *, usual: int) -> tuple[list[T], Json]:
        """A stretch of a list, and the response_metadata that leads to the next."""
        limit = self.args.get("limit", usual)
        if not 1 <= limit <= MOST_IN_A_PAGE:
            raise Refusal("invalid_limit")
        start = _read_cursor(self.args.get("cursor"))
        rest = start + limit < len(things)
        cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if rest else ""
        return list(things[start : start + limit]), {"next_cursor": cursor}


def _read_cursor(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        word, place = base64.b64decode(cursor, validate=True).decode().split(":")
        if word == "next":
            return int(place)
    except ValueError:
        pass
    raise Refusal("invalid_cursor")
