"""User groups and typed names: who is in what, and which channel, person or group somebody means."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

import pytest

from adapters.slack.api import ApiAnswer, Installation, SlackApi
from adapters.slack.engine_gateway import Directory
from adapters.slack.payload import PayloadOrigin
from adapters.slack.people import People
from bot.core import i18n
from bot.core.errors import StudyError
from bot.core.ports import Caller, Outcome, Roster
from bot.core.record import replace
from bot.features import commands
from bot.features.commands import Channel, Person, Role
from tests.contracts.sample_engine import SampleEngine
from tests.contracts.samples import running
from tests.hand_clock import HandClock
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import ChannelKind, Usergroup
from tests.wire.slack_bot import Scene, words


def tenant(scene: Scene) -> str:
    return f"slack:-:{scene.workspace.id}"


@pytest.fixture
def samples_behind(office: Scene) -> SampleEngine:
    """Whatever is asked is answered: what counts here is what was asked."""
    engine = SampleEngine()
    office.engine.engine = engine
    return engine


def backend(scene: Scene) -> Usergroup:
    return scene.workspace.usergroup("backend", [scene.ada])


async def asked_for_groups(scene: Scene, times: int = 1) -> None:
    """Wait until Slack was asked so often, and what it said is known."""
    await scene.until("the groups", lambda: scene.slack.calls("usergroups.list")[times - 1 :] or None)
    await asyncio.gather(*scene.adapter._groups._looking.values())


# Who is in a group ----------------------------------------------------------------------------------------------------


async def test_the_people_of_a_group_are_listed_and_not_asked_after_twice(office: Scene) -> None:
    group = backend(office)
    assert isinstance(office.adapter, Roster)
    assert list(await office.adapter.members(tenant(office), group.id)) == [office.ada.id]
    group.users.append(office.boss.id)
    assert list(await office.adapter.members(tenant(office), group.id)) == [office.ada.id]
    office.clock.at += timedelta(minutes=5)
    assert list(await office.adapter.members(tenant(office), group.id)) == [office.ada.id, office.boss.id]
    assert len(office.slack.calls("usergroups.users.list")) == 2


async def test_a_group_that_is_no_more_has_nobody_in_it(rough_office: Scene) -> None:
    assert list(await rough_office.adapter.members(tenant(rough_office), "S0000000404")) == []
    assert list(await rough_office.adapter.members("slack:-:T0OTHER", "S0000000404")) == []


async def test_silence_is_not_an_empty_group(rough_office: Scene) -> None:
    group = backend(rough_office)
    rough_office.slack.plan(Fault(method="usergroups.users.list", status=503))
    with pytest.raises(StudyError, match="just now"):
        await rough_office.adapter.members(tenant(rough_office), group.id)
    grant = rough_office.workspace.grant
    assert grant is not None
    grant.scopes = tuple(scope for scope in grant.scopes if scope != "usergroups:read")
    with pytest.raises(StudyError, match="usergroups:read"):
        await rough_office.adapter.members(tenant(rough_office), group.id)


async def test_membership_follows_slack_within_minutes(office: Scene) -> None:
    group = backend(office)
    await office.asks("/themes")
    await asked_for_groups(office)
    await office.asks("/themes")
    assert office.engine.asked[-1][1].roles == frozenset({group.id})
    group.users.clear()
    office.clock.at += timedelta(minutes=11)
    await office.asks("/themes")
    await asked_for_groups(office, 2)
    await office.asks("/themes")
    assert office.engine.asked[-1][1].roles == frozenset()


async def test_what_was_known_stays_while_slack_is_silent(rough_office: Scene) -> None:
    group = backend(rough_office)
    await rough_office.asks("/themes")
    await asked_for_groups(rough_office)
    rough_office.clock.at += timedelta(minutes=11)
    rough_office.slack.plan(Fault(method="usergroups.list", status=503))
    await rough_office.asks("/themes")
    await asked_for_groups(rough_office, 2)
    await rough_office.asks("/themes")
    assert rough_office.engine.asked[-1][1].roles == frozenset({group.id})


async def test_a_group_named_to_run_it_counts_from_the_first_command_on(office: Scene) -> None:
    """Nobody has asked anything yet, so nothing is known of the groups; whoever manages by one is not turned away."""
    group = backend(office)
    await office.asks("/study-admin", "doctor")
    assert office.engine.asked[0][1].roles == frozenset({group.id})


async def test_who_left_the_group_runs_it_a_minute_longer_at_most(office: Scene) -> None:
    group = backend(office)
    await office.asks("/study-admin", "doctor")
    group.users.clear()
    office.clock.at += timedelta(minutes=1)
    await office.asks("/study-admin", "doctor")
    assert [actor.roles for _, actor in office.engine.asked] == [frozenset({group.id}), frozenset()]


# What is typed --------------------------------------------------------------------------------------------------------


async def test_a_schedule_is_typed_with_what_slack_makes_of_a_channel_and_a_group(
    office: Scene, samples_behind: SampleEngine
) -> None:
    group, general = backend(office), office.workspace.general
    picked = f"channel:<#{general.id}|general> mention:<!subteam^{group.id}>"
    line = f"schedule add theme:backend {picked} weekdays:mon time:09:00"
    await office.asks("/study-admin", line, by=office.boss)
    assert samples_behind.asked[-1][0] == commands.ScheduleAdd(
        theme="backend",
        channel=Channel(f"-:{office.workspace.id}:{general.id}"),
        weekdays="mon",
        time="09:00",
        mention=Role(group.id),
    )


async def test_a_plain_name_is_looked_up(office: Scene, samples_behind: SampleEngine) -> None:
    group, secret = backend(office), office.workspace.channel("secret", kind=ChannelKind.PRIVATE)
    line = "schedule add theme:backend channel:#secret weekdays:mon time:09:00 mention:@backend"
    await office.asks("/study-admin", line, by=office.boss)
    asked = samples_behind.asked[-1][0]
    assert isinstance(asked, commands.ScheduleAdd)
    assert (asked.channel, asked.mention) == (f"-:{office.workspace.id}:{secret.id}", group.id)
    await office.asks("/study-admin", line, by=office.boss)
    assert len(office.slack.calls("conversations.list")) == 1


async def test_a_bare_id_is_an_address(office: Scene, samples_behind: SampleEngine) -> None:
    general = office.workspace.general
    await office.asks("/study-admin", f"schedule list channel:{general.id}", by=office.boss)
    assert samples_behind.asked[-1][0] == commands.ScheduleList(
        channel=Channel(f"-:{office.workspace.id}:{general.id}")
    )
    assert office.slack.calls("conversations.list") == []


async def test_a_person_is_picked_from_the_list(office: Scene, samples_behind: SampleEngine) -> None:
    await office.asks("/study-admin", f"assign theme:backend user:<@{office.ada.id}|ada>", by=office.boss)
    assert samples_behind.asked[-1][0] == commands.Assign(theme="backend", user=Person(office.ada.id))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("schedule list channel:#nowhere", "Type # and pick it"),
        ("schedule list channel:web:room", "Type # and pick it"),
        ("schedule list channel:-:T0000000001:U0000000001", "Type # and pick it"),  # somebody's direct messages
        ("assign theme:backend user:@ada", "Type @ and pick the person"),
        ("assign theme:backend role:@nobody", "Type @ and pick it"),
    ],
)
async def test_what_cannot_be_told_says_how_to_pick_it(
    office: Scene, samples_behind: SampleEngine, line: str, said: str
) -> None:
    answer = await office.asks("/study-admin", line, by=office.boss)
    assert said in words(answer)
    assert samples_behind.asked == []


async def test_a_group_or_channel_made_a_minute_ago_is_looked_up_again_before_it_is_refused(
    office: Scene, samples_behind: SampleEngine
) -> None:
    await office.asks("/study-admin", "assign theme:backend role:@newcomers", by=office.boss)
    await office.asks("/study-admin", "schedule list channel:#newcomers", by=office.boss)
    office.clock.at += timedelta(minutes=1)
    group = office.workspace.usergroup("newcomers", [office.ada])
    channel = office.workspace.channel("newcomers")
    await office.asks("/study-admin", "assign theme:backend role:@newcomers", by=office.boss)
    await office.asks("/study-admin", "schedule list channel:#newcomers", by=office.boss)
    assert [command for command, _ in samples_behind.asked] == [
        commands.Assign(theme="backend", role=Role(group.id)),
        commands.ScheduleList(channel=Channel(f"-:{office.workspace.id}:{channel.id}")),
    ]


async def test_nothing_is_looked_up_for_somebody_who_may_not(office: Scene) -> None:
    await office.asks("/study-admin", "schedule list channel:#general")
    assert office.slack.calls("conversations.list") == []


async def test_without_an_answer_of_slacks_the_list_is_the_way(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="conversations.list", status=503))
    answer = await rough_office.asks("/study-admin", "schedule list channel:#general", by=rough_office.boss)
    assert "Slack does not say which channels there are just now." in words(answer)


async def test_a_dash_stays_a_dash(office: Scene, samples_behind: SampleEngine) -> None:
    await office.asks("/study-admin", "schedule edit id:S1 mention:-", by=office.boss)
    asked = samples_behind.asked[-1][0]
    assert isinstance(asked, commands.ScheduleEdit)
    assert (asked.id, asked.mention) == ("S1", "-")


class SlowCalls:
    """Slack lets one workspace wait, and answers the other."""

    def __init__(self) -> None:
        self.asked, self.free = asyncio.Event(), asyncio.Event()

    async def ask(self, install: object, method: str, call: object, *, team: str) -> ApiAnswer:
        if team == "T1":
            self.asked.set()
            await self.free.wait()
        return ApiAnswer({"channels": [{"id": "C12345678", "name": "lessons"}]})


async def test_a_workspace_that_slack_lets_wait_makes_no_other_wait() -> None:
    calls = SlowCalls()
    directory = Directory(cast(SlackApi, calls), cast(People, None), HandClock(), called={})
    command = commands.ScheduleList(channel=Channel("#lessons"))

    async def resolve(team: str) -> commands.Command:
        return await directory.resolved(command, PayloadOrigin("-", team, "U12345678"), cast(Installation, None))

    waiting = asyncio.create_task(resolve("T1"))
    await calls.asked.wait()
    async with asyncio.timeout(5):
        assert await resolve("T2") == commands.ScheduleList(channel=Channel("-:T2:C12345678"))
    calls.free.set()
    assert await waiting == commands.ScheduleList(channel=Channel("-:T1:C12345678"))


# Whether a group is heard ---------------------------------------------------------------------------------------------


async def test_a_group_that_is_no_more_is_told_before_a_post(office: Scene) -> None:
    group = backend(office)
    place = f"-:{office.workspace.id}:C1"
    assert isinstance(office.adapter, Caller)
    assert await office.adapter.silent(tenant(office), group.id, place) == ""
    group.disabled = True
    office.clock.at += timedelta(minutes=10)
    told = await office.adapter.silent(tenant(office), group.id, place)
    assert [request.error for request in office.slack.rejected] == ["no_such_subteam"]
    office.slack.rejected.clear()
    assert told.startswith("Nobody would be notified: the user group has nobody in it, or is no more.")
    with i18n.speaking("de"):
        german = await office.adapter.silent(tenant(office), group.id, place)
    assert german.startswith("Niemand würde benachrichtigt: In der Benutzergruppe ist niemand")


async def test_a_post_that_called_nobody_says_so_in_the_language_of_its_workspace(office: Scene) -> None:
    group = backend(office)
    group.disabled = True
    channel = office.workspace.general
    post = replace(running.post(), mention=group.id, thread=False)
    with i18n.speaking("de"):
        done = await office.adapter.deliver(post, f"-:{office.workspace.id}:{channel.id}", "key")
    office.slack.rejected.clear()
    assert done.outcome is Outcome.SENT
    assert done.lacking.startswith("Niemand wurde benachrichtigt: In der Benutzergruppe ist niemand")
