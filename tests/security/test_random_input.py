"""Whatever is typed, by whoever, gets an answer that every front end can show: no bug, no reference, nothing too large,
and nothing that keeps the others waiting.

A few hundred lines run each time; `DUALO_THOROUGH=1` types ten thousand.
"""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.discord import painter as discord_painter
from adapters.slack import painter as slack_painter
from adapters.web import painter as web_painter
from bot.core import typed, views
from bot.core.errors import StudyError
from bot.core.ports import Actor
from bot.engine import StudyEngine
from bot.features import commands
from bot.process import settings
from bot.process.main import running
from tests import steps
from tests.conftest import Learner
from tests.thoroughness import THOROUGH

LINES = 10_000 if THOROUGH else 400
SEED = 20_261_128
MOST_CALLS = 60_000
"""Of functions in one step of the loop, the drawing for all front ends with it: far below what 50 ms are enough for.
`python -m benchmarks pauses` tells the milliseconds."""
PIECES = (
    *("", " ", "0", "-1", "3", "99999999999999999999", "1e9", "on", "off", "yes", "help", "concurrency", "pool"),
    *("backend-architectures", "backend-architectures/layers", "theme:backend-architectures", "lesson:3", "nonsense:x"),
    *(
        "@everyone",
        "<@1>",
        "<!channel>",
        "<@&1>",
        "#general",
        "<#1>",
        "@bob",
        "`",
        "```",
        "**",
        "||",
        "~~",
        "<b>",
        "&amp;",
    ),
    *("2026-02-30", "25:61", "friday", "2 weeks", "Europe/Paris", "Europe/Pariss", "mon,thu", "daily", "wed 09:00"),
    *('"', "'", "“a", "\\", "{0}", "%s", "$(id)", "../../etc/passwd", "'; DROP TABLE learner; --", "\x00", "\u202e"),
    *("x" * 300, "é" * 100, "🙂" * 60, "a\nb", "\t", "=1+1", "https://example.org/?a=b&c=d", "{}", "[]", "null"),
)


def lines(count: int) -> Sequence[str]:
    rng = random.Random(SEED)
    names = sorted({spec.name for spec in commands.all_specs()})
    options = sorted({option.name for spec in commands.all_specs() for option in spec.options})
    made = []
    for _ in range(count):
        words = [rng.choice(names)] if rng.random() < 0.9 else []
        for _ in range(rng.randrange(4)):
            piece = rng.choice(PIECES)
            words.append(f"{rng.choice(options)}:{piece}" if rng.random() < 0.4 else piece)
        made.append(" ".join(words))
    return made


def people(engine: StudyEngine) -> Sequence[Learner]:
    """Every role in several tenants of every platform."""
    return [
        Learner(engine, Actor(workspace, "ada", manages=manages, private=private))
        for workspace in ("web", "discord:41", "discord:dm:7", "slack:T1")
        for manages in (False, True)
        for private in (False, True)
    ]


def shown(view: views.View) -> list[str]:
    """Why one of the chats could not show it; the page takes what it can draw."""
    web_painter.draw(view, views.Reader())
    return [*discord_painter.fits(view), *slack_painter.fits(view, views.Reader())]


@pytest.mark.timeout(1200)
async def test_no_typed_line_breaks_anything(engine: StudyEngine) -> None:
    everybody = people(engine)
    rng = random.Random(SEED)
    with steps.counted() as longest:
        for line in lines(LINES):
            person = rng.choice(everybody)
            try:
                command = typed.converse(line) if rng.random() < 0.2 else typed.parse(line)
            except StudyError:
                continue
            view = await person.does(command)
            assert "Something broke" not in repr(view), (line, person.actor)
            assert shown(view) == [], (line, person.actor)
            await asyncio.sleep(0)  # the step ends
            assert longest.taken() < MOST_CALLS, (line, person.actor)


async def test_the_garbage_collector_need_not_look_over_what_lives_as_long_as_the_process(tmp_path: Path) -> None:
    """That took longer than any line, each time, and now and then for one."""
    environ = {"DUALO_DATA_DIR": str(tmp_path), "DUALO_HTTP_PORT": "0", "DUALO_WEB": "on"}
    async with running(settings.read(environ)):
        assert gc.get_freeze_count() > 50_000
    assert gc.get_freeze_count() == 0
