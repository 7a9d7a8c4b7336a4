"""Commands, forms, pictures and tokens as Discord takes them, without a wire between."""

from __future__ import annotations

import typing
from datetime import date, timedelta

import pytest

from adapters.discord import components, limits, painter, registration
from adapters.discord.components import Intent
from bot.core import text, views
from bot.core.actions import Action, Choice, ChoiceOption
from bot.core.record import replace
from bot.features import commands
from bot.features.commands import Command, Parameter, ParameterKind, Spec, Who
from tests.contracts import samples
from tests.wire.discord import command_rules

READER = views.Reader()


class Plan(Command, kw_only=True):
    pass


def parameter(name: str, kind: ParameterKind, **more: typing.Any) -> Parameter:
    known: dict[str, typing.Any] = {
        "help": f"The {name}",
        "required": False,
        "default": None,
        "choices": (),
        "suggest": None,
        "low": None,
        "high": None,
        "longest": 200,
        "typed": True,
        "lines": False,
        "label": "",
        "optional": False,
        "cast": str,
    }
    return Parameter(name=name, kind=kind, **(known | more))


def managed(path: str, *parameters: Parameter) -> Spec:
    return Spec(path.replace(" ", "-"), tuple(path.split()), "Something", Who.MANAGERS, parameters, Plan)


ADMIN = (
    managed("study-admin setup"),
    managed(
        "study-admin schedule add",
        parameter("theme", ParameterKind.TEXT, required=True, suggest=commands.Suggest.THEMES),
        parameter("channel", ParameterKind.CHANNEL, required=True),
        parameter("mention", ParameterKind.ROLE),
        parameter("person", ParameterKind.PERSON),
        parameter("every_weeks", ParameterKind.NUMBER, low=1, high=8),
        parameter("thread", ParameterKind.TOGGLE),
        parameter("weekdays", ParameterKind.CHOICES, choices=("mon", "tue")),
        parameter("state", ParameterKind.CHOICE, choices=("on", "off")),
    ),
    managed("study-admin schedule list"),
)


def test_the_real_commands_are_taken_by_discord() -> None:
    told = registration.definitions()
    assert len(command_rules.check_commands(told)) == len(told)
    assert {one["name"] for one in told} >= {"study", "lesson", "next", registration.REPORT}


def test_an_admin_command_becomes_a_sub_command_with_native_pickers() -> None:
    told = registration.definitions(ADMIN)
    command_rules.check_commands(told)
    admin = next(one for one in told if one["name"] == "study-admin")
    assert (admin["default_member_permissions"], admin["contexts"], admin["integration_types"]) == ("32", [0], [0])
    setup, schedule = typing.cast("list[limits.Component]", admin["options"])
    assert [(one["type"], one["name"]) for one in (setup, schedule)] == [(1, "setup"), (2, "schedule")]
    add, _ = typing.cast("list[limits.Component]", schedule["options"])
    options = {str(one["name"]): one for one in typing.cast("list[limits.Component]", add["options"])}
    kinds = {name: option["type"] for name, option in options.items()}
    assert kinds == {
        "theme": 3,
        "channel": 7,
        "mention": 8,
        "person": 6,
        "every_weeks": 4,
        "thread": 5,
        "weekdays": 3,
        "state": 3,
    }
    assert (options["every_weeks"]["min_value"], options["every_weeks"]["max_value"]) == (1, 8)
    choices = typing.cast("list[limits.Component]", options["state"]["choices"])
    assert [(one["name"], one["value"]) for one in choices] == [("on", "on"), ("off", "off")]
    assert options["theme"]["autocomplete"] is True


def test_commands_options_and_choices_have_their_german_names() -> None:
    told = registration.definitions()
    command_rules.check_commands(told)
    following = next(one for one in told if one["name"] == "next")
    assert following["name_localizations"] == {"de": "weiter"}
    assert following["description_localizations"] == {"de": "Die nächste Lektion, die du noch nicht erledigt hast"}
    privacy = next(one for one in told if one["name"] == "privacy")
    (action,) = typing.cast("list[limits.Component]", privacy["options"])
    assert action["name_localizations"] == {"de": "aktion"}
    choices = typing.cast("list[limits.Component]", action["choices"])
    assert {one["value"]: one["name_localizations"] for one in choices}["delete"] == {"de": "löschen"}


def test_everyones_commands_are_offered_everywhere() -> None:
    lesson = next(one for one in registration.definitions() if one["name"] == "lesson")
    assert (lesson["contexts"], lesson["integration_types"]) == ([0, 1, 2], [0, 1])
    assert "default_member_permissions" not in lesson


def test_a_root_cannot_be_run_and_have_sub_commands() -> None:
    with pytest.raises(ValueError, match="cannot run it itself"):
        registration.definitions((managed("study-admin"), managed("study-admin setup")))


def test_the_hash_changes_with_the_definitions_alone() -> None:
    told = registration.definitions()
    shuffled = [dict(reversed(one.items())) for one in told]
    assert registration.digest(told) == registration.digest(shuffled)
    assert registration.digest(told) != registration.digest(told[1:])


# Tokens --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("custom_id", "meant", "token", "part"),
    [
        ("1|done|a/b", Intent.DO, "1|done|a/b", 0),
        ("1:done|a/b", Intent.DO, "1|done|a/b", 0),
        ("1?done|a/b", Intent.ASK_FIRST, "1|done|a/b", 0),
        ("1!done|a/b", Intent.CONFIRMED, "1|done|a/b", 0),
        ("1+settings", Intent.PART, "1|settings", 1),
        ("12&settings", Intent.PART, "12|settings", 2),
        ("kept", Intent.DO, "kept", 0),
    ],
)
def test_a_custom_id_says_how_a_press_is_meant(custom_id: str, meant: Intent, token: str, part: int) -> None:
    assert components.read_custom_id(custom_id) == components.PressedId(meant, token, part)


def test_two_buttons_that_do_the_same_have_unlike_ids() -> None:
    ids = components.CustomIds()
    made = [ids.do(commands.Home()) for _ in range(4)]
    assert len(set(made)) == 4
    assert {components.read_custom_id(each).command for each in made} == {commands.Home()}


def test_a_choice_of_any_length_can_be_reached_without_typing() -> None:
    options = tuple(ChoiceOption(f"Lesson {n}", commands.OpenLesson(theme="t", lesson=f"l{n}")) for n in range(60))
    drawing = painter.draw(views.Notice("Pick one.", actions=(Choice("Open", options),)), READER)
    selects = [one for one in limits.walk(drawing.components) if one["type"] == limits.SELECT]
    assert [one["placeholder"] for one in selects] == ["Open (1–25)", "Open (26–50)", "Open (51–60)"]
    values = [option["value"] for one in selects for option in typing.cast("list[limits.Component]", one["options"])]
    assert len(set(values)) == 60


def test_what_no_tightness_mends_is_told() -> None:
    actions = tuple(Action(f"N {n}", commands.Find(words=str(n))) for n in range(45))
    (told,) = painter.fits(views.Notice("x", actions=actions))
    assert told == "It takes 56 components; Discord takes 40."


# The picture ---------------------------------------------------------------------------------------------------------

WEEKS = tuple(
    views.Week(date(2026, 6, 1) + timedelta(weeks=at), lessons=at % 3 + at % 2, paused=at == 6) for at in range(26)
)


def test_the_picture_is_said_in_words() -> None:
    drawing = painter.draw(views.ProgressPage((), 3, WEEKS, ()), READER)
    (picture_shown,) = (one for one in limits.walk(drawing.components) if one["type"] == limits.GALLERY)
    (item,) = typing.cast("list[limits.Component]", picture_shown["items"])
    (file,) = drawing.files
    assert item == {"media": {"url": f"attachment://{file.name}"}, "description": file.description}
    assert file.description.startswith("The last 26 weeks: 21 kept, 1 snoozed.")
    assert len(file.description) <= limits.ALT_TEXT


def test_plain_mode_has_words_for_signs_bars_and_pictures() -> None:
    card = views.ThemeCard("t", "🏗️", "Title", "line", 3, 10)
    page = views.ProgressPage((card,), 3, WEEKS, ())
    drawing = painter.draw(page, views.Reader(plain=True))
    words = " ".join(str(one["content"]) for one in limits.walk(drawing.components) if one["type"] == limits.TEXT)
    assert drawing.files == ()
    assert "3 / 10 lessons done" in words
    assert not set("🏗●○✓") & set(words)


def test_a_section_that_begins_with_a_list_keeps_its_first_line_a_bullet() -> None:
    page = samples.plain()["lesson"]
    assert isinstance(page, views.LessonPage)
    section = views.LessonSection("Three shapes", text.parse("- one\n- two"))
    drawn = str(painter.draw(replace(page, sections=(section,)), READER))
    assert "**Three shapes.**\\n- one" in drawn
