"""What a delivery tells whoever watches: how late, how long it waited for limits, what still waits, and its trace."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from bot.core.metrics import Metrics
from bot.core.ports import Reach
from bot.core.record import replace
from bot.delivery.planner import Planner
from bot.domain.rate_limiter import Rate, Rates
from bot.store.database import Database
from bot.store.outbox import entries
from bot.store.store import opened
from tests.collector import collecting, told
from tests.delivery.conftest import MONDAY, Stage, line, replica, weekly
from tests.delivery.platform import later


def read(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(metrics.page()[0].decode())
    return {tuple(each.labels.values()): each.value for one in families for each in one.samples if each.name == name}


async def test_how_late_something_is_sent_is_told(stage: Stage) -> None:
    await stage.plan(line("s1", MONDAY))
    stage.clock.at = MONDAY + timedelta(seconds=90)
    await stage.carry()
    assert read(stage.metrics, "dualo_delivery_late_seconds_sum") == {("hand", "post"): 90}
    assert read(stage.metrics, "dualo_deliveries_total") == {("hand", "sent"): 1}


async def test_what_is_put_off_is_not_told_as_sent(stage: Stage) -> None:
    await stage.plan(line("s1", MONDAY))
    stage.clock.at = MONDAY
    stage.platform.turns.append(later(wait=7.0, reach=Reach.PLACE))
    await stage.carry()
    assert read(stage.metrics, "dualo_delivery_late_seconds_sum") == {}
    assert read(stage.metrics, "dualo_rate_limit_wait_seconds_sum") == {("hand", "platform"): 7}


async def test_a_wait_for_our_own_limit_is_told(stage: Stage) -> None:
    stage.clock.at = MONDAY
    async with replica(stage, rates=Rates(front=Rate(2.0))) as slow:
        await slow.plan(line("s1", MONDAY), line("s2", MONDAY))
        await slow.carry()
    assert read(slow.metrics, "dualo_rate_limit_wait_seconds_count")["hand", "dualo"] >= 1
    assert read(slow.metrics, "dualo_rate_limit_wait_seconds_sum")["hand", "dualo"] >= 0.5


async def test_what_waits_is_counted_by_front_end_and_what_is_late_besides(stage: Stage) -> None:
    moments = (MONDAY - timedelta(minutes=10), MONDAY, MONDAY + timedelta(minutes=10))
    await stage.plan(*(line(f"s{number}", moment) for number, moment in enumerate(moments)))
    first = line("s9", MONDAY)
    await stage.plan(replace(first, name=replace(first.name, workspace="foot:w1")))
    async with stage.store.reading() as connection:
        found = await entries.waiting(connection, MONDAY, late=MONDAY - timedelta(minutes=5))
    assert found == {"hand": (2, 1), "foot": (1, 0)}


async def test_a_post_is_traced_from_the_plan_to_the_platform(stage: Stage) -> None:
    await stage.plan(line("s1", MONDAY))
    stage.clock.at = MONDAY
    async with collecting() as collector:
        await stage.carry()
    assert collector.path_to("send") == ["delivery post", "send"]
    assert collector.path_to("compose") == ["delivery post", "compose"]
    assert told(collector.named("delivery post")) == {"front": "hand", "outcome": "sent"}
    assert collector.path_to("statement outbox.mark") == [
        "delivery post",
        "transaction outbox",
        "statement outbox.mark",
    ]


async def test_a_plan_is_traced_to_its_statements_and_an_idle_look_is_no_trace(stage: Stage, database_url: str) -> None:
    await stage.add(weekly())
    async with collecting() as idle:
        await stage.planner.plan()
    assert idle.spans == []
    stage.clock.at = MONDAY - timedelta(minutes=5)
    async with collecting() as collector, opened(Database(database_url)) as store:
        await Planner(store, stage.clock).plan()
    assert collector.path_to("statement insert delivery") == [
        "plan schedule",
        "transaction cold_write",
        "statement insert delivery",
    ]
