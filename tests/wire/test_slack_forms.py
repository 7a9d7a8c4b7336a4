"""Forms in Slack: a modal with the right field for each kind, errors where they belong, nothing typed lost."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack import forms, painter
from bot.core import actions, views
from bot.core.actions import Field, FieldKind, Form
from bot.features import commands
from tests.wire.slack.model import Message, View
from tests.wire.slack.rules import check_view
from tests.wire.slack_bot import Scene, element, labels, words


async def settings_form(office: Scene) -> View:
    page = await office.asks("/study", "settings")
    return await (await office.ada.press(page, "Change the rest")).modal()


async def test_a_form_opens_as_a_modal_with_what_stands_there_now(office: Scene) -> None:
    form = await settings_form(office)
    assert form.title == "Your settings"
    assert labels(form) == ["Timezone", "Language", "Reviews a day", "Plain mode"]
    assert [element(form, label)["type"] for label in labels(form)] == [
        "external_select", "static_select", "number_input", "checkboxes"
    ]  # fmt: skip


async def test_a_form_that_is_sent_changes_the_message_it_came_from(office: Scene) -> None:
    page = await office.asks("/study", "settings")
    form = await (await office.ada.press(page, "Change the rest")).modal()
    await office.ada.choose(form, "Timezone", "Asia/Tokyo", query="tokyo")
    turn = await office.ada.submit(form, {"Plain mode": ["1"]})
    changed = await office.shows(page, "Asia/Tokyo")
    assert turn.view is None
    assert "Plain mode: \non" in words(changed)


async def test_plain_mode_speaks_in_words_alone(office: Scene) -> None:
    form = await settings_form(office)
    await office.ada.submit(form, {"Plain mode": ["1"]})
    await office.settled()
    catalogue = await office.asks("/themes")
    assert "▱" not in words(catalogue)
    assert "0 / 10" in words(catalogue)


async def test_suggestions_come_while_somebody_types(office: Scene) -> None:
    form = await settings_form(office)
    turn = await office.ada.options(form, "Timezone", "paris")
    assert [option["text"]["text"] for option in turn.options] == ["Europe/Paris"]
    everything = await office.ada.options(form, "Timezone", "")
    assert everything.options[0]["text"]["text"] == "None"


async def test_a_zone_that_was_chosen_is_kept_and_the_picker_offers_to_take_it_back(office: Scene) -> None:
    for picked, query, kept in (("Asia/Tokyo", "tokyo", "Asia/Tokyo"), ("None", "", "Asia/Tokyo")):
        form = await settings_form(office)
        await office.ada.choose(form, "Timezone", picked, query=query)
        await office.ada.submit(form)
        await office.settled()
        assert f"{kept}, where it is" in words(await office.asks("/study", "settings"))
    form = await settings_form(office)
    turn = await office.ada.options(form, "Timezone", "def")
    assert [option["text"]["text"] for option in turn.options][:1] == ["default"]


async def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    page = await office.asks("/study", "privacy delete")
    form = await (await office.ada.press(page, "Erase…")).modal()
    refused = await office.ada.submit(form, {"f.word": "yes please"})
    assert refused.errors == {"f.word": "Nothing was erased: the word was not “erase”."}
    assert office.ada.view is form
    sent = await office.ada.submit(form, {"f.word": "erase"})
    assert sent.view is None
    gone = await office.shows(page, "Nothing is kept on you")
    assert "Erased: " in words(gone)


async def test_a_report_is_sent_from_beneath_a_lesson_and_the_lesson_stays(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    form = await (await office.ada.press(lesson, "Report a mistake")).modal()
    turn = await office.ada.submit(form, {"What is wrong": "Ω *bold* <!channel>\nsecond line"})
    assert turn.view is None
    await office.until("thanks", lambda: _said(office, "Thank you"))
    assert "Done – next" in labels(lesson)
    assert office.engine.asked[-1][0] == commands.ReportMistake(
        theme="backend-architectures", lesson="concurrency", what="Ω *bold* <!channel>\nsecond line"
    )


def _said(office: Scene, start: str) -> Message | None:
    return next((m for m in office.slack.ephemerals(office.ada) if start in words(m)), None)


async def test_the_message_shortcut_reports_the_lesson_in_a_message(office: Scene) -> None:
    posted = await (await office.ada.command("/lesson", "concurrency share:true")).message()
    form = await (await office.boss.message_shortcut("report-lesson", posted)).modal()
    assert form.title == "Report a mistake"
    await office.boss.submit(form, {"What is wrong": "A slip"})
    await office.until("thanks", lambda: next((m for m in office.slack.ephemerals(office.boss)), None))
    assert office.engine.asked[-1][0].spec.verb == "mistake"


async def test_the_message_shortcut_on_another_message_says_where_to_use_it(office: Scene) -> None:
    await office.ada.say("hello there", channel=office.workspace.general)
    said = office.slack.messages(office.workspace.general)[0]
    turn = await office.ada.message_shortcut("report-lesson", said)
    assert "There is no lesson of Dualo in that message." in words(await turn.ephemeral())


async def test_the_global_shortcut_opens_the_next_lesson_and_goes_on_in_its_modal(office: Scene) -> None:
    await office.asks("/lesson", "concurrency")
    modal = await (await office.ada.shortcut("continue-learning")).modal()
    assert modal.title == "Lesson 1 of 10"
    await office.ada.press(modal, "Done – next")
    await office.shows(modal, "1 / 10")
    await office.ada.press(modal, "Quiz me on lesson 1")
    await office.shows(modal, "Question 1 of 5")
    await office.ada.press(modal, "A")
    await office.shows(modal, "Your answer:")
    assert office.ada.view is modal


async def test_a_form_within_a_modal_takes_its_place_and_gives_it_to_the_result(office: Scene) -> None:
    await office.asks("/lesson", "concurrency")
    modal = await (await office.ada.shortcut("continue-learning")).modal()
    await office.ada.press(modal, "Report a mistake")
    await office.shows(modal, "Quote the words")
    assert "submit" in modal.described
    await office.ada.submit(modal, {"What is wrong": "A slip"})
    assert "Thank you" in words(modal)
    assert "submit" not in modal.described


async def test_a_modal_that_was_closed_meanwhile_is_no_trouble(rough_office: Scene) -> None:
    await rough_office.asks("/lesson", "concurrency")
    modal = await (await rough_office.ada.shortcut("continue-learning")).modal()
    rough_office.engine.slow = asyncio.Event()
    await rough_office.ada.press(modal, "Quiz me")
    await rough_office.ada.close(modal)
    rough_office.engine.slow.set()
    await rough_office.settled()
    assert [request.error for request in rough_office.slack.rejected] == ["not_found"]


# Drawing --------------------------------------------------------------------------------------------------------------

EVERY_KIND = (
    Field("line", "Line", FieldKind.LINE, value="x", longest=5000),
    Field("lines", "Lines", FieldKind.LINES, help="Several", longest=500),
    Field("number", "Number", FieldKind.NUMBER, value="3", low=1, high=10),
    Field("toggle", "Toggle", FieldKind.TOGGLE, value="1"),
    Field("one", "One", FieldKind.ONE_OF, options=(("", "None"), ("a", "A"))),
    Field("many", "Many", FieldKind.ONE_OF, value="v150", options=tuple((f"v{n}", f"V{n}") for n in range(250))),
    Field("some", "Some", FieldKind.SOME_OF, value="mon,tue", options=(("mon", "Mon"), ("tue", "Tue"))),
    Field("several", "Several", FieldKind.SOME_OF, value="v1,v2", options=tuple((f"v{n}", f"V{n}") for n in range(30))),
    Field("channel", "Channel", FieldKind.CHANNEL, value="-:T1:C1"),
    Field("here", "Here", FieldKind.CHANNEL),
    Field("role", "Role", FieldKind.ROLE),
    Field("group", "Group", FieldKind.ROLE, value="S0000000001", options=(("S0000000001", "@backend"),)),
    Field("person", "Person", FieldKind.PERSON),
    Field("known", "Known", FieldKind.PERSON, value="U0000000001"),
    Field("timezone", "Zone", FieldKind.LINE, value="Europe/Paris", suggest=commands.Suggest.TIMEZONES),
)


def test_every_kind_of_field_is_one_that_slack_takes() -> None:
    page = views.FormPage("A title far too long for Slack's modals", "Intro", Form("save-workspace", {}, EVERY_KIND))
    assert check_view(forms.form(page, painter.PLAIN_NAMES), "modal") == []


@pytest.mark.parametrize("spec", [spec for spec in commands.all_specs() if spec.options], ids=lambda spec: spec.verb)
def test_every_command_that_takes_words_can_ask_for_them_in_a_form(spec: commands.Spec) -> None:
    form = forms.of_spec(spec)
    page = views.FormPage(spec.verb, spec.help, form)
    assert check_view(forms.form(page, painter.PLAIN_NAMES), "modal") == []
    assert [field.name for field in form.fields] == [option.name for option in spec.options]


def test_what_may_be_left_as_it_is_is_never_decided_by_an_empty_box() -> None:
    form = forms.of_spec(commands.ScheduleEdit.spec)
    thread = next(field for field in form.fields if field.name == "thread")
    assert [value for value, _ in thread.options] == ["", "yes", "no"]
    for said, meant in (("", None), ("yes", True), ("no", False)):
        made = actions.fill(form.token, {"id": "S1", "thread": said})
        assert isinstance(made, commands.ScheduleEdit)
        assert made.thread is meant


def test_what_is_filled_in_comes_back_by_name() -> None:
    state = {
        "f.line": {"f.line": {"type": "plain_text_input", "value": "words"}},
        "f.number": {"f.number": {"type": "number_input", "value": None}},
        "f.toggle": {"toggle.toggle": {"type": "checkboxes", "selected_options": []}},
        "f.some": {"f.some": {"type": "checkboxes", "selected_options": [{"value": "mon"}, {"value": "tue"}]}},
        "f.none": {"f.none": {"type": "checkboxes", "selected_options": []}},
        "f.one": {"f.one": {"type": "static_select", "selected_option": {"value": forms.NOTHING}}},
        "f.channel": {"f.channel": {"type": "conversations_select", "selected_conversation": "C7"}},
        "f.person": {"person.person": {"type": "users_select", "selected_user": "U7"}},
        "other": {"x": {"type": "plain_text_input", "value": "not ours"}},
    }
    assert forms.answers({"state": {"values": state}}, place="-:T1:") == {
        "line": "words", "number": "", "toggle": "0", "some": "mon,tue", "none": "", "one": "",
        "channel": "-:T1:C7", "person": "U7",
    }  # fmt: skip


def test_a_refusal_finds_its_field_by_name_or_by_what_it_quotes() -> None:
    filled = {"timezone": "Mars", "language": "en"}
    assert forms.blame("“Mars” is no timezone.", ["timezone", "language"], filled) == "f.timezone"
    assert forms.blame("“language” is one of: en.", ["timezone", "language"], filled) == "f.language"
    assert forms.blame("Something else.", ["timezone", "language"], filled) == ""
    assert forms.blame("Something else.", ["word"], {}) == "f.word"


def test_a_refusal_without_a_field_stands_above_them_all_once() -> None:
    page = views.FormPage("Two", "Intro", Form("find", {}, EVERY_KIND[:2]))
    view = forms.form(page, painter.PLAIN_NAMES)
    notice = views.Notice("There are no themes yet.", "Try later.", views.Tone.SORRY)
    first = forms.refused(view, notice, painter.PLAIN_NAMES)
    assert first["response_action"] == "update"
    again = forms.refused(first["view"], notice, painter.PLAIN_NAMES)  # type: ignore[arg-type]
    assert again == first
    assert check_view(again["view"], "modal") == []


def test_a_form_keeps_its_command_and_its_way_back() -> None:
    page = views.FormPage("Two", "Intro", Form("report-mistake", {"theme": "a", "lesson": "b"}, EVERY_KIND[:2]))
    view = forms.form(page, painter.PLAIN_NAMES, answer_at="https://hooks.example/1", replace=True)
    assert forms.kept(view) == forms.FormState("1|report-mistake|a|b", "https://hooks.example/1", replace=True)
    assert actions.fill(forms.kept(view).token, {"what": "x"}) == commands.ReportMistake(
        theme="a", lesson="b", what="x"
    )


async def test_a_field_that_is_refused_speaks_by_its_label_beside_the_field(office: Scene) -> None:
    page = await office.asks("/study", "settings")
    form = await (await office.ada.press(page, "Change reminders")).modal()
    refused = await office.ada.submit(
        form, {"f.nudges": "mention", "f.days": "mon", "f.hour": "08:15", "f.a_week": "2"}
    )
    assert refused.errors is not None
    assert [*refused.errors] == ["f.nudges"]
    assert "Choose direct messages." in refused.errors["f.nudges"]
    assert office.ada.view is form


async def test_a_form_that_is_refused_too_late_for_its_modal_opens_again_filled_in(office: Scene) -> None:
    page = await office.asks("/study", "settings")
    form = await (await office.ada.press(page, "Change reminders")).modal()
    office.engine.slow = asyncio.Event()
    await office.ada.submit(form, {"f.nudges": "mention", "f.days": "tue", "f.hour": "08:15", "f.a_week": "2"})
    office.engine.slow.set()
    office.engine.slow = None
    shown = await office.shows(form, "Choose direct messages.")
    await office.ada.press(shown, "Try again")
    again = await office.shows(shown, "At what time")
    assert [each["value"] for each in element(again, "On which days")["initial_options"]] == ["tue"]
    assert element(again, "At what time")["initial_time"] == "08:15"


@pytest.mark.parametrize("said", ["schedule add", "assign", "member"])
async def test_a_bare_command_of_managers_opens_its_form(office: Scene, said: str) -> None:
    form = await (await office.boss.command("/study-admin", said)).modal()
    assert form.blocks


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("", "How Dualo is set up here"),
        ("help", "Running it"),
        ("schedule", "There is no schedule yet."),
        ("shedule", "Running Dualo has no command “shedule”."),
    ],
)
async def test_the_root_of_managers_always_leads_on(office: Scene, said: str, part: str) -> None:
    turn = await office.boss.command("/study-admin", said)
    shown = await turn.ephemeral()
    assert part in words(shown)
    assert labels(shown)


async def test_a_picked_person_is_who_a_theme_is_suggested_to(office: Scene) -> None:
    await office.boss.command("/study-admin", f"assign backend-architectures <@{office.ada.id}|ada>")
    await office.settled()
    asked = [each for each, _ in office.engine.asked if isinstance(each, commands.Assign)]
    assert [(each.theme, each.user, each.role) for each in asked] == [("backend-architectures", office.ada.id, "")]
