"""Each piece of code in *Backend Architectures*, taken from the lesson as it stands there and run."""

from __future__ import annotations

import asyncio
import sqlite3
import textwrap
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

import asyncpg
import pytest
import tree_sitter
import tree_sitter_javascript
from fastapi import FastAPI
from sqlalchemy import make_url

from tests.content import lessons
from tests.content.django_run import django_says

THEME = "backend-architectures"
Scope = MutableMapping[str, Any]
Wire = Callable[..., Awaitable[Any]]


def sample(lesson: str, language: str) -> str:
    return lessons.sample(THEME, lesson, language)


def test_no_sample_stands_in_a_lesson_without_a_test() -> None:
    assert [(each.lesson, each.language) for each in lessons.samples(THEME)] == [
        ("layers", "text"),
        ("concurrency", "python"),
        ("sync-vs-async", "python"),
        ("full-stack-or-api", "python"),
        ("request-lifecycle", "python"),
        ("data-layer", "python"),
        ("data-layer", "sql"),
        ("rendering", "jsx"),
        ("rendering", "text"),
    ]


class Loop:
    """A task that notes each turn it gets."""

    def __init__(self) -> None:
        self.turns = 0
        self.went_on = threading.Event()

    async def turn(self) -> None:
        while True:
            self.turns += 1
            if self.turns > 3:
                self.went_on.set()
            await asyncio.sleep(0)


@contextmanager
def slow_page(loop: Loop) -> Iterator[str]:
    """A page that waits until the loop of its reader has gone on, though not for ever."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            went_on = loop.went_on.wait(0.4)
            self.send_response(200 if went_on else 204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("line", "status"), [(0, 204), (1, 200)], ids=["stalls the loop", "a thread waits"])
async def test_a_blocking_call_stalls_the_loop_and_a_thread_does_not(line: int, status: int) -> None:
    code = sample("concurrency", "python").splitlines()
    assert [each.partition("  # ")[2] for each in code] == ["stalls the loop", "a thread waits"]
    loop = Loop()
    names: dict[str, Any] = {"asyncio": asyncio, "urlopen": urlopen}
    exec("async def read(url):\n" + textwrap.indent(code[line], "    ") + "\n    return page", names)
    with slow_page(loop) as url:
        ticking = asyncio.ensure_future(loop.turn())
        with await names["read"](url) as page:
            assert page.status == status
        ticking.cancel()


async def test_a_task_group_overlaps_what_it_starts_and_hands_the_results_back() -> None:
    everybody = asyncio.Barrier(3)

    async def fetch(url: str) -> str:
        await everybody.wait()  # nobody goes on before all three have been started
        return f"page of {url}"

    names: dict[str, Any] = {"asyncio": asyncio, "fetch": fetch, "urls": ["a", "b", "c"]}
    code = textwrap.indent(sample("sync-vs-async", "python"), "    ")
    exec(f"async def handler():\n{code}\n    return pages", names)
    pages = await asyncio.wait_for(names["handler"](), 10)
    assert pages == ["page of a", "page of b", "page of c"]


class Calls:
    """How many calls wait at the same time."""

    def __init__(self) -> None:
        self.waiting = self.most = 0

    async def fetch(self, url: str) -> str:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        await asyncio.sleep(0)
        self.waiting -= 1
        return url


async def test_awaits_in_a_row_never_overlap() -> None:
    calls = Calls()
    await calls.fetch("a")
    await calls.fetch("b")
    assert calls.most == 1


async def test_tasks_that_are_awaited_as_they_are_made_never_overlap() -> None:
    asked = lessons.asked(THEME, "sync-vs-async", "awaited-tasks").ask.source
    loop = " ".join(asked[asked.index("`for") + 1 :].partition("`")[0].split())
    calls = Calls()
    names: dict[str, Any] = {"asyncio": asyncio, "fetch": calls.fetch, "urls": ["a", "b", "c"]}
    exec(
        f"async def handler():\n pages = []\n async with asyncio.TaskGroup() as group:\n  {loop}\n return pages", names
    )
    assert await names["handler"]() == ["a", "b", "c"]
    assert calls.most == 1


async def test_in_fastapi_the_middleware_added_last_runs_first() -> None:
    order: list[str] = []

    class Auth:
        def __init__(self, app: Wire) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Wire, send: Wire) -> None:
            if scope["type"] == "http":
                order.append(type(self).__name__)
            await self.app(scope, receive, send)

    class RequestId(Auth):
        pass

    app = FastAPI()
    exec(sample("request-lifecycle", "python"), {"app": app, "Auth": Auth, "RequestId": RequestId})
    await call(app, "GET", "/")
    assert order == ["RequestId", "Auth"]


def test_three_lines_give_a_loan_its_form_history_and_filter() -> None:
    said = django_says(
        """
        from django.apps import apps
        from django.contrib import admin

        apps.set_installed_apps([f"django.contrib.{each}" for each in ("contenttypes", "auth", "admin")])

        class Loan(models.Model):
            branch = models.TextField()
            due = models.DateField()

            class Meta:
                app_label = "shop"

        exec(given["code"], {"admin": admin, "Loan": Loan})
        page = admin.site.get_model_admin(Loan)
        tell(
            form=sorted(page.get_form(None).base_fields),
            pages=sorted(each.name for each in page.get_urls() if each.name),
            filters=page.list_filter,
            login="login" in [each.name for each in admin.site.get_urls() if hasattr(each, "name")],
            permissions=list(Loan._meta.default_permissions),
        )
        """,
        code=sample("full-stack-or-api", "python"),
    )
    assert said["form"] == ["branch", "due"]
    assert "shop_loan_history" in said["pages"]
    assert said["filters"] == ["branch"]
    assert said["login"]
    assert said["permissions"] == ["add", "change", "delete", "view"]


async def call(app: Wire, method: str, path: str, *headers: tuple[bytes, bytes]) -> tuple[int, dict[bytes, bytes]]:
    """One request to an ASGI app: its status and headers."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])


def test_the_loop_over_200_books_makes_201_queries() -> None:
    said = django_says(
        """
        from io import StringIO
        from contextlib import redirect_stdout
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def queries(instead):
            with CaptureQueriesContext(connection) as seen, redirect_stdout(StringIO()) as printed:
                exec(given["code"].replace(".all()", instead), {"Book": Book})
            assert len(printed.getvalue().split()) == Book.objects.count()
            return len(seen)

        ada = [Author.objects.create(name=f"author{n}") for n in range(200)]
        Book.objects.bulk_create([Book(title=f"b{n}", author=author) for n, author in enumerate(ada)])
        few = [Book(title=f"b{n}", author=ada[n % 12]) for n in range(60)]
        tell(
            lazy=queries(".all()"),
            joined=queries(".select_related('author')"),
            batched=queries(".prefetch_related('author')"),
            narrow=queries(".only('title', 'author')"),
            chunked=queries(".all().iterator()"),
            few=(Book.objects.all().delete(), Book.objects.bulk_create(few), queries(".all()"))[-1],
        )
        """,
        code=sample("data-layer", "python"),
    )
    assert said == {"lazy": 201, "joined": 1, "batched": 2, "narrow": 201, "chunked": 201, "few": 61}
    assert lessons.asked(THEME, "data-layer", "few-authors").judge("61")
    options = lessons.question(THEME, "data-layer", "many-small")
    assert "select_related('author')" in options.right
    assert len(options.wrong) == 3


@pytest.mark.postgres
async def test_two_workers_claim_two_jobs_and_neither_waits(postgres_url: str) -> None:
    claim = sample("data-layer", "sql")
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    first, second, third = [await asyncpg.connect(plain, command_timeout=20) for _ in range(3)]
    await first.execute("CREATE TABLE jobs (id int PRIMARY KEY, state text)")
    await first.execute("INSERT INTO jobs SELECT n, 'ready' FROM generate_series(1, 3) AS n")
    one, two = first.transaction(), second.transaction()
    await one.start()
    await two.start()
    assert await first.fetchval(claim) == 1
    assert await second.fetchval(claim) == 2
    await two.commit()
    await one.rollback()
    assert await third.fetchval(claim) == 1  # what was rolled back is there for the next one
    assert await third.fetchval(claim) == 3
    assert await third.fetchval(claim) is None
    for connection in (first, second, third):
        await connection.close()


@pytest.mark.postgres
async def test_what_a_dead_worker_had_claimed_is_nobodys(postgres_url: str) -> None:
    claim = sample("data-layer", "sql")
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    dying, other = [await asyncpg.connect(plain, command_timeout=20) for _ in range(2)]
    await dying.execute("CREATE TABLE jobs (id int PRIMARY KEY, state text)")
    await dying.execute("INSERT INTO jobs SELECT n, 'ready' FROM generate_series(1, 3) AS n")
    assert await dying.fetchval(claim) == 1
    dying.terminate()
    assert [await other.fetchval(claim) for _ in range(3)] == [2, 3, None]
    await other.close()
    assert lessons.question(THEME, "data-layer", "dead-worker").right.startswith("2 and 3, then none")


def test_the_claim_is_said_to_be_postgresqls_for_sqlite_refuses_it() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE jobs (id int PRIMARY KEY, state text)")
    with pytest.raises(sqlite3.OperationalError, match="syntax"):
        connection.execute(sample("data-layer", "sql"))
    connection.close()
    assert "claims a job in PostgreSQL" in lessons.said(THEME, "data-layer")


def test_the_component_parses_and_is_called_a_sketch() -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
    root = parser.parse(sample("rendering", "jsx").encode()).root_node
    assert not root.has_error
    assert root.child_count == 1
    assert "A sketch:" in lessons.said(THEME, "rendering")
