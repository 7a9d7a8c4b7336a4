"""People, channels and groups in a form are picked in Slack's own lists, and shown by name when it opens again."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from adapters.slack import forms
from adapters.slack.payload import CommandNames, items, table
from adapters.slack.sheet import Sheet
from bot.core import i18n, views
from bot.core.actions import Action, Field, FieldKind, Form
from bot.core.record import replace
from bot.features import commands
from tests.contracts import samples
from tests.contracts.sample_engine import SampleEngine
from tests.wire.slack.model import Message, View
from tests.wire.slack_bot import Scene, element, labels, words


async def contacts(office: Scene, **values: str) -> tuple[View, SampleEngine]:
    """The contacts form as it opens for somebody who manages, and the engine behind it."""
    page = samples.plain()["contacts form"]
    assert isinstance(page, views.FormPage)
    fields = tuple(replace(field, value=values.get(field.name, "")) for field in page.form.fields)
    engine = SampleEngine({commands.OpenWorkspace: replace(page, form=replace(page.form, fields=fields))})
    office.engine.engine = engine
    return await (await office.boss.command("/study-admin", "settings")).modal(), engine


async def test_a_person_a_channel_and_a_group_are_picked(office: Scene) -> None:
    group = office.workspace.usergroup("leads", [office.ada])
    form, engine = await contacts(office)
    assert [element(form, label)["type"] for label in labels(form)] == [
        "users_select", "conversations_select", "external_select"
    ]  # fmt: skip
    await office.boss.choose(form, "A role whose bearers manage", "@leads", query="lea")
    await office.boss.submit(form, {"Who is told": office.ada.id, "Or where": office.workspace.general.id})
    assert engine.asked[-1][0] == commands.EditContacts(
        alert_user=commands.Person(office.ada.id),
        alert_channel=commands.Channel(f"-:{office.workspace.id}:{office.workspace.general.id}"),
        manager_role=commands.Role(group.id),
    )


async def test_the_first_weekly_lesson_is_one_form_and_a_place_that_will_not_do_loses_nothing(office: Scene) -> None:
    refusal = views.Notice("Dualo is not in the channel.", "Type “/invite @Dualo” there.", views.Tone.SORRY)
    engine = SampleEngine()
    engine.filled[commands.Setup] = refusal
    office.engine.engine = engine
    form = await (await office.boss.command("/study-admin", "setup")).modal()
    filled = {"Channel": office.workspace.general.id, "Time": "08:30"}
    await office.boss.submit(form, filled)
    assert "✕ Dualo is not in the channel. Type “/invite @Dualo” there." in words(form)
    engine.filled[commands.Setup] = views.Notice("First post: Mon 6 Oct 08:30.", tone=views.Tone.DONE)
    turn = await office.boss.submit(form)
    assert "First post: Mon 6 Oct 08:30." in words(await office.until("the answer", lambda: _told(office)))
    assert turn.view is None
    asked = engine.asked[-1][0]
    assert isinstance(asked, commands.Setup)
    assert (asked.channel.rpartition(":")[2], asked.hour) == (office.workspace.general.id, "08:30")


def _told(office: Scene) -> Message | None:
    return next(iter(office.slack.ephemerals(office.boss)), None)


async def test_pickers_show_what_was_chosen_before_by_its_name(office: Scene) -> None:
    group = office.workspace.usergroup("leads", [office.ada])
    general = office.workspace.general.id
    where = f"-:{office.workspace.id}:{general}"
    form, engine = await contacts(office, alert_user=office.ada.id, alert_channel=where, manager_role=group.id)
    assert element(form, "Who is told")["initial_user"] == office.ada.id
    assert element(form, "Or where")["initial_conversation"] == general
    assert element(form, "A role whose bearers manage")["initial_option"]["text"]["text"] == "@leads"
    await office.boss.submit(form)
    assert engine.asked[-1][0] == commands.EditContacts(
        alert_user=commands.Person(office.ada.id),
        alert_channel=commands.Channel(where),
        manager_role=commands.Role(group.id),
    )


async def test_what_need_not_be_chosen_is_chosen_for_nobody(office: Scene) -> None:
    form, engine = await contacts(office)
    assert "default_to_current_conversation" not in element(form, "Or where")
    await office.boss.submit(form)
    assert engine.asked[-1][0] == commands.EditContacts(filled=True)


async def test_a_group_can_be_taken_out_again(office: Scene) -> None:
    group = office.workspace.usergroup("leads", [office.ada])
    form, engine = await contacts(office, manager_role=group.id)
    await office.boss.choose(form, "A role whose bearers manage", "None")
    await office.boss.submit(form)
    assert engine.asked[-1][0] == commands.EditContacts(filled=True)


async def test_days_times_and_zones_are_picked_and_not_typed(office: Scene) -> None:
    page = await office.asks("/study", "settings")
    form = await (await office.ada.press(page, "Change reminders")).modal()
    kinds = {label: element(form, label)["type"] for label in labels(form)}
    assert (kinds["On which days"], kinds["At what time"]) == ("checkboxes", "timepicker")
    values: dict[str, str | bool | list[str] | None] = {
        "Remind me": "dm",
        "On which days": ["tue", "fri"],
        "At what time": "08:15",
    }
    await office.ada.submit(form, values)
    await office.settled()
    asked = office.engine.asked[-1][0]
    assert isinstance(asked, commands.EditReminders)
    assert (asked.days, asked.hour) == ("tue,fri", "08:15")
    setup = await (await office.boss.command("/study-admin", "setup")).modal()
    zone, time = element(setup, "Timezone"), element(setup, "Time")
    assert (zone["type"], time["type"], time["initial_time"]) == ("external_select", "timepicker", "09:00")


async def test_dates_are_picked_in_every_form_that_asks_for_one(office: Scene) -> None:
    typed = f"schedule add teach-with-dualo <#{office.workspace.general.id}|general> mon 09:00 timezone:UTC"
    await office.asks("/study-admin", typed, by=office.boss)
    assign = await (await office.boss.command("/study-admin", "assign")).modal()
    assert element(assign, "By which date")["type"] == "datepicker"
    form = await (await office.boss.command("/study-admin", "schedule edit S1")).modal()
    await office.boss.submit(form, {"Last date": "2027-03-01"})
    await office.settled()
    assert "until Mon 1 Mar 2027" in words(
        await office.asks("/study-admin", "schedule edit S1 time:10:00", by=office.boss)
    )


async def test_a_date_that_stands_is_taken_out_again(office: Scene) -> None:
    """Slack's own picker cannot be emptied, so what stands there is shown in a list that has “None”."""
    typed = f"schedule add teach-with-dualo <#{office.workspace.general.id}|general> mon 09:00 timezone:UTC"
    await office.asks("/study-admin", f"{typed} until:2027-03-01", by=office.boss)
    form = await (await office.boss.command("/study-admin", "schedule edit S1")).modal()
    assert element(form, "Last date")["initial_option"]["text"]["text"] == "Mon 1 Mar 2027"
    await office.boss.choose(form, "Last date", "None")
    await office.boss.submit(form)
    await office.settled()
    assert "until" not in words(await office.asks("/study-admin", "schedule edit S1 time:10:00", by=office.boss))


def drawn(field: Field) -> Mapping[str, object]:
    """The element that asks for it."""
    page = views.FormPage("Form", "", Form("edit-reminders", {}, (field,)))
    (block,) = items(forms.form(page, CommandNames()), "blocks")
    return table(block, "element")


@pytest.mark.parametrize(
    ("value", "ticked"), [("weekdays", 5), ("daily", 7), ("mon,thu", 2), ("mon", 1), ("", 0)]
)  # fmt: skip
def test_days_that_are_set_are_ticked(value: str, ticked: int) -> None:
    asked = Field("days", "Days", FieldKind.LINE, value=value, suggest=commands.Suggest.WEEKDAYS)
    assert len(items(drawn(asked), "initial_options")) == ticked


@pytest.mark.parametrize(("value", "ticked"), [("werktags", 5), ("täglich", 7), ("mo,do", 2), ("mon", 1)])
def test_days_that_are_set_are_ticked_in_the_readers_language(value: str, ticked: int) -> None:
    asked = Field("days", "Tage", FieldKind.LINE, value=value, suggest=commands.Suggest.WEEKDAYS)
    with i18n.speaking("de"):
        held = drawn(asked)
    assert len(items(held, "initial_options")) == ticked
    assert "Montag" in str(held)


def test_what_no_picker_can_show_stays_text_that_can_be_corrected() -> None:
    asked = Field("hour", "Time", FieldKind.LINE, value="25:99", suggest=commands.Suggest.TIMES)
    assert drawn(asked)["type"] == "external_select"


@pytest.mark.parametrize(("buttons", "rows"), [(4, [4]), (5, [5]), (6, [3, 3]), (7, [4, 3]), (11, [4, 4, 3])])
def test_no_button_stands_alone_below_a_full_row(buttons: int, rows: list[int]) -> None:
    sheet = Sheet("page")
    sheet.offer([Action(f"Button {number}", commands.Home()) for number in range(buttons)])
    assert [len(block["elements"]) for block in sheet.blocks] == rows  # type: ignore[arg-type]
