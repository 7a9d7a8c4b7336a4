"""What a learner decides about being reminded, said back in true words."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.core import actions, views
from bot.core.ports import Actor, Delivered, Outcome, Services
from bot.core.record import replace
from bot.domain.course import Shelf
from bot.domain.learner import Seat
from bot.domain.nudging import Consent, Way
from bot.domain.recurrence import WORKDAYS, Weekday
from bot.engine import StudyEngine
from bot.features import commands
from bot.store import tables
from bot.store.cold import consents, schedules
from bot.store.cold.consents import Agreement
from bot.store.store import Store
from tests.conftest import Learner
from tests.delivery.conftest import weekly
from tests.delivery.nudged import Front
from tests.delivery.platform import Fault
from tests.hand_clock import HandClock

THEME = "backend-architectures"
YES = commands.EditReminders(nudges=commands.Nudges.DM, days="mon,thu", hour="9am", a_week=2, until="24 dec")


@pytest.fixture
def front(engine: StudyEngine) -> Front:
    """What stands around the engine: a platform by the name that the workspace begins with."""
    front = Front(name="web")
    engine.settle(Services({"web": front}))
    return front


async def agreed(learner: Learner) -> Agreement | None:
    async with learner.engine._store.reading() as connection:
        return await consents.find(connection, Seat(learner.actor.workspace, learner.actor.person), HandClock().now())


async def said(learner: Learner, command: commands.Command) -> str:
    view = await learner.does(command)
    assert isinstance(view, views.Notice), view
    return f"{view.text} {view.hint}"


async def page(learner: Learner) -> tuple[dict[str, str], list[str]]:
    """What the settings page says, and its buttons."""
    view = await learner.types("settings")
    assert isinstance(view, views.SettingsPage)
    return {pair.name: pair.value for pair in view.values}, [
        each.label for each in view.actions if isinstance(each, actions.Action)
    ]


async def willing(learner: Learner) -> Learner:
    await learner.does(commands.FollowTheme(theme=THEME))
    await learner.does(YES)
    return learner


async def test_the_form_shows_what_stands_and_saves_what_it_says(ada: Learner, front: Front) -> None:
    form = await ada.does(commands.EditReminders())
    assert isinstance(form, views.FormPage)
    assert [(field.name, field.value) for field in form.form.fields] == [
        ("nudges", "off"), ("days", "weekdays"), ("hour", "09:00"), ("a_week", "3"), ("until", "")
    ]  # fmt: skip
    answers = {"nudges": "dm", "days": "mon and thu", "hour": "18.30", "a_week": "1", "until": "2026-02-01"}
    await ada.does(actions.fill(form.form.token, answers))
    kept = await agreed(ada)
    assert kept
    assert kept.consent == Consent(
        HandClock().now(), Way.DM, days=frozenset({Weekday.MON, Weekday.THU}), at=time(18, 30), a_week=1,
        until=date(2026, 2, 1),
    )  # fmt: skip
    form = await ada.does(commands.EditReminders())
    assert isinstance(form, views.FormPage)
    assert [field.value for field in form.form.fields] == ["dm", "mon,thu", "18:30", "1", "2026-02-01"]


async def test_before_a_yes_the_form_names_the_zone_that_the_yes_will_have(
    engine: StudyEngine, store: Store, front: Front
) -> None:
    posted = replace(weekly(workspace="web", zone="Asia/Tokyo"), theme=THEME)
    async with store.transaction() as connection:
        await schedules.add(connection, posted, HandClock().now())
    bea = Learner(engine, Actor("web", "bea"))
    await bea.does(commands.FollowTheme(theme=THEME))
    page = await bea.does(commands.EditReminders())
    assert isinstance(page, views.FormPage)
    assert "Asia/Tokyo" in next(field.help for field in page.form.fields if field.name == "hour")
    assert "at 09:00 (Asia/Tokyo)" in await said(bea, YES)


async def test_a_yes_is_told_where_it_will_come_and_said_back_with_the_next_one(ada: Learner, front: Front) -> None:
    await ada.does(commands.FollowTheme(theme=THEME))
    told = await said(ada, YES)
    assert told == (
        "Reminders are on, by direct message: every Monday and Thursday at 09:00 (UTC), 2 a week at most, "
        "until Thu 24 Dec 2026. The next one: Thu 8 Jan 2026 09:00."
    )
    assert [(post.address, type(post.view)) for post in front.posts] == [("dm-ada", views.Notice)]


async def test_without_a_theme_a_yes_says_what_is_missing(ada: Learner, front: Front) -> None:
    assert "follow one, and they begin" in await said(ada, YES)


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.REFUSED])
async def test_whoever_cannot_be_written_to_is_told_how_and_nothing_is_switched_on(
    ada: Learner, front: Front, outcome: Outcome
) -> None:
    front.turns.append(Delivered(outcome, reason="closed"))
    told = await said(ada, YES)
    assert "nothing was switched on. Allow direct messages" in told
    assert await agreed(ada) is None


@pytest.mark.parametrize("fault", [Delivered(Outcome.LATER, reason="busy"), Fault.ANSWER_LOST])
async def test_a_platform_that_is_slow_to_answer_switches_on_all_the_same(
    ada: Learner, front: Front, fault: Delivered | Fault
) -> None:
    front.turns.append(fault)
    await ada.does(YES)
    kept = await agreed(ada)
    assert kept
    assert (kept.consent.on, kept.address) == (Way.DM, "dm-ada")


async def test_changing_the_hour_writes_to_nobody_again(ada: Learner, front: Front) -> None:
    await willing(ada)
    await ada.does(replace(YES, hour="10:00"))
    assert len(front.posts) == 1


async def test_without_a_front_end_nobody_can_be_written_to(ada: Learner) -> None:
    assert "nothing was switched on" in await said(ada, YES)
    assert await agreed(ada) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (replace(YES, days="funday"), "“funday” names no day of the week"),
        (replace(YES, hour="25:00"), "“25:00” is no time of day"),
        (replace(YES, until="someday"), "“someday” is no date"),
        (replace(YES, until="2020-01-01"), "1 Jan 2020 has passed"),
    ],
)
async def test_what_is_not_understood_changes_nothing_and_says_what_would_do(
    ada: Learner, front: Front, wrong: commands.EditReminders, words: str
) -> None:
    told = await said(ada, wrong)
    assert words in told
    assert (await agreed(ada), front.posts) == (None, [])


async def test_a_mention_goes_where_a_followed_theme_is_posted_else_where_any_is(
    ada: Learner, front: Front, store: Store
) -> None:
    mention = replace(YES, nudges=commands.Nudges.MENTION)
    told = await said(ada, mention)
    assert "no channel to mention you in. Nothing was switched on. Choose direct messages." in told
    assert await agreed(ada) is None
    found = []
    async with store.transaction() as connection:
        await schedules.add(connection, weekly("s1", workspace="web"), HandClock().now())
        await schedules.add(connection, weekly("s0", workspace="elsewhere"), HandClock().now())
    await ada.does(mention)
    found.append(await agreed(ada))
    async with store.transaction() as connection:
        await schedules.add(connection, replace(weekly("s2", workspace="web"), theme=THEME), HandClock().now())
    await ada.does(commands.FollowTheme(theme=THEME))
    await ada.does(mention)
    found.append(await agreed(ada))
    assert [each and each.address for each in found] == ["place-s1", "place-s2"]
    assert front.posts == []


async def test_the_settings_page_tells_of_reminders(ada: Learner, front: Front) -> None:
    values, buttons = await page(ada)
    assert (values["Reminders"], "When" in values, buttons[0]) == ("off", False, "Change reminders")
    await willing(ada)
    values, buttons = await page(ada)
    assert values["Reminders"] == "by direct message"
    assert values["When"].startswith("every Monday and Thursday at 09:00 (UTC), 2 a week at most, until Thu 24 Dec")
    assert (values["Next reminder"], "Snoozed until" in values) == ("Thu 8 Jan 2026 09:00", False)
    await ada.types("snooze 2 weeks")
    values, buttons = await page(ada)
    assert (values["Snoozed until"], values["Next reminder"]) == ("Mon 19 Jan 2026", "Mon 19 Jan 2026 09:00")
    assert "Resume now" in buttons
    await ada.types("privacy pause")
    assert (await page(ada))[0]["Next reminder"] == "none. Recording is paused."


async def test_a_snooze_names_its_day_and_can_be_ended_at_once(ada: Learner, front: Front) -> None:
    await willing(ada)
    answer = await ada.types("snooze friday")
    assert isinstance(answer, views.Notice)
    assert answer.text == "No reminders until Fri 9 Jan 2026."
    kept = await agreed(ada)
    assert kept
    assert kept.consent.snoozed_until == date(2026, 1, 9)
    await ada.presses(answer, "Resume now")
    kept = await agreed(ada)
    assert kept
    assert (kept.consent.snoozed_until, kept.consent.on) == (None, Way.DM)


async def test_a_snooze_without_words_offers_some(ada: Learner, front: Front) -> None:
    await willing(ada)
    offered = await ada.types("snooze")
    answers = [await ada.presses(offered, label) for label in ("Until tomorrow", "Until Monday", "For 2 weeks")]
    assert [each.text for each in answers if isinstance(each, views.Notice)] == [
        "No reminders until Tue 6 Jan 2026.",
        "No reminders until Mon 12 Jan 2026.",
        "No reminders until Mon 19 Jan 2026.",
    ]


@pytest.mark.parametrize(
    ("words", "why"),
    [("blursday", "no day that I know"), ("today", "not ahead"), ("2020-01-01", "not ahead"), ("2099-01-01", "a year")],
)
async def test_a_day_that_will_not_do_changes_nothing(ada: Learner, front: Front, words: str, why: str) -> None:
    await willing(ada)
    before = await agreed(ada)
    assert why in await said(ada, commands.Snooze(until=words))
    assert await agreed(ada) == before


async def test_not_this_week_rests_until_monday_where_the_learner_lives(
    ada: Learner, front: Front, clock: HandClock
) -> None:
    await willing(ada)
    await ada.does(commands.EditSettings(timezone="Pacific/Auckland"))
    clock.at = clock.at.replace(day=11, hour=20)  # Sunday in London, Monday in Auckland
    assert "until Mon 19 Jan 2026" in await said(ada, commands.NotThisWeek())
    await ada.types("snooze 2026-02-01")
    assert "until Sun 1 Feb 2026" in await said(ada, commands.NotThisWeek())


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (commands.NotThisWeek(), "That is fine: the lesson stays open"),
        (commands.Snooze(until="friday"), "You get no reminders"),
        (commands.StopReminders(), "You get no reminders"),
        (commands.Resume(), "Your reminders are off"),
    ],
)
async def test_whoever_gets_none_can_press_all_the_same_and_nothing_changes(
    ada: Learner, command: commands.Command, words: str
) -> None:
    before = await ada.types("privacy")
    assert words in await said(ada, command)
    assert (await agreed(ada), await ada.types("privacy")) == (None, before)


@pytest.mark.parametrize("no", [commands.StopReminders(), commands.EditReminders(filled=True)])
async def test_a_no_is_kept_and_said_twice_changes_nothing(ada: Learner, front: Front, no: commands.Command) -> None:
    await willing(ada)
    assert "No more reminders" in await said(ada, no)
    before = await agreed(ada)
    await ada.does(no)
    assert before
    assert (before.consent.way, await agreed(ada)) == (Way.OFF, before)
    assert (await page(ada))[0]["Reminders"] == "off"


async def test_what_one_decides_is_nobody_else_s(ada: Learner, bob: Learner, front: Front) -> None:
    await willing(ada)
    elsewhere = Learner(ada.engine, Actor(workspace="web2", person="ada"))
    await bob.does(commands.StopReminders())
    await elsewhere.does(commands.Snooze(until="friday"))
    kept = await agreed(ada)
    assert kept
    assert (kept.consent.on, kept.consent.snoozed_until) == (Way.DM, None)
    assert (await agreed(bob), await agreed(elsewhere)) == (None, None)


async def test_what_the_platform_knows_of_the_zone_is_kept_for_when_nobody_asks(ada: Learner, front: Front) -> None:
    ada.actor = replace(ada.actor, timezone="Asia/Tokyo")
    await willing(ada)
    ada.actor = replace(ada.actor, timezone="")
    assert "(Asia/Tokyo)" in (await page(ada))[0]["When"]


async def test_an_assignment_holds_the_usual_days_until_somebody_chooses(ada: Learner, store: Store) -> None:
    async with store.transaction() as connection:
        await connection.execute(
            tables.consent.insert().values(workspace="web", person="ada", assigned=True, since=HandClock().now())
        )
    kept = await agreed(ada)
    assert kept
    assert (kept.consent.on, kept.consent.days, kept.consent.at, kept.consent.a_week) == (Way.DM, WORKDAYS, time(9), 3)
    assert "suggested to you" in (await page(ada))[0]["Reminders"]


async def test_whoever_follows_nothing_is_reminded_of_the_theme_last_touched(ada: Learner, front: Front) -> None:
    await ada.does(commands.Done(lesson="teach-with-dualo 1"))
    confirmed = await said(ada, YES)
    assert "The next one: " in confirmed
    assert [each.label for each in (await ada.does(YES)).actions if isinstance(each, actions.Action)][:1] == [
        "Follow Teach with Dualo"
    ]


async def test_whoever_finished_what_they_follow_hears_nothing_until_they_touch_another_theme(
    ada: Learner, front: Front, shelf: Shelf, clock: HandClock
) -> None:
    theme = shelf.theme("teach-with-dualo")
    assert theme is not None
    await ada.does(commands.FollowTheme(theme=theme.id))
    for each in theme.lessons:
        await ada.does(commands.Done(lesson=str(each.key)))
    assert "You have no theme under way" in await said(ada, YES)
    await ada.does(commands.Done(lesson=f"{THEME} 1"))
    assert "The next one: " in await said(ada, YES)


async def test_the_form_says_in_which_zone_its_hour_is(ada: Learner, front: Front) -> None:
    ada.actor = replace(ada.actor, timezone="Asia/Tokyo")
    form = await ada.does(commands.EditReminders())
    assert isinstance(form, views.FormPage)
    assert next(field.help for field in form.form.fields if field.name == "hour") == "Like 09:00, in Asia/Tokyo"


async def test_a_snooze_while_snoozed_says_until_when_and_offers_to_resume(ada: Learner, front: Front) -> None:
    await willing(ada)
    asked = await ada.types("snooze")
    assert "until when?" in await said(ada, commands.Snooze())
    assert "Resume now" not in [each.label for each in asked.actions if isinstance(each, actions.Action)]
    until = (await said(ada, commands.Snooze(until="2 weeks"))).split(".")[0]
    again = await ada.types("snooze")
    assert isinstance(again, views.Notice)
    assert again.text == f"{until}."
    assert "go on as before" in str(await ada.presses(again, "Resume now"))
    assert "until when?" in await said(ada, commands.Snooze())
