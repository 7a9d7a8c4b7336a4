"""Standing orders for those who run a workspace: set up the first, add, list, show. Everything is shown in the
schedule's own zone, as it will truly come: holidays, skips and pauses considered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import i18n, text, views
from bot.core.actions import Action, Choice, Offer
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import mark, say, say_many
from bot.core.record import Record, replace
from bot.domain import when
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.workspace import Workspace
from bot.features import commands, inputs, ways
from bot.features.managing import membership
from bot.features.request import Request, handles
from bot.features.schedules import editing, forms, matching, parsing
from bot.features.schedules import overview as schedule_pages
from bot.features.schedules.overview import ScheduleStatus
from bot.features.schedules.parsing import NOTHING
from bot.store.cold import schedules, workspaces
from bot.store.cold.schedules import Broken

UNREACHED = mark(
    "Dualo cannot write to you directly, so nobody is told when a post fails. Name somebody, or a channel."
)
LONGEST_TROUBLE = 400
Again = Callable[[commands.ScheduleAdd], commands.Command]
Alike = Callable[[Schedule, Schedule], bool]


@handles(commands.Setup)
async def setup(command: commands.Setup, request: Request) -> views.View:
    if command.asks:
        return await forms.setup(command, request)
    if not command.channel:
        raise StudyError(
            say("No channel is chosen."),
            say("Choose where the lessons are posted."),
            actions=(Action(say("Set up"), commands.Setup()),),
        )
    home = await request.workspace()
    asked = commands.ScheduleAdd(
        theme=command.theme,
        channel=command.channel,
        weekdays=command.weekday,
        time=command.hour,
        timezone=command.timezone,
    )
    wanted = await _wanted(
        request, asked, home, again=lambda mended: replace(command, theme=mended.theme, timezone=mended.timezone)
    )
    await parsing.proven(request, wanted.address, again=command)
    contact = await _contact(request, home)
    kept, double = await _keep(request, wanted, command.spec.verb, once=True, contact=contact)
    if double:
        return _differing(kept.schedule, wanted) or await schedule_pages.page(
            request, kept, said=say("{id} posts this theme there already; nothing was added.", id=kept.schedule.id)
        )
    first = schedule_pages.first_post(await schedule_pages.coming(request, kept), kept.schedule)
    told = f"{matching.label(kept.schedule, request.shelf)}, {when.say_rule(kept.schedule.rule)}."
    return views.Notice(
        say("First post: {moment}", moment=first),
        told if contact.reached else f"{told} {say(UNREACHED)}",
        tone=views.Tone.DONE,
        actions=(
            Action(say("Preview"), commands.Preview(schedule=kept.schedule.id)),
            ways.change_schedule(kept.schedule.id),
            *(() if contact.reached else (_contacts(),)),
            ways.all_schedules(),
        ),
    )


def _contacts() -> Action:
    return Action(say("Change contacts"), commands.EditContacts())


def _differing(kept: Schedule, wanted: Schedule) -> views.View | None:
    """What was asked for against what there is, and the one press that makes it so; None if they are alike."""
    was, now = kept.rule, wanted.rule
    if (was.weekdays, was.at, was.zone) == (now.weekdays, now.at, now.zone):
        return None
    apply = commands.ScheduleEdit(
        id=kept.id,
        weekdays=when.short(now.weekdays) if now.weekdays != was.weekdays else "",
        time=when.say_time(now.at) if now.at != was.at else "",
        timezone=now.zone if now.zone != was.zone else "",
        version=kept.version,
    )
    return views.Notice(
        say("{id} posts this theme there already: {often}.", id=kept.id, often=when.say_rule(was)),
        say(
            "You asked for {often}. Nothing was changed yet.",
            often=when.say_rule(replace(was, weekdays=now.weekdays, at=now.at, zone=now.zone)),
        ),
        actions=(
            Action(say("Change {id} to that", id=kept.id), apply),
            Action(say("Leave {id} as it is", id=kept.id), commands.ScheduleShow(id=kept.id)),
            ways.all_schedules(),
        ),
    )


@handles(commands.ScheduleAdd)
async def add(command: commands.ScheduleAdd, request: Request) -> views.View:
    if command.asks:
        return await forms.add(command, request)
    home = await request.workspace()
    wanted = await _wanted(request, command, home, again=lambda mended: mended)
    await parsing.proven(request, wanted.address, again=command)
    contact = await _contact(request, home)
    kept, double = await _keep(request, wanted, command.spec.verb, once=False, contact=contact)
    if double:
        return await schedule_pages.page(
            request, kept, said=say("{id} does exactly this already; nothing was added.", id=kept.schedule.id)
        )
    first = schedule_pages.first_post(await schedule_pages.coming(request, kept), kept.schedule)
    begins = (
        say("First post: {moment}.", moment=first)
        if first
        else say("Every date up to its end is a holiday, so nothing will be posted.")
    )
    said = [say("{id} is set up.", id=kept.schedule.id), begins, "" if contact.reached else say(UNREACHED)]
    return await schedule_pages.page(request, kept, said=" ".join(filter(None, said)))


async def _wanted(request: Request, given: commands.ScheduleAdd, home: Workspace, *, again: Again) -> Schedule:
    """What was asked for, as a schedule that has no id yet. `again` makes the button that asks for it put right."""
    theme = parsing.theme(request.shelf, given.theme, again=lambda id: again(replace(given, theme=id)))
    zone = home.timezone or request.server_timezone
    if given.timezone and not inputs.is_default(given.timezone):
        zone = inputs.zone(given.timezone, again=lambda name: again(replace(given, timezone=name)))
    until = inputs.day(given.until, now=request.now, in_zone=zone) if _said(given.until) else None
    rule = parsing.rule(
        inputs.days(given.weekdays),
        inputs.at_time(given.time),
        zone=zone,
        every_weeks=given.every_weeks,
        until=until,
        now=request.now,
    )
    begin = ""
    if _said(given.start_at):
        begin = parsing.lesson(
            request.shelf, theme, given.start_at, again=lambda id: again(replace(given, start_at=id))
        ).id
    region = ""
    if _said(given.holidays):
        region = await parsing.region(given.holidays, again=lambda code: again(replace(given, holidays=code)))
    return Schedule(
        request.actor.workspace,
        "",
        theme.id,
        str(given.channel),
        rule,
        start_at=begin,
        mention=str(given.mention) if _said(given.mention) else "",
        thread=given.thread,
        holidays=region,
        window=timedelta(hours=given.late_window),
        question_after=parsing.delay(given.question_after) if _said(given.question_after) else None,
        created_by=request.actor.person,
    )


def _said(words: str) -> bool:
    return words not in {"", NOTHING}


class _Contact(Record):
    """Whoever asks, as the one who is told of failures where nobody is yet."""

    address: str = ""
    reached: bool = True


async def _contact(request: Request, home: Workspace) -> _Contact:
    """Their direct messages, if those are open. Where one is alone the answers stand there already."""
    front, actor = request.front, request.actor
    if home.alert_to or front is None:
        return _Contact()
    address = front.direct(actor.workspace, actor.person)
    if actor.private or await membership.takes_messages(request, address):
        return _Contact(address)
    return _Contact(reached=False)


async def _keep(
    request: Request, wanted: Schedule, verb: str, *, once: bool, contact: _Contact
) -> tuple[ScheduleStatus, bool]:
    """Keep it; or the one that does the same already. Where it is wanted `once`, the same theme in the same place is
    the same; elsewhere, the very same order: it would post everything twice."""
    workspace, now = request.actor.workspace, request.now
    async with request.store.transaction() as connection:
        await workspaces.hold(connection, workspace, now)
        if double := await _double(connection, wanted, alike=_posts_alike if once else _is_alike):
            return await schedule_pages.look(connection, double), True
        kept = await schedules.enlist(connection, wanted, now)
        await _settle_in(request, connection, kept, contact=contact)
        theme = request.shelf.theme(kept.theme)
        with i18n.speaking(i18n.ENGLISH):  # as the audit is kept
            what = f"{kept.id}: {theme.title if theme else kept.theme}, {when.say_rule(kept.rule)}"
        await request.note(connection, verb, what)
    return ScheduleStatus(kept, ()), False


async def _double(connection: AsyncConnection, wanted: Schedule, *, alike: Alike) -> Schedule | None:
    for each in await schedules.of_workspace(connection, wanted.workspace):
        if isinstance(each, Schedule) and each.state is ScheduleState.ACTIVE and alike(each, wanted):
            return each
    return None


def _posts_alike(one: Schedule, other: Schedule) -> bool:
    return (one.theme, one.address) == (other.theme, other.address)


def _is_alike(one: Schedule, other: Schedule) -> bool:
    """Whether they differ in nothing but who made them, and when."""
    return other == replace(
        one, id=other.id, created_by=other.created_by, version=other.version, skips=other.skips,
        paused_until=other.paused_until, rule=replace(one.rule, start=other.rule.start),
    )  # fmt: skip


async def _settle_in(request: Request, connection: AsyncConnection, kept: Schedule, *, contact: _Contact) -> None:
    """A workspace that has no zone takes the schedule's; one where nobody is told of failures tells whoever asked."""
    home = await workspaces.find(connection, kept.workspace)
    changed = replace(home, timezone=home.timezone or kept.rule.zone, alert_to=home.alert_to or contact.address)
    if changed != home:
        await workspaces.change(connection, kept.workspace, changed, request.now)


@handles(commands.ScheduleList)
async def overview(command: commands.ScheduleList, request: Request) -> views.View:
    workspace, size = request.actor.workspace, views.MOST_ITEMS
    async with request.store.reading() as connection:
        known = await schedules.of_workspace(connection, workspace)
        wanted = [each for each in known if not command.channel or _is_at(each, command.channel)]
        pages = max(1, -(-len(wanted) // size))
        page = min(command.page, pages - 1)
        shown = wanted[page * size : (page + 1) * size]
        sound = [each for each in shown if isinstance(each, Schedule)]
        looked = {each.schedule.id: each for each in await schedule_pages.look_at_all(connection, workspace, sound)}
    if not known:
        raise matching.none_yet()
    if not wanted:
        raise NotYet(say("Nothing is posted there."), actions=(ways.all_schedules(),))
    warned = dict(
        zip(
            looked,
            await asyncio.gather(*(parsing.warning(request, look.schedule) for look in looked.values())),
            strict=True,
        )
    )
    items = [
        await schedule_pages.item(request, looked[each.id], buttons=_buttons(each, request), warning=warned[each.id])
        if isinstance(each, Schedule)
        else schedule_pages.broken_item(each)
        for each in shown
    ]
    intro = say_many(len(wanted), "{n} schedule.", "{n} schedules.")
    if pages > 1:
        intro = say_many(
            len(wanted),
            "{n} schedule, page {page} of {pages}.",
            "{n} schedules, page {page} of {pages}.",
            page=i18n.figure(page + 1),
            pages=i18n.figure(pages),
        )
    trouble = text.shorten(await membership.contact_trouble(request), LONGEST_TROUBLE) if request.front else ""
    offers = ((_contacts(),) if trouble else ()) + _around(command, page, pages)
    return views.Listing(say("Schedules"), tuple(items), f"{intro} {trouble}".rstrip(), offers)


def _is_at(each: Schedule | Broken, address: str) -> bool:
    return isinstance(each, Broken) or each.address == address


def _buttons(schedule: Schedule, request: Request) -> tuple[Action, ...]:
    """Two at most: of a schedule with skips ahead, the end of the first; the preview stands on its page then."""
    opened = Action(say("Open"), commands.ScheduleShow(id=schedule.id))
    if schedule.state is ScheduleState.ACTIVE:
        match schedule_pages.taking_back(schedule, request.now):
            case (Action() as back,):
                return (back, opened)
            case (Choice(options=(first, *_)),):
                return (Action(say("Take the skip of {date} back", date=first.label), first.command), opened)
    return (Action(say("Preview"), commands.Preview(schedule=schedule.id)), opened)


def _around(command: commands.ScheduleList, page: int, pages: int) -> tuple[Offer, ...]:
    offers: list[Offer] = []
    if page + 1 < pages:
        offers.append(Action(say("More"), replace(command, page=page + 1)))
    if page:
        offers.append(Action(say("Back"), replace(command, page=page - 1)))
    return (*offers, Action(say("Set up another"), commands.Setup()), ways.hub())


@handles(commands.ScheduleShow)
async def show(command: commands.ScheduleShow, request: Request) -> views.View:
    return await schedule_pages.page(request, await editing.seen(request, command.id))
