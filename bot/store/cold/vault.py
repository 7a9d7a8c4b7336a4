"""The vault: values that a front end keeps under its own name; sealed, where there are seals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.core.ports import Clock
from bot.store import tables
from bot.store.rows import insert, put
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.store.cold.seals import Seals


class StoredVault:
    """The part of the vault that belongs to one owner."""

    def __init__(self, store: Store, owner: str, clock: Clock, seals: Seals | None = None) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock
        self._seals = seals

    async def get(self, name: str) -> str | None:
        table = tables.vault
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(table.c.value).where(table.c.owner == self._owner, table.c.name == name)
            )
            value: str | None = found.scalar_one_or_none()
        return self._seals.open(value, self._place(name)) if self._seals and value else value

    async def put(self, name: str, value: str) -> None:
        row = {"owner": self._owner, "name": name, "value": self._sealed(name, value), "at": self._clock.now()}
        async with self._store.transaction() as connection:
            await put(connection, tables.vault, row)

    async def add(self, name: str, value: str) -> bool:
        row = {"owner": self._owner, "name": name, "value": self._sealed(name, value), "at": self._clock.now()}
        async with self._store.transaction() as connection:
            made = insert(connection, tables.vault).values(row).on_conflict_do_nothing()
            return (await connection.execute(made)).rowcount > 0

    async def swap(self, name: str, before: str, value: str) -> bool:
        table = tables.vault
        row = (table.c.owner == self._owner, table.c.name == name)
        async with self._store.transaction() as connection:
            held = (await connection.execute(select(table.c.value).where(*row).with_for_update())).scalar_one_or_none()
            kept = self._seals.open(held, self._place(name)) if self._seals and held else held
            if kept != before:
                return False
            changed = {"value": self._sealed(name, value), "at": self._clock.now()}
            await connection.execute(update(table).where(*row).values(**changed))
            return True

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

    def _sealed(self, name: str, value: str) -> str:
        """As it is written; what is empty tells nothing."""
        return self._seals.seal(value, self._place(name)) if self._seals and value else value

    def _place(self, name: str) -> str:
        return f"{self._owner}/{name}"
