"""Views of practising and of looking after oneself: questions, progress, forms, privacy."""

from __future__ import annotations

from datetime import timedelta

from bot.core import text, views
from bot.core.actions import Action, Confirm, Field, FieldKind, Form
from bot.core.layout import certificate
from bot.features import commands
from tests.contracts.samples.reading import READ, SOURCES, lesson_card, theme_card
from tests.contracts.samples.words import MONDAY, NOON


def question(
    ask: str = "A coroutine calls a blocking HTTP client for 2 s. What do the other requests on that loop do?",
) -> views.QuestionPage:
    answers = (
        "They go on, because the loop has other threads",
        "They wait, because nothing else can run on that loop",
        "They are cancelled with `TimeoutError` after a second",
        "They move to the next worker process by themselves",
    )
    return views.QuestionPage(
        title="Concurrency models – threads, events, goroutines",
        position=2,
        total=5,
        ask=text.parse(ask),
        options=tuple(
            views.AnswerOption(
                "ABCD"[number],
                text.parse(answer),
                commands.AnswerQuestion(quiz="0a1b2c3d", position=1, choice=number, question="9f8e7d6c"),
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
    judged = views.JudgedAnswer(text.parse(chosen), text.parse(why), given=True, right=True)
    missed = views.JudgedAnswer(text.parse(wrong), text.parse(why_wrong), given=True, right=False)
    return views.Verdict(
        title="Concurrency models – threads, events, goroutines",
        position=2,
        total=5,
        ask=question().ask,
        right=right,
        answers=(judged,) if right else (missed, views.JudgedAnswer(judged.text, judged.why, given=False, right=True)),
        section="The event loop",
        source=SOURCES[0],
        actions=(
            Action("Next question", commands.AskQuestion(quiz="0a1b2c3d", position=2)),
            Action("Read the lesson", READ),
        ),
    )


def weeks() -> tuple[views.Week, ...]:
    pattern = (0, 1, 2, 0, 3, 1, 1, 0, 0, 2, 4, 5, 2)
    return tuple(
        views.Week(
            MONDAY + timedelta(weeks=at),
            lessons=pattern[at % 13],
            reviews=4 if pattern[at % 13] > 1 else 0,
            paused=at in {7, 8},
        )
        for at in range(26)
    )


def team_page() -> views.TeamPage:
    said = ("all 11", "10 of 11", "6 of 11", "5 of 11", "fewer than five of 11", "nobody yet")
    return views.TeamPage(
        emoji="🏗️",
        theme="Backend Architectures",
        people="11 people have begun it.",
        lessons=tuple(
            views.TeamLesson(number, f"Lesson number {number}", said[number // 2]) for number in range(1, 12)
        ),
        has_board=True,
        board=tuple(views.BoardRow(views.Someone(str(80 + each)), each * 3) for each in range(5)),
        more=3,
        actions=(Action("My progress", commands.Progress()), Action("Leave the board", commands.LeaveBoard())),
    )


def certificate_page(name: str = "Ada Lovelace", theme: str = "Backend Architectures") -> views.CertificatePage:
    titles = tuple(f"Lesson number {number}" for number in range(1, 12))
    return views.CertificatePage(
        emoji="🏗️",
        theme=theme,
        name=name,
        finished="Mon 6 Oct 2025",
        lessons=titles,
        code="7K3M-9QTX-2B4F",
        svg=certificate.drawing(
            name=name, theme=theme, finished="Mon 6 Oct 2025", lessons=titles, code="7K3M-9QTX-2B4F"
        ),
        actions=(
            Action(
                "As a picture",
                commands.OpenCertificate(theme="backend-architectures", form=commands.CertificateForm.PNG),
            ),
            Action("My progress", commands.Progress()),
        ),
    )


def progress_page() -> views.ProgressPage:
    return views.ProgressPage(
        themes=tuple(
            theme_card(number, title)
            for number, title in enumerate(
                ("Backend Architectures", "Frameworks Under Pressure", "Teach with Dualo"), 1
            )
        ),
        weeks_kept=24,
        weeks=weeks(),
        recent=tuple(
            views.RecentCompletion(
                lesson_card(number, done=True),
                "Backend Architectures",
                NOON - timedelta(days=number),
                commands.Undo(theme="backend-architectures", lesson=f"lesson-{number:02d}"),
            )
            for number in range(1, 6)
        ),
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
    form = Form("edit-settings", {}, FIELDS)
    return views.FormPage("Your settings", "Everything here can be changed again.", form)


def report_form() -> views.FormPage:
    what = Field("what", "What is wrong", FieldKind.LINES, help="The sentence, and what it should say.", longest=1000)
    given = {"theme": "backend-architectures", "lesson": "lesson-04"}
    return views.FormPage("Report a mistake", "In “Concurrency models”.", Form("mistake", given, (what,), "Send"))


def erase_form() -> views.FormPage:
    word = Field("word", "Type “erase” to confirm", FieldKind.LINE, longest=20)
    return views.FormPage(
        "Erase everything kept on you",
        "12 completions, 3 saved lessons, your settings.",
        Form("erase", {}, (word,), "Erase everything"),
    )


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
