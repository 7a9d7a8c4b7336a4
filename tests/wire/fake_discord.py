"""The little Discord's door: `FakeDiscord` for tests, and a process of its own with `python -m`."""

from __future__ import annotations

from tests.wire.discord.server import FakeDiscord

__all__ = ["FakeDiscord"]
