"""What the audit keeps is English; what those who run a workspace cause is read back from it, to be said in theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.core.ports import Actor
from bot.domain.workspace import Manager, Workspace, differences
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import MemberVerb, Person, ReportForm, Role
from bot.features.managing import audit
from bot.store.cold import audits
from bot.store.store import Store
from tests.conftest import Learner
from tests.features.house import THEME, Front, boss, listing, settle
from tests.hand_clock import HandClock


async def noted(store: Store, clock: HandClock) -> list[str]:
    async with store.reading() as connection:
        return [
            each.what for each in await audits.since(connection, "web", clock.now() - timedelta(1), skip=0, most=99)
        ]


async def manage(engine: StudyEngine, manager: Learner) -> None:
    """Everything that leaves a line, but for schedules and content."""
    learner = Learner(engine, Actor("web", "ada"))
    for lesson in ("layers", "concurrency"):
        await learner.does(commands.Done(lesson=f"{THEME}/{lesson}"))
    for step in (
        commands.Assign(theme=THEME, user=Person("ada"), by="24 dec"),
        commands.Assign(theme=THEME, role=Role("r1"), required=True),
        commands.ManageMember(action=MemberVerb.RESET, user=Person("ada"), theme=THEME, confirm=True),
        commands.ManageMember(action=MemberVerb.RESTORE, user=Person("ada"), confirm=True),
        commands.EditWorkspace(timezone="Europe/Paris", personal=True, recall=80, filled=True),
        commands.EditTeam(board=True, certificates=True, filled=True),
        commands.EditRetention(removed=7, away=90, filled=True),
        commands.EditContacts(manager=Person("bea"), manager_role=Role("r2"), filled=True),
        commands.EditContacts(alert_user=Person("bea"), filled=True),
        commands.DropManager(named="role:r2"),
        commands.DropManager(named="person:bea"),
        commands.OpenReport(form=ReportForm.CSV),
    ):
        await manager.does(step)
    ends = [each.actions[0].command for each in listing(await manager.does(commands.Assignments())).items]
    await learner.does(commands.ReportMistake(theme=THEME, lesson="layers", what="It says ten."))
    closes = [each.actions[0].command for each in listing(await manager.does(commands.Inbox())).items]
    for command in ends:
        await manager.does(command)
    for command in closes:
        assert isinstance(command, commands.CloseMistake)
        await manager.does(commands.CloseMistake(id=command.id, note="Ten → two;\nmended.", filled=True))


async def test_every_line_of_managing_is_read_back_word_by_word(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    settle(engine, Front())
    await manage(engine, boss(engine))
    lines = [audit._apart(each)[0] for each in await noted(store, clock)]
    assert len(lines) == 16
    assert [audit.read_back(each, clock.now()) for each in lines] == lines


async def test_a_line_is_kept_the_same_whatever_language_is_spoken(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    settle(engine, Front())
    await manage(engine, Learner(engine, Actor("web", "boss", manages=True, locale="de")))
    lines = await noted(store, clock)
    english = [line for line in lines if audit.read_back(audit._apart(line)[0], clock.now()) is None]
    assert (len(lines), english) == (16, [])


def changed() -> Iterator[tuple[str, str]]:
    full = Workspace(
        "Europe/Paris",
        "de",
        "@ada",
        managers=(Manager("r1", is_role=True), Manager("ada")),
        personal=True,
        retention_days=7,
        away_days=90,
        board=True,
        certificates=True,
        desired_recall=80,
    )
    yield from differences(Workspace(), full)
    yield from differences(full, Workspace())


@pytest.mark.parametrize("line", [told for told, _ in changed()])
def test_every_change_of_the_set_up_is_read_back(line: str) -> None:
    assert audit.read_back(line, HandClock().now()) == line


@pytest.mark.parametrize(
    "line", ["S1: paused", "took back completions", "suggested nothing", "board on → off; something else", ""]
)
def test_what_is_not_known_is_left_as_it_is_kept(line: str) -> None:
    assert audit.read_back(line, HandClock().now()) is None
