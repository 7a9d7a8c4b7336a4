"""The studio in a real browser: written, checked, seen, published and taken back without a file being seen."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Route, ViewportSize, expect

from bot.core.ports import WallClock
from bot.packs import parcel
from bot.process import settings
from bot.process.main import RunningProcess, running
from bot.store.cold.vault import StoredVault
from bot.studio.authors import Authors
from tests.browser.conftest import PHONE, WIDE
from tests.browser.studio import THEME, Visit, at, opened, process, saved, visit
from tests.browser.test_manners import CONTRAST, NAMELESS
from tests.conftest import CONTENT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["process", "visit"]


async def test_a_theme_is_written_seen_on_all_three_and_published(visit: Visit, process: RunningProcess) -> None:
    page = await visit()
    await page.get_by_label("A new theme").fill("Databases in Practice")
    await page.get_by_role("button", name="Begin").click()
    await page.fill(at(page, "description"), "What a team should know about databases, for all who use one.")
    shelf = page.locator('[data-theme="databases-in-practice"]')
    await shelf.get_by_role("button", name="Add a lesson …").click()
    await page.fill("#dialog input", "How a pool works")
    await page.click("#dialog-yes")
    await expect(page.get_by_role("heading", name="The lesson")).to_be_visible()
    await page.fill(
        at(page, "summary"), "A pool keeps connections open, so that a request does not have to wait for one."
    )
    await page.get_by_role("button", name="Add a source").click()
    await page.fill(at(page, "sources.0.title"), "PostgreSQL manual")
    await page.fill(at(page, "sources.0.url"), "https://www.postgresql.org/docs/current/")
    words = "A pool keeps a number of connections open and hands them out one after another. " * 8
    for number, label in enumerate(("What it keeps", "What it costs", "What it bounds")):
        await page.get_by_role("button", name="Add a section").click()
        await page.fill(at(page, f"sections.{number}.label"), label)
        await page.fill(at(page, f"sections.{number}.text"), words)
        await page.locator(at(page, f"sections.{number}.sources")).get_by_label("PostgreSQL manual").check()
    for number, label in enumerate(("What it keeps", "What it costs", "What it bounds")):
        await page.get_by_role("button", name="Add a question").click()
        await page.fill(at(page, f"questions.{number}.ask"), f"What does part {number} say of a pool?")
        await page.select_option(at(page, f"questions.{number}.section"), label)
        for option in range(3):
            place = f"questions.{number}.options.{option}"
            await page.fill(at(page, f"{place}.text"), f"It holds {number + option} of them")
            await page.fill(at(page, f"{place}.why"), "So it says." if option == number else "It does not say so.")
            await page.set_checked(at(page, f"{place}.right"), option == number)
    await saved(page)
    await expect(page.locator("#counts")).to_contain_text("Nothing to mend")
    for name in ("Page", "Discord", "Slack"):
        await page.get_by_role("tab", name=name).click()
        frame = page.frame_locator(f'iframe[title="The lesson as in {name}"]').last
        await expect(frame.get_by_text("How a pool works").first).to_be_visible()
    await page.locator("#acts").get_by_role("button", name="Publish …").click()
    await expect(page.locator("#dialog")).to_contain_text("The theme appears on the shelf.")
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("Published.")
    assert process.library.edition.shelf.lesson("databases-in-practice", "how-a-pool-works")


async def test_what_is_typed_survives_a_closed_tab_and_a_server_that_is_away(visit: Visit) -> None:
    page = await opened(visit)
    await page.fill(at(page, "title"), "Saved before it closed")
    await saved(page)
    await page.reload()
    await expect(page.locator(at(page, "title"))).to_have_value("Saved before it closed")
    await page.context.set_offline(True)
    await page.fill(at(page, "title"), "Typed while it was away")
    await expect(page.locator("#state")).to_contain_text("kept in this browser")
    await page.context.set_offline(False)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await saved(page)


async def test_notes_in_markdown_become_a_draft_and_each_line_is_told_of(visit: Visit, tmp_path: Path) -> None:
    notes = tmp_path / "pools.md"
    notes.write_text(
        "# Pools\n\nA pool keeps connections.\n\n## What it costs\n\nA [process](https://example.org/p) each.\n"
    )
    page = await visit()
    await page.get_by_role("button", name="From a file …").click()
    await page.set_input_files("#dialog input[type=file]", notes)
    await page.click("#dialog-yes")
    await expect(page.locator("#dialog")).to_contain_text("Line ")
    await expect(page.locator(at(page, "title"))).to_have_value("Pools")
    await expect(page.locator(at(page, "sources.0.url"))).to_have_value("https://example.org/p")


async def test_an_archive_becomes_drafts_to_be_looked_through(visit: Visit, tmp_path: Path) -> None:
    archive = tmp_path / "themes.zip"
    archive.write_bytes(parcel.pack([CONTENT / "frameworks-under-pressure"]))
    page = await visit()
    await page.get_by_role("button", name="Themes from an archive …").click()
    await page.set_input_files("#dialog input[type=file]", archive)
    await page.click("#dialog-yes")
    await expect(page.locator("#dialog")).to_contain_text("is here as a draft")
    await page.locator("#dialog").get_by_role("button", name="Close").click()
    await expect(page.locator(at(page, "title"))).to_have_value("Frameworks Under Pressure")


async def test_two_authors_are_told_and_choose_whose_text_stays(visit: Visit) -> None:
    hers, his = await opened(visit), await opened(visit)
    await hers.fill(at(hers, "title"), "Hers")
    await saved(hers)
    await his.fill(at(his, "title"), "His")
    await expect(his.locator("#alert")).to_contain_text("saved this at")
    await his.get_by_role("button", name="Keep mine, over theirs").click()
    await saved(his)
    await hers.fill(at(hers, "title"), "Hers again")
    await hers.get_by_role("button", name="Load theirs").click()
    await expect(hers.locator(at(hers, "title"))).to_have_value("His")


async def test_the_order_is_changed_by_keys_alone_and_the_focus_goes_along(visit: Visit) -> None:
    page = await opened(visit)
    first = await page.input_value(at(page, "sections.0.label"))
    await page.focus(at(page, "sections.0.down"))
    await page.keyboard.press("Enter")
    await expect(page.locator(at(page, "sections.1.label"))).to_have_value(first)
    await expect(page.locator(at(page, "sections.1.down"))).to_be_focused()
    count = await page.get_by_role("button", name="Take section").count()
    for place in range(2, count):
        await page.keyboard.press("Enter")
        await expect(page.locator(at(page, f"sections.{place}.label"))).to_have_value(first)
    await expect(page.locator(at(page, f"sections.{count - 1}"))).to_be_focused()
    await page.get_by_role("button", name=f"Take section {count} away").press("Enter")
    await expect(page.locator(at(page, f"sections.{count - 2}"))).to_be_focused()
    await saved(page)


async def test_the_order_is_changed_by_dragging(visit: Visit) -> None:
    page = await opened(visit)
    first = await page.input_value(at(page, "sections.0.label"))
    carried = {"dataTransfer": await page.evaluate_handle("new DataTransfer()")}
    await page.locator(at(page, "sections.0")).locator("[draggable=true]").dispatch_event("dragstart", carried)
    for event in ("dragover", "drop"):
        await page.locator(at(page, "sections.1")).dispatch_event(event, carried)
    await expect(page.locator(at(page, "sections.1.label"))).to_have_value(first)


async def test_a_label_takes_the_questions_that_name_it_along(visit: Visit) -> None:
    page = await opened(visit)
    before = await page.input_value(at(page, "questions.0.section"))
    labels = [
        await each.input_value() for each in await page.locator('[data-at^="sections."][data-at$=".label"]').all()
    ]
    await page.fill(at(page, f"sections.{labels.index(before)}.label"), "Another label")
    await page.locator(at(page, "summary")).focus()
    await expect(page.locator(at(page, "questions.0.section"))).to_have_value("Another label")


async def test_an_error_stands_beneath_its_field_and_keeps_the_theme_from_being_published(visit: Visit) -> None:
    page = await opened(visit)
    await page.fill(at(page, "summary"), "")
    await expect(page.locator(at(page, "summary"))).to_have_attribute("aria-invalid", "true")
    await saved(page)
    await page.locator("#acts").get_by_role("button", name="Publish …").click()
    await expect(page.locator("#dialog")).to_contain_text("Nothing is published while something is wrong")
    await expect(page.locator("#dialog-yes")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("#acts").get_by_role("button", name="Publish …")).to_be_focused()


async def test_back_and_forward_open_what_was_open_and_nothing_that_was_typed_is_lost(visit: Visit) -> None:
    page = await visit()
    await page.evaluate(f"localStorage.setItem('dualo.studio.{THEME}/', '{{}}')")
    await page.get_by_role("button", name="About the theme").click()
    await expect(page.get_by_role("heading", name="The theme")).to_be_visible()
    await expect(page.get_by_role("button", name="Use it")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="Write your own lessons")).to_be_visible()
    await expect(page.locator("#alert")).to_be_hidden()
    await page.go_forward()
    await page.get_by_role("button", name="Drop it").click()
    await page.goto(f"{page.url.partition('#')[0]}#{THEME}/form-of-a-lesson")
    await expect(page.get_by_role("heading", name="The lesson")).to_be_visible()
    await page.fill(at(page, "title"), "Typed before going back")
    await page.go_back()
    await expect(page.get_by_role("heading", name="The theme")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="Write your own lessons")).to_be_visible()
    await page.go_forward()
    await page.go_forward()
    await expect(page.locator(at(page, "title"))).to_have_value("Typed before going back")


async def test_what_was_asked_for_last_stands_there_however_late_an_earlier_answer_comes(visit: Visit) -> None:
    page = await visit()
    waits = asyncio.Event()

    async def late(route: Route) -> None:
        if '"lesson":""' in (route.request.post_data or ""):
            await waits.wait()
        await route.continue_()

    await page.route("**/studio/api/open", late)
    await page.get_by_role("button", name="About the theme").click()
    await page.locator("#themes").get_by_role("button", name="The form of a lesson").first.click()
    await expect(page.get_by_role("heading", name="The lesson")).to_be_visible()
    waits.set()
    await page.wait_for_load_state("networkidle")
    await expect(page.get_by_role("heading", name="The lesson")).to_be_visible()
    assert page.url.endswith(f"#{THEME}/form-of-a-lesson")
    waits.clear()
    await page.goto(f"{page.url.partition('#')[0]}#{THEME}/")
    await page.go_back()
    async with page.expect_response("**/studio/api/open") as waiting:
        waits.set()
    await (await waiting.value).finished()
    await page.wait_for_load_state("networkidle")
    await expect(page.get_by_role("heading", name="The lesson")).to_be_visible()
    assert page.url.endswith(f"#{THEME}/form-of-a-lesson")


async def test_a_shelf_that_comes_late_takes_no_lesson_away(visit: Visit) -> None:
    page = await opened(visit)
    asked, free = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        if not asked.is_set():
            asked.set()
            await free.wait()
        await route.fulfill(response=answer)

    await page.route("**/studio/api/themes", late)
    await page.locator("#themes .open").nth(1).click()
    await asyncio.wait_for(asked.wait(), 20)
    await page.get_by_role("button", name="Add a lesson …").click()
    await page.fill("#dialog input", "Pools")
    await page.click("#dialog-yes")
    new = page.locator("#themes").get_by_role("button", name="Pools", exact=False).first
    await expect(new).to_be_visible()
    async with page.expect_response("**/studio/api/themes"):
        free.set()
    await page.wait_for_load_state("networkidle")
    await expect(new).to_be_visible()


async def test_what_is_asked_for_is_done_to_what_stood_there_however_late_the_rest_comes(visit: Visit) -> None:
    page = await opened(visit, "running-a-theme")
    free = asyncio.Event()

    async def late(route: Route) -> None:
        await free.wait()
        await route.continue_()

    await page.route("**/studio/api/open", late)
    await page.locator("#themes").get_by_role("button", name="The form of a lesson").first.click()
    await page.get_by_role("button", name="Take this lesson away …").click()
    free.set()
    await expect(page.locator(at(page, "title"))).to_have_value("The form of a lesson – short, labelled, complete")
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("To be taken away")
    assert page.url.endswith("#teach-with-dualo/running-a-theme")
    free.clear()
    await page.route("**/studio/api/consequences", late)
    await page.locator("#acts").get_by_role("button", name="Drop this draft …").wait_for()
    await page.locator("#themes").get_by_role("button", name="Publish …").click()
    await page.get_by_role("button", name="Add a lesson …").click()
    async with page.expect_response("**/studio/api/consequences"):
        free.set()
    await page.fill("#dialog input", "Pools")
    await page.keyboard.press("Escape")
    await expect(page.locator("#dialog-title")).to_have_text("Publish this theme?")


async def test_what_cannot_be_saved_yet_is_not_left_and_what_was_said_of_it_does_not_stand_by_the_next(
    visit: Visit,
) -> None:
    page = await opened(visit)
    free = asyncio.Event()

    async def late(route: Route) -> None:
        answer = route.continue_ if free.is_set() else route.abort
        await free.wait()
        await answer()

    await expect(page.locator("#counts")).not_to_be_empty()
    await page.route("**/studio/api/save", lambda route: route.abort())
    await page.fill(at(page, "title"), "Typed when it was away")
    other = page.locator("#themes").get_by_role("button", name="Running a theme").first
    await other.click()
    await expect(page.locator("#state")).to_contain_text("it is tried again")
    await page.wait_for_load_state("networkidle")
    await expect(page.locator(at(page, "title"))).to_have_value("Typed when it was away")
    await page.unroute("**/studio/api/save")
    await page.evaluate(
        "() => { const wait = setTimeout; window.setTimeout = (work, time) => wait(work, time / 100); }"
    )
    await page.route("**/studio/api/look", late)
    await other.click()
    await expect(page.locator(at(page, "title"))).to_have_value("Running a theme with a team – rhythm, consent, repair")
    await expect(page.locator("#counts")).to_be_empty()
    free.set()
    await expect(page.locator("#counts")).not_to_be_empty()


async def test_a_draft_is_dropped_whose_last_words_are_on_their_way(visit: Visit) -> None:
    page = await opened(visit)
    await page.fill(at(page, "title"), "A first try")
    await saved(page)
    await page.reload()
    asked, free = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await free.wait()
        await route.continue_()

    await page.route("**/studio/api/save", late)
    await page.fill(at(page, "title"), "A second try")
    await asyncio.wait_for(asked.wait(), 20)
    await page.get_by_role("button", name="Drop this draft …").click()
    await page.click("#dialog-yes")
    await page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    free.set()
    await expect(page.locator("#state")).to_have_text("As it is live.")
    await expect(page.locator("#alert")).to_be_hidden()


async def test_what_is_pressed_twice_in_the_studio_goes_out_once(visit: Visit) -> None:
    page = await opened(visit)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.rpartition("/")[2]))
    first = page.locator("#themes").get_by_role("button", name="Move down: ").first
    name = await first.get_attribute("aria-label")
    await first.dblclick()
    await expect(page.locator("#state")).to_have_text("The new order is saved as a draft.")
    await expect(page.locator("#alert")).to_be_hidden()
    await expect(page.get_by_role("button", name=name)).to_be_focused()
    await page.get_by_label("A new theme").fill("Pools")
    await page.evaluate("for (const _ of [1, 2]) document.querySelector('#new-theme button').click()")
    await expect(page.get_by_role("heading", name="The theme")).to_be_visible()
    assert (sent.count("save"), sent.count("begin-theme")) == (1, 1)


async def test_on_a_laptop_the_preview_stands_on_the_right(visit: Visit) -> None:
    page = await opened(visit)
    form, shown = await page.locator("#form").bounding_box(), await page.locator("#shown").bounding_box()
    assert form
    assert shown
    assert shown["x"] >= form["x"] + form["width"]
    assert shown["y"] < WIDE["height"]


async def test_a_lesson_is_taken_away_and_brought_back_with_its_progress_kept(
    visit: Visit, process: RunningProcess
) -> None:
    page = await opened(visit, "running-a-theme")
    await page.get_by_role("button", name="Take this lesson away …").click()
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("To be taken away")
    await page.get_by_role("button", name="Publish …").first.click()
    await page.click("#dialog-yes")
    await expect(page.locator("#dialog")).to_be_visible()  # first it has to be said that one knows what goes
    await page.locator("#dialog").get_by_label("I know what goes.").check()
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("Published.")
    assert process.library.edition.shelf.lesson(THEME, "running-a-theme") is None
    await page.get_by_role("button", name="Earlier versions …").click()
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("as it was")
    assert process.library.edition.shelf.lesson(THEME, "running-a-theme")


async def test_a_suggestion_is_asked_for_by_name_shown_beside_and_taken_by_a_person(
    browser: Browser, tmp_path: Path
) -> None:
    async def answer(request: web.Request) -> web.Response:
        heard.append(await request.text())
        await free.wait()
        said = {"text": "Said shorter."}
        return web.json_response({"choices": [{"message": {"content": json.dumps(said)}}]})

    heard: list[str] = []
    free = asyncio.Event()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    shutil.copytree(CONTENT / THEME, tmp_path / "content" / THEME)
    async with TestServer(app) as model:
        chosen = {
            "DUALO_DATA_DIR": str(tmp_path / "data"),
            "DUALO_HTTP_PORT": "0",
            "DUALO_CONTENT": str(tmp_path / "content"),
            "DUALO_MODEL_URL": str(model.make_url("/v1")),
        }
        async with running(settings.read(chosen)) as process:
            page = await browser.new_page()
            await page.goto(f"{process.address}/studio#{THEME}/form-of-a-lesson")
            before = await page.input_value(at(page, "sections.0.text"))
            assert heard == []
            await page.route("**/studio/api/suggest", lambda route: route.abort())
            await page.get_by_role("button", name="Shorten (asks").first.click()
            await expect(page.locator(".suggestion").first).to_have_text(
                "The server cannot be reached. Try again in a moment."
            )
            await page.unroute("**/studio/api/suggest")
            await page.get_by_role("button", name=f"Shorten (asks 127.0.0.1:{model.port})").first.click()
            await page.get_by_role("button", name="Add a source").click()  # the form is drawn anew meanwhile
            free.set()
            await expect(page.locator(".suggestion").first).to_contain_text("not part of your lesson")
            assert await page.input_value(at(page, "sections.0.text")) == before
            await page.get_by_role("button", name="Take it", exact=True).first.click()
            await expect(page.locator(at(page, "sections.0.text"))).to_have_value("Said shorter.")
            await expect(page.locator(".suggestion").first).to_be_hidden()
            await page.close()
    assert len(heard) == 1


async def test_what_is_typed_outlives_a_link_that_ends_and_is_offered_with_the_next_one(
    browser: Browser, tmp_path: Path
) -> None:
    shutil.copytree(CONTENT / THEME, tmp_path / "content" / THEME)
    chosen = {
        "DUALO_DATA_DIR": str(tmp_path / "data"),
        "DUALO_HTTP_PORT": "0",
        "DUALO_CONTENT": str(tmp_path / "content"),
        "DUALO_WEB_TOKEN": "a token that nobody guesses",
    }
    async with running(settings.read(chosen)) as process:
        authors = Authors(StoredVault(process.store, "web", WallClock()), WallClock())
        page, asked = await browser.new_page(), []
        page.on("dialog", lambda dialog: asked.append(dialog.type))
        await page.goto(f"{process.address}/studio#{await authors.invite('Ada', days=1)}")
        await page.wait_for_selector("body[data-ready]")
        await page.goto(f"{process.address}/studio#{THEME}/form-of-a-lesson")
        await expect(page.locator(at(page, "title"))).to_be_visible()
        assert await authors.remove("Ada") == 1
        await page.fill(at(page, "title"), "Typed too late")
        await expect(page.locator("#alert")).to_contain_text("You are signed out")
        await expect(page.locator(at(page, "title"))).to_have_value("Typed too late")
        await page.get_by_role("button", name="Sign in again").click()
        await expect(page.get_by_text("Open it by the link that you were given.")).to_be_visible()
        await page.goto(f"{process.address}/studio#{THEME}/form-of-a-lesson")
        await page.reload()
        await expect(page.get_by_text("Open it by the link that you were given.")).to_be_visible()
        await page.goto("about:blank")
        await page.goto(f"{process.address}/studio#{await authors.invite('Ada', days=1)}")
        await page.wait_for_selector("body[data-ready]")
        await page.goto(f"{process.address}/studio#{THEME}/form-of-a-lesson")
        await page.get_by_role("button", name="Use it").click()
        await expect(page.locator(at(page, "title"))).to_have_value("Typed too late")
        await saved(page)
        await page.close()
    assert asked == []


@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
async def test_everything_has_a_name_can_be_read_and_fits(visit: Visit, viewport: ViewportSize) -> None:
    page = await visit(f"#{THEME}/form-of-a-lesson", viewport=viewport)
    await expect(page.locator("#counts")).not_to_be_empty()
    assert await page.evaluate(CONTRAST) == []
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
