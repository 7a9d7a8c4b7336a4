"""Values sealed with a key that is not in the database: whoever has a copy of the database alone cannot read them.

A sealed value is bound to the place it was sealed for; moved to another row, it does not open.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import select, update

from bot.core.errors import SettingsError
from bot.store import tables
from bot.store.store import Store

_SEALED = "sealed:"


class Seals:
    """The first key seals; all of them open, so that a new key can be put before the old one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._all = MultiFernet([Fernet(key) for key in keys])

    def seal(self, value: str, place: str) -> str:
        return _SEALED + self._newest.encrypt(f"{place}\n{value}".encode()).decode()

    def open(self, kept: str, place: str) -> str:
        """The value; one that was kept before there were keys is as it stands."""
        if not kept.startswith(_SEALED):
            return kept
        try:
            sealed_for, _, value = self._all.decrypt(kept.removeprefix(_SEALED)).decode().partition("\n")
        except InvalidToken:
            raise SettingsError(_OTHER_KEY) from None
        if sealed_for != place:
            raise SettingsError(_MOVED)
        return value

    def is_newest(self, kept: str) -> bool:
        """Whether it was sealed with the key that seals now."""
        try:
            self._newest.decrypt(kept.removeprefix(_SEALED))
        except InvalidToken:
            return False
        return kept.startswith(_SEALED)


_OTHER_KEY = (
    "The tokens of workspaces were sealed with another key. Put that key back: after the new one in DUALO_SECRET_KEY, "
    "or as secret.key in the data folder"
)
_MOVED = "A token of a workspace stands where another one was sealed: somebody changed the database by hand"


def place(owner: str, name: str) -> str:
    return f"{owner}/{name}"


async def seal_all(store: Store, owner: str, seals: Seals) -> int:
    """Seal what lies open, and what an older key sealed, with the newest key; returns how many values that were."""
    table = tables.vault
    changed = 0
    async with store.transaction() as connection:
        kept = await connection.execute(select(table.c.name, table.c.value).where(table.c.owner == owner))
        for name, value in kept.all():
            if not value or seals.is_newest(value):
                continue
            where = place(owner, name)
            sealed = seals.seal(seals.open(value, where), where)
            await connection.execute(
                update(table).where(table.c.owner == owner, table.c.name == name).values(value=sealed)
            )
            changed += 1
    return changed
