"""The operator's commands on the list of erasures, by which a copy of the database that is put back forgets again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import text
from bot.core.errors import SettingsError
from bot.process.cli.people import connected
from bot.process.cli.start import chosen, plainly
from bot.process.settings import Settings
from bot.store import migrate
from bot.store.cold import erasures, privacy
from bot.store.cold.erasures import Erasure
from bot.store.database import Database

erased = typer.Typer(
    help="What was erased, as fingerprints that name nobody, so that a copy put back forgets it again.",
    no_args_is_help=True,
)
out = Console(highlight=False)


@erased.command("save")
def save(file: Annotated[Path, typer.Argument(help="The file to write")]) -> None:
    """Write the list of erasures to a file; to be kept beside the copies, and applied after one is put back."""
    with plainly("Nothing was written"):
        if file.exists():
            raise SettingsError(f"{file} is there already; name another file.")
        found = asyncio.run(listed(chosen()))
        try:
            file.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
        except OSError as error:
            raise SettingsError(f"{file} cannot be written: {error.strerror}.") from None
        out.print(f"Wrote {text.count(len(found), 'erasure')} to {file}", markup=False, soft_wrap=True)


@erased.command("apply")
def apply(file: Annotated[Path, typer.Argument(help="A list that was saved")]) -> None:
    """Erase again what a list names and this database still holds, or holds again."""
    with plainly("Nothing was erased"):
        try:
            found = msgspec.json.decode(file.read_bytes(), type=list[Erasure])
        except OSError as error:
            raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
        except msgspec.DecodeError:
            raise SettingsError(f"{file} is no list of erasures.") from None
        out.print(said(asyncio.run(applied(chosen(), found))), soft_wrap=True)


def said(again: int) -> str:
    if not again:
        return "Nothing had to be erased again."
    return f"Erased again what was erased since: {text.count(again, 'person or workspace', 'people or workspaces')}."


async def listed(wanted: Settings) -> Sequence[Erasure]:
    """The erasures that the database knows; none in one of a version before there were any."""
    async with connected(wanted, older=True) as connection:
        return await erasures.every(connection) if await _knows_any(connection) else []


async def applied(wanted: Settings, found: Sequence[Erasure]) -> int:
    """Of how many something was there. Tables of an older version are brought up to date first."""
    database = Database(wanted.database)
    try:
        await migrate.upgrade(database, backups=wanted.backups)
        async with database.transaction() as connection:
            return await privacy.erase_again(connection, await erasures.carry_over(connection, found))
    finally:
        await database.close()


async def _knows_any(connection: AsyncConnection) -> bool:
    return await connection.run_sync(lambda known: inspect(known).has_table("erasure"))
