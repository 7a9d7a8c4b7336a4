"""The operator's commands, each in a process of its own that is forked from one that has loaded them.

`test_lean` and the newcomer's walk start what an operator starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.__main__ import main
from tests import forking

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 120.0


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
    return {**kept, "PYTHONPATH": str(ROOT), "DUALO_DATA_DIR": str(folder), "DUALO_HTTP_PORT": "0", **settings}


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What `dualo` with these words says, and with what it ends."""
    said = [folder / f".said-{stream}" for stream in ("out", "err")]
    process = forking.context().Process(target=_dualo, args=(words, environment(folder, **settings), folder, said))
    process.start()
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"dualo {' '.join(words)} did not end")
    out, err = (file.read_text(encoding="utf-8") for file in said)
    return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _dualo(words: Sequence[str], settings: Mapping[str, str], folder: Path, said: Sequence[Path]) -> None:
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(folder)
    for stream, file in zip((sys.stdout, sys.stderr), said, strict=True):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
    main(words)
