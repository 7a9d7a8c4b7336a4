"""How every command begins: it reads the settings, and reports what is wrong in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.errors import PlatformClosed, SettingsError, StoreUnavailable
from bot.process import settings


@contextmanager
def plainly() -> Iterator[None]:
    """What the operator can fix is one line, never a traceback; what is written is for its owner alone."""
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
    """The settings of this environment, with a warning for each name that looks misspelt."""
    for sentence in settings.unknown(os.environ):
        _say(sentence)
    return settings.read(os.environ)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
