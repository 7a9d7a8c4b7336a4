"""The store: the hot door for what people wait for, the cold door for everything else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Dialect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.learner import LearnerState, Seat
from bot.domain.quiz import QuizAttempt
from bot.store.database import Database
from bot.store.hot.door import Dispatcher, Door, open_door
from bot.store.hot.operations import Hot, HotResult, Read, ReadAttempt, Reading, Writing

Request = TypeVar("Request")
Result = TypeVar("Result")


class Store:
    """Everything a handler may ask of the database. It returns domain values, never rows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        hot = Hot(database.engine.dialect)
        self._reader: Dispatcher[Reading, HotResult] = Dispatcher(
            self._door(writing=False), hot.read, nullcontext, name="hot_read", timed=database.timed
        )
        self._writer: Dispatcher[Writing, HotResult] = Dispatcher(
            self._door(writing=True), hot.write, database.turn, name="hot_write", timed=database.timed
        )

    def _door(self, *, writing: bool) -> Any:
        async def opened() -> Door:
            return await open_door(self._database.engine, writing=writing)

        return opened

    async def open(self) -> None:
        self._reader.start()
        self._writer.start()

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()
        await self._database.close()

    async def standing(self, seat: Seat) -> LearnerState:
        return (await self._reader.call(Read(seat))).standing or LearnerState()

    async def paper(self, seat: Seat, quiz: str) -> QuizAttempt | None:
        return (await self._reader.call(ReadAttempt(seat, quiz))).paper

    async def write(self, request: Writing) -> HotResult:
        return await self._writer.call(request)

    def worker(
        self, work: Callable[[Door, Sequence[Request]], Awaitable[Sequence[Result]]]
    ) -> Dispatcher[Request, Result]:
        """A dispatcher with a connection of its own, for work in batches; the caller starts and closes it."""
        return Dispatcher(
            self._door(writing=True), work, self._database.turn, name="outbox", timed=self._database.timed
        )

    @property
    def dialect(self) -> Dialect:
        return self._database.engine.dialect

    @property
    def alone(self) -> bool:
        """Whether no other process can use this database."""
        return self._database.is_sqlite

    @property
    def quiet_for(self) -> float:
        """Seconds since the last hot write was asked for."""
        return self._writer.quiet_for

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """The cold door, for writing."""
        return self._database.transaction()

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """The cold door, for looking."""
        return self._database.reading()

    async def time(self) -> datetime:
        """The database's own clock."""
        words = "(julianday('now') - 2440587.5) * 86400.0" if self.alone else "extract(epoch FROM clock_timestamp())"
        async with self.reading() as connection:
            seconds = (await connection.execute(text(f"SELECT {words}"))).scalar_one()
        return datetime.fromtimestamp(float(seconds), UTC)

    async def ping(self) -> None:
        """Raise if the database does not answer."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Store]:
    store = Store(database)
    await store.open()
    try:
        yield store
    finally:
        await store.close()
