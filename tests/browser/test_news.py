"""What is posted reaches the pages that are open, and a manager sets it up there."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from bot.core import views
from bot.core.record import replace
from bot.features import commands
from bot.features.commands import Channel
from tests.browser.conftest import Site, answers, presses, types
from tests.contracts import samples
from tests.contracts.sample_engine import SampleEngine

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ROOM = "web:room"


async def looks(page: Page) -> None:
    """Come back to the page: it then asks what is new, as it also does from time to time."""
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def the_post() -> views.LessonPost:
    view = samples.plain()["post"]
    assert isinstance(view, views.LessonPost)
    return view


async def test_a_post_arrives_on_an_open_page_and_its_later_edit_takes_its_place(gallery: Site) -> None:
    page = await gallery.visit()
    sent = await gallery.adapter.deliver(the_post(), ROOM, "web/post/s1/2026-01-05")
    await looks(page)
    post = page.locator("article.lessonpost")
    await expect(post.locator("h2")).to_have_text(the_post().title)
    await expect(page.locator(".exchange:has(.lessonpost) > .note")).to_have_text("Posted for everybody")
    await expect(post).not_to_contain_text("have done")
    await post.get_by_role("button", name="Read it").focus()
    await gallery.adapter.edit(replace(the_post(), done=8, mention=""), sent.message)
    await looks(page)
    await expect(post).to_contain_text("8 have done this.")
    await expect(post).to_have_count(1)
    await expect(post).to_be_focused()


async def test_a_post_stays_where_it_stands_while_people_go_on(gallery: Site, samples_engine: SampleEngine) -> None:
    page = await gallery.visit()
    await gallery.adapter.deliver(the_post(), ROOM, "key")
    await looks(page)
    read = page.locator("article.lessonpost").get_by_role("button", name="Read it")
    await answers(page, read.click)
    assert samples_engine.asked[-1][0] == commands.OpenLesson(theme="theme-01", lesson="lesson-04")
    await gallery.adapter.deliver(the_post(), ROOM, "key")
    await looks(page)
    await types(page, "/help")
    await expect(page.locator("article.lessonpost")).to_have_count(1)


async def test_the_end_of_a_schedule_is_posted_for_everybody(gallery: Site) -> None:
    page = await gallery.visit()
    await gallery.adapter.deliver(samples.plain()["closing"], ROOM, "key")
    await looks(page)
    await expect(page.locator("article.closingpost h2")).to_contain_text("That was the last lesson")


async def test_a_reminder_is_shown_to_its_learner_alone(gallery: Site) -> None:
    page = await gallery.visit()
    await gallery.adapter.deliver(samples.plain()["reminder"], gallery.adapter.direct("web", "ada"), "key")
    await gallery.adapter.deliver(samples.plain()["closing"], ROOM, "key")
    await looks(page)
    await expect(page.locator("article.closingpost")).to_have_count(1)
    await expect(page.locator("article.reminder")).to_have_count(0)
    await page.click("#who-button")
    await page.fill("#new-name", "Ada")
    await page.press("#new-name", "Enter")
    await expect(page.locator("article.reminder")).to_have_count(1)
    await expect(page.locator(".exchange:has(.reminder) > .note")).to_have_text("Posted for you")
    await page.click("#who-button")
    await page.select_option("#learner", "You")
    await expect(page.locator("article.closingpost")).to_have_count(1)
    await expect(page.locator("article.reminder")).to_have_count(0)
    asked, free = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        if '"person":"Ada"' in (route.request.post_data or ""):
            asked.set()
            await free.wait()
        await route.continue_()

    await page.route("**/web/news", late)
    await page.select_option("#learner", "Ada")
    await asyncio.wait_for(asked.wait(), 20)
    await page.select_option("#learner", "You")
    await expect(page.locator("article.closingpost")).to_have_count(1)
    async with page.expect_response("**/web/news"):
        free.set()
    await page.wait_for_load_state("networkidle")
    await expect(page.locator("article.reminder")).to_have_count(0)


async def test_a_weekly_lesson_is_set_up_for_the_room_in_one_form(gallery: Site, samples_engine: SampleEngine) -> None:
    page = await gallery.visit()
    await types(page, "/study-admin setup")
    form = page.locator("form.form")
    await expect(form.get_by_label("Channel")).to_have_value(ROOM)
    await form.get_by_label("Day").select_option("tue")
    await form.get_by_label("Time", exact=True).fill("08:30")
    await presses(page, "Begin")
    assert samples_engine.asked[-1][0] == commands.Setup(
        channel=Channel(ROOM), theme="theme-01", weekday="tue", hour="08:30"
    )


async def test_contacts_are_named_as_the_page_knows_them(gallery: Site, samples_engine: SampleEngine) -> None:
    samples_engine.named = {"contacts": samples.plain()["contacts form"]}
    page = await gallery.visit()
    await types(page, "/find contacts")
    form = page.locator("form.form")
    await form.get_by_label("Who is told").fill("Ada Lovelace")
    await form.get_by_label("Or where").select_option(ROOM)
    await form.get_by_label("A role whose bearers manage").fill("crew")
    await presses(page, "Save")
    assert samples_engine.asked[-1][0] == commands.EditContacts(
        alert_user=commands.Person("ada-lovelace"), alert_channel=Channel(ROOM), manager_role=commands.Role("crew")
    )


async def test_the_operator_sets_up_a_weekly_lesson_and_finds_it_among_the_schedules(site: Site) -> None:
    page = await site.visit()
    await types(page, "/study-admin setup")
    await answers(page, page.locator("form.form button[type=submit]").click)
    await expect(page.locator(".exchange:last-child article")).to_contain_text("First post: Mon 12 Jan 2026 09:00")
    await types(page, "/study-admin schedule list")
    await expect(page.locator(".exchange:last-child .record")).to_have_count(1)
    await expect(page.locator(".exchange:last-child .record .facts")).to_contain_text("the room")
