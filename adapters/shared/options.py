"""Options in pages and buttons in rows: no platform shows a select of any length, or a row of any width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

Option = TypeVar("Option")


def pages(options: Sequence[Option], size: int) -> Iterator[tuple[str, Sequence[Option]]]:
    """Up to `size` options each, with the span they cover (`26–50`); one page alone has no span."""
    for at in range(0, len(options), size):
        page = options[at : at + size]
        yield f"{at + 1}–{at + len(page)}" if len(options) > size else "", page


def rows(buttons: Sequence[Option], most: int) -> Iterator[Sequence[Option]]:
    """Rows of about equal length, so that none stands alone below a full one."""
    count = -(-len(buttons) // most)
    ends = [-(-len(buttons) * number // count) for number in range(count + 1)] if count else []
    for start, end in pairwise(ends):
        yield buttons[start:end]
