"""Run the measurements named on the command line, or all of them."""

from __future__ import annotations

import asyncio
import importlib
import os
import platform
import sys
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from benchmarks.result import Result

BENCHMARKS = {
    "shelf": "benchmarks.shelf",
    "growth": "benchmarks.growth",
    "hot": "benchmarks.hot",
    "planning": "benchmarks.planning",
    "claiming": "benchmarks.claiming",
    "pace": "benchmarks.pace",
    "migrating": "benchmarks.migrating",
    "discord_front": "benchmarks.discord_front",
    "slack_front": "benchmarks.slack_front",
}

out = Console(highlight=False)


async def _run(name: str) -> Result:
    module = importlib.import_module(BENCHMARKS[name])
    with out.status(name) as status:
        result: Result = await module.run(lambda what: status.update(f"{name}: {what}"))
    return result


def _show(result: Result) -> None:
    table = Table(title=result.title, title_justify="left", box=None, pad_edge=False)
    for heading in ("what", "ours", "against", "promise", ""):
        table.add_column(heading)
    words = {True: "kept", False: "MISSED", None: ""}
    for line in result.lines:
        table.add_row(line.what, line.ours, line.against, line.promise, words[line.kept])
    out.print(table)
    out.print()


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        out.print(f"There is no {unknown[0]!r}. There is: {', '.join(BENCHMARKS)}")
        return 2
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    out.print(f"{machine}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n")
    for name in names or list(BENCHMARKS):
        _show(asyncio.run(_run(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
