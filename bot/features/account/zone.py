"""In which zone people are, as their platform tells it: kept for the clock that reminds them when they ask nothing."""

from __future__ import annotations

import structlog

from bot.core.errors import StoreUnavailable
from bot.core.record import replace
from bot.domain.outbox import DeliveryKind
from bot.features.request import Request
from bot.store.cold import consents
from bot.store.cold.consents import Agreement
from bot.store.outbox import nudges

log = structlog.get_logger(__name__)


async def note(request: Request) -> None:
    """Whoever moved and then asks for anything is reminded by the new clock. It costs nothing as long as nobody moves:
    what the answer was made of tells by which zone they are reminded."""
    zone, standing = _told(request), request.standing_in_hand
    if not zone or standing is None or standing.reminder_timezone in {None, zone} or standing.preferences.paused:
        return
    try:
        await _moved(request, zone)
    except StoreUnavailable as error:
        log.warning("A zone could not be kept.", action="zone.unavailable", reason=str(error))


async def located(agreement: Agreement, request: Request) -> Agreement:
    """With the zone that the platform knows of them by now."""
    zone = _told(request)
    if not zone or zone == agreement.zone or (await request.standing()).preferences.paused:
        return agreement
    await _moved(request, zone)
    return replace(agreement, zone=zone)


def _told(request: Request) -> str:
    """The zone that the platform tells with this very event. Of a visitor it was told when they came; it may be old."""
    return "" if request.actor.visits else request.actor.timezone


async def _moved(request: Request, zone: str) -> None:
    async with request.store.transaction() as connection:
        await consents.moved(connection, request.seat, zone)
        await nudges.rearm(connection, request.seat, DeliveryKind.NUDGE, now=request.now)
