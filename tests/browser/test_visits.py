"""Somebody from a chat opens their own page by a link: in a real browser, whose address bar and history forget it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, ViewportSize, expect

from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.packs.library import Library
from bot.store.database import Database
from bot.store.store import opened
from tests.browser.conftest import PHONE, WIDE, answers, here, presses, types
from tests.browser.test_manners import CONTRAST, NAMELESS
from tests.hand_clock import HandClock
from tests.visitors import Visiting

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@here
async def house(tmp_path: Path, shelf: Shelf, sqlite_template: Path) -> AsyncIterator[Visiting]:
    shutil.copy(sqlite_template, tmp_path / "dualo.db")
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(opened(Database(f"sqlite:///{tmp_path / 'dualo.db'}")))
        clock = HandClock()
        yield Visiting(StudyEngine(store, Library(shelf), clock), store, clock, stack)


@here
async def context(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[BrowserContext]:
    viewport: ViewportSize = getattr(request, "param", WIDE)
    made = await browser.new_context(viewport=viewport, reduced_motion="reduce")
    yield made
    await made.close()


async def opened_link(context: BrowserContext, house: Visiting, sent: list[Request]) -> Page:
    """A page to which the link leads."""
    client = await house.serve()
    page = await context.new_page()
    page.set_default_timeout(20_000)

    def hear(request: Request) -> None:  # a list's own method is not enough for the browser's client
        sent.append(request)

    page.on("request", hear)
    await page.goto(f"{client.make_url('/open')}#{await house.word()}")
    await page.get_by_role("button", name="Open my page").wait_for()
    return page


@pytest.mark.parametrize("context", [WIDE, PHONE], indirect=True, ids=["wide", "phone"])
async def test_a_link_from_a_chat_opens_the_page_of_whoever_asked_for_it(
    context: BrowserContext, house: Visiting
) -> None:
    sent: list[Request] = []
    page = await opened_link(context, house, sent)
    assert page.url.endswith("/open")
    assert await page.evaluate(CONTRAST) == []
    assert await page.evaluate(NAMELESS) == []
    await page.get_by_role("button", name="Open my page").click()
    await page.wait_for_selector("body[data-ready]")
    await expect(page.locator("#who-name")).to_have_text("Ada")
    assert await page.get_by_label("Role").count() == 0
    await types(page, "/done backend-architectures/layers")
    await types(page, "/progress")
    await expect(page.locator(".exchange").last).to_contain_text("1 of ")
    await presses(page, "All themes")
    assert await page.evaluate(CONTRAST) == []
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    word_sent = [each for each in sent if "#" in each.url or "open#" in each.headers.get("referer", "")]
    assert [each.url for each in word_sent if each.resource_type != "document"] == []
    assert len([each for each in sent if each.url.endswith("/open/enter")]) == 1


async def test_whoever_signs_out_finds_the_way_back_and_a_used_link_says_so(
    context: BrowserContext, house: Visiting
) -> None:
    page = await opened_link(context, house, [])
    link = f"{page.url}#{await house.word()}"
    async with page.expect_event("load"):
        await page.goto(link)  # where another link stood
    await page.context.set_offline(offline=True)
    await page.get_by_role("button", name="Open my page").click()
    await expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    await page.context.set_offline(offline=False)
    await page.get_by_role("button", name="Open my page").click()
    await page.wait_for_selector("body[data-ready]")
    await page.context.set_offline(offline=True)
    await page.locator("#who-button").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator(".lost")).to_contain_text("Dualo is not answering.")
    await page.context.set_offline(offline=False)
    await page.get_by_role("button", name="Retry").click()
    await expect(page.get_by_text("Open on the web")).to_be_visible()
    await page.goto(link)
    await page.get_by_role("button", name="Open my page").click()
    await expect(page.get_by_role("alert")).to_contain_text("it works once")


async def test_whoever_erased_everything_still_reads_that_it_was_done(context: BrowserContext, house: Visiting) -> None:
    page = await opened_link(context, house, [])
    await page.get_by_role("button", name="Open my page").click()
    await page.wait_for_selector("body[data-ready]")
    await types(page, "/done backend-architectures/layers")
    await types(page, "/privacy delete")
    await presses(page, "Erase…")
    await page.get_by_label("Type “erase” to confirm").fill("erase")
    await answers(page, page.locator(".exchange").last.get_by_role("button", name="Erase", exact=True).click)
    await expect(page.locator(".exchange").last).to_contain_text("Nothing is kept on you any more.")
    await page.get_by_role("button", name="Themes", exact=True).click()
    await expect(page.get_by_text("Open on the web")).to_be_visible()
