"""How much is tried: the usual run takes a sample, `DUALO_THOROUGH=1` many times as much."""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("DUALO_THOROUGH"))


def examples(usual: int) -> int:
    """How many Hypothesis makes up, in this run."""
    return usual * 20 if THOROUGH else usual
