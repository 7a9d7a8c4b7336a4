"""Kinds of questions: one or several right options, a typed answer, a number."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from bot.core.text import parse
from bot.domain.questions import Option, Question, QuestionKind, TypedAnswer

WORDS = TypedAnswer(("SKIP LOCKED", "for update skip locked"), parse("It passes by."))
NUMBER = TypedAnswer(("1500 ms",), parse("It adds up."), number=1500, unit="ms", tolerance=20)


def options(*right: bool) -> tuple[Option, ...]:
    return tuple(Option(f"o{at}", parse(f"Option {at}"), right=each, why=parse("So.")) for at, each in enumerate(right))


def asking(*right: bool, typed: TypedAnswer | None = None) -> Question:
    return Question("q", parse("What?"), "Section", options(*right), typed)


@pytest.mark.parametrize(
    "said", ["SKIP LOCKED", "skip  locked", "Skip-Locked"[:4] + " locked", "`skip locked`.", "ＳＫＩＰ ＬＯＣＫＥＤ"]
)
def test_case_accents_spaces_and_marks_around_do_not_matter(said: str) -> None:
    assert WORDS.takes(said)


def test_accents_may_be_left_out_or_put_in() -> None:
    cafe = TypedAnswer(("Café",), parse("."))
    assert all(cafe.takes(said) for said in ("cafe", "CAFÉ", "cafe\u0301"))


@pytest.mark.parametrize("said", ["", "skip", "locked skip", "nowait"])
def test_another_wording_is_wrong(said: str) -> None:
    assert not WORDS.takes(said)


@pytest.mark.parametrize("said", ["1500", "1,500", "1.500", "1 500 ms", "1'480", "1519.9 MS", "~1500", "+1500"])
def test_a_number_is_right_however_its_thousands_are_parted_and_within_the_tolerance(said: str) -> None:
    assert NUMBER.takes(said)


@pytest.mark.parametrize("said", ["", "ms", "1521", "-1500", "1500 s", "150", "1,5", "15 00 00", "one"])
def test_another_number_or_unit_is_wrong(said: str) -> None:
    assert not NUMBER.takes(said)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("day", "2 days"),
        ("days", "2 day"),
        ("queries", "2 query"),
        ("minute", "2 Minutes."),
        ("box", "2 boxes"),
        ("ms", "2 ms"),
    ],
)
def test_a_unit_may_stand_in_the_singular_or_the_plural(unit: str, said: str) -> None:
    assert TypedAnswer((f"2 {unit}",), parse("."), number=2, unit=unit).takes(said)


@pytest.mark.parametrize(("unit", "said"), [("ms", "2 m"), ("m", "2 ms"), ("day", "2 dames"), ("class", "2 clas")])
def test_another_unit_is_not_a_plural(unit: str, said: str) -> None:
    assert not TypedAnswer((f"2 {unit}",), parse("."), number=2, unit=unit).takes(said)


def test_a_comma_or_a_point_may_part_the_decimals() -> None:
    half = TypedAnswer(("0.5",), parse("."), number=0.5)
    assert half.takes("0.5")
    assert half.takes("0,5")
    assert not half.takes("5")


@given(strategies.text(max_size=200))
def test_whatever_is_typed_is_judged(said: str) -> None:
    for typed in (WORDS, NUMBER):
        assert typed.takes(said) in {True, False}


def test_the_kind_follows_from_what_is_right() -> None:
    kinds = [asking(True, False).kind, asking(True, True, False).kind, asking(typed=WORDS).kind]
    assert kinds == [QuestionKind.ONE, QuestionKind.SEVERAL, QuestionKind.TYPED]


@given(
    strategies.lists(strategies.booleans(), min_size=2, max_size=4).filter(any),
    strategies.sets(strategies.integers(0, 3)),
)
def test_of_several_only_all_right_options_and_no_other_are_right(right: list[bool], pressed: set[int]) -> None:
    question = asking(*right)
    stored = question.given("".join(map(str, pressed)))
    wanted = {at for at, each in enumerate(right) if each}
    assert question.judge(stored) is (wanted == {at for at in pressed if at < len(right)})


def test_an_answer_is_kept_by_ids_so_other_words_and_another_order_do_not_matter() -> None:
    question = asking(False, True)
    stored = question.given("1")
    turned = Question("q", parse("How?"), "Section", tuple(reversed(question.options)))
    assert turned.judge(stored)
    assert [each.id for each in turned.chosen(stored)] == ["o1"]


def test_an_option_that_is_gone_is_not_taken_for_another() -> None:
    stored = asking(False, True, False).given("2")
    assert asking(False, True).chosen(stored) == ()
