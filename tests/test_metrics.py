"""What `/metrics` says, read with Prometheus' own parser."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from bot.core.metrics import Metrics


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
    buckets = {bound: found["dualo_command_seconds_bucket", bound] for bound in bounds}
    assert buckets == {"0.001": 1, "0.0025": 1, "0.005": 2, "3.0": 2, "+Inf": 3}
    assert found["dualo_command_seconds_count",] == 3
    assert round(found["dualo_command_seconds_sum",], 6) == 60.005


def test_lessons_reloads_and_deliveries_are_told() -> None:
    metrics = Metrics()
    metrics.taught(26)
    metrics.reloaded("taken")
    metrics.delivered("discord", "sent")
    found = read(metrics)
    assert found["dualo_lessons",] == 26
    assert found["dualo_reloads_total", "taken"] == 1
    assert found["dualo_deliveries_total", "discord", "sent"] == 1
