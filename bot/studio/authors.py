"""Who may write, besides the operator: people whom the operator named, each by a link that ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from bot.core import fingerprint, text
from bot.core.errors import SettingsError
from bot.core.ports import Clock, Vault
from bot.core.record import Record

_NAME = "author:"
LONGEST_NAME = 40


class Author(Record):
    """A person who was named, and until when their link opens the studio."""

    name: str
    until: datetime
    mark: str = ""
    """The fingerprint of the word in their link; the word itself is kept nowhere."""


class Authors:
    """The named ones, in the vault. Whoever is taken away is out with their next request."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault, self._clock = vault, clock

    async def invite(self, name: str, *, days: int) -> str:
        """The word for a new author's link."""
        name = text.clean(name)
        if not name or len(name) > LONGEST_NAME:
            raise SettingsError(f"An author's name has 1 to {LONGEST_NAME} characters.")
        word = fingerprint.new_word()
        author = Author(name, self._clock.now() + timedelta(days=days))
        await self._vault.put(_NAME + fingerprint.of(word), msgspec.json.encode(author).decode())
        return word

    async def find(self, word: str) -> Author | None:
        """Whose link it is, if it still opens."""
        return await self.marked(fingerprint.of(word)) if word else None

    async def marked(self, mark: str) -> Author | None:
        kept = await self._vault.get(_NAME + mark)
        author = msgspec.json.decode(kept, type=Author) if kept else None
        if author is None or author.until <= self._clock.now():
            return None
        return msgspec.structs.replace(author, mark=mark)

    async def all(self) -> list[Author]:
        """Everybody whose link still opens; those that ended are forgotten."""
        found = []
        for name in await self._vault.names(_NAME):
            if author := await self.marked(name.removeprefix(_NAME)):
                found.append(author)
            else:
                await self._vault.drop(name)
        return sorted(found, key=lambda each: each.name.casefold())

    async def remove(self, name: str) -> int:
        """End every link of that name; how many there were."""
        gone = [author for author in await self.all() if author.name.casefold() == name.casefold()]
        for author in gone:
            await self._vault.drop(_NAME + author.mark)
        return len(gone)
