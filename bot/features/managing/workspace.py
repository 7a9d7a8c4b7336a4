"""How Dualo is set up in a workspace, who is told of failures, who may run it.

Whom the platform calls an admin runs Dualo, always: nobody named here can take that away, and only they name others.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.core import actions, text, views
from bot.core.actions import Action, Choice, ChoiceOption, Confirm, Offer
from bot.core.errors import NotAllowed, StudyError
from bot.core.i18n import mark, say, say_as, say_many
from bot.core.ports import Adapter
from bot.core.record import replace
from bot.domain.workspace import LEAST_AWAY, Manager, Workspace, differences, manager
from bot.features import commands, inputs, ways
from bot.features.managing import membership, retention
from bot.features.request import Request, handles
from bot.store.cold import boards, workspaces
from bot.store.outbox import alerts

MOST_NAMED = views.MOST_ITEMS - 2
"""Managers besides the platform's; a role names many at once."""
LONGEST_NOTE = 400
Make = Callable[[Workspace], Workspace]
_ELSEWHERE: tuple[tuple[str, commands.Command], ...] = (
    (mark("Schedules"), commands.ScheduleList()),
    (mark("Suggested themes"), commands.Assignments()),
    (mark("Report"), commands.OpenReport()),
    (mark("Inbox"), commands.Inbox()),
    (mark("Lessons on disk"), commands.Content(action=commands.ContentVerb.DIFF)),
    (mark("Doctor"), commands.Doctor()),
    (mark("Audit"), commands.Audit()),
)
"""What else is looked after here."""


def _to_retention() -> Action:
    return Action(say("Change how long data is kept"), commands.EditRetention())


def _to_contacts() -> Action:
    return Action(say("Change contacts"), commands.EditContacts())


@handles(commands.OpenWorkspace)
async def workspace(_: commands.OpenWorkspace, request: Request) -> views.View:
    return await _page(request)


async def _page(request: Request, said: str = "") -> views.View:
    chosen = await request.workspace()
    return views.Listing(
        say("How Dualo is set up here"),
        (
            _setup(chosen, request),
            _contacts(chosen, request, closed=await _closed(chosen, request)),
            *(_named(each) for each in chosen.managers[:MOST_NAMED]),
        ),
        " ".join(filter(None, (said, say("Admins of the platform run Dualo, and whoever they name.")))),
        (ways.home(), _to_retention(), _elsewhere()),
    )


def _setup(chosen: Workspace, request: Request) -> views.Item:
    zone = chosen.timezone or say("{server_timezone} (not chosen here)", server_timezone=request.server_timezone)
    facts = {
        say("Timezone"): zone,
        say("Language of lessons"): inputs.LANGUAGES.get(chosen.language, chosen.language) or say("any"),
        say("Reports"): say("may name people; /privacy tells each of them so")
        if chosen.personal
        else say("name nobody"),
        say("Board"): say(
            "{board}; certificates: {certificates}",
            board=_allowed(chosen.board),
            certificates=_allowed(chosen.certificates),
        ),
        say("Reviews"): say("ask again while about {percent} % is still known", percent=chosen.desired_recall),
        say("Data stays"): _kept(chosen),
    }
    pairs = tuple(views.Fact(name, (value,)) for name, value in facts.items())
    offers = (
        Action(say("Change set-up"), commands.EditWorkspace()),
        Action(say("Board and certificates"), commands.EditTeam()),
    )
    return views.Item(say("This workspace"), pairs, actions=offers)


def _kept(chosen: Workspace) -> str:
    """For how long."""
    removed = say_many(chosen.retention_days, "{n} day after Dualo is removed", "{n} days after Dualo is removed")
    if not chosen.away_days:
        return removed
    return say_many(
        chosen.away_days,
        "{removed}; what somebody learned, {n} day after they last did anything",
        "{removed}; what somebody learned, {n} days after they last did anything",
        removed=removed,
    )


def _allowed(switch: object) -> str:
    return say("allowed") if switch else say("off")


async def _closed(chosen: Workspace, request: Request) -> str:
    """Why the contact could not be told of the last failure; empty if they could be."""
    async with request.store.reading() as connection:
        known = await alerts.of_workspace(connection, request.actor.workspace)
    return membership.contact_closed(known, chosen.alert_to)


def _contacts(chosen: Workspace, request: Request, *, closed: str) -> views.Item:
    title = say("Who is told when something fails")
    if not chosen.alert_to:
        note = say("Nobody is told when a post fails. Name somebody, or a channel.")
        return views.Item(title, note=note, tone=views.Tone.SORRY, actions=(_to_contacts(),))
    mine = request.direct(request.actor.person) == chosen.alert_to
    told = views.Someone(request.actor.person) if mine else views.Place(chosen.alert_to)
    note = text.shorten(say("They could not be told: {reason}", reason=closed), LONGEST_NOTE) if closed else ""
    tone = views.Tone.SORRY if closed else views.Tone.INFO
    facts = (views.Fact(say("Told"), (told,)),)
    return views.Item(title, facts, note=note, tone=tone, actions=(_to_contacts(),))


def _named(each: Manager) -> views.Item:
    who = views.Group(each.id) if each.is_role else views.Someone(each.id)
    sure = Confirm(
        say("Take this off?"),
        say("They may not run Dualo here any more. Admins of the platform always may."),
        say_as("manager", "Take it off"),
    )
    drop = Action(say("Take off"), commands.DropManager(named=each.mark), confirm=sure)
    title = say("All who bear a role may run Dualo") if each.is_role else say("May run Dualo")
    return views.Item(title, (views.Fact(say("Who"), (who,)),), actions=(drop,))


def _elsewhere() -> Offer:
    places = (ChoiceOption(say(label), command, command.spec.told) for label, command in _ELSEWHERE)
    return Choice(say("Go to"), tuple(places))


@handles(commands.EditWorkspace)
async def edit_workspace(command: commands.EditWorkspace, request: Request) -> views.View:
    if not command.asks:
        return await _save_workspace(command, request)
    chosen = await request.workspace()
    values = {
        "timezone": chosen.timezone,
        "language": chosen.language,
        "personal": chosen.personal,
        "recall": chosen.desired_recall,
    }
    form = actions.form(
        command,
        values,
        options={"language": inputs.languages(request.shelf, chosen.language)},
        hints={"timezone": _zone_hint(chosen, request)},
        without=("retention",),
    )
    return views.FormPage(say("This workspace"), say("These hold for everybody here who chose nothing else."), form)


def _zone_hint(chosen: Workspace, request: Request) -> str:
    if not chosen.timezone:
        return say("Like Europe/Paris. Empty: it stays {server_timezone}.", server_timezone=request.server_timezone)
    return say(
        "Empty: it stays {timezone}. “default”: {server_timezone}.",
        timezone=chosen.timezone,
        server_timezone=request.server_timezone,
    )


async def _save_workspace(command: commands.EditWorkspace, request: Request) -> views.View:
    before = await request.workspace()
    zone = inputs.kept_zone(command.timezone, before.timezone, again=lambda name: replace(command, timezone=name))
    language = inputs.language(request.shelf, command.language)
    await _change(
        request,
        lambda before: replace(
            before,
            timezone=zone,
            language=language,
            personal=command.personal,
            retention_days=command.retention or before.retention_days,
            desired_recall=command.recall,
        ),
    )
    return await _page(request, say("Saved."))


@handles(commands.EditRetention)
async def edit_retention(command: commands.EditRetention, request: Request) -> views.View:
    if command.asks:
        chosen = await request.workspace()
        form = actions.form(command, {"removed": chosen.retention_days, "away": chosen.away_days})
        return views.FormPage(
            say("How long data is kept"), say("What is over is erased for good, within the hour."), form
        )
    if 0 < command.away < LEAST_AWAY:
        raise StudyError(
            say("At least {days} days, or 0 for never.", days=LEAST_AWAY),
            say("Nothing was changed."),
            actions=(_to_retention(),),
        )
    if not command.confirm and (doubt := await _would_go(command, request)):
        return doubt
    await _change(request, lambda before: replace(before, retention_days=command.removed, away_days=command.away))
    return await _page(request, say("Saved."))


async def _would_go(command: commands.EditRetention, request: Request) -> views.Notice | None:
    """What is to be said before it is saved: how many people would be erased at once."""
    before = (await request.workspace()).away_days
    if not command.away or (before and command.away >= before):
        return None
    people = await retention.count_away(request.store, request.actor.workspace, command.away, now=request.now)
    if not people:
        return None
    return views.Notice(
        say_many(
            people,
            "This would erase what {n} person learned here.",
            "This would erase what {n} people learned here.",
        ),
        say("They did nothing for {days} days. It cannot be undone; nothing was changed yet.", days=command.away),
        actions=(Action(say("Erase them"), replace(command, confirm=True)), _to_retention()),
    )


@handles(commands.EditTeam)
async def edit_team(command: commands.EditTeam, request: Request) -> views.View:
    if command.asks:
        chosen = await request.workspace()
        form = actions.form(command, {"board": chosen.board, "certificates": chosen.certificates})
        return views.FormPage(say("Board and certificates"), say("Nobody is on the board who does not say yes."), form)
    await _change(request, lambda before: replace(before, board=command.board, certificates=command.certificates))
    return await _page(request, say("Saved."))


async def _change(request: Request, make: Make) -> None:
    """Change the workspace as it stands at that moment, and note what was changed."""
    workspace = request.actor.workspace
    async with request.store.transaction() as connection:
        await workspaces.hold(connection, workspace, request.now)  # two admins at once: one after the other
        before = await workspaces.find(connection, workspace)
        after = make(before)
        if after != before:
            await workspaces.change(connection, workspace, after, request.now)
        if before.board and not after.board:
            await boards.clear(connection, workspace)  # a yes was to this board; another one asks anew
        for told, about in differences(before, after):
            await request.note(connection, "settings", told, about=about)
    request.forget()


@handles(commands.EditContacts)
async def edit_contacts(command: commands.EditContacts, request: Request) -> views.View:
    if not command.asks:
        return await _save_contacts(command, request)
    others = () if _by_the_platform(request) else ("manager", "manager_role")
    form = actions.form(command, without=others)
    return views.FormPage(say("Who is told, who may run it"), say("Only what you fill in is changed."), form)


def _by_the_platform(request: Request) -> bool:
    """Whether the platform itself says that they manage."""
    return request.actor.manages or request.actor.private


async def _save_contacts(command: commands.EditContacts, request: Request) -> views.View:
    named = [Manager(command.manager)] if command.manager else []
    named += [Manager(command.manager_role, is_role=True)] if command.manager_role else []
    if named and not _by_the_platform(request):
        raise NotAllowed(say("Only admins of the platform name who else may run Dualo."), say("Ask one of them."))
    if any(len(each.id.split()) != 1 for each in named):
        raise StudyError(say("Name one person and one role at a time."), actions=(_to_contacts(),))
    alert_to = await _alert_address(command, request)

    def changed(before: Workspace) -> Workspace:
        everybody = (*before.managers, *(each for each in named if each not in before.managers))
        if len(everybody) > max(MOST_NAMED, len(before.managers)):
            raise StudyError(
                say("{n} are named already.", n=MOST_NAMED),
                say("Name a role that all of them have, or take somebody off first."),
            )
        return replace(before, alert_to=alert_to or before.alert_to, managers=everybody)

    await _change(request, changed)
    return await _page(request, say("Saved."))


async def _alert_address(command: commands.EditContacts, request: Request) -> str:
    """Where to tell it: somebody of this workspace, or a channel that is tried there and then."""
    if command.alert_user and command.alert_channel:
        both = say("Name a person or a channel, not both.")
        raise StudyError(both, say("Nothing was changed."), actions=(_to_contacts(),))
    if not (command.alert_user or command.alert_channel):
        return ""
    front = request.front
    if front is None:
        raise StudyError(say("Nothing can be told from here: no front end is running."))
    if command.alert_user:
        address = await membership.belongs(request, command.alert_user, actions=(_to_contacts(),))
        if not await membership.takes_messages(request, address):
            raise StudyError(
                say("Dualo cannot write to them directly, so nothing was changed."),
                say(
                    "Let them allow direct messages from Dualo in their privacy settings here; "
                    "or name somebody else, or a channel."
                ),
                actions=(_to_contacts(),),
            )
        return address
    await _try_out(front, request, command.alert_channel)
    return command.alert_channel


async def _try_out(front: Adapter, request: Request, place: str) -> None:
    for check in await front.survey(request.actor.workspace, [place]):
        if not check.healthy:
            raise StudyError(
                text.shorten(say("Nothing could be told there: {detail}", detail=check.detail), 300),
                check.mend or say_as("channel", "Pick another."),
                actions=(_to_contacts(),),
            )


@handles(commands.DropManager)
async def drop_manager(command: commands.DropManager, request: Request) -> views.View:
    named = (await request.workspace()).managers
    gone = next((each for each in named if each.mark == command.named), manager(command.named))
    if gone is None:
        raise StudyError(say("That names nobody."), actions=(Action(say("Settings"), commands.OpenWorkspace()),))
    if not _by_the_platform(request) and gone != Manager(request.actor.person):
        raise NotAllowed(
            say("Only admins of the platform say who else may run Dualo."), say("You may take yourself off.")
        )
    await _change(
        request, lambda before: replace(before, managers=tuple(each for each in before.managers if each != gone))
    )
    return await _page(request, say("Saved."))
