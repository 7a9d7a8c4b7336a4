"""The vault: values that a front end keeps under its own name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from bot.core.ports import Clock
from bot.store import tables
from bot.store.rows import insert, put
from bot.store.store import Store


class StoredVault:
    """The part of the vault that belongs to one owner."""

    def __init__(self, store: Store, owner: str, clock: Clock) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock

    async def get(self, name: str) -> str | None:
        table = tables.vault
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(table.c.value).where(table.c.owner == self._owner, table.c.name == name)
            )
            value: str | None = found.scalar_one_or_none()
        return value

    async def put(self, name: str, value: str) -> None:
        at = self._clock.now()
        async with self._store.transaction() as connection:
            await put(connection, tables.vault, {"owner": self._owner, "name": name, "value": value, "at": at})

    async def add(self, name: str, value: str) -> bool:
        row = {"owner": self._owner, "name": name, "value": value, "at": self._clock.now()}
        async with self._store.transaction() as connection:
            made = insert(connection, tables.vault).values(row).on_conflict_do_nothing()
            return (await connection.execute(made)).rowcount > 0

    async def drop(self, name: str) -> None:
        table = tables.vault
        async with self._store.transaction() as connection:
            await connection.execute(delete(table).where(table.c.owner == self._owner, table.c.name == name))

    async def names(self, prefix: str) -> Sequence[str]:
        table = tables.vault
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(table.c.name)
                .where(table.c.owner == self._owner, table.c.name.startswith(prefix, autoescape=True))
                .order_by(table.c.name)
            )
            return list(found.scalars())
