"""In a real browser: for whom a theme is, a diagram beneath a section, and a lesson in another language."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from bot.process.main import RunningProcess
from tests.browser.conftest import PHONE, WIDE
from tests.browser.studio import THEME, Visit, at, opened, process, saved, visit
from tests.browser.test_manners import CONTRAST, NAMELESS
from tests.packs.test_diagrams import ALT, DRAWN

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
__all__ = ["process", "visit"]

LESSON = "form-of-a-lesson"
GERMAN = f"{LESSON}.de"


async def publish(page: Page) -> None:
    await page.locator("#acts").get_by_role("button", name="Publish …").click()
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("Published.")


async def theme(visit: Visit) -> Page:
    page = await visit(f"#{THEME}/")
    await expect(page.get_by_role("heading", name="The theme")).to_be_visible()
    return page


async def translation(visit: Visit, key: str = GERMAN, **how: ViewportSize) -> Page:
    page = await visit(f"#{THEME}/{key}", **how)
    await expect(page.get_by_role("heading", name="The lesson in ")).to_be_visible()
    return page


# For whom -------------------------------------------------------------------------------------------------------------


async def test_a_theme_is_made_for_one_workspace_by_keys_alone_and_published(
    visit: Visit, process: RunningProcess
) -> None:
    page = await theme(visit)
    await expect(page.get_by_label("Everybody on this server")).to_be_checked()
    await page.get_by_label("Everybody on this server").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(at(page, "workspaces")).locator(".wrong")).to_contain_text("is empty")
    await expect(page.locator(at(page, "for-whom.some"))).to_be_focused()
    await page.get_by_label("The local page").focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_label("The local page")).to_be_focused()
    await expect(page.locator("#counts")).to_contain_text("Nothing to mend")
    await saved(page)
    await publish(page)
    shelf = process.library.edition.shelf.theme(THEME)
    assert shelf
    assert shelf.workspaces == ("web",)


async def test_an_id_that_no_workspace_has_is_kept_and_shown(visit: Visit) -> None:
    page = await theme(visit)
    await page.get_by_label("These workspaces alone").check()
    await page.get_by_label("Another one, by its id").fill("discord:7")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("discord:7")).to_be_checked()
    await saved(page)
    await page.reload()
    await expect(page.get_by_label("discord:7")).to_be_checked()
    await expect(page.locator(at(page, "workspaces"))).to_contain_text("No workspace here has this id. It is kept.")
    await page.get_by_label("Everybody on this server").check()
    await page.get_by_label("These workspaces alone").check()
    await expect(page.get_by_label("discord:7")).to_be_checked()


# A diagram ------------------------------------------------------------------------------------------------------------


async def test_a_diagram_is_chosen_as_a_file_said_in_words_seen_on_all_three_and_taken_away(
    visit: Visit, process: RunningProcess, tmp_path: Path
) -> None:
    file = tmp_path / "way.svg"
    file.write_text(DRAWN, encoding="utf-8")
    page = await opened(visit)
    await page.get_by_role("button", name="Add a diagram").nth(1).click()
    await expect(page.locator(at(page, "diagram.choose"))).to_be_focused()
    await expect(page.locator(at(page, "diagram.file"))).to_have_attribute("aria-invalid", "true")
    await page.set_input_files(at(page, "diagram.choose"), file)
    await page.fill(at(page, "diagram.alt"), ALT)
    await expect(page.locator("#counts")).to_contain_text("Nothing to mend")
    await expect(page.locator(".thumb")).to_be_visible()
    page_frame = page.frame_locator('iframe[title="The lesson as in Page"]').last
    await expect(page_frame.get_by_role("img", name="A request goes to")).to_be_visible()
    for name in ("Discord", "Slack"):
        await page.get_by_role("tab", name=name).click()
        frame = page.frame_locator(f'iframe[title="The lesson as in {name}"]').last
        await expect(frame.get_by_alt_text("A request goes to")).to_be_visible()
    await saved(page)
    await publish(page)
    lesson = process.library.edition.shelf.lesson(THEME, LESSON)
    assert lesson
    assert lesson.diagram
    assert lesson.diagram.after == lesson.sections[1].label
    await page.get_by_role("button", name="Take the diagram away").click()
    await expect(page.locator(at(page, "diagram"))).to_have_count(0)
    await saved(page)


async def test_a_pasted_drawing_is_held_to_the_rules_and_follows_its_section(visit: Visit) -> None:
    page = await opened(visit)
    await page.get_by_role("button", name="Add a diagram").first.click()
    await page.fill(at(page, "diagram.file"), DRAWN.replace("<g ", "<g onload='x' "))
    await page.fill(at(page, "diagram.alt"), ALT)
    await expect(page.locator(at(page, "diagram"))).to_contain_text("Line 3 of the drawing: “onload”")
    await page.fill(at(page, "sections.0.label"), "Another label")
    await page.locator(at(page, "summary")).focus()
    await expect(page.locator(at(page, "diagram.after"))).to_have_value("Another label")
    second = await page.input_value(at(page, "sections.1.label"))
    await page.select_option(at(page, "diagram.after"), second)
    await expect(page.locator(at(page, "sections.1")).locator(at(page, "diagram.alt"))).to_have_value(ALT)
    await page.get_by_role("button", name="Take section 2 away").click()
    await expect(page.get_by_text("Diagram without a section")).to_be_visible()
    await saved(page)


async def test_a_drawing_that_is_too_large_is_told_before_it_is_sent(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "large.svg"
    file.write_text(DRAWN + " " * 40_000, encoding="utf-8")
    page = await opened(visit)
    await page.get_by_role("button", name="Add a diagram").first.click()
    await expect(page.locator(at(page, "diagram.file"))).to_have_attribute("aria-invalid", "true")
    await page.set_input_files(at(page, "diagram.choose"), file)
    await expect(page.get_by_text("This file is larger than 32 KiB.")).to_be_visible()
    await page.fill(at(page, "diagram.alt"), "Boxes.")
    await expect(page.locator(at(page, "diagram.alt"))).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("This file is larger than 32 KiB.")).to_be_visible()
    await expect(page.locator(at(page, "diagram.file"))).to_have_value("")


# Another language -----------------------------------------------------------------------------------------------------


async def test_a_translation_is_begun_beside_the_original_and_published_with_the_rest(
    visit: Visit, process: RunningProcess
) -> None:
    page = await opened(visit, "running-a-theme")
    await page.get_by_role("button", name="Add a translation …").click()
    await page.fill("#dialog input", "fr")
    await page.click("#dialog-yes")
    await expect(page.get_by_role("heading", name="The lesson in Français")).to_be_visible()
    await expect(page.locator("#form")).to_contain_text("0 of ")
    await expect(page.locator(at(page, "title"))).to_have_attribute("aria-invalid", "true")
    await page.fill(at(page, "title"), "Un thème avec une équipe")
    for name in ("Page", "Discord", "Slack"):
        await page.get_by_role("tab", name=name).click()
        frame = page.frame_locator(f'iframe[title="The lesson as in {name}"]').last
        await expect(frame.get_by_text("Un thème avec une équipe").first).to_be_visible()
    while await (copies := page.get_by_role("button", name="Copy the original: ").filter(visible=True)).count():
        await copies.first.click()
    await expect(page.locator("#counts")).to_contain_text("Nothing to mend")
    await saved(page)
    await publish(page)
    read = process.library.edition.read_in("fr").shelf.lesson(THEME, "running-a-theme")
    assert read
    assert read.title == "Un thème avec une équipe"
    await expect(page.locator(".spoken").get_by_role("button", name="Français")).to_be_visible()


async def test_what_changed_in_the_original_is_marked_at_its_field_until_the_two_agree(visit: Visit) -> None:
    page = await opened(visit)
    before = await page.input_value(at(page, "summary"))
    await page.fill(at(page, "summary"), "Every lesson has its parts in one order, and each of them has a job.")
    await saved(page)
    await page.get_by_role("button", name="Deutsch").click()
    await expect(page.locator(".was")).to_have_count(1)
    await expect(page.locator(".was")).to_contain_text(" ".join(before.split()))
    await expect(page.locator("#findings")).to_contain_text("The original has changed since this was translated")
    await page.get_by_role("button", name="They agree now").click()
    await expect(page.locator(".was")).to_have_count(0)
    await expect(page.locator("#counts")).to_contain_text("Nothing to mend")
    await saved(page)


async def test_two_authors_of_a_translation_are_told_and_a_closed_tab_loses_nothing(visit: Visit) -> None:
    hers, his = await translation(visit), await translation(visit)
    await hers.fill(at(hers, "title"), "Ihr Titel")
    await saved(hers)
    await hers.reload()
    await expect(hers.locator(at(hers, "title"))).to_have_value("Ihr Titel")
    await his.fill(at(his, "title"), "Sein Titel")
    await expect(his.locator("#alert")).to_contain_text("saved this at")
    await his.get_by_role("button", name="Load theirs").click()
    await expect(his.locator(at(his, "title"))).to_have_value("Ihr Titel")


async def test_a_lesson_is_seen_as_a_reader_of_another_language_sees_it(visit: Visit) -> None:
    page = await opened(visit)
    await page.get_by_label("As read by somebody who wants").select_option("de")
    frame = page.frame_locator('iframe[title="The lesson as in Page"]').last
    await expect(frame.get_by_text("Die Form einer Lektion").first).to_be_visible()


async def test_a_translation_is_taken_away_and_the_draft_of_it_dropped(visit: Visit) -> None:
    page = await translation(visit)
    await page.get_by_role("button", name="Take this translation away …").click()
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("To be taken away")
    await page.get_by_role("button", name="Drop this draft …").click()
    await page.click("#dialog-yes")
    await expect(page.locator("#state")).to_contain_text("As it is live.")


async def test_a_themes_own_words_are_translated_beside_them(visit: Visit) -> None:
    page = await theme(visit)
    await expect(page.locator(at(page, "translations.de.title"))).to_have_value("Mit Dualo lehren")
    await page.locator(at(page, "translations.add")).click()
    await page.fill("#dialog input", "fr")
    await page.click("#dialog-yes")
    await expect(page.locator(at(page, "translations.fr.title"))).to_be_focused()
    await page.fill(at(page, "translations.fr.title"), "Enseigner avec Dualo")
    await expect(page.locator(at(page, "translations.fr.description"))).to_have_attribute("aria-invalid", "true")
    await page.get_by_role("button", name="Take français away").click()
    await expect(page.locator("#counts")).to_contain_text("Nothing to mend")
    await saved(page)


@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
async def test_the_new_parts_have_names_can_be_read_and_fit(visit: Visit, viewport: ViewportSize) -> None:
    page = await translation(visit, viewport=viewport)
    await expect(page.locator("#counts")).not_to_be_empty()
    await _manners(page)
    await page.goto(f"{page.url.partition('#')[0]}#{THEME}/")
    await page.reload()
    await page.get_by_label("These workspaces alone").check()
    await _manners(page)
    await page.goto(f"{page.url.partition('#')[0]}#{THEME}/{LESSON}")
    await page.reload()
    await page.get_by_role("button", name="Add a diagram").first.click()
    await page.fill(at(page, "diagram.file"), DRAWN)
    await _manners(page)


async def _manners(page: Page) -> None:
    assert await page.evaluate(CONTRAST) == []
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
