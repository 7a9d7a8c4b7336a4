"""`dualo`, and `python -m bot`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot.process.cli.app import app


def main(words: Sequence[str] | None = None) -> None:
    app(list(sys.argv[1:] if words is None else words))


if __name__ == "__main__":
    main()
