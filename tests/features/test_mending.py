"""What those who run a workspace take back or put right: a skip, a second set-up, a role or a contact not reached."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core import actions, views
from bot.core.ports import Check
from bot.core.record import replace
from bot.domain.posts import DeliveryState
from bot.features import commands
from bot.features.commands import Person, Role
from bot.store.cold import schedules
from bot.store.outbox import alerts
from bot.store.outbox.alerts import Alert
from tests.conftest import pressed
from tests.delivery.platform import gone
from tests.features.schedule_stage import HERE, HOME, SETUP, SUNDAY, THEME, Office, fact, said

MONDAY = SUNDAY + timedelta(days=1)
BACK = "Take the skip back"
QUIET = "Nobody would be notified: switch on “Allow anyone to @mention this role”."
NO_THREADS = "Without “Threads” no thread can be opened. Allow them."


# A skip ---------------------------------------------------------------------------------------------------------------


async def test_a_skip_is_taken_back_from_its_own_answer(here: Office) -> None:
    await here.add()
    skipped = await here.ada.does(commands.ScheduleSkip(id="S1"))
    assert "Next post: Mon 13 Oct 2025" in said(skipped)
    back = await here.ada.presses(skipped, BACK)
    assert said(back) == "Mon 6 Oct 2025 is not left out any more. Next post: Mon 6 Oct 2025 09:00 Europe/Paris."
    assert (await here.schedule()).skips == frozenset()
    assert ("schedule-unskip", "S1: posts on Mon 6 Oct 2025 again") in await here.audited()


async def test_a_skip_is_taken_back_from_the_list(here: Office) -> None:
    await here.add()
    assert BACK not in [each.label for each in (await listed(here)).actions]
    await here.ada.does(commands.ScheduleSkip(id="S1"))
    [button] = [each for each in (await listed(here)).actions if each.label == BACK]
    await here.ada.does(button.command)
    assert (await here.schedule()).skips == frozenset()
    assert BACK not in [each.label for each in (await listed(here)).actions]


async def listed(here: Office) -> views.Item:
    view = await here.ada.does(commands.ScheduleList())
    assert isinstance(view, views.Listing)
    return view.items[0]


async def test_of_several_skips_each_is_taken_back_by_its_date(here: Office) -> None:
    await here.add()
    await here.ada.does(commands.ScheduleSkip(id="S1"))
    page = await here.ada.does(commands.ScheduleSkip(id="S1"))
    await here.ada.presses(page, "Mon 13 Oct 2025")
    assert {day.day for day in (await here.schedule()).skips} == {6}


async def test_of_several_skips_the_list_takes_back_the_first_and_names_it(here: Office) -> None:
    await here.add()
    await here.ada.does(commands.ScheduleSkip(id="S1"))
    await here.ada.does(commands.ScheduleSkip(id="S1"))
    [button] = [each for each in (await listed(here)).actions if each.label == "Take the skip of Mon 6 Oct 2025 back"]
    await here.ada.does(button.command)
    assert {day.day for day in (await here.schedule()).skips} == {13}


async def test_a_skip_whose_time_has_passed_stays(here: Office) -> None:
    await here.add()
    page = await here.ada.does(commands.ScheduleSkip(id="S1"))
    here.clock.at = MONDAY
    await here.posted(MONDAY, "", state=DeliveryState.SKIPPED)
    refused = await here.ada.presses(page, BACK)
    assert said(refused).startswith("The time of Mon 6 Oct 2025 has passed, so the skip stays.")
    assert pressed(refused, "Post now") == commands.ScheduleRunNow(id="S1")


async def test_a_date_that_is_left_out_already_is_answered_with_the_way_back(here: Office) -> None:
    await here.add()
    await here.ada.does(commands.ScheduleSkip(id="S1", date="2025-10-06"))
    refused = await here.ada.does(commands.ScheduleSkip(id="S1", date="2025-10-06"))
    assert said(refused).startswith("S1 posts nothing on Mon 6 Oct 2025 anyway. Skipped by hand.")
    await here.ada.presses(refused, BACK)
    assert (await here.schedule()).skips == frozenset()


async def test_a_skip_taken_back_twice_is_taken_back_once(here: Office) -> None:
    await here.add()
    page = await here.ada.does(commands.ScheduleSkip(id="S1"))
    await here.ada.presses(page, BACK)
    assert said(await here.ada.presses(page, BACK)) == "Mon 6 Oct 2025 is not left out."
    assert (await here.schedule()).version == 2


# Set up twice ---------------------------------------------------------------------------------------------------------


async def test_setting_up_a_second_time_says_what_differs_and_applies_it_with_a_press(here: Office) -> None:
    await here.ada.does(SETUP)
    again = await here.ada.does(replace(SETUP, weekday="tue", hour="10:30"))
    assert said(again) == (
        "S1 posts this theme there already: every Monday at 09:00 (Europe/Paris). "
        "You asked for every Tuesday at 10:30 (Europe/Paris). Nothing was changed yet."
    )
    assert (await here.schedule()).version == 0
    assert "Next post: Tue 7 Oct 2025 10:30" in said(await here.ada.presses(again, "Change S1 to that"))


async def test_a_second_set_up_in_another_zone_says_so(here: Office) -> None:
    await here.ada.does(SETUP)
    again = await here.ada.does(replace(SETUP, timezone="Asia/Tokyo"))
    assert "You asked for every Monday at 09:00 (Asia/Tokyo)." in said(again)
    await here.ada.presses(again, "Leave S1 as it is")
    assert (await here.schedule()).rule.zone == "Europe/Paris"


# A role that is not heard, a thread that cannot be opened -------------------------------------------------------------


async def test_a_role_that_may_not_be_mentioned_is_named_when_it_is_set(here: Office) -> None:
    here.platform.quiet["42"] = QUIET
    added = await here.add(mention=Role("42"))
    assert (added.items[0].note, added.items[0].tone) == (QUIET, views.Tone.SORRY)
    await here.add(mention=Role("43"))
    changed = await here.ada.does(commands.ScheduleEdit(id="S2", mention=Role("42")))
    assert isinstance(changed, views.Listing)
    assert (changed.items[0].note, changed.items[0].tone) == (QUIET, views.Tone.SORRY)


async def test_a_schedule_that_has_ended_warns_of_nothing(here: Office) -> None:
    await here.add(mention=Role("42"), thread=True)
    here.platform.quiet["42"] = QUIET
    async with here.store.transaction() as connection:
        await schedules.end(connection, HOME, "S1", theme=THEME)
    assert (await listed(here)).note == ""


async def test_the_list_warns_of_a_role_and_of_a_thread_for_as_long_as_it_holds(here: Office) -> None:
    await here.add(mention=Role("42"), thread=True)
    here.platform.quiet["42"] = QUIET
    here.platform.lacking[HERE] = Check("#lessons", healthy=True, detail="Nothing is missing.", threads=NO_THREADS)
    item = await listed(here)
    assert (item.note, item.tone) == (f"{QUIET} {NO_THREADS}", views.Tone.SORRY)
    here.platform.quiet.clear()
    here.platform.lacking.clear()
    assert (await listed(here)).tone is views.Tone.DONE


async def test_a_warning_hides_nothing_that_is_worse(here: Office) -> None:
    await here.add(mention=Role("42"))
    here.platform.quiet["42"] = QUIET
    archived = Alert(HOME, f"gone {HERE}", "The channel is archived.", "S1")
    without = Alert(HOME, alerts.went_without("S1"), "Nobody was notified.", "S1")
    async with here.store.transaction() as connection:
        await alerts.raised(connection, archived, here.clock.now())
        await alerts.raised(connection, without, here.clock.now())
    assert (await listed(here)).note == f"The channel is archived. {QUIET}"


async def test_another_role_settles_what_was_told_of_the_one_before(here: Office) -> None:
    await here.add(mention=Role("42"))
    async with here.store.transaction() as connection:
        await alerts.raised(connection, Alert(HOME, alerts.went_without("S1"), QUIET, "S1"), here.clock.now())
    assert (await listed(here)).note == QUIET
    await here.ada.does(commands.ScheduleEdit(id="S1", mention=Role("43")))
    assert (await listed(here)).note == ""


# A contact who cannot be written to -----------------------------------------------------------------------------------


async def test_a_contact_is_written_to_when_they_are_named(here: Office) -> None:
    await here.ada.does(commands.EditContacts(alert_user=Person("bob")))
    assert [post.address for post in here.platform.posts] == ["@bob"]
    assert (await here.home()).alert_to == "@bob"


async def test_a_contact_with_closed_messages_is_refused_and_the_one_before_stays(here: Office) -> None:
    await here.ada.does(commands.EditContacts(alert_user=Person("bob")))
    here.platform.turns.append(gone("They take no direct messages."))
    refused = await here.ada.does(commands.EditContacts(alert_user=Person("cat")))
    assert said(refused).startswith("Dualo cannot write to them directly, so nothing was changed.")
    assert (await here.home()).alert_to == "@bob"
    assert pressed(refused, "Change contacts") == commands.EditContacts()


@pytest.mark.parametrize("named", ["@bob", "@somebody-else"])
async def test_the_hub_warns_of_the_contact_who_could_not_be_told_and_of_no_other(here: Office, named: str) -> None:
    await here.ada.does(commands.EditContacts(alert_user=Person("bob")))
    async with here.store.transaction() as connection:
        await alerts.kept(connection, Alert(HOME, alerts.contact_closed(named), "Closed."), here.clock.now())
    hub = await here.ada.does(commands.OpenWorkspace())
    assert isinstance(hub, views.Listing)
    [contact] = [each for each in hub.items if each.title.startswith("Who is told")]
    assert (contact.note == "They could not be told: Closed.") == (named == "@bob")
    assert fact(hub, "Told", item=hub.items.index(contact))


@pytest.mark.parametrize("added", [False, True])
async def test_whoever_sets_up_with_closed_messages_is_told_that_nobody_hears_of_failures(
    here: Office, added: bool
) -> None:
    here.platform.turns.append(gone("They take no direct messages."))
    done = await here.add() if added else await here.ada.does(SETUP)
    assert "Dualo cannot write to you directly, so nobody is told when a post fails." in said(done)
    assert (await here.home()).alert_to == ""
    overview = await here.ada.does(commands.ScheduleList())
    assert said(overview) == "1 schedule. Nobody is told when a post fails."
    assert pressed(overview, "Change contacts") == commands.EditContacts()


async def test_the_list_warns_of_a_contact_who_could_not_be_told_until_a_message_comes_through(here: Office) -> None:
    await here.add()
    async with here.store.transaction() as connection:
        await alerts.kept(connection, Alert(HOME, alerts.contact_closed("@ada"), "Closed."), here.clock.now())
    assert said(await here.ada.does(commands.ScheduleList())) == (
        "1 schedule. Whoever is told when a post fails could not be told: Closed."
    )
    await here.ada.does(commands.EditContacts(alert_user=Person("ada")))
    assert said(await here.ada.does(commands.ScheduleList())) == "1 schedule."


async def test_whoever_is_told_already_is_not_written_to_by_a_second_set_up(here: Office) -> None:
    await here.ada.does(SETUP)
    assert [post.address for post in here.platform.posts] == ["@ada"]
    await here.add(weekdays="tue")
    assert len(here.platform.posts) == 1


async def test_every_offer_of_the_pages_can_be_carried_by_a_button(here: Office) -> None:
    await here.add()
    for view in (
        await here.ada.does(commands.ScheduleSkip(id="S1")),
        await here.ada.does(replace(SETUP, weekday="mon,wed,thu,sat,sun", hour="10:30", timezone="Asia/Tokyo")),
    ):
        for each in view.actions:
            for one in each.options if isinstance(each, actions.Choice) else (each,):
                assert actions.read(actions.token(one.command)) == one.command
