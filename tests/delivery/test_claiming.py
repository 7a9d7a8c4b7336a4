"""Who has a line, and whose turn it is: leases, fences, fairness, rates."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.core.ports import Reach
from bot.core.record import replace
from bot.delivery.leases import LEASE
from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.domain.rate_limiter import Rate, Rates
from bot.store import tables
from bot.store.hot import door
from bot.store.outbox.claims import UNKNOWN_KIND
from bot.store.outbox.worker import Doubt
from bot.store.queries import Query
from tests.delivery.conftest import MONDAY, Stage, line, replica
from tests.delivery.platform import Fault, later


@pytest.fixture
async def now(stage: Stage) -> Stage:
    stage.clock.at = MONDAY
    return stage


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a claim asks of the driver, statement by statement."""
    seen: list[str] = []
    for kind in (door.SqliteDoor, door.PostgresDoor):

        async def noted(self: door.Door, query: Query, real: Any = kind.run, **values: object) -> Any:
            seen.append(query.text)
            return await real(self, query, **values)

        monkeypatch.setattr(kind, "run", noted)
    return seen


async def nudges(stage: Stage, count: int, *, workspace: str = "hand:w1") -> None:
    for begin in range(0, count, 500):
        numbers = range(begin, min(begin + 500, count))
        await stage.plan(
            *(line(f"p{number:05}", MONDAY, workspace=workspace, kind=DeliveryKind.NUDGE) for number in numbers)
        )


async def test_a_line_is_claimed_once(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    async with replica(now) as other:
        assert (len(await now.claim()), len(await other.claim())) == (1, 0)


async def test_a_dead_ones_line_comes_back_when_its_lease_is_over_and_not_before(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    await now.claim()
    now.clock.at += LEASE - timedelta(seconds=1)
    assert await now.leases.recover() == 0
    now.clock.at += timedelta(seconds=1)
    assert await now.leases.recover() == 1
    [again] = await now.claim()
    assert (again.attempt, again.doubt, again.lease.epoch) == (2, MONDAY, 2)


async def test_who_was_overtaken_writes_nothing(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    [first] = await now.claim()
    now.clock.at += LEASE
    await now.leases.recover()
    async with replica(now) as other:
        [second] = await other.claim()
        assert not await now.leases.end(first, DeliveryState.FAILED, reason="stale")
        assert not await now.leases.settle(first, {"lesson": "stale"})
        assert await other.leases.end(second, DeliveryState.SENT, message="m")
    assert not await now.leases.end(first, DeliveryState.FAILED, reason="stale")
    [ended] = await now.lines()
    assert (ended.state, ended.message, ended.payload) == (DeliveryState.SENT, "m", {})


async def test_who_was_overtaken_by_themselves_writes_nothing(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    [first] = await now.claim()
    now.clock.at += LEASE
    await now.leases.recover()
    [second] = await now.claim()
    assert not await now.leases.end(first, DeliveryState.FAILED, reason="stale")
    assert await now.leases.end(second, DeliveryState.SENT, message="m")


async def test_an_end_that_comes_after_the_lease_still_counts_while_nobody_else_began(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    [entry] = await now.claim()
    now.clock.at += LEASE
    await now.leases.recover()
    assert await now.leases.end(entry, DeliveryState.SENT, message="m")
    assert await now.claim() == ()


async def test_nothing_is_begun_with_too_little_of_the_lease_left(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    [entry] = await now.claim()
    now.clock.at += timedelta(seconds=11)
    await now.sender.carry(entry)
    [back] = await now.lines()
    assert (now.platform.keys, back.state, back.attempt) == ([], DeliveryState.PLANNED, 0)


async def test_a_release_leaves_an_earlier_doubt_as_it_was(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    [first] = await now.claim()
    await now.leases.again(first, timedelta(seconds=1), reason="no answer", doubt=Doubt.STAYS)
    now.clock.at += timedelta(seconds=1)
    [second] = await now.claim()
    await now.leases.release(second)
    [third] = await now.claim()
    assert (third.doubt, third.attempt) == (MONDAY, 2)


async def test_a_workspace_with_very_many_does_not_hold_up_anothers_post(now: Stage) -> None:
    await nudges(now, 3000)
    await now.claim(50)
    await now.plan(line("s1", MONDAY, workspace="hand:w2"))
    claimed = await now.claim(10)
    assert (next(each.name.workspace for each in claimed if not each.name.person), len(claimed)) == ("hand:w2", 10)


async def test_its_own_post_goes_before_its_own_nudges(now: Stage) -> None:
    await nudges(now, 100)
    await now.plan(line("s1", MONDAY))
    [first] = await now.claim(1)
    assert first.name.schedule == "s1"


async def test_workspaces_take_turns(now: Stage) -> None:
    for workspace in ("hand:a", "hand:b", "hand:c"):
        await nudges(now, 60, workspace=workspace)
    turns: Counter[str] = Counter()
    for _ in range(9):
        turns.update(each.name.workspace for each in await now.claim(10))
    assert sum(turns.values()) == 90
    assert max(turns.values()) - min(turns.values()) <= 4


async def test_what_some_leave_over_goes_to_the_others(now: Stage) -> None:
    for workspace, count in (("hand:a", 2), ("hand:b", 30), ("hand:c", 3)):
        await nudges(now, count, workspace=workspace)
    claimed = await now.claim(24)
    assert Counter(each.name.workspace for each in claimed) == {"hand:a": 2, "hand:b": 19, "hand:c": 3}
    assert len(await now.claim(24)) == 11


async def test_a_claim_asks_the_database_no_oftener_for_sixteen_workspaces_than_for_one(
    now: Stage, asked: list[str]
) -> None:
    await nudges(now, 8)
    await now.claim(2)
    asked.clear()
    await now.claim(2)
    of_one = len(asked)
    for number in range(16):
        await nudges(now, 3, workspace=f"hand:x{number:02}")
    asked.clear()
    claimed = await now.claim(32)
    assert (len({each.name.workspace for each in claimed}), len(asked)) == (16, of_one)


async def test_who_comes_late_starts_level_and_not_ahead(now: Stage) -> None:
    await nudges(now, 200, workspace="hand:a")
    for _ in range(10):
        await now.claim(10)
    await nudges(now, 200, workspace="hand:b")
    turns: Counter[str] = Counter()
    for _ in range(6):
        turns.update(each.name.workspace for each in await now.claim(10))
    assert abs(turns["hand:a"] - turns["hand:b"]) <= 12


async def test_more_workspaces_than_one_claim_goes_round_all_get_their_turn(now: Stage) -> None:
    for number in range(40):
        await nudges(now, 3, workspace=f"hand:w{number:02}")
    turns: Counter[str] = Counter()
    for _ in range(5):
        turns.update(each.name.workspace for each in await now.claim(16))
    assert (len(turns), max(turns.values())) == (40, 2)


async def test_a_front_end_is_never_faster_than_its_rate(now: Stage) -> None:
    await nudges(now, 100)
    taken = []
    async with replica(now, rates=Rates(front=Rate(10, 5))) as one, replica(now, rates=Rates(front=Rate(10, 5))) as two:
        for number in range(40):
            taken += [now.clock.at] * len(await (two if number % 3 else one).claim(20))
            now.clock.at += timedelta(milliseconds=100)
    within = [sum(begin <= each < begin + timedelta(seconds=1) for each in taken) for begin in taken]
    assert max(within) <= 15
    assert 40 <= len(taken) <= 45


async def test_a_courier_waits_for_the_rate_and_sends_everything(now: Stage) -> None:
    await nudges(now, 60)
    async with replica(now, rates=Rates(front=Rate(50, 5))) as paced:
        await paced.carry()
    assert len(now.platform.keys) == 60
    assert timedelta(seconds=1) < now.clock.at - MONDAY < timedelta(seconds=1.5)


async def test_a_place_is_never_faster_than_its_rate_and_others_do_not_wait(now: Stage) -> None:
    lines = [line(f"s{number}", MONDAY) for number in range(3)]
    await now.plan(*(replace(each, address="same") for each in lines), line("s9", MONDAY))
    async with replica(now, rates=Rates(place=Rate(1, 1))) as paced:
        for stand in (2, 3, 4):
            await paced.carry()
            assert len(now.platform.keys) == stand
            now.clock.at += timedelta(seconds=1)
    assert sorted(now.platform.keys) == [f"hand:w1/post/s{number}/2026-01-05" for number in (0, 1, 2, 9)]
    assert {each.attempt for each in await now.lines()} == {1}


@pytest.mark.parametrize(
    ("reach", "still"),
    [(Reach.PLACE, {"b1", "c1"}), (Reach.WORKSPACE, {"c1"}), (Reach.EVERYWHERE, set())],
)
async def test_a_storm_slows_its_own_lane_only(now: Stage, reach: Reach, still: set[str]) -> None:
    now.platform.script = lambda address, _key: later(60.0, reach=reach) if address == "place-a1" else None
    await now.plan(line("a1", MONDAY))
    await now.carry()
    now.platform.posts.clear()
    await now.plan(line("b1", MONDAY), line("c1", MONDAY, workspace="hand:w2"))
    await now.plan(replace(line("a2", MONDAY), address="place-a1"))
    await now.tick(1)
    assert {post.address.removeprefix("place-") for post in now.platform.posts} == still
    now.platform.script = lambda _address, _key: None
    await now.tick(80)
    await now.tick(1)
    assert {state for _, state in await now.states()} == {"sent"}


async def test_one_that_answers_slowly_leaves_hands_for_the_others(now: Stage) -> None:
    await nudges(now, 100, workspace="hand:slow")
    await nudges(now, 3, workspace="hand:w2")
    found = await now.leases.claim("hand", 16, in_hand={"hand:slow": 8}, each=8)
    assert Counter(each.name.workspace for each in found.entries) == {"hand:w2": 3}


async def test_a_workspace_has_eight_of_the_sixteen_hands_and_no_more(now: Stage) -> None:
    now.platform.script = lambda _address, _key: Fault.HANGS
    await nudges(now, 20, workspace="hand:slow")
    await nudges(now, 3, workspace="hand:w2")
    work = asyncio.create_task(now.courier.work("hand"))
    for _ in range(11):
        await now.platform.hanging.acquire()
    in_hand = [each.name.workspace for each in await now.lines() if each.state is DeliveryState.CLAIMED]
    assert Counter(in_hand) == {"hand:slow": 8, "hand:w2": 3}
    now.platform.let_go.set()
    await work
    await now.courier.idle()
    assert Counter(state for _, state in await now.states(DeliveryKind.NUDGE)) == {"sent": 23}


async def test_a_row_of_an_unknown_kind_fails_with_a_reason_and_holds_nobody_up(now: Stage) -> None:
    await now.plan(line("s1", MONDAY), line("s2", MONDAY), line("s3", MONDAY))
    table = tables.delivery
    async with now.store.transaction() as connection:
        await connection.execute(update(table).where(table.c.schedule == "s2").values(kind="parade"))
    await now.carry()
    async with now.store.reading() as connection:
        found = await connection.execute(select(table.c.schedule, table.c.state, table.c.reason).order_by("schedule"))
        rows = [tuple(row) for row in found]
    assert rows == [("s1", "sent", ""), ("s2", "failed", UNKNOWN_KIND.format(kind="parade")), ("s3", "sent", "")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_restart_on_a_file_of_its_own_need_not_wait_for_leases(now: Stage) -> None:
    await now.plan(line("s1", MONDAY))
    await now.claim()
    async with replica(now) as successor:
        await successor.tick(15)
    assert await now.states() == [("2026-01-05", "sent")]
