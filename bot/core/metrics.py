"""Counts and times for `/metrics`. Prometheus' library is loaded when somebody first asks for the page."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Metric

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 3.0)
"""Seconds."""


class Metrics:
    """What is counted. No label ever holds a person or a workspace."""

    def __init__(self) -> None:
        self.lessons = 0
        self._commands: Counter[tuple[str, ...]] = Counter()
        self._reloads: Counter[tuple[str, ...]] = Counter()
        self._deliveries: Counter[tuple[str, ...]] = Counter()
        self._within = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        self._commands[command, outcome] += 1
        self._within[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def reloaded(self, outcome: str) -> None:
        self._reloads[outcome,] += 1

    def delivered(self, front: str, outcome: str) -> None:
        self._deliveries[front, outcome] += 1

    def page(self) -> tuple[bytes, str]:
        """The page, and what kind of text it is."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def collect(self) -> Iterator[Metric]:
        """All of it, as Prometheus' library asks for it."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        def counter(name: str, words: str, labels: list[str], counted: Counter[tuple[str, ...]]) -> Metric:
            family = CounterMetricFamily(name, words, labels=labels)
            for values, times in sorted(counted.items()):
                family.add_metric(list(values), times)
            return family

        yield counter("dualo_commands", "Commands answered.", ["command", "outcome"], self._commands)
        bounds = [*map(str, BOUNDS), "+Inf"]
        buckets = list(zip(bounds, accumulate(self._within), strict=True))
        yield HistogramMetricFamily("dualo_command_seconds", "Time from a command to its view.", buckets, self._seconds)
        yield GaugeMetricFamily("dualo_lessons", "Lessons on the shelf.", self.lessons)
        yield counter("dualo_reloads", "Reloads of content.", ["outcome"], self._reloads)
        words = "Posts and reminders, as their platform answered."
        yield counter("dualo_deliveries", words, ["front", "outcome"], self._deliveries)
