"""What the bot and the process that fetches for it say to each other."""

from __future__ import annotations

from datetime import datetime

from bot.core.record import Record


class FetchOrder(Record):
    """What to fetch, and where to put it."""

    origin: str
    repository: str
    branch: str
    folder: str
    into: str
    known: str = ""
    """The commit that is there already."""
    user: str = ""
    password: str = ""


class Fetched(Record):
    """What came of it: a commit, or why there is none."""

    commit: str = ""
    made: datetime | None = None
    problem: str = ""
