"""Every figure that a question of *Backend Architectures* rests on is computed from what the question says."""

from __future__ import annotations

import math
import re

import pytest

from tests.content import lessons

THEME = "backend-architectures"
DAY = 86_400


def in_flight(rate: float, seconds: float) -> float:
    """Little's law."""
    return rate * seconds


def rounds(requests: int, at_once: int) -> int:
    return math.ceil(requests / at_once)


def queue_wait(seconds: float, *, arriving: float, served: float) -> float:
    """How long one waits who comes so long after a service became too slow."""
    return (arriving - served) * seconds / served


def surged(instances: int) -> int:
    """Instances during a roll-out, with the default `maxSurge` of Kubernetes: 25 %, rounded up."""
    return instances + math.ceil(instances * 0.25)


def months(times: float, *, growth: float) -> float:
    """Until what grows by so much a month is so many times as large."""
    return math.log(times) / math.log(1 + growth)


def round_trip(kilometres: float) -> float:
    """Milliseconds there and back in fibre, at 200 km per ms."""
    return 2 * kilometres / 200


SUMS = [
    ("layers", "share-of-time", ("0.4 ms in the framework", "ten times"), "Less than 0.5 ms", 0.4 - 0.4 / 10, 0.36),
    ("concurrency", "three-ceilings", ("from 100 to 400",), "Tomcat's default", in_flight(400, 1), 400),
    ("concurrency", "low-cpu", ("takes 500 ms",), "400 requests/s", 200 / 0.5, 400),
    ("concurrency", "hidden-pool", ("takes 100 ms", "40 requests"), "1 s", rounds(40, 4) * 0.1, 1),
    ("concurrency", "goroutine-limit", ("50 ms query", "is 25"), "500, ", 25 / 0.05, 500),
    ("sync-vs-async", "awaited-tasks", ("three calls of 80 ms",), "240 ms", 3 * 80, 240),
    ("sync-vs-async", "threads-of-both", ("120 requests",), "121, ", 120 + 1, 121),
    ("full-stack-or-api", "seven-settled", ("seven of the lesson's ten",), "About 6 days", (10 - 7) * 2, 6),
    ("request-lifecycle", "loaded-along", ("one query of 4 ms",), "24 ms; the client waits 24 ms", 20 + 4, 24),
    ("sync-vs-async", "django-gather", ("three", "50 ms"), "150 ms, ", 3 * 50, 150),
    ("stateless", "full-at-deploys", ("8 instances of 2 workers", "pool of 6"), "so 120", surged(8) * 2 * 6, 120),
    ("stateless", "eight-limiters", ("100 requests", "8 instances"), "The 801st", 8 * 100 + 1, 801),
    ("deployment", "load-moves", ("Cloud Run's default",), "100, then 2", rounds(int(in_flight(400, 0.25)), 80), 2),
    ("deployment", "far-from-data", ("five queries", "6,500 km"), "more than 200 ms", 4 * round_trip(6_500), 260),
    ("deployment", "without-a-pooler", ("480 requests", "100 connections"), "pool of 15",
     rounds(480, 80) * 15, 90),
    ("choosing", "instances", ("8.64 million", "four times", "100 ms", "16 threads"), "3",
     math.ceil(in_flight(4 * 8_640_000 / DAY, 0.1) / 16), 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lesson", "question", "given", "right", "computed", "expected"), SUMS, ids=[each[1] for each in SUMS]
)
def test_the_right_option_is_what_the_sum_says(
    lesson: str, question: str, given: tuple[str, ...], right: str, computed: float, expected: float
) -> None:
    found = lessons.question(THEME, lesson, question)
    assert [part for part in given if part not in found.ask] == []
    assert right in found.right
    assert computed == pytest.approx(expected)


TYPED = [
    ("concurrency", "wait-for-a-thread", ("200 threads", "0.5 s", "500 a second", "a minute"),
     queue_wait(60, arriving=500, served=200 / 0.5), "12"),
    ("choosing", "earlier-ceiling", ("at 800 requests/s",), 800 / 1.05**3, "680"),
    ("rendering", "first-data", ("after 60 ms", "300 ms later", "three nested", "90 ms"), 60 + 300 + 3 * 90, "450"),
    ("data-layer", "pages-after", ("two queries take 3 ms", "in place of 75"), 15 / 0.003, "7500"),
    ("data-layer", "few-authors", ("60 books", "only 12"), 1 + 60, "13"),
    ("stateless", "stale-copies", ("3 hosts", "6 workers each", "in the worker"), 3 * 6 - 1, "18"),
]  # fmt: skip


@pytest.mark.parametrize(("lesson", "question", "given", "computed", "other"), TYPED, ids=[each[1] for each in TYPED])
def test_the_typed_number_is_what_the_sum_says(
    lesson: str, question: str, given: tuple[str, ...], computed: float, other: str
) -> None:
    found = lessons.asked(THEME, lesson, question)
    assert [part for part in given if part not in found.ask.source] == []
    assert found.judge(f"{computed:g}")
    assert not found.judge(other)


SAID = [
    ("layers", "A framework ten times as fast saves 1.8 ms of either", 2 - 2 / 10, 1.8),
    ("layers", "an index that cuts 750 ms to 10 leaves it at 160", 900 - 750 + 10, 160),
    ("concurrency", "at 400 requests/s and 250 ms, 100 are in flight", in_flight(400, 0.25), 100),
    ("concurrency", "when a partner's API slows each to 1 s, 400 are", in_flight(400, 1), 400),
    ("concurrency", "200 threads at 250 ms serve up to 800 requests/s, twice what we need", 200 / 0.25, 2 * 400),
    ("concurrency", "At 1 s they serve 200, so the queue grows by 200 every second", 400 - 200 / 1, 200),
    ("concurrency", "whoever comes ten seconds later waits 10 s", queue_wait(10, arriving=400, served=200), 10),
    ("concurrency", "at 400 requests/s, 2 ms of computing in each keep it 80 % busy", 400 * 0.002, 0.8),
    ("concurrency", "A pool of 30 connections serves our 400/s at 50 ms a query, as it could 600", 30 / 0.05, 600),
    ("concurrency", "At 100 ms it ends at 300/s", 30 / 0.1, 300),
    ("sync-vs-async", "50 neighbours are ready before you and each computes 4 ms, you wait 200 ms", 50 * 4, 200),
    ("sync-vs-async", "5 connections plus 10 overflow: at 40 ms a query that is 375/s", (5 + 10) / 0.04, 375),
    ("sync-vs-async", "the last of 2,000 waits over 5 s", 2_000 / 375, 5.3),
    ("sync-vs-async", "20/s that wait 5 s hold 100 open", in_flight(20, 5), 100),
    ("sync-vs-async", "400/s hold 2,000", in_flight(400, 5), 2_000),
    ("full-stack-or-api", "Reckon two days each to choose, wire up and document: four weeks", 10 * 2 / 5, 4),
    ("request-lifecycle", "a lazy relation of 300 rows, 1 ms each, the client waits 320 ms", 20 + 300 * 1, 320),
    ("data-layer", "200 books make 201 queries (an *N+1*). At 1 ms each that is 0.2 s", 201 * 0.001, 0.2),
    ("data-layer", "a pool of 15 then serves 75 pages/s", 15 / 0.2, 75),
    ("rendering", "The SPA pays 80 + 250 + 3 × 80", 80 + 250 + 3 * 80, 570),
    ("stateless", "Four hosts with four workers hold sixteen caches", 4 * 4, 16),
    ("stateless", "10 × 4 × 15 = 600", 10 * 4 * (5 + 10), 600),
    ("stateless", "lets 13 instances run at once, so 13 × 60 = 780", surged(10) * 4 * 15, 780),
    ("deployment", "400 requests/s × 0.25 s = 100", in_flight(400, 0.25), 100),
    ("deployment", "our 100 requests in flight fit into two instances", rounds(100, 80), 2),
    (
        "deployment",
        "At a peak of three times our load, 300 environments with a pool of 5 want 1,500",
        3 * 100 * 5,
        1_500,
    ),
    ("deployment", "Four instances of 80 requests, with a pool of 15 each, want 60", rounds(300, 80) * 15, 60),
    ("deployment", "6,500 km (Frankfurt to Virginia) cost at least 65 ms a round trip", round_trip(6_500), 65),
    ("deployment", "five queries in turn, 325 ms", 5 * round_trip(6_500), 325),
    ("choosing", "Five million requests a day are 58/s on average", 5_000_000 / DAY, 58),
    ("choosing", "Peaks of five times that are 290/s", 5 * 58, 290),
    ("choosing", "at 50 ms each, about 15 are in flight", in_flight(290, 0.05), 15),
    (
        "choosing",
        "Growing by 5 % a month, such a peak takes 28 months to become four times as high",
        months(4, growth=0.05),
        28,
    ),
    ("choosing", "1,160 / 1.05³ ≈ 1,000", 1_160 / 1.05**3, 1_000),
    ("choosing", "Our 290/s are 25 months away from that", months(1_000 / 290, growth=0.05), 25),
]


@pytest.mark.parametrize(("lesson", "words", "computed", "about"), SAID, ids=[each[1][:40] for each in SAID])
def test_a_figure_in_a_section_is_computed(lesson: str, words: str, computed: float, about: float) -> None:
    assert words in lessons.said(THEME, lesson)
    assert computed == pytest.approx(about, rel=0.04)


def test_the_two_traces_add_up_and_another_part_leads_in_each() -> None:
    head, *parts, whole = lessons.sample(THEME, "layers", "text").splitlines()
    assert head.split()[-2:] == ["median", "p95"]
    figures = {row.rsplit(None, 4)[0]: [int(each) for each in re.findall(r"(\d+) ms", row)] for row in parts}
    median, slow = zip(*figures.values(), strict=True)
    assert [sum(median), sum(slow)] == [int(each) for each in re.findall(r"(\d+) ms", whole)] == [200, 900]
    leading = [max(figures, key=lambda part: figures[part][column]) for column in (0, 1)]
    assert leading == ["payment API", "SQL"]
    assert sum(slow) - figures["payment API"][1] == 785
    assert lessons.question(THEME, "layers", "median-only").right == "The payment API; the p95 stays above 780 ms"


def test_one_page_is_shown_and_reacts_when_the_table_says_so() -> None:
    trip, script, small, steps = 80, 250, 100, 3
    near, far = trip + steps * 1, trip + script + steps * trip
    rows = dict(re.findall(r"^(.+?) +(\d+ ms +\d+) ms$", lessons.sample(THEME, "rendering", "text"), re.MULTILINE))
    assert {shape: tuple(map(int, row.split(" ms"))) for shape, row in rows.items()} == {
        "server HTML": (near, near),
        "SPA": (far, far),
        "SSR": (near, near + script),
        "components": (near, near + small),
    }
    said = lessons.sections(THEME, "rendering")["The same page four ways"]
    assert "A trip takes 80 ms, the script 250 ms to load and run (100 ms with server components)" in said
    gap = lessons.question(THEME, "rendering", "gap-of-150")
    assert "react after 333 ms and 183 ms" in gap.ask
    assert (gap.right.split()[0], script - small) == ("Script", 150)


def test_what_gains_from_async_is_what_is_open_at_once() -> None:
    asked = lessons.asked(THEME, "sync-vs-async", "open-at-once")
    rated = [re.search(r"([\d,]+) \S+/s, each waiting (\d+) (m?s)", option.text.source) for option in asked.options]
    assert [found is None for found in rated] == [False, False, False, True]
    open_now = [
        in_flight(float(found[1].replace(",", "")), float(found[2]) / (1_000 if found[3] == "ms" else 1))
        for found in rated
        if found
    ]
    assert open_now == [3_000, 50, 90]
    assert [option.right for option in asked.options] == [True, False, False, True]


def test_the_thirty_tickets_are_thirty_and_forms_lead() -> None:
    library = lessons.sections(THEME, "full-stack-or-api")["Clients and tickets choose the shape"]
    piles = [int(each) for each in re.findall(r"(\d+) (?:tickets on forms|on )", library)]
    assert (sum(piles), max(piles)) == (30, 19)
    assert "28 tickets that no second client calls" in library
    clinic = lessons.question(THEME, "full-stack-or-api", "thirty-tickets")
    counted = [int(each) for each in re.findall(r"\d+", clinic.ask)]
    assert (sum(counted) + 1, max(counted)) == (30, 18)  # and one that is told in a word
    assert clinic.right.startswith("Full-stack, since forms lead")


def test_a_megabyte_at_a_byte_every_twenty_seconds_takes_eight_months() -> None:
    """The header limit of Go's server, `DefaultMaxHeaderBytes`, is 1 << 20."""
    months = (1 << 20) * 20 / DAY / 30.4
    assert months == pytest.approx(8, abs=0.1)
    assert "eight months" in lessons.question(THEME, "request-lifecycle", "slow-client").why
