"""What a command costs the database: a few statements, and not one more when the tables have grown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.core.ports import Actor
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.packs.library import Library
from bot.store.cold import links
from bot.store.database import Database
from bot.store.hot import door
from bot.store.queries import Query
from bot.store.store import Store, opened
from tests.conftest import Learner
from tests.hand_clock import HandClock


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hot statement, as it goes to the driver."""
    seen: list[str] = []
    for kind in (door.SqliteDoor, door.PostgresDoor):

        async def counted(self: door.Door, query: Query, run: Any = kind.run, **values: object) -> Any:
            seen.append(query.text)
            return await run(self, query, **values)

        monkeypatch.setattr(kind, "run", counted)
    return seen


@pytest.fixture
async def ada(database_url: str, library: Library, clock: HandClock) -> AsyncIterator[Learner]:
    async with opened(Database(database_url)) as store:
        yield Learner(StudyEngine(store, library, clock), Actor(workspace="web", person="ada"))


async def grow(store: Store, rows: int) -> None:
    """Completions of many others."""
    async with store.transaction() as connection:
        many = [
            {"workspace": "web", "person": f"p{i % 500}", "theme": f"t{i // 5000}", "lesson": f"l{i}", "at": i}
            for i in range(rows)
        ]
        await connection.execute(
            text(
                "INSERT INTO completion (workspace, person, theme, lesson, at, how, digest) "
                "VALUES (:workspace, :person, :theme, :lesson, :at, 'learner', 'd')"
            ),
            many,
        )


LINES = {"themes": 1, "next backend-architectures": 2, "lesson backend-architectures/rendering": 2, "theme backend": 1}


async def test_a_command_costs_few_statements_and_no_more_when_the_tables_grow(
    ada: Learner, statements: list[str]
) -> None:
    async def cost(line: str) -> int:
        statements.clear()
        await ada.types(line)
        return len(statements)

    before = {line: await cost(line) for line in LINES}
    assert all(before[line] <= most for line, most in LINES.items()), before
    await grow(ada.engine._store, 5_000)
    after = {line: await cost(line) for line in LINES}
    assert all(after[line] <= before[line] for line in LINES), (before, after)


async def test_done_is_one_look_and_one_transaction_of_two_statements(ada: Learner, statements: list[str]) -> None:
    await ada.types("lesson backend-architectures/layers")
    statements.clear()
    await ada.types("done backend-architectures/layers")
    assert [statement.split()[0] for statement in statements] == ["SELECT", "INSERT", "SELECT"]


async def test_done_without_opening_sets_the_bookmark_in_the_same_transaction(
    ada: Learner, statements: list[str]
) -> None:
    await ada.types("done backend-architectures/layers")
    assert [statement.split()[0] for statement in statements] == ["SELECT", "INSERT", "INSERT", "SELECT"]


async def test_who_is_linked_pays_no_statement_more(ada: Learner, statements: list[str], clock: HandClock) -> None:
    lines = (*LINES, "done backend-architectures/rendering")

    async def cost() -> list[int]:
        found = []
        for line in lines:
            statements.clear()
            await ada.types(line)
            found.append(len(statements))
        return found

    before = await cost()
    async with ada.engine._store.transaction() as connection:
        await links.make(connection, Seat("web", "ada"), Seat("hand:w", "lovelace"), clock.at)
    await ada.types("lesson backend-architectures/layers")
    assert [after <= most for after, most in zip(await cost(), before, strict=True)] == [True] * len(lines)
