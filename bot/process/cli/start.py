"""How every command of the operator's begins: with the settings, and with one line where something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.errors import PlatformClosed, SettingsError, StoreUnavailable
from bot.process import settings


@contextmanager
def plainly() -> Iterator[None]:
    """What the operator can mend is one line, never a traceback; what is written is for its owner alone."""
    os.umask(0o077)
    try:
        yield
    except SettingsError as error:
        _say(f"Dualo cannot start: {error}")
        raise SystemExit(2) from None
    except PlatformClosed as error:
        _say(f"Dualo has stopped: {error}")
        raise SystemExit(1) from None
    except StoreUnavailable as error:
        _say(f"The database does not answer: {error}. `dualo doctor` says more.")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def chosen() -> settings.Settings:
    """The settings of this environment, with a word on what looks like a slip of the pen."""
    for sentence in settings.unknown(os.environ):
        _say(sentence)
    return settings.read(os.environ)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
