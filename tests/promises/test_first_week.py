"""The first week as people live it: an admin fills in one form, the post comes, somebody is reminded."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from adapters.slack import payload
from bot.domain.outbox import DeliveryKind
from tests.promises.stage import Stage, until
from tests.wire.discord.interactions import Answer
from tests.wire.slack.model import Message
from tests.wire.slack.person import Person as SlackPerson

JUST_AFTER = timedelta(seconds=1)


def next_monday(stage: Stage) -> datetime:
    day = stage.now.date() + timedelta(days=7 - stage.now.weekday())
    return datetime.combine(day, time(9), tzinfo=stage.now.tzinfo)


def said(answer: Answer) -> str:
    assert answer.message is not None
    return answer.message.text


async def test_one_form_sets_up_the_weekly_lesson_and_the_preview_is_what_is_posted_but_for_its_mark(
    stage: Stage,
) -> None:
    lessons = stage.discord.channel(stage.guild, "lessons")
    room = stage.team.channel("lessons")
    admin = stage.team.person("Grace", is_admin=True)
    process = await stage.start()
    when = {"weekday": "=mon", "hour": "09:00", "timezone": "UTC"}
    form = await stage.boss.slash("study-admin setup", {}, channel=lessons).settled()
    begun = await stage.boss.submit(form, {"channel": [lessons], **when}).settled()
    assert "First post: Mon" in said(begun)
    assert "09:00 UTC" in said(begun)
    shown = await stage.boss.press(begun, "Preview").settled()
    slack_form = await (await admin.command("/study-admin", "setup", channel=room)).modal()
    await admin.submit(slack_form, {"Channel": room.id, "Time": "09:00", "Timezone": "UTC"})
    told = await until(lambda: last_told(stage, admin), "the answer in Slack")
    assert "First post: Mon" in told.text
    stage.channels[f"#{lessons.id}"] = lessons
    stage.rooms[payload.address(payload.NO_ENTERPRISE, stage.team.id, room.id)] = room
    stage.turn_to(next_monday(stage) + JUST_AFTER)
    await stage.until_over(2)
    assert await stage.imbalance(2) == {}
    (posted,) = stage.discord.messages(lessons)
    before, marked, after = said(shown).partition("-# Preview, for your eyes\n")
    assert (posted.text, bool(marked)) == (f"{before}{after}", True)
    assert (stage.discord.rejected, stage.discord.unexpected) == ([], [])
    stage.slack.assert_clean()
    await stage.stop(process)


async def last_told(stage: Stage, person: SlackPerson) -> Message | None:
    return next(reversed(stage.team.ephemerals(person)), None)


async def test_who_asked_is_reminded_of_lesson_and_reviews_in_one_message_and_both_begin_there(stage: Stage) -> None:
    lessons = stage.discord.channel(stage.guild, "lessons")
    ada = stage.discord.person("ada")
    stage.discord.join(ada, stage.guild)
    grace = stage.team.person("Grace", tz="UTC")
    process = await stage.start()
    lesson = await ada.slash("lesson", {"lesson": "backend-architectures/layers"}, channel=lessons).settled()
    await ada.press(lesson, "Done – next").settled()
    page = await ada.slash("settings", {}, channel=lessons).settled()
    form = await ada.press(page, "Change reminders").settled()
    saved = await ada.submit(form, {"nudges": "=dm", "days": "daily", "hour": "10:00"}).settled()
    assert "direct message" in said(saved)
    await ada.press(saved, "Follow Backend Architectures Deep Dive").settled()
    greeted = len(stage.discord.messages(ada.dm))
    assert greeted == 1
    theme = await (await grace.command("/study", "theme backend-architectures")).answer()
    await grace.press(theme, "Follow this theme")
    settings = await (await grace.command("/study", "settings")).answer()
    slack_form = await (await grace.press(settings, "Change reminders")).modal()
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    await grace.submit(slack_form, {"Remind me": "dm", "On which days": every_day, "At what time": "10:00"})

    async def greeted_there() -> bool | None:
        return True if stage.team.messages(grace.dm) else None

    await until(greeted_there, "the word that direct messages work")
    stage.turn_to(next_monday(stage) + timedelta(hours=1) + JUST_AFTER)
    await stage.until_over(2, kind=DeliveryKind.NUDGE)
    reminder = stage.discord.messages(ada.dm)[-1]
    assert "Backend Architectures" in reminder.text
    assert "5 questions to review today" in reminder.text
    question = await ada.press(reminder, "Review (5 today)").settled()
    assert "Question 1 of 5" in said(question)
    lesson = await ada.press(reminder, "Read it").settled()
    await ada.press(lesson, "Done – next").settled()
    here = await ada.slash("progress", {}, channel=lessons).settled()
    assert "2 / 10" in said(here)
    assert "Backend Architectures" in stage.team.messages(grace.dm)[-1].text
    await stage.stop(process)
