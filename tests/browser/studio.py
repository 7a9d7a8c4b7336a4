"""A whole Dualo with its studio, and visitors to it, for the tests of the studio in a browser."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.process import settings
from bot.process.main import RunningProcess, running
from tests.browser.conftest import WIDE, here
from tests.conftest import CONTENT

THEME = "teach-with-dualo"
Visit = Callable[..., Awaitable[Page]]


@here
async def process(tmp_path: Path) -> AsyncIterator[RunningProcess]:
    """A whole Dualo with one theme of its own, as an operator starts it."""
    shutil.copytree(CONTENT / THEME, tmp_path / "content" / THEME)
    chosen = {
        "DUALO_DATA_DIR": str(tmp_path / "data"),
        "DUALO_HTTP_PORT": "0",
        "DUALO_CONTENT": str(tmp_path / "content"),
    }
    async with running(settings.read(chosen)) as started:
        yield started


@here
async def visit(process: RunningProcess, browser: Browser) -> AsyncIterator[Visit]:
    complaints: list[str] = []
    async with AsyncExitStack() as stack:

        async def visited(at: str = "", *, viewport: ViewportSize = WIDE) -> Page:
            context = await browser.new_context(viewport=viewport, reduced_motion="reduce")
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(20_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            await page.goto(f"{process.address}/studio{at}")
            await page.wait_for_selector("body[data-ready]")
            return page

        yield visited
    refused = [each for each in complaints if "status of 409" not in each and "ERR_" not in each]
    assert refused == [], refused


async def opened(visit: Visit, lesson: str = "form-of-a-lesson") -> Page:
    page = await visit(f"#{THEME}/{lesson}")
    await expect(page.get_by_role("heading", name="The lesson")).to_be_visible()
    return page


def at(_: Page, place: str) -> str:
    return f'[data-at="{place}"]'


async def saved(page: Page) -> None:
    await expect(page.locator("#state")).to_contain_text("Saved at")
