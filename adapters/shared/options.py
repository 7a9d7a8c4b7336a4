"""Pages of options: no platform shows a select of any length, so a long one becomes several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Option = TypeVar("Option")


def pages(options: Sequence[Option], size: int) -> Iterator[tuple[str, Sequence[Option]]]:
    """Up to `size` options each, with the span they cover (`26–50`); one page alone has no span."""
    for at in range(0, len(options), size):
        page = options[at : at + size]
        yield f"{at + 1}–{at + len(page)}" if len(options) > size else "", page
