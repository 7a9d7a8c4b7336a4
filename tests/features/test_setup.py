"""The first schedule of a workspace: what setup asks, refuses and keeps."""

from __future__ import annotations

import asyncio

from bot.core import actions, views
from bot.core.ports import Actor, Check
from bot.core.record import replace
from bot.features import commands
from bot.features.commands import Channel
from tests.conftest import Learner
from tests.features.schedule_stage import HERE, SETUP, THEME, Office, fact, said

LACKS = Check("#lessons", healthy=False, detail="In #lessons the bot lacks Send Messages", mend="Allow it there.")


async def test_setup_asks_for_five_things_and_knows_most_of_them(here: Office) -> None:
    form = await here.ada.does(commands.Setup())
    assert isinstance(form, views.FormPage)
    assert [(field.name, field.value) for field in form.form.fields] == [
        ("channel", HERE),
        ("theme", "backend-architectures"),
        ("weekday", "mon"),
        ("hour", "09:00"),
        ("timezone", "UTC"),
    ]
    in_messages = await here.bob.does(commands.Setup())
    assert isinstance(in_messages, views.FormPage)
    assert in_messages.form.fields[0].value == ""


async def test_where_one_is_alone_no_channel_is_asked_for(here: Office) -> None:
    alone = Learner(here.engine, Actor("hand:dm:eve", "eve", private=True, place="@eve"))
    form = await alone.does(commands.Setup())
    assert isinstance(form, views.FormPage)
    assert [field.name for field in form.form.fields] == ["theme", "weekday", "hour", "timezone"]
    answers = {"theme": THEME, "weekday": "mon", "hour": "09:00", "timezone": "UTC"}
    done = await alone.does(actions.fill(form.form.token, answers))
    assert said(done).startswith("First post: Mon 6 Oct 2025 09:00 UTC")


async def test_setup_ends_with_the_first_post_and_the_way_on(here: Office) -> None:
    done = await here.ada.does(SETUP)
    assert isinstance(done, views.Notice)
    assert done.text == "First post: Mon 6 Oct 2025 09:00 Europe/Paris"
    assert [offer.label for offer in done.actions if isinstance(offer, actions.Action)] == [
        "Preview",
        "Change",
        "All schedules",
    ]
    home = await here.home()
    assert (home.timezone, home.alert_to) == ("Europe/Paris", "@ada")
    schedule = await here.schedule()
    assert (schedule.theme, schedule.address, schedule.created_by) == (THEME, HERE, "ada")
    assert [verb for verb, _ in await here.audited()] == ["setup"]


async def test_setup_leaves_a_zone_and_a_contact_that_are_there(here: Office) -> None:
    await here.ada.does(SETUP)
    await here.bob.does(replace(SETUP, channel=Channel("#other"), timezone="Asia/Tokyo"))
    home = await here.home()
    assert (home.timezone, home.alert_to) == ("Europe/Paris", "@ada")


async def test_setup_twice_says_so_instead_of_doubling(here: Office) -> None:
    await here.ada.does(SETUP)
    again = await here.ada.does(SETUP)
    assert "S1 posts this theme there already" in said(again)
    assert fact(await here.ada.does(commands.ScheduleList()), "Posts", item=0)
    assert "1 schedule." in said(await here.ada.does(commands.ScheduleList()))


async def test_a_double_press_sets_up_one(here: Office) -> None:
    await asyncio.gather(*(here.ada.does(SETUP) for _ in range(4)))
    assert "1 schedule." in said(await here.ada.does(commands.ScheduleList()))


async def test_a_place_that_cannot_be_posted_to_is_refused_with_the_mend_and_tried_again(here: Office) -> None:
    here.platform.lacking[HERE] = LACKS
    refused = await here.ada.does(SETUP)
    assert said(refused) == "In #lessons the bot lacks Send Messages. Allow it there. Nothing was changed."
    assert "There is no schedule yet." in said(await here.ada.does(commands.ScheduleList()))
    here.platform.lacking.clear()
    assert said(await here.ada.presses(refused, "Try again")).startswith("First post:")


NO_THREADS = "Without “Threads” no thread can be opened. Allow them."


async def test_a_place_without_threads_is_named_to_whoever_wants_one_and_taken(here: Office) -> None:
    here.platform.lacking[HERE] = Check("#lessons", healthy=True, detail="Nothing is missing.", threads=NO_THREADS)
    without, wanted = await here.add(), await here.add(thread=True)
    assert said(wanted) == "S2 is set up. First post: Mon 6 Oct 2025 09:00 Europe/Paris."
    assert [(page.items[0].note, page.items[0].tone) for page in (without, wanted)] == [
        ("", views.Tone.DONE),
        (NO_THREADS, views.Tone.SORRY),
    ]


async def test_a_thread_that_is_wanted_later_is_looked_at_then(here: Office) -> None:
    await here.add()
    here.platform.lacking[HERE] = Check("#lessons", healthy=True, detail="Nothing is missing.", threads=NO_THREADS)
    changed = await here.ada.does(commands.ScheduleEdit(id="S1", thread=True))
    assert isinstance(changed, views.Listing)
    assert said(changed) == "Changed. Next post: Mon 6 Oct 2025 09:00 Europe/Paris."
    assert (changed.items[0].note, changed.items[0].tone) == (NO_THREADS, views.Tone.SORRY)
