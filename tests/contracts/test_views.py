"""What every front end must do with every view."""

from __future__ import annotations

import typing
from collections.abc import Iterator

import pytest

from bot.core import actions, text, views
from bot.features.commands import Command
from tests.contracts import fronts, samples

EVERY = samples.every()


@pytest.fixture(params=sorted(fronts.FRONTS), scope="module")
def front(request: pytest.FixtureRequest) -> fronts.Front:
    return fronts.FRONTS[request.param]()


def test_every_view_has_a_sample() -> None:
    members = set(typing.get_args(views.View))
    assert {type(view) for view in samples.plain().values()} == members
    assert {type(view) for view in samples.hostile("x").values()} == members


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_view_fits_one_message(front: fronts.Front, name: str) -> None:
    assert list(front.fits(EVERY[name])) == []


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_offer_comes_back_as_its_command(front: fronts.Front, name: str) -> None:
    missing = [command for command in offered(EVERY[name]) if command not in front.draw(EVERY[name]).commands]
    assert missing == []


def offered(view: views.View) -> Iterator[Command]:
    """The commands that a view holds, wherever it holds them."""
    for offer in view.actions:
        match offer:
            case actions.Action():
                yield offer.command
            case actions.Choice():
                yield from (option.command for option in offer.options)
    match view:
        case views.QuestionPage():
            yield from (option.command for option in view.options)
        case views.ProgressPage():
            yield from (recent.undo for recent in view.recent)
        case views.Listing():
            yield from (action.command for item in view.items for action in item.actions)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_at_most_one_button_stands_out(front: fronts.Front, name: str) -> None:
    wanted = sum(offer.primary for offer in EVERY[name].actions if isinstance(offer, actions.Action))
    assert front.draw(EVERY[name]).primary == wanted
    assert wanted <= 1


@pytest.mark.parametrize("name", sorted(name for name, view in EVERY.items() if isinstance(view, views.FormPage)))
def test_every_field_of_a_form_is_drawn_and_fills_its_command(front: fronts.Front, name: str) -> None:
    view = EVERY[name]
    assert isinstance(view, views.FormPage)
    drawn = front.draw(view).fields
    assert {token: list(fields) for token, fields in drawn.items()} == {
        view.form.token: [field.name for field in view.form.fields]
    }
    answers = {field.name: field.value or "words" for field in view.form.fields}
    command = actions.fill(view.form.token, answers)
    assert command.spec.verb == view.form.verb
    for name_of_field, said in {**answers, **view.form.given}.items():
        assert str(getattr(command, name_of_field)) in {str(said), str(str(said) == "yes")}


@pytest.mark.parametrize("words", samples.HOSTILE)
def test_hostile_words_come_out_as_words(front: fronts.Front, words: str) -> None:
    for name, view in samples.hostile(words).items():
        drawn = front.draw(view)
        assert (name, list(drawn.foreign)) == (name, [])
        assert text.clean(words) in text.clean(drawn.words), name


@pytest.mark.parametrize("words", samples.HOSTILE)
def test_hostile_words_bring_no_command_of_their_own(front: fronts.Front, words: str) -> None:
    tame = samples.hostile("tame")
    for name, view in samples.hostile(words).items():
        assert list(front.draw(view).commands) == list(front.draw(tame[name]).commands), name


def test_the_longest_lesson_is_as_long_as_the_rules_allow() -> None:
    page = samples.longest_lesson()
    texts = [page.title, page.summary, *(part for s in page.sections for part in (s.label, s.text.source))]
    assert sum(map(len, texts)) == 3300
