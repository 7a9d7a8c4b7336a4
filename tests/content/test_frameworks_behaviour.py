"""What *Frameworks Under Pressure* says of sockets, pools, the GIL and PostgreSQL's locks, tried out."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.content import frameworks
from tests.content.frameworks import right

Connect = Callable[[], Awaitable[asyncpg.Connection]]


@pytest.fixture
async def connect(postgres_url: str) -> AsyncIterator[Connect]:
    """Opens connections to one empty PostgreSQL database, and closes them."""
    url = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    opened: list[asyncpg.Connection] = []

    async def connection() -> asyncpg.Connection:
        opened.append(await asyncpg.connect(url))
        return opened[-1]

    yield connection
    for each in opened:
        await each.close()


@pytest.mark.postgres
async def test_lesson_2_slow_delete_the_referencing_column_has_no_index(connect: Connect) -> None:
    one = await connect()
    await one.execute("CREATE TABLE customers (id int PRIMARY KEY, code text UNIQUE)")
    await one.execute("CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers (id))")
    indexed = await one.fetch("SELECT tablename, indexdef FROM pg_indexes WHERE tablename IN ('customers', 'orders')")
    columns = {(row["tablename"], row["indexdef"].split("(")[1].rstrip(")")) for row in indexed}
    assert columns == {("customers", "id"), ("customers", "code"), ("orders", "id")}
    await one.execute(
        "INSERT INTO customers VALUES (1); INSERT INTO orders SELECT n, NULL FROM generate_series(1, 500) n"
    )
    scanned = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'orders'"
    await one.execute("SELECT pg_stat_force_next_flush()")
    before = await one.fetchval(scanned)
    await one.execute("DELETE FROM customers WHERE id = 1")
    await one.execute("SELECT pg_stat_force_next_flush()")
    assert await one.fetchval(scanned) > before
    assert "scans the whole table" in right("where-time-goes", "slow-delete")


@asynccontextmanager
async def _listening(start: Callable[[socket.socket], object]) -> AsyncIterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        start(server)
        yield server.getsockname()


async def test_lesson_3_waiting_room_sync_workers_leave_the_rest_in_the_listen_queue() -> None:
    """Four threads stand for four sync workers: each accepts one connection and answers before it takes another."""
    accepted: list[socket.socket] = []
    all_taken, end = threading.Semaphore(0), threading.Event()

    def work(server: socket.socket) -> None:
        connection, _ = server.accept()
        accepted.append(connection)
        all_taken.release()
        end.wait()
        connection.close()

    with ThreadPoolExecutor(4) as workers:

        def start(server: socket.socket) -> None:
            for _ in range(4):
                workers.submit(work, server)

        async with _listening(start) as address:
            clients = [socket.create_connection(address) for _ in range(40)]
            for _ in range(4):
                await asyncio.to_thread(all_taken.acquire)
            held = len(accepted)
            end.set()
        for client in clients:
            client.close()
    assert (held, len(clients) - held) == (4, 36)
    assert "Before in the listen queue" in right("async-is-not-faster", "waiting-room")


async def test_lesson_3_waiting_room_an_async_server_takes_all_and_they_wait_for_the_pool() -> None:
    pool, end = asyncio.Semaphore(15), asyncio.Event()
    counted = {"accepted": 0, "connected": 0}
    everybody, pool_empty = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counted["accepted"] += 1
        if counted["accepted"] == 40:
            everybody.set()
        async with pool:
            counted["connected"] += 1
            if pool.locked():
                pool_empty.set()
            await end.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    clients = [await asyncio.open_connection(*address) for _ in range(40)]
    await everybody.wait()
    await pool_empty.wait()
    assert counted == {"accepted": 40, "connected": 15}
    end.set()
    for reader, writer in clients:
        await reader.read()
        writer.close()
    server.close()
    await server.wait_closed()
    assert "after in front of the connection pool" in right("async-is-not-faster", "waiting-room")


async def _longest_pause_during(work: Callable[[], object]) -> float:
    """The longest that the loop stood still while a thread was at work, as a share of that work."""
    begun, ended = threading.Event(), threading.Event()
    took: list[float] = []

    def run() -> None:
        begun.set()
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
        ended.set()

    working = asyncio.create_task(asyncio.to_thread(run))
    last, longest = time.perf_counter(), 0.0
    while not ended.is_set():
        await asyncio.sleep(0)
        now = time.perf_counter()
        if begun.is_set():
            longest = max(longest, now - last)
        last = now
    await working
    return longest / took[0]


@pytest.mark.skipif(not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="this Python has no GIL")
async def test_lesson_3_a_thread_lets_the_loop_breathe_but_not_while_json_is_encoded() -> None:
    rows = [{"id": n, "name": "x" * 20, "tags": ["a", "b"]} for n in range(300_000)]
    gc.disable()  # other tests' libraries run Python code at each collection, and that lets the loop in
    try:
        encoding = await _longest_pause_during(lambda: json.dumps(rows))
    finally:
        gc.enable()
    python = await _longest_pause_during(lambda: sum(n * n for n in range(5_000_000)))
    assert python < 0.5 < encoding


@pytest.mark.postgres
async def test_lesson_5_alter_queue_a_reader_waits_behind_the_waiting_alter(connect: Connect) -> None:
    report, migration, visitor, watcher = [await connect() for _ in range(4)]
    code = frameworks.sample("database-coupling", "A fast ALTER that stops the site")
    (alter,) = [line for line in code.split("\n") if line.startswith("ALTER")]
    await report.execute("CREATE TABLE orders (id int PRIMARY KEY)")
    transaction = report.transaction()
    await transaction.start()
    await report.fetch("SELECT * FROM orders")
    altering = asyncio.create_task(migration.execute(alter))
    await _is_blocked_by(watcher, migration, report)
    reading = asyncio.create_task(visitor.fetch("SELECT * FROM orders"))
    await _is_blocked_by(watcher, visitor, migration)
    await transaction.rollback()
    await altering
    await reading
    assert right("database-coupling", "alter-queue").startswith("Later queries wait up to 2 s")


async def _is_blocked_by(watcher: asyncpg.Connection, blocked: asyncpg.Connection, blocker: asyncpg.Connection) -> None:
    for _ in range(2000):
        if blocker.get_server_pid() in await watcher.fetchval("SELECT pg_blocking_pids($1)", blocked.get_server_pid()):
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the one does not wait for the other")


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("column", "rewritten"),
    [
        ("note text", False),
        ("state text DEFAULT 'new'", False),
        ("token uuid DEFAULT gen_random_uuid()", True),
        ("number int GENERATED ALWAYS AS IDENTITY", True),
        ("doubled int GENERATED ALWAYS AS (id * 2) STORED", True),
    ],
)
async def test_lesson_5_only_a_plain_column_is_metadata_alone(connect: Connect, column: str, rewritten: bool) -> None:
    one = await connect()
    await one.execute("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 50)")
    before = await one.fetchval("SELECT pg_relation_filenode('orders')")
    await one.execute(f"ALTER TABLE orders ADD COLUMN {column}")
    assert (await one.fetchval("SELECT pg_relation_filenode('orders')") != before) is rewritten


@pytest.mark.postgres
async def test_lesson_5_a_concurrent_index_takes_no_transaction_and_may_be_left_invalid(
    connect: Connect,
) -> None:
    one = await connect()
    await one.execute("CREATE TABLE orders (number int); INSERT INTO orders VALUES (1), (1)")
    with pytest.raises(asyncpg.ActiveSQLTransactionError):
        async with one.transaction():
            await one.execute("CREATE INDEX CONCURRENTLY ON orders (number)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await one.execute("CREATE UNIQUE INDEX CONCURRENTLY by_number ON orders (number)")
    assert await one.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_number'::regclass") is False


@pytest.mark.postgres
async def test_lesson_5_an_open_transaction_holds_up_writers_of_the_row_and_no_readers(
    connect: Connect,
) -> None:
    slow, reader, writer, watcher = [await connect() for _ in range(4)]
    await slow.execute("CREATE TABLE orders (id int PRIMARY KEY, state text); INSERT INTO orders VALUES (1, 'open')")
    await slow.execute("INSERT INTO orders VALUES (2, 'open')")
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("UPDATE orders SET state = 'paid' WHERE id = 1")
    assert await reader.fetchval("SELECT state FROM orders WHERE id = 1") == "open"
    assert await reader.execute("UPDATE orders SET state = 'paid' WHERE id = 2") == "UPDATE 1"
    writing = asyncio.create_task(writer.execute("UPDATE orders SET state = 'lost' WHERE id = 1"))
    await _is_blocked_by(watcher, writer, slow)
    await transaction.rollback()
    await writing
    assert "Those who update that order" in right("database-coupling", "slow-payment")


@pytest.mark.postgres
async def test_lesson_5_vacuum_leaves_the_rows_that_died_during_an_open_transaction(connect: Connect) -> None:
    slow, other = [await connect() for _ in range(2)]
    await other.execute("CREATE TABLE orders (id int PRIMARY KEY, state text); INSERT INTO orders VALUES (1, 'open')")
    await other.execute("CREATE TABLE lines (n int); INSERT INTO lines SELECT generate_series(1, 100)")
    dead = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'lines'"
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("UPDATE orders SET state = 'paid'")
    await other.execute("DELETE FROM lines")
    await other.execute("VACUUM lines")
    assert await other.fetchval(dead) == 100
    await transaction.commit()
    await other.execute("VACUUM lines")
    assert await other.fetchval(dead) == 0
    said = frameworks.section("database-coupling", "Transactions that wait for others")
    assert "vacuum cannot clear away row versions that died meanwhile" in said


@pytest.mark.postgres
async def test_lesson_5_the_limits_that_servers_are_said_to_have_by_default(connect: Connect) -> None:
    one = await connect()
    rows = await one.fetch("SELECT name, boot_val FROM pg_settings")
    found = {row["name"]: row["boot_val"] for row in rows}
    assert (found["max_connections"], found["idle_in_transaction_session_timeout"]) == ("100", "0")


@pytest.mark.postgres
async def test_lesson_12_explain_analyze_carries_an_update_out_unless_it_is_rolled_back(connect: Connect) -> None:
    one = await connect()
    await one.execute("CREATE TABLE orders (id int PRIMARY KEY, state text); INSERT INTO orders VALUES (1, 'open')")
    change = "EXPLAIN ANALYZE UPDATE orders SET state = 'paid'"
    await one.execute(f"BEGIN; {change}; ROLLBACK")
    assert await one.fetchval("SELECT state FROM orders") == "open"
    await one.execute(change)
    assert await one.fetchval("SELECT state FROM orders") == "paid"


@pytest.mark.postgres
async def test_lesson_12_an_explained_update_keeps_writers_waiting_until_its_rollback(connect: Connect) -> None:
    looker, customer, reader, watcher = [await connect() for _ in range(4)]
    await looker.execute("CREATE TABLE orders (id int PRIMARY KEY, state text); INSERT INTO orders VALUES (1, 'open')")
    await looker.execute("BEGIN; EXPLAIN (ANALYZE, BUFFERS) UPDATE orders SET state = 'paid'")
    changing = asyncio.create_task(customer.execute("UPDATE orders SET state = 'sent' WHERE id = 1"))
    await _is_blocked_by(watcher, customer, looker)
    assert await reader.fetchval("SELECT state FROM orders") == "open"
    await looker.execute("ROLLBACK")
    await changing
    assert right("three-experiments", "explain-update").startswith("Changes to these orders wait")
