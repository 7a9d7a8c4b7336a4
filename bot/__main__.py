"""`dualo`, and `python -m bot`. A process that serves, perhaps for months, loads nothing that only a terminal needs."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


def main(words: Sequence[str] | None = None) -> None:
    words = sys.argv[1:] if words is None else words
    if words and words[0] == "run" and set(words[1:]) <= {"--open"}:
        gc.disable()  # what an import makes stays; looking through it again and again is a tenth of the start
        with _without("rich"):
            from bot.process.cli.run import start
        gc.enable()
        start(browser="--open" in words)
    else:
        from bot.process.cli.app import app

        app(list(words))


@contextmanager
def _without(library: str) -> Iterator[None]:
    """structlog loads all of Rich where there is one, for tracebacks that our logs draw plainly."""
    absent = library not in sys.modules
    if absent:
        sys.modules[library] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[library]


if __name__ == "__main__":
    main()
