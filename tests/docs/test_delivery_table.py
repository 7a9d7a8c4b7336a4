"""The table of crashes names tests; each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.delivery import leases

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))
SOURCES = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))


def test_every_row_of_the_table_names_a_test() -> None:
    rows = [line for line in PAGE.split("## What can happen")[1].splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert [row for row in rows if "`test_" not in row] == []


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_the_table_names_is_there(name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", SOURCES, re.MULTILINE)


@pytest.mark.parametrize("name", ["LEASE", "BEGIN_WITHIN", "SEND_WITHIN", "MARGIN", "SETTLES"])
def test_the_arithmetic_is_that_of_the_code(name: str) -> None:
    assert f"| `{name}` | {getattr(leases, name).total_seconds():.0f} |" in PAGE
