"""A library is loaded only where it is used: a chat's by a process that serves that chat, others by what needs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LIBRARIES = {"discord", "slack_bolt", "slack_sdk"}
IDLE = {"alembic", "asyncpg", "holidays", "markdown_it", "resvg_py", "spellchecker", "typer"}
"""What stays on the shelf while SQLite serves and nothing is migrated, checked or previewed."""
SERVING = """
import asyncio, json, os, sys
from bot.core import ports
from bot.features import commands
from bot.process import main, settings
from bot.process.cli import run

async def serve():
    async with main.running(settings.read(os.environ)) as process:
        {front_end}
        reply = await process.engine.handle(commands.Next(theme="backend-architectures"), ports.Actor("w", "ada"))
        assert type(reply.view).__name__ == "LessonPage", reply.view
    print(json.dumps(sorted(sys.modules)))

asyncio.run(serve())
"""


@pytest.mark.parametrize(
    ("front_end", "wanted"),
    [
        ("pass", set()),
        ("import adapters.discord.adapter", {"discord"}),
        ("import adapters.slack.adapter", {"slack_bolt", "slack_sdk"}),
    ],
    ids=["web", "discord", "slack"],
)
def test_a_chat_that_is_not_served_is_not_loaded(tmp_path: Path, front_end: str, wanted: set[str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
    ours = {"PYTHONPATH": str(ROOT), "DUALO_DATA_DIR": str(tmp_path), "DUALO_HTTP_PORT": "0"}
    done = subprocess.run(
        [sys.executable, "-c", SERVING.format(front_end=front_end)],
        capture_output=True,
        text=True,
        env={**kept, **ours},
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert LIBRARIES & loaded == wanted
    assert not IDLE & loaded


def test_run_loads_none_of_the_other_commands(tmp_path: Path) -> None:
    """A setting that cannot be used ends it once everything is loaded."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "run"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DUALO_DATA_DIR": str(tmp_path), "DUALO_HTTP_PORT": "no port"},
        cwd=tmp_path,
        timeout=120,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 2, done.stderr
    assert "bot.process.main" in loaded
    assert not {"typer", "bot.process.cli.app", "bot.process.doctor", *IDLE} & loaded
