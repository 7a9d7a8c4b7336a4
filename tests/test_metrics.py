"""What `/metrics` says, read with Prometheus' own parser."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.core.metrics import Metrics
from bot.domain.course import Key
from bot.domain.learner import Seat
from bot.store.database import Database
from bot.store.hot.operations import Bookmark
from bot.store.store import opened


def read(metrics: Metrics) -> dict[tuple[str, ...], float]:
    page, kind = metrics.page()
    assert kind.startswith("text/plain")
    families = text_string_to_metric_families(page.decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_each_command_counts_by_its_outcome() -> None:
    metrics = Metrics()
    for outcome in ("answered", "answered", "hint"):
        metrics.answered("next", outcome, 0.01)
    found = read(metrics)
    assert found["dualo_commands_total", "next", "answered"] == 2
    assert found["dualo_commands_total", "next", "hint"] == 1


def test_a_time_counts_in_every_bucket_that_holds_it() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.004, 60.0):
        metrics.answered("next", "answered", seconds)
    found = read(metrics)
    bounds = ("0.001", "0.0025", "0.005", "3.0", "+Inf")
    buckets = {bound: found["dualo_command_seconds_bucket", "next", bound, "answered"] for bound in bounds}
    assert buckets == {"0.001": 1, "0.0025": 1, "0.005": 2, "3.0": 2, "+Inf": 3}
    assert found["dualo_command_seconds_count", "next", "answered"] == 3
    assert round(found["dualo_command_seconds_sum", "next", "answered"], 6) == 60.005


def test_each_outcome_of_a_command_has_its_own_times() -> None:
    metrics = Metrics()
    metrics.answered("next", "answered", 0.004)
    metrics.answered("next", "broken", 2.0)
    found = read(metrics)
    assert found["dualo_command_seconds_bucket", "next", "0.005", "answered"] == 1
    assert found["dualo_command_seconds_bucket", "next", "0.005", "broken"] == 0


def test_nothing_is_sent_before_its_time() -> None:
    metrics = Metrics()
    metrics.sent("discord", "post", -0.2)
    assert read(metrics)["dualo_delivery_late_seconds_sum", "discord", "post"] == 0


async def test_every_door_of_the_database_is_timed(database_url: str) -> None:
    metrics = Metrics()
    async with opened(Database(database_url, timed=metrics.stored)) as store:
        await store.standing(Seat("web", "ada"))
        await store.write(
            Bookmark(Seat("web", "ada"), Key("backend-architectures", "layers"), datetime(2026, 1, 5, tzinfo=UTC))
        )
        await store.ping()
        async with store.transaction() as connection:
            await connection.execute(text("SELECT 1"))
    counted = {name[1] for name in read(metrics) if name[0] == "dualo_database_seconds_count"}
    assert counted == {"hot_read", "hot_write", "cold_read", "cold_write"}


def test_lessons_reloads_and_deliveries_are_told() -> None:
    metrics = Metrics()
    metrics.taught(26)
    metrics.reloaded("taken")
    metrics.delivered("discord", "sent")
    found = read(metrics)
    assert found["dualo_lessons",] == 26
    assert found["dualo_reloads_total", "taken"] == 1
    assert found["dualo_deliveries_total", "discord", "sent"] == 1
