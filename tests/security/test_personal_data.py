"""Every table and column that can name a person is described, handed out and erased; a new one fails here first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, Table, select

from bot.core import views
from bot.core.ports import Actor
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.account.account import OWN_ROWS, ROWS
from bot.store import tables
from bot.store.cold import erasures, privacy, retention
from bot.store.cold.erasures import Erasure, ErasureKind
from bot.store.cold.workspaces import TENANTS
from bot.store.columns import DayColumn, Instant
from bot.store.store import Store
from tests.conftest import Learner
from tests.hand_clock import HandClock
from tests.security import rows

ADA = Seat("discord:900", "7771")
PAGE = (Path(__file__).parent.parent.parent / "docs" / "privacy.md").read_text(encoding="utf-8")

NAMING = {
    "workspace": {"alert_to", "managers"},
    "schedule": {"created_by"},
    "follow": {"suggested_by"},
    "assignment": {"suggested_by"},
    "delivery": {"address", "message", "payload", "reason"},
    "nudge": {"address"},
    "lane": {"name"},
    "audit": {"by", "about"},
    "link": {"other_person"},
    "link_code": {"other_person"},
}
"""Columns besides `person` in which an id can stand."""
WORDS = {
    "completion": {"how", "digest"},
    "removed": {"how", "digest"},
    "answer": {"given", "schedule"},
    "review": {"how", "given"},
    "memory": {"answer_key"},
    "quiz": {"questions"},
    "mistake": {"digest", "what", "note"},
    "learner": {"timezone", "language", "locale", "bookmark_theme", "bookmark_lesson"},
    "workspace": {"timezone", "language"},
    "consent": {"way", "zone"},
    "schedule": {"address", "zone", "state", "start_at", "skips", "mention", "holidays", "question_after"},
    "nudge": {"kind", "stopped"},
    "delivery": {"schedule", "kind", "state", "lease_owner", "local_date"},
    "lane": {"front"},
    "alert": {"cause", "reason", "subject"},
    "audit": {"verb", "what"},
    "assignment": {"role"},
    "assigned": {"assignment"},
    "snooze": {"first"},
    "link": {"other_workspace"},
    "link_code": {"other_workspace", "name", "selector", "digest", "state"},
    "joint": {"answer_key"},
    "carried": {"digest"},
    "carried_review": {"how", "given"},
    "certificate": {"code", "name", "title", "lessons"},
}
"""Columns with words in which no id stands, or that go with the row."""
EVERYWHERE = {"workspace", "person", "id", "theme", "lesson", "question", "quiz"}
WITHOUT_PEOPLE = {"shelf", "vault", "erasure"}
"""Tables of no workspace: lessons, what front ends keep, fingerprints."""


def texts(table: Table) -> set[str]:
    kinds = (BigInteger, Boolean, Double, Integer, Instant, DayColumn)
    return {column.name for column in table.columns if not isinstance(column.type, kinds)}


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: table.name)
def test_of_each_column_with_words_it_is_known_whether_it_names_a_person(table: Table) -> None:
    if table.name in WITHOUT_PEOPLE:
        assert "workspace" not in table.c
        return
    known = NAMING.get(table.name, set()) | WORDS.get(table.name, set())
    unknown = texts(table) - EVERYWHERE - known - {"next_date"}
    assert not unknown, f"does {unknown} name a person? Then erase and export must know of it, and docs/privacy.md"


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: table.name)
def test_each_table_is_described_with_what_it_is_for_and_for_how_long(table: Table) -> None:
    lines = [line for line in PAGE.splitlines() if re.match(rf"\|[^|]*`{table.name}`", line)]
    assert len(lines) == 1, f"{table.name} needs one line in docs/privacy.md"
    assert all(cell.strip() for cell in lines[0].strip("|").split("|")), lines[0]


@pytest.mark.parametrize("table", tables.personal, ids=lambda table: table.name)
def test_each_table_with_people_is_named_on_their_own_page_and_known_to_retention(table: Table) -> None:
    assert table.name in ROWS
    assert (table in retention.SIGNS) != (table in retention.SILENT)
    assert set(retention.SIGNS.get(table, ())) <= set(table.c.keys())


def value(column: Column[object], person: str) -> object:
    """Something that fits, with the person in it wherever a person can be."""
    name = column.name
    if (fitting := rows.of_type(column, flag=False)) is not None:
        return fitting
    if name == "workspace":
        return ADA.workspace
    if name == "managers":
        return f"person:{person}"
    if name in {"alert_to", "address", "name"} and name in NAMING.get(column.table.name, set()):
        return f"@{person}/900"
    if name in NAMING.get(column.table.name, set()) | {"person"}:
        return person
    return "x"


async def fill(store: Store, person: str, *, workspace: str = ADA.workspace) -> None:
    """One row in each table of a workspace, the person in every column that can name one."""
    async with store.transaction() as connection:
        for table in TENANTS:
            row = {column.name: value(column, person) for column in table.columns} | {"workspace": workspace}
            if table is tables.alert:
                row["subject"] = "x"
            await connection.execute(table.insert().values(row))
        alert = {column.name: value(column, person) for column in tables.delivery.columns}
        alert |= {"person": "", "kind": DeliveryKind.ALERT, "workspace": workspace}
        await connection.execute(tables.delivery.insert().values(alert))


async def held(store: Store, word: str) -> set[str]:
    async with store.reading() as connection:
        found = {each.name: (await connection.execute(select(each))).all() for each in tables.metadata.sorted_tables}
    return {name for name, rows in found.items() if word in str(rows)}


async def test_what_stands_in_every_column_is_shown_handed_out_and_erased(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await fill(store, ADA.person)
    ada = Learner(engine, Actor(ADA.workspace, ADA.person))
    page = await ada.types("privacy")
    assert isinstance(page, views.PrivacyPage)
    shown = {row.name for row in page.rows}
    assert shown >= {ROWS[table.name] for table in tables.personal} | {ROWS["audit"]}
    async with store.reading() as connection:
        exported = await privacy.export(connection, ADA)
    rates = {"lane"}  # when messages went to an address, for an hour at most
    assert {name for name, rows in exported.items() if rows} == await held(store, ADA.person) - rates
    async with store.transaction() as connection:
        await privacy.erase(connection, ADA, at=clock.now())
    assert await held(store, ADA.person) == set()


async def test_in_their_own_space_all_of_it_is_theirs(engine: StudyEngine, store: Store) -> None:
    """Direct messages on Discord: the workspace itself is named for the person."""
    own = Seat(f"discord:dm:{ADA.person}", ADA.person)
    await fill(store, ADA.person, workspace=own.workspace)
    await fill(store, "8", workspace="discord:dm:8")
    ada = Learner(engine, Actor(own.workspace, own.person, private=True))
    page = await ada.types("privacy")
    assert isinstance(page, views.PrivacyPage)
    assert {row.name for row in page.rows} == {(ROWS | OWN_ROWS)[table.name] for table in TENANTS}
    async with store.reading() as connection:
        exported = await privacy.export(connection, own)
    assert {name for name, rows in exported.items() if rows} == {table.name for table in TENANTS}
    await ada.types("privacy delete")
    await ada.does(commands.Erase(word="erase"))
    assert await held(store, ADA.person) == set()
    assert await held(store, "discord:dm:8") == {table.name for table in TENANTS}


async def test_a_copy_forgets_again_whom_it_names_anywhere(store: Store, clock: HandClock) -> None:
    await fill(store, ADA.person)
    async with store.reading() as connection:
        assert await privacy.people_of(connection, ADA.workspace) == {ADA.person}
    erased = Erasure(erasures.mark(ADA.workspace, ADA.person), ErasureKind.PERSON, clock.now())
    for times in (1, 0):
        async with store.transaction() as connection:
            missing = await erasures.carry_over(connection, [erased])
            assert await privacy.erase_again(connection, missing) == times
        assert await held(store, ADA.person) == set()


async def test_of_an_erasure_no_name_is_kept(store: Store, clock: HandClock) -> None:
    async with store.transaction() as connection:
        await privacy.erase(connection, ADA, at=clock.now())
        kept = (await connection.execute(select(tables.erasure))).all()
    assert len(kept) == 1
    assert not any(word in str(kept) for word in ADA)
