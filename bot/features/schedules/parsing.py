"""What people give for a schedule, read kindly: themes, lessons, regions, rules, places."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time

from bot.core import text
from bot.core.errors import StudyError
from bot.core.i18n import say
from bot.core.ports import Caller, Check
from bot.domain import holidays, lookup, weekly_question, when
from bot.domain.course import Lesson, Shelf, Theme
from bot.domain.lookup import Near
from bot.domain.recurrence import LONGEST_STEP, Rule, Weekday, local_date, occurrences
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.weekly_question import QuestionDelay
from bot.features import commands, ways
from bot.features.inputs import Again, either, offered, offers
from bot.features.request import Request

WARNS_WITHIN = 3.0
"""Seconds that a list waits for what the platform says of one schedule."""
NOTHING = "-"
"""Empties a text that may be empty."""


def theme(shelf: Shelf, words: str, *, again: Again) -> Theme:
    found = lookup.theme(shelf, words)
    if isinstance(found, Theme):
        return found
    near = found.themes
    raise StudyError(
        say("There is no theme called “{words}”.", words=text.shorten(words, 60)),
        say("Did you mean {names}?", names=either([each.title for each in near]))
        if near
        else say("Name one that is taught here."),
        actions=(*offers((each.title, again(each.id)) for each in near), ways.all_themes()),
    )


def lesson(shelf: Shelf, owner: Theme, words: str, *, again: Again) -> Lesson:
    """A lesson of the theme: its number, id, or words of its title."""
    found = lookup.lesson(shelf, words, within=owner)
    if isinstance(found, Lesson) and found.theme == owner.id:
        return found
    near = found.lessons if isinstance(found, Near) else ()
    titles = [f"{each.number}. {each.title}" for each in near]
    raise StudyError(
        say("“{title}” has no lesson “{words}”.", title=owner.title, words=text.shorten(words, 60)),
        say("Did you mean {names}?", names=either(titles))
        if near
        else say("Its lessons are numbered 1 to {last}.", last=len(owner.lessons)),
        actions=offers((title, again(each.id)) for title, each in zip(titles, near, strict=True)),
    )


def delay(words: str) -> QuestionDelay | None:
    """How long after a post its question comes; None if none does."""
    if weekly_question.is_off(words):
        return None
    found = weekly_question.parse(words)
    if found is None:
        raise StudyError(
            say("“{words}” says no time after a post.", words=text.shorten(words, 40)),
            say(
                "Say it like 2 days (at most {most}), or like wed 09:00; “off” for no question.",
                most=weekly_question.MOST_DAYS,
            ),
            field="after",
        )
    return found


async def region(words: str, *, again: Again) -> str:
    """The code of a country, or of a part of one, whose public holidays are kept."""
    found = await asyncio.to_thread(holidays.region, words)
    if isinstance(found, holidays.Region):
        return found.code
    raise StudyError(
        say("There is no calendar of public holidays for “{words}”.", words=text.shorten(words, 40)),
        say("Did you mean {names}?", names=either([f"{each.code} ({each.label})" for each in found.regions]))
        if found.regions
        else say("Name a country or a part of one, like FR or DE-BY."),
        actions=offers((f"{each.code} – {each.label}", again(each.code)) for each in found.regions),
    )


def rule(
    weekdays: frozenset[Weekday], at: time, *, zone: str, every_weeks: int, until: date | None, now: datetime
) -> Rule:
    """The rule from now on: weeks are counted from that of its first date."""
    if not 1 <= every_weeks <= LONGEST_STEP:
        raise StudyError(say("Every how many weeks is a number from 1 to {most}.", most=LONGEST_STEP))
    weekly = Rule(weekdays, at, zone=zone, start=local_date(now, zone))
    first = next(occurrences(weekly, now)).local_date
    if until and until < first:
        raise StudyError(
            say(
                "Nothing would be posted: the first date is {first}, after {until}.",
                first=when.say_date(first),
                until=when.say_date(until),
            ),
            say("Choose a later end, or none."),
        )
    return Rule(weekdays, at, zone=zone, start=first, every_weeks=every_weeks, until=until)


async def proven(request: Request, address: str, *, again: commands.Command) -> None:
    """The place is this workspace's own and can be posted to; if not, what is missing, and its mend. No transaction may
    be open: the platform is asked."""
    if not address:
        raise StudyError(say("No channel was named."), say("Choose the one where it is to be posted."))
    checks = await _survey(request, address)
    if lacking := [check for check in checks if not check.healthy]:
        mends = dict.fromkeys(check.mend for check in lacking if check.mend)
        raise StudyError(
            " ".join(dict.fromkeys(_sentence(check.detail) for check in lacking)),
            " ".join([*mends, say("Nothing was changed.")]),
            actions=offered(say("Try again"), again),
            field="channel",
        )


async def _unheard(request: Request, schedule: Schedule) -> str:
    """Why the role that it mentions would not be notified where it posts. No transaction may be open."""
    front: object = request.front
    if not schedule.mention or not isinstance(front, Caller):
        return ""
    return await front.silent(request.actor.workspace, schedule.mention, schedule.address)


async def warning(request: Request, schedule: Schedule) -> str:
    """What a schedule's posts would go without as things stand: whom they should notify, a thread. Nothing is asked of
    the platform once it has ended; no transaction may be open."""
    if schedule.state is ScheduleState.ENDED:
        return ""
    try:
        async with asyncio.timeout(WARNS_WITHIN):
            heard = await _unheard(request, schedule)
            return " ".join(
                filter(None, (heard, await _unthreaded(request, schedule.address) if schedule.thread else ""))
            )
    except TimeoutError:
        return say("Whether its role and its thread work could not be found out just now.")


async def _unthreaded(request: Request, address: str) -> str:
    """Why no thread could be opened in the place."""
    checks = await _survey(request, address)
    return " ".join(dict.fromkeys(check.threads for check in checks if check.threads))


async def _survey(request: Request, address: str) -> Sequence[Check]:
    return await request.front.survey(request.actor.workspace, [address]) if request.front else ()


def _sentence(words: str) -> str:
    said = words.strip()
    return said if said.endswith((".", "!", "?")) else f"{said}."
