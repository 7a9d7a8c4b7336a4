"""Bad input of every kind: one kind sentence, no traceback, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import actions, text, typed, views
from bot.core.errors import StudyError
from bot.features import commands
from bot.process.settings import LogFormat
from tests.conftest import Learner
from tests.log_lines import logged, reference_in

HOSTILE = [
    "x" * 10_000,
    "\x00\x01\x1b[31m",
    "\u202egnirts\u202c",
    "🏗️" * 50,
    "<script>alert(1)</script>",
    "@everyone",
    "<!channel> <@U123> <#C1>",
    "*_~`|>",
    "%7C|%25",
    "-1",
    "99999999999999999999",
    "\ud800",
    "' OR 1=1; --",
]


@pytest.mark.parametrize("words", HOSTILE)
async def test_hostile_words_get_a_sentence_and_never_a_traceback(ada: Learner, words: str) -> None:
    for spec in commands.all_specs():
        for parameter in spec.parameters:
            values = {
                each.name: "x" if each.kind is commands.ParameterKind.TEXT else 1
                for each in spec.parameters
                if each.required
            }
            try:
                command = commands.build(spec, {**values, parameter.name: words})
            except StudyError:
                continue
            view = await ada.does(command)
            assert not (isinstance(view, views.Notice) and "Reference" in view.text), (spec.verb, view)


TOKENS = [
    "",
    "1",
    "1|",
    "1|nothing",
    "0|done|x",
    "2|done|x",
    "1|done|a|b|c|d",
    "1|answer|x|y|z|w",
    "1|quiz|||99",
    "|||",
    "1|try|x|y|-1|0|0|99",
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_stale_or_forged_button_has_expired(token: str) -> None:
    with pytest.raises(StudyError, match="expired"):
        actions.read(token)


@given(st.text(max_size=120))
def test_any_text_as_a_token_is_a_command_or_a_sentence(token: str) -> None:
    try:
        read = actions.read(token)
    except StudyError:
        return
    assert actions.read(actions.token(read)) == read


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
async def test_any_typed_line_gets_a_view(ada: Learner, line: str) -> None:
    try:
        command = typed.parse(line)
    except StudyError:
        return
    view = await ada.does(command)
    assert not (isinstance(view, views.Notice) and "Reference" in view.text)


@given(st.text(max_size=32), st.text(max_size=40))
def test_a_token_comes_back_as_its_command(theme: str, lesson: str) -> None:
    command = commands.Undo(theme=text.clean(theme) or "t", lesson=text.clean(lesson) or "l")
    try:
        made = actions.token(command)
    except ValueError:
        return  # too long to be a button, and said so where it was made
    assert actions.read(made) == command


async def test_a_bug_is_told_by_a_reference_id_and_logged_under_it(ada: Learner) -> None:
    class Unheard(commands.Help):
        pass

    with logged(LogFormat.JSON) as log:
        view = await ada.does(Unheard())
    assert isinstance(view, views.Notice)
    assert "KeyError" not in repr(view)
    assert log.told_under(reference_in(view.text)) == ["command.failed"]


@pytest.mark.parametrize("line", ["quiz count:50", "quiz count:many", "privacy bogus", "lesson share:perhaps"])
def test_a_value_that_does_not_fit_is_answered_with_what_would_and_how_it_is_typed(line: str) -> None:
    with pytest.raises(StudyError) as refused:
        typed.parse(line)
    assert refused.value.hint.startswith(f"Usage: /{line.split()[0]} ")


def test_for_a_value_of_a_form_nobody_is_told_how_to_type_it() -> None:
    spec = commands.EditReminders.spec
    with pytest.raises(StudyError) as refused:
        commands.build(spec, {"nudges": "pigeon"})
    assert refused.value.hint == ""
