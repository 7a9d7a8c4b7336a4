"""Every view at the most that the content rules and the handlers let it hold."""

from __future__ import annotations

from bot.core import text, views
from bot.core.actions import Action, Field, FieldKind
from bot.core.record import replace
from bot.features import commands
from tests.contracts.samples import running, weekly
from tests.contracts.samples.doing import (
    certificate_page,
    privacy,
    progress_page,
    question,
    report_form,
    team_page,
    verdict,
)
from tests.contracts.samples.reading import (
    DIAGRAM,
    LESSON_OFFERS,
    catalogue,
    found,
    home,
    lesson_card,
    lesson_page,
    theme_card,
    theme_page,
)
from tests.contracts.samples.words import NOON, long


def longest_lesson() -> views.LessonPage:
    """3,300 characters over title, summary, labels and texts, in eight sections, and a diagram beneath the first."""
    diagram = replace(DIAGRAM, alt=long(320))
    sections = tuple(
        views.LessonSection(long(48), text.parse(long(333)), None if number else diagram) for number in range(8)
    )
    page = replace(
        lesson_page(long(80)),
        theme=long(80),
        summary=long(160),
        sections=sections,
        sources=tuple(views.SourceLink(long(100), f"https://example.org/{'a' * 60}/{number}") for number in range(4)),
        following=lesson_card(5, long(80), summary=long(160)),
        done_on=NOON,
        updated=True,
    )
    used = len(page.title) + len(page.summary) + sum(len(s.label) + len(s.text.source) for s in page.sections)
    last = views.LessonSection(page.sections[-1].label, text.parse(long(333 + 3300 - used)))
    return replace(page, sections=(*page.sections[:-1], last))


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
            answers=tuple(
                views.JudgedAnswer(text.parse(long(110)), text.parse(long(240)), given=at < 2, right=at != 1)
                for at in range(4)
            ),
            section=long(48),
            note=long(120),
        ),
        "longest score": views.Score(
            long(80),
            0,
            10,
            tuple(views.MissedQuestion(text.parse(long(280)), (text.parse(long(110)),), long(80)) for _ in range(10)),
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
        "longest team": replace(
            team_page(),
            theme=long(80),
            lessons=tuple(views.TeamLesson(at, long(80), "fewer than five of 1,000,000") for at in range(1, 31)),
            board=tuple(views.BoardRow(views.Someone("9" * 19), 26) for _ in range(20)),
        ),
        "longest certificate": replace(
            certificate_page(long(60), long(80)), lessons=tuple(long(80) for _ in range(30))
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
            theme_card(1, long(80), done=10, line=long(160)), theme_card(2, long(80), line=long(160))
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
            tuple(Action(long(75), commands.OpenTheme(name=f"theme-{n:02d}")) for n in range(5)),
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
        **running.longest(),
        **weekly.longest(),
    }
