"""The threat model names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"))))


def test_every_test_of_security_stands_in_the_threat_model() -> None:
    held = {f"tests/security/{path.name}" for path in (ROOT / "tests" / "security").glob("test_*.py")}
    assert held - set(NAMED) == set()


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_the_threat_model_names_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
