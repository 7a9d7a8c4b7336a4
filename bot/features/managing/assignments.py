"""Suggesting themes: to one person, or by a role to all who bear it. Nobody is told in public.

One person follows at once. A role or a group is a rule: whoever learns here follows, at once where the platform names
the members, else when they next act; to everybody else it is offered, and nothing is kept of them. A rule reminds
nobody who did not agree to reminders. They may leave again unless it is required, and no rule brings back who left.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from bot.core import actions, i18n, text, views
from bot.core.actions import Action, Confirm
from bot.core.errors import StudyError
from bot.core.i18n import say, say_many
from bot.core.ports import Roster
from bot.core.record import replace
from bot.domain import lookup, when
from bot.domain.course import Theme
from bot.domain.learner import Assignment
from bot.domain.recurrence import local_date
from bot.features import commands, inputs, paging, ways
from bot.features.learning import finding, pages
from bot.features.managing import membership
from bot.features.request import Request, handles
from bot.store.cold import assignments, workspaces
from bot.store.cold.assignments import Applied


def _all() -> Action:
    return Action(say("All suggestions"), commands.Assignments())


@handles(commands.Assign)
async def assign(command: commands.Assign, request: Request) -> views.View:
    if command.asks:
        return _form(command, request)
    theme = await _theme(command, request)
    await request.standing()  # for the zone in which dates are meant
    by = _by(command.by, request)
    wanted = Assignment(
        "", theme.id, request.now, by_date=by, required=command.required, suggested_by=request.actor.person
    )
    items: list[views.Item] = []
    if command.user:
        await membership.belongs(request, _person(command.user))
        kept, _ = await _keep(request, theme, replace(wanted, person=command.user), [command.user])
        items.append(_item(theme, Applied(kept, 1), request))
    if command.role:
        items.append(await _to_role(request, theme, replace(wanted, role=command.role)))
    request.forget()
    return views.Listing(
        say("Suggested"),
        tuple(items),
        say("Nobody was told in public; it shows on Home and on the theme’s page. A role or group sets no reminders."),
        (_all(), ways.hub()),
    )


def _form(command: commands.Assign, request: Request) -> views.View:
    """What is still to be said of it."""
    values = actions.said(command)
    found = lookup.theme(request.shelf, command.theme) if command.theme else None
    if isinstance(found, Theme):
        values["theme"] = found.id
    form = actions.form(
        command, values, submit=say("Suggest"), options=pages.theme_options(request.shelf, values.get("theme"))
    )
    return views.FormPage(
        say("Suggest a theme"), say("To one person, or to everybody with a role. Nobody is told in public."), form
    )


async def _theme(command: commands.Assign, request: Request) -> Theme:
    if not command.theme:
        raise StudyError(say("Name the theme that is to be suggested."), say("“/themes” lists them."), field="theme")
    if not (command.user or command.role):
        raise StudyError(say("Say to whom: a person, or a role."), say("One of the two is enough."), field="user")
    return await finding.theme(request, command.theme)


def _by(words: str, request: Request) -> date | None:
    return inputs.day(words, now=request.now, in_zone=str(request.zone)) if words else None


def _person(user: str) -> str:
    if not user.isprintable() or " " in user:
        raise StudyError(
            say("“{user}” is nobody here.", user=text.shorten(user, 40)), say("Pick the person from the list.")
        )
    return user


async def _to_role(request: Request, theme: Theme, wanted: Assignment) -> views.Item:
    """A rule; where the platform says who is in the group, those who learn here follow at once."""
    front: object = request.front
    known = await front.members(request.actor.workspace, wanted.role) if isinstance(front, Roster) else ()
    kept, reached = await _keep(request, theme, wanted, known)
    if known:
        note = say_many(
            reached,
            "{n} person follows it from now on. Who is new finds it on Home.",
            "{n} people follow it from now on. Who is new finds it on Home.",
        )
    else:
        note = say("It reaches each of them when they next use Dualo; who is new finds it on Home.")
    return replace(_item(theme, Applied(kept, 0), request), note=note)


async def _keep(request: Request, theme: Theme, wanted: Assignment, people: Sequence[str]) -> tuple[Assignment, int]:
    """Keep it, note it, apply it to those who are known. A long list goes in chunks, each whole by itself."""
    workspace, named = request.actor.workspace, replace(wanted, id=secrets.token_hex(6))
    chunks = [people[at : at + assignments.CHUNK] for at in range(0, len(people), assignments.CHUNK)] or [()]
    kept, reached = named, 0
    for number, chunk in enumerate(chunks):
        async with request.store.transaction() as connection:
            if number == 0:
                await workspaces.hold(connection, workspace, request.now)  # two at once: one order, not two
                kept = await assignments.keep(connection, workspace, named)
                await request.note(connection, "assign", _words(theme, wanted), about=wanted.person)
            reached += await assignments.apply(
                connection,
                workspace,
                kept,
                people={person: request.direct(person) for person in chunk},
                now=request.now,
                again=bool(wanted.person),
            )
    return kept, reached


def _words(theme: Theme, wanted: Assignment) -> str:
    """As the audit keeps it, in English."""
    with i18n.speaking(i18n.ENGLISH):
        by = f", by {when.say_date(wanted.by_date)}" if wanted.by_date else ""
    return f"suggested “{theme.title}” {_to(wanted)}{by}{', required' if wanted.required else ''}"


def _to(wanted: Assignment) -> str:
    return f"to role {wanted.role}" if wanted.is_rule else "to one person"


@handles(commands.Assignments)
async def listing(command: commands.Assignments, request: Request) -> views.View:
    await request.standing()  # for the zone in which dates are meant
    async with request.store.reading() as connection:
        found = await assignments.listed(
            connection, request.actor.workspace, skip=paging.begin(command.page), most=paging.ASKED
        )
    items = []
    for each in found[: views.MOST_ITEMS]:
        theme = request.shelf.theme(each.assignment.theme)
        item = _item(theme, each, request)
        end = Action(say("End it"), commands.Unassign(id=each.assignment.id), confirm=_sure_to_end())
        items.append(replace(item, actions=(end,)))
    return views.Listing(
        say("Suggested themes"),
        tuple(items),
        ""
        if items
        else say("Nothing is suggested to anybody. “/study-admin assign” does it, to a person or to a role."),
        (
            *paging.more(commands.Assignments(page=command.page + 1), there=len(found) > views.MOST_ITEMS),
            Action(say("Suggest a theme"), commands.Assign()),
            ways.hub(),
        ),
    )


def _sure_to_end() -> Confirm:
    return Confirm(
        say("Stop suggesting it?"),
        say("Who follows the theme goes on following it, and may leave. What they did stays."),
        say("End it"),
    )


def _item(theme: Theme | None, applied: Applied, request: Request) -> views.Item:
    each = applied.assignment
    facts = [views.Fact(say("To"), (views.Group(each.role),) if each.is_rule else (views.Someone(each.person),))]
    if each.by_date:
        by, passed = when.say_date(each.by_date), each.by_date < local_date(request.now, str(request.zone))
        facts.append(views.Fact(say("By"), (say("{day}, which has passed", day=by) if passed else by,)))
    facts.append(views.Fact(say("They may leave"), (say("no, it is required") if each.required else say("yes"),)))
    if each.is_rule and applied.people:
        facts.append(views.Fact(say("Reached so far"), (say_many(applied.people, "{n} person", "{n} people"),)))
    if each.suggested_by:
        facts.append(views.Fact(say("Suggested by"), (views.Someone(each.suggested_by), each.at)))
    title = f"{theme.emoji} {theme.title}" if theme else say("{theme} (not taught any more)", theme=each.theme)
    return views.Item(text.shorten(title, 80), tuple(facts), tone=views.Tone.INFO if theme else views.Tone.SORRY)


@handles(commands.Unassign)
async def unassign(command: commands.Unassign, request: Request) -> views.View:
    workspace = request.actor.workspace
    async with request.store.transaction() as connection:
        found = await assignments.find(connection, workspace, command.id)
        if found is None:
            raise StudyError(say("That suggestion was ended before."), actions=(_all(),))
        theme = request.shelf.theme(found.theme)
        title = theme.title if theme else found.theme
        await assignments.end(connection, workspace, found, request.now)
        await request.note(connection, "unassign", f"no longer suggests “{title}” {_to(found)}", about=found.person)
    request.forget()
    return views.Notice(
        say("“{title}” is suggested no more.", title=title),
        say("Who follows it goes on following, and may leave."),
        tone=views.Tone.DONE,
        actions=(_all(), ways.hub()),
    )
