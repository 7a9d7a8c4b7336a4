"""The operator's commands on one person's data, when they ask the operator rather than `/privacy`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import SettingsError
from bot.domain.learner import Seat
from bot.process.cli.start import chosen, plainly
from bot.process.settings import Settings
from bot.store import migrate
from bot.store.cold import audits, privacy
from bot.store.database import Database

user = typer.Typer(help="One person's data, when they ask the operator.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Workspace = Annotated[str, typer.Argument(help="As the rows name it (discord:…, slack:…, web), or a part of it")]
Person = Annotated[str, typer.Argument(help="The platform's own id of the person")]
NO_DATABASE = "there is no database at {} yet. Check DUALO_DATA_DIR, or start `dualo run` once."
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@asynccontextmanager
async def connected(wanted: Settings, *, writing: bool = False, older: bool = False) -> AsyncIterator[AsyncConnection]:
    """The database that is there; tables of an older version only for whoever can read those."""
    database = Database(wanted.database)
    if database.path is not None and not database.path.exists():
        raise SettingsError(NO_DATABASE.format(database.path))
    try:
        if not older:
            _refuse_older(await migrate.current(database))
        async with database.transaction() if writing else database.reading() as connection:
            yield connection
    finally:
        await database.close()


def _refuse_older(revision: str) -> None:
    migrate.refuse_newer(revision)
    if revision != migrate.head():
        raise SettingsError(
            f"the tables are of an older version ({revision or 'none yet'}; this one has {migrate.head()}). "
            "`dualo db upgrade` brings them up to date, and so does the next start."
        )


@user.command("find")
def find(person: Person) -> None:
    """Tell in which workspaces something is kept on a person, and how much."""
    with plainly("Nobody was looked for"):
        with err.status("Looking …"):
            places = asyncio.run(_find(chosen(), person))
        for workspace, rows in places.items():
            out.print(f"{workspace}  {_counted(rows)}", markup=False, soft_wrap=True)
        if not places:
            out.print(f"Nothing is kept on {person} anywhere.", markup=False)
            raise typer.Exit(1)


@user.command("export")
def export(workspace: Workspace, person: Person) -> None:
    """Print every row kept on a person, as JSON."""
    with plainly("Nothing was exported"):
        wanted = chosen()
        seat, rows = asyncio.run(_rows(wanted, workspace, person))
        _refuse_nothing(seat, rows)
        asyncio.run(_note_export(wanted, seat))
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))


@user.command("erase")
def erase(
    workspace: Workspace,
    person: Person,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again")] = False,
) -> None:
    """Name every row kept on a person, then erase them."""
    with plainly("Nothing was erased"):
        wanted = chosen()
        seat, rows = asyncio.run(_rows(wanted, workspace, person))
        _refuse_nothing(seat, rows)
        out.print(f"Kept on {seat.person} in {seat.workspace}: {_counted(rows)}", markup=False, soft_wrap=True)
        if not yes:
            typer.confirm("Erase all of it? It cannot be brought back", abort=True)
        gone = asyncio.run(_erase(wanted, seat))
        out.print(f"Erased {gone} rows. Copies made before still hold them, until those are deleted.", soft_wrap=True)


async def _find(wanted: Settings, person: str) -> Mapping[str, Rows]:
    _refuse_nobody(person)
    async with connected(wanted) as connection:
        exported = {
            workspace: (await _kept(connection, workspace, person))[1]
            for workspace in await privacy.workspaces_known(connection)
        }
    return {workspace: rows for workspace, rows in exported.items() if any(rows.values())}


async def _rows(wanted: Settings, workspace: str, person: str) -> tuple[Seat, Rows]:
    _refuse_nobody(person)
    async with connected(wanted) as connection:
        return await _kept(connection, known(workspace, await privacy.workspaces_known(connection)), person)


async def _kept(connection: AsyncConnection, workspace: str, typed: str) -> tuple[Seat, Rows]:
    """What is kept on whoever is meant: the id as it was typed, or else as front ends write ids, the page in small
    letters and Slack in capitals."""
    first = Seat(workspace, typed.strip())
    for seat in (first, Seat(workspace, typed.strip().casefold()), Seat(workspace, typed.strip().upper())):
        rows = await privacy.export(connection, seat)
        if any(rows.values()):
            return seat, rows
    return first, {}


def known(typed: str, there: Sequence[str]) -> str:
    """The workspace that is meant: by its whole name, or by a part that no other one has."""
    if not typed.strip():
        raise SettingsError("the name of the workspace is empty. `dualo workspace list` tells them.")
    if typed in there:
        return typed
    near = [each for each in there if typed.lower() in each.lower()]
    if len(near) == 1:
        return near[0]
    some = ", ".join((near or there)[:10])
    which = (
        f"could be several: {some}" if near else f"is none of these: {some}" if some else "is not there; none is yet"
    )
    raise SettingsError(f"the workspace {typed} {which}.")


def _refuse_nobody(person: str) -> None:
    """Rows that are nobody's, such as the posts of a workspace, carry an empty name."""
    if not person.strip():
        raise SettingsError("the person's id is empty.")


def _refuse_nothing(seat: Seat, rows: Rows) -> None:
    if not any(rows.values()):
        out.print(f"Nothing is kept on {seat.person} in {seat.workspace}.", markup=False, soft_wrap=True)
        raise typer.Exit(1)


def _counted(rows: Rows) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {len(found)}" for name, found in rows.items() if found)


async def _note_export(wanted: Settings, seat: Seat) -> None:
    async with connected(wanted, writing=True) as connection:
        what = "the data of a person was taken out, as they asked"
        await _note(connection, seat.workspace, what, datetime.now(UTC), about=seat.person)


async def _erase(wanted: Settings, seat: Seat) -> int:
    async with connected(wanted, writing=True) as connection:
        now = datetime.now(UTC)
        gone = await privacy.erase(connection, seat, at=now)
        await _note(connection, seat.workspace, "somebody's data was erased, as they asked", now)
        return gone


async def _note(connection: AsyncConnection, workspace: str, what: str, now: datetime, *, about: str = "") -> None:
    """The workspace's audit says what the operator did; whose data was erased it does not."""
    await audits.note(connection, workspace, audits.AuditEntry(now, "", audits.OPERATOR, what, about))
