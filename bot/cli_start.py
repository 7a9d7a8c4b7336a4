"""How every command of the operator's begins: with the settings, and with one line where something is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from bot import settings
from bot.errors import SettingsError, StoreUnavailable

err = Console(stderr=True, highlight=False)


@contextmanager
def plainly() -> Iterator[None]:
    """What the operator can mend is one line, never a traceback."""
    try:
        yield
    except SettingsError as error:
        err.print(f"Dualo cannot start: {error}", soft_wrap=True, markup=False)
        raise typer.Exit(2) from None
    except StoreUnavailable as error:
        err.print(f"The database does not answer: {error}. `dualo doctor` says more.", soft_wrap=True, markup=False)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def chosen() -> settings.Settings:
    """The settings of this environment, with a word on what looks like a slip of the pen."""
    for sentence in settings.unknown(os.environ):
        err.print(sentence, soft_wrap=True, markup=False)
    return settings.read(os.environ)
