"""Counts and times for `/metrics`, in a registry of this process's own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """What is counted. No label ever holds a person or a workspace."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.commands = Counter("dualo_commands", "Commands answered.", ["command", "outcome"], registry=self.registry)
        self.seconds = Histogram(
            "dualo_command_seconds",
            "Time from a command to its view.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 3),
            registry=self.registry,
        )
        self.lessons = Gauge("dualo_lessons", "Lessons on the shelf.", registry=self.registry)
        self.reloads = Counter("dualo_reloads", "Reloads of content.", ["outcome"], registry=self.registry)
        self.deliveries = Counter(
            "dualo_deliveries",
            "Posts and reminders, as their platform answered.",
            ["front", "outcome"],
            registry=self.registry,
        )

    def delivered(self, front: str, outcome: str) -> None:
        self.deliveries.labels(front, outcome).inc()

    def page(self) -> bytes:
        return generate_latest(self.registry)
