"""The composition root: settings → store → content → engine → front ends → clock.

`running(settings)` starts everything and stops it again in order; the serving process and tests call it.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import zoneinfo
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.core import i18n
from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.metrics import Metrics
from bot.core.ports import Adapter, Clock, Namer, Services, WallClock
from bot.core.visits import Visits
from bot.delivery.composer import Composer
from bot.delivery.reminders import Reminders
from bot.domain import search, workspace
from bot.domain.outbox import PUNCTUAL
from bot.engine import StudyEngine
from bot.features.learning import pages
from bot.packs import lint, load, parcel
from bot.packs.library import Library
from bot.packs.load import Loaded
from bot.packs.problems import Severity
from bot.process import backups, checkup, fronts
from bot.process.clock import Job, ticking
from bot.process.delivery import DeliveryService, delivering
from bot.process.git.watch import GitWatch, looking
from bot.process.health import Health
from bot.process.http import listening
from bot.process.pictures import PictureProcess
from bot.process.reload import LET_GO, Reloader, WatchedContents, watching
from bot.process.settings import Settings
from bot.process.sources import ContentSources, own_lessons, sources_of
from bot.store import migrate
from bot.store.cold import lessons, workspaces
from bot.store.cold.vault import StoredVault
from bot.store.database import Database, alone, close_to_others
from bot.store.outbox import entries
from bot.store.store import Store, opened
from bot.studio.shelves import Shelves
from bot.studio.studio import Studio

log = structlog.get_logger(__name__)

HOUR = 3600.0
CENSUS = 15.0
"""Seconds between two counts of what waits."""
ANSWERS_WITHIN = 30.0
"""Seconds that PostgreSQL has to answer one statement. A connection that a network has forgotten would otherwise be
waited for until the system gives it up: a quarter of an hour, or for ever."""
GRACE = 20.0
"""Seconds that what is in hand gets to finish after SIGTERM."""


@dataclass(slots=True)
class RunningProcess:
    """A process that serves."""

    engine: StudyEngine
    store: Store
    library: Library
    reloader: Reloader
    health: Health
    adapters: Sequence[Adapter]
    address: str
    """Of the HTTP server, as people would type it."""
    page: bool
    """Whether the local web page is served there."""


@asynccontextmanager
async def running(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[RunningProcess]:
    """Everything started; on leaving, everything stopped in order: people first, the database last."""
    # The zones that come with Dualo, not the host's: every replica must resolve a wall time alike.
    zoneinfo.reset_tzpath(to=())
    clock = clock or WallClock()
    metrics, sources = Metrics(), sources_of(settings, clock)
    await sources.begin()
    i18n.load()
    loaded = taught(sources.folders())
    sources.take(loaded)
    looks = GitWatch(sources.look, every=settings.git_seconds, secret=settings.git_webhook_secret.value)
    health = Health(metrics, clock=clock, names=settings.own_names)
    async with AsyncExitStack() as stack:
        database = stack.enter_context(alone(_serving(settings, metrics)))
        stack.push_async_callback(database.close)  # also where it can be reached, but not brought up to date
        await prepare(database, settings)
        store = await stack.enter_async_context(opened(database))
        await _seal_tokens(settings, store)
        library = Library(loaded.shelf)
        await asyncio.to_thread(library.edition.ready)
        engine = StudyEngine(store, library, clock, timezone=settings.timezone, metrics=metrics)
        reloader = Reloader(sources, library, store, clock=clock, metrics=metrics, fits=fronts.fits())
        metrics.taught(len(loaded.shelf.lessons))
        await _note_shelf(store, reloader)
        drawing = PictureProcess()
        stack.push_async_callback(drawing.close)
        adapters: list[Adapter] = []
        studio = _studio(settings, sources, store, reloader, adapters=adapters) if settings.web_on else None
        visits = _visits(settings, store, clock)
        adapters += fronts.build_adapters(
            settings, engine, store=store, clock=clock, draw=drawing.draw, studio=studio, visits=visits
        )
        examine = checkup.of_process(
            data_dir=settings.data_dir, store=store, library=library, clock=clock, sources=sources
        )
        by_name, contents = {each.name: each for each in adapters}, WatchedContents(reloader)
        engine.settle(
            Services(
                by_name,
                contents=contents,
                examine=examine,
                draw=drawing.draw,
                links=settings.links,
                visits=visits,
            )
        )
        health.watch(store, library, adapters)
        address = await stack.enter_async_context(
            listening(
                [health, looks, *adapters] if sources.in_git else [health, *adapters],
                host=settings.http_host,
                port=settings.http_port,
                grace=GRACE,
                public_url=settings.public_url,
            )
        )
        stack.enter_context(long_lived())
        starts = await stack.enter_async_context(_starting(adapters))
        await stack.enter_async_context(
            ticking(
                _chores(settings, database, engine, clock)
                | _census(store, adapters, clock=clock, metrics=metrics, health=health),
                grace=GRACE,
            )
        )
        # Posting needs no connection that listens: what is due goes out while front ends still wait for theirs.
        await stack.enter_async_context(_posting(settings, store, library, adapters, clock=clock, metrics=metrics))
        await stack.enter_async_context(watching(reloader))
        if sources.in_git:
            await stack.enter_async_context(looking(looks))
        await _all_started(starts)
        yield RunningProcess(engine, store, library, reloader, health, adapters, address, page=settings.web_on)
        health.stopping = True
        log.info("Stopping; what is in hand is finished first.", action="stopping")


@contextmanager
def long_lived() -> Iterator[None]:
    """What is there by now, libraries above all, stays until the end: the garbage collector need not look it over
    again and again, during which nobody is answered. Not what front ends will hold; that comes and goes."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _serving(settings: Settings, metrics: Metrics) -> Database:
    return Database(settings.database, timed=metrics.stored, answers_within=ANSWERS_WITHIN)


def _chores(settings: Settings, database: Database, engine: StudyEngine, clock: Clock) -> dict[str, tuple[float, Job]]:
    """What the process does from time to time, for nobody in particular."""
    daily = backups.jobs(database.path, settings.backups, keep=settings.backup_keep, clock=clock)
    return {"housekeeping": (HOUR, engine.keep_house), **daily}


def _census(
    store: Store, adapters: Sequence[Adapter], *, clock: Clock, metrics: Metrics, health: Health
) -> dict[str, tuple[float, Job]]:
    """How many lines wait, and how each part is, for whoever watches."""

    async def count() -> None:
        now = clock.now()
        async with store.reading() as connection:
            found = await entries.waiting(connection, now, late=now - PUNCTUAL)
        for front in {*found, *(each.name for each in adapters)}:
            due, overdue = found.get(front, (0, 0))
            metrics.waiting(front, due=due, overdue=overdue)

    return {"census": (CENSUS, count), "health": (CENSUS, health.look)}


def _posting(
    settings: Settings, store: Store, library: Library, adapters: Sequence[Adapter], *, clock: Clock, metrics: Metrics
) -> AbstractAsyncContextManager[DeliveryService]:
    """Weekly posts and reminders, as long as the process serves."""
    nudges = Reminders(store, library, clock, timezone=settings.timezone)
    composer = Composer(store, library, clock, timezone=settings.timezone, nudges=nudges.compose)
    return delivering(
        store,
        adapters,
        composer.compose,
        clock,
        settings.tick_seconds,
        rates={name: each.rates for name, each in fronts.FRONT_ENDS.items() if each.rates},
        foresee=nudges.foresee,
        metrics=metrics,
        grace=GRACE,
    )


def content_of(folders: Sequence[Path]) -> Loaded:
    """What is on disk, held to the rules."""
    return lint.load(folders, fronts.fits(), page=pages.fullest_lesson_page)


def taught(folders: Sequence[Path]) -> Loaded:
    """The content at start. A theme with an error is left out, loudly; without any there is nothing to teach."""
    loaded = content_of(folders)
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    for problem in errors:
        log.error(str(problem), action="content.problem")
    if not search.is_available():
        raise SettingsError(search.MISSING)
    if not loaded.shelf.themes:
        first = f" The first problem: {errors[0]}" if errors else ""
        raise SettingsError(f"No theme could be loaded from DUALO_CONTENT; `dualo content check` tells why.{first}")
    return loaded


async def prepare(database: Database, settings: Settings) -> migrate.Upgraded:
    """Bring the tables up to date, after a backup. Copies that an earlier version left open to others are closed."""
    close_to_others(*(settings.backups).glob("*.db"))
    try:
        done = await migrate.upgrade(database, backups=settings.backups)
    except StoreUnavailable as error:
        raise SettingsError(
            f"The database cannot be used: {error}. Check DUALO_DATABASE_URL or DUALO_DATA_DIR, "
            "and that the place is writable and has room."
        ) from None
    if done.changed:
        log.info(
            "The database is up to date.",
            action="database.upgraded",
            revision=done.after,
            backup=str(done.backup or ""),
        )
    return done


async def _seal_tokens(settings: Settings, store: Store) -> None:
    """Seal the tokens that an earlier version kept open, or that an earlier key sealed."""
    if not settings.by_oauth:
        return
    from bot.process import keys
    from bot.store.cold import seals

    if changed := await seals.seal_all(store, "slack", keys.seals_of(settings)):
        log.info(f"Sealed anew: {changed} values of Slack's.", action="vault.sealed")


async def _note_shelf(store: Store, reloader: Reloader) -> None:
    """Warn of lessons that are gone since the last start, then record those that there are now."""
    async with store.reading() as connection:
        known = await lessons.known(connection)
    for key in load.vanished(known, reloader.shelf):
        log.warning(
            f"The lesson {key} was here once and is gone: {LET_GO.format(key)}.",
            action="content.vanished",
        )
    await reloader.remember()


def _studio(
    settings: Settings, sources: ContentSources, store: Store, reloader: Reloader, *, adapters: Sequence[Adapter]
) -> Studio:
    """Where lessons are written. What it publishes is taught by the same door as files on disk."""

    async def reload(gone: Sequence[str]) -> Sequence[str]:
        found = await reloader.reload(drop=bool(gone))
        return () if found.taken else (*found.problems, "“dualo content check” says more.")

    shelves = Shelves(settings.folders, own_lessons(settings))
    for folder in (*settings.folders, shelves.own):
        parcel.recover(folder)
    return Studio(
        settings.data_dir / "studio",
        shelves,
        sources.folders,
        store,
        reloader.clock,
        reload=reload,
        fits=reloader.fits,
        drawings=fronts.drawings(),
        names=functools.partial(_workspace_names, store, adapters),
    )


async def _workspace_names(store: Store, adapters: Sequence[Adapter]) -> Mapping[str, str]:
    """Every workspace that the bot is in, by the name that its people gave it, as far as a front end can tell now.
    Somebody's direct messages are nobody else's business, and no workspace to write a theme for."""
    async with store.reading() as connection:
        found = {each: "" for each in await workspaces.present(connection) if not workspace.is_personal(each)}
    for adapter in adapters:
        if isinstance(adapter, Namer):
            found |= await adapter.workspaces()
    return found


def _visits(settings: Settings, store: Store, clock: Clock) -> Visits | None:
    """The links by which people from chats come to their own page, where there is one for them."""
    if not settings.visits_on:
        return None
    return Visits(StoredVault(store, "web", clock), clock, address=settings.public_url)


def engine_of(settings: Settings, store: Store) -> StudyEngine:
    """An engine without a process around it, for looking at things."""
    loaded = taught(sources_of(settings, WallClock()).folders())
    return StudyEngine(store, Library(loaded.shelf), WallClock(), timezone=settings.timezone)


@asynccontextmanager
async def _starting(adapters: Sequence[Adapter]) -> AsyncIterator[Collection[asyncio.Task[None]]]:
    """Front ends start side by side, so that none waits for another; on leaving, those that started are stopped."""
    started: list[Adapter] = []
    starts = [asyncio.create_task(_start(each, started)) for each in adapters]
    try:
        yield starts
    finally:
        for start in starts:
            start.cancel()
        await asyncio.gather(*starts, return_exceptions=True)
        for each in reversed(started):
            await _stop(each)


async def _all_started(starts: Collection[asyncio.Task[None]]) -> None:
    """Wait for all of them; what keeps one from starting ends the start."""
    if starts:
        done, _ = await asyncio.wait(starts, return_when=asyncio.FIRST_EXCEPTION)
        for each in done:
            each.result()


async def _start(adapter: Adapter, started: list[Adapter]) -> None:
    await adapter.start()
    started.append(adapter)
    log.info(f"{adapter.name.capitalize()} is ready.", action="adapter.ready", adapter=adapter.name)


async def _stop(adapter: Adapter) -> None:
    try:
        async with asyncio.timeout(GRACE):
            await adapter.stop()
    except TimeoutError:
        log.warning("A front end did not stop in time.", action="adapter.stuck", adapter=adapter.name)
