"""What `/metrics` counts and times, by Prometheus' own library. No label ever holds a person or a workspace."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 3.0)


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self._registry = made = CollectorRegistry()
        self._commands = Counter("dualo_commands", "Commands answered.", ["command", "outcome"], registry=made)
        self._seconds = Histogram(
            "dualo_command_seconds", "Time from a command to its view.", buckets=SECONDS, registry=made
        )
        self._lessons = Gauge("dualo_lessons", "Lessons that are taught.", registry=made)
        self._reloads = Counter("dualo_reloads", "Reloads of content.", ["outcome"], registry=made)
        self._deliveries = Counter(
            "dualo_deliveries", "Posts and reminders, as their platform answered.", ["front", "outcome"], registry=made
        )

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        self._commands.labels(command, outcome).inc()
        self._seconds.observe(seconds)

    def taught(self, lessons: int) -> None:
        self._lessons.set(lessons)

    def reloaded(self, outcome: str) -> None:
        self._reloads.labels(outcome).inc()

    def delivered(self, front: str, outcome: str) -> None:
        self._deliveries.labels(front, outcome).inc()

    def page(self) -> tuple[bytes, str]:
        """The page, and what kind of text it is."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
