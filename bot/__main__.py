"""`dualo`, and `python -m bot`. A process that serves loads nothing of the other commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> None:
    given = list(sys.argv[1:] if words is None else words)
    if given == ["run"]:
        from bot.process.cli import run

        run.start()
        return
    from bot.process.cli.app import app

    app(given)


if __name__ == "__main__":
    main()
