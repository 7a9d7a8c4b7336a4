"""Reminders by the clock: when each of many people is to be reminded next, and what one is told when the time is there.

Whether a reminder still holds is asked again just before it is sent, and so is what waits: one message a date, with the
next lesson of every followed theme that is not finished. In a channel nobody's lessons are named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core import i18n, views
from bot.core.actions import Action, Offer
from bot.core.i18n import mark, say, say_many
from bot.core.ports import Clock
from bot.delivery.message import Cancelled, Message
from bot.domain import when
from bot.domain.course import Shelf, Theme
from bot.domain.learner import LearnerState, Seat
from bot.domain.memory import Deck
from bot.domain.nudging import UNANSWERED, Past, Reason, Way
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.recurrence import Occurrence, zone_named
from bot.features import commands
from bot.features.learning import pages
from bot.features.reminders import status
from bot.features.reminders.status import ReminderStatus
from bot.features.review import due
from bot.packs.library import Library
from bot.store.cold import consents
from bot.store.outbox import nudges
from bot.store.outbox.nudges import Waiting
from bot.store.store import Store

MOST_THEMES = 5
"""Lessons in one reminder."""
AT_ONCE = 100
"""People looked up together; between two such looks everybody else has a turn."""
NOBODY_ASKED = mark("They have not agreed to reminders, or erased what was kept on them.")
MOVED = mark("Reminders go elsewhere by now.")


class Reminders:
    """Foresees and composes reminders."""

    def __init__(self, store: Store, library: Library, clock: Clock, *, timezone: str = "UTC") -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._timezone = timezone

    async def foresee(self, waiting: Sequence[Waiting]) -> Sequence[Occurrence | datetime | None]:
        """When each of them is reminded next, or looked at again; None for silence."""
        now = self._clock.now()
        found: list[Occurrence | datetime | None] = []
        for start in range(0, len(waiting), AT_ONCE):
            seats = [each.seat for each in waiting[start : start + AT_ONCE]]
            looks = await self._looks(seats, now)
            await self._note(looks, now)
            found += [looks[seat].next_step(now) if seat in looks else None for seat in seats]
        return found

    async def compose(self, entry: Entry) -> Message | Cancelled:
        """What is said for a planned reminder, or why nothing is."""
        now, name = self._clock.now(), entry.name
        seat = Seat(name.workspace, name.person)
        look = (await self._looks([seat], now)).get(seat)
        if look is None:
            return Cancelled(NOBODY_ASKED)
        if why := look.objection(Occurrence(name.local_date, entry.due), now):
            return Cancelled(why)
        if look.place != entry.address:
            return Cancelled(MOVED)
        reviews = await self._reviews(seat, look, now)
        if not look.waiting and not reviews.left:
            return Cancelled(status.WHY[Reason.FINISHED])
        introduces = look.consent.way is Way.UNSAID and not look.consent.introduced
        last = look.past.unanswered == UNANSWERED - 1
        if look.consent.on is Way.MENTION:
            room = look.standing.workspace_language
            with i18n.speaking(room):
                view = _in_public(name.person, last=last, lessons=bool(look.waiting))
            return Message(view, views.Reader(look.zone, room or i18n.ENGLISH))
        own = look.standing.language
        with i18n.speaking(own):
            view = in_private(look, reviews, introduces=introduces, last=last)
        return Message(
            view,
            views.Reader(look.zone, own or i18n.ENGLISH, plain=look.standing.preferences.plain),
            payload={**entry.payload, consents.INTRODUCES: "1"} if introduces else None,
        )

    def _shelf(self, seat: Seat, standing: LearnerState) -> Shelf:
        """What their workspace may see, in the learner's language."""
        return self._library.seen_from(seat.workspace).read_in(standing.language).shelf

    async def _reviews(self, seat: Seat, look: ReminderStatus, now: datetime) -> Deck:
        found, _ = await due.deck_of(
            self._store,
            seat,
            standing=look.standing,
            shelf=self._shelf(seat, look.standing),
            now=now,
            zone=zone_named(look.zone),
        )
        return found

    async def _looks(self, seats: Sequence[Seat], now: datetime) -> Mapping[Seat, ReminderStatus]:
        async with self._store.reading() as connection:
            agreed = await consents.find_all(connection, seats, now)
        standings = await asyncio.gather(*(self._store.standing(seat) for seat in agreed))
        return {
            seat: status.make(agreement, standing, shelf=self._shelf(seat, standing), server_zone=self._timezone)
            for (seat, agreement), standing in zip(agreed.items(), standings, strict=True)
        }

    async def _note(self, looks: Mapping[Seat, ReminderStatus], now: datetime) -> None:
        """Keep what the outbox will delete (who was told, who fell silent) and the current address of mentions."""
        told = [seat for seat, look in looks.items() if look.agreement.told]
        silent = [seat for seat, look in looks.items() if _falls_silent(look.past)]
        moved = [(seat, look.place) for seat, look in looks.items() if look.place not in {"", look.agreement.address}]
        if told or silent or moved:
            async with self._store.transaction() as connection:
                for seat, place in moved:
                    await nudges.redirect(connection, seat, DeliveryKind.NUDGE, address=place)
                await consents.introduced(connection, told)
                await consents.fell_silent(connection, silent, now)


def _falls_silent(past: Past) -> bool:
    """It follows from the nudges, and is not noted yet."""
    return past.unanswered >= UNANSWERED > Past(alive=past.alive, silent_since=past.silent_since).unanswered


def in_private(look: ReminderStatus, reviews: Deck, *, introduces: bool, last: bool) -> views.Reminder:
    waiting = look.waiting[:MOST_THEMES]
    suggested_by = status.first_suggester(look) if introduces else ""
    notes = []
    if reviews.left:
        notes.append(say_many(reviews.left, "{n} question to review today.", "{n} questions to review today."))
    if introduces:
        if not suggested_by:
            notes.append(say("A theme was suggested to you here."))
        hours = status.say_consent(look.consent)
        notes.append(say("Reminders come {hours}; “Stop reminders” ends them at once.", hours=hours))
    if last:
        notes.append(say("This is the last one unless you answer; a press on any button here will do."))
    offers: list[Offer] = []
    if waiting:
        offers.append(pages.read_action(waiting[0][1], say("Read it") if len(waiting) == 1 else say("Read the first")))
    if len(waiting) > 1:
        offers.append(pages.open_lesson_choice([lesson for _, lesson in waiting[1:]], say("Read another")))
    offers += due.offer(reviews)
    return views.Reminder(
        _said(len(waiting)),
        tuple(
            views.NextUp(
                theme.emoji,
                theme.title,
                lesson.number,
                len(theme.lessons),
                lesson.title,
                lesson.summary,
                by=_by(look, theme),
            )
            for theme, lesson in waiting
        ),
        note=" ".join(notes),
        suggested_by=views.Someone(suggested_by) if suggested_by else None,
        actions=(*offers, *_manners(last=last)),
    )


def _said(lessons: int) -> str:
    if not lessons:
        return say("Your reviews are here.")
    return say("Your next lesson is here.") if lessons == 1 else say("Your next lessons are here.")


def _by(look: ReminderStatus, theme: Theme) -> str:
    """The earliest date to which the theme was suggested; empty if none was said."""
    ids = {theme.id, *theme.aliases}
    dates = [each.by_date for each in look.standing.follows if each.theme in ids and each.by_date]
    return when.say_date(min(dates)) if dates else ""


def _in_public(person: str, *, last: bool, lessons: bool) -> views.Reminder:
    """For a channel: the one who is called, and not a word of where they stand. Who presses sees what is theirs."""
    first = Action(say("Read it"), commands.Next()) if lessons else Action(say("Review"), commands.Review())
    return views.Reminder(_said(int(lessons)), (), mention=person, actions=(first, *_manners(last=last)))


def _manners(*, last: bool) -> tuple[Action, ...]:
    more = (Action(say("Keep them coming"), commands.Resume()),) if last else ()
    return (
        *more,
        Action(say("Snooze a week"), commands.Snooze(until="1 week")),
        Action(say("Stop reminders"), commands.StopReminders()),
    )
