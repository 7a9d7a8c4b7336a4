"""Forms: they open at once, keep what stood there, come in parts where they are long, and what loses is asked first."""

from __future__ import annotations

import typing

import pytest

from adapters.discord import forms, limits, painter
from bot.core import actions, views
from bot.core.actions import Action, Confirm, Field, FieldKind, Form
from bot.features import commands
from tests.wire.discord import modal_rules
from tests.wire.discord.interactions import Answer
from tests.wire.discord.payload import Payload
from tests.wire.discord.person import Given
from tests.wire.discord.rules import open_form
from tests.wire.discord_stage import Scene, labels, running, shown, text_of

THEME = "backend-architectures"


async def open_lesson(classroom: Scene) -> Answer:
    return await classroom.ada.slash("lesson", {"theme": THEME, "lesson": "1"}, channel=classroom.channel)


async def test_a_form_opens_at_once_and_its_result_takes_the_pages_place(classroom: Scene) -> None:
    settings = await classroom.ada.slash("settings", channel=classroom.channel)
    form = await classroom.ada.press(settings, "Change the rest")
    assert form.modal is not None
    saved = await classroom.ada.submit(form, {"timezone": "Europe/Paris", "plain": True})
    assert saved.message is settings.message
    assert "Europe/Paris" in text_of(saved)
    assert "**Plain mode** on" in text_of(saved)


async def test_what_was_chosen_before_stands_in_the_form(classroom: Scene) -> None:
    settings = await classroom.ada.slash("settings", channel=classroom.channel)
    form = await classroom.ada.press(settings, "Change the rest")
    await classroom.ada.submit(form, {"timezone": "Europe/Paris", "language": "=en", "plain": True})
    again = await classroom.ada.press(settings, "Change the rest")
    kept = await classroom.ada.submit(again, {})
    assert "**Timezone** Europe/Paris" in text_of(kept)
    assert "**Language** English" in text_of(kept)
    assert "**Plain mode** on" in text_of(kept)


async def test_an_emptied_zone_of_the_settings_form_leaves_ones_own(classroom: Scene) -> None:
    for said, kept in (("Asia/Tokyo", "Asia/Tokyo"), ("", "Asia/Tokyo"), ("default", "UTC")):
        settings = await classroom.ada.slash("settings", channel=classroom.channel)
        form = await classroom.ada.press(settings, "Change the rest")
        saved = await classroom.ada.submit(form, {"timezone": said})
        assert f"**Timezone** {kept}," in text_of(saved)


async def test_a_wrong_value_in_a_form_is_told_and_nothing_is_lost(classroom: Scene) -> None:
    settings = await classroom.ada.slash("settings", channel=classroom.channel)
    form = await classroom.ada.press(settings, "Change the rest")
    wrong = await classroom.ada.submit(form, {"timezone": "Europe/Pariss"})
    assert "is no timezone" in text_of(wrong)
    assert wrong.message is not settings.message


async def test_a_mistake_is_reported_from_the_lesson(classroom: Scene) -> None:
    lesson = await open_lesson(classroom)
    form = await classroom.ada.press(lesson, "Report a mistake")
    sent = await classroom.ada.submit(form, {"what": "The second line\nsays “ten”."})
    assert "Thank you" in text_of(sent)
    assert sent.message is not lesson.message
    asked, _ = classroom.last_asked
    assert asked == commands.ReportMistake(theme=THEME, lesson="layers", what="The second line\nsays “ten”.")


async def test_a_mistake_is_reported_from_the_menu_of_a_post(classroom: Scene) -> None:
    given: dict[str, Given] = {"theme": THEME, "lesson": "2", "share": True}
    post = await classroom.boss.slash("lesson", given, channel=classroom.channel)
    form = await classroom.ada.message_command("Report this lesson", shown(post))
    assert form.modal is not None
    assert form.modal.title == "Report a mistake"
    sent = await classroom.ada.submit(form, {"what": "A typo."})
    assert "Thank you" in text_of(sent)


async def test_the_menu_on_another_message_gets_a_kind_sentence(classroom: Scene) -> None:
    themes = await classroom.ada.slash("progress", {"public": True}, channel=classroom.channel)
    post = await classroom.boss.slash("lesson", {"theme": THEME, "share": True}, channel=classroom.channel)
    foreign = shown(post)
    foreign.author = classroom.boss.user
    for message in (foreign, shown(themes)):
        if message.seen_by is None:
            answer = await classroom.ada.message_command("Report this lesson", message)
            assert "There is no lesson of mine" in text_of(answer)


LONG_FORM = views.FormPage(
    "Nudges",
    "How you would like to be reminded.",
    Form(
        "save-settings",
        {},
        (
            Field("timezone", "Timezone", FieldKind.LINE, "Europe/Paris", longest=60),
            *(Field(f"extra{number}", f"Extra {number}", FieldKind.LINE, required=False) for number in range(5)),
            Field("language", "Language", FieldKind.ONE_OF, "en", options=(("en", "English"), ("fr", "Français"))),
            Field("plain", "Plain mode", FieldKind.TOGGLE, "0", required=False),
        ),
    ),
)


async def test_a_form_of_more_than_five_fields_comes_in_parts(
    classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom.engine.instead = {commands.EditSettings: LONG_FORM}
    filled: list[Payload] = []

    def fill(token: str, answers: Payload) -> commands.Command:
        filled.append({"token": token, **answers})
        return commands.OpenSettings()

    monkeypatch.setattr(actions, "fill", fill)
    settings = await classroom.ada.slash("settings", channel=classroom.channel)
    first = await classroom.ada.press(settings, "Change the rest")
    between = await classroom.ada.submit(first, {"timezone": "Asia/Tokyo", "extra0": "a, b = c"})
    assert "Part 1 of 2. Nothing is saved yet." in text_of(between)
    assert "**Timezone** Asia/Tokyo" in text_of(between)
    second = await classroom.ada.press(between, "Go on to part 2")
    done = await classroom.ada.submit(second, {"language": "=fr", "plain": True})
    assert done.message is between.message
    assert filled == [
        {
            "token": "1|save-settings",
            "timezone": "Asia/Tokyo",
            "extra0": "a, b = c",
            **{f"extra{number}": "" for number in range(1, 5)},
            "language": "fr",
            "plain": "1",
        }
    ]


# Asked first --------------------------------------------------------------------------------------------------------

RISKY = Action(
    "Pause recording",
    commands.Privacy(action=commands.PrivacyVerb.PAUSE),
    confirm=Confirm("Pause recording?", "Twelve lessons stay as they are.", "Pause it"),
)


async def asked_first(classroom: Scene) -> Answer:
    classroom.engine.instead = {commands.OpenSettings: views.Notice("Careful.", actions=(RISKY,))}
    page = await classroom.ada.slash("settings", channel=classroom.channel)
    return await classroom.ada.press(page, "Pause recording")


async def test_what_loses_something_is_asked_first(classroom: Scene) -> None:
    question = await asked_first(classroom)
    assert question.ephemeral
    assert "Twelve lessons stay as they are." in text_of(question)
    assert labels(shown(question)) == ["Pause it", "Leave it as it is"]
    done = await classroom.ada.press(question, "Pause it")
    assert done.message is question.message
    assert "Recording is paused." in text_of(done)


async def test_leaving_it_changes_nothing(classroom: Scene) -> None:
    question = await asked_first(classroom)
    left = await classroom.ada.press(question, "Leave it as it is")
    assert left.message is question.message
    assert "Nothing was changed." in text_of(left)
    assert not isinstance(classroom.last_asked[0], commands.Privacy)


async def test_after_a_restart_it_is_still_asked_first(classroom: Scene) -> None:
    classroom.engine.instead = {commands.OpenSettings: views.Notice("Careful.", actions=(RISKY,))}
    page = await classroom.ada.slash("settings", channel=classroom.channel)
    await classroom.adapter.stop()
    async with running(classroom.another()):
        question = await classroom.ada.press(page, "Pause recording")
        assert "Pause recording?" in text_of(question)
        done = await classroom.ada.press(question, "Yes, do it")
        assert "Recording is paused." in text_of(done)


# Without a wire ------------------------------------------------------------------------------------------------------


FIELDS = (
    Field("line", "A line", FieldKind.LINE, "now", "Help"),
    Field("lines", "Some lines", FieldKind.LINES),
    Field("number", "A number", FieldKind.NUMBER, "3", low=1, high=10),
    Field("toggle", "Yes or no", FieldKind.TOGGLE, "yes", required=False),
    Field("few", "One of few", FieldKind.ONE_OF, "a", options=(("", "None"), ("a", "A"))),
    Field("one", "One of one", FieldKind.ONE_OF, options=(("a", "A"),)),
    Field(
        "many",
        "One of many",
        FieldKind.ONE_OF,
        "7",
        options=tuple((str(n), f"N {n}") for n in range(20)),
        required=False,
    ),
    Field("days", "Days", FieldKind.SOME_OF, "mon,fri", options=tuple((d, d) for d in ("mon", "wed", "fri"))),
    Field(
        "zones", "Zones", FieldKind.SOME_OF, "z1", options=tuple((f"z{n}", f"Z {n}") for n in range(15)), required=False
    ),
    Field("channel", "Channel", FieldKind.CHANNEL, "#123"),
    Field("role", "Role", FieldKind.ROLE, "", required=False),
    Field("person", "Person", FieldKind.PERSON, "4200000000000000001"),
)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_kind_of_field_is_taken_by_discord(field: Field) -> None:
    page = views.FormPage("Title", "Intro", Form("save-settings", {}, (field,)))
    form = open_form(forms.modal(page))
    modal_rules.check_modal(form)
    form.breaches.raise_if_any()


def test_what_stood_there_stands_in_the_form() -> None:
    page = views.FormPage("Title", "", Form("save-settings", {}, (FIELDS[9], FIELDS[7])))
    channel, days = typing.cast("list[limits.Component]", forms.modal(page)["components"])
    picker = typing.cast("limits.Component", channel["component"])
    assert picker["default_values"] == [{"id": "123", "type": "channel"}]
    boxes = typing.cast("limits.Component", days["component"])
    options = typing.cast("list[limits.Component]", boxes["options"])
    assert [option["value"] for option in options if option["default"]] == ["=mon", "=fri"]


def test_answers_are_read_by_their_kind() -> None:
    sent: list[limits.Component] = [
        {"type": 10, "id": 1},
        {"type": 18, "component": {"type": 4, "custom_id": "line", "value": "=a, b"}},
        {"type": 18, "component": {"type": 23, "custom_id": "toggle", "value": True}},
        {"type": 18, "component": {"type": 21, "custom_id": "few", "value": "="}},
        {"type": 18, "component": {"type": 21, "custom_id": "none", "value": None}},
        {"type": 18, "component": {"type": 22, "custom_id": "days", "values": ["=mon", "=fri"]}},
        {"type": 18, "component": {"type": 8, "custom_id": "channel", "values": ["123"]}},
        {"type": 18, "component": {"type": 6, "custom_id": "role", "values": ["456"]}},
        {"type": 18, "component": {"type": 5, "custom_id": "person", "values": ["789"]}},
    ]
    assert forms.answers(sent) == {
        "line": "=a, b",
        "toggle": "1",
        "few": "",
        "days": "mon,fri",
        "channel": "#123",
        "role": "456",
        "person": "789",
    }


def test_between_two_parts_what_was_picked_is_named() -> None:
    page = views.FormPage("Title", "", Form("save-settings", {}, FIELDS))
    filled = {
        "channel": "#4200000000000000003",
        "role": "4200000000000000004",
        "person": "",
        "toggle": "1",
        "days": "mon,fri",
        "line": "<@&4200000000000000004>",
    }
    drawing = forms.between(page, commands.EditSettings(), 0, filled)
    _, told = (one for one in limits.walk(drawing.components) if one["type"] == limits.TEXT)
    assert str(told["content"]).splitlines() == [
        "**A line** \\<@&4200000000000000004>",
        "**Yes or no** yes",
        "**Days** mon, fri",
        "**Channel** <#4200000000000000003>",
        "**Role** <@&4200000000000000004>",
        "**Person** –",
    ]


def test_a_form_that_could_not_be_carried_over_parts_is_told() -> None:
    long = Field("what", "What", FieldKind.LINES, longest=1000)
    lines = tuple(Field(f"f{n}", f"F {n}", FieldKind.LINE) for n in range(5))
    (told,) = painter.fits(views.FormPage("T", "", Form("save-settings", {}, (*lines, long))))
    assert "takes 1000 characters" in told
    filled = {"what": "x" * 200}
    page = views.FormPage("T", "", Form("save-settings", {}, (*lines, long)))
    assert forms.too_long_to_carry(page, filled) == "“What” may be 95 characters long here."


async def test_a_refused_form_is_offered_again_with_what_was_typed(classroom: Scene) -> None:
    settings = await classroom.ada.slash("settings", channel=classroom.channel)
    form = await classroom.ada.press(settings, "Change the rest")
    wrong = await classroom.ada.submit(form, {"timezone": "Europe/Pariss", "plain": True})
    again = await classroom.ada.press(wrong, "Try again")
    assert again.modal is not None
    kept = await classroom.ada.submit(again, {"timezone": "Europe/Paris"})
    assert "**Timezone** Europe/Paris" in text_of(kept)
    assert "**Plain mode** on" in text_of(kept)


async def test_a_field_that_is_refused_before_the_command_is_made_speaks_by_its_label(classroom: Scene) -> None:
    settings = await classroom.ada.slash("settings", channel=classroom.channel)
    form = await classroom.ada.press(settings, "Change reminders")
    wrong = await classroom.ada.submit(form, {"days": "mon,thu", "a_week": "99"})
    assert "“How many a week at most” takes a whole number from 1 to 7, not 99." in text_of(wrong)
    again = await classroom.ada.press(wrong, "Try again")
    assert again.modal is not None
    sent = await classroom.ada.submit(again, {"a_week": "3", "nudges": "=off"})
    asked, _ = classroom.last_asked
    assert isinstance(asked, commands.EditReminders)
    assert (asked.days, asked.a_week) == ("mon,thu", 3)
    assert "a_week" not in text_of(sent)


@pytest.mark.parametrize("line", ["study-admin schedule add", "study-admin assign", "study-admin member"])
async def test_a_bare_command_of_managers_opens_its_form(classroom: Scene, line: str) -> None:
    form = await classroom.boss.slash(line, channel=classroom.channel)
    assert form.modal is not None


async def test_names_of_commands_in_our_sentences_can_be_pressed(classroom: Scene) -> None:
    page = await classroom.ada.slash("help", channel=classroom.channel)
    ids = classroom.adapter._conversation.ids
    assert f"</next:{ids['next']}> brings the next lesson" in text_of(page)
    running = await classroom.boss.slash("help", {"topic": "running it"}, channel=classroom.channel)
    assert f"</study-admin setup:{ids['study-admin']}>" in text_of(running)


async def test_a_number_finds_lessons_while_it_is_typed(classroom: Scene) -> None:
    found = await classroom.ada.autocomplete("lesson", {"lesson": "3"}, focused="lesson", channel=classroom.channel)
    assert found[0].name.startswith("3. ")
    assert found[-1].name == "Search the lessons for “3”"
    searched = await classroom.ada.slash("lesson", {"lesson": "?pool"}, channel=classroom.channel)
    assert "pool" in text_of(searched)
