"""Which schedule is meant: by its id, however it is written; and those there are, when it is none of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import text
from bot.core.actions import LONGEST_LABEL, Action
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import say
from bot.domain.course import Shelf
from bot.domain.schedule import Schedule
from bot.features import commands, ways
from bot.features.request import Request
from bot.store.cold import schedules
from bot.store.cold.schedules import Broken

OFFERED = 4


async def named(connection: AsyncConnection, request: Request, words: str) -> Schedule:
    """The schedule of this workspace that goes by that id."""
    found = await schedules.find(connection, request.actor.workspace, identity(words))
    if isinstance(found, Broken):
        raise unreadable(found)
    if found is None:
        raise unknown(words, await schedules.of_workspace(connection, request.actor.workspace), request.shelf)
    return found


def identity(words: str) -> str:
    """`s1`, `#S1` and `1` are S1."""
    said = words.strip().lstrip("#").upper()
    return f"S{int(said)}" if said.isdecimal() and said.isascii() else said


def unreadable(broken: Broken) -> StudyError:
    return StudyError(
        say("{id} cannot be read any more: {reason}.", id=broken.id, reason=say(broken.reason)),
        say("Remove it, and add it anew."),
        actions=(Action(say("Remove {id}", id=broken.id), commands.ScheduleRemove(id=broken.id)),),
    )


def unknown(words: str, known: Sequence[Schedule | Broken], shelf: Shelf) -> StudyError:
    """Never a bare "not found": the closest, as buttons."""
    there = {each.id: label(each, shelf) for each in known}
    if not there:
        return none_yet()
    from rapidfuzz import process  # 2 MiB, needed only once somebody mistypes

    near = [key for _, _, key in process.extract(words.upper(), there, limit=OFFERED)]
    buttons = [Action(text.shorten(there[each], LONGEST_LABEL), commands.ScheduleShow(id=each)) for each in near]
    return StudyError(
        say("There is no schedule called “{words}”.", words=text.shorten(words, 40)),
        say("Did you mean one of these?") if near else "",
        actions=(*buttons, ways.all_schedules()),
    )


def none_yet() -> NotYet:
    return NotYet(
        say("There is no schedule yet."),
        say("A form sets up the first one."),
        actions=(Action(say("Set up the first"), commands.Setup()), ways.hub()),
    )


def label(schedule: Schedule | Broken, shelf: Shelf) -> str:
    """S1 · 🏗️ Backend Architectures."""
    if isinstance(schedule, Broken):
        return schedule.id
    theme = shelf.theme(schedule.theme)
    return f"{schedule.id} · {theme.emoji} {theme.title}" if theme else f"{schedule.id} · {schedule.theme}"
