"""The lessons on disk, for those who look at them from a chat: checked, compared, taught, taken along.

What is taught never comes from a chat: only what the operator put into the folders can be made live. Files are named
by their place in the folder, never by where that lies on the machine.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from pathlib import Path

from bot.core.ports import Compared, Examined
from bot.core.record import Record
from bot.domain.course import Key, Shelf
from bot.features.learning import pages
from bot.packs import lint, load, parcel, report
from bot.packs.load import Loaded
from bot.packs.problems import Problem, Severity
from bot.process.reload import Reloader, changed


class FolderContents(Record):
    """The folders of themes that a reloader watches."""

    folders: tuple[Path, ...]
    reloader: Reloader

    async def check(self) -> Examined:
        return await asyncio.to_thread(self._check)

    def _check(self) -> Examined:
        loaded = load.load(self.folders)
        found = report.report(loaded, lint.check(loaded, self.reloader.fits, page=pages.fullest_lesson_page))
        ordered = sorted(found.problems, key=lambda each: (each.severity is not Severity.ERROR, each.place))
        return Examined(found.summary, found.errors, tuple(self._said(each) for each in ordered))

    def _said(self, problem: Problem) -> str:
        return f"{self._place(problem.file)}:{problem.line}: {problem.message}. {problem.mend}"

    def _place(self, file: str) -> str:
        """The file by its place in the folder of themes."""
        for folder in self.folders:
            if Path(file).is_relative_to(folder):
                return Path(file).relative_to(folder).as_posix()
        return Path(file).name

    async def compare(self) -> Compared:
        return (await asyncio.to_thread(self._compare, self.reloader.shelf))[0]

    def _compare(self, before: Shelf) -> tuple[Compared, Loaded]:
        digest = self._digest()
        loaded = self.reloader.read()
        if self._digest() != digest:  # somebody is writing there just now: what was read may be half of it
            digest = ""
        errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
        after = Shelf(tuple(pack.theme for pack in loaded.packs))
        known = [lesson.key for lesson in before.lessons]
        found = Compared(
            digest,
            len(after.lessons),
            _names(changed(before, after)),
            _names(each.key for each in after.lessons if before.lesson(each.theme, each.id) is None),
            _names(load.vanished(known, after)),
            tuple(self._said(each) for each in errors),
        )
        return found, loaded

    def _digest(self) -> str:
        """The same in every process that sees the same files."""
        made = hashlib.blake2b(digest_size=12)
        for place, file in sorted(parcel.files_of(self.folders).items()):
            made.update(f"{len(place)}:{place}".encode())
            content = file.read_bytes()
            made.update(f"{len(content)}:".encode() + content)
        return made.hexdigest()

    async def apply(self, digest: str, *, drop: bool) -> Compared | None:
        found, loaded = await asyncio.to_thread(self._compare, self.reloader.shelf)
        if not digest or found.digest != digest:
            return None
        await self.reloader.reload(drop=drop, loaded=loaded)
        return found

    async def export(self) -> bytes:
        return await asyncio.to_thread(parcel.pack, self.folders)


def _names(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(str(key) for key in sorted(keys))
