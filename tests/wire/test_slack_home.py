"""The Home tab: the hub that is always there, reached without a slash command, and true after whatever one did."""

from __future__ import annotations

from bot import commands
from tests.wire.slack import payloads
from tests.wire.slack.delivery import EnvelopeKind
from tests.wire.slack_bot import Scene, element, labels, words


async def test_home_leads_everywhere(office: Scene) -> None:
    home = await office.ada.open_home()
    offered = [option["text"]["text"] for option in element(home, "Everything you can do")["options"]]
    for spec in commands.all_specs():
        if spec.typed and spec.who is commands.Who.EVERYONE and spec.verb != "home":
            assert spec.name.capitalize() in offered
    assert {"All themes", "My progress", "Saved", "Settings", "Privacy", "Open a theme"} <= set(labels(home))
    assert "Only you see this page." in words(home)


async def test_home_changes_when_something_was_done_elsewhere(office: Scene) -> None:
    home = await office.ada.open_home()
    assert "1 of 10 done" not in words(home)
    turn = await office.ada.command("/done", "concurrency")
    await turn.until("Home changed", lambda: home if "1 of 10 done" in words(home) else None)


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
    assert "on “event loop”" in words(found)
    assert office.engine.asked[-1][0].spec.verb in {"find", "home", "themes"}


async def test_each_person_has_their_own_home(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    ada, boss = await office.ada.open_home(), await office.boss.open_home()
    assert "1 of 10 done" in words(ada)
    assert "1 of 10 done" not in words(boss)


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
