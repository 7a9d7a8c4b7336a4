"""Logging for the whole process: set up once by the command line, before anything starts.

Every module logs through structlog, `log.error("A sentence.", action="what.happened", key=value)`. A library logs by
`logging`; its lines come out the same way, with the keys of its `extra=`. Text is for people, JSON for machines. No
secret ever stands in a line.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import TextIO

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import Processor

from bot.process.settings import LogFormat, LogLevel

HIDDEN = "[hidden]"
_TOKEN = re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w.-]+")
"""A token of Slack's, known by its looks: those that workspaces gave are in no setting."""

_NO_DESCRIPTORS = "socket.accept() out of system resource"
_REPEATED_AFTER = 60.0
"""Seconds."""


def configure(
    *,
    form: LogFormat = LogFormat.TEXT,
    level: LogLevel = LogLevel.INFO,
    secrets: Sequence[str] = (),
    to: TextIO | None = None,
) -> None:
    """Send our own and the libraries' logs the same way, to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if form is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(
            colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(
        _Discreet(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            secrets=secrets,
        )
    )
    handler.addFilter(_WithoutFloods())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in ("discord", "slack_bolt", "slack_sdk", "aiohttp", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that finds its job still running is no warning
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _WithoutFloods(logging.Filter):
    """What strangers can make a library say any number of times is said briefly, and not every time."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._quiet_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if record.name == "aiohttp.server" and isinstance(error, HttpProcessingError):
            # No HTTP at all: neither our mistake nor anybody's that could mend it.
            return logging.getLogger().isEnabledFor(logging.DEBUG)
        if record.name == "asyncio" and str(record.msg).startswith(_NO_DESCRIPTORS):
            now = self._now()
            if now < self._quiet_until:
                return False
            self._quiet_until = now + _REPEATED_AFTER
            record.exc_info = record.exc_text = None
        return True


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Replaces every secret, wherever it stands in the line."""

    def __init__(
        self, *, processors: list[Processor], foreign_pre_chain: list[Processor], secrets: Sequence[str]
    ) -> None:
        super().__init__(processors=processors, foreign_pre_chain=foreign_pre_chain)
        self._secrets = sorted((secret for secret in secrets if len(secret) > 3), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return _TOKEN.sub(HIDDEN, line)
