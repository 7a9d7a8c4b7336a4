"""What `/metrics` counts and times, by Prometheus' own library. No label ever holds a person or a workspace."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 3.0)
LATE_SECONDS = (1, 5, 15, 60, 300, 1800, 3600, 21600)
"""Five minutes is where a post begins to count as late."""
WAIT_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 3600)

Timed = Callable[[str, float], None]
"""Told what took how many seconds."""


def untimed(_what: str, _seconds: float) -> None:
    return None


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self._registry = made = CollectorRegistry()
        self._commands = Counter("dualo_commands", "Commands answered.", ["command", "outcome"], registry=made)
        self._seconds = _histogram(
            made, "dualo_command_seconds", "Time from a command to its view.", "command", "outcome"
        )
        self._database = _histogram(
            made, "dualo_database_seconds", "Time of a transaction, waiting for its turn included.", "door"
        )
        self._lessons = Gauge("dualo_lessons", "Lessons that are taught.", registry=made)
        self._reloads = Counter("dualo_reloads", "Reloads of content.", ["outcome"], registry=made)
        self._deliveries = Counter(
            "dualo_deliveries", "Posts and reminders, as their platform answered.", ["front", "outcome"], registry=made
        )
        self._late = _histogram(
            made, "dualo_delivery_late_seconds", "How long after its time something was sent.", "front", "kind",
            buckets=LATE_SECONDS,
        )  # fmt: skip
        self._waits = _histogram(
            made, "dualo_rate_limit_wait_seconds", "Waits for a rate limit of a platform.", "front", "told_by",
            buckets=WAIT_SECONDS,
        )  # fmt: skip
        self._due = Gauge("dualo_lines_due", "Lines of the outbox whose time has come.", ["front"], registry=made)
        self._overdue = Gauge("dualo_lines_overdue", "Those of them that are late already.", ["front"], registry=made)

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        self._commands.labels(command, outcome).inc()
        self._seconds.labels(command, outcome).observe(seconds)

    def stored(self, door: str, seconds: float) -> None:
        self._database.labels(door).observe(seconds)

    def taught(self, lessons: int) -> None:
        self._lessons.set(lessons)

    def reloaded(self, outcome: str) -> None:
        self._reloads.labels(outcome).inc()

    def delivered(self, front: str, outcome: str) -> None:
        self._deliveries.labels(front, outcome).inc()

    def sent(self, front: str, kind: str, late: float) -> None:
        """So many seconds after its time; nothing is sent before it."""
        self._late.labels(front, kind).observe(max(0.0, late))

    def waited(self, front: str, told_by: str, seconds: float) -> None:
        self._waits.labels(front, told_by).observe(seconds)

    def waiting(self, front: str, *, due: int, overdue: int) -> None:
        self._due.labels(front).set(due)
        self._overdue.labels(front).set(overdue)

    def page(self) -> tuple[bytes, str]:
        """The page, and what kind of text it is."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


def _histogram(
    registry: CollectorRegistry, name: str, words: str, *labels: str, buckets: tuple[float, ...] = SECONDS
) -> Histogram:
    return Histogram(name, words, labels, registry=registry, buckets=buckets)
