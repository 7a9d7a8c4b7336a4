"""Views of reading: cards, pages, shelves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.core import text, views
from bot.core.actions import Action, Choice, ChoiceOption
from bot.core.record import replace
from bot.core.svg import Svg
from bot.features import commands


def theme_card(number: int = 1, title: str = "Backend Architectures", emoji: str = "🏗️", **more: Any) -> views.ThemeCard:
    card = views.ThemeCard(
        id=f"theme-{number:02d}",
        emoji=emoji,
        title=title,
        line="How services hold together, from one process to a fleet.",
        done=min(number % 12, 10),
        total=10,
        followed=number % 3 == 1,
    )
    return replace(card, **more)


def lesson_card(
    number: int = 4, title: str = "Concurrency models – threads, events, goroutines", **more: Any
) -> views.LessonCard:
    card = views.LessonCard(
        theme="backend-architectures",
        id=f"lesson-{number:02d}",
        number=number,
        title=title,
        summary="How a backend handles many requests at once; every model has another ceiling.",
        done=number < 4,
        updated=number == 2,
    )
    return replace(card, **more)


READ = commands.OpenLesson(theme="backend-architectures", lesson="lesson-04")

DONE = Action("Done – next", commands.Done(lesson="backend-architectures/lesson-04"), primary=True)

LESSON_OFFERS = (
    DONE,
    Action("Quiz me", commands.Quiz(lesson="backend-architectures/lesson-04")),
    Action("Save for later", commands.Save(theme="backend-architectures", lesson="lesson-04")),
    Action("Report a mistake", commands.ReportMistake(theme="backend-architectures", lesson="lesson-04")),
)

SOURCES = (
    views.SourceLink(
        "Python documentation, asyncio – Developing with asyncio", "https://docs.python.org/3/library/asyncio-dev.html"
    ),
    views.SourceLink("The Go Programming Language, Effective Go", "https://go.dev/doc/effective_go#concurrency"),
)

_THREADS = (
    "One thread serves one request from start to end. The code reads straight down, a blocking call blocks **its own** "
    "request only, and a profiler shows a stack that means something. The price is memory and switching: a few "
    "thousand threads are fine, a hundred thousand are not. See the "
    "[asyncio documentation](https://docs.python.org/3/library/asyncio-dev.html) for the contrast."
)

_LOOP = """One thread runs a loop over many sockets, and each handler gives the loop back whenever it waits:

- a waiting request costs a *small object*, not a stack;
- a call that does not give back stops **everybody**;
- `asyncio.to_thread` hands such a call to a pool.

```python
async def thumbnail(path: Path) -> bytes:
    return await asyncio.to_thread(resize, path, width=320, height=240, keep_aspect=True, quality="high")
```"""


DIAGRAM = views.SectionDiagram(
    Svg(
        b'<g><rect x="8" y="8" width="344" height="64" fill="none" stroke="#1f2933"/>'
        b'<text x="180" y="46" font-size="16" text-anchor="middle">one thread, many sockets</text></g>',
        360.0,
        80.0,
        16.0,
    ),
    "One thread stands in a box, and many sockets wait around it; the thread goes from one to the next.",
)


def lesson_page(title: str = "Concurrency models – threads, events, goroutines") -> views.LessonPage:
    return views.LessonPage(
        emoji="🏗️",
        theme="Backend Architectures",
        number=4,
        total=10,
        title=title,
        summary="How a backend handles many requests at once; every model has another ceiling.",
        minutes=4,
        sections=(
            views.LessonSection("A thread for each request", text.parse(_THREADS)),
            views.LessonSection("The event loop", text.parse(_LOOP), DIAGRAM),
            views.LessonSection(
                "Goroutines and virtual threads", text.parse(_THREADS.replace("One thread", "One goroutine"))
            ),
            views.LessonSection(
                "What to watch", text.parse("Watch the loop's lag, the pool's queue and `p99` – not the mean.")
            ),
        ),
        sources=SOURCES,
        following=lesson_card(5, "Data layers – rows, documents, logs"),
        actions=LESSON_OFFERS,
    )


def home(**more: Any) -> views.HomePage:
    page = views.HomePage(
        greeting="Welcome back. Go on where you were.",
        current=theme_card(4),
        following=lesson_card(),
        followed=(theme_card(4), theme_card(7, "Frameworks Under Pressure", "🔥")),
        saved=3,
        actions=(
            Action("Continue", READ),
            Action("All themes", commands.Themes()),
            Action("My progress", commands.Progress()),
        ),
    )
    return replace(page, **more)


def theme_page(lessons: int = 10) -> views.ThemePage:
    cards = tuple(
        lesson_card(number, f"{title} – what it is for")
        for number, title in zip(range(1, lessons + 1), _titles(), strict=False)
    )
    choice = Choice(
        "Open a lesson",
        tuple(
            ChoiceOption(
                f"{c.number}. {c.title}"[:100], commands.OpenLesson(theme=c.theme, lesson=c.id), c.summary[:100]
            )
            for c in cards
        ),
    )
    return views.ThemePage(
        card=theme_card(3, followed=False, total=lessons, done=3),
        description="How services hold together: layers, concurrency, data, rendering, scaling. Each stands alone.",
        lessons=cards,
        actions=(
            Action("Continue", READ),
            Action("Follow this theme", commands.FollowTheme(theme="backend-architectures"), primary=True),
            choice,
        ),
    )


def _titles() -> Iterable[str]:
    while True:
        yield from (
            "Layers",
            "Processes",
            "Runtimes",
            "Concurrency",
            "Data layers",
            "Rendering",
            "Scaling",
            "Deployment",
            "Choosing",
            "Leaving",
        )


def found(hits: int = 10) -> views.SearchPage:
    return views.SearchPage(
        words="event loop",
        hits=tuple(
            views.Hit(
                lesson_card(number),
                "Backend Architectures",
                "The event loop",
                "… one thread runs a loop over many sockets, and each handler gives it back …",
            )
            for number in range(1, hits + 1)
        ),
        actions=(Action("All themes", commands.Themes()),),
    )


def catalogue(themes: int = 3) -> views.Catalogue:
    names = (("Backend Architectures", "🏗️"), ("Frameworks Under Pressure", "🔥"), ("Teach with Dualo", "📚"))
    cards = tuple(theme_card(number, *names[(number - 1) % 3]) for number in range(1, themes + 1))
    options = tuple(
        ChoiceOption(f"{card.emoji} {card.title}", commands.OpenTheme(name=card.id), card.line) for card in cards
    )
    return views.Catalogue(cards, (Choice("Open a theme", options),))
