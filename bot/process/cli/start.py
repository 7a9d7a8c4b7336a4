"""How every command begins: it reads the settings, and reports what is wrong in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.core.errors import PlatformClosed, SettingsError, StoreUnavailable
from bot.process import settings


@contextmanager
def plainly(outcome: str) -> Iterator[None]:
    """What the operator can fix is one line, never a traceback, and says first what came of the command; what is
    written is for its owner alone."""
    os.umask(0o077)
    _give_a_home()
    try:
        yield
    except SettingsError as error:
        _say(f"{outcome}: {error}")
        raise SystemExit(2) from None
    except PlatformClosed as error:
        _say(f"Dualo has stopped: {error}")
        raise SystemExit(1) from None
    except StoreUnavailable as error:
        _say(f"{outcome}: the database does not answer ({error}). `dualo doctor` says more.")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _give_a_home() -> None:
    """A user whom the machine does not know, as containers and units may name one, has no home; libraries want one."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"


def chosen() -> settings.Settings:
    """The settings of this environment, with a warning for each name that looks misspelt."""
    for sentence in settings.unknown(os.environ):
        _say(sentence)
    return settings.read(os.environ)


def serving() -> settings.Settings:
    """The same for what serves people, with a word for each key that is named but not given."""
    wanted = chosen()
    for sentence in (*settings.empty(os.environ, wanted), *settings.risks(wanted)):
        _say(sentence)
    return wanted


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
