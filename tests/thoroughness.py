"""How much is tried: the usual run takes a sample, `DUALO_THOROUGH=1` many times as much."""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("DUALO_THOROUGH"))
