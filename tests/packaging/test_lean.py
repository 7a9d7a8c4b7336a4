"""A chat's library is loaded only by a process that serves that chat."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LIBRARIES = {"discord", "slack_bolt", "slack_sdk"}
SERVING = """
import asyncio, json, os, sys
from bot.core import ports
from bot.features import commands
from bot.process import main, settings
from bot.process.cli import app

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
    assert LIBRARIES & set(json.loads(done.stdout.splitlines()[-1])) == wanted
