"""What was read stays: a lesson on Monday in Slack, its question on Wednesday, and the same question again when FSRS
says so, on Discord; and whoever manages sees which lesson to rewrite. Both platforms are strict, one clock is turned,
and the process is killed once.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import fsrs

from bot.domain.course import Lesson
from bot.domain.outbox import DeliveryKind
from bot.domain.questions import Question
from bot.domain.weekly_question import QuestionDelay
from bot.packs import load
from tests.conftest import CONTENT
from tests.promises.stage import Stage
from tests.promises.test_promises import JUST_AFTER, next_monday
from tests.promises.test_questions import NINE, TWO_DAYS
from tests.wire.discord.interactions import Answer
from tests.wire.discord.model import Channel
from tests.wire.discord.model import Message as DiscordMessage
from tests.wire.discord.person import Person as DiscordPerson
from tests.wire.slack.model import Message
from tests.wire.slack.person import Person as SlackPerson
from tests.wire.slack_bot import words

THEME, LESSON, COLLEAGUES = "backend-architectures", "layers", 4
"""Of five people numbers are told."""
ONWARD = ("Next question", "How it goes on")


def asked_first() -> tuple[Lesson, Question]:
    lesson = load.load([CONTENT]).shelf.lesson(THEME, LESSON)
    assert lesson is not None
    return lesson, lesson.questions[0]


def due_days(grades: list[tuple[date, fsrs.Rating]]) -> list[date]:
    """What the library itself says after each of these answers."""
    scheduler = fsrs.Scheduler(desired_retention=0.9, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, found = fsrs.Card(), []
    for day, grade in grades:
        card, _ = scheduler.review_card(card, grade, datetime(day.year, day.month, day.day, tzinfo=UTC))
        found.append(card.due.date())
    return found


async def test_a_lesson_of_monday_comes_back_when_it_would_be_forgotten_wherever_its_learner_is(stage: Stage) -> None:
    lesson, question = asked_first()
    grace = stage.team.person("grace", tz="UTC")
    ada, desk = stage.discord.person("ada"), stage.discord.channel(stage.guild, "desk")
    stage.discord.join(ada, stage.guild)
    await stage.add(stage.slack_order("S0", NINE, question_after=QuestionDelay(2)))
    monday = next_monday(stage.now)
    process = await stage.start(links=True)

    stage.turn_to(monday + JUST_AFTER)
    await stage.until_over(1)
    (room,) = stage.rooms.values()
    (post,) = stage.team.messages(room)
    done = await (await grace.press(post, "Done – next")).ephemeral()
    assert "1 / 10" in words(done)

    stage.turn_to(monday + TWO_DAYS + JUST_AFTER)
    await stage.until_over(1, kind=DeliveryKind.QUESTION)
    posted = stage.team.messages(room)[1]
    assert plain(question.ask.plain) in plain(words(posted))
    wrong = "ABCD"[next(at for at, each in enumerate(question.options) if not each.right)]
    verdict = await (await grace.press(posted, wrong)).ephemeral()
    assert_it_says_why(verdict, question)
    for number in range(COLLEAGUES):
        await (await stage.team.person(f"p{number}").press(posted, wrong)).ephemeral()

    await link(stage, ada, desk, grace)
    wednesday = stage.now.date()
    (again,) = due_days([(wednesday, fsrs.Rating.Again)])
    _, later = due_days([(wednesday, fsrs.Rating.Again), (again, fsrs.Rating.Good)])
    assert question.id not in await reviewed(ada, desk, lesson)

    await stage.kill(process)
    stage.turn_to(datetime.combine(again, NINE, tzinfo=UTC))
    await stage.start(links=True)
    assert question.id in await reviewed(ada, desk, lesson)
    stage.turn_to(datetime.combine(later, NINE, tzinfo=UTC) - timedelta(days=1))
    assert question.id not in await reviewed(ada, desk, lesson)
    stage.turn_to(datetime.combine(later, NINE, tzinfo=UTC))
    assert question.id in await reviewed(ada, desk, lesson)

    await assert_the_report_names(stage, lesson, question)
    assert (stage.discord.rejected, stage.discord.unexpected) == ([], [])
    stage.slack.assert_clean()


def assert_it_says_why(verdict: Message, question: Question) -> None:
    for option in question.options:
        if option.right:
            assert plain(option.text.plain) in plain(words(verdict))
            assert plain(option.why.plain) in plain(words(verdict))


async def link(stage: Stage, ada: DiscordPerson, desk: Channel, grace: SlackPerson) -> None:
    """A code of Discord, typed in Slack; both sides confirm."""
    asked = await ada.slash("link", channel=desk).settled()
    assert asked.message is not None
    code = re.search(r"Your code: ([\w-]{14})", asked.message.text)
    assert code is not None
    confirm = await (await grace.command("/study", f"link {code[1]}", channel=stage.team.general)).ephemeral()
    await (await grace.press(confirm, "Yes, that is me")).updated()
    told = await ada.press(asked.message, "Go on").settled()
    linked = await ada.press(told, "Yes, link both").settled()
    assert linked.message is not None
    assert "are one learner now" in linked.message.text


async def reviewed(person: DiscordPerson, channel: Channel, lesson: Lesson) -> list[str]:
    """All that is asked of a lesson today, each rightly answered."""
    asked, page = list[str](), await person.slash("review", channel=channel).settled()
    while question := next((each for each in lesson.questions if plain(each.ask.plain) in plain(said(page))), None):
        asked.append(question.id)
        page = await answered_rightly(person, page, question)
        assert "Right" in said(page)
        labels = [each.label for each in shown(page).buttons]
        page = await person.press(page, next(each for each in ONWARD if each in labels)).settled()
    return asked


async def answered_rightly(person: DiscordPerson, page: Answer, question: Question) -> Answer:
    if question.typed:
        form = await person.press(page, "Type the answer").settled()
        assert form.modal is not None
        (field,) = form.modal.fields
        return await person.submit(form, {field: question.typed.accepted[0]}).settled()
    for at in question.rights:
        page = await person.press(page, "ABCDEFGH"[at]).settled()
    return await person.press(page, "Check my answer").settled() if len(question.rights) > 1 else page


def shown(answer: Answer) -> DiscordMessage:
    assert answer.message is not None
    return answer.message


def said(answer: Answer) -> str:
    return shown(answer).text


def plain(text: str) -> str:
    """Without the signs that a platform escapes or drops."""
    return re.sub(r"\W", "", text)


async def assert_the_report_names(stage: Stage, lesson: Lesson, question: Question) -> None:
    """What stuck with nobody stands in the report of whoever manages: the lesson, the share, the wrong answer."""
    admin = stage.team.person("boss", is_admin=True, tz="UTC")
    report = words(await (await admin.command("/study-admin", f"report {THEME}")).ephemeral())
    assert f"Look first at lesson {lesson.number}: 0 % right" in report
    assert plain(next(each.text.plain for each in question.options if not each.right)) in plain(report)
    assert "grace" not in report
