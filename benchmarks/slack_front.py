"""What Dualo costs in Slack: `/next` against a bare slack-bolt bot, over Socket Mode, ending on the reader's screen.

Both answer with the same message; the rival's is a constant (see `benchmarks.fronts`). Dualo is the whole product:
`dualo run` with SQLite as its store, a fresh one each time, and every theme that comes along.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from adapters.slack import painter, responder
from benchmarks import fronts
from benchmarks.result import Progress, Result
from bot.core.views import Reader, Reply

ROUNDS = 5
TOGETHER = 3_000
LATENCY = 1.0


async def run(progress: Progress) -> Result:
    figures = {"bare": fronts.Figures(), "dualo": fronts.Figures()}
    with fronts.as_installed():
        refused = await _rounds(figures, progress)
    title = f"/next in Slack against a bare slack-bolt bot (the best of {ROUNDS} rounds in turn, for each)"
    return Result(title, fronts.lines(figures["bare"], figures["dualo"], latency=LATENCY, refused=refused))


async def _rounds(figures: Mapping[str, fronts.Figures], progress: Progress) -> int:
    """Both sides in turn; how often Slack had to complain comes out."""
    refused = 0
    async with fronts.fake("tests.wire.fake_slack") as slack:
        team = await slack.call("team", name="Team")
        asked = {"team": team["team"], "command": "/next", "text": fronts.THEME}
        for number in range(ROUNDS):
            for who, kept in figures.items():
                progress(f"round {number + 1} of {ROUNDS}, {who}")
                refused += await _measure(slack, who, team["token"], asked, kept)
    return refused


async def _measure(slack: fronts.Fake, who: str, token: str, asked: dict[str, object], kept: fronts.Figures) -> int:
    """One run of one side; how often Slack had to complain comes out."""
    with tempfile.TemporaryDirectory() as folder:
        words, settings = _side(slack, who, token, Path(folder))
        kept.begin()
        async with fronts.serving(words, Path(folder), settings) as process:
            await slack.call("connected", count=1, within=30)
            await slack.call("storm", **asked, count=1)
            kept.started()
            await slack.call("storm", **asked, count=fronts.WARMING, in_flight=5)
            alone = await slack.call("storm", **asked, count=fronts.ALONE)
            together = await slack.call("storm", **asked, count=TOGETHER, in_flight=fronts.IN_FLIGHT)
            kept.keep(process, latency=alone["p50_ms"], per_second=together["per_second"])
            trouble: list[str] = (await slack.call("trouble"))["trouble"]
    await slack.call("connected", count=0, within=30)
    await slack.call("forget")
    return len(trouble)


def _side(slack: fronts.Fake, who: str, token: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    if who == "bare":
        answer = folder / "answer.json"
        answer.write_text(responder.response(Reply(fronts.lesson(), Reader()), painter.PLAIN_NAMES), encoding="utf-8")
        given = [slack.told["api_url"], token, slack.told["app_token"], str(answer)]
        return ["-m", "benchmarks.slack_bare", *given], {}
    settings = {
        "SLACK_BOT_TOKEN": token,
        "SLACK_APP_TOKEN": slack.told["app_token"],
        "SLACK_API_URL": slack.told["api_url"],
    }
    return ["-m", "bot", "run"], settings
