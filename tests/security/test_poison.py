"""No name makes a page unreadable for others: what a button cannot hold is told, or carried by its fingerprint."""

from __future__ import annotations

import pytest

from bot.core import actions, views
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Person, Role
from tests.features.house import boss, listing, notice

LONG = "名" * 40


async def drops(engine: StudyEngine) -> list[actions.Action]:
    page = listing(await boss(engine).types("study-admin settings"))
    offers = [offer for item in page.items for offer in item.actions]
    return [offer for offer in offers if isinstance(offer.command, commands.DropManager)]


@pytest.mark.parametrize(
    "named",
    [commands.EditContacts(manager=Person(LONG)), commands.EditContacts(manager_role=Role(LONG + "x" * 20))],
)
async def test_a_long_name_leaves_the_setup_readable_and_can_be_taken_off(
    engine: StudyEngine, named: commands.EditContacts
) -> None:
    await boss(engine).does(named)
    (drop,) = await drops(engine)
    carried = actions.read(actions.token(drop.command))
    await boss(engine).does(carried)
    assert await drops(engine) == []


async def test_a_report_on_a_role_with_a_long_name_gets_a_sentence(
    engine: StudyEngine,
) -> None:
    answer = notice(await boss(engine).does(commands.OpenReport(role=Role(LONG))))
    assert answer.tone is views.Tone.SORRY
    assert "too long" in answer.text
