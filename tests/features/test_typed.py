"""What people type becomes the command they meant, or one kind sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core import actions, completing, text, typed
from bot.core import commands as definition
from bot.core.errors import StudyError
from bot.features import commands

SAID = [
    ("", commands.Home()),
    ("/", commands.Home()),
    ("/study", commands.Home()),
    ("themes", commands.Themes()),
    ("/THEMES", commands.Themes()),
    ("/study themes", commands.Themes()),
    ("  /theme   machine   learning ", commands.OpenTheme(name="machine learning")),
    ("lesson backend-architectures 3", commands.OpenLesson(theme="backend-architectures", lesson="3")),
    ("/lesson 3", commands.OpenLesson(theme="3")),
    (
        '/lesson "backend architectures" layer models',
        commands.OpenLesson(theme="backend architectures", lesson="layer models"),
    ),
    ("/lesson “backend architectures” 3", commands.OpenLesson(theme="backend architectures", lesson="3")),
    ("/lesson lesson:3 backend", commands.OpenLesson(theme="backend", lesson="3")),
    ("/lesson theme: backend lesson=3", commands.OpenLesson(theme="backend", lesson="3")),
    ("/lesson backend 3 share", commands.OpenLesson(theme="backend", lesson="3", share=True)),
    ("/lesson backend 3 share:no", commands.OpenLesson(theme="backend", lesson="3")),
    ("/progress public", commands.Progress(public=True)),
    ('/progress "public"', commands.Progress(theme="public")),
    ("/quiz backend concurrency models 7", commands.Quiz(theme="backend", lesson="concurrency models", count=7)),
    ("/quiz backend count:2", commands.Quiz(theme="backend", count=2)),
    ("/find he said: don't theme:x", commands.Find(words="he said: don't theme:x")),
    ('/find "never closed', commands.Find(words="never closed")),
    ("/privacy EXPORT", commands.Privacy(action=commands.PrivacyVerb.EXPORT)),
]


@pytest.mark.parametrize(("line", "command"), SAID, ids=[line or "nothing" for line, _ in SAID])
def test_a_line_is_the_command_a_person_would_expect(line: str, command: commands.Command) -> None:
    assert command == typed.parse(line)


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("/find", "needs “words”"),
        ("/quiz a b 99", "from 1 to 10, not 99"),
        ("/quiz count:many", "whole number from 1 to 10"),
        ("/privacy shwo", "one of: show, export"),
        ("/themes please", "no place for “please”"),
        ("/nonsense", "no command “nonsense”"),
        ("/study nonsense", "no command “nonsense”"),
        ("nonsense " * 100, "no command “nonsense”"),
        ("x" * 10_000, "10,000 characters; a line may have 4,000"),
    ],
)
def test_what_cannot_be_meant_is_answered_with_the_reason(line: str, part: str) -> None:
    with pytest.raises(StudyError) as caught:
        typed.parse(line)
    assert part in str(caught.value)


def offered(hint: StudyError) -> list[commands.Command]:
    """The commands behind the buttons of a hint, each with a label that fits one."""
    buttons = [each for each in hint.actions if isinstance(each, actions.Action)]
    assert all(len(button.label) <= actions.LONGEST_LABEL for button in buttons)
    return [button.command for button in buttons]


def test_a_slip_is_answered_with_the_closest_command_as_a_button() -> None:
    with pytest.raises(StudyError) as caught:
        typed.parse("/progess backend")
    assert commands.Progress() in offered(caught.value)


def test_words_that_are_no_command_can_be_searched_for() -> None:
    with pytest.raises(StudyError) as caught:
        typed.parse("concurrency models")
    assert commands.Find(words="concurrency models") in offered(caught.value)


@pytest.mark.parametrize("spec", [spec for spec in commands.all_specs() if spec.typed], ids=lambda spec: spec.name)
def test_every_typed_command_is_reached_by_its_name(spec: commands.Spec) -> None:
    words = [f"{each.name}:{each.choices[0] if each.choices else 1}" for each in spec.options if each.required]
    assert spec.build is type(typed.parse(f"/{spec.name} {' '.join(words)}"))


HOSTILE = st.text(max_size=200) | st.lists(
    st.sampled_from(
        [
            "/",
            "study",
            "lesson",
            "quiz",
            "find",
            "privacy",
            "theme:",
            "count=",
            "share",
            '"',
            "“",
            "\\",
            "\x00",
            "\u202e",
            "5",
            "🦉",
        ]
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_no_line_raises_anything_but_a_sentence(line: str) -> None:
    hint: StudyError | None = None
    try:
        assert isinstance(typed.parse(line), commands.Command)
    except StudyError as error:
        hint = error
    for command in offered(hint) if hint else ():
        assert actions.read(actions.token(command)) == command


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_completing_never_fails_and_never_reaches_past_the_line(line: str) -> None:
    completion = completing.complete(line, manages=True)
    assert 0 <= completion.start <= len(line)


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60).filter(
        lambda value: text.clean(value) != ""
    )
)
@example("“")
def test_a_quoted_value_comes_back_whole(value: str) -> None:
    cleaned = text.clean(value)
    assert commands.OpenLesson(theme=cleaned, lesson="x") == typed.parse(f"/lesson {typed.quote(value)} x")


def inserted(line: str) -> list[str]:
    return [candidate.insert for candidate in completing.complete(line).candidates]


def test_a_slash_offers_every_command_one_can_type() -> None:
    everyone = [spec for spec in commands.all_specs() if spec.typed and spec.who is commands.Who.EVERYONE]
    assert [spec.name for spec in everyone] == [insert.strip() for insert in inserted("/")]


def test_a_beginning_offers_the_commands_that_go_on_so() -> None:
    assert sorted(inserted("/the")) == ["theme ", "themes"]
    assert inserted("pro") == ["/progress "]
    assert inserted("/study le") == ["lesson "]


def test_after_the_name_the_first_option_is_wanted() -> None:
    completion = completing.complete("/lesson ba")
    assert (
        completion.parameter and completion.parameter.name,
        completion.typed,
        completion.start,
    ) == ("theme", "ba", 8)


def test_what_is_given_already_travels_with_the_wish() -> None:
    completion = completing.complete("/lesson backend con mod")
    assert completion.parameter is not None
    assert (
        completion.parameter.name,
        completion.typed,
        dict(completion.given),
        completion.start,
    ) == ("lesson", "con mod", {"theme": "backend"}, 16)


def test_a_named_option_is_completed_with_its_name() -> None:
    completion = completing.complete("/lesson x theme:ba")
    assert completion.parameter is not None
    assert (completion.parameter.name, completion.typed) == ("theme", "ba")
    assert completion.suggested("backend architectures", "").insert == 'theme:"backend architectures"'


def test_choices_and_switches_are_offered_without_asking_anybody() -> None:
    assert inserted("/privacy e") == ["export"]
    assert inserted("/lesson lesson:x s") == ["share"]
    assert inserted("/lesson share:") == ["share:yes", "share:no"]


class Day(StrEnum):
    MON = "mon"
    TUE = "tue"
    THU = "thu"


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that takes several of a few words, for as long as a test."""
    for known in ("_BY_VERB", "_BY_PATH"):
        monkeypatch.setattr(definition, known, dict(getattr(definition, known)))

    @commands.command("on-days", "Something on days")
    class OnDays(commands.Command, kw_only=True):
        days: Annotated[tuple[Day, ...], commands.Arg("On which days")]


@pytest.mark.usefixtures("several")
def test_of_several_words_the_one_after_the_last_comma_is_completed() -> None:
    assert inserted("/on-days m") == ["mon"]
    assert inserted("/on-days mon,t") == ["mon,tue", "mon,thu"]
    assert inserted("/on-days days:mon,tu") == ["days:mon,tue"]
    assert inserted("/on-days tue,") == ["tue,mon", "tue,thu"]


@pytest.mark.parametrize("line", ["", "   ", "/unheard-of", "/settings ", "x" * 5_000])
def test_nothing_is_offered_where_nothing_fits(line: str) -> None:
    completion = completing.complete(line)
    assert (completion.candidates, completion.parameter) == ((), None)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/study-admin", commands.OpenWorkspace()),
        ("study-admin help", commands.Help(topic=typed.RUNNING)),
        ("/study-admin help schedule", commands.Help(topic="schedule")),
        ("/study-admin schedule", commands.ScheduleList()),
        ("/study-admin schedule add", commands.ScheduleAdd()),
        ("/study-admin assign", commands.Assign()),
        ("/study-admin member", commands.ManageMember()),
    ],
)
def test_the_first_words_of_a_managers_line_lead_somewhere(line: str, command: commands.Command) -> None:
    assert typed.parse(line) == command


def test_what_is_unknown_to_managers_says_so_and_leads_to_the_hub() -> None:
    with pytest.raises(StudyError) as caught:
        typed.parse("/study-admin shedule ad")
    assert caught.value.message == "Running Dualo has no command “shedule ad”."
    offered = [offer.command for offer in caught.value.actions if isinstance(offer, actions.Action)]
    assert commands.ScheduleAdd() in offered
    assert offered[-1] == commands.OpenWorkspace()


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("study-admin assign backend @bob", commands.Assign(theme="backend", user=commands.Person("bob"))),
        ("study-admin assign @bob backend", commands.Assign(theme="backend", user=commands.Person("bob"))),
        ("study-admin assign backend @&S1", commands.Assign(theme="backend", role=commands.Role("S1"))),
        (
            "study-admin assign backend architectures @bob 24 dec required",
            commands.Assign(theme="backend architectures", user=commands.Person("bob"), by="24 dec", required=True),
        ),
        (
            "study-admin member reset @bob backend",
            commands.ManageMember(action=commands.MemberVerb.RESET, user=commands.Person("bob"), theme="backend"),
        ),
        ("study-admin report role:S1", commands.OpenReport(role=commands.Role("S1"))),
    ],
)
def test_a_name_with_an_at_is_a_person_wherever_it_stands(line: str, command: commands.Command) -> None:
    assert typed.parse(line) == command


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("/lesson foo:bar", "foo"),
        ("/quiz backend number=3", "number"),
        ("/study-admin assign backend usr:bob", "usr"),
        ("/study-admin assign backend usr: bob", "usr"),
        ("/snooze til:friday", "til"),
    ],
)
def test_an_unknown_name_before_a_colon_is_told(line: str, name: str) -> None:
    with pytest.raises(StudyError) as caught:
        typed.parse(line)
    assert f"takes no “{name}:”" in caught.value.message
    assert caught.value.hint.startswith("It takes ")
    assert caught.value.actions


@pytest.mark.parametrize(
    "line",
    [
        "/find std::vector foo:bar",
        "/lesson https://example.org/a",
        '/lesson "Part one: the rest"',
        "/study-admin schedule add backend web:room mon 09:00",
    ],
)
def test_words_with_a_colon_of_their_own_are_words(line: str) -> None:
    assert isinstance(typed.parse(line), definition.Command)


def test_every_refused_line_has_a_next_step() -> None:
    for line in ("/find", "/quiz count:99", "/privacy shwo", "/study-admin audit 0"):
        with pytest.raises(StudyError) as caught:
            typed.parse(line)
        assert caught.value.actions, line


def test_lessons_are_completed_where_a_theme_would_be_first() -> None:
    completion = completing.complete("/lesson co")
    assert completion.parameter is not None
    assert completion.also is not None
    assert (completion.parameter.name, completion.also.name, completion.typed) == ("theme", "lesson", "co")
    assert completing.complete("/theme co").also is None


def test_a_schedule_that_was_not_named_is_chosen_from_the_list() -> None:
    with pytest.raises(StudyError) as refused:
        typed.parse("study-admin schedule edit")
    assert actions.Action("All schedules", commands.ScheduleList()) in refused.value.actions


def test_what_goes_by_its_name_alone_takes_no_word_that_stands_loose() -> None:
    assert typed.parse("study-admin report code:7K3M-9QTX-2B4F") == commands.OpenReport(code="7K3M-9QTX-2B4F")
    loose = typed.parse('study-admin report backend x "4 weeks" csv')
    assert loose == commands.OpenReport(
        theme="backend", role=commands.Role("x"), period="4 weeks", form=commands.ReportForm.CSV
    )
