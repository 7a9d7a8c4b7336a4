"""Nothing lost, nothing twice, nothing silent: real processes between the strict platforms, killed, cut off and away.

At the end the books balance: every planned line has an end, every end is true on the platform's side, and no message
stands there twice. `DUALO_THOROUGH=1` makes the rounds at chance many.
"""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, time, timedelta

import pytest

from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from tests.promises.stage import Stage, until
from tests.thoroughness import THOROUGH
from tests.wire.discord.weather import Moment
from tests.wire.slack.faults import Fault

POST = "POST /channels/*/messages"
ROUNDS = 30 if THOROUGH else 4
NINE = time(9)
JUST_AFTER = timedelta(seconds=1)
RECOVERED = timedelta(seconds=90)
"""Longer than a dead process's lease."""


def next_monday(now: datetime) -> datetime:
    day = now.date() + timedelta(days=7 - now.weekday())
    return datetime.combine(day, NINE, tzinfo=now.tzinfo)


async def filled(stage: Stage, count: int) -> datetime:
    """So many orders on each platform, due next Monday at nine."""
    orders = [stage.discord_order(f"D{n}", NINE) for n in range(count)]
    orders += [stage.slack_order(f"S{n}", NINE) for n in range(count)]
    await stage.add(*orders)
    return next_monday(stage.now)


async def test_a_post_comes_at_its_time_on_both_platforms_and_is_edited_with_the_count(stage: Stage) -> None:
    monday = await filled(stage, 1)
    process = await stage.start()
    (channel,), (room,) = stage.channels.values(), stage.rooms.values()
    stage.turn_to(monday - timedelta(minutes=1))
    await asyncio.sleep(1)
    assert [line.state for line in await stage.lines()] == [DeliveryState.PLANNED] * 2
    stage.turn_to(monday + JUST_AFTER)
    lines = await stage.until_over(2)
    assert {line.state for line in lines} == {DeliveryState.SENT}
    assert await stage.imbalance(2) == {}
    (message,) = stage.discord.messages(channel)
    assert "Lesson 1 of 10" in message.text
    for number in range(5):
        somebody = stage.discord.person(f"p{number}")
        stage.discord.join(somebody, stage.guild)
        await somebody.press(message, "Done – next").settled()
    (posted,) = stage.team.messages(room)
    assert "Lesson 1 of 10" in posted.text
    stage.turn_to(monday + timedelta(days=7) + JUST_AFTER)
    counted = await stage.until_over(2, kind=DeliveryKind.COUNT, day=monday.date())
    assert {line.name.schedule: line.state for line in counted} == {
        "D0": DeliveryState.SENT,
        "S0": DeliveryState.SKIPPED,
    }
    assert "5 have done this" in stage.discord.messages(channel)[0].text
    await stage.until_over(4)
    assert await stage.imbalance(4) == {}
    assert (stage.discord.rejected, stage.discord.unexpected) == ([], [])
    stage.slack.assert_clean()
    await stage.stop(process)


async def test_while_slack_lets_nobody_connect_posts_go_out_on_both_platforms(stage: Stage) -> None:
    """Slack limits how often a web socket is asked for; a crash loop or a rolling restart runs into that."""
    monday = await filled(stage, 1)
    stage.slack.plan(Fault(method="apps.connections.open", error="ratelimited", status=429, retry_after=600), times=99)
    stage.turn_to(monday + JUST_AFTER)
    process = await stage.start(serving=False)
    lines = await stage.until_over(2)
    assert {line.state for line in lines} <= {DeliveryState.SENT, DeliveryState.LATE}
    assert await stage.imbalance(2) == {}
    assert len(stage.slack.calls("apps.connections.open")) == 1, "and one process asks for one socket"
    await stage.kill(process)


async def test_killed_when_the_platform_had_the_message_and_the_process_not_its_answer(stage: Stage) -> None:
    monday = await filled(stage, 1)
    process = await stage.start()
    stage.discord.drop(POST, moment=Moment.AFTER, times=1)
    stage.slack.plan(Fault(method="chat.postMessage", accepted=True, dropped=True))
    stage.turn_to(monday + JUST_AFTER)

    async def arrived() -> bool | None:
        lines = await stage.lines()
        return True if len(lines) == 2 and all(map(stage.times_posted, lines)) else None

    await until(arrived, "both messages")
    await stage.kill(process)
    stage.turn(RECOVERED)
    process = await stage.start()
    await stage.until_over(2)
    assert await stage.imbalance(2) == {}
    await stage.stop(process)


async def test_killed_again_and_again_at_chance(stage: Stage) -> None:
    count = 12
    monday = await filled(stage, count)
    stage.turn_to(monday + JUST_AFTER)
    chance = random.Random(7)
    for _ in range(ROUNDS):
        process = await stage.start()
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        await stage.kill(process)
        stage.turn(RECOVERED)
    process = await stage.start()
    await stage.until_over(2 * count)
    assert await stage.imbalance(2 * count) == {}
    await stage.stop(process)


async def test_a_storm_of_errors_ends_with_everything_posted_once(stage: Stage) -> None:
    count = 6
    monday = await filled(stage, count)
    process = await stage.start()
    stage.discord.limit(POST, 0.3, times=3)
    stage.discord.fail(POST, status=502, moment=Moment.BEFORE, times=2)
    stage.discord.fail(POST, status=500, moment=Moment.AFTER, times=2)
    stage.discord.drop(POST, moment=Moment.AFTER, times=2)
    stage.discord.drop(POST, moment=Moment.BEFORE, times=1)
    for fault in (
        Fault(method="chat.postMessage", retry_after=1),
        Fault(method="chat.postMessage", status=500),
        Fault(method="chat.postMessage", dropped=True, accepted=True),
        Fault(method="chat.postMessage", error="fatal_error", accepted=True),
        Fault(method="chat.postMessage", dropped=True),
    ):
        stage.slack.plan(fault)
    stage.turn_to(monday + JUST_AFTER)

    async def over() -> bool | None:
        lines = await stage.lines()
        if len(lines) == 2 * count and all(line.state.over for line in lines):
            return True
        # A send in hand takes real time: run too far ahead, the clock ends its lease under it, as no clock would.
        in_hand = any(line.state is DeliveryState.CLAIMED for line in lines)
        stage.turn(timedelta(seconds=2 if in_hand else 20))
        return None

    await until(over, "the end of the storm")
    assert await stage.imbalance(2 * count) == {}
    assert {line.state for line in await stage.lines()} <= {DeliveryState.SENT, DeliveryState.LATE}
    await stage.stop(process)


async def test_a_week_away_brings_no_burst(stage: Stage) -> None:
    """One late post inside the window; what is older is skipped, and says why."""
    monday = await filled(stage, 1)
    stage.turn_to(monday + timedelta(days=14, hours=2))
    process = await stage.start()
    await stage.until_over(6)
    by_state = sorted(line.state for line in await stage.lines())
    assert by_state == sorted([DeliveryState.LATE] * 2 + [DeliveryState.SKIPPED] * 4)
    reasons = {line.reason for line in await stage.lines() if line.state is DeliveryState.SKIPPED}
    assert reasons == {"Dualo was not running here at that time."}
    assert await stage.imbalance(6) == {}
    await stage.stop(process)


async def test_a_deleted_channel_ends_in_a_reason_and_one_alert(stage: Stage) -> None:
    monday = await filled(stage, 1)
    (channel,) = stage.channels.values()
    process = await stage.start()
    await tell_the_boss(stage)
    stage.discord.delete_channel(channel)
    stage.turn_to(monday + JUST_AFTER)
    lines = await stage.until_over(2)
    (failed,) = [line for line in lines if line.state is DeliveryState.FAILED]
    assert "does not exist any more" in failed.reason
    await stage.until_over(1, kind=DeliveryKind.ALERT)
    stage.turn(timedelta(days=7))
    await stage.until_over(4)
    told = [message.text for message in stage.discord.messages(stage.boss.dm)]
    assert len([text for text in told if "does not exist any more" in text]) == 1
    await stage.stop(process)


async def tell_the_boss(stage: Stage) -> None:
    """The server's owner becomes its alert contact."""
    channel = stage.discord.channel(stage.guild, "office")
    form = stage.boss.slash("study-admin settings", {}, channel=channel)
    await form.settled()
    contacts = stage.boss.press(form, "Change contacts")
    await contacts.settled()
    await stage.boss.submit(contacts, {"alert_user": [stage.boss.user]}).settled()


@pytest.mark.postgres
async def test_three_replicas_share_the_work_and_one_dies(shared: Stage) -> None:
    count = 10
    monday = await filled(shared, count)
    first, second, third = [await shared.start() for _ in range(3)]
    shared.turn_to(monday + JUST_AFTER)

    async def begun() -> bool | None:
        return True if any(line.state.over for line in await shared.lines()) else None

    await until(begun, "the first post")
    await shared.kill(first)
    shared.turn(RECOVERED)
    await shared.until_over(2 * count)
    assert await shared.imbalance(2 * count) == {}
    await shared.stop(second)
    await shared.stop(third)


async def test_clocks_that_jump_back_and_forth_post_nothing_twice(stage: Stage) -> None:
    monday = await filled(stage, 2)
    process = await stage.start()
    for moment in (monday + JUST_AFTER, monday - timedelta(hours=3), monday + timedelta(hours=1), monday):
        stage.turn_to(moment)
        await asyncio.sleep(1)
    stage.turn_to(monday + timedelta(hours=2))
    await stage.until_over(4)
    assert await stage.imbalance(4) == {}
    await stage.stop(process)
