"""The question of the week, as it stands in a channel."""

from __future__ import annotations

from bot.core import text, views
from bot.core.actions import Action, Choice
from bot.core.record import replace
from bot.features import commands
from tests.contracts.samples.doing import question, verdict
from tests.contracts.samples.words import NOON, long

READ = Action("Read the lesson", commands.OpenLesson(theme="theme-01", lesson="lesson-04"))
TYPE = Action(
    "Type the answer",
    commands.TypeWeekly(schedule="S1", date="2026-01-07", name="0a1b2c3d4e5f", question="9f8e7d6c5b4a"),
)


def post() -> views.QuestionPost:
    asked = question()
    options = tuple(
        replace(
            each,
            command=commands.AnswerWeekly(
                schedule="S1", date="2026-01-07", name="0a1b2c3d4e5f", question="9f8e7d6c5b4a", choice=at
            ),
        )
        for at, each in enumerate(asked.options)
    )
    return views.QuestionPost(
        "🏗️", "Backend Architectures", 4, 12, asked.title, asked.ask, NOON, options, actions=(READ,)
    )


def over(shares: tuple[int, ...] = (1, 6, 0, 1)) -> views.QuestionPost:
    asked = post()
    told = verdict(right=True)
    result = views.QuestionResult(
        answers=tuple(replace(each, given=False) for each in told.answers if each.right),
        shares=tuple(
            views.OptionShare(option.letter, text.parse(option.text.source), chosen, right=at == 1)
            for at, (option, chosen) in enumerate(zip(asked.options, shares, strict=False))
        ),
        section=told.section,
        source=told.source,
    )
    return replace(asked, options=(), answered=8, right=6, result=result)


def plain() -> dict[str, views.View]:
    several = tuple(
        replace(
            each,
            command=commands.AskWeekly(schedule="S1", date="2026-01-07", name="0a1b2c3d4e5f", picked=str(at)),
        )
        for at, each in enumerate(post().options)
    )
    return {
        "question of the week": post(),
        "question of the week, counted": replace(post(), answered=12, right=9),
        "question of the week, hardly answered": replace(post(), answered=1),
        "question of the week, several": replace(post(), options=several, several=True),
        "question of the week, typed": replace(post(), options=(), actions=(TYPE, READ)),
        "question of the week, over": over(),
        "question of the week, over for few": replace(over(()), answered=3, right=None),
        "verdict of the week": replace(verdict(right=True), place="Question of the week"),
    }


def longest() -> dict[str, views.View]:
    options = tuple(replace(each, text=text.parse(long(110))) for each in post().options)
    open_for = replace(post(), theme=long(80), title=long(80), ask=text.parse(long(280)), options=options)
    told = over().result
    assert told is not None
    answers = tuple(
        views.JudgedAnswer(text.parse(long(110)), text.parse(long(240)), given=False, right=True) for _ in range(3)
    )
    shares = tuple(replace(each, text=text.parse(long(110)), chosen=123_456) for each in told.shares)
    result = replace(told, answers=answers, shares=shares, section=long(48))
    return {
        "longest question of the week": replace(open_for, answered=123_456, right=123_456),
        "longest question of the week, over": replace(
            open_for, options=(), answered=123_456, right=123_456, result=result
        ),
    }


def hostile(words: str, literal: text.Text, offers: tuple[Action | Choice, ...]) -> dict[str, views.View]:
    source = views.SourceLink(words, "https://example.org/?q=" + words.replace(" ", "%20"))
    answers = (views.JudgedAnswer(literal, literal, given=False, right=True),)
    result = views.QuestionResult(answers, (views.OptionShare("A", literal, 3, right=True),), words, source)
    asked = views.QuestionPost("🏗️", words, 4, 12, words, literal, NOON, post().options, actions=offers)
    return {
        "question of the week": asked,
        "question of the week, over": replace(asked, options=(), answered=5, right=5, result=result),
    }
