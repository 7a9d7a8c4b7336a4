"""The operator's commands for the studio: who may write there, besides the operator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.console import Console

from bot.core import text
from bot.core.errors import SettingsError
from bot.core.ports import WallClock
from bot.process import main
from bot.process.cli.start import chosen, plainly
from bot.process.settings import Settings
from bot.store.cold.vault import StoredVault
from bot.store.database import Database
from bot.store.store import opened
from bot.studio.authors import Author, Authors

app = typer.Typer(help="Who may write lessons in the studio.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Name = Annotated[str, typer.Argument(help="As drafts and versions will name them.")]
Days = Annotated[int, typer.Option(min=1, max=366, help="How long the link opens the studio.")]


@asynccontextmanager
async def _authors(wanted: Settings) -> AsyncIterator[Authors]:
    database = Database(wanted.database)
    await main.prepare(database, wanted)
    async with opened(database) as store:
        clock = WallClock()
        yield Authors(StoredVault(store, "web", clock), clock)


@app.command("invite")
def invite(name: Name, *, days: Days = 30) -> None:
    """Print a link by which somebody may write in the studio, and go nowhere else."""
    with plainly("Nobody was invited"):
        wanted = chosen()
        if not wanted.web_on or not wanted.web_token:
            raise SettingsError(
                "the studio stands behind the page's token. Set DUALO_WEB=on and DUALO_WEB_TOKEN where Dualo runs, and "
                "DUALO_PUBLIC_URL if it is reached from elsewhere. Without a token it is open to its own machine alone."
            )
        word = asyncio.run(_invite(wanted, name, days))
        address = wanted.public_url or f"http://{wanted.http_host}:{wanted.http_port}"
        out.print(f"{address.rstrip('/')}/studio#{word}", markup=False, soft_wrap=True)
        days_left = text.count(days, "day")
        err.print(f"It opens the studio for {name} for {days_left}. Whoever has it writes in their name.", markup=False)


async def _invite(wanted: Settings, name: str, days: int) -> str:
    async with _authors(wanted) as authors:
        return await authors.invite(name, days=days)


@app.command("authors")
def authors() -> None:
    """Tell whose links open the studio, and until when."""
    with plainly("Nobody was looked for"):
        found = asyncio.run(_all(chosen()))
    for each in found:
        out.print(f"{each.name}  until {each.until:%Y-%m-%d %H:%M} UTC", markup=False, soft_wrap=True)
    if not found:
        out.print("Nobody. `dualo studio invite NAME` makes a link.", markup=False)


async def _all(wanted: Settings) -> list[Author]:
    async with _authors(wanted) as named:
        return await named.all()


@app.command("remove")
def remove(name: Name) -> None:
    """End every link of that name; who is in the studio by one is out with their next step. Drafts are kept."""
    with plainly("Nobody was removed"):
        gone = asyncio.run(_remove(chosen(), name))
    if not gone:
        out.print(f"No link of {name} opens the studio.", markup=False)
        raise typer.Exit(1)
    out.print(f"Ended: {text.count(gone, 'link')} of {name}.", markup=False)


async def _remove(wanted: Settings, name: str) -> int:
    async with _authors(wanted) as named:
        return await named.remove(name)
