"""The stage of the promises, for breaking what is around a process."""

from __future__ import annotations

from tests.promises.conftest import shared, stage

__all__ = ["shared", "stage"]
