"""In which zone people are, as their platform tells it: kept for the clock that reminds them when they ask nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.domain.entry import Kind
from bot.domain.standing import Seat
from bot.errors import StoreUnavailable
from bot.handlers.recent import Recent
from bot.handlers.request import Request
from bot.record import replace
from bot.store import consents, nudges
from bot.store.consents import Agreement

log = structlog.get_logger(__name__)

FRESH = timedelta(hours=1)
MOST_PEOPLE = 20_000


class Whereabouts:
    """Whose zone this process has compared with the rows of late."""

    def __init__(self) -> None:
        self._compared: Recent[Seat, tuple[datetime, str]] = Recent(MOST_PEOPLE)

    async def note(self, request: Request) -> None:
        """Whoever moved and then asks for anything is reminded by the new clock. Costs a look an hour at most."""
        zone, now = request.actor.timezone, request.now
        at, before = self._compared.get(request.seat) or (now, "")
        if not zone or (zone == before and timedelta() <= now - at < FRESH):
            return
        try:
            async with request.store.reading() as connection:
                agreement = await consents.find(connection, request.seat, now)
            if agreement is not None:
                await located(agreement, request)
        except StoreUnavailable as error:
            log.warning("A zone could not be compared.", action="zone.unavailable", reason=str(error))
            return
        self._compared.put(request.seat, (now, zone))


async def located(agreement: Agreement, request: Request) -> Agreement:
    """With the zone that the platform knows of them by now."""
    zone = request.actor.timezone
    if not zone or zone == agreement.zone or (await request.standing()).preferences.paused:
        return agreement
    async with request.store.transaction() as connection:
        await consents.moved(connection, request.seat, zone)
        await nudges.rearm(connection, request.seat, Kind.NUDGE, now=request.now)
    return replace(agreement, zone=zone)
