"""A claimed line comes to one true end, whatever the platform answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.ports import Delivered, Outcome
from bot.core.record import replace
from bot.delivery.courier import AT_ONCE
from bot.delivery.leases import LEASE, back_off
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.store import tables
from bot.store.outbox import alerts, nudges
from tests.delivery.conftest import MONDAY, Stage, line, replica
from tests.delivery.platform import Fault, Platform, gone, later

HOUR = timedelta(hours=1)


@pytest.fixture
async def due(stage: Stage) -> Stage:
    """A post is due now."""
    stage.clock.at = MONDAY
    await stage.plan(line("s1", MONDAY))
    return stage


async def causes(stage: Stage) -> list[tuple[str, int]]:
    async with stage.store.reading() as connection:
        return [(each.cause, each.times) for each in await alerts.of_workspace(connection, "hand:w1")]


async def test_what_is_sent_has_its_reference_and_its_time(due: Stage) -> None:
    await due.carry()
    [sent] = await due.lines()
    assert (sent.state, sent.message, sent.ended, sent.attempt) == (DeliveryState.SENT, "m0", MONDAY, 1)


async def test_what_is_sent_well_after_its_time_is_called_late(due: Stage) -> None:
    await due.tick(301)
    assert await due.states() == [("2026-01-05", "late")]


async def test_what_is_not_due_is_not_sent(due: Stage) -> None:
    await due.plan(line("s2", MONDAY + timedelta(seconds=1)))
    await due.carry()
    assert due.platform.keys == ["hand:w1/post/s1/2026-01-05"]
    await due.tick(1)
    assert len(due.platform.keys) == 2


async def test_nothing_to_say_ends_in_its_reason(due: Stage) -> None:
    due.cancelled["hand:w1/post/s1/2026-01-05"] = "The theme is gone."
    await due.carry()
    [skipped] = await due.lines()
    assert (skipped.state, skipped.reason, due.platform.keys) == (DeliveryState.SKIPPED, "The theme is gone.", [])


async def test_what_was_decided_is_kept_before_anything_is_sent(due: Stage) -> None:
    due.payload = {"lesson": "layers"}
    due.platform.turns.append(Fault.REQUEST_LOST)
    await due.carry()
    [doubtful] = await due.lines()
    assert (doubtful.state, doubtful.payload) == (DeliveryState.PLANNED, {"lesson": "layers"})


async def test_a_rate_limit_waits_as_told_and_is_no_doubt(due: Stage) -> None:
    due.platform.turns.append(later(30.0))
    await due.carry()
    await due.tick(29)
    assert (due.platform.keys, (await due.lines())[0].doubt) == ([], None)
    await due.tick(10)
    assert await due.states() == [("2026-01-05", "sent")]


async def test_trying_again_has_an_end_and_somebody_is_told(due: Stage) -> None:
    due.platform.script = lambda _address, _key: later()
    for _ in range(100):
        await due.tick(300)
    [failed] = await due.lines()
    assert (failed.state, failed.reason.startswith("Too many requests. Tried ")) == (DeliveryState.FAILED, True)
    assert 20 < failed.attempt < 60
    assert await causes(due) == [("later place-s1", 1)]


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.REQUEST_LOST])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_lost_answer_is_looked_for_and_the_post_stands_there_once(due: Stage, fault: Fault, times: int) -> None:
    due.platform.turns.extend([fault] * times)
    await due.carry()
    assert await due.states() == [("2026-01-05", "planned")]
    for _ in range(20):
        await due.tick(30)
    assert (await due.lines())[0].state in {DeliveryState.SENT, DeliveryState.LATE}
    assert due.platform.keys == ["hand:w1/post/s1/2026-01-05"]


async def test_a_front_end_that_breaks_may_have_sent_it(due: Stage) -> None:
    due.platform.turns.append(Fault.BREAKS)
    await due.carry()
    [doubtful] = await due.lines()
    assert (doubtful.state, doubtful.doubt, "Reference" in doubtful.reason) == (DeliveryState.PLANNED, MONDAY, True)


async def test_composing_that_breaks_sends_nothing_and_is_tried_again(due: Stage) -> None:
    due.broken = True
    await due.carry()
    [waiting] = await due.lines()
    assert (waiting.doubt, "Reference" in waiting.reason, due.platform.keys) == (None, True, [])
    due.broken = False
    await due.tick(60)
    assert await due.states() == [("2026-01-05", "sent")]


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.REFUSED])
async def test_what_cannot_be_sent_fails_once_and_is_told_once_per_cause(due: Stage, outcome: Outcome) -> None:
    answer = Delivered(outcome, reason="The channel is archived.")
    due.platform.script = lambda address, _key: None if address == "place-admin" else answer
    async with due.store.transaction() as connection:
        await connection.execute(
            tables.workspace.insert().values(workspace="hand:w1", since=MONDAY, alert_to="place-admin")
        )
    for week in range(3):
        await due.plan(line("s1", MONDAY + week * timedelta(days=7)))
        due.clock.at = MONDAY + week * timedelta(days=7)
        await due.tick()
        await due.tick(1)
    assert [state for _, state in await due.states()] == ["failed"] * 3
    assert [post.address for post in due.platform.posts] == ["place-admin"]
    [(cause, times)] = await causes(due)
    assert (cause.split()[0], times) == (outcome, 3)


async def test_a_mended_place_clears_its_alert_so_that_the_next_failure_is_told(due: Stage) -> None:
    due.platform.turns.append(gone())
    await due.carry()
    assert await causes(due) == [("gone place-s1", 1)]
    await due.plan(line("s1", MONDAY + timedelta(days=7)))
    await due.tick(7 * 86400)
    assert await causes(due) == []


async def test_a_person_who_closed_their_messages_is_not_nudged_again(stage: Stage) -> None:
    stage.platform.script = lambda _address, _key: gone("Direct messages are closed.")
    await stage.nudge("ada", MONDAY)
    stage.clock.at = MONDAY
    await stage.tick()
    async with stage.store.reading() as connection:
        assert await nudges.find(connection, Seat("hand:w1", "ada"), DeliveryKind.NUDGE) is None
        row = (await connection.execute(tables.nudge.select())).one()
    assert (row.stopped, await causes(stage)) == ("Direct messages are closed.", [("nudges gone", 1)])


async def test_after_its_time_an_untried_line_is_skipped(due: Stage) -> None:
    await due.tick(6 * 3600)
    [skipped] = await due.lines()
    assert (skipped.state, due.platform.keys) == (DeliveryState.SKIPPED, [])


@pytest.mark.parametrize(
    ("fault", "end"), [(Fault.ANSWER_LOST, DeliveryState.SENT), (Fault.REQUEST_LOST, DeliveryState.SKIPPED)]
)
async def test_after_its_time_a_doubtful_line_is_looked_for_without_sending(
    due: Stage, fault: Fault, end: DeliveryState
) -> None:
    due.platform.turns.append(fault)
    await due.carry()
    await due.tick(7 * 3600)
    [line] = await due.lines()
    assert (line.state, len(due.platform.keys)) == (end, 1 if end is DeliveryState.SENT else 0)


class Blind(Platform):
    """A platform on which nothing can be looked for."""

    seek = None  # type: ignore[assignment]


async def test_what_can_not_be_known_is_said_so(due: Stage) -> None:
    due.platform.turns.append(Fault.ANSWER_LOST)
    await due.carry()
    async with replica(due, platform=Blind(posts=due.platform.posts)) as blind:
        await blind.tick(7 * 3600)
    [failed] = await due.lines()
    assert (failed.state, "is not known" in failed.reason) == (DeliveryState.FAILED, True)


async def test_a_front_end_that_is_switched_off_leaves_no_line_without_an_end(due: Stage) -> None:
    await due.plan(line("s1", MONDAY, workspace="elsewhere:w"))
    due.clock.at = MONDAY + 6 * HOUR
    assert await due.sweeper.skip_expired() == 2
    assert {state for _, state in await due.states()} == {"skipped"}


async def test_so_many_are_in_hand_at_once_and_no_more(due: Stage) -> None:
    await due.plan(*(line(f"p{number}", MONDAY, workspace=f"hand:w{number % 4}") for number in range(40)))
    due.platform.turns.extend([Fault.HANGS] * 41)
    working = asyncio.create_task(due.courier.work("hand"))
    async with asyncio.timeout(10):
        for _ in range(AT_ONCE):
            await due.platform.hanging.acquire()
        due.platform.let_go.set()
        await working
        await due.courier.idle()
    assert (due.platform.most_under_way, len(due.platform.keys)) == (AT_ONCE, 41)


async def test_stopping_finishes_what_is_in_hand_and_gives_back_what_was_not_begun(due: Stage) -> None:
    due.platform.turns.append(Fault.HANGS)
    working = asyncio.create_task(due.courier.work("hand"))
    async with asyncio.timeout(10):
        await due.platform.hanging.acquire()
        stopping = asyncio.create_task(due.courier.stop(5))
        await asyncio.sleep(0)
        assert not stopping.done()
        due.platform.let_go.set()
        await stopping
        await working
    assert await due.states() == [("2026-01-05", "sent")]
    await due.plan(line("s2", MONDAY))
    [claimed] = await due.claim()
    await due.sender.carry(claimed)
    back = next(each for each in await due.lines() if each.name.schedule == "s2")
    assert (back.state, back.attempt, back.doubt) == (DeliveryState.PLANNED, 0, None)


async def test_what_is_not_done_in_time_is_cut_off_and_settled_by_the_next(due: Stage) -> None:
    due.platform.turns.append(Fault.HANGS)
    working = asyncio.create_task(due.courier.work("hand"))
    async with asyncio.timeout(10):
        await due.platform.hanging.acquire()
        await due.courier.stop(0.05)
        await working
    assert await due.states() == [("2026-01-05", "claimed")]
    async with replica(due) as successor:
        await successor.tick(LEASE.total_seconds())
    assert (await due.states(), len(due.platform.keys)) == ([("2026-01-05", "sent")], 1)


async def test_a_line_that_its_person_erased_meanwhile_stays_erased(stage: Stage) -> None:
    stage.clock.at = MONDAY
    await stage.plan(line("ada", MONDAY, kind=DeliveryKind.NUDGE))
    [claimed] = await stage.claim()
    async with stage.store.transaction() as connection:
        await connection.execute(tables.delivery.delete())
    await stage.sender.carry(claimed)
    assert await stage.lines() == []


def test_waits_grow_are_never_in_step_and_never_shorter_than_told() -> None:
    waits = [back_off(attempt).total_seconds() for attempt in range(1, 12)]
    assert all(5 <= wait <= 750 for wait in waits)
    assert waits[3] > waits[0]
    assert waits[-1] >= 600
    assert len({back_off(1) for _ in range(20)}) > 1
    assert all(900 <= back_off(3, told=900.0).total_seconds() <= 1125 for _ in range(20))


def test_a_later_post_is_another_key() -> None:
    first = line("s1", MONDAY).name
    assert first.key != replace(first, local_date=first.local_date + timedelta(days=7)).key
