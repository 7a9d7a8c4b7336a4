"""What is due for review, for whoever shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.actions import Action
from bot.core.i18n import say
from bot.domain import memory
from bot.domain.course import Shelf
from bot.domain.learner import LearnerState, Seat
from bot.domain.memory import Deck, Memory
from bot.features import commands
from bot.features.request import Request
from bot.store.cold import memories
from bot.store.store import Store


async def deck(request: Request) -> Deck:
    """The asker's reviews."""
    return (await look(request))[0]


async def look(request: Request) -> tuple[Deck, Sequence[Memory]]:
    standing = await request.standing()
    return await deck_of(
        request.store, request.seat, standing=standing, shelf=request.shelf, now=request.now, zone=request.zone
    )


async def deck_of(
    store: Store, seat: Seat, *, standing: LearnerState, shelf: Shelf, now: datetime, zone: ZoneInfo
) -> tuple[Deck, Sequence[Memory]]:
    """Somebody's reviews, and what they remember: one statement, by key."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    async with store.reading() as connection:
        kept, plan, today = await memories.look(connection, seat, midnight, linked=standing.linked)
    return memory.deck(kept, plan, today, standing=standing, shelf=shelf, now=now, zone=zone), kept


def offer(found: Deck) -> tuple[Action, ...]:
    """The button that starts today's reviews; none if nothing is due."""
    return (Action(say("Review ({left} today)", left=found.left), commands.Review()),) if found.left else ()


def way(found: Deck) -> tuple[Action, ...]:
    """The same, or the way to when they come; none without any question."""
    return offer(found) or ((Action(say("When reviews come"), commands.Review()),) if found.size else ())
