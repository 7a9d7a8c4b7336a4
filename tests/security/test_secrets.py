"""What is secret reaches no log and no error, also when the database fails in the middle of keeping it."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import text

from bot.process.settings import LogFormat
from bot.store.cold.vault import StoredVault
from bot.store.store import Store
from tests.hand_clock import HandClock
from tests.log_lines import logged

TOKEN = "xoxb-1234567890-abcdefghij"
WORDS = "what somebody typed"


@pytest.mark.parametrize("form", list(LogFormat))
@pytest.mark.parametrize("value", [TOKEN, WORDS])
async def test_what_could_not_be_kept_is_not_in_the_error(
    store: Store, clock: HandClock, form: LogFormat, value: str
) -> None:
    vault = StoredVault(store, "slack", clock)
    async with store.transaction() as connection:
        await connection.execute(text("DROP TABLE vault"))
    with logged(form) as log:
        try:
            await vault.put("install:none:T1", value)
        except Exception:
            structlog.get_logger().exception("It was not kept.", action="test.failed")
    assert "It was not kept." in log.written.getvalue()
    assert value not in log.written.getvalue()


@pytest.mark.parametrize("form", list(LogFormat))
@pytest.mark.parametrize(
    "token",
    [TOKEN, "xoxp-1-2-3-abc", "xoxe.xoxb-1-MjAyMw", "xapp-1-A1-2-3f", "xoxa-2-x"],
)
def test_a_token_that_no_setting_knows_is_blotted_out_by_its_looks(form: LogFormat, token: str) -> None:
    with logged(form) as log:
        structlog.get_logger().warning(f"Failing row contains ({token}, 1).", action="test", held={"token": token})
    assert token not in log.written.getvalue()
    assert "Failing row" in log.written.getvalue()
