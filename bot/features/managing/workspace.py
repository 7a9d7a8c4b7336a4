"""How Dualo is set up in a workspace, who is told of failures, who may run it.

Whom the platform calls an admin runs Dualo, always: nobody named here can take that away, and only they name others.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.core import actions, text, views
from bot.core.actions import Action, Choice, ChoiceOption, Confirm, Offer
from bot.core.errors import NotAllowed, StudyError
from bot.core.i18n import mark, say
from bot.core.ports import Adapter
from bot.core.record import replace
from bot.domain.workspace import LEAST_AWAY, Manager, Workspace, differences, manager
from bot.features import commands, inputs, ways
from bot.features.managing import membership, retention
from bot.features.request import Request, handles
from bot.store.cold import audits, boards, workspaces
from bot.store.outbox import alerts

MOST_NAMED = views.MOST_ITEMS - 2
"""Managers besides the platform's; a role names many at once."""
LONGEST_NOTE = 400
Make = Callable[[Workspace], Workspace]
CHANGE = Action(mark("Change set-up"), commands.EditWorkspace())
KEEPING = Action(mark("Change how long data is kept"), commands.EditRetention())
TEAM = Action(mark("Board and certificates"), commands.EditTeam())
CONTACTS = Action(mark("Change contacts"), commands.EditContacts())
DROPPING = Confirm(
    mark("Take this off?"),
    mark("They may not run Dualo here any more. Admins of the platform always may."),
    mark("Take it off"),
)


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
        say("{said} Admins of the platform run Dualo, and whoever they name.", said=said).lstrip(),
        (ways.HOME, KEEPING, _elsewhere()),
    )


def _setup(chosen: Workspace, request: Request) -> views.Item:
    zone = chosen.timezone or say("{server_timezone} (not chosen here)", server_timezone=request.server_timezone)
    facts = {
        "Timezone": zone,
        "Language of lessons": inputs.LANGUAGES.get(chosen.language, chosen.language) or "any",
        "Reports": say("may name people; /privacy tells each of them so") if chosen.personal else say("name nobody"),
        "Board": say(
            "{allowed}; certificates: {allowed2}",
            allowed=_allowed(chosen.board),
            allowed2=_allowed(chosen.certificates),
        ),
        "Reviews": say("ask again while about {desired_recall} % is still known", desired_recall=chosen.desired_recall),
        "Data stays": _kept(chosen),
    }
    pairs = tuple(views.Fact(name, (value,)) for name, value in facts.items())
    return views.Item(say("This workspace"), pairs, actions=(CHANGE, TEAM))


def _kept(chosen: Workspace) -> str:
    """For how long."""
    removed = say("{retention_days} after Dualo is removed", retention_days=text.count(chosen.retention_days, "day"))
    if not chosen.away_days:
        return removed
    return say(
        "{removed}; what somebody learned, {away_days} after they last did anything",
        removed=removed,
        away_days=text.count(chosen.away_days, "day"),
    )


def _allowed(switch: object) -> str:
    return "allowed" if switch else "off"


async def _closed(chosen: Workspace, request: Request) -> str:
    """Why the contact could not be told of the last failure; empty if they could be."""
    async with request.store.reading() as connection:
        known = await alerts.of_workspace(connection, request.actor.workspace)
    return membership.contact_closed(known, chosen.alert_to)


def _contacts(chosen: Workspace, request: Request, *, closed: str) -> views.Item:
    if not chosen.alert_to:
        note = say("{nobody} Name somebody, or a channel.", nobody=membership.NOBODY)
        return views.Item(
            say("Who is told when something fails"), note=note, tone=views.Tone.SORRY, actions=(CONTACTS,)
        )
    mine = _direct(request, request.actor.person) == chosen.alert_to
    told = views.Someone(request.actor.person) if mine else views.Place(chosen.alert_to)
    note = text.shorten(say("They could not be told: {closed}", closed=closed), LONGEST_NOTE) if closed else ""
    tone = views.Tone.SORRY if closed else views.Tone.INFO
    facts = (views.Fact(say("Told"), (told,)),)
    return views.Item(say("Who is told when something fails"), facts, note=note, tone=tone, actions=(CONTACTS,))


def _named(each: Manager) -> views.Item:
    who = views.Group(each.id) if each.is_role else views.Someone(each.id)
    drop = Action(say("Take off"), commands.DropManager(named=each.mark), confirm=DROPPING)
    title = say("All who bear a role may run Dualo") if each.is_role else say("May run Dualo")
    return views.Item(title, (views.Fact(say("Who"), (who,)),), actions=(drop,))


def _elsewhere() -> Offer:
    places = {
        "Schedules": commands.ScheduleList(),
        "Suggested themes": commands.Assignments(),
        "Report": commands.OpenReport(),
        "Inbox": commands.Inbox(),
        "Lessons on disk": commands.Content(action=commands.ContentVerb.DIFF),
        "Doctor": commands.Doctor(),
        "Audit": commands.Audit(),
    }
    return Choice(
        say("Go to"), tuple(ChoiceOption(label, command, command.spec.help) for label, command in places.items())
    )


def _direct(request: Request, person: str) -> str:
    return request.front.direct(request.actor.workspace, person) if request.front else ""


@handles(commands.EditWorkspace)
async def edit_workspace(command: commands.EditWorkspace, request: Request) -> views.View:
    return await _workspace_form(command, request) if command.asks else await _save_workspace(command, request)


async def _workspace_form(command: commands.EditWorkspace, request: Request) -> views.View:
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
            say("At least {least_away} days, or 0 for never.", least_away=LEAST_AWAY),
            say("Nothing was changed."),
            actions=(KEEPING,),
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
        say("This would erase what {people} learned here.", people=text.count(people, "person", "people")),
        say("They did nothing for {away} days. It cannot be undone; nothing was changed yet.", away=command.away),
        actions=(Action(say("Erase them"), replace(command, confirm=True)), KEEPING),
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
            line = audits.AuditEntry(request.now, request.actor.person, "settings", told, about)
            await audits.note(connection, workspace, line)
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
        raise StudyError(say("Name one person and one role at a time."), actions=(CONTACTS,))
    alert_to = await _alert_address(command, request)

    def changed(before: Workspace) -> Workspace:
        everybody = (*before.managers, *(each for each in named if each not in before.managers))
        if len(everybody) > max(MOST_NAMED, len(before.managers)):
            raise StudyError(
                say("{most_named} are named already.", most_named=MOST_NAMED),
                say("Name a role that all of them have, or take somebody off first."),
            )
        return replace(before, alert_to=alert_to or before.alert_to, managers=everybody)

    await _change(request, changed)
    return await _page(request, say("Saved."))


async def _alert_address(command: commands.EditContacts, request: Request) -> str:
    """Where to tell it: somebody of this workspace, or a channel that is tried there and then."""
    if command.alert_user and command.alert_channel:
        raise StudyError(say("Name a person or a channel, not both."), say("Nothing was changed."), actions=(CONTACTS,))
    if not (command.alert_user or command.alert_channel):
        return ""
    front = request.front
    if front is None:
        raise StudyError(say("Nothing can be told from here: no front end is running."))
    if command.alert_user:
        address = await membership.belongs(request, command.alert_user, actions=(CONTACTS,))
        if not await membership.takes_messages(request, address):
            raise StudyError(
                say("Dualo cannot write to them directly, so nothing was changed."),
                say(
                    "Let them allow direct messages from Dualo in their privacy settings here; or name somebody else, or a "
                    "channel."
                ),
                actions=(CONTACTS,),
            )
        return address
    await _try_out(front, request, command.alert_channel)
    return command.alert_channel


async def _try_out(front: Adapter, request: Request, place: str) -> None:
    for check in await front.survey(request.actor.workspace, [place]):
        if not check.healthy:
            raise StudyError(
                text.shorten(say("Nothing could be told there: {detail}", detail=check.detail), 300),
                check.mend or say("Pick another."),
                actions=(CONTACTS,),
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
