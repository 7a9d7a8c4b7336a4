"""Logging for the whole process: set up once by the command line, before anything starts.

Every module logs through structlog, `log.error("A sentence.", action="what.happened", key=value)`. A library logs by
`logging`; its lines come out the same way, with the keys of its `extra=`. Text is for people, JSON for machines. No
secret ever stands in a line.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from typing import TextIO

import structlog
from structlog.typing import Processor

from bot.process.settings import LogFormat, LogLevel

HIDDEN = "[hidden]"
_TOKEN = re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w.-]+")
"""A token of Slack's, known by its looks: those that workspaces gave are in no setting."""


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
