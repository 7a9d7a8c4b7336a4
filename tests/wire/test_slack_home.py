"""The Home tab: the hub that is always there, reached without a slash command, and true after whatever one did."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.core import views
from bot.core.record import replace
from bot.domain.workspace import Manager, Workspace
from bot.features import commands
from bot.store.cold import workspaces
from tests.contracts import samples
from tests.contracts.sample_engine import SampleEngine
from tests.wire.slack import payloads
from tests.wire.slack.delivery import EnvelopeKind
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import Json
from tests.wire.slack_bot import Scene, element, labels, words


async def test_home_leads_everywhere(office: Scene) -> None:
    home = await office.ada.open_home()
    offered = [option["text"]["text"] for option in element(home, "Everything you can do")["options"]]
    for spec in commands.all_specs():
        if spec.typed and spec.who is commands.Who.EVERYONE and spec.verb != "home":
            assert spec.name.capitalize() in offered
    assert {"All themes", "My progress", "Saved", "Settings", "Reminders", "Privacy", "Open a theme"} <= set(
        labels(home)
    )
    assert "Only you see this page." in words(home)


async def test_home_changes_when_something_was_done_elsewhere(office: Scene) -> None:
    home = await office.ada.open_home()
    assert "1 / 10" not in words(home)
    turn = await office.ada.command("/done", "concurrency")
    await turn.until("Home changed", lambda: home if "1 / 10" in words(home) else None)


async def test_home_is_not_drawn_anew_when_nothing_changed(office: Scene) -> None:
    await office.ada.open_home()
    await office.asks("/study", "help")
    await office.asks("/study", "help topic:read")
    await office.settled()
    assert len(office.slack.calls("views.publish")) == 1


async def test_somebody_who_never_looked_gets_no_home(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    await office.settled()
    assert office.slack.calls("views.publish") == []


async def test_a_button_on_home_opens_a_modal(office: Scene) -> None:
    home = await office.ada.open_home()
    modal = await (await office.ada.press(home, "Read the first lesson")).modal()
    assert modal.title == "Lesson 1 of 10"


async def test_one_press_on_home_or_in_the_direct_messages_begins_the_reviews(office: Scene) -> None:
    await office.asks("/done", "layers")
    office.clock.at += timedelta(days=1)
    home = await office.ada.open_home()
    assert "5 questions to review today" in words(home)
    modal = await (await office.ada.press(home, "Review (5 today)")).modal()
    assert "Question 1 of 5" in words(modal)
    greeted = await (await office.ada.say("hello")).message()
    assert "5 questions to review today" in words(greeted)
    asked = await office.presses(greeted, "Review (5 today)")
    assert "Question 1 of 5" in words(asked)
    verdict = await office.presses(asked, "A")
    assert any(said in words(verdict) for said in ("Right", "Not right"))
    await office.until("one fewer", lambda: home if "4 questions to review today" in words(home) else None)


async def test_a_theme_is_chosen_on_home_and_the_select_stands_empty_again(office: Scene) -> None:
    home = await office.ada.open_home()
    turn = await office.ada.choose(home, "Open a theme", "🏗️ Backend Architectures Deep Dive")
    assert (await turn.modal()).title == "Theme"
    await office.settled()
    assert len(office.slack.calls("views.publish")) == 2


async def test_a_command_that_needs_words_asks_for_them(office: Scene) -> None:
    home = await office.ada.open_home()
    form = await (await office.ada.choose(home, "Everything you can do", "Find")).modal()
    assert labels(form) == ["Words"]
    found = await (await office.ada.submit(form, {"Words": "event loop"})).modal()
    assert "for “event loop”" in words(found)
    assert office.engine.asked[-1][0].spec.verb in {"find", "home", "themes"}


async def test_each_person_has_their_own_home(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    ada, boss = await office.ada.open_home(), await office.boss.open_home()
    assert "1 / 10" in words(ada)
    assert "1 / 10" not in words(boss)


async def test_the_messages_tab_is_not_home(office: Scene) -> None:
    await office.workspace.event({"type": "app_home_opened", "user": office.ada.id, "tab": "messages", "channel": "D1"})
    await office.settled()
    assert office.slack.calls("views.publish") == []


async def test_a_repeated_event_publishes_once(office: Scene) -> None:
    event = {"type": "app_home_opened", "user": office.ada.id, "tab": "home", "channel": "D1"}
    payload = payloads.event_callback(office.slack.world, office.workspace.team, event)
    await office.workspace.deliver(EnvelopeKind.EVENT, payload)
    await office.workspace.deliver(EnvelopeKind.EVENT, payload)
    await office.settled()
    assert len(office.slack.calls("views.publish")) == 1


LIMIT = Fault(method="views.publish", status=429, error="ratelimited", retry_after=1)


def published(scene: Scene) -> list[int]:
    """How Slack answered each time that a Home was published."""
    return [call.status for call in scene.slack.calls("views.publish")]


async def test_a_home_that_slack_limits_changes_when_slack_takes_it(rough_office: Scene) -> None:
    home = await rough_office.ada.open_home()
    rough_office.slack.plan(LIMIT)
    await rough_office.asks("/done", "concurrency")
    await rough_office.shows(home, "1 / 10")
    assert published(rough_office) == [200, 429, 200]


async def test_what_is_done_while_slack_rests_is_published_once(rough_office: Scene) -> None:
    home = await rough_office.ada.open_home()
    rough_office.slack.plan(LIMIT)
    await rough_office.asks("/done", "concurrency")
    await rough_office.until("a limit", lambda: published(rough_office) == [200, 429] or None)
    await rough_office.asks("/done", "backend-architectures/layers")
    await rough_office.shows(home, "2 / 10")
    await rough_office.settled()
    assert published(rough_office) == [200, 429, 200]


async def test_a_home_is_tried_three_times_and_then_no_more(rough_office: Scene) -> None:
    await rough_office.ada.open_home()
    limit = Fault(method="views.publish", status=429, error="ratelimited", retry_after=0)
    rough_office.slack.plan(limit, times=5)
    await rough_office.asks("/done", "concurrency")
    await rough_office.until("three limits", lambda: published(rough_office) == [200, 429, 429, 429] or None)
    await rough_office.settled()
    assert published(rough_office) == [200, 429, 429, 429]


async def test_a_stop_does_not_wait_for_slacks_rest(rough_office: Scene) -> None:
    await rough_office.ada.open_home()
    rough_office.slack.plan(Fault(method="views.publish", status=429, error="ratelimited", retry_after=50))
    await rough_office.asks("/done", "concurrency")
    await rough_office.until("a limit", lambda: published(rough_office) == [200, 429] or None)
    async with asyncio.timeout(10):
        await rough_office.running.aclose()


# What is to come, and what managers do --------------------------------------------------------------------------------


async def test_home_shows_the_next_post_in_the_readers_own_time(office: Scene) -> None:
    place = views.Place(f"-:{office.workspace.id}:{office.workspace.general.id}")
    coming = views.Coming(datetime(2026, 10, 5, 22, 30, tzinfo=UTC), "Backend Architectures", "Queues", place)
    home = samples.plain()["home of a newcomer"]
    assert isinstance(home, views.HomePage)
    office.engine.engine = SampleEngine({commands.Home: replace(home, coming=coming)})
    shown = await office.ada.open_home()
    date = next(each for each in elements(shown.blocks) if each.get("type") == "date")
    assert (date["timestamp"], date["fallback"]) == (1791239400, "Tue 6 Oct 2026 00:30")
    assert {"type": "channel", "channel_id": office.workspace.general.id} in list(elements(shown.blocks))
    assert {"Next post here: ", "Queues", "Backend Architectures"} <= set(words(shown).split("\n"))


def elements(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for held in value.values():
            yield from elements(held)
    elif isinstance(value, list):
        for held in value:
            yield from elements(held)


async def test_managers_find_every_command_of_theirs_by_subject(office: Scene) -> None:
    home = await office.boss.open_home()
    menu = element(home, "All of it")["option_groups"]
    assert [group["label"]["text"] for group in menu] == ["Weekly lessons", "People", "Lessons", "This workspace"]
    offered = [option["text"]["text"] for group in menu for option in group["options"]]
    wanted = [spec for spec in commands.all_specs() if spec.typed and spec.who is commands.Who.MANAGERS]
    titles = [spec.name.removeprefix("study-admin ").replace("-", " ").capitalize() for spec in wanted]
    assert sorted(offered) == sorted(titles)
    assert {"Set up a weekly lesson", "Schedules", "Check everything"} <= set(labels(home))


async def test_others_do_not_see_what_managers_do(office: Scene) -> None:
    home = await office.ada.open_home()
    assert "Run Dualo here" not in words(home)
    assert "Set up a weekly lesson" not in labels(home)


@pytest.mark.parametrize("named", ["person", "group"])
async def test_whoever_was_named_sees_what_managers_do(office: Scene, named: str) -> None:
    group = office.workspace.usergroup("leads", [office.ada])
    manager = Manager(office.ada.id) if named == "person" else Manager(group.id, is_role=True)
    async with office.store.transaction() as connection:
        wanted = Workspace(managers=(manager,))
        await workspaces.change(connection, f"slack:-:{office.workspace.id}", wanted, office.clock.now())
    await office.asks("/study-admin", "doctor")
    assert "Run Dualo here" in words(await office.ada.open_home())


async def test_the_first_weekly_lesson_is_set_up_from_home_in_one_form(office: Scene) -> None:
    engine = office.engine.engine = SampleEngine()
    home = await office.boss.open_home()
    form = await (await office.boss.press(home, "Set up a weekly lesson")).modal()
    assert form.title == "The first weekly lesson"
    assert labels(form) == ["Channel", "First theme", "Day", "Time", "Timezone"]
    await office.boss.submit(form, {"Channel": office.workspace.general.id, "Day": "tue"})
    opened = commands.Setup()
    assert [asked for asked, _ in engine.asked if isinstance(asked, commands.Setup) and asked != opened] == [
        commands.Setup(
            channel=commands.Channel(f"-:{office.workspace.id}:{office.workspace.general.id}"),
            theme="theme-01",
            weekday="tue",
            hour="09:00",
        )
    ]


async def test_however_long_the_shelf_is_the_way_to_everything_else_stays(office: Scene) -> None:
    home, cards = samples.plain()["home of a newcomer"], samples.plain()["catalogue"]
    assert isinstance(home, views.HomePage)
    assert isinstance(cards, views.Catalogue)
    many = tuple(replace(cards.themes[0], id=f"t{number}") for number in range(60))
    office.engine.engine = SampleEngine(
        {
            commands.Home: replace(home, current=cards.themes[1], followed=many),
            commands.Themes: replace(cards, themes=many),
        }
    )
    shown = await office.boss.open_home()
    assert len(shown.blocks) <= 100
    assert words(shown).count("Backend Architectures") >= 60
    assert {"Everything you can do", "All of it"} <= set(labels(shown))
