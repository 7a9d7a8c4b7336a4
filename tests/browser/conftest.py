"""A real Chromium before the real page. A machine without one skips these tests; CI fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright, expect

from adapters.web.adapter import WebAdapter
from bot.core.ports import Engine, Services
from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.packs.library import Library
from bot.store.database import Database
from bot.store.store import opened
from tests.contracts.sample_engine import SampleEngine
from tests.hand_clock import HandClock

PHONE: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 860}
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
here = pytest_asyncio.fixture(loop_scope="session")
"""A fixture in the loop that the browser lives in."""


def chromium() -> str:
    places = (os.environ.get("CHROMIUM"), "/usr/bin/chromium", shutil.which("chromium"), shutil.which("google-chrome"))
    found = next((place for place in places if place and Path(place).exists()), "")
    if not found and os.environ.get("CI"):
        pytest.fail("CI needs a Chromium for the browser tests; set CHROMIUM to it.")
    if not found:
        pytest.skip("There is no Chromium here; set CHROMIUM to one.")
    return found


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    expect.set_options(timeout=20_000)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield started
        await started.close()


@dataclass
class Site:
    """A page that is served, and what its visitors' consoles complained of."""

    address: str
    adapter: WebAdapter
    browser: Browser
    stack: AsyncExitStack
    complaints: list[str] = field(default_factory=list)

    async def visit(self, *, viewport: ViewportSize | None = None, **how: Any) -> Page:
        """A fresh visitor, with the page loaded."""
        context = await self.browser.new_context(
            viewport=viewport or WIDE, timezone_id="Europe/Paris", reduced_motion="reduce", **how
        )
        self.stack.push_async_callback(context.close)
        page = await context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.address)
        await page.wait_for_selector("body[data-ready]")
        return page

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)


Serve = Callable[..., Awaitable[Site]]


@here
async def serve(browser: Browser) -> AsyncIterator[Serve]:
    """Serves an engine's page; afterwards nothing may have been refused by the policy or have failed in a script."""
    sites: list[Site] = []
    async with AsyncExitStack() as stack:

        async def served(engine: Engine, **settings: Any) -> Site:
            adapter = WebAdapter(engine, **settings)
            address = await stack.enter_async_context(_listening(adapter))
            sites.append(Site(address, adapter, browser, stack))
            return sites[-1]

        yield served
    assert [site.complaints for site in sites] == [[] for _ in sites]


@asynccontextmanager
async def _listening(adapter: WebAdapter) -> AsyncIterator[str]:
    app = web.Application()
    adapter.attach(app)
    await adapter.start()
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@here
async def site(serve: Serve, tmp_path: Path, shelf: Shelf, sqlite_template: Path) -> AsyncIterator[Site]:
    """The whole thing: real lessons, the real engine, a database on disk."""
    shutil.copy(sqlite_template, tmp_path / "dualo.db")
    async with opened(Database(f"sqlite:///{tmp_path / 'dualo.db'}")) as store:
        engine = StudyEngine(store, Library(shelf), HandClock())
        served = await serve(engine)
        engine.settle(Services({served.adapter.name: served.adapter}))
        yield served


@pytest.fixture
def samples_engine() -> SampleEngine:
    return SampleEngine()


@here
async def gallery(serve: Serve, samples_engine: SampleEngine) -> Site:
    """A page whose answers are samples."""
    return await serve(samples_engine)


async def answers(page: Page, more: Callable[[], Awaitable[Any]]) -> None:
    """Do something, and wait for the answer that it brings; the page lets go of its oldest ones."""
    await page.evaluate("for (const each of document.querySelectorAll('.exchange article')) each.dataset.seen = ''")
    await more()
    await page.locator(".exchange article:not([data-seen])").first.wait_for()


async def types(page: Page, line: str) -> None:
    await page.fill("#line", line)
    await answers(page, lambda: page.press("#line", "Enter"))


async def presses(page: Page, name: str) -> None:
    """Press a button of the last answer."""
    button = page.locator(".exchange").last.get_by_role("button", name=name, exact=True)
    await answers(page, button.click)
