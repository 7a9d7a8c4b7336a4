"""The folders of themes while the bot runs: reloaded when they change, checked and compared when a chat asks.

A reload is swapped in whole or not at all. What is taught never comes from a chat: only what the operator put into the
folders can be made live. Files are named by their place in the folder, never by where that lies on the machine.
"""

from __future__ import annotations

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence, Set
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import structlog

from bot.core.errors import StoreUnavailable
from bot.core.metrics import Metrics
from bot.core.ports import Clock, Compared, Examined
from bot.core.record import Record
from bot.domain.course import Key, Shelf
from bot.features.learning import pages
from bot.packs import lint, load, parcel, report
from bot.packs.library import Edition, Library
from bot.packs.load import Loaded
from bot.packs.problems import Problem, Severity
from bot.packs.rules.case import Fit
from bot.process.sources import ContentSources
from bot.store.cold import lessons
from bot.store.store import Store

log = structlog.get_logger(__name__)

LET_GO = "list the old id under `aliases`, or let it go with `dualo content drop {}`"
EVERY = 2.0
"""Seconds between two looks at the folders."""
Found = TypeVar("Found")


class Reloaded(Record):
    """What a reload found, and whether it was taken."""

    taken: bool
    problems: tuple[str, ...] = ()
    vanished: tuple[Key, ...] = ()
    changed: tuple[Key, ...] = ()


class Reloader:
    """Watches the folders of themes; the bot keeps the last good content whatever happens on disk."""

    def __init__(
        self,
        sources: ContentSources,
        library: Library,
        store: Store,
        *,
        clock: Clock,
        metrics: Metrics,
        fits: Sequence[Fit] = (),
        every: float = EVERY,
    ) -> None:
        self.fits = tuple(fits)
        self.sources = sources
        self._library = library
        self._store = store
        self.clock = clock
        self._metrics = metrics
        self._every = every
        self._seen = fingerprint(sources.folders())
        self._looking = asyncio.Lock()
        self._missed: frozenset[Key] = frozenset()
        """What would vanish by the content that waits on disk, so that it was not taken."""

    @property
    def shelf(self) -> Shelf:
        return self._library.edition.shelf

    def read(self) -> Loaded:
        """The content on disk, held to the rules. It takes a second for a thousand lessons."""
        return lint.load(self.sources.folders(), self.fits, page=pages.fullest_lesson_page)

    async def one_at_a_time(self, look: Callable[[], Found]) -> Found:
        """A look at the disk in a thread. Whoever presses again and again waits for their turn; nobody else does."""
        async with self._looking:
            return await asyncio.to_thread(look)

    async def watch(self) -> None:
        """Reload whenever a file has changed and then stayed still for one look; a watcher never dies of a reload."""
        pending: int | None = None
        while True:
            await asyncio.sleep(self._every)
            now = await asyncio.to_thread(fingerprint, self.sources.folders())
            if now == pending and (now != self._seen or await self._let_go()):
                await self._try_reload()
            pending = now

    async def _let_go(self) -> bool:
        """Whether the operator has let go what kept content from being taken."""
        if not self._missed:
            return False
        try:
            async with self._store.reading() as connection:
                return self._missed.isdisjoint(await lessons.known(connection))
        except StoreUnavailable:
            return False

    async def _try_reload(self) -> None:
        try:
            await self.reload()
        except Exception:
            log.exception("A reload broke off; the last good content stays.", action="content.reload_failed")

    async def reload(self, *, drop: bool = False, loaded: Loaded | None = None) -> Reloaded:
        """Take the content on disk, or what somebody just read from there, if all of it is sound. `drop` lets lessons
        vanish that nothing carries on."""
        self._seen = await asyncio.to_thread(fingerprint, self.sources.folders())
        if loaded is None:
            loaded = await asyncio.to_thread(self.read)
        async with self._store.reading() as connection:
            known = await lessons.known(connection)
        found = await asyncio.to_thread(self._judge, loaded, known, drop=drop)
        self._missed = frozenset() if found.taken else frozenset(found.vanished)
        self._metrics.reloaded("taken" if found.taken else "refused")
        if not found.taken:
            reasons = [*found.problems, *(f"{key} has vanished: {LET_GO.format(key)}" for key in found.vanished)]
            log.error("New content was not taken; the last good one stays.", action="content.refused", reasons=reasons)
            return found
        self._library.swap(await asyncio.to_thread(Edition(loaded.shelf).ready))
        self._metrics.taught(len(loaded.shelf.lessons))
        await self.remember(let_go=found.vanished)
        await asyncio.to_thread(self.sources.take, loaded)
        log.info("New content is on the shelf.", action="content.reloaded", lessons=len(loaded.shelf.lessons))
        return found

    def _judge(self, loaded: Loaded, known: Set[Key], *, drop: bool) -> Reloaded:
        """A lesson that is taught may vanish only if the operator let it go, or says so now."""
        errors = tuple(str(problem) for problem in loaded.problems if problem.severity is Severity.ERROR)
        before = self.shelf
        gone = load.vanished(known & {lesson.key for lesson in before.lessons}, loaded.shelf)
        taken = loaded.whole and bool(loaded.shelf.themes) and (drop or not gone)
        return Reloaded(taken, errors, gone, changed(before, loaded.shelf))

    async def remember(self, *, let_go: Collection[Key] = ()) -> None:
        """Note in the database what is taught now, and what is no longer missed."""
        async with self._store.transaction() as connection:
            await lessons.let_go(connection, let_go)
            await lessons.remember(connection, self.shelf, self.clock.now())


def changed(before: Shelf, after: Shelf) -> tuple[Key, ...]:
    """Lessons that stand on both shelves and read differently."""
    return tuple(
        lesson.key
        for lesson in after.lessons
        if (old := before.lesson(lesson.theme, lesson.id)) and old.digest != lesson.digest
    )


def fingerprint(folders: Sequence[Path]) -> int:
    """A number that changes when any file of content does."""
    files = [file for folder in folders for kind in ("*.yaml", "*.svg") for file in sorted(folder.rglob(kind))]
    return hash(tuple((str(file), _stamp(file)) for file in files))


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


@asynccontextmanager
async def watching(reloader: Reloader) -> AsyncIterator[None]:
    """Content is reloaded when its files change, and at once on SIGHUP, after a look at Git."""
    loop = asyncio.get_running_loop()
    asked: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        await reloader.sources.look()
        await reloader.reload()

    def ask() -> None:
        task = asyncio.create_task(reload())
        asked.add(task)
        task.add_done_callback(asked.discard)

    with suppress(ValueError, RuntimeError):  # only the main thread may listen for signals
        loop.add_signal_handler(signal.SIGHUP, ask)
    watch = asyncio.create_task(reloader.watch(), name="content watch")
    try:
        yield
    finally:
        with suppress(ValueError, RuntimeError):
            loop.remove_signal_handler(signal.SIGHUP)
        for task in (watch, *asked):
            task.cancel()
        await asyncio.gather(watch, *asked, return_exceptions=True)


class WatchedContents(Record):
    """What a reloader watches, for those who ask from a chat."""

    reloader: Reloader

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.reloader.sources.folders()

    async def check(self, workspace: str) -> Examined:
        return await self.reloader.one_at_a_time(lambda: self._check(workspace))

    def _check(self, workspace: str) -> Examined:
        loaded = load.load(self.folders)
        problems = lint.check(loaded, self.reloader.fits, page=pages.fullest_lesson_page)
        seen = self._seen(loaded, workspace)
        found = report.report(seen.only(loaded), [each for each in problems if seen.is_shown(each)])
        ordered = sorted(found.problems, key=lambda each: (each.severity is not Severity.ERROR, each.place))
        said = tuple(self._said(each) for each in ordered)
        return Examined(
            found.themes, found.lessons, found.errors, found.warnings, said, self.reloader.sources.described()
        )

    def _seen(self, loaded: Loaded, workspace: str) -> _Seen:
        """Those of the themes on disk that the workspace may know of. Whether an unreadable one is for it cannot be
        told, so it is left out where any theme is for some workspaces alone."""
        before = self.reloader.shelf
        themes = [*before.themes, *(pack.theme for pack in loaded.packs)]
        some = any(theme.workspaces for theme in themes)
        hidden = [pack for pack in loaded.packs if not pack.theme.is_for(workspace) or (some and not pack.theme.title)]
        return _Seen(frozenset(Path(pack.file).parent for pack in hidden))

    def _said(self, problem: Problem) -> str:
        return f"{self._place(problem.file)}:{problem.line}: {problem.message}. {problem.mend}"

    def _place(self, file: str) -> str:
        """The file by its place in the folder of themes."""
        for folder in self.folders:
            if Path(file).is_relative_to(folder):
                return Path(file).relative_to(folder).as_posix()
        return Path(file).name

    async def compare(self, workspace: str) -> Compared:
        return (await self._compared(workspace))[0]

    async def _compared(self, workspace: str) -> tuple[Compared, Loaded]:
        return await self.reloader.one_at_a_time(lambda: self._compare(self.reloader.shelf, workspace))

    def _compare(self, before: Shelf, workspace: str) -> tuple[Compared, Loaded]:
        digest = self._digest()
        loaded = self.reloader.read()
        if self._digest() != digest:  # somebody is writing there just now: what was read may be half of it
            digest = ""
        seen = self._seen(loaded, workspace)
        errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
        after = Shelf(tuple(pack.theme for pack in loaded.packs))
        now = Shelf(tuple(pack.theme for pack in seen.only(loaded).packs))
        known = [lesson.key for lesson in before.lessons]
        mine = [lesson.key for theme in before.themes if theme.is_for(workspace) for lesson in theme.lessons]
        gone, shown = load.vanished(known, after), [each for each in errors if seen.is_shown(each)]
        found = Compared(
            digest,
            len(now.lessons),
            _names(changed(before, now)),
            _names(each.key for each in now.lessons if before.lesson(each.theme, each.id) is None),
            _names(set(gone) & set(mine)),
            tuple(self._said(each) for each in shown),
            len(errors) - len(shown) + len(set(gone) - set(mine)),
            self.reloader.sources.described(),
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

    async def apply(self, digest: str, workspace: str, *, drop: bool) -> Compared | None:
        found, loaded = await self._compared(workspace)
        if not digest or found.digest != digest:
            return None
        if not found.elsewhere:
            await self.reloader.reload(drop=drop, loaded=loaded)
        return found

    async def export(self, workspace: str) -> bytes:
        return await self.reloader.one_at_a_time(lambda: self._export(workspace))

    def _export(self, workspace: str) -> bytes:
        loaded = load.load(self.folders)
        seen = self._seen(loaded, workspace)
        return parcel.pack([Path(pack.file).parent for pack in seen.only(loaded).packs])


class _Seen(Record):
    """What on disk is kept from a workspace."""

    hidden: frozenset[Path]
    """Folders of themes."""

    def is_shown(self, problem: Problem) -> bool:
        named = any(str(folder) in problem.message for folder in self.hidden)
        return Path(problem.file).parent not in self.hidden and not named

    def only(self, loaded: Loaded) -> Loaded:
        packs = tuple(pack for pack in loaded.packs if Path(pack.file).parent not in self.hidden)
        return Loaded(Shelf(tuple(pack.theme for pack in packs if pack.sound)), loaded.problems, packs)


def _names(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(str(key) for key in sorted(keys))
