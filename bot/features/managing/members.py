"""One person's completions: taken back by somebody who manages, and brought back. First it says how many."""

from __future__ import annotations

from bot.core import actions, text, views
from bot.core.actions import LONGEST_TOKEN, Action, token
from bot.core.errors import StudyError
from bot.core.record import Record
from bot.domain.course import Lesson, Theme
from bot.domain.learner import Seat
from bot.features import commands, ways
from bot.features.commands import MemberVerb
from bot.features.learning import finding
from bot.features.request import Request, handles
from bot.store.cold import audits, learners


class Extent(Record):
    """Which completions: of a lesson, of a theme, or all."""

    words: str
    theme: str = ""
    lesson: str = ""
    themes: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    """Under every id they ever had."""


@handles(commands.ManageMember)
async def member(command: commands.ManageMember, request: Request) -> views.View:
    if command.asks:
        verbs = ((MemberVerb.RESET, "Take completions back"), (MemberVerb.RESTORE, "Bring them back"))
        form = actions.form(command, actions.said(command), submit="Go on", options={"action": verbs})
        return views.FormPage("Somebody's completions", "First it is said how many; nothing is changed yet.", form)
    extent = await _extent(command, request)
    seat = Seat(request.actor.workspace, command.user)
    if command.confirm:
        return await _do(command, extent, seat, request)
    resets = command.action is MemberVerb.RESET
    look = learners.done if resets else learners.removed
    async with request.store.reading() as connection:
        found = await look(connection, seat, themes=extent.themes, lessons=extent.lessons)
    if not found:
        none = f"has not done {extent.words}" if extent.lesson else f"has done no lesson in {extent.words}"
        said = f"That person {none}." if resets else f"There is nothing to bring back in {extent.words}."
        return views.Notice(said, "Nothing was changed.", actions=(ways.HUB,))
    return _question(command, extent, found)


async def _extent(command: commands.ManageMember, request: Request) -> Extent:
    if not command.theme and not command.lesson:
        return Extent("all themes")
    found = await finding.target(request, command.theme, command.lesson)
    if isinstance(found, Theme):
        return Extent(f"“{found.title}”", found.id, themes=(found.id, *found.aliases))
    return _of_lesson(finding.theme_of(request, found), found)


def _of_lesson(owner: Theme, found: Lesson) -> Extent:
    return Extent(
        f"“{found.title}”",
        owner.id,
        found.id,
        themes=(owner.id, *owner.aliases),
        lessons=(found.id, *found.aliases),
    )


def _question(command: commands.ManageMember, extent: Extent, found: int) -> views.View:
    resets = command.action is MemberVerb.RESET
    sure = commands.ManageMember(
        action=command.action, user=command.user, theme=extent.theme, lesson=extent.lesson, confirm=True
    )
    many = text.count(found, "completion")
    label = f"Take {many} back" if resets else f"Bring {many} back"
    if not _fits(sure):
        raise StudyError(
            f"That is {many} in {extent.words}, and the name is too long for a button.",
            f"Type it: /study-admin member {command.action} with the same words and confirm:yes.",
        )
    return views.Notice(
        f"{many} in {extent.words} would be {'taken' if resets else 'brought'} back.",
        "They are kept and can be brought back with “restore”."
        if resets
        else "Where a lesson was done again meanwhile, the earlier date counts.",
        actions=(Action(label, sure),),
    )


def _fits(command: commands.Command) -> bool:
    try:
        return len(token(command).encode()) <= LONGEST_TOKEN
    except ValueError:
        return False


async def _do(command: commands.ManageMember, extent: Extent, seat: Seat, request: Request) -> views.View:
    resets = command.action is MemberVerb.RESET
    async with request.store.transaction() as connection:
        if resets:
            moved = await learners.reset(connection, seat, request.now, themes=extent.themes, lessons=extent.lessons)
        else:
            moved = await learners.restore(connection, seat, themes=extent.themes, lessons=extent.lessons)
        if moved:
            what = f"{'took back' if resets else 'brought back'} {text.count(moved, 'completion')} of {extent.words}"
            line = audits.AuditEntry(request.now, request.actor.person, f"member {command.action}", what, seat.person)
            await audits.note(connection, seat.workspace, line)
    request.forget()
    if not moved:
        return views.Notice(f"Nothing was left to do in {extent.words}.", "Nothing was changed.", actions=(ways.HUB,))
    other = MemberVerb.RESTORE if resets else MemberVerb.RESET
    back = commands.ManageMember(action=other, user=command.user, theme=extent.theme, lesson=extent.lesson)
    return views.Notice(
        f"{text.count(moved, 'completion')} in {extent.words} {'taken' if resets else 'brought'} back.",
        "The audit has a line about it.",
        tone=views.Tone.DONE,
        actions=(
            *((Action("Bring them back…" if resets else "Take them back…", back),) if _fits(back) else ()),
            Action("Audit", commands.Audit()),
            ways.HUB,
        ),
    )
