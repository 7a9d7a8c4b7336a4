"""The operator's commands: `dualo run` and its companions."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

import bot
from bot.process import doctor, fronts, main, settings
from bot.process.cli import content, data, erasures, people, studio, workspaces
from bot.process.cli import run as cli_run
from bot.process.cli.start import chosen, plainly, serving
from bot.process.logs import configure
from bot.store import migrate
from bot.store.database import Database

app = typer.Typer(
    name="dualo",
    help="Dualo teaches a team inside the chat it already lives in: Discord, Slack, or a page on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
database = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(database, name="db")
manifest = typer.Typer(help="What a platform wants to be told of the app.", no_args_is_help=True)
invite = typer.Typer(help="The link that brings the bot in.", no_args_is_help=True)
app.add_typer(content.build(fronts.fits), name="content")
app.add_typer(manifest, name="manifest")
app.add_typer(invite, name="invite")
app.add_typer(people.user, name="user")
app.add_typer(workspaces.workspace, name="workspace")
app.add_typer(erasures.erased, name="erasures")
app.add_typer(studio.app, name="studio")
app.command()(data.backup)
app.command()(data.restore)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@app.command()
def run(
    browser: Annotated[
        bool, typer.Option("--open", help="Show the local page in the browser, if there is one.")
    ] = False,
) -> None:
    """Start every front end that is configured; the local web page when none is."""
    cli_run.start(browser=browser)


@database.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date, after a backup. `dualo run` does the same by itself."""
    with plainly("The tables were not changed"):
        wanted = chosen()
        configure(form=wanted.log_format, level=wanted.log_level, secrets=wanted.secrets)
        with err.status("Bringing the tables up to date …"):
            done = asyncio.run(_upgrade(wanted))
        before = done.before or "nothing"
        out.print(f"From {before} to {done.after}." if done.changed else f"Up to date already, at {done.after}.")
        if done.backup:
            out.print(f"The database as it was: {done.backup}", soft_wrap=True)


async def _upgrade(wanted: settings.Settings) -> migrate.Upgraded:
    database = Database(wanted.database)
    try:
        return await main.prepare(database, wanted)
    finally:
        await database.close()


@app.command("doctor")
def examine(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Say it for machines.")] = False,
) -> None:
    """Look at everything that can be wrong, and say the mend. Exits with 1 for a fault; notes and warnings are none."""
    with plainly("The doctor cannot look"):
        wanted = serving()
        configure(form=wanted.log_format, level=settings.LogLevel.ERROR, secrets=wanted.secrets)
        with err.status("Looking …"):
            checks = asyncio.run(doctor.examine(wanted))
    if as_json:
        healthy = all(each.healthy for each in checks)
        typer.echo(
            json.dumps({"healthy": healthy, "checks": msgspec.to_builtins(checks)}, ensure_ascii=False, indent=2)
        )
        raise typer.Exit(0 if healthy else 1)
    table = Table(box=None, pad_edge=False, show_header=False)
    for each in checks:
        table.add_row((each.advice or "ok") if each.healthy else "WRONG", each.name, each.detail)
        if each.next_step:
            table.add_row("", "", f"→ {each.next_step}")
    out.print(table)
    if not all(each.healthy for each in checks):
        raise typer.Exit(1)


@manifest.command("slack")
def slack(
    prefix: Annotated[str, typer.Option(help="Put before every command, where names would collide.")] = "",
    http: Annotated[str, typer.Option(help="The public https address, for HTTP mode; Socket Mode without.")] = "",
) -> None:
    """Print the manifest to paste when the Slack app is made."""
    with plainly("There is no manifest"):
        typer.echo(json.dumps(fronts.slack_manifest(prefix, http), ensure_ascii=False, indent=2))


@invite.command("discord")
def discord() -> None:
    """Print the link that invites the bot, with both scopes and no permission it does not use."""
    with plainly("There is no link"):
        typer.echo(fronts.discord_invite(chosen()))


@app.command("version")
def show_version() -> None:
    """Which Dualo this is."""
    try:
        discord, slack = version("discord.py"), version("slack-bolt")
    except PackageNotFoundError:
        discord = slack = "missing"
    out.print(f"dualo {bot.__version__} (Python {sys.version.split()[0]}, discord.py {discord}, slack-bolt {slack})")
