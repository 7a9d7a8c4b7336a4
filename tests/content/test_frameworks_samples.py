"""Each piece of code in *Frameworks Under Pressure*, taken from the lesson as it stands there and run."""

from __future__ import annotations

import ast
import asyncio
import os
import random
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import ForeignKey, create_engine, event, make_url, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, raiseload, relationship

from tests.content import frameworks

WITH_CODE = {
    ("choice-matters-less", "Measure both shares"): ["http"],
    ("where-time-goes", "Missing indexes"): ["sql"],
    ("async-is-not-faster", "CPU on the loop is everyone's latency"): ["python"],
    ("async-is-not-faster", "Put the brake back"): ["python"],
    ("stateless-or-stateful", "Reconnects are a load test"): ["python"],
    ("database-coupling", "A fast ALTER that stops the site"): ["sql"],
    ("queues-and-idempotency", "The same end state"): ["sql"],
    ("caches-that-hold-up", "Start with HTTP"): ["http"],
    ("over-abstraction", "A layer over the framework leaks"): ["python"],
    ("monolith-to-services", "Draw the boundary inside first"): ["ini"],
    ("drift", "Little and often"): ["sh"],
    ("three-experiments", "One – find the slowest request"): ["sql"],
    ("three-experiments", "Two – extract one module"): ["python"],
    ("three-experiments", "Half a page"): ["text"],
}
"""What is run below, each by the language it is in."""


def test_no_sample_stands_in_a_lesson_without_a_test() -> None:
    found = {place: [language for language, _ in fences] for place, fences in frameworks.samples().items()}
    assert found == WITH_CODE


@pytest.fixture
def database(postgres_url: str) -> str:
    """The address of an empty PostgreSQL database, as asyncpg takes it."""
    return make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _plan(connection: asyncpg.Connection, statement: str) -> str:
    return "\n".join(row[0] for row in await connection.fetch(statement))


def test_server_timing_splits_the_request_of_lesson_1() -> None:
    name, value = frameworks.sample("choice-matters-less", "Measure both shares").strip().split(": ")
    parts = dict(part.strip().split(";dur=") for part in value.split(","))
    assert name == "Server-Timing"
    assert {key: int(taken) for key, taken in parts.items()} == {"db": 110, "partner": 45, "json": 17, "app": 8}
    assert "180 ms" in frameworks.section("choice-matters-less", "Two shares of one request")


@pytest.mark.postgres
async def test_an_index_on_the_expression_serves_where_one_on_the_column_does_not(database: str) -> None:
    create, explain = frameworks.sample("where-time-goes", "Missing indexes").strip().rstrip(";").split(";")
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE TABLE users (id int PRIMARY KEY, email text); CREATE INDEX ON users (email)")
    await connection.execute("INSERT INTO users SELECT n, 'U' || n || '@b.example' FROM generate_series(1, 5000) n")
    await connection.execute("ANALYZE users")
    assert "Seq Scan on users" in await _plan(connection, explain)
    await connection.execute(create)
    await connection.execute("ANALYZE users")
    after = await _plan(connection, explain)
    await connection.close()
    assert "Index" in after
    assert "Seq Scan" not in after
    assert "actual" in after
    assert "Buffers" in after


def test_watch_reports_what_kept_the_loop_from_waking() -> None:
    code = frameworks.sample("async-is-not-faster", "CPU on the loop is everyone's latency")
    reported: list[float] = []

    async def scene(loop: frameworks.TimeMachine) -> None:
        space: dict[str, Any] = {"asyncio": asyncio, "time": SimpleNamespace(perf_counter=loop.time)}
        exec(code, space)
        watching = asyncio.create_task(space["watch"](reported.append))
        await asyncio.sleep(0.25)
        loop.call_at(0.28, loop.pass_by, 0.06)  # something computes from 0.28 to 0.34; watch was due at 0.3
        await asyncio.sleep(0.3)
        watching.cancel()

    frameworks.run_timelessly(scene)
    assert [round(lag, 3) for lag in reported] == [0, 0, 0.04, 0, 0]
    assert "40 ms or more without awaiting" in frameworks.right("async-is-not-faster", "lag-report")


def test_call_21_of_quote_gets_a_slot_late_and_a_remnant_of_its_time() -> None:
    code = frameworks.sample("async-is-not-faster", "Put the brake back")
    began: list[float] = []
    ended: list[float] = []

    async def scene(loop: frameworks.TimeMachine) -> None:
        async def fetch(symbol: str) -> None:
            began.append(loop.time())
            await asyncio.sleep(3600)

        space: dict[str, Any] = {"asyncio": asyncio, "client": SimpleNamespace(fetch=fetch)}
        exec(code, space)

        async def call(symbol: str) -> None:
            with pytest.raises(TimeoutError):
                await space["quote"](symbol)
            ended.append(loop.time())

        first = [asyncio.create_task(call(f"call {n}")) for n in range(1, 21)]
        await asyncio.sleep(0.3)
        await asyncio.gather(call("call 21"), *first)

    frameworks.run_timelessly(scene)
    waits, has = began[20] - 0.3, ended[20] - began[20]
    assert [round(at, 3) for at in ended] == [1.5] * 20 + [1.8]
    said = re.findall(r"[\d.]+(?= s\b)", frameworks.right("async-is-not-faster", "slot-21"))
    assert [round(waits, 3), round(has, 3)] == [float(each) for each in said] == [1.2, 0.3]


@pytest.mark.parametrize(("attempt", "longest"), [(0, 10), (1, 20), (3, 80), (4, 120), (9, 120)])
def test_the_wait_before_a_reconnect_is_drawn_from_nought_to_a_cap(attempt: int, longest: int) -> None:
    code = frameworks.sample("stateless-or-stateful", "Reconnects are a load test")
    drawn: dict[str, Any] = {"random": SimpleNamespace(uniform=lambda low, high: (low, high)), "attempt": attempt}
    exec(code, drawn)
    assert drawn["delay"] == (0, longest)
    real: dict[str, Any] = {"random": random, "attempt": attempt}
    exec(code, real)
    assert 0 <= real["delay"] <= longest


def test_attempt_4_is_capped_as_its_question_says() -> None:
    assert frameworks.right("stateless-or-stateful", "capped-wait").startswith("Between 0 and 120 s")


@pytest.mark.postgres
async def test_the_alter_gives_up_after_its_limit_and_leaves_none_behind(database: str) -> None:
    code = frameworks.sample("database-coupling", "A fast ALTER that stops the site")
    report, migration = await asyncpg.connect(database), await asyncpg.connect(database)
    await migration.execute("CREATE TABLE orders (id int PRIMARY KEY)")
    async with report.transaction():
        await report.fetch("SELECT * FROM orders")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await migration.execute(code)
    await migration.execute("ROLLBACK")
    assert await migration.fetchval("SHOW lock_timeout") == "0"
    await migration.execute(code)
    assert await migration.fetchval("SHOW lock_timeout") == "0"
    assert await migration.fetch("SELECT note FROM orders") == []
    await report.close()
    await migration.close()


@pytest.mark.postgres
async def test_a_debit_sent_twice_is_made_once(database: str) -> None:
    code = frameworks.sample("queues-and-idempotency", "The same end state")
    connection = await asyncpg.connect(database)
    await _ledger(connection)
    for _ in range(3):
        await connection.execute(code)
    assert await connection.fetchval("SELECT balance FROM account WHERE id = 17") == 910
    await connection.close()


@pytest.mark.postgres
async def test_a_second_worker_waits_for_the_first_and_then_changes_nothing(database: str) -> None:
    code = frameworks.sample("queues-and-idempotency", "The same end state")
    one, two, watcher = [await asyncpg.connect(database) for _ in range(3)]
    await _ledger(watcher)
    transaction = one.transaction()
    await transaction.start()
    assert await one.execute(code) == "UPDATE 1"
    second = asyncio.create_task(two.execute(code))
    await _waits_for_a_lock(watcher, two.get_server_pid())
    await transaction.commit()
    assert await second == "UPDATE 0"
    assert await watcher.fetchval("SELECT balance FROM account WHERE id = 17") == 910
    assert frameworks.right("queues-and-idempotency", "two-workers").endswith("then changes nothing: 910")
    for connection in (one, two, watcher):
        await connection.close()


@pytest.mark.postgres
async def test_a_marker_in_a_statement_of_its_own_lets_the_second_debit_through(database: str) -> None:
    connection = await asyncpg.connect(database)
    await _ledger(connection)
    for _ in range(2):
        async with connection.transaction():
            await connection.execute("INSERT INTO done (task) VALUES ('inv-4711') ON CONFLICT DO NOTHING")
            await connection.execute("UPDATE account SET balance = balance - 90 WHERE id = 17")
    left = await connection.fetchval("SELECT balance FROM account WHERE id = 17")
    await connection.close()
    assert frameworks.right("queues-and-idempotency", "split-statement").startswith(f"{left},")


async def _ledger(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE TABLE done (task text PRIMARY KEY)")
    await connection.execute("CREATE TABLE account (id int PRIMARY KEY, balance int)")
    await connection.execute("INSERT INTO account VALUES (17, 1000)")


async def _waits_for_a_lock(watcher: asyncpg.Connection, pid: int) -> None:
    """Returns once the server says that this session waits; fails if it never does."""
    for _ in range(2000):
        if await watcher.fetchval("SELECT wait_event_type FROM pg_stat_activity WHERE pid = $1", pid) == "Lock":
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the session does not wait for a lock")


def test_the_cache_header_is_well_formed_and_says_what_the_text_says() -> None:
    lines = frameworks.sample("caches-that-hold-up", "Start with HTTP").strip().split("\n")
    headers = dict(line.split(": ", 1) for line in lines)
    directives = [part.strip() for part in headers["Cache-Control"].split(",")]
    assert directives == ["public", "max-age=60", "stale-while-revalidate=30"]
    assert re.fullmatch(r'(W/)?"[!#-~]*"', headers["ETag"])
    assert "For 60 s" in frameworks.section("caches-that-hold-up", "Start with HTTP")
    assert "for 30 more" in frameworks.section("caches-that-hold-up", "Start with HTTP")


def test_a_copy_answers_at_once_while_it_is_fresh_and_while_it_may_be_served_stale() -> None:
    header = frameworks.sample("caches-that-hold-up", "Start with HTTP")
    fresh, stale = [int(seconds) for seconds in re.findall(r"(?:max-age|stale-while-revalidate)=(\d+)", header)]
    ages = {"fresh": "45 s", "while-fetching": "75 s", "past-both": "95 s", "long-past": "10 minutes"}
    for option, age in ages.items():
        assert frameworks.offered("caches-that-hold-up", "copy-age", option) == age
    at_once = {"fresh": 45, "while-fetching": 75, "past-both": 95, "long-past": 600}
    assert frameworks.rights("caches-that-hold-up", "copy-age") == {
        option for option, age in at_once.items() if age < fresh + stale
    }


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    orders: Mapped[list[Order]] = relationship(back_populates="customer")


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")


@pytest.fixture
def shop() -> Session:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(Order(customer=Customer(name=f"customer {n}")) for n in range(12))
    return Session(engine)


def test_the_loop_over_a_repository_makes_one_query_and_one_per_order(
    shop: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    event.listen(shop.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    orders = SimpleNamespace(recent=lambda: shop.scalars(select(Order)))
    exec(frameworks.sample("over-abstraction", "A layer over the framework leaks"), {"orders": orders})
    assert len(asked) == 1 + 12
    assert capsys.readouterr().out.splitlines() == [f"customer {n}" for n in range(12)]


def test_raiseload_covers_collections(shop: Session) -> None:
    customer = shop.scalars(select(Customer).options(raiseload(Customer.orders))).first()
    assert customer is not None
    with pytest.raises(InvalidRequestError):
        list(customer.orders)


def _tree(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_import_contract_holds_and_catches_who_breaks_it(tmp_path: Path) -> None:
    pytest.importorskip("importlinter")
    code = frameworks.sample("monolith-to-services", "Draw the boundary inside first")
    modules = {
        "shop/__init__.py": "",
        "shop/billing/__init__.py": "from shop.billing.internal import charge",
        "shop/billing/internal.py": "def charge(): ...",
        "shop/orders.py": "from shop.billing import charge",
    }
    _tree(tmp_path, {".importlinter": code, **modules})
    kept = _run(tmp_path, "lint-imports")
    assert kept.returncode == 0, kept.stdout
    _tree(tmp_path, {"shop/orders.py": "from shop.billing.internal import charge"})
    broken = _run(tmp_path, "lint-imports")
    assert broken.returncode == 1
    assert "Billing's internals are private BROKEN" in broken.stdout


BREAKERS = {
    "lazy-import": ("shop/orders.py", "def total():\n    from shop.billing.internal import rates\n"),
    "outward-import": ("shop/billing/internal/rates.py", "import shop.orders"),
    "annotation-import": (
        "shop/orders.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shop.billing.internal\n",
    ),
    "sql-read": ("shop/orders.py", "UNPAID = 'SELECT id FROM billing_invoice WHERE paid IS NULL'"),
}


@pytest.mark.parametrize("option", BREAKERS)
def test_the_import_contract_breaks_where_its_question_says(tmp_path: Path, option: str) -> None:
    pytest.importorskip("importlinter")
    code = frameworks.sample("monolith-to-services", "Draw the boundary inside first")
    packages = ("shop", "shop/billing", "shop/billing/internal")
    modules = {f"{package}/__init__.py": "" for package in packages}
    changed, text = BREAKERS[option]
    _tree(tmp_path, {".importlinter": code, **modules, "shop/billing/internal/rates.py": "", "shop/orders.py": ""})
    _tree(tmp_path, {changed: text})
    broken = _run(tmp_path, "lint-imports").returncode == 1
    assert broken == (option in frameworks.rights("monolith-to-services", "border-first"))


def test_pytest_fails_on_a_deprecation_only_with_the_flag(tmp_path: Path) -> None:
    code = frameworks.sample("drift", "Little and often")
    warns = "import warnings\n\ndef test_it():\n    warnings.warn('soon gone', DeprecationWarning)\n"
    _tree(tmp_path, {"test_it.py": warns})
    assert _run(tmp_path, "sh", "-c", "pytest").returncode == 0
    failed = _run(tmp_path, "sh", "-c", code)
    assert failed.returncode == 1
    assert "DeprecationWarning: soon gone" in failed.stdout


STATEMENTS = [("SELECT 1", 12, 108_000.4), ("SELECT orders", 90_000, 3_600_000.0), ("SELECT 2", 7, 1.0)]
"""The lesson's figures: 40 ms at 90,000 calls, 9 s at 12."""
VIEW = "CREATE TABLE pg_stat_statements (query text, calls bigint, total_exec_time double precision)"


def test_the_statements_come_by_total_time_on_sqlite() -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(VIEW)
        connection.executemany("INSERT INTO pg_stat_statements VALUES (?, ?, ?)", STATEMENTS)
        rows = connection.execute(frameworks.sample("three-experiments", "One – find the slowest request")).fetchall()
    connection.close()
    assert rows == [(90_000, 3_600_000, "SELECT orders"), (12, 108_000, "SELECT 1"), (7, 1, "SELECT 2")]


@pytest.mark.postgres
async def test_the_statements_come_by_total_time_on_postgresql(database: str) -> None:
    """On a table with the view's columns: the view itself needs a server that was started with its module."""
    connection = await asyncpg.connect(database)
    await connection.execute(VIEW)
    await connection.executemany("INSERT INTO pg_stat_statements VALUES ($1, $2, $3)", STATEMENTS)
    rows = await connection.fetch(frameworks.sample("three-experiments", "One – find the slowest request"))
    await connection.close()
    assert [tuple(row) for row in rows] == [
        (90_000, 3_600_000, "SELECT orders"),
        (12, 108_000, "SELECT 1"),
        (7, 1, "SELECT 2"),
    ]


def test_of_the_half_pages_fall_the_control_leaves_280_ms_to_the_index() -> None:
    lines = dict(line.split(":", 1) for line in frameworks.sample("three-experiments", "Half a page").splitlines())
    assert list(lines) == ["Expected", "Before", "After", "Surprise", "Decision"]
    (before, target), (measured, *_) = [
        [int(figure) for figure in re.findall(r"(?<![\d–,])\d+(?= →| ms)", lines[name])]
        for name in ("Expected", "Before")
    ]
    after, control_before, control_after = map(int, re.findall(r"\d+", lines["After"]))
    assert (before, measured, target, after) == (840, 840, 300, 410)
    left_to_the_index = before * control_after / control_before - after
    by_option = {
        "share-280": left_to_the_index,
        "all-430": before - after,
        "minus-40": before - after - (control_before - control_after),
    }
    for option, fall in by_option.items():
        said = frameworks.offered("three-experiments", "control", option)
        assert f"{round(fall, -1):.0f} ms" in said
    assert frameworks.right("three-experiments", "control").startswith("Some 280 ms")
    assert f"{1 - control_after / control_before:.0%}".replace("%", " %") in frameworks.right(
        "three-experiments", "control"
    )


def test_the_graph_counts_every_kind_of_import_and_no_namesake(tmp_path: Path) -> None:
    pytest.importorskip("grimp")
    code = frameworks.sample("three-experiments", "Two – extract one module")
    modules = {
        "shop/__init__.py": "",
        "shop/pricing/__init__.py": "from .tax import rate",
        "shop/pricing/tax.py": "rate = 1",
        "shop/pricing_old.py": "",
        "shop/plain.py": "import shop.pricing",
        "shop/among.py": "from shop import pricing_old, pricing",
        "shop/inner.py": "from shop.pricing.tax import (\n    rate,\n)",
        "shop/web/__init__.py": "",
        "shop/web/cart.py": "from ..pricing import rate",
        "shop/innocent.py": "from shop import pricing_old",
    }
    _tree(tmp_path, {**modules, "count.py": code})
    done = _run(tmp_path, sys.executable, "count.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "4 ['shop.among', 'shop.inner', 'shop.plain', 'shop.web.cart']\n"


def test_the_graph_of_the_question_is_reached_from_as_many_modules_as_the_answer_says(tmp_path: Path) -> None:
    pytest.importorskip("grimp")
    modules = {
        "shop/__init__.py": "",
        "shop/money.py": "",
        "shop/pricing/__init__.py": "import shop.money",
        "shop/pricing/rules.py": "import shop.pricing.tax",
        "shop/pricing/tax.py": "",
        "shop/cart.py": "import shop.pricing.rules",
        "shop/invoice.py": "import shop.pricing\nimport shop.pricing.tax",
    }
    _tree(tmp_path, {**modules, "count.py": frameworks.sample("three-experiments", "Two – extract one module")})
    done = _run(tmp_path, sys.executable, "count.py")
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[0]) == frameworks.typed("three-experiments", "reaching")


def test_parsed_not_run_for_want_of_django_the_line_about_fetch_raise() -> None:
    (line,) = re.findall(r"`(for .*?)`", frameworks.ask("where-time-goes", "fetch-raise"))
    (loop,) = ast.parse(line).body
    assert isinstance(loop, ast.For)
    assert ast.unparse(loop.iter) == "Order.objects.fetch_mode(FETCH_RAISE)"
