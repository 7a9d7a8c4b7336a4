"""How the page behaves towards people: readable, operable, honest when something fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

import pytest
from playwright.async_api import Page, Route, ViewportSize, expect

from bot.core import views
from bot.core.ports import Engine
from bot.features import commands
from tests.browser.conftest import PHONE, WIDE, Serve, Site, answers, presses, types
from tests.contracts import samples
from tests.contracts.sample_engine import SampleEngine

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EVERY = samples.every()
LOWEST = 4.5
"""Contrast of text with its ground, after WCAG AA."""

CONTRAST = """() => {
  const curve = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const channel = (value) => curve(value / 255);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const pixel = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = pixel(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  const low = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("svg, option, .unseen, :disabled")) continue;
    const lights = [light(pixel(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (lights[0] + 0.05) / (lights[1] + 0.05);
    if (ratio < LOWEST) low.add(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return [...low];
}""".replace("LOWEST", str(LOWEST))

NAMELESS = """() => {
  const name = (element) => element.getAttribute("aria-label") || element.textContent.trim();
  const wrong = [];
  for (const button of document.querySelectorAll("button, summary, a")) if (!name(button)) wrong.push(button.outerHTML);
  for (const field of document.querySelectorAll("input, select, textarea")) {
    if (![...field.labels].some((label) => name(label))) wrong.push(field.outerHTML);
  }
  for (const picture of document.querySelectorAll("svg[role=img]")) if (!name(picture)) wrong.push("svg");
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) wrong.push(image.outerHTML);
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  wrong.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: ${id}`));
  for (const named of document.querySelectorAll("[aria-labelledby], [aria-controls]")) {
    const id = named.getAttribute("aria-labelledby") ?? named.getAttribute("aria-controls");
    if (!document.getElementById(id)) wrong.push(`points nowhere: ${id}`);
  }
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) wrong.push(`${headings} h1`);
  if (!document.documentElement.lang) wrong.push("no language");
  return wrong;
}"""


TYPED = """async (names) => {
  const [line, log] = [document.getElementById("line"), document.getElementById("log")];
  const seen = [];
  for (const name of names) {
    const answered = new Promise((resolve) => {
      const watched = new MutationObserver(() => {
        if (!log.lastElementChild.querySelector("article")) return;
        watched.disconnect();
        resolve();
      });
      watched.observe(log, { childList: true, subtree: true });
    });
    line.value = `/find "${name}"`;
    line.form.requestSubmit();
    await answered;
    seen.push([name, document.documentElement.scrollWidth, innerWidth]);
  }
  return seen;
}"""


async def show(page: Page, names: Iterable[str]) -> list[tuple[str, int, int]]:
    """Type for one after the other, within the page; how wide it was with each, and how wide it may be."""
    return [(name, width, room) for name, width, room in await page.evaluate(TYPED, list(names))]


def parts(names: Iterable[str]) -> Iterator[list[str]]:
    """The page keeps its last sixty answers; so many are looked at together."""
    left = list(names)
    while left:
        yield left[:50]
        del left[:50]


def engine_of(shown: dict[str, views.View]) -> SampleEngine:
    return SampleEngine(named=shown)


@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
async def test_no_view_makes_the_page_scroll_sideways(serve: Serve, viewport: ViewportSize) -> None:
    page = await (await serve(engine_of(EVERY))).visit(viewport=viewport)
    assert [each for each in await show(page, EVERY) if each[1] != each[2]] == []


@pytest.mark.parametrize("look", ["light", "dark"])
async def test_every_text_stands_out_from_its_ground(serve: Serve, look: str) -> None:
    shown = samples.plain()
    page = await (await serve(engine_of(shown))).visit(color_scheme=look)
    for some in parts(shown):
        await show(page, some)
        await page.locator("#line").press_sequentially("/")
        await page.locator("#choices [role=option]").first.wait_for()
        assert await page.evaluate(CONTRAST) == []


async def test_everything_has_a_name_and_the_page_has_one_title(serve: Serve) -> None:
    shown = samples.plain()
    page = await (await serve(engine_of(shown))).visit()
    for some in parts(shown):
        await show(page, some)
        assert await page.evaluate(NAMELESS) == []


@pytest.mark.parametrize("words", samples.HOSTILE)
async def test_hostile_words_stay_words(serve: Serve, words: str) -> None:
    shown = {f"sample {name}": view for name, view in samples.hostile(words).items()}
    page = await (await serve(engine_of(shown))).visit()
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    before = await page.evaluate("document.querySelectorAll('script, iframe, img').length")
    await show(page, shown)
    assert await page.evaluate("document.querySelectorAll('script, iframe, img').length") == before
    assert await page.evaluate("document.querySelectorAll('#log [onerror], #log [style], #log script').length") == 0
    assert alerts == []


async def test_a_press_while_one_is_in_flight_goes_out_once(gallery: Site, samples_engine: SampleEngine) -> None:
    page = await gallery.visit()
    await types(page, "/lesson")
    done = page.get_by_role("button", name="Done – next")
    await answers(page, done.dblclick)
    await expect(page.locator(".pending")).to_have_count(0)
    assert [type(command) for command, _ in samples_engine.asked].count(commands.Done) == 1


async def test_when_nothing_answers_the_page_says_so_and_tries_again(gallery: Site) -> None:
    page = await gallery.visit()
    await types(page, "/lesson")
    await page.context.set_offline(offline=True)
    await presses(page, "Done – next")
    lost = page.locator(".lost")
    await expect(lost).to_contain_text("Dualo is not answering. Is it still running? Your progress is safe.")
    await page.context.set_offline(offline=False)
    await lost.get_by_role("button", name="Retry").click()
    await expect(page.locator(".exchange:last-child h2")).to_contain_text("Done: ")
    await expect(lost).to_have_count(0)
    await page.context.set_offline(offline=True)
    await types(page, "/help")
    await page.context.set_offline(offline=False)
    await page.keyboard.press("Enter")
    await expect(page.locator(".exchange:last-child article:not(.lost)")).to_be_focused()
    gallery.complaints[:] = [said for said in gallery.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


async def test_a_late_answer_leaves_whoever_writes_on_in_their_line(gallery: Site) -> None:
    page = await gallery.visit()
    await types(page, "/privacy")
    free = asyncio.Event()

    async def late(route: Route) -> None:
        await free.wait()
        await route.abort()

    await page.route("**/web/press", late)
    await page.get_by_role("button", name="Home", exact=True).click()
    await page.get_by_role("button", name="Pause recording").click()
    await expect(page.locator("#confirm")).to_be_hidden()  # its answer could not go out
    await page.locator("#line").press_sequentially("a few")
    free.set()
    await expect(page.locator(".lost")).to_be_visible()
    await page.keyboard.type(" words")
    await expect(page.locator("#line")).to_have_value("a few words")
    await page.unroute("**/web/press")
    free.clear()

    async def later(route: Route) -> None:
        await free.wait()
        await route.continue_()

    await page.route("**/web/press", later)
    await page.get_by_role("button", name="Retry").click()
    await page.locator("#line").press("End")
    free.set()
    await expect(page.locator(".exchange:last-child article:not(.lost)")).to_be_visible()
    await expect(page.locator("#line")).to_be_focused()
    gallery.complaints[:] = [said for said in gallery.complaints if "ERR_FAILED" not in said]


async def test_what_asks_first_does_nothing_when_refused(gallery: Site, samples_engine: SampleEngine) -> None:
    page = await gallery.visit()
    await types(page, "/privacy")
    pause = page.get_by_role("button", name="Pause recording")
    await pause.click()
    await expect(page.locator("#confirm")).to_contain_text("nothing is written down")
    await page.keyboard.press("Escape")
    await expect(page.locator("#confirm")).to_be_hidden()
    wanted = commands.Privacy(action=commands.PrivacyVerb.PAUSE)
    assert wanted not in [command for command, _ in samples_engine.asked]
    await pause.click()
    await answers(page, page.get_by_role("button", name="Pause it").click)
    assert [command for command, _ in samples_engine.asked].count(wanted) == 1


async def test_a_role_is_told_to_the_engine(gallery: Site, samples_engine: SampleEngine) -> None:
    page = await gallery.visit()
    await page.click("#who-button")
    await page.get_by_label("Admin").check()
    await expect(page.locator("#who-role")).to_have_text("admin")
    await page.locator("article").first.wait_for()
    assert [actor.manages for _, actor in samples_engine.asked] == [False, True]
    assert samples_engine.asked[-1][1].timezone == "Europe/Paris"
    free = asyncio.Event()

    async def late(route: Route) -> None:
        await free.wait()
        await route.continue_()

    await page.route("**/web/press", late)
    for role in ("Learner", "Admin", "Learner"):
        await page.get_by_label(role, exact=True).check()
    free.set()
    await page.locator("article").first.wait_for()
    async with page.expect_response("**/web/news"):
        pass
    assert [actor.manages for _, actor in samples_engine.asked] == [False, True, False, False]


async def test_the_look_one_chose_stays(gallery: Site) -> None:
    page = await gallery.visit(color_scheme="light")
    await page.click("#who-button")
    await page.get_by_label("Dark").check()
    await page.reload()
    await page.wait_for_selector("body[data-ready]")
    ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert max(int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(",")) < 60


async def test_what_was_posted_while_away_is_there(gallery: Site) -> None:
    await gallery.adapter.deliver(samples.plain()["lesson"], "web:room", "key")
    page = await gallery.visit()
    await expect(page.locator(".note")).to_have_text("Posted for everybody")


async def test_an_answer_can_be_seen_as_the_chats_show_it(serve: Serve) -> None:
    def as_chat(view: views.View, reader: views.Reader) -> str:
        return (
            "<!doctype html><style>p { color: #5865f2 }</style><p>As the chat shows it</p><script>parent.x = 1</script>"
        )

    engine: Engine = SampleEngine()
    site = await serve(engine, previews={"Discord": as_chat, "Slack": as_chat})
    page = await site.visit()
    await page.get_by_role("button", name="As Discord").first.click()
    framed = page.frame_locator("iframe").locator("p")
    await expect(framed).to_have_text("As the chat shows it")
    assert await framed.evaluate("p => getComputedStyle(p).color") == "rgb(88, 101, 242)"
    assert await page.evaluate("window.x") is None
    await page.get_by_role("button", name="As Discord").first.click()
    await expect(page.locator("iframe")).to_have_count(0)
    site.complaints[:] = [said for said in site.complaints if "sandboxed" not in said and "script" not in said]


async def test_the_token_is_asked_for_and_opens_the_page(serve: Serve, samples_engine: SampleEngine) -> None:
    site = await serve(samples_engine, token="correct horse")
    context = await site.browser.new_context()
    page = await context.new_page()
    await page.goto(site.address)
    assert await page.evaluate(NAMELESS) == []
    await page.fill("input[name=token]", "wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("That is not the token.")
    await page.fill("input[name=token]", "correct horse")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("body[data-ready]")
    await expect(page.locator("article")).to_have_count(1)
    await context.close()
