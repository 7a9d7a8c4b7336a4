"""Run the measurements named on the command line, or all of them."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from benchmarks.result import Progress, Result, Size


@dataclass(frozen=True, slots=True)
class Benchmark:
    module: str
    sized: bool = True
    """Whether it has a short run."""


BENCHMARKS = {
    "shelf": Benchmark("benchmarks.shelf"),
    "growth": Benchmark("benchmarks.growth"),
    "hot": Benchmark("benchmarks.hot"),
    "slow_disk": Benchmark("benchmarks.slow_disk"),
    "planning": Benchmark("benchmarks.planning"),
    "beside": Benchmark("benchmarks.beside"),
    "claiming": Benchmark("benchmarks.claiming"),
    "chaos": Benchmark("benchmarks.chaos"),
    "zones": Benchmark("benchmarks.zones"),
    "pace": Benchmark("benchmarks.pace"),
    "testing": Benchmark("benchmarks.testing"),
    "migrating": Benchmark("benchmarks.migrating"),
    "discord_front": Benchmark("benchmarks.discord_front", sized=False),
    "slack_front": Benchmark("benchmarks.slack_front", sized=False),
}
VERDICTS = {True: "kept", False: "MISSED", None: ""}

out = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
err = Console(stderr=True, highlight=False)


@contextmanager
def _showing(name: str, steps: int | None) -> Iterator[Progress]:
    """A bar where somebody looks on, plain lines where nobody does."""
    if not err.is_terminal:
        yield lambda what: err.print(f"{name}: {what}")
        return
    columns = (TextColumn("{task.fields[name]}"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=steps, name=name)
        begun: list[str] = []

        def show(what: str) -> None:
            bar.update(task, description=what, completed=len(begun))
            begun.append(what)

        yield show


async def run(name: str, size: Size) -> Result:
    """One benchmark, as its module makes it."""
    benchmark = BENCHMARKS[name]
    module = importlib.import_module(benchmark.module)
    with _showing(name, getattr(module, "STEPS", None)) as progress:
        result: Result = await (module.run(progress, size) if benchmark.sized else module.run(progress))
    return result


def _show(name: str, result: Result) -> None:
    table = Table(title=f"{name}: {result.title}", title_justify="left", box=None, pad_edge=False)
    for heading in ("what", "ours", "against", "ratio", "promise", ""):
        table.add_column(heading, justify="right" if heading == "ratio" else "left")
    for line in result.lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}×"
        table.add_row(line.what, line.ours, line.against, ratio, line.promise, VERDICTS[line.kept])
    out.print(table)
    out.print()


def _asked(words: list[str]) -> tuple[list[str], Size]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="a few seconds each, to see that they run")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs of chance `chaos` makes")
    asked = parser.parse_args(words)
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"there is no {unknown[0]!r}; there is {', '.join(BENCHMARKS)}")
    size = Size(quick=asked.quick, seeds=asked.seeds)
    return asked.names or [name for name, each in BENCHMARKS.items() if each.sized or not size.quick], size


def _machine() -> str:
    parts = (
        f"{os.cpu_count()} cores",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(f"{name} {version(name)}" for name in ("SQLAlchemy", "aiosqlite", "asyncpg")),
    )
    return ", ".join(parts)


def main(words: list[str]) -> int:
    names, size = _asked(words)
    out.print(f"{_machine()}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n")
    for name in names:
        _show(name, asyncio.run(run(name, size)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
