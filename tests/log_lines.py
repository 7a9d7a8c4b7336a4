"""What the process writes to its log, as an operator reads it: set up by `bot.process.logs`, in text or in JSON."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from bot.process import logs
from bot.process.settings import LogFormat

_SHOWN = re.compile(r"Something broke on our side\. Reference (\w+)\.")


@dataclass(slots=True)
class Log:
    """The lines written so far."""

    form: LogFormat
    written: io.StringIO = field(default_factory=io.StringIO)

    @property
    def lines(self) -> list[str]:
        return self.written.getvalue().splitlines()

    def told_under(self, reference: str) -> list[str]:
        """The actions of the lines that carry the reference under its own key."""
        if self.form is LogFormat.JSON:
            read = [json.loads(line) for line in self.lines]
            return [each["action"] for each in read if each.get("reference") == reference]
        told = [line for line in self.lines if re.search(rf"\breference={reference}\b", line)]
        return [action[1] for line in told if (action := re.search(r"\baction=(\S+)", line))]


@contextmanager
def logged(form: LogFormat, *, secrets: Sequence[str] = ()) -> Iterator[Log]:
    """Log as a process does that serves, and put back what was there."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log = Log(form)
    logs.configure(form=form, secrets=secrets, to=log.written)
    try:
        yield log
    finally:
        root.handlers, root.level = handlers, level
        structlog.reset_defaults()


def reference_in(shown: str) -> str:
    """The reference id that a person was told."""
    found = _SHOWN.search(shown)
    assert found, shown
    return found[1]
