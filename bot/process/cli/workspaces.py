"""The operator's commands on a whole workspace: which there are, take one out, erase one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import text
from bot.core.errors import SettingsError
from bot.features.managing import retention
from bot.process.cli.people import Workspace, connected, known
from bot.process.cli.start import chosen, plainly
from bot.process.settings import Settings
from bot.store.cold import privacy, workspaces
from bot.store.cold.privacy import KnownWorkspace
from bot.store.database import Database
from bot.store.store import opened

workspace = typer.Typer(help="A whole workspace: everybody's data in it, and its own.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@workspace.command("list")
def show() -> None:
    """Tell which workspaces there are, and how much is kept of each."""
    with plainly("No workspace was looked at"):
        with err.status("Looking …"):
            found = asyncio.run(_every(chosen()))
        for each in found:
            out.print(_told(each), markup=False, soft_wrap=True)
        if not found:
            out.print("Nothing is kept of any workspace.")
            raise typer.Exit(1)


@workspace.command("export")
def export(
    name: Workspace,
    file: Annotated[Path | None, typer.Argument(help="The file to write; without one it is printed")] = None,
) -> None:
    """Write every row of a workspace, as JSON. Tokens are left out."""
    with plainly("Nothing was exported"):
        wanted = chosen()
        if file is None:
            asyncio.run(_export(wanted, name, typer.get_text_stream("stdout")))
            return
        try:
            with file.open("x", encoding="utf-8") as target:
                exported = asyncio.run(_export(wanted, name, target))
        except FileExistsError:
            raise SettingsError(f"{file} is there already; name another file.") from None
        except OSError as error:
            raise SettingsError(f"{file} cannot be written: {error.strerror}.") from None
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        out.print(f"Wrote {exported} to {file}", markup=False, soft_wrap=True)


@workspace.command("erase")
def erase(
    name: Workspace,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again")] = False,
) -> None:
    """Name everything that is kept of a workspace, then erase it."""
    with plainly("Not everything was erased"):
        wanted = chosen()
        found = asyncio.run(_one(wanted, name))
        out.print(_told(found), markup=False, soft_wrap=True)
        out.print(_of_the_bot(found), markup=False, soft_wrap=True)
        if not yes:
            typer.confirm("Erase all of it, of everybody? It cannot be brought back", abort=True)
        with err.status("Erasing …"):
            gone = asyncio.run(_erase(wanted, found))
        out.print(f"Erased {text.count(gone, 'row')}. Copies made before still hold them, until those are deleted.")


def _told(each: KnownWorkspace) -> str:
    rows = ", ".join(f"{row.table.replace('_', ' ')} {row.rows}" for row in each.rows)
    left = f"; removed the bot on {each.left_at:%Y-%m-%d}" if each.left_at else ""
    return f"{each.name}  {text.count(each.people, 'person', 'people')}{left}: {rows or 'no rows'}"


def _of_the_bot(each: KnownWorkspace) -> str:
    if each.left_at is None:
        return "The bot is still there, and begins anew when somebody next uses it. Remove it there to end that."
    return f"With them goes what lets the bot serve it: {text.count(each.tokens, 'value')}, tokens included."


async def _every(wanted: Settings) -> Sequence[KnownWorkspace]:
    async with connected(wanted) as connection:
        return [await privacy.of_workspace(connection, each) for each in await privacy.workspaces_known(connection)]


async def _one(wanted: Settings, name: str) -> KnownWorkspace:
    async with connected(wanted) as connection:
        there = known(name, await privacy.workspaces_known(connection))
        return await privacy.of_workspace(connection, there)


async def _export(wanted: Settings, name: str, target: TextIO) -> str:
    """Row by row, so that a large workspace needs no memory; one snapshot, so that it fits together."""
    async with connected(wanted) as connection:
        there = known(name, await privacy.workspaces_known(connection))
        head = {"product": "Dualo", "workspace": there, "exported_at": datetime.now(UTC).isoformat(timespec="seconds")}
        target.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": {')
        for number, table in enumerate(workspaces.TENANTS):
            target.write(f"{',' if number else ''}\n{json.dumps(table.name)}: [")
            separator = "\n"
            async for row in privacy.rows_of(connection, table, there):
                target.write(separator + json.dumps(row, ensure_ascii=False))
                separator = ",\n"
            target.write("]")
        target.write("\n}}\n")
        return there


async def _erase(wanted: Settings, found: KnownWorkspace) -> int:
    """In small steps, also while Dualo runs: nobody else waits for them."""
    departed = found.left_at is not None

    async def still(connection: AsyncConnection) -> bool:
        await workspaces.lock(connection, found.name)
        return not departed or await workspaces.is_gone(connection, found.name)

    async with opened(Database(wanted.database)) as store:
        gone = await retention.erase_workspace(store, found.name, datetime.now(UTC), still=still, departed=departed)
    if gone is None:
        raise SettingsError(f"{found.name} came back in the meantime; name it again.")
    return gone
