"""A sample of every view: the plain one, the longest that the content rules allow, and one full of hostile words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot import actions, commands, text, views
from bot.actions import Action, Choice, Confirm, Field, FieldKind, Form, Option

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</article><iframe src=//evil.example>",
    "@everyone @here <@123> <@&456>",
    "<!channel> <!here> <@U123> <https://evil.example|safe>",
    "*bold* _it_ ~no~ |bar| `tick` ```fence``` > quote # head",
    "[label](javascript:alert(1)) [ok](https://evil.example)",
    "\u202egnp.exe \u2066isolate",
    "👩🏽‍💻🦉 ﷽ Ω≈ç√ 漢字 עברית العربية",
    "&lt;b&gt; &amp; {0} %s {{x}} $x ${x}",
)
"""Each of these must come out as the words they are."""

NOON = datetime(2026, 10, 5, 12, 30, tzinfo=UTC)
MONDAY = date(2026, 5, 25)


def long(characters: int, start: str = "") -> str:
    """Prose of exactly so many characters."""
    words = "A queue decouples the writer from the reader and keeps what neither may lose. "
    return (start + words * (characters // len(words) + 1))[:characters].rstrip().ljust(characters, ".")


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


READ = commands.Lesson(theme="backend-architectures", lesson="lesson-04")
DONE = Action("Done – next", commands.Done(lesson="backend-architectures/lesson-04"), primary=True)
LESSON_OFFERS = (
    DONE,
    Action("Quiz me", commands.Quiz(lesson="backend-architectures/lesson-04")),
    Action("Save for later", commands.Save(theme="backend-architectures", lesson="lesson-04")),
    Action("Report a mistake", commands.Mistake(theme="backend-architectures", lesson="lesson-04")),
)
SOURCES = (
    views.Source(
        "Python documentation, asyncio – Developing with asyncio", "https://docs.python.org/3/library/asyncio-dev.html"
    ),
    views.Source("The Go Programming Language, Effective Go", "https://go.dev/doc/effective_go#concurrency"),
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
            views.Section("A thread for each request", text.parse(_THREADS)),
            views.Section("The event loop", text.parse(_LOOP)),
            views.Section(
                "Goroutines and virtual threads", text.parse(_THREADS.replace("One thread", "One goroutine"))
            ),
            views.Section(
                "What to watch", text.parse("Watch the loop's lag, the pool's queue and `p99` – not the mean.")
            ),
        ),
        sources=SOURCES,
        following=lesson_card(5, "Data layers – rows, documents, logs"),
        actions=LESSON_OFFERS,
    )


def longest_lesson() -> views.LessonPage:
    """3,300 characters over title, summary, labels and texts, in eight sections."""
    sections = tuple(views.Section(long(48), text.parse(long(333))) for _ in range(8))
    page = replace(
        lesson_page(long(80)),
        theme=long(80),
        summary=long(160),
        sections=sections,
        sources=tuple(views.Source(long(100), f"https://example.org/{'a' * 60}/{number}") for number in range(4)),
        following=lesson_card(5, long(80), summary=long(160)),
        done_on=NOON,
        updated=True,
    )
    used = len(page.title) + len(page.summary) + sum(len(s.label) + len(s.text.source) for s in page.sections)
    last = views.Section(page.sections[-1].label, text.parse(long(333 + 3300 - used)))
    return replace(page, sections=(*page.sections[:-1], last))


def question(
    ask: str = "A coroutine calls a blocking HTTP client for 2 s. What do the other requests on that loop do?",
) -> views.Question:
    answers = (
        "They go on, because the loop has other threads",
        "They wait, because nothing else can run on that loop",
        "They are cancelled with `TimeoutError` after a second",
        "They move to the next worker process by themselves",
    )
    return views.Question(
        title="Concurrency models – threads, events, goroutines",
        position=2,
        total=5,
        ask=text.parse(ask),
        options=tuple(
            views.AnswerOption(
                "ABCD"[number],
                text.parse(answer),
                commands.Answer(quiz="0a1b2c3d", position=1, choice=number, question="9f8e7d6c"),
            )
            for number, answer in enumerate(answers)
        ),
    )


def verdict(*, right: bool) -> views.Verdict:
    chosen, why = (
        "They wait, because nothing else can run on that loop",
        "A loop runs one callback at a time; until it returns, nothing else does.",
    )
    wrong, why_wrong = (
        "They go on, because the loop has other threads",
        "A loop is **one** thread; a pool has to be asked for by name.",
    )
    return views.Verdict(
        title="Concurrency models – threads, events, goroutines",
        position=2,
        total=5,
        ask=question().ask,
        right=right,
        chosen=text.parse(chosen if right else wrong),
        chosen_why=text.parse(why if right else why_wrong),
        answer=text.parse(chosen),
        answer_why=text.parse(why),
        section="The event loop",
        source=SOURCES[0],
        actions=(Action("Next question", commands.Ask(quiz="0a1b2c3d", position=2)), Action("Read the lesson", READ)),
    )


def weeks() -> tuple[views.Week, ...]:
    pattern = (0, 1, 2, 0, 3, 1, 1, 0, 0, 2, 4, 5, 2)
    return tuple(
        views.Week(
            MONDAY + timedelta(weeks=at),
            lessons=pattern[at % 13],
            reviews=pattern[(at + 5) % 13] if at > 10 else 0,
            paused=at in {7, 8},
        )
        for at in range(26)
    )


def progress_page() -> views.ProgressPage:
    return views.ProgressPage(
        themes=tuple(
            theme_card(number, title)
            for number, title in enumerate(
                ("Backend Architectures", "Frameworks Under Pressure", "Teach with Dualo"), 1
            )
        ),
        weeks_kept=19,
        weeks=weeks(),
        recent=tuple(
            views.Recent(
                lesson_card(number, done=True),
                "Backend Architectures",
                NOON - timedelta(days=number),
                commands.Undo(theme="backend-architectures", lesson=f"lesson-{number:02d}"),
            )
            for number in range(1, 6)
        ),
        reviews_due=5,
        actions=(Action("Continue", commands.Next()), Action("All themes", commands.Themes())),
    )


FIELDS = (
    Field(
        "timezone",
        "Your timezone",
        FieldKind.LINE,
        "Europe/Paris",
        "Times are shown in it.",
        suggest=commands.Suggest.TIMEZONES,
        longest=60,
    ),
    Field(
        "language",
        "Language of the lessons",
        FieldKind.ONE_OF,
        "en",
        options=(("en", "English"), ("fr", "Français")),
        required=False,
    ),
    Field("plain", "Plain mode", FieldKind.TOGGLE, "yes", "Words in place of signs and bars.", required=False),
)


def settings_form() -> views.FormPage:
    form = Form("save-settings", {}, FIELDS)
    return views.FormPage("Your settings", "Everything here can be changed again.", form)


def report_form() -> views.FormPage:
    what = Field("what", "What is wrong", FieldKind.LINES, help="The sentence, and what it should say.", longest=1000)
    given = {"theme": "backend-architectures", "lesson": "lesson-04"}
    return views.FormPage(
        "Report a mistake", "In “Concurrency models”.", Form("report-mistake", given, (what,), "Send")
    )


def erase_form() -> views.FormPage:
    word = Field("word", "Type “erase” to confirm", FieldKind.LINE, longest=20)
    return views.FormPage(
        "Erase everything kept on you",
        "12 completions, 3 saved lessons, your settings.",
        Form("confirm-erase", {}, (word,), "Erase everything"),
    )


def home(**more: Any) -> views.HomePage:
    page = views.HomePage(
        greeting="Welcome back. Go on where you were.",
        current=theme_card(4),
        following=lesson_card(),
        followed=(theme_card(4), theme_card(7, "Frameworks Under Pressure", "🔥")),
        reviews_due=5,
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
            Option(f"{c.number}. {c.title}"[:100], commands.Lesson(theme=c.theme, lesson=c.id), c.summary[:100])
            for c in cards
        ),
    )
    return views.ThemePage(
        card=theme_card(3, followed=False, total=lessons, done=3),
        description="How services hold together: layers, concurrency, data, rendering, scaling. Each stands alone.",
        lessons=cards,
        actions=(
            Action("Continue", READ),
            Action("Follow this theme", commands.Follow(theme="backend-architectures"), primary=True),
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


def found(hits: int = 10) -> views.Found:
    return views.Found(
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
    options = tuple(Option(f"{card.emoji} {card.title}", commands.Theme(name=card.id), card.line) for card in cards)
    return views.Catalogue(cards, (Choice("Open a theme", options),))


def privacy() -> views.PrivacyPage:
    return views.PrivacyPage(
        rows=(views.Pair("Completions", "12"), views.Pair("Answers", "40"), views.Pair("Saved lessons", "3")),
        paused=False,
        promise="Nothing leaves this server, and nobody else sees your rows.",
        actions=(
            Action("Take it with me", commands.Privacy(action=commands.PrivacyVerb.EXPORT)),
            Action(
                "Pause recording",
                commands.Privacy(action=commands.PrivacyVerb.PAUSE),
                confirm=Confirm(
                    "Pause recording?", "You can read everything, but nothing is written down.", "Pause it"
                ),
            ),
            Action("Erase everything", commands.Erase()),
        ),
    )


def plain() -> dict[str, views.View]:
    """Every view as people mostly meet it."""
    card, lesson = theme_card(4), lesson_card(4, done=True)
    return {
        "notice": views.Notice(
            "“Concurrency models” is saved.",
            "You find it under Saved.",
            views.Tone.DONE,
            (Action("Saved", commands.Saved()),),
        ),
        "sorry": views.Notice(
            "No theme goes by “bakend”.",
            "Did you mean one of these?",
            views.Tone.SORRY,
            (
                Action("Backend Architectures", commands.Theme(name="theme-01")),
                Choice("All themes", (Option("One", commands.Theme(name="theme-01")),)),
            ),
        ),
        "catalogue": catalogue(),
        "theme": theme_page(),
        "lesson": lesson_page(),
        "lesson done": replace(lesson_page(), done_on=NOON, updated=True),
        "lesson shared": replace(lesson_page(), shared=True),
        "recorded": views.Recorded(
            card,
            lesson,
            again=False,
            kept=True,
            following=lesson_card(5, "Data layers – rows, documents, logs"),
            actions=(
                Action("Read it", READ),
                Action("Undo", commands.Undo(theme="backend-architectures", lesson="lesson-04")),
            ),
        ),
        "recorded again": views.Recorded(card, lesson, again=True, kept=True),
        "not recorded": views.Recorded(card, lesson, again=False, kept=False),
        "ending": views.Ending(
            theme_card(1, done=10),
            5,
            theme_card(2, "Frameworks Under Pressure", "🔥"),
            (Action("Quiz me on this theme", commands.Quiz(theme="theme-01")),),
        ),
        "question": question(),
        "right": verdict(right=True),
        "wrong": verdict(right=False),
        "score": views.Score(
            "Concurrency models",
            3,
            5,
            tuple(views.Missed(question().ask, verdict(right=True).answer, "Concurrency models") for _ in range(2)),
            actions=(Action("Redo my misses", commands.Redo(quiz="0a1b2c3d")), Action("Read the lesson", READ)),
        ),
        "full score": views.Score("Concurrency models", 5, 5, (), kept=False),
        "found": found(),
        "nothing found": replace(found(0), words="quantum"),
        "saved": views.SavedList(
            tuple(views.SavedItem(lesson_card(number), "Backend Architectures", NOON) for number in (4, 5)),
            (Action("Home", commands.Home()),),
        ),
        "nothing saved": views.SavedList(()),
        "progress": progress_page(),
        "progress shared": replace(progress_page(), shared=True, recent=(), reviews_due=0),
        "settings": views.SettingsPage(
            "Your settings",
            (views.Pair("Timezone", "Europe/Paris"), views.Pair("Plain mode", "off")),
            "Nothing is sent to you unless you ask for it.",
            (Action("Change", commands.EditSettings()),),
        ),
        "settings form": settings_form(),
        "report form": report_form(),
        "erase form": erase_form(),
        "privacy": privacy(),
        "privacy paused": replace(privacy(), paused=True),
        "download": views.Download(
            "Everything kept on you, as JSON. Only you see this.",
            "dualo-you.json",
            "application/json",
            b'{"completions": []}',
        ),
        "help": views.HelpPage(
            "What you can do here",
            tuple(
                views.HelpTopic(name, "Six lines and buttons by task, each with the command that does it.")
                for name in ("Read", "Record", "Practise", "Find", "Look back", "Decide")
            ),
            (Action("All themes", commands.Themes()),),
        ),
        "home": home(),
        "home of a newcomer": home(
            greeting="Short lessons with sources and questions, a few minutes each.",
            current=None,
            following=None,
            followed=(),
            reviews_due=0,
            saved=0,
            actions=(Action("Read the first lesson", READ), Action("All themes", commands.Themes())),
        ),
    }


def longest() -> dict[str, views.View]:
    """The most that the content rules and the handlers let a view hold."""
    longest_card = lesson_card(4, long(80), summary=long(160))
    return {
        "longest lesson": longest_lesson(),
        "longest catalogue": replace(
            catalogue(40), themes=tuple(theme_card(n, long(80), line=long(160)) for n in range(1, 41))
        ),
        "longest theme": replace(
            theme_page(50),
            description=long(600),
            lessons=tuple(lesson_card(n, long(80), summary=long(160)) for n in range(1, 51)),
        ),
        "longest question": replace(
            question(long(280)),
            options=tuple(replace(option, text=text.parse(long(110))) for option in question().options),
            note=long(120),
        ),
        "longest verdict": replace(
            verdict(right=False),
            title=long(80),
            ask=text.parse(long(280)),
            chosen=text.parse(long(110)),
            chosen_why=text.parse(long(240)),
            answer=text.parse(long(110)),
            answer_why=text.parse(long(240)),
            section=long(48),
            note=long(120),
        ),
        "longest score": views.Score(
            long(80),
            0,
            10,
            tuple(views.Missed(text.parse(long(280)), text.parse(long(110)), long(80)) for _ in range(10)),
            actions=(Action("Redo my misses", commands.Redo(quiz="0a1b2c3d")),),
        ),
        "longest search": replace(
            found(),
            words=long(200),
            hits=tuple(
                views.Hit(lesson_card(n, long(80), summary=long(160)), long(80), long(48), long(200))
                for n in range(1, 11)
            ),
        ),
        "longest saved": views.SavedList(
            tuple(views.SavedItem(lesson_card(n, long(80), summary=long(160)), long(80), NOON) for n in range(1, 26))
        ),
        "longest progress": replace(
            progress_page(),
            themes=tuple(theme_card(n, long(80), line=long(160)) for n in range(1, 31)),
            recent=tuple(replace(each, lesson=longest_card, theme=long(80)) for each in progress_page().recent),
        ),
        "longest home": home(
            greeting=long(160),
            following=longest_card,
            followed=tuple(theme_card(n, long(80), line=long(160)) for n in range(1, 26)),
        ),
        "longest ending": views.Ending(
            theme_card(1, long(80), done=10, line=long(160)), 5, theme_card(2, long(80), line=long(160))
        ),
        "longest recorded": views.Recorded(
            theme_card(4, long(80)),
            longest_card,
            again=False,
            kept=True,
            following=longest_card,
            actions=LESSON_OFFERS[:3],
        ),
        "longest notice": views.Notice(
            long(300),
            long(300),
            views.Tone.SORRY,
            tuple(Action(long(75), commands.Theme(name=f"theme-{n:02d}")) for n in range(5)),
        ),
        "longest form": replace(
            report_form(),
            title=long(80),
            intro=long(300),
            form=replace(
                report_form().form,
                fields=(Field("what", long(60), FieldKind.LINES, long(1000), long(100), longest=1000),),
            ),
        ),
        "longest help": views.HelpPage(long(80), tuple(views.HelpTopic(long(32), long(200)) for _ in range(12))),
        "longest privacy": replace(
            privacy(), rows=tuple(views.Pair(long(40), long(80)) for _ in range(20)), promise=long(300)
        ),
        "longest settings": views.SettingsPage(
            long(80), tuple(views.Pair(long(40), long(80)) for _ in range(15)), long(300)
        ),
    }


def hostile(words: str) -> dict[str, views.View]:
    """Every view with these words wherever somebody could have put them."""
    card, lesson = theme_card(4, words, line=words), lesson_card(4, words, summary=words)
    literal = text.Text(
        words,
        (text.Paragraph((text.Span(words),)), text.Code(words, "sh"), text.Bullets(((text.Span(words, bold=True),),))),
    )
    label = words[: actions.LONGEST_LABEL]
    offers = (
        Action(label, commands.Home(), confirm=Confirm(words[:40], words, words[:20])),
        Choice(words, (Option(words, commands.Themes(), words),)),
    )
    source = views.Source(words, "https://example.org/?q=" + words.replace(" ", "%20"))
    fields = (
        Field("timezone", words, FieldKind.LINE, words, words),
        Field("language", words, FieldKind.ONE_OF, "en", words, options=(("en", words),)),
    )
    return {
        "notice": views.Notice(words, words, actions=offers),
        "catalogue": views.Catalogue((card,), offers),
        "theme": views.ThemePage(card, words, (lesson,), offers),
        "lesson": views.LessonPage(
            "🏗️", words, 4, 10, words, words, 4, (views.Section(words, literal),), (source,), lesson, actions=offers
        ),
        "recorded": views.Recorded(card, lesson, again=False, kept=True, following=lesson, actions=offers),
        "ending": views.Ending(card, 0, card, offers),
        "question": views.Question(
            words, 1, 1, literal, (views.AnswerOption("A", literal, commands.Home()),), words, offers
        ),
        "verdict": views.Verdict(
            words,
            1,
            1,
            literal,
            right=False,
            chosen=literal,
            chosen_why=literal,
            answer=literal,
            answer_why=literal,
            section=words,
            source=source,
            note=words,
            actions=offers,
        ),
        "score": views.Score(words, 0, 1, (views.Missed(literal, literal, words),), actions=offers),
        "found": views.Found(words, (views.Hit(lesson, words, words, words),), offers),
        "saved": views.SavedList((views.SavedItem(lesson, words, NOON),), offers),
        "progress": replace(
            progress_page(),
            themes=(card,),
            recent=(replace(progress_page().recent[0], lesson=lesson, theme=words),),
            actions=offers,
        ),
        "settings": views.SettingsPage(words, (views.Pair(words, words),), words, offers),
        "form": views.FormPage(words, words, Form("save-settings", {}, fields, label), offers),
        "privacy": views.PrivacyPage((views.Pair(words, words),), paused=True, promise=words, actions=offers),
        "download": views.Download(words, words, "text/plain", words.encode(), offers),
        "help": views.HelpPage(words, (views.HelpTopic(words, words),), offers),
        "home": home(greeting=words, current=card, following=lesson, followed=(card,), actions=offers),
    }


def every() -> dict[str, views.View]:
    return plain() | longest()
