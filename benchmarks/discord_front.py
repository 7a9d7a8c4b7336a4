"""What Dualo costs in Discord: `/next` against a bare discord.py bot.

Both answer with the same message; the rival's is a constant (see `benchmarks.fronts`).
Dualo is the whole product: `dualo run` with SQLite as its store, a fresh one each time, and every theme that comes
along.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from adapters.discord import painter
from benchmarks import fronts
from benchmarks.result import Progress, Result

ROUNDS = 5
TOGETHER = 1_500
LATENCY = 1.5


async def run(progress: Progress) -> Result:
    figures = {"bare": fronts.Figures(), "dualo": fronts.Figures()}
    with fronts.as_installed():
        refused = await _rounds(figures, progress)
    title = f"/next in Discord against a bare discord.py bot (the best of {ROUNDS} rounds in turn, for each)"
    return Result(title, fronts.lines(figures["bare"], figures["dualo"], latency=LATENCY, refused=refused))


async def _rounds(figures: Mapping[str, fronts.Figures], progress: Progress) -> int:
    """Both sides in turn; how many answers Discord refused comes out."""
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
    return len(book["rejected"]) + len(book["unexpected"])


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
        answer.write_text(painter.draw(fronts.lesson(), painter.AT_EASE).json, encoding="utf-8")
        return ["-m", "benchmarks.discord_bare", told["api_url"], told["gateway_url"], told["token"], str(answer)], {}
    return ["-m", "bot", "run"], {"DISCORD_TOKEN": told["token"], "DISCORD_API_URL": told["api_url"]}
