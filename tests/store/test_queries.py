"""The statements in `.sql` files: both databases understand them."""

from __future__ import annotations

import re

import pytest

from bot.store import queries
from bot.store.database import Database
from bot.store.hot.door import open_door
from bot.store.outbox import claims
from bot.store.queries import Query

FRAGMENTS = {"due", "share"}
FOR_POSTGRESQL = {"plan"}


def statements(file: str, dialect: str) -> dict[str, Query]:
    left_out = FRAGMENTS if dialect == "postgresql" else FRAGMENTS | FOR_POSTGRESQL
    names = [name for name in queries._statements(file) if name not in left_out]
    return {
        name: claims._take(3, dialect) if name == "take" else queries.query(file, name, dialect, most=5)
        for name in names
    }


@pytest.mark.parametrize("file", ["hot", "outbox", "nudges"])
async def test_every_statement_is_understood(database_url: str, file: str) -> None:
    database = Database(database_url)
    door = await open_door(database.engine, writing=False)
    for name, query in statements(file, database.engine.dialect.name).items():
        assert "{{" not in query.text, name
        given = dict.fromkeys(query.names or re.findall(r":(\w+)", query.text))
        assert await door.run(Query(f"EXPLAIN {query.text}", query.names), **given), name
    await door.close()
    await database.close()
