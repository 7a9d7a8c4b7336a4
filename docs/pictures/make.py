"""Makes the pictures of the README and the guides from the real thing: `python docs/pictures/make.py`.

It starts Dualo's local page on a free port with an empty data folder, walks the first lesson in a real Chromium and
writes `page.png`, `discord.png`, `slack.png` and `first-lesson.webp` beside this file, and the studio's pictures while
a theme is written there. The chats' pictures are the page's own previews: they draw the payload that would be sent.

A developer's tool. It needs the test dependencies, Pillow and a Chromium (`CHROMIUM` names one elsewhere). The pictures
in the repository were made with the fonts Noto Sans, Noto Serif, Noto Sans Mono, Lato and Noto Color Emoji.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from PIL import Image
    from playwright.sync_api import Browser, Locator, Page, ViewportSize

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LESSON = ROOT / "content" / "backend-architectures" / "01-layers.yaml"
READ_LESSON = "/lesson backend-architectures 1"
PREVIEW_POST = "/study-admin preview theme:backend-architectures lesson:1"

STARTS_WITHIN_MS = 60_000
ANSWERS_WITHIN_MS = 20_000
PORTRAIT: ViewportSize = {"width": 440, "height": 600}
SCREEN: ViewportSize = {"width": 900, "height": 640}
EDGE = "#d0d4d9"
"""The line around a picture, so that a white one ends somewhere on a white page."""
COLOURS = 64
"""Of the animation. The page has few, so text stays sharp without loss, and half a minute fits LARGEST_BYTES."""
LARGEST_BYTES = 1_500_000


def main() -> None:
    for module, package in (("playwright", "playwright"), ("PIL", "pillow")):
        require(module, package)
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as data, running_dualo(Path(data)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--headless", "--no-sandbox"])
        film_first_lesson(browser, address)
        photograph(browser, address)
        photograph_studio(browser, address)
        browser.close()
    for made in sorted(HERE.glob("*.png")) + sorted(HERE.glob("*.webp")):
        sys.stdout.write(f"{made.relative_to(ROOT)}  {made.stat().st_size:,} bytes\n")


def require(module: str, package: str) -> None:
    """End with one sentence where something is missing that only this script needs."""
    try:
        __import__(module)
    except ImportError:
        raise SystemExit(f"The pictures need {package}: {sys.executable} -m pip install {package}") from None


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next((path for name in names if (path := shutil.which(name))), "")
    if not found:
        raise SystemExit("The pictures need a Chromium: install one, or name it with CHROMIUM=…")
    return found


# Dualo and its page ---------------------------------------------------------------------------------------------------


@contextmanager
def running_dualo(data: Path) -> Iterator[str]:
    """A Dualo with nothing but its local page, by the address that it printed."""
    own = {"DUALO_DATA_DIR": str(data), "DUALO_HTTP_PORT": "0", "DUALO_LOG_LEVEL": "warning"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
    command = [sys.executable, "-m", "bot", "run"]
    process = subprocess.Popen(command, cwd=ROOT, env=others | own, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        yield printed_address(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def printed_address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise SystemExit("Dualo did not start; its own message stands above.")


def visit(browser: Browser, address: str, *, learner: str, viewport: ViewportSize, scale: float) -> Page:
    """The page for a learner of its own, so that each picture begins with nothing recorded."""
    context = browser.new_context(
        viewport=viewport, device_scale_factor=scale, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(ANSWERS_WITHIN_MS)
    page.goto(address, timeout=STARTS_WITHIN_MS)
    page.wait_for_selector("body[data-ready]")
    page.click("#who-button")
    page.fill("#new-name", learner)
    page.press("#new-name", "Enter")
    page.locator("#who-name", has_text=learner).wait_for()
    page.locator("article").first.wait_for()
    page.locator("#who-button").blur()
    return page


def answer_to(page: Page, act: Callable[[], object]) -> Locator:
    """Do something, and return the answer that it brings."""
    before = page.locator(".exchange article").count()
    act()
    answer = page.locator(".exchange article").nth(before)
    answer.wait_for()
    return answer


def say(page: Page, line: str) -> Locator:
    page.fill("#line", line)
    return answer_to(page, lambda: page.press("#line", "Enter"))


def button(page: Page, name: str) -> Locator:
    """A button of the last answer."""
    return page.locator(".exchange").last.get_by_role("button", name=name, exact=True)


def wrong_option(page: Page) -> Locator:
    """An answer that is wrong, since its verdict shows both reasons: why not this one, why that one."""
    questions = yaml.safe_load(LESSON.read_text(encoding="utf-8"))["questions"]
    right = {plain(option["text"]) for each in questions for option in each["options"] if option["right"]}
    options = page.locator(".exchange").last.locator(".answer-option")
    return next(each for each in options.all() if plain(each.inner_text().split("\n", 1)[1]) not in right)


def check_offered(page: Page) -> Iterator[Locator]:
    """Where several options are right, the button that hands in what was chosen."""
    check = page.locator(".exchange").last.get_by_role("button", name="Check my answer")
    yield from check.all()


def plain(text: str) -> str:
    return " ".join(re.sub(r"[*`_]", "", text).split())


# The pictures ---------------------------------------------------------------------------------------------------------


def photograph(browser: Browser, address: str) -> None:
    """The first lesson on the page, its weekly post in Discord, one of its questions answered in Slack."""
    page = visit(browser, address, learner="Ada", viewport=PORTRAIT, scale=2)
    say(page, READ_LESSON)
    page.locator("#line").blur()
    save_picture(page, "page.png")
    answer_to(page, button(page, "Quiz me").click)
    answer_to(page, wrong_option(page).click)
    for check in check_offered(page):
        answer_to(page, check.click)
    save_preview(page, "slack")
    page.click("#who-button")
    page.get_by_label("Admin").check()
    page.keyboard.press("Escape")
    say(page, PREVIEW_POST)
    save_preview(page, "discord")
    page.context.close()


def save_preview(page: Page, platform: str) -> None:
    """The last answer as that platform draws it."""
    path = page.locator(f".exchange:last-child [data-preview$='/{platform}' i]").get_attribute("data-preview")
    preview = page.context.new_page()
    preview.goto(page.url.rstrip("/") + str(path))
    save_picture(preview, f"{platform}.png")


def save_picture(page: Page, name: str) -> None:
    """A screenshot within a thin line, in 256 colours: what is drawn here has few."""
    from PIL import Image, ImageOps

    picture = ImageOps.expand(opened(page.screenshot()), border=2, fill=EDGE)
    few = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(HERE / name, optimize=True)


def opened(screenshot: bytes) -> Image.Image:
    from PIL import Image

    return Image.open(BytesIO(screenshot)).convert("RGB")


DESK: ViewportSize = {"width": 1360, "height": 820}
WORDS = {
    "summary": "A pool keeps connections open and hands them out; past its limit, requests wait in front of it.",
    "sections.0.label": "What a connection costs",
    "sections.0.text": "Opening a connection to PostgreSQL takes a handshake, a login and **a process of its own** on "
    "the server. A pool pays that once, keeps the connection, and lends it to one request after another.",
    "sections.1.label": "Past the limit, requests queue",
    "sections.1.text": "A pool of ten serves ten at once. The eleventh waits in front of it, however idle it looks.",
}


def photograph_studio(browser: Browser, address: str) -> None:
    """A theme that is begun, a lesson that is written, and what is left to mend."""
    page = browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce").new_page()
    page.set_default_timeout(ANSWERS_WITHIN_MS)
    page.goto(f"{address.rstrip('/')}/studio", timeout=STARTS_WITHIN_MS)
    page.get_by_label("A new theme").fill("Databases in Practice")
    page.get_by_role("button", name="Begin").click()
    page.fill(field_at("description"), "What everybody who writes a query here should know. For all who do.")
    save_when_saved(page, "studio-theme.png")
    page.get_by_role("button", name="Add a lesson …").last.click()
    page.fill("#dialog input", "Connection pools")
    page.click("#dialog-yes")
    page.get_by_role("heading", name="The lesson").wait_for()
    for _ in range(2):
        page.get_by_role("button", name="Add a section").click()
    for place, words in WORDS.items():
        page.fill(field_at(place), words)
    page.locator(field_at("title")).scroll_into_view_if_needed()
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.locator(field_at("summary")).blur()
    save_when_saved(page, "studio-lesson.png")
    photograph_translation(page)
    page.context.close()


GERMAN = {
    "title": "Verbindungspools",
    "summary": "Ein Pool hält Verbindungen offen und verleiht sie; ist er erschöpft, warten Anfragen davor.",
    "sections.0.label": "Was eine Verbindung kostet",
    "sections.0.text": "Eine Verbindung zu PostgreSQL zu öffnen kostet einen Handschlag, eine Anmeldung und **einen "
    "eigenen Prozess** auf dem Server. Ein Pool zahlt das einmal und verleiht die Verbindung an eine Anfrage nach der "
    "anderen.",
}


def photograph_translation(page: Page) -> None:
    """The same lesson in German, half of it translated."""
    page.get_by_role("button", name="Add a translation …").click()
    page.fill("#dialog input", "de")
    page.click("#dialog-yes")
    page.get_by_role("heading", name="The lesson in Deutsch").wait_for()
    for place, words in GERMAN.items():
        page.fill(field_at(place), words)
    page.locator(field_at("sections.0")).evaluate("each => scrollBy({top: each.getBoundingClientRect().top - 130})")
    page.locator(field_at("sections.0.text")).blur()
    save_when_saved(page, "studio-translation.png")


def field_at(place: str) -> str:
    return f'[data-at="{place}"]'


def save_when_saved(page: Page, name: str) -> None:
    """A picture once the draft is kept and drawn."""
    page.locator("#state", has_text="Saved at").wait_for()
    page.wait_for_function("document.querySelectorAll('#shown iframe').length < 2")
    page.evaluate("document.getElementById('state').textContent = 'Saved at 10:42.'")
    save_picture(page, name)


# The animation --------------------------------------------------------------------------------------------------------


@dataclass
class Film:
    """Frames of a page with a pointer, each with how long it stays."""

    page: Page
    pointer: tuple[float, float] = (640.0, 420.0)
    frames: list[Image.Image] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)

    def shoot(self, milliseconds: int, *, ring: float = 0) -> None:
        """Take one frame; what has not changed since the last one only makes that one stay longer."""
        frame = opened(self.page.screenshot())
        draw_pointer(frame, self.pointer, ring=ring)
        if self.frames and frame.tobytes() == self.frames[-1].tobytes():
            self.lengths[-1] += milliseconds
            return
        self.frames.append(frame)
        self.lengths.append(milliseconds)

    def type(self, line: str) -> None:
        self.page.focus("#line")
        for character in line:
            self.page.keyboard.type(character)
            self.shoot(70)

    def press(self, target: Locator) -> None:
        """Move the pointer to it, press, and wait for the answer."""
        box = target.bounding_box()
        if box is None:
            raise SystemExit(f"There is nothing to press: {target}")
        self.move((box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6))
        self.shoot(250)
        self.shoot(180, ring=18)
        answer_to(self.page, target.click)

    def move(self, to: tuple[float, float]) -> None:
        x, y = self.pointer
        for part in eased(8):
            self.pointer = (x + (to[0] - x) * part, y + (to[1] - y) * part)
            self.page.mouse.move(*self.pointer)
            self.shoot(45)

    def scroll(self, by: float) -> None:
        begin = self.page.evaluate("window.scrollY")
        for part in eased(8):
            self.page.evaluate("top => window.scrollTo({top, behavior: 'instant'})", begin + by * part)
            self.shoot(45)

    def save(self, path: Path) -> None:
        palette = palette_of(self.frames[:: max(1, len(self.frames) // 8)])
        first, *rest = (few_colours(frame, palette) for frame in self.frames)
        first.save(path, save_all=True, append_images=rest, duration=self.lengths, loop=0, lossless=True, method=4)
        if path.stat().st_size > LARGEST_BYTES:
            raise SystemExit(f"{path.name} has {path.stat().st_size:,} bytes, more than {LARGEST_BYTES:,}.")


def palette_of(frames: Sequence[Image.Image]) -> Image.Image:
    """The colours that these frames have in common."""
    from PIL import Image

    width, height = frames[0].size
    strip = Image.new("RGB", (width, height * len(frames)))
    for number, frame in enumerate(frames):
        strip.paste(frame, (0, number * height))
    return strip.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)


def few_colours(frame: Image.Image, palette: Image.Image) -> Image.Image:
    from PIL import Image

    return frame.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")


def eased(steps: int) -> list[float]:
    """Parts of a way, slower at both ends; the last is 1."""
    return [(part := step / steps) * part * (3 - 2 * part) for step in range(1, steps + 1)]


def draw_pointer(frame: Image.Image, at: tuple[float, float], *, ring: float) -> None:
    """An arrow, and while it presses a disc of that radius; drawn four times as large for smooth edges."""
    from PIL import Image, ImageDraw

    fine = 4
    layer = Image.new("RGBA", (64 * fine, 64 * fine))
    draw = ImageDraw.Draw(layer)
    tip = 32 * fine
    if ring:
        low, high = tip - ring * fine, tip + ring * fine
        draw.ellipse([low, low, high, high], fill=(31, 108, 80, 90))
    arrow = ((0, 0), (0, 17), (4, 13.4), (6.8, 19.6), (9.6, 18.4), (6.9, 12.4), (12, 12))
    outline = [(tip + x * fine, tip + y * fine) for x, y in arrow]
    draw.polygon(outline, fill=(32, 30, 27, 255))
    draw.line([*outline, outline[0]], fill=(255, 255, 255, 255), width=fine + fine // 2, joint="curve")
    small = layer.resize((64, 64), Image.Resampling.LANCZOS)
    frame.paste(small, (round(at[0]) - 32, round(at[1]) - 32), small)


def film_first_lesson(browser: Browser, address: str) -> None:
    """Half a minute: open the page, ask for the lesson, read it, mark it done, answer a question."""
    page = visit(browser, address, learner="Grace", viewport=SCREEN, scale=1)
    film = Film(page)
    film.shoot(1600)
    film.type(READ_LESSON)
    film.shoot(500)
    answer_to(page, lambda: page.keyboard.press("Enter"))
    page.locator("#line").blur()
    film.shoot(2400)
    done = button(page, "Done – next")
    while not in_view(done):
        film.scroll(420)
        film.shoot(1100)
    film.press(done)
    film.shoot(3000)
    film.press(button(page, "Quiz me on lesson 1"))
    film.shoot(3600)
    film.press(wrong_option(page))
    for check in check_offered(page):
        film.press(check)
    film.shoot(3600)
    film.scroll(220)
    film.shoot(3600)
    film.save(HERE / "first-lesson.webp")
    page.context.close()


def in_view(target: Locator) -> bool:
    """Whether it can be seen above the command line."""
    box, foot = target.bounding_box(), target.page.locator("footer").bounding_box()
    return bool(box and foot and box["y"] + box["height"] < foot["y"] - 20)


if __name__ == "__main__":
    main()
