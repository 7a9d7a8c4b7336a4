"""What a newcomer and a regular do on the page, in a real browser with the real engine."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Error, Page, Route, expect

from bot.domain.course import Shelf
from tests.browser.conftest import PHONE, Site, answers, presses, types

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def last(page: Page) -> str:
    return ".exchange:last-child article"


async def test_a_newcomer_finishes_a_lesson_by_clicks_alone(site: Site) -> None:
    page = await site.visit()
    await expect(page.locator("article h2")).to_have_text("Your learning")
    await presses(page, "Read the first lesson")
    await expect(page.locator(f"{last(page)} .sources")).to_contain_text("Grounded on")
    await presses(page, "Done – next")
    await expect(page.locator(f"{last(page)} h2")).to_contain_text("Done: ")
    await expect(page.locator(f"{last(page)} .figures")).to_contain_text("1 / ")
    await expect(page.locator(f"{last(page)} .next")).to_contain_text("Next up")
    await presses(page, "Read lesson 2")
    await expect(page.locator(f"{last(page)} .eyebrow")).to_contain_text("Lesson 2 of")


async def tab_to(page: Page, name: str) -> None:
    """Go on with Tab alone until the button of that name has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"Tab never reached {name!r}")


async def test_a_newcomer_finishes_a_lesson_by_keyboard_alone(site: Site) -> None:
    page = await site.visit(viewport=PHONE)
    await tab_to(page, "Read the first lesson")
    await answers(page, lambda: page.keyboard.press("Enter"))
    await expect(page.locator(last(page))).to_be_focused()
    await tab_to(page, "Done – next")
    await answers(page, lambda: page.keyboard.press("Space"))
    await expect(page.locator(f"{last(page)} h2")).to_contain_text("Done: ")


async def test_the_first_stop_of_tab_leads_to_the_command_line(site: Site) -> None:
    page = await site.visit()
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("/help")
    await answers(page, lambda: page.keyboard.press("Enter"))
    await expect(page.locator(f"{last(page)} h2")).to_have_text("What you can do here")


async def test_a_command_is_completed_from_its_name_to_its_last_argument(site: Site, shelf: Shelf) -> None:
    page = await site.visit()
    line, choices = page.locator("#line"), page.locator("#choices [role=option]")
    await line.press_sequentially("/les")
    await expect(choices).to_have_count(1)
    await expect(line).to_have_attribute("aria-expanded", "true")
    await line.press("ArrowDown")
    await expect(line).to_have_attribute("aria-activedescendant", "choice-0")
    await line.press("Enter")
    await expect(line).to_have_value("/lesson ")
    theme = shelf.themes[0]
    await expect(choices.filter(has_text=theme.title).first).to_be_visible()
    await line.press_sequentially(theme.id[:6])
    await choices.filter(has_text=theme.title).first.click()
    await expect(line).to_have_value(f"/lesson {theme.id}")
    await line.press_sequentially(" 2")
    await expect(choices.filter(has_text=theme.lessons[1].title).first).to_be_visible()
    await line.press("Escape")
    await expect(page.locator("#choices")).to_be_hidden()
    await expect(line).to_have_attribute("aria-expanded", "false")
    await answers(page, lambda: line.press("Enter"))
    await expect(page.locator(f"{last(page)} h2")).to_have_text(theme.lessons[1].title)


async def test_typing_on_while_completions_are_on_their_way_brings_those_of_what_stands_there(site: Site) -> None:
    page = await site.visit()
    asked, free = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await free.wait()
        with suppress(Error):  # the first is not wanted any more
            await route.continue_()

    await page.route("**/web/complete", late)
    await page.locator("#line").press_sequentially("/pro")
    await asyncio.wait_for(asked.wait(), 20)
    await page.locator("#line").press("g")
    free.set()
    await expect(page.locator("#choices [role=option]")).to_have_count(1)
    free.clear()
    await page.locator("#line").press_sequentially("z")
    await page.locator("#line").press("Tab")
    await expect(page.locator("#line")).to_have_value("/progz")  # those that stand there complete what stood there
    free.set()


async def test_tab_takes_the_first_completion(site: Site) -> None:
    page = await site.visit()
    await page.locator("#line").press_sequentially("/prog")
    await expect(page.locator("#choices [role=option]")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(page.locator("#line")).to_have_value("/progress ")


async def test_another_learner_starts_afresh_and_the_first_finds_everything_again(site: Site) -> None:
    page = await site.visit()
    await presses(page, "Read the first lesson")
    await presses(page, "Done – next")
    await page.click("#who-button")
    await page.fill("#new-name", "Ada")
    await page.press("#new-name", "Enter")
    await expect(page.locator("#who-name")).to_have_text("Ada")
    await expect(page.get_by_role("button", name="Read the first lesson")).to_be_visible()
    await page.click("#who-button")
    await page.select_option("#learner", "You")
    await expect(page.locator("#who-name")).to_have_text("You")
    await expect(page.get_by_role("button", name="Continue").first).to_be_visible()
    await page.reload()
    await expect(page.locator("#who-name")).to_have_text("You")


async def test_a_form_is_filled_in_and_kept(site: Site) -> None:
    page = await site.visit()
    await types(page, "/settings")
    await page.locator(last(page)).get_by_role("button", name="Change the rest").click()
    form = page.locator("form.form").last
    await form.wait_for()
    first, free = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        if not first.is_set():
            first.set()
            await free.wait()
        await route.continue_()

    await page.route("**/web/suggest", late)
    await form.locator("input[name=timezone]").fill("Europe/Ber")
    await asyncio.wait_for(first.wait(), 20)
    await form.locator("input[name=timezone]").fill("Europe/Lis")
    await expect(form.locator("datalist option[value='Europe/Lisbon']")).to_have_count(1)
    async with page.expect_response("**/web/suggest"):
        free.set()
    await expect(form.locator("datalist option[value='Europe/Lisbon']")).to_have_count(1)
    await form.locator("input[name=timezone]").fill("Europe/Lisbon")
    await answers(page, form.get_by_role("button").last.click)
    await types(page, "/settings")
    await expect(page.locator(last(page))).to_contain_text("Europe/Lisbon")


async def test_a_quiz_is_answered_and_explained(site: Site) -> None:
    page = await site.visit()
    await presses(page, "Read the first lesson")
    await presses(page, "Quiz me")
    option = page.locator(".answer-option").first
    await answers(page, option.click)
    await expect(option).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(f"{last(page)} .reason").first).to_contain_text("Your answer")
    await expect(page.locator(f"{last(page)} .sources a").first).to_have_attribute("target", "_blank")


async def test_the_export_is_saved_as_a_file(site: Site, tmp_path: Path) -> None:
    page = await site.visit()
    await presses(page, "Read the first lesson")
    await presses(page, "Done – next")
    await types(page, "/privacy export")
    async with page.expect_download() as waiting:
        await page.locator(f"{last(page)} [data-file]").click()
    download = await waiting.value
    saved = tmp_path / "export.json"
    await download.save_as(saved)
    assert json.loads(saved.read_text("utf-8"))
    assert download.suggested_filename.endswith(".json")
