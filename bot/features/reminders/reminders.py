"""What a learner decides about being reminded: whether, where and when; a rest from it; and the end of it.

Whoever wants direct messages is written to at once, before anything is switched on: that they can be reached is known
then, and not found out on a Monday morning. Those who get no reminders can press all the same, and nothing is changed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeGuard

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import text, views
from bot.core.actions import LONGEST_LABEL, Action, Offer
from bot.core.errors import StudyError
from bot.core.i18n import say
from bot.core.ports import Outcome
from bot.core.record import replace
from bot.domain import nudging, when
from bot.domain.learner import Seat
from bot.domain.nudging import Consent, Due, Way
from bot.domain.outbox import DeliveryKind
from bot.domain.recurrence import local_date
from bot.features import commands, ways
from bot.features.account import profile
from bot.features.commands import Nudges
from bot.features.managing import membership
from bot.features.reminders import form, status
from bot.features.reminders.status import ReminderStatus
from bot.features.request import Request, handles
from bot.features.review import due
from bot.store.cold import consents, memories
from bot.store.cold.consents import Agreement
from bot.store.outbox import nudges

LONGEST_SNOOZE = timedelta(days=366)


def _stop() -> Action:
    return Action(say("Stop reminders"), commands.StopReminders())


def _resume() -> Action:
    return Action(say("Resume now"), commands.Resume())


def _settings() -> Action:
    return Action(say("Settings"), commands.OpenSettings())


def _days() -> tuple[Action, ...]:
    """Until when people often want a rest."""
    return (
        Action(say("Until tomorrow"), commands.Snooze(until="tomorrow")),
        Action(say("Until Monday"), commands.Snooze(until="monday")),
        Action(say("For 2 weeks"), commands.Snooze(until="2 weeks")),
    )


async def look_at(request: Request) -> ReminderStatus | None:
    """The reminders of who asks; None for whoever was never asked and never assigned anything."""
    async with request.store.reading() as connection:
        agreement = await consents.find(connection, request.seat, request.now)
    return await _outlook(await profile.located(agreement, request), request) if agreement else None


async def _unasked(request: Request) -> Agreement:
    """What would hold for somebody who was never asked, if they said yes now."""
    workspace = request.actor.workspace
    async with request.store.reading() as connection:
        running = (await consents.running(connection, [workspace])).get(workspace, ())
    return Agreement(Consent(request.now), nudging.Past(), zone=request.actor.timezone, schedules=running)


async def _outlook(agreement: Agreement, request: Request) -> ReminderStatus:
    standing = await request.standing()
    return status.make(agreement, standing, shelf=request.shelf, server_zone=request.server_timezone)


def _gets_any(look: ReminderStatus | None) -> TypeGuard[ReminderStatus]:
    return look is not None and look.agreement.consent.on is not None


@handles(commands.EditReminders)
async def edit(command: commands.EditReminders, request: Request) -> views.View:
    if not command.asks:
        return await _save(command, request)
    look = await look_at(request) or await _outlook(await _unasked(request), request)
    return form.page(look.agreement.consent, local_date(request.now, look.zone), zone=look.zone)


async def _save(command: commands.EditReminders, request: Request) -> views.View:
    async with request.store.reading() as connection:
        before = await consents.find(connection, request.seat, request.now)
    agreement = before or await _unasked(request)
    look = await _outlook(replace(agreement, zone=request.actor.timezone or agreement.zone), request)
    if command.nudges is Nudges.OFF:
        return await _refuse(look, request)
    consent = form.read(command, agreement.consent, now=request.now, zone=look.zone)
    address = await _address(consent.way, agreement, look, request)
    async with request.store.transaction() as connection:
        await consents.save(connection, request.seat, consent, zone=look.agreement.zone, now=request.now)
        await nudges.arm(connection, request.seat, DeliveryKind.NUDGE, address=address, now=request.now)
    request.forget()  # by now something is kept on them, beside which their language is kept as well
    return await _agreed(request)


async def _refuse(look: ReminderStatus, request: Request) -> views.View:
    """A no is kept, so that no assignment turns it into a yes."""
    consent, zone = replace(look.agreement.consent, way=Way.OFF), look.agreement.zone
    async with request.store.transaction() as connection:
        await consents.save(connection, request.seat, consent, zone=zone, now=request.now)
        await nudges.stop(connection, request.seat, DeliveryKind.NUDGE)
    return _stopped()


async def _address(way: Way, before: Agreement, look: ReminderStatus, request: Request) -> str:
    """Where they are to be reminded, if they can be reached there."""
    if way is Way.MENTION:
        return _place(look)
    front = request.front
    if front is None:
        raise StudyError(say("Dualo cannot write to anybody from here, so nothing was switched on."))
    address = front.direct(request.actor.workspace, request.actor.person)
    if before.consent.way is Way.DM and before.address == address:
        return address
    about = f"{request.actor.workspace}/hello/{request.actor.person}"
    outcome = await membership.first_message(front, _hello(), address, about, reader=request.reader)
    if outcome in {Outcome.GONE, Outcome.REFUSED}:
        raise StudyError(
            say("Dualo cannot write to you directly, so nothing was switched on."),
            say(
                "Allow direct messages from Dualo in your privacy settings here, then save again; or choose a mention."
            ),
            actions=(form.change(),),
        )
    return address


def _hello() -> views.Notice:
    return views.Notice(
        say("This is where your reminders come."), say("One press ends them."), actions=(_stop(), _settings())
    )


def _place(look: ReminderStatus) -> str:
    """Where a followed theme is posted, else where any is."""
    if place := status.mentions_at(look.agreement.schedules, look.followed):
        return place
    raise StudyError(
        say("No lessons are posted here, so there is no channel to mention you in. Nothing was switched on."),
        say("Choose direct messages."),
        actions=(form.change(),),
        field="nudges",
    )


async def _agreed(request: Request) -> views.View:
    look = await look_at(request)
    if look is None:
        return _none_at_all()
    offers: list[Offer] = [_settings(), _stop()]
    if not look.standing.followed(request.shelf) or not look.waiting:
        offers = [*_to_follow(look, request), *offers]
    how = say("by direct message") if look.agreement.consent.way is Way.DM else say("by mention")
    return views.Notice(
        say(
            "Reminders are on, {how}: {hours}.",
            how=how,
            hours=status.say_consent(look.agreement.consent, look.zone),
        ),
        _next_one(look, request),
        tone=views.Tone.DONE,
        actions=tuple(offers),
    )


def _to_follow(look: ReminderStatus, request: Request) -> list[Offer]:
    """What reminders could stay with: the theme that was begun, or any."""
    begun = look.standing.current(request.shelf)
    offers: list[Offer] = [ways.all_themes()]
    if begun and look.standing.following(begun) and not look.standing.follows_theme(begun):
        offers.insert(
            0,
            Action(
                text.shorten(say("Follow {title}", title=begun.title), LONGEST_LABEL),
                commands.FollowTheme(theme=begun.id),
            ),
        )
    return offers


def _next_one(look: ReminderStatus, request: Request) -> str:
    """When the next one comes, or what it waits for."""
    if look.finished:
        return say("You have no theme under way: follow one, and they begin.")
    match look.following(request.now, window=timedelta(0)):
        case Due(at=at):
            return say("The next one: {moment}.", moment=when.say_moment(at, look.zone))
        case silent:
            return look.why(silent)


@handles(commands.StopReminders)
async def stop(_: commands.StopReminders, request: Request) -> views.View:
    look = await look_at(request)
    if not _gets_any(look):
        return _none_at_all()
    async with request.store.transaction() as connection:
        await nudges.stop(connection, request.seat, DeliveryKind.NUDGE)
    return _stopped()


def _stopped() -> views.Notice:
    return views.Notice(
        say("No more reminders."),
        say("Your themes and your progress stay as they are; settings bring reminders back."),
        tone=views.Tone.DONE,
        actions=(_settings(),),
    )


def _none_at_all(said: str = "") -> views.Notice:
    return views.Notice(
        said or say("You get no reminders."), say("If you want some, say when."), actions=(form.change(),)
    )


@handles(commands.Snooze)
async def snooze(command: commands.Snooze, request: Request) -> views.View:
    look = await look_at(request)
    if not _gets_any(look):
        return await _snooze_reviews(command, request)
    chosen = look.agreement.consent.snoozed_until
    if not command.until and chosen and look.snoozed(request.now):
        return views.Notice(
            say("No reminders until {date}.", date=when.say_date(chosen)),
            say("Resume now, or choose another day."),
            actions=(_resume(), *_days()),
        )
    if not command.until:
        return views.Notice(
            say("No reminders – until when?"), say("Or type a day: /snooze friday, /snooze 24 dec."), actions=_days()
        )
    return await _rest(_day(command.until, look.zone, request), request)


async def _snooze_reviews(command: commands.Snooze, request: Request) -> views.View:
    """For somebody without reminders, who may have reviews all the same."""
    if not (await due.deck(request)).size:
        return _none_at_all(say("You get no reminders, so there is nothing to snooze."))
    if not command.until:
        return views.Notice(say("No reviews – until when?"), say("Or type a day: /snooze friday."), actions=_days())
    until = _day(command.until, request.reader.timezone, request)
    async with request.store.transaction() as connection:
        await _freeze(connection, request, until)
    return views.Notice(
        say("No reviews until {date}.", date=when.say_date(until)),
        say("A question that was due in 3 days comes 3 days after that date."),
        tone=views.Tone.DONE,
        actions=(_resume(),),
    )


def _day(words: str, zone: str, request: Request) -> date:
    """The first day with reminders again."""
    day, today = when.until(words, now=request.now, zone=zone), local_date(request.now, zone)
    if day is None:
        said = say("“{words}” is no day that I know.", words=text.shorten(words, 40))
        raise StudyError(said, say("Try friday, 2 weeks, or 24 dec."), actions=_days())
    if day <= today:
        raise StudyError(
            say("{date} is not ahead.", date=when.say_date(day)), say("Choose a later day."), actions=_days()
        )
    if day > today + LONGEST_SNOOZE:
        raise StudyError(
            say("{date} is more than a year away.", date=when.say_date(day)),
            say("Choose an earlier day, or stop reminders; they can be switched on again at any time."),
            actions=(_stop(), *_days()),
        )
    return day


async def _rest(until: date, request: Request) -> views.View:
    async with request.store.transaction() as connection:
        await _snooze(connection, request, until)
    return views.Notice(
        say("No reminders until {date}.", date=when.say_date(until)),
        say("From that day they come as before; reviews wait until then too."),
        tone=views.Tone.DONE,
        actions=(_resume(), _settings()),
    )


async def _snooze(connection: AsyncConnection, request: Request, until: date | None) -> None:
    """Reminders and reviews rest until a day, or go on."""
    await _freeze(connection, request, until)
    await _pause(connection, request.seat, until, now=request.now)


async def _freeze(connection: AsyncConnection, request: Request, until: date | None) -> None:
    """Reviews rest until a day, or go on, and so does all of it on the other side of a link."""
    linked = (await request.standing()).linked
    await memories.freeze(
        connection, request.seat, until, now=request.now, zone=request.zone, linked=linked is not None
    )
    if linked:
        await _pause(connection, linked, until, now=request.now)


async def _pause(connection: AsyncConnection, seat: Seat, until: date | None, *, now: datetime) -> None:
    await consents.snooze(connection, seat, until, now)
    await nudges.rearm(connection, seat, DeliveryKind.NUDGE, now=now)


@handles(commands.NotThisWeek)
async def not_this_week(_: commands.NotThisWeek, request: Request) -> views.View:
    look = await look_at(request)
    if not _gets_any(look):
        return views.Notice(
            say("That is fine: the lesson stays open for whenever you like."),
            say("You get no reminders, so nothing asks you about it."),
            actions=(Action(say("Go on learning"), commands.Home()),),
        )
    monday, chosen = nudging.not_this_week(request.now, look.zone), look.agreement.consent.snoozed_until
    return await _rest(max(monday, chosen or monday), request)


@handles(commands.Resume)
async def resume(_: commands.Resume, request: Request) -> views.View:
    """The end of a snooze, and of the silence after three."""
    if not _gets_any(await look_at(request)):
        if not (await due.deck(request)).plan.frozen_until:
            return _none_at_all(say("Your reminders are off, and no reviews are put off."))
        async with request.store.transaction() as connection:
            await _freeze(connection, request, None)
        return views.Notice(say("Reviews go on as before."), tone=views.Tone.DONE, actions=(_settings(),))
    async with request.store.transaction() as connection:
        await _snooze(connection, request, None)
    look = await look_at(request)
    hint = _next_one(look, request) if look else ""
    return views.Notice(say("Reminders go on as before."), hint, tone=views.Tone.DONE, actions=(_settings(), _stop()))


def say_next(look: ReminderStatus, request: Request) -> str:
    """The next reminder in the learner's own words and hours, or why there is none."""
    match look.following(request.now, window=timedelta(0)):
        case Due(at=at):
            return when.say_moment(at, look.zone)
        case silent:
            return say("none. {why}", why=look.why(silent))


def summary(look: ReminderStatus | None, request: Request) -> tuple[tuple[str, str], ...]:
    """What the settings page says of reminders."""
    if not _gets_any(look):
        if look is None or not look.agreement.closed:
            return ((say("Reminders"), say("off")),)
        why = text.shorten(say(look.agreement.closed), 150)
        return ((say("Reminders"), say("off; they could not be delivered: “{reason}”", reason=why)),)
    consent = look.agreement.consent
    how = say("by mention") if consent.way is Way.MENTION else say("by direct message")
    if consent.way is Way.UNSAID:
        how = say("{how}, since a theme was suggested to you", how=how)
    rows = [(say("Reminders"), how), (say("When"), status.say_consent(consent, look.zone))]
    if consent.snoozed_until and look.snoozed(request.now):
        rows.append((say("Snoozed until"), when.say_date(consent.snoozed_until)))
    return (*rows, (say("Next reminder"), say_next(look, request)))


def offers(look: ReminderStatus | None, request: Request, *, rests: bool = False) -> tuple[Action, ...]:
    """What can be done about reminders from the settings page; `rests`: reviews wait."""
    resting = rests or (_gets_any(look) and look.resting(request.now))
    return (form.change(), *((_resume(),) if resting else ()), Action(say("Snooze"), commands.Snooze()))
