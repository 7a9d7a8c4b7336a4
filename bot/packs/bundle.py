"""Where the themes that come with Dualo lie: in the installed package, or beside the source tree."""

from __future__ import annotations

from pathlib import Path

_ENGINE = Path(__file__).resolve().parent.parent


def bundled() -> Path:
    """The folder of the themes that come along."""
    installed = _ENGINE / "_content"
    return installed if installed.is_dir() else _ENGINE.parent / "content"
