"""What every front end must do with every view."""

from __future__ import annotations

import typing

import pytest

from bot.core import actions, text, views
from tests.contracts import fronts, samples

EVERY = samples.every()


@pytest.fixture(params=sorted(fronts.FRONTS), scope="module")
def front(request: pytest.FixtureRequest) -> fronts.Front:
    return fronts.FRONTS[request.param]()


def test_every_view_has_a_sample() -> None:
    members = set(typing.get_args(views.View))
    assert {type(view) for view in samples.plain().values()} == members
    assert {type(view) for view in samples.hostile("x").values()} == members


def test_every_view_fits_one_message(front: fronts.Front) -> None:
    assert {name: wrong for name, view in EVERY.items() if (wrong := list(front.fits(view)))} == {}


def test_every_offer_comes_back_as_its_command(front: fronts.Front) -> None:
    for name, view in EVERY.items():
        drawn = front.draw(view).commands
        assert (name, [command for command in samples.offered(view) if command not in drawn]) == (name, [])


def test_the_one_button_that_stands_out_is_the_one_of_the_view(front: fronts.Front) -> None:
    wanted = {
        name: sum(offer.primary for offer in view.actions if isinstance(offer, actions.Action))
        for name, view in EVERY.items()
    }
    assert {name: front.draw(view).primary for name, view in EVERY.items()} == wanted
    assert set(wanted.values()) == {0, 1}


def test_every_field_of_a_form_is_drawn_and_fills_its_command(front: fronts.Front) -> None:
    for name, view in EVERY.items():
        if isinstance(view, views.FormPage):
            drawn = {token: list(fields) for token, fields in front.draw(view).fields.items()}
            assert (name, drawn) == (name, {view.form.token: [field.name for field in view.form.fields]})
            answers = {field.name: field.value or "words" for field in view.form.fields}
            command = actions.fill(view.form.token, answers)
            assert command.spec.verb == view.form.verb
            for field, said in {**answers, **view.form.given}.items():
                assert str(getattr(command, field)) in {str(said), str(str(said) == "yes")}, (name, field)


@pytest.mark.parametrize("words", samples.HOSTILE)
def test_hostile_words_come_out_as_words_and_bring_no_command_of_their_own(front: fronts.Front, words: str) -> None:
    tame = samples.hostile("tame")
    for name, view in samples.hostile(words).items():
        drawn = front.draw(view)
        assert (name, list(drawn.foreign)) == (name, [])
        assert text.clean(words) in text.clean(drawn.words), name
        assert list(drawn.commands) == list(front.draw(tame[name]).commands), name


def test_the_longest_lesson_is_as_long_as_the_rules_allow() -> None:
    page = samples.longest_lesson()
    texts = [page.title, page.summary, *(part for s in page.sections for part in (s.label, s.text.source))]
    assert sum(map(len, texts)) == 3300
