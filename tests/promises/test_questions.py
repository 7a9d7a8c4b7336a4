"""The question of the week between the strict platforms: asked, answered in private, counted, and ended once."""

from __future__ import annotations

from datetime import time, timedelta

from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.domain.weekly_question import COUNTED_EVERY, OPEN_FOR, QuestionDelay
from tests.promises.stage import Stage, until
from tests.promises.test_promises import JUST_AFTER, RECOVERED, next_monday
from tests.wire.discord.model import Message as DiscordMessage
from tests.wire.slack.model import Message as SlackMessage

NINE, TWO_DAYS, PEOPLE = time(9), timedelta(days=2), 5


async def asked(stage: Stage) -> tuple[DiscordMessage, SlackMessage]:
    """A lesson on Monday, which somebody opens, and its question on Wednesday."""
    after = QuestionDelay(2)
    await stage.add(
        stage.discord_order("D0", NINE, question_after=after), stage.slack_order("S0", NINE, question_after=after)
    )
    monday = next_monday(stage.now)
    await stage.start()
    stage.turn_to(monday + JUST_AFTER)
    await stage.until_over(2)
    (channel,), (room,) = stage.channels.values(), stage.rooms.values()
    await stage.boss.press(stage.discord.messages(channel)[0], "Read it").settled()
    reader = stage.team.person("reader")
    await (await reader.press(stage.team.messages(room)[0], "Read it")).answer()
    stage.turn_to(monday + TWO_DAYS + JUST_AFTER)
    lines = await stage.until_over(2, kind=DeliveryKind.QUESTION)
    assert {line.state for line in lines} == {DeliveryState.SENT}
    assert [stage.times_posted(line) for line in lines] == [1, 1]
    return stage.discord.messages(channel)[1], stage.team.messages(room)[1]


async def answered(stage: Stage, message: DiscordMessage, posted: SlackMessage) -> None:
    """Five people on each platform press a letter; each sees the verdict alone."""
    for number in range(PEOPLE):
        somebody = stage.discord.person(f"p{number}")
        stage.discord.join(somebody, stage.guild)
        told = await somebody.press(message, "AB"[number % 2]).settled()
        assert told.ephemeral
        assert told.message is not None
        assert "Question of the week" in told.message.text
        assert "The right answer:" in told.message.text or "Your answer:" in told.message.text
        member = stage.team.person(f"p{number}")
        whispered = await (await member.press(posted, "AB"[number % 2])).ephemeral()
        assert whispered.only_for == member.id
        assert "Question of the week" in whispered.text


async def test_a_question_is_asked_answered_in_private_counted_and_ended_on_both_platforms(stage: Stage) -> None:
    message, posted = await asked(stage)
    assert "Question of the week" in message.text
    assert "answered" not in message.text + posted.text
    await answered(stage, message, posted)
    stage.turn(COUNTED_EVERY + JUST_AFTER)
    await stage.until_over(2, kind=DeliveryKind.ANSWERS)
    for said in (message.text, posted.text):
        assert f"{PEOPLE} have answered" in said
        assert "of them right" in said
        assert "The right answer:" not in said
    stage.turn(OPEN_FOR)
    lines = await stage.until_over(2, kind=DeliveryKind.RESULT)
    assert {line.state for line in lines} == {DeliveryState.SENT}
    for said in (message.text, posted.text):
        assert "The right answer:" in said
        assert "It is over" in said
        assert "60 %" in said
        assert "p0" not in said
    for line in await stage.lines(DeliveryKind.QUESTION):
        assert stage.times_posted(line) == 1
    assert (stage.discord.rejected, stage.discord.unexpected) == ([], [])
    stage.slack.assert_clean()


async def test_answers_outlive_a_killed_process_and_are_counted_by_the_next(stage: Stage) -> None:
    message, posted = await asked(stage)
    await answered(stage, message, posted)
    await stage.kill(stage.processes[-1])
    stage.turn(RECOVERED)
    await stage.start()

    async def shown() -> bool | None:
        return True if all(f"{PEOPLE} have answered" in said for said in (message.text, posted.text)) else None

    await until(shown, "the number of answers")
    assert [stage.times_posted(line) for line in await stage.lines(DeliveryKind.QUESTION)] == [1, 1]
