"""What those who run a workspace look at: the doctor, and the audit.

The doctor asks this process's own parts, the front end, and every place that something is posted to.
What is broken comes first, each with its mend. A part that cannot be looked at in time is itself a finding.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Sequence
from datetime import timedelta

import structlog

from bot.core import text, views
from bot.core.actions import Action
from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.i18n import say
from bot.core.ports import Adapter, Advice, Check
from bot.core.record import replace
from bot.features import commands, paging, ways
from bot.features.request import Request, handles
from bot.store.cold import audits, schedules

log = structlog.get_logger(__name__)

PATIENCE = 20.0
"""Seconds for each part."""
LONGEST_TITLE, LONGEST_NOTE = 80, 400


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
        else say("{broken} to fix.", broken=text.count(broken, "thing"))
    )
    return views.Listing(
        say("Doctor"),
        tuple(_item(check) for check in shown),
        say("{state} {checks}, what is broken first.", state=state, checks=text.count(len(checks), "check")),
        (*paging.more(onward, there=there), Action(say("Look again"), commands.Doctor()), ways.HUB),
    )


async def examine(request: Request) -> list[Check]:
    parts: list[Awaitable[Sequence[Check]]] = []
    if request.house.examine is not None:
        parts.append(_in_time(say("Dualo"), request.house.examine(request.actor.workspace)))
    front = request.front
    if front is not None:
        name = front.name.capitalize()
        parts.append(_in_time(name, front.check(workspace=request.actor.workspace)))
        parts.append(_in_time(say("{name}: channels", name=name), _surveyed(front, request)))
    parts.append(_in_time(say("Alerts"), _alerts(request)))
    return [check for checks in await asyncio.gather(*parts) for check in checks]


async def _alerts(request: Request) -> Sequence[Check]:
    if (await request.workspace()).alert_to:
        return ()
    mend = say("Name somebody, or a channel, in /study-admin settings.")
    detail = say("Nobody is told when a post fails.")
    return (Check(say("Alerts"), healthy=True, detail=detail, mend=mend, advice=Advice.NOTE),)


async def _surveyed(front: Adapter, request: Request) -> Sequence[Check]:
    places = await _places(request)
    return await front.survey(request.actor.workspace, places) if places else ()


async def _places(request: Request) -> list[str]:
    """Where this workspace posts, and where it is told of failures."""
    async with request.store.reading() as connection:
        posts = await schedules.places(connection, request.actor.workspace)
    alert_to = (await request.workspace()).alert_to
    return list(dict.fromkeys([*(place for _, place in posts), *([alert_to] if alert_to else [])]))


async def _in_time(name: str, looking: Awaitable[Sequence[Check]]) -> Sequence[Check]:
    """What a part says of itself; nothing that goes wrong on the way is shown as it is, since it may name secrets."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await looking
    except TimeoutError:
        detail = say("There was no answer within {patience} seconds.", patience=format(PATIENCE, ".0f"))
    except SettingsError as error:
        detail = str(error)
    except StoreUnavailable:
        detail = say("The database does not answer just now.")
    except Exception:
        log.exception("A part could not be looked at.", action="doctor.failed", part=name)
        detail = say("It could not be looked at; the log says why.")
    return (Check(name, healthy=False, detail=detail, mend=say("Look again in a minute, then at the log.")),)


_URGENCY = (Advice.WARNING, Advice.NOTE, Advice.NONE)


def _urgency(check: Check) -> int:
    """Faults first, then warnings, then notes."""
    return 1 + _URGENCY.index(check.advice) if check.healthy else 0


def _item(check: Check) -> views.Item:
    """What the platform said is shown as it is; an address in a mend is one of ours, and stays a link."""
    detail = f"{check.advice.capitalize()}: {check.detail}" if check.healthy and check.advice else check.detail
    note = _with_step(detail, check.next_step) if check.next_step else text.shorten(detail, LONGEST_NOTE)
    tone = views.Tone.INFO if check.advice else views.Tone.DONE
    return views.Item(text.shorten(check.name, 80), note=note, tone=tone if check.healthy else views.Tone.SORRY)


def _with_step(detail: str, step: str) -> str | text.Text:
    if "https://" not in step:
        return text.shorten(f"{detail} → {step}", LONGEST_NOTE)
    return text.linked(f" → {step}", before=text.shorten(detail, max(LONGEST_NOTE - len(step) - 3, 100)))


@handles(commands.Audit)
async def audit(command: commands.Audit, request: Request) -> views.View:
    async with request.store.reading() as connection:
        found = await audits.since(
            connection,
            request.actor.workspace,
            request.now - timedelta(days=command.days),
            skip=paging.begin(command.page),
            most=paging.ASKED,
        )
    if not found:
        return views.Notice(
            say("Nothing was changed in the last {days}.", days=text.count(command.days, "day")),
            say("Every change by those who run Dualo here is noted."),
            actions=(ways.HUB,),
        )
    return views.Listing(
        say("Who changed what"),
        tuple(_line(each) for each in found[: views.MOST_ITEMS]),
        say("The last {days}, newest first. Lines are kept for a year.", days=text.count(command.days, "day")),
        (*paging.more(replace(command, page=command.page + 1), there=len(found) > views.MOST_ITEMS), ways.HUB),
    )


def _who(each: audits.AuditEntry) -> views.Someone | str:
    if each.by:
        return views.Someone(each.by)
    return say("the operator") if each.verb == audits.OPERATOR else say("somebody whose data was erased")


_TO_ROLE = re.compile(r"(?<=”) to role (?P<role>[^\s,]+)")


def _apart(what: str) -> tuple[str, list[views.Fact]]:
    """A role is kept by its id, and shown by its name."""
    found = _TO_ROLE.search(what)
    if found is None:
        return what, []
    return _TO_ROLE.sub("", what, count=1), [views.Fact(say("To"), (views.Group(found["role"]),))]


def _line(each: audits.AuditEntry) -> views.Item:
    facts = [
        views.Fact(say("Who"), (_who(each),)),
        views.Fact(say("When"), (each.at,)),
    ]
    if each.about:
        facts.append(views.Fact(say("About"), (views.Someone(each.about),)))
    said, facts_of_role = _apart(each.what)
    facts += facts_of_role
    what = said[:1].upper() + said[1:]
    whole = what if len(what) <= LONGEST_TITLE else ""
    return views.Item(whole or each.verb.capitalize(), tuple(facts), "" if whole else text.shorten(what, 300))
