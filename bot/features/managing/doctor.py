"""What those who run a workspace look at when something may be wrong.

The doctor asks this process's own parts, the front end, and every place that something is posted to.
What is broken comes first, each with its mend. A part that cannot be looked at in time is itself a finding.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence

import structlog

from bot.core import text, views
from bot.core.actions import Action
from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.i18n import mark, say, say_many
from bot.core.ports import Adapter, Advice, Check
from bot.features import commands, paging, ways
from bot.features.request import Request, handles
from bot.store.cold import schedules

log = structlog.get_logger(__name__)

PATIENCE = 20.0
"""Seconds for each part."""
LONGEST_NOTE = 400
ALERTS, _CHANNELS = mark("Alerts"), mark("{front}: channels")


@handles(commands.Doctor)
async def doctor(command: commands.Doctor, request: Request) -> views.View:
    checks = await examine(request)
    ordered = sorted(checks, key=_urgency)
    broken = sum(not check.healthy for check in checks)
    shown = paging.cut(ordered, command.page)
    onward, there = commands.Doctor(page=command.page + 1), (command.page + 1) * views.MOST_ITEMS < len(checks)
    state = (
        say("Everything that was looked at works.")
        if not broken
        else say_many(broken, "{n} thing to fix.", "{n} things to fix.")
    )
    return views.Listing(
        say("Doctor"),
        tuple(_item(check) for check in shown),
        say_many(
            len(checks),
            "{state} {n} check, what is broken first.",
            "{state} {n} checks, what is broken first.",
            state=state,
        ),
        (*paging.more(onward, there=there), Action(say("Look again"), commands.Doctor()), ways.hub()),
    )


async def examine(request: Request) -> list[Check]:
    parts: list[Awaitable[Sequence[Check]]] = []
    if request.house.examine is not None:
        parts.append(_in_time("Dualo", request.house.examine(request.actor.workspace)))
    front = request.front
    if front is not None:
        name = front.name.capitalize()
        parts.append(_in_time(name, front.check(workspace=request.actor.workspace)))
        parts.append(_in_time(say(_CHANNELS, front=name), _surveyed(front, request), part=f"{name}: channels"))
    parts.append(_in_time(say(ALERTS), _alerts(request), part=ALERTS))
    return [check for checks in await asyncio.gather(*parts) for check in checks]


async def _alerts(request: Request) -> Sequence[Check]:
    if (await request.workspace()).alert_to:
        return ()
    mend = say("Name somebody, or a channel, in /study-admin settings.")
    detail = say("Nobody is told when a post fails.")
    return (Check(say(ALERTS), healthy=True, detail=detail, mend=mend, advice=Advice.NOTE),)


async def _surveyed(front: Adapter, request: Request) -> Sequence[Check]:
    """Where this workspace posts, and where it is told of failures."""
    async with request.store.reading() as connection:
        posts = await schedules.places(connection, request.actor.workspace)
    alert_to = (await request.workspace()).alert_to
    places = list(dict.fromkeys([*(place for _, place in posts), *([alert_to] if alert_to else [])]))
    return await front.survey(request.actor.workspace, places) if places else ()


async def _in_time(name: str, looking: Awaitable[Sequence[Check]], *, part: str = "") -> Sequence[Check]:
    """What a part says of itself; nothing that goes wrong on the way is shown as it is, since it may name secrets."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await looking
    except TimeoutError:
        detail = say("There was no answer within {seconds} seconds.", seconds=round(PATIENCE))
    except SettingsError as error:
        detail = str(error)
    except StoreUnavailable:
        detail = say("The database does not answer just now.")
    except Exception:
        log.exception("A part could not be looked at.", action="doctor.failed", part=part or name)
        detail = say("It could not be looked at; the log says why.")
    return (Check(name, healthy=False, detail=detail, mend=say("Look again in a minute, then at the log.")),)


_URGENCY = (Advice.WARNING, Advice.NOTE, Advice.NONE)
_ADVICE = {Advice.WARNING: mark("Warning: {detail}"), Advice.NOTE: mark("Note: {detail}")}


def _urgency(check: Check) -> int:
    """Faults first, then warnings, then notes."""
    return 1 + _URGENCY.index(check.advice) if check.healthy else 0


def _item(check: Check) -> views.Item:
    """What the platform said is shown as it is; an address in a mend is one of ours, and stays a link."""
    detail = say(_ADVICE[check.advice], detail=check.detail) if check.healthy and check.advice else check.detail
    note = _with_step(detail, check.next_step) if check.next_step else text.shorten(detail, LONGEST_NOTE)
    tone = views.Tone.INFO if check.advice else views.Tone.DONE
    return views.Item(text.shorten(check.name, 80), note=note, tone=tone if check.healthy else views.Tone.SORRY)


def _with_step(detail: str, step: str) -> str | text.Text:
    if "https://" not in step:
        return text.shorten(f"{detail} → {step}", LONGEST_NOTE)
    return text.linked(f" → {step}", before=text.shorten(detail, max(LONGEST_NOTE - len(step) - 3, 100)))
