"""Log lines, in both forms."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot.process import logs
from bot.process.settings import LogFormat
from tests.log_lines import logged


@pytest.mark.parametrize("form", list(LogFormat))
def test_a_secret_never_reaches_a_log_line(form: LogFormat) -> None:
    with logged(form, secrets=["s3cret-token"]) as log:
        structlog.get_logger().info("Using s3cret-token now.", action="test", header="Bearer s3cret-token")
        try:
            raise ValueError("bad s3cret-token")
        except ValueError:
            logging.getLogger("library").exception("It failed.")
    written = log.written.getvalue()
    assert "s3cret-token" not in written
    assert written.count(logs.HIDDEN) >= 3


@pytest.mark.parametrize("form", list(LogFormat))
def test_the_keys_that_a_library_logs_stand_in_the_line(form: LogFormat) -> None:
    with logged(form) as log:
        logging.getLogger("library").warning("It hangs.", extra={"action": "library.hangs", "reference": "K7Q2"})
    assert log.told_under("K7Q2") == ["library.hangs"]


def test_a_bug_is_one_line_of_json_with_its_traceback() -> None:
    with logged(LogFormat.JSON) as log:
        try:
            raise ValueError("the roof fell in")
        except ValueError:
            structlog.get_logger().exception("It failed.", action="test.failed")
    (line,) = log.lines
    told = json.loads(line)
    assert (told["event"], told["action"], told["level"]) == ("It failed.", "test.failed", "error")
    assert "ValueError: the roof fell in" in told["exception"]
