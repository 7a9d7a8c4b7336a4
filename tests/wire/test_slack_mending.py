"""What a schedule on Slack goes without, and what is taken back: set, listed and pressed over the wire."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.ports import Services
from tests.wire.slack_bot import Scene, labels, words

UNREACHED = "Dualo cannot write to you directly, so nobody is told when a post fails."
UNHEARD = "Nobody would be notified: the user group has nobody in it, or is no more."


@pytest.fixture
def desk(office: Scene) -> Scene:
    """The engine beside its front end."""
    office.engine.engine.settle(Services({"slack": office.adapter}))  # type: ignore[attr-defined]
    return office


def weekly(scene: Scene, more: str = "") -> str:
    channel = scene.workspace.general
    said = f"schedule add teach-with-dualo <#{channel.id}|{channel.name}> mon 09:00 timezone:Europe/Paris {more}"
    return said.strip()


async def run(scene: Scene, line: str) -> str:
    return words(await scene.asks("/study-admin", line, by=scene.boss))


async def test_a_user_group_with_nobody_in_it_is_said_when_it_is_set_and_in_the_list(desk: Scene) -> None:
    group = desk.workspace.usergroup("backend", [])
    assert UNHEARD in await run(desk, weekly(desk, f"mention:<!subteam^{group.id}|@backend>"))
    assert UNHEARD in await run(desk, "schedule list")
    group.users.append(desk.ada.id)
    desk.clock.at += timedelta(minutes=10)
    assert UNHEARD not in await run(desk, "schedule list")


async def test_whoever_sets_up_where_direct_messages_are_off_is_told_so_and_the_list_too(desk: Scene) -> None:
    desk.workspace.team.messages_tab = False
    assert UNREACHED in await run(desk, weekly(desk))
    listed = await desk.asks("/study-admin", "schedule list", by=desk.boss)
    assert "Nobody is told when a post fails." in words(listed)
    assert "Change contacts" in labels(listed)
    assert {request.error for request in desk.slack.rejected} == {"messages_tab_disabled"}
    desk.slack.rejected.clear()


async def test_a_skip_is_taken_back_in_the_answer_to_it_and_in_the_list(desk: Scene) -> None:
    await run(desk, weekly(desk))
    for line in ("schedule skip S1", "schedule list"):
        skipped = await desk.asks("/study-admin", "schedule skip S1", by=desk.boss)
        asked = skipped if line.startswith("schedule skip") else await desk.asks("/study-admin", line, by=desk.boss)
        back = await desk.presses(asked, "Take the skip back", by=desk.boss)
        assert "is not left out any more. Next post:" in words(back)
