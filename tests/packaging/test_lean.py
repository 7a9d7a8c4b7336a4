"""A process that serves for months holds in memory what it serves with: the rest is loaded when somebody needs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SERVING = """
import asyncio, json, sys
from bot import __main__

async def serve():
    from bot.core import ports
    from bot.features import commands
    from bot.process import main
    from bot.process.cli import start
    async with main.running(start.chosen()) as process:
        {front_end}
        ada = ports.Actor(workspace="w", person="ada")
        reply = await process.engine.handle(commands.Next(theme="backend-architectures"), ada)
        assert type(reply.view).__name__ == "LessonPage", reply.view
        print(json.dumps([name for name, module in sys.modules.items() if module is not None]))

def run(ours, real=asyncio.run):
    ours.close()
    real(serve())

asyncio.run = run
__main__.main(["run"])
"""
FRONT_ENDS = {
    "web": "",
    "discord": "import adapters.discord.adapter",
    "slack": "import adapters.slack.adapter",
}
NEVER = {
    "alembic": "a first start draws its tables by itself",
    "apscheduler": "a rival to measure against",
    "asyncpg": "PostgreSQL's driver",
    "holidays": "loaded with the first schedule that keeps them",
    "prometheus_client": "loaded when somebody asks for /metrics",
    "pydantic": "the settings are read without it",
    "pygments": "for the terminal",
    "rapidfuzz": "loaded when somebody first mistypes",
    "rich": "for the terminal",
    "spellchecker": "for `dualo content check`",
    "typer": "for the terminal",
    "yaml": "themes in the common form need no parser",
    "bot.process.cli.app": "for the terminal",
    "bot.packs.lint": "for `dualo content check`",
}


def loaded(folder: Path, front_end: str) -> set[str]:
    """Every module in memory once the process has started, warmed up and answered `/next`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
    settings = {"PYTHONPATH": str(ROOT), "DUALO_DATA_DIR": str(folder), "DUALO_HTTP_PORT": "0"}
    script = SERVING.format(front_end=FRONT_ENDS[front_end] or "pass")
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**kept, **settings},
        cwd=folder,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_a_process_that_serves_from_sqlite_holds_no_library_that_it_does_not_need(
    tmp_path: Path, front_end: str
) -> None:
    found = loaded(tmp_path, front_end)
    assert "bot.engine" in found
    assert {name: why for name, why in NEVER.items() if name in found} == {}


@pytest.mark.parametrize(("front_end", "others"), [("web", {"discord", "slack_bolt"}), ("discord", {"slack_bolt"})])
def test_a_chat_that_is_not_served_is_not_loaded(tmp_path: Path, front_end: str, others: set[str]) -> None:
    assert others & loaded(tmp_path, front_end) == set()
