"""What a schedule on Discord goes without, and what is taken back: set, listed and pressed over the wire."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.core.ports import Services
from tests.wire.discord.model import DmDoor, Role
from tests.wire.discord.permissions import Permission
from tests.wire.discord.person import Given
from tests.wire.discord_stage import Scene, labels, shown, text_of

QUIET = "Nobody would be notified: in Server Settings, Roles, quiet, switch on “Allow anyone to @mention this role”."
NO_THREADS = "Without “Create Public Threads” no thread can be opened beneath a post."
UNREACHED = "Dualo cannot write to you directly, so nobody is told when a post fails."
WEEKLY = {"theme": "teach-with-dualo", "weekdays": "mon", "time": "09:00", "timezone": "Europe/Paris"}


@pytest.fixture
async def desk(quiet_classroom: Scene) -> tuple[Scene, Role]:
    """A server with a role that nobody may mention, and the engine beside its front end."""
    scene = quiet_classroom
    role = scene.discord.role(scene.guild, "quiet")
    scene.engine.engine.settle(Services({"discord": scene.adapter}))
    await scene.adapter.start()
    return scene, role


async def test_a_quiet_role_and_threads_that_cannot_be_opened_are_said_when_set_and_in_the_list(
    desk: tuple[Scene, Role],
) -> None:
    scene, role = desk
    scene.discord.deny(scene.channel, Permission.CREATE_PUBLIC_THREADS)
    given: Mapping[str, Given] = {**WEEKLY, "channel": scene.channel, "mention": role, "thread": True}
    added = await scene.boss.slash("study-admin schedule add", given, channel=scene.channel)
    assert QUIET in text_of(added)
    assert NO_THREADS in text_of(added)
    listed = text_of(await scene.boss.slash("study-admin schedule list", channel=scene.channel))
    assert (QUIET in listed, NO_THREADS in listed, "needs attention" in listed) == (True, True, True)
    scene.discord.allow(scene.channel, Permission.MENTION_EVERYONE | Permission.CREATE_PUBLIC_THREADS)
    listed = text_of(await scene.boss.slash("study-admin schedule list", channel=scene.channel))
    assert (QUIET in listed, NO_THREADS in listed, "needs attention" in listed) == (False, False, False)


async def test_whoever_sets_up_behind_a_closed_door_is_told_so_and_the_list_too(desk: tuple[Scene, Role]) -> None:
    scene, _ = desk
    scene.discord.set_door(scene.boss, DmDoor.CLOSED)
    added = await scene.boss.slash(
        "study-admin schedule add", WEEKLY | {"channel": scene.channel}, channel=scene.channel
    )
    assert UNREACHED in text_of(added)
    listed = await scene.boss.slash("study-admin schedule list", channel=scene.channel)
    assert "Nobody is told when a post fails." in text_of(listed)
    assert "Change contacts" in labels(shown(listed))


async def test_whoever_sets_up_behind_an_open_door_hears_at_once_that_they_are_told(desk: tuple[Scene, Role]) -> None:
    scene, _ = desk
    await scene.boss.slash("study-admin schedule add", WEEKLY | {"channel": scene.channel}, channel=scene.channel)
    (hello,) = scene.discord.messages(scene.boss.dm)
    assert "This is where you are told when a post fails." in hello.text


async def test_a_skip_is_taken_back_in_the_answer_to_it_and_in_the_list(desk: tuple[Scene, Role]) -> None:
    scene, _ = desk
    await scene.boss.slash("study-admin schedule add", WEEKLY | {"channel": scene.channel}, channel=scene.channel)
    for command in ("study-admin schedule skip", "study-admin schedule list"):
        skipped = await scene.boss.slash("study-admin schedule skip", {"id": "S1"}, channel=scene.channel)
        asked = skipped if command.endswith("skip") else await scene.boss.slash(command, channel=scene.channel)
        back = await scene.boss.press(shown(asked), "Take the skip back")
        assert "is not left out any more. Next post:" in text_of(back)
