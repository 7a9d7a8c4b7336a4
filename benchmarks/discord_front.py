"""What Dualo costs in Discord: `/next` against a bare discord.py bot.

Both answer with the same words; the rival's are a constant, a container without buttons (see `benchmarks.fronts`).
Dualo is the whole product: `dualo run` with SQLite as its store, a fresh one each time, and every theme that comes
along.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from statistics import median

from adapters.discord import limits, painter
from benchmarks import fronts
from benchmarks.result import Progress, Result

ROUNDS = 5
TOGETHER = 1_500
LATENCY = 1.5


async def run(progress: Progress) -> Result:
    fronts.as_installed()
    figures = {"bare": fronts.Figures(), "dualo": fronts.Figures()}
    async with fronts.fake("tests.wire.fake_discord") as discord:
        place = await discord.call("guild", name="Team")
        person = await discord.call("person", name="ada", guild=place["id"])
        asked = {
            "person": person["id"],
            "channel": place["channels"]["general"],
            "line": "next",
            "options": {"theme": fronts.THEME},
        }
        for number in range(ROUNDS):
            for who, kept in figures.items():
                progress(f"round {number + 1} of {ROUNDS}, {who}")
                await _measure(discord, who, asked, kept)
        book = await discord.call("book")
    refused = len(book["rejected"]) + len(book["unexpected"])
    title = f"/next in Discord against a bare discord.py bot (the best of {ROUNDS} rounds in turn, for each)"
    return Result(title, fronts.lines(figures["bare"], figures["dualo"], latency=LATENCY, refused=refused))


async def _measure(discord: fronts.Fake, who: str, asked: dict[str, object], kept: fronts.Figures) -> None:
    with tempfile.TemporaryDirectory() as folder:
        words, settings = _side(discord, who, Path(folder))
        kept.begin()
        async with fronts.serving(words, Path(folder), settings) as process:
            await discord.call("connected", shards=1, within=30)
            await discord.call("slash", **asked)
            kept.started()
            await discord.call("load", **asked, count=fronts.WARMING, in_flight=5)
            alone = await discord.call("load", **asked, count=fronts.ALONE, in_flight=1)
            together = await discord.call("load", **asked, count=TOGETHER, in_flight=fronts.IN_FLIGHT)
            kept.keep(process, latency=median(alone["latencies"]) * 1000, per_second=together["per_second"])


def _side(discord: fronts.Fake, who: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    told = discord.told
    if who == "bare":
        answer = folder / "answer.json"
        answer.write_text(json.dumps(_words()), encoding="utf-8")
        return ["-m", "benchmarks.discord_bare", told["api_url"], told["gateway_url"], told["token"], str(answer)], {}
    return ["-m", "bot", "run"], {"DISCORD_TOKEN": told["token"], "DISCORD_API_URL": told["api_url"]}


def _words() -> list[str]:
    """The fronts.lesson as Dualo draws it, text by text."""
    parts = limits.walk(painter.draw(fronts.lesson(), painter.AT_EASE).components)
    return [said for each in parts if isinstance(said := each.get("content"), str)]
