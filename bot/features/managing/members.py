"""One person's completions: taken back by somebody who manages, and brought back. First it says how many."""

from __future__ import annotations

from bot.core import actions, text, views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.i18n import say, say_many
from bot.core.record import Record
from bot.domain.course import Theme
from bot.domain.learner import Seat
from bot.features import commands, inputs, ways
from bot.features.commands import MemberVerb
from bot.features.learning import finding
from bot.features.request import Request, handles
from bot.store.cold import learners


class Extent(Record):
    """Which completions: of a lesson, of a theme, or all."""

    title: str = ""
    theme: str = ""
    lesson: str = ""
    themes: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    """Under every id they ever had."""

    @property
    def words(self) -> str:
        return say("“{title}”", title=self.title) if self.title else say("all themes")

    @property
    def noted(self) -> str:
        """As the audit keeps it, in English."""
        return f"“{self.title}”" if self.title else "all themes"


@handles(commands.ManageMember)
async def member(command: commands.ManageMember, request: Request) -> views.View:
    if command.asks:
        verbs = ((MemberVerb.RESET, say("Take completions back")), (MemberVerb.RESTORE, say("Bring them back")))
        form = actions.form(command, actions.said(command), submit=say("Go on"), options={"action": verbs})
        return views.FormPage(
            say("Somebody's completions"), say("First it is said how many; nothing is changed yet."), form
        )
    extent = await _extent(command, request)
    seat = Seat(request.actor.workspace, command.user)
    if command.confirm:
        return await _do(command, extent, seat, request)
    resets = command.action is MemberVerb.RESET
    look = learners.done if resets else learners.removed
    async with request.store.reading() as connection:
        found = await look(connection, seat, themes=extent.themes, lessons=extent.lessons)
    if not found:
        return views.Notice(_nothing(extent, resets=resets), say("Nothing was changed."), actions=(ways.hub(),))
    return _question(command, extent, found)


def _nothing(extent: Extent, *, resets: bool) -> str:
    if not resets:
        return say("There is nothing to bring back in {extent}.", extent=extent.words)
    if extent.lesson:
        return say("That person has not done {extent}.", extent=extent.words)
    return say("That person has done no lesson in {extent}.", extent=extent.words)


async def _extent(command: commands.ManageMember, request: Request) -> Extent:
    if not command.theme and not command.lesson:
        return Extent()
    found = await finding.target(request, command.theme, command.lesson)
    if isinstance(found, Theme):
        return Extent(found.title, found.id, themes=(found.id, *found.aliases))
    owner = finding.theme_of(request, found)
    themes, lessons = (owner.id, *owner.aliases), (found.id, *found.aliases)
    return Extent(found.title, owner.id, found.id, themes=themes, lessons=lessons)


def _question(command: commands.ManageMember, extent: Extent, found: int) -> views.View:
    resets = command.action is MemberVerb.RESET
    sure = commands.ManageMember(
        action=command.action, user=command.user, theme=extent.theme, lesson=extent.lesson, confirm=True
    )
    label = (
        say_many(found, "Take {n} completion back", "Take {n} completions back")
        if resets
        else say_many(found, "Bring {n} completion back", "Bring {n} completions back")
    )
    offers = inputs.offered(label, sure)
    if not offers:
        raise _too_long(command, extent, found)
    if resets:
        return views.Notice(
            say_many(
                found,
                "{n} completion in {extent} would be taken back.",
                "{n} completions in {extent} would be taken back.",
                extent=extent.words,
            ),
            say("They are kept and can be brought back with “restore”."),
            actions=offers,
        )
    return views.Notice(
        say_many(
            found,
            "{n} completion in {extent} would be brought back.",
            "{n} completions in {extent} would be brought back.",
            extent=extent.words,
        ),
        say("Where a lesson was done again meanwhile, the earlier date counts."),
        actions=offers,
    )


def _too_long(command: commands.ManageMember, extent: Extent, found: int) -> StudyError:
    return StudyError(
        say_many(
            found,
            "That is {n} completion in {extent}, and the name is too long for a button.",
            "That is {n} completions in {extent}, and the name is too long for a button.",
            extent=extent.words,
        ),
        say("Type it: /study-admin member {action} with the same words and confirm:yes.", action=command.action),
    )


async def _do(command: commands.ManageMember, extent: Extent, seat: Seat, request: Request) -> views.View:
    resets = command.action is MemberVerb.RESET
    async with request.store.transaction() as connection:
        if resets:
            moved = await learners.reset(connection, seat, request.now, themes=extent.themes, lessons=extent.lessons)
        else:
            moved = await learners.restore(connection, seat, themes=extent.themes, lessons=extent.lessons)
        if moved:
            what = f"{'took' if resets else 'brought'} back {text.count(moved, 'completion')} of {extent.noted}"
            await request.note(connection, f"member {command.action}", what, about=seat.person)
    request.forget()
    if not moved:
        return views.Notice(
            say("Nothing was left to do in {extent}.", extent=extent.words),
            say("Nothing was changed."),
            actions=(ways.hub(),),
        )
    other = MemberVerb.RESTORE if resets else MemberVerb.RESET
    back = commands.ManageMember(action=other, user=command.user, theme=extent.theme, lesson=extent.lesson)
    return views.Notice(
        _moved(moved, extent, resets=resets),
        say("The audit has a line about it."),
        tone=views.Tone.DONE,
        actions=(
            *inputs.offered(say("Bring them back…") if resets else say("Take them back…"), back),
            Action(say("Audit"), commands.Audit()),
            ways.hub(),
        ),
    )


def _moved(number: int, extent: Extent, *, resets: bool) -> str:
    if resets:
        return say_many(
            number,
            "{n} completion in {extent} taken back.",
            "{n} completions in {extent} taken back.",
            extent=extent.words,
        )
    return say_many(
        number,
        "{n} completion in {extent} brought back.",
        "{n} completions in {extent} brought back.",
        extent=extent.words,
    )
