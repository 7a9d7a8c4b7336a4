"""The operator's commands for content: check it, read it, begin it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from bot.core import text
from bot.core.errors import SettingsError, StoreUnavailable, StudyError
from bot.core.ports import WallClock
from bot.domain import lookup
from bot.domain.course import Key, Lesson, Shelf
from bot.features.learning import pages
from bot.packs import lint, load, parcel, preview, report, rewriting, scaffold
from bot.packs.intake import files
from bot.packs.load import bundled
from bot.packs.problems import Problem, Severity
from bot.packs.rules.case import Fit
from bot.process import settings
from bot.process.sources import sources_of

_PATIENCE = 1.0
"""Seconds of silence before a bar tells how far it is."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Folders = Annotated[list[Path] | None, typer.Argument(help="Folders of themes; else DUALO_CONTENT, else the bundled.")]
Folder = Annotated[Path | None, typer.Option(help="The folder of themes.")]


class CheckForm(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def no_fits() -> Sequence[Fit]:
    """No front end to measure by."""
    return ()


def build(fits: Callable[[], Sequence[Fit]] = no_fits) -> typer.Typer:
    """The commands; `fits` brings the front ends' own measures, asked for only when a check needs them."""
    app = typer.Typer(help="Check, read and begin themes and lessons.", no_args_is_help=True)

    @app.command("check")
    def _check(
        folders: Folders = None,
        *,
        strict: Annotated[bool, typer.Option("--strict", help="Warnings fail the check, too.")] = False,
        against: Annotated[Path | None, typer.Option(help="An older copy: what vanished, what changed.")] = None,
        form: Annotated[
            CheckForm,
            typer.Option("--format", help="For people, as JSON, or as GitHub's annotations."),
        ] = CheckForm.TEXT,
        as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    ) -> None:
        """Find everything that is wrong with content: file, line, what, and the mend."""
        with _plainly():
            found = examine(folders or [], against=against, fits=fits())
        _show(found, CheckForm.JSON if as_json else form)
        if found.errors or (strict and found.warnings):
            raise typer.Exit(1)

    @app.command("import")
    def _import(
        source: Annotated[
            Path,
            typer.Argument(help="Markdown, CSV or Anki's text export; or a ZIP as “content export” makes it."),
        ],
        *,
        drop: Annotated[bool, typer.Option("--drop", help="Of a ZIP: let lessons go that nothing carries on.")] = False,
        theme: Annotated[str, typer.Option(help="The theme's id that the draft of a lesson goes into.")] = "",
        lesson: Annotated[str, typer.Option(help="The lesson's id; else it is made of its title.")] = "",
        folder: Folder = None,
    ) -> None:
        """Make a draft of a lesson from notes or cards, with its gaps marked; or take an archive of themes in whole."""
        with _plainly():
            if source.suffix.lower() in files.KINDS:
                _draft(source, theme, lesson=lesson, folder=folder)
            else:
                _take(source, fits(), drop=drop)

    app.command("drop")(drop)
    app.command("preview")(show)
    app.command("new")(begin)
    return app


def examine(folders: Sequence[Path], *, against: Path | None, fits: Sequence[Fit]) -> report.Report:
    """Load, lint and compare."""
    with _bar() as step:
        loaded = load.load(_chosen(folders), step=step)
        problems = lint.check(loaded, fits, page=pages.fullest_lesson_page, step=step)
    return report.report(loaded, problems, before=load.load([against]) if against else None)


def drop(
    lessons: Annotated[list[str], typer.Argument(help="Lessons that are gone, each as theme/lesson.")],
) -> None:
    """Let lessons go that vanished and that nothing carries on. What people did in them is kept."""
    with _plainly():
        keys = [Key(*each.split("/")) for each in lessons if each.count("/") == 1]
        if wrong := [each for each in lessons if each.count("/") != 1]:
            raise SettingsError(f"“{wrong[0]}” is no lesson. Write it as theme/lesson, such as databases/pools.")
        unknown = asyncio.run(_let_go(settings.read(os.environ), keys))
        for key in unknown:
            out.print(f"{key} was never taught here, or let go before.", markup=False)
        if gone := len(keys) - len(unknown):
            out.print(f"Let go: {text.count(gone, 'lesson')}. A running Dualo takes the content within seconds.")


def _take(source: Path, fits: Sequence[Fit], *, drop: bool) -> None:
    """Put an archive of themes into the first folder of DUALO_CONTENT that can be written to, if it is sound."""
    taken = parcel.take(source, _configured(), fits=fits, page=pages.fullest_lesson_page, drop=drop)
    for error in taken.errors:
        out.print(error, markup=False)
    if taken.errors:
        err.print("Nothing was changed.", style="bold red")
        raise typer.Exit(1)
    out.print(f"In {taken.shelf}: {', '.join(taken.themes)}. A running Dualo takes it within seconds.", markup=False)


def _draft(source: Path, theme: str, *, lesson: str, folder: Path | None) -> None:
    """Write the draft that a file makes, and tell what became of each of its lines."""
    if not theme:
        raise StudyError(f"{source.name} makes a draft of one lesson.", "Say which theme it goes into: --theme ID.")
    try:
        with source.open("rb") as file:
            content = file.read(max(files.LARGEST.values()) + 1)
    except OSError as error:
        raise StudyError(f"{source} cannot be read: {error.strerror}.", "Check the name and its rights.") from None
    taken = files.take(source.name, content, id=lesson)
    chosen = _home(folder)
    id = str(taken.lesson["id"])
    made = scaffold.make(chosen, theme, lesson=id, content=rewriting.rewritten("", taken.lesson))
    for note in taken.notes:
        out.print(f"{source}:{note.line}: {note.said}", markup=False)
    _made(made, chosen / theme)


async def _let_go(wanted: settings.Settings, keys: Sequence[Key]) -> Sequence[Key]:
    """Those of the keys that were not known."""
    from bot.process.cli.people import connected
    from bot.store.cold import lessons

    async with connected(wanted, writing=True) as connection:
        known = await lessons.known(connection)
        await lessons.let_go(connection, keys)
    return [key for key in keys if key not in known]


def show(
    lesson: Annotated[str, typer.Argument(help="theme/lesson, an id, or words of the title.")],
    *,
    folder: Folder = None,
    questions: Annotated[bool, typer.Option("--questions", help="Show its questions and answers, too.")] = False,
    language: Annotated[str, typer.Option(help="Its translation, such as de.")] = "",
) -> None:
    """Read a lesson as it will be read."""
    with _plainly():
        loaded = load.load(_chosen([folder] if folder else []))
    whole = Shelf(tuple(pack.theme for pack in loaded.packs))
    shelf = whole.in_language(language) if language else whole
    found = lookup.lesson(shelf, lesson)
    if not isinstance(found, Lesson):
        _regret(lesson, [str(near.key) for near in found.lessons])
        raise typer.Exit(1)
    pack = next(pack for pack in loaded.packs if pack.theme.id == found.theme)
    if found.id not in pack.whole:
        err.print(f"This lesson has errors; `dualo content check {Path(pack.file).parent}` tells them.", style="yellow")
    wide = Console(highlight=False, width=min(out.width, 100) if out.is_terminal else 100)
    theme = shelf.theme(found.theme) or pack.theme
    if theme.lacks(found):
        err.print(f"There is no sound translation of this lesson to {language}.", style="yellow")
    wide.print(preview.lesson(theme, found))
    if questions:
        wide.print(preview.questions(found))


def begin(
    theme: Annotated[str, typer.Argument(help="The theme's id: a–z, 0–9 and hyphens. It is permanent.")],
    *,
    lesson: Annotated[str, typer.Option(help="A lesson's id: adds it to the theme.")] = "",
    title: Annotated[str, typer.Option(help="The new theme's title.")] = "",
    language: Annotated[str, typer.Option(help="Begins a translation of the lesson, such as de.")] = "",
    folder: Folder = None,
) -> None:
    """Begin a theme, or a lesson in one: files in the right form, with gaps to fill in."""
    with _plainly():
        chosen = _home(folder)
        if language:
            made = scaffold.translate(chosen, theme, lesson, language=language)
        else:
            made = scaffold.make(chosen, theme, title=title, lesson=lesson)
    _made(made, chosen / theme)


def _home(folder: Path | None) -> Path:
    """Where new files go: the folder given, else the first of the operator's own."""
    return folder or next((each for each in _configured() if each != bundled()), Path("content"))


def _made(made: scaffold.Made, home: Path) -> None:
    for file in made.files:
        out.print(str(file), markup=False)
    if made.left:
        out.print(made.left, markup=False)
    out.print(f"Fill in what says PLACEHOLDER, then: dualo content check {home}", markup=False)


def _show(found: report.Report, form: CheckForm) -> None:
    if form is CheckForm.JSON:
        typer.echo(json.dumps(found.data(), ensure_ascii=False, indent=2))
        return
    if form is CheckForm.GITHUB:
        for problem in found.problems:
            typer.echo(report.annotation(problem))
        for line in (*found.for_whom, found.summary):
            typer.echo(line)
        return
    for problem in found.problems:
        out.print(_coloured(problem))
    if found.changed:
        out.print(f"Changed: {', '.join(map(str, found.changed))}", markup=False)
    for each in found.for_whom:
        out.print(each, markup=False)
    out.print(found.summary, style="bold red" if found.errors else "bold green")


def _coloured(problem: Problem) -> Text:
    said = Text(report.line(problem))
    colour = "red" if problem.severity is Severity.ERROR else "yellow"
    said.highlight_words([f" {problem.severity.value}:"], style=colour)
    return said


def _regret(lesson: str, near: Sequence[str]) -> None:
    closest = f" Did you mean {' or '.join(near)}?" if near else " `dualo content check` lists what can be read."
    err.print(f"No lesson is called “{lesson}”.{closest}", markup=False)


def _chosen(folders: Sequence[Path]) -> tuple[Path, ...]:
    """The folders given, else all that the settings name, from Git the newest; named as short as they can be."""
    here = Path.cwd()
    wanted = tuple(folders) or _everything()
    return tuple(
        each.relative_to(here) if each.is_absolute() and each.is_relative_to(here) else each for each in wanted
    )


def _everything() -> tuple[Path, ...]:
    sources = sources_of(settings.read(os.environ), WallClock())
    asyncio.run(sources.look())
    for source in sources.in_git:
        if source.problem:
            err.print(f"{source.address}: {source.problem}.", markup=False, style="yellow")
    if not (found := sources.folders()):
        raise SettingsError("Nothing of DUALO_CONTENT is here, so there is nothing to look at.")
    return found


def _configured() -> tuple[Path, ...]:
    """Folders of this machine, which can be written to."""
    return settings.read(os.environ).folders


@contextmanager
def _plainly() -> Iterator[None]:
    """What a person can fix is one line, never a traceback."""
    try:
        yield
    except (StudyError, SettingsError) as error:
        err.print(str(error), markup=False)
        raise typer.Exit(2) from None
    except StoreUnavailable as error:
        err.print(f"The database does not answer: {error}. `dualo doctor` says more.", markup=False)
        raise typer.Exit(2) from None


@contextmanager
def _bar() -> Iterator[load.Step]:
    """A bar on the error stream, once it takes longer than a moment."""
    begun = time.monotonic()
    progress = Progress(console=err, transient=True, disable=not err.is_terminal)
    task = progress.add_task("Checking …", total=None)

    def step(done: int, total: int) -> None:
        if time.monotonic() - begun > _PATIENCE:
            progress.start()
            progress.update(task, completed=done, total=total)

    try:
        yield step
    finally:
        progress.stop()


app = build()
