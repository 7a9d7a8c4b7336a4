"""What the front ends share: work in flight, events that come twice, pages of options, reports, reference ids."""

from __future__ import annotations

import asyncio

import pytest

from adapters.shared.dedupe import Seen
from adapters.shared.inflight import InFlight
from adapters.shared.options import pages, rows
from adapters.shared.reports import mistake_in
from bot.core import reference, views
from bot.core.actions import token
from bot.features.commands import Done, Home, OpenLesson, ReportMistake


async def test_a_stop_waits_until_nothing_is_in_flight() -> None:
    work = InFlight()
    with work:
        waiting = asyncio.create_task(work.idle())
        with work:
            assert await work.idle(within=0) is False
        assert not waiting.done()
    assert await waiting is True


async def test_work_that_fails_is_not_in_flight_any_more() -> None:
    work = InFlight()
    with pytest.raises(RuntimeError), work:
        raise RuntimeError
    assert await work.idle(within=0) is True


def test_an_event_that_comes_again_finds_what_the_first_one_left() -> None:
    seen: Seen[str, list[int]] = Seen(list, limit=2)
    first, again = seen.take("a")
    first.append(1)
    assert (again, seen.take("a")) == (False, ([1], True))


def test_the_oldest_event_is_forgotten_first_and_one_without_an_id_is_always_new() -> None:
    seen: Seen[str, list[int]] = Seen(list, limit=2)
    for event in ("a", "b", "a", "c", "", ""):
        seen.take(event)
    assert [seen.take(event)[1] for event in ("c", "b", "", "a")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("count", "spans"), [(0, []), (1, [""]), (25, [""]), (26, ["1–25", "26–26"]), (60, ["1–25", "26–50", "51–60"])]
)
def test_options_beyond_one_select_are_paged(count: int, spans: list[str]) -> None:
    made = list(pages(range(count), 25))
    assert [span for span, _ in made] == spans
    assert [option for _, page in made for option in page] == list(range(count))


@pytest.mark.parametrize(("count", "lengths"), [(0, []), (5, [5]), (6, [3, 3]), (11, [4, 4, 3]), (25, [5] * 5)])
def test_no_button_stands_alone_below_a_full_row(count: int, lengths: list[int]) -> None:
    made = list(rows(range(count), 5))
    assert [len(row) for row in made] == lengths
    assert [button for row in made for button in row] == list(range(count))


@pytest.mark.parametrize(
    "command", [ReportMistake(theme="t", lesson="l"), Done(lesson="t/l"), OpenLesson(theme="t", lesson="l")], ids=type
)
def test_the_lesson_of_a_message_is_told_by_its_first_button_about_one(
    command: ReportMistake | Done | OpenLesson,
) -> None:
    other = token(OpenLesson(theme="t", lesson="another"))
    said = ["", "no token", token(Home()), token(OpenLesson(theme="t")), token(command), other]
    assert mistake_in(said) == ReportMistake(theme="t", lesson="l")


def test_a_message_without_a_lesson_has_no_report() -> None:
    assert mistake_in([token(Home()), "pick 1"]) is None


def test_a_reference_is_told_in_the_sentence_that_the_notice_shows() -> None:
    made = reference.new()
    assert reference.notice(made).text == reference.sentence(made) == f"Something broke on our side. Reference {made}."
    assert (len(made), reference.notice(made).tone) == (4, views.Tone.SORRY)
    assert not set("".join(reference.new() for _ in range(500))) & set("01IOL")
