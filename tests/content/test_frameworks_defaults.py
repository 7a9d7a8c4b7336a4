"""What *Frameworks Under Pressure* says that Django, FastAPI and SQLAlchemy do by default, asked of them."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError
from sqlalchemy.pool import QueuePool

from tests.content.django_run import django_says
from tests.content.frameworks import right, section
from tests.content.test_backend_samples import call


def test_lesson_2_a_bulk_call_leaves_save_and_its_signals_out() -> None:
    said = django_says(
        """
        from django.db.models.signals import post_save
        sent = []
        post_save.connect(lambda **given: sent.append(given["instance"].name), sender=Author, weak=False)
        Author.objects.create(name="one by one")
        Author.objects.bulk_create([Author(name="bulk 1"), Author(name="bulk 2")])
        tell(sent=sent, stored=Author.objects.count())
        """
    )
    assert said == {"sent": ["one by one"], "stored": 3}
    assert "a signal, which the bulk call does not send" in right("where-time-goes", "bulk-signals")


def test_lesson_3_sqlalchemys_pool_gives_out_15_and_waits_30_s(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    by_default = create_engine(url, poolclass=QueuePool).pool
    assert isinstance(by_default, QueuePool)
    assert by_default.timeout() == 30
    impatient = create_engine(url, poolclass=QueuePool, pool_timeout=0)
    held = [impatient.connect() for _ in range(15)]
    with pytest.raises(TimeoutError):
        impatient.connect()
    for each in held:
        each.close()
    impatient.dispose()
    said = section("async-is-not-faster", "The worker pool was a brake")
    assert "15 connections by default (5 + 10 overflow) and raises an error after 30 s" in said


async def test_lesson_3_of_60_requests_to_a_def_endpoint_40_run_and_20_wait() -> None:
    app = FastAPI()
    running, go = threading.Semaphore(0), threading.Event()

    @app.get("/")
    def endpoint() -> None:
        running.release()
        go.wait()

    requests = [asyncio.create_task(call(app, "GET", "/")) for _ in range(60)]
    try:
        for _ in range(40):
            await asyncio.to_thread(running.acquire)
        for _ in range(100):
            await asyncio.sleep(0)
        assert not running.acquire(blocking=False)
    finally:
        go.set()
    assert [status for status, _ in await asyncio.gather(*requests)] == [200] * 60
    assert "one of the pool's 40 threads" in right("async-is-not-faster", "def-endpoints")


def test_lesson_4_a_session_is_loaded_by_each_request_and_saved_by_those_that_change_it() -> None:
    said = django_says(
        """
        from django.core.cache.backends.locmem import LocMemCache
        from django.http import HttpResponse
        from django.test import Client
        from django.urls import path
        commands = []

        def heard(name):
            real = getattr(LocMemCache, name)

            def command(self, *given, **named):
                commands.append(name)
                return real(self, *given, **named)

            return command

        for name in ("get", "set"):
            setattr(LocMemCache, name, heard(name))

        def read(request):
            return HttpResponse(request.session.get("seen"))

        def change(request):
            request.session["seen"] = request.session.get("seen", 0) + 1
            return HttpResponse()

        urlpatterns += [path("read", read), path("change", change)]
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
        settings.MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
        client = Client()
        client.get("/change")
        heard_by = {}
        for address in ("read", "change"):
            commands.clear()
            client.get("/" + address)
            heard_by[address] = list(commands)
        tell(age=settings.SESSION_COOKIE_AGE, **heard_by)
        """
    )
    assert said == {"age": 14 * 24 * 3600, "read": ["get"], "change": ["get", "get", "set"]}
    assert right("stateless-or-stateful", "session-ops").startswith("Loaded 2,000 times and saved 100 times")


def test_lesson_5_only_a_default_of_the_database_serves_the_inserts_of_the_old_release() -> None:
    said = django_says(
        """
        from django.db import IntegrityError

        def added(name, **defaults):
            field = models.TextField(**defaults)
            field.set_attributes_from_name(name)
            field.model = Author
            with connection.schema_editor() as editor:
                editor.add_field(Author, field)

        def old_insert():
            with connection.cursor() as cursor:
                try:
                    cursor.execute("INSERT INTO shop_author (name) VALUES ('of the old release')")
                except IntegrityError:
                    return "fails"
                cursor.execute("DELETE FROM shop_author")
                return "succeeds"

        found = {}
        for name, defaults in (
            ("nullable", {"null": True}),
            ("of_database", {"db_default": "new"}),
            ("of_python", {"default": "new"}),
        ):
            added(name, **defaults)
            found[name] = old_insert()
        tell(**found)
        """
    )
    assert said == {"nullable": "succeeds", "of_database": "succeeds", "of_python": "fails"}
    assert right("database-coupling", "old-inserts") == "A `NOT NULL` field with `default=` alone"


def test_lesson_8_a_cached_page_of_a_session_goes_to_the_next_visitor_unless_the_view_varies() -> None:
    said = django_says(
        """
        from django.http import HttpResponse
        from django.test import Client
        from django.urls import path
        from django.views.decorators.cache import cache_page
        from django.views.decorators.vary import vary_on_cookie

        def login(request, name):
            request.session["name"] = name
            return HttpResponse()

        def greet(request):
            return HttpResponse(request.session["name"])

        urlpatterns += [
            path("login/<name>", login),
            path("plain", cache_page(60)(greet)),
            path("varied", cache_page(60)(vary_on_cookie(greet))),
        ]
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
        settings.MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
        ada, bob = Client(), Client()
        ada.get("/login/Ada")
        bob.get("/login/Bob")
        tell(**{page: [each.get("/" + page).content.decode() for each in (ada, bob)] for page in ("plain", "varied")})
        """
    )
    assert said == {"plain": ["Ada", "Ada"], "varied": ["Ada", "Bob"]}
    assert right("caches-that-hold-up", "cache-page").startswith("Ada's name")


def test_lesson_8_conditional_get_renders_first_and_then_drops_the_body() -> None:
    said = django_says(
        """
        from django.http import HttpResponse
        from django.test import Client
        from django.urls import path
        rendered = []

        def page(request):
            rendered.append(1)
            return HttpResponse("x" * 90_000)

        urlpatterns += [path("page", page)]
        settings.MIDDLEWARE = ["django.middleware.http.ConditionalGetMiddleware"]
        client = Client()
        tag = client.get("/page")["ETag"]
        again = client.get("/page", headers={"If-None-Match": tag})
        tell(rendered=len(rendered), status=again.status_code, bytes=len(again.content))
        """
    )
    assert said == {"rendered": 2, "status": 304, "bytes": 0}
    assert "the page is rendered first" in right("caches-that-hold-up", "etag-work")


def test_lesson_8_djangos_default_cache_is_memory_of_the_process() -> None:
    said = django_says('tell(backend=settings.CACHES["default"]["BACKEND"])')
    assert said == {"backend": "django.core.cache.backends.locmem.LocMemCache"}
    assert "local memory per process" in section("caches-that-hold-up", "Layers, and who can empty them")


def _declared(package: str) -> set[str]:
    """What a package asks for wherever it is installed, without its extras."""
    wanted = [need for need in metadata.requires(package) or [] if ";" not in need]
    return {re.split(r"[^\w.-]", need, maxsplit=1)[0].lower().replace("_", "-") for need in wanted}


def _brought(package: str) -> Iterator[str]:
    for need in _declared(package):
        yield need
        yield from _brought(need)


@pytest.mark.skipif(not metadata.version("fastapi").startswith("0.165."), reason="the lesson counts those of 0.165")
def test_lesson_11_fastapi_declares_seven_packages_and_brings_ten() -> None:
    assert (len(_declared("fastapi")), len(set(_brought("fastapi")))) == (7, 10)
    assert "version 0.165 declares seven packages and brings ten" in section("drift", "What you really ship")
