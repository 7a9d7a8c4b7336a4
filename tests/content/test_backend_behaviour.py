"""What the lessons of *Backend Architectures* say of runtimes, frameworks and databases, asked of the real ones."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
import argon2
import asyncpg
import pytest
from fastapi import FastAPI, Query, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import StreamingResponse
from playwright._impl._driver import compute_driver_executable
from sqlalchemy import ForeignKey, create_engine, event, make_url, select
from sqlalchemy.exc import TimeoutError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import QueuePool

from bot.domain.questions import QuestionKind
from tests.content import lessons
from tests.content.django_run import django_says
from tests.content.test_backend_samples import Scope, Wire, call

THEME = "backend-architectures"
GIL = getattr(sys, "_is_gil_enabled", lambda: True)()
needs_gil = pytest.mark.skipif(not GIL, reason="a free-threaded build has no GIL to hold")


def question(lesson: str, question_id: str) -> lessons.Question:
    return lessons.question(THEME, lesson, question_id)


class Neighbour:
    """A thread that takes a turn whenever it gets the GIL."""

    def __init__(self) -> None:
        self.turns = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def _go_on(self) -> None:
        while not self._over.wait(0.02):
            self.turns += 1

    def __enter__(self) -> Neighbour:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def while_running(self, work: Callable[[], object]) -> int:
        before = self.turns
        work()
        return self.turns - before


@needs_gil
def test_json_loads_holds_the_gil_to_its_end() -> None:
    """Some hundred milliseconds of parsing; at its edges the neighbour may slip in once."""
    document = "[" + ",".join(['{"id": 12345, "name": "some words of text", "tags": [1, 2, 3]}'] * 150_000) + "]"
    gc.disable()  # other tests' libraries run Python code at each collection, and that lets the neighbour in
    try:
        with Neighbour() as neighbour:
            assert neighbour.while_running(lambda: json.loads(document)) <= 1
    finally:
        gc.enable()
    assert question("sync-vs-async", "json-parse").right == "Up to 200 ms, as the parser keeps the GIL"


@needs_gil
def test_python_code_lets_its_neighbours_go_on() -> None:
    with Neighbour() as neighbour:

        def compute() -> None:
            until = neighbour.turns + 5
            for _ in range(2_000_000_000):
                if neighbour.turns >= until:
                    return

        assert neighbour.while_running(compute) >= 5
    assert sys.getswitchinterval() == 0.005


@needs_gil
def test_argon2_lets_go_of_the_gil() -> None:
    hasher = argon2.PasswordHasher(time_cost=12, memory_cost=64 * 1024, parallelism=1)
    with Neighbour() as neighbour:
        assert neighbour.while_running(lambda: hasher.hash("a password")) >= 2
    assert "`asyncio.to_thread`" in question("sync-vs-async", "argon").right


async def test_awaiting_what_never_waits_gives_the_loop_no_turn() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def total(rows: range) -> int:
        found = 0
        for row in rows:
            found += row
        return found

    ticking = asyncio.ensure_future(others())
    await asyncio.sleep(0)
    before = turns
    assert await total(range(200_000)) == 19_999_900_000
    assert turns == before
    await asyncio.sleep(0)
    assert turns == before + 1
    ticking.cancel()
    assert question("concurrency", "await-alone").right == "They wait, as nothing in `total` is ever not ready"


def _node(script: str, *arguments: str) -> subprocess.Popen[str]:
    node = shutil.which("node") or compute_driver_executable()[0]
    environment = {key: value for key, value in os.environ.items() if key != "UV_THREADPOOL_SIZE"}
    return subprocess.Popen([node, "-e", script, *arguments], stdout=subprocess.PIPE, text=True, env=environment)


_READS = """
const fs = require('fs')
for (const pipe of process.argv.slice(1)) fs.open(pipe, 'r', (_, file) => fs.close(file, () => {}))
fs.stat('.', () => console.log('stat'))
setTimeout(() => console.log('the loop goes on'), 400)
"""


@pytest.mark.parametrize(("blocked", "first"), [(3, "stat"), (4, "the loop goes on")])
def test_four_blocked_reads_fill_nodes_pool_while_its_loop_goes_on(tmp_path: Path, blocked: int, first: str) -> None:
    pipes = [str(tmp_path / f"pipe{number}") for number in range(blocked)]
    for pipe in pipes:
        os.mkfifo(pipe)  # opening it to read blocks until somebody opens it to write
    node = _node(_READS, *pipes)
    assert node.stdout is not None
    assert node.stdout.readline().strip() == first
    for pipe in pipes:
        os.close(os.open(pipe, os.O_WRONLY))
    assert node.wait(20) == 0
    node.stdout.close()


def test_node_gives_a_request_300_seconds_and_its_headers_60() -> None:
    node = _node("const {requestTimeout, headersTimeout} = require('http').createServer()\n"
                 "console.log(requestTimeout, headersTimeout)")  # fmt: skip
    assert node.communicate(timeout=20)[0].split() == ["300000", "60000"]
    said = " ".join(lessons.said(THEME, "request-lifecycle").split())
    assert "Node allows 60 s for receiving the headers and 300 s for the whole request" in said


async def test_fastapi_runs_def_handlers_in_a_pool_of_40_and_checks_types_first() -> None:
    app = FastAPI()
    ran: list[str] = []

    @app.get("/def")
    def in_a_thread(n: Annotated[int, Query()] = 0) -> None:
        ran.append(threading.current_thread().name)

    @app.get("/async")
    async def on_the_loop() -> None:
        ran.append(threading.current_thread().name)

    await call(app, "GET", "/def")
    await call(app, "GET", "/async")
    assert ran[0] != ran[1] == threading.current_thread().name
    assert anyio.to_thread.current_default_thread_limiter().total_tokens == 40

    @app.get("/typed/{n}")
    def typed(n: int) -> None:
        ran.append("typed")

    assert (await call(app, "GET", "/typed/x"))[0] == 422
    assert "typed" not in ran


class Refusing:
    """Middleware that answers 401 itself."""

    def __init__(self, app: Wire) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Wire, send: Wire) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(("cors_last", "allowed"), [(False, None), (True, b"*")])
async def test_a_401_carries_cors_headers_only_if_cors_was_added_last(cors_last: bool, allowed: bytes | None) -> None:
    app = FastAPI()
    for is_cors in (not cors_last, cors_last):
        if is_cors:
            app.add_middleware(CORSMiddleware, allow_origins=["*"])
        else:
            app.add_middleware(Refusing)
    status, headers = await call(app, "GET", "/", (b"origin", b"https://shop.example"))
    assert (status, headers.get(b"access-control-allow-origin")) == (401, allowed)


@pytest.mark.parametrize(("limit_last", "counted"), [(False, 0), (True, 1)])
async def test_a_limiter_counts_what_auth_refuses_only_from_outside(limit_last: bool, counted: int) -> None:
    seen: list[str] = []

    class Limiter:
        def __init__(self, app: Wire) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Wire, send: Wire) -> None:
            seen.append(scope["path"])
            await self.app(scope, receive, send)

    app = FastAPI()
    for layer in (Refusing, Limiter) if limit_last else (Limiter, Refusing):
        app.add_middleware(layer)
    assert (await call(app, "GET", "/"))[0] == 401
    assert len(seen) == counted
    assert question("request-lifecycle", "limit-inside").right.startswith("It lies inside auth")


async def test_a_stream_that_breaks_has_sent_its_200() -> None:
    app = FastAPI()
    statuses: list[str] = []

    async def rows() -> AsyncIterator[str]:
        yield "id,total"
        raise ValueError("this row cannot be encoded")

    @app.get("/export")
    async def export() -> StreamingResponse:
        return StreamingResponse(rows())

    @app.exception_handler(ValueError)
    async def apologise(request: Request, error: Exception) -> Response:
        return Response(status_code=500)

    async def watched(scope: Scope, receive: Wire, send: Wire) -> None:
        async def keep(message: Scope) -> None:
            statuses.extend(str(message[key]) for key in message if key == "status")
            await send(message)

        scope["asgi"]["spec_version"] = "2.4"  # from which on nobody listens for a disconnect beside the stream
        await app(scope, receive, keep)

    with pytest.raises(RuntimeError, match="response already started"):
        await call(watched, "GET", "/export")
    assert statuses == ["200"]
    assert lessons.asked(THEME, "request-lifecycle", "status-of-a-break").judge("200")
    assert not lessons.asked(THEME, "request-lifecycle", "status-of-a-break").judge("500")


def test_each_lesson_asks_for_several_options_or_a_typed_answer() -> None:
    found = lessons.kinds(THEME)
    assert len(found) == 10
    assert [lesson for lesson, kinds in found.items() if not kinds - {QuestionKind.ONE}] == []


def test_django_commits_each_save_and_writes_every_field() -> None:
    said = django_says(
        """
        from django.db import IntegrityError
        Author.objects.create(name="taken")
        Author(name="order").save()
        try:
            Author(name="taken").save()
        except IntegrityError:
            pass
        ada = Author.objects.get(name="order")
        Book.objects.create(title="price 1", stock=1, author=ada)

        def two_requests(**second):
            Book.objects.update(title="price 1", stock=1)
            one, other = Book.objects.get(), Book.objects.get()
            one.title = "price 2"
            one.save()
            other.stock = 2
            other.save(**second)
            return Book.objects.get().title

        tell(
            order=Author.objects.filter(name="order").count(),
            atomic=settings.DATABASES["default"]["ATOMIC_REQUESTS"],
            plain=two_requests(),
            narrow=two_requests(update_fields=["stock"]),
        )
        """
    )
    assert said == {"order": 1, "atomic": False, "plain": "price 1", "narrow": "price 2"}
    assert "order only" in question("data-layer", "two-saves").right
    assert "writes each loaded field" in question("data-layer", "lost-update").right


def test_django_turns_exceptions_into_responses_before_outer_middleware_sees_them() -> None:
    said = django_says(
        """
        from django.core.exceptions import PermissionDenied, SuspiciousOperation
        from django.http import Http404
        from django.test import Client
        from django.urls import path
        counted = []

        def count(get_response):
            def middleware(request):
                try:
                    return get_response(request)
                except ValueError:
                    counted.append(1)
            return middleware

        def raising(error):
            def view(request):
                raise error("no")
            return view

        errors = (Http404, PermissionDenied, SuspiciousOperation, ValueError)
        urlpatterns += [path(error.__name__, raising(error)) for error in errors]
        settings.MIDDLEWARE = [__name__ + ".count"]
        client = Client(raise_request_exception=False)
        tell(statuses=[client.get("/" + error.__name__).status_code for error in errors], counted=len(counted))
        """
    )
    assert said == {"statuses": [404, 403, 400, 500], "counted": 0}
    assert question("request-lifecycle", "django-try").right == "A response with status 500"


def test_djangos_async_queries_of_one_request_take_turns() -> None:
    said = django_says(
        """
        import asyncio, threading
        from asgiref.sync import ThreadSensitiveContext
        from django.db.backends.signals import connection_created
        running, most, threads = 0, 0, set()

        def slow():
            global running, most
            running += 1
            most = max(most, running)
            threads.add(threading.get_ident())
            threading.Event().wait(0.05)
            running -= 1
            return 1

        def teach(connection, **_):
            connection.connection.create_function("slow", 0, slow)

        connection_created.connect(teach)
        connection.close()
        author = models.expressions.RawSQL("slow()", ())

        async def request():
            async with ThreadSensitiveContext():
                query = Author.objects.annotate(waited=author)
                await asyncio.gather(*(query.aget(name="ada") for _ in range(3)))

        Author.objects.create(name="ada")
        asyncio.run(request())
        tell(most=most, threads=len(threads))
        """
    )
    assert said == {"most": 1, "threads": 1}
    assert "take turns in one thread" in question("sync-vs-async", "django-gather").right


def test_djangos_defaults_keep_sessions_in_rows_and_caches_in_the_process() -> None:
    said = django_says(
        """
        import multiprocessing
        from django.core.cache import cache
        cache.set("price", 1)
        if os.fork() == 0:
            cache.delete("price")
            os._exit(0)
        os.wait()
        tell(
            sessions=settings.SESSION_ENGINE,
            uploads=settings.STORAGES["default"]["BACKEND"],
            cache=settings.CACHES["default"]["BACKEND"],
            price=cache.get("price"),
            tasks=getattr(settings, "TASKS", {}).get("default", {}).get("BACKEND", ""),
        )
        """
    )
    assert said["sessions"] == "django.contrib.sessions.backends.db"
    assert said["uploads"] == "django.core.files.storage.FileSystemStorage"
    assert said["cache"] == "django.core.cache.backends.locmem.LocMemCache"
    assert said["price"] == 1  # the other process deleted its own copy
    assert said["tasks"] in ("", "django.tasks.backends.immediate.ImmediateBackend")  # the former before Django 6


class Base(DeclarativeBase):
    """Two tables, as lessons speak of them."""


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship()


def test_a_session_flushes_before_it_queries() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(id=1, name="Grace"))
        session.commit()
        user = session.get(User, 1)
        assert user is not None
        sent: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: sent.append(str(call[2]).split()[0]))
        user.name = "Ada"
        assert sent == []
        session.scalars(select(Order)).all()
        assert sent == ["UPDATE", "SELECT"]
        session.commit()
        assert sent == ["UPDATE", "SELECT"]
    engine.dispose()
    assert question("data-layer", "unit-of-work").right == "Just before the SELECT"


def test_a_session_fetches_each_of_twelve_authors_once_for_sixty_books() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(User(id=each, name="Ada") for each in range(1, 13))
        session.add_all(Order(id=each, user_id=each % 12 + 1) for each in range(60))
        session.commit()
    with Session(engine) as session:
        sent: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: sent.append(str(call[2])))
        assert [order.user.name for order in session.scalars(select(Order))] == ["Ada"] * 60
    engine.dispose()
    assert len(sent) == 13
    assert "A SQLAlchemy session would need 13" in str(lessons.lesson(THEME, "data-layer")["questions"])


_COMMIT = """
import asyncio, sys
from sqlalchemy.exc import MissingGreenlet, StatementError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from tests.content.test_backend_behaviour import Base, User

async def commit(**options):
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, **options) as session:
        user = User(id=1, name="Ada")
        session.add(user)
        await session.commit()
        try:
            print(user in session, user.name)
        except (MissingGreenlet, StatementError) as error:
            print(user in session, "hidden I/O" if "greenlet_spawn" in str(error) else error)
    await engine.dispose()

asyncio.run(commit())
asyncio.run(commit(expire_on_commit=False))
"""


def test_after_a_commit_an_attribute_is_hidden_io_unless_told_otherwise() -> None:
    """In a process of its own: the failed access leaves a coroutine that nobody awaits."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", _COMMIT], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["True hidden I/O", "True Ada"], done.stderr[-1000:]


def test_the_default_pool_lends_fifteen_connections_and_then_raises(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    usual = create_engine(url).pool
    assert isinstance(usual, QueuePool)
    assert (usual.size(), usual.timeout()) == (5, 30)
    engine = create_engine(url, pool_timeout=0.01)
    lent = [engine.connect() for _ in range(15)]
    with pytest.raises(TimeoutError):
        engine.connect()
    for connection in lent:
        connection.close()
    engine.dispose()


@pytest.mark.postgres
async def test_a_session_may_take_its_own_advisory_lock_again_and_no_other_may(postgres_url: str) -> None:
    """What PgBouncer's transaction mode turns into two runs: both clients are the same session to PostgreSQL."""
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    shared, other = await asyncpg.connect(plain), await asyncpg.connect(plain)
    take = "SELECT pg_try_advisory_lock(7)"
    assert [await shared.fetchval(take), await shared.fetchval(take)] == [True, True]
    assert await other.fetchval(take) is False
    await shared.close()
    await other.close()
    assert "may get the session that holds the lock" in question("deployment", "double-job").right


@pytest.mark.postgres
async def test_an_index_ends_the_scan_that_a_slow_p95_waits_for(postgres_url: str) -> None:
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    await connection.execute("CREATE TABLE orders (id int PRIMARY KEY, customer int)")
    await connection.execute("INSERT INTO orders SELECT n, n % 997 FROM generate_series(1, 20000) AS n")
    plans = []
    for change in ("ANALYZE orders", "CREATE INDEX ON orders (customer)"):
        await connection.execute(change)
        rows: list[Any] = await connection.fetch("EXPLAIN SELECT * FROM orders WHERE customer = 5")
        plans.append("\n".join(row[0] for row in rows))
    await connection.close()
    assert "Seq Scan on orders" in plans[0]
    assert "Seq Scan" not in plans[1]
