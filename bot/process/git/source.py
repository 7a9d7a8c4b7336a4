"""One source of content in Git, as this machine has it: the commit that is taught, and a newer one that waits.

Each commit is a folder that never changes once it is there. A file names the one that was taken last, so that a start
without a network, or with an unsound commit on the server, teaches that one.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from bot.core.ports import Clock
from bot.process.git.address import GitAddress
from bot.process.git.orders import Fetched, FetchOrder

log = structlog.get_logger(__name__)
PATIENCE = 120.0
"""Seconds that a fetch may take in all."""
_TAKEN = "taken"
_ROOT = Path(__file__).resolve().parents[3]
_SHORT = 10
_HEX = frozenset("0123456789abcdef")


class GitSource:
    """A folder in Git and what of it is here."""

    def __init__(
        self,
        address: GitAddress,
        home: Path,
        clock: Clock,
        *,
        user: str = "",
        token: str = "",
        patience: float = PATIENCE,
    ) -> None:
        self.address = address
        self.problem = ""
        """Why the last look brought nothing, as a part of a sentence."""
        self._home = home / hashlib.blake2b(str(address).encode(), digest_size=8).hexdigest()
        self._clock = clock
        self._login = (user, token) if token else ("", "")
        self._patience = patience
        self._waiting = ""
        self._looked: datetime | None = None

    @property
    def folder(self) -> Path | None:
        """What is to be read: the commit that waits to be taken, else the one that was; None before the first."""
        commit = self._waiting or self.taken
        return self._home / commit if commit else None

    @property
    def taken(self) -> str:
        """The commit that was taken last."""
        with suppress(OSError, UnicodeDecodeError):
            commit = (self._home / _TAKEN).read_text("ascii").strip()
            if commit and set(commit) <= _HEX and (self._home / commit).is_dir():
                return commit
        return ""

    @property
    def stale(self) -> bool:
        """Whether something keeps what is on the server from being taught."""
        return bool(self.problem or self._waiting or not self.taken)

    def described(self) -> str:
        """What is live, and what keeps it from being newer. Shown in chats, so it names no server."""
        live = f"commit {self.taken[:_SHORT]} is live" if self.taken else "nothing of it is live"
        waits = f"; {self._waiting[:_SHORT]} was not taken" if self._waiting else ""
        looked = f"; looked at {self._looked:%Y-%m-%d %H:%M} UTC" if self._looked else ""
        trouble = f". The last look: {self.problem}" if self.problem else ""
        return f"{self.address.name}: {live}{waits}{looked}{trouble}."

    async def look(self) -> None:
        """Ask the server for something newer. What goes wrong is said once, and changes nothing."""
        before, known = self.problem, self._waiting or self.taken
        found = await self._fetched(known)
        self._looked = self._clock.now()
        self.problem = found.problem
        if found.problem:
            if found.problem != before:
                log.warning(f"{self.address}: {found.problem}.", action="content.git_failed")
            return
        if found.commit != known:
            self._waiting = "" if found.commit == self.taken else found.commit
            log.info(f"{self.address} has a new commit.", action="content.git_fetched", commit=found.commit)

    async def _fetched(self, known: str) -> Fetched:
        user, password = self._login
        where = self.address
        order = FetchOrder(
            where.origin, where.repository, where.branch, where.folder, str(self._home), known, user, password
        )
        command = (sys.executable, "-m", "bot.process.git.fetch")
        pipe = asyncio.subprocess.PIPE
        try:
            child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=_around())
        except OSError as error:
            return Fetched(problem=f"it cannot be looked at ({error.strerror})")
        try:
            async with asyncio.timeout(self._patience):
                said, complaint = await child.communicate(msgspec.json.encode(order))
        except TimeoutError:
            return Fetched(problem=f"it did not send all of it within {self._patience:g} seconds")
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        try:
            return msgspec.json.decode(said, type=Fetched)
        except msgspec.DecodeError:
            last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
            log.error("A fetch broke off.", action="content.git_broke", code=child.returncode, said=last[0])
            return Fetched(problem=f"the fetch broke off (code {child.returncode})")

    def take(self, commit: str) -> None:
        """This commit is taught now: keep it, and let go what was there before."""
        if commit == self.taken:
            return
        beside = self._home / f".{_TAKEN}"
        beside.write_text(commit, "ascii")
        beside.replace(self._home / _TAKEN)
        if self._waiting == commit:
            self._waiting = ""
        self._tidy()

    def _tidy(self) -> None:
        kept = {self.taken, self._waiting}
        for each in self._home.iterdir():
            if each.is_dir() and each.name not in kept and not each.name.startswith(".fetch-"):
                shutil.rmtree(each, ignore_errors=True)


def _around() -> Mapping[str, str]:
    """The environment of a fetch: proxies and certificates, and none of our settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH", ""))))}
