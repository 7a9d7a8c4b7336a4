"""In which zone people are and which language they read, as their platform tells it: kept for what is sent to them when
they ask nothing."""

from __future__ import annotations

import structlog

from bot.core.errors import StoreUnavailable
from bot.core.record import replace
from bot.domain.learner import LearnerState
from bot.domain.outbox import DeliveryKind
from bot.features.request import Request
from bot.store.cold import consents, learners
from bot.store.cold.consents import Agreement
from bot.store.outbox import nudges

log = structlog.get_logger(__name__)

LONGEST_LOCALE = 35
"""Characters of a language's code: `de-AT`, `zh-Hant-TW`, and not much more."""


async def note(request: Request) -> None:
    """Whoever moved and then asks for anything is reminded by the new clock, and whoever reads another language is
    written to in it. It costs nothing as long as neither changes: what the answer was made of tells what is kept."""
    standing = request.standing_in_hand
    if standing is None or standing.preferences.paused:
        return
    zone, locale = _zone(request), _locale(request)
    try:
        if zone and standing.reminder_timezone not in {None, zone}:
            await _moved(request, zone)
        if locale and _is_known(standing) and standing.locale != locale:
            await _reads(request, locale)
    except StoreUnavailable as error:
        log.warning("A zone or a language could not be kept.", action="profile.unavailable", reason=str(error))


async def located(agreement: Agreement, request: Request) -> Agreement:
    """With the zone that the platform knows of them by now."""
    zone = _zone(request)
    if not zone or zone == agreement.zone or (await request.standing()).preferences.paused:
        return agreement
    await _moved(request, zone)
    return replace(agreement, zone=zone)


def _zone(request: Request) -> str:
    """The zone that the platform tells with this very event. Of a visitor it was told when they came; it may be old."""
    return "" if request.actor.visits else request.actor.timezone


def _locale(request: Request) -> str:
    return "" if request.actor.visits else request.actor.locale[:LONGEST_LOCALE]


def _is_known(standing: LearnerState) -> bool:
    """Whether anything is kept on them that it could stand beside: nobody is written down for their language alone."""
    return standing.locale is not None or standing.reminder_timezone is not None or standing.learns


async def _moved(request: Request, zone: str) -> None:
    async with request.store.transaction() as connection:
        await consents.moved(connection, request.seat, zone)
        await nudges.rearm(connection, request.seat, DeliveryKind.NUDGE, now=request.now)


async def _reads(request: Request, locale: str) -> None:
    async with request.store.transaction() as connection:
        await learners.note_locale(connection, request.seat, locale)
