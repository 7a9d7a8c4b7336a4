"""A form that is refused says so by its own labels, and opens again with everything that was filled in."""

from __future__ import annotations

import pytest

from bot.core import actions, views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.engine import StudyEngine
from bot.features import commands, refused
from bot.features.commands import Channel
from tests.conftest import Learner
from tests.features.house import Front, boss, settle

REMINDERS = {"nudges": "dm", "days": "mon,thu", "hour": "25:99", "a_week": "2", "until": "24 dec"}


async def sends(engine: StudyEngine, learner: Learner, form: actions.Form, **answers: str) -> views.View:
    """What a front end does with a form that was sent."""
    filled = actions.Filled(form.token, answers)
    try:
        reply = await engine.handle(filled.command, learner.actor)
    except StudyError as error:
        reply = views.Reply(views.sorry(error), views.Reader())
    return engine.answered(reply, filled, learner.actor).view


async def opened(learner: Learner, command: commands.Command) -> actions.Form:
    page = await learner.does(command)
    assert isinstance(page, views.FormPage)
    return page.form


def again(view: views.View) -> Action:
    assert isinstance(view, views.Notice)
    first = view.actions[0]
    assert isinstance(first, Action)
    assert first.label == "Try again"
    return first


def standing_in(form: actions.Form) -> dict[str, str]:
    return {field.name: field.value for field in form.fields}


async def test_a_wrong_field_is_called_by_its_label(engine: StudyEngine, ada: Learner) -> None:
    form = await opened(ada, commands.EditReminders())
    view = await sends(engine, ada, form, **{**REMINDERS, "hour": "09:00", "a_week": "99"})
    assert isinstance(view, views.Notice)
    assert view.text == "“How many a week at most” takes a whole number from 1 to 7, not 99."
    assert view.field == "a_week"
    assert view.hint == "Correct it and send the form again."


@pytest.mark.parametrize("wrong", [{}, {"hour": "09:00", "a_week": "99"}], ids=["by its handler", "by its field"])
async def test_a_refused_form_opens_again_with_everything_in_its_place(
    engine: StudyEngine, ada: Learner, wrong: dict[str, str]
) -> None:
    form = await opened(ada, commands.EditReminders())
    typed = REMINDERS | wrong
    view = await sends(engine, ada, form, **typed)
    assert standing_in(await opened(ada, again(view).command)) == typed


async def test_a_long_text_comes_back_whole_though_no_button_could_carry_it(engine: StudyEngine, ada: Learner) -> None:
    told = "Ω *bold*\nsecond line " * 60
    command = commands.ReportMistake(theme="backend-architectures", lesson="concurrency")
    view = await sends(engine, ada, await opened(ada, command), what=told)
    assert standing_in(await opened(ada, again(view).command)) == {"what": told}


async def test_a_refused_form_is_nobody_elses(engine: StudyEngine, ada: Learner, bob: Learner) -> None:
    view = await sends(engine, ada, await opened(ada, commands.EditReminders()), **REMINDERS)
    other = await bob.does(again(view).command)
    assert isinstance(other, views.FormPage)
    assert other.intro.startswith(refused.GONE)
    assert "24 dec" not in standing_in(other.form).values()


async def test_after_a_restart_the_button_opens_the_form_as_it_stands(engine: StudyEngine, ada: Learner) -> None:
    view = await sends(engine, ada, await opened(ada, commands.EditReminders()), **REMINDERS)
    engine._refused = refused.RefusedForms()
    page = await ada.does(again(view).command)
    assert isinstance(page, views.FormPage)
    assert page.intro.startswith(refused.GONE)
    assert "days" in standing_in(page.form)


async def test_a_setup_in_a_channel_without_the_bot_keeps_the_form(engine: StudyEngine) -> None:
    settle(engine, Front(lacking={"#general": "Dualo is not in this channel"}))
    lead = boss(engine)
    typed = {"theme": "frameworks-under-pressure", "weekday": "thu", "hour": "16:30", "timezone": "Europe/Rome"}
    form = await opened(lead, commands.Setup())
    view = await sends(engine, lead, form, channel=Channel("#general"), **typed)
    assert isinstance(view, views.Notice)
    assert view.field == "channel"
    assert standing_in(await opened(lead, again(view).command)) == {"channel": "#general", **typed}


async def test_a_form_for_managers_opens_for_nobody_else(engine: StudyEngine, ada: Learner) -> None:
    view = await ada.does(commands.TryAgain(form="x", opener="1|setup"))
    assert isinstance(view, views.Notice)
    assert view.text == "Only those who manage this workspace can do that."


async def test_what_went_well_is_left_as_it_is(engine: StudyEngine, ada: Learner) -> None:
    settle(engine, Front())
    form = await opened(ada, commands.EditReminders())
    view = await sends(engine, ada, form, **{**REMINDERS, "nudges": "off", "hour": "09:00"})
    assert not isinstance(view, views.Notice) or view.tone is not views.Tone.SORRY
    assert "Try again" not in [each.label for each in getattr(view, "actions", ()) if isinstance(each, Action)]


async def test_no_refusal_is_a_dead_end(engine: StudyEngine, ada: Learner) -> None:
    refused = await ada.does(commands.Doctor())
    assert isinstance(refused, views.Notice)
    assert [each.label for each in refused.actions if isinstance(each, Action)] == ["Home"]
