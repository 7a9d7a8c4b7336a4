"""Weeks kept: by lessons and reviews, in the learner's own zone, and never against anybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import blocks, layout, pictures, views
from bot.core.layout import weeks as drawn
from bot.core.ports import Actor
from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.features.learning import weeks
from bot.features.learning.weeks import Activity, Snoozed
from bot.store.store import Store
from tests.conftest import Learner
from tests.features.test_practising import choice
from tests.features.test_reporting import complete
from tests.hand_clock import HandClock

ZONES = ("UTC", "Europe/Paris", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe")
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)

zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(0, 400 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds))
some = st.lists(moments, max_size=30)
days = st.dates(date(2026, 3, 1), date(2026, 11, 5))


def quarters(given: Sequence[datetime]) -> dict[datetime, int]:
    """Reviews as the store counts them."""
    found: dict[datetime, int] = {}
    for each in given:
        quarter = each.replace(minute=each.minute // 15 * 15, second=0, microsecond=0)
        found[quarter] = found.get(quarter, 0) + 1
    return found


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@given(zones, some, some)
def test_a_week_is_kept_if_its_own_seven_local_days_hold_a_lesson_or_a_review(
    zone: ZoneInfo, lessons: list[datetime], reviews: list[datetime]
) -> None:
    shown = weeks.recent(Activity(lessons, quarters(reviews)), NOW, zone=zone)
    for week in shown:
        first, after = midnight(week.start, zone), midnight(week.start + timedelta(days=7), zone)
        counted = tuple(sum(first <= each < after for each in done) for done in (lessons, reviews))
        assert (week.start.weekday(), week.lessons, week.reviews) == (0, *counted)
        assert week.kept is any(counted)


@given(zones, some, some)
def test_weeks_follow_one_another_up_to_the_running_one(
    zone: ZoneInfo, lessons: list[datetime], reviews: list[datetime]
) -> None:
    done = Activity(lessons, quarters(reviews))
    starts = [week.start for week in weeks.recent(done, NOW, zone=zone)]
    assert starts == [starts[0] + timedelta(weeks=at) for at in range(26)]
    assert starts[-1] <= NOW.astimezone(zone).date() < starts[-1] + timedelta(days=7)
    every = weeks.recent(done, NOW, zone=zone, shown=80)
    assert weeks.kept(done, zone=zone) == sum(week.kept for week in every)


@given(zones, some, days, st.integers(1, 40))
def test_rest_takes_nothing_away_and_makes_its_own_weeks_neutral(
    zone: ZoneInfo, lessons: list[datetime], first: date, length: int
) -> None:
    rest = Snoozed(first, first + timedelta(days=length))
    plain, rested = Activity(lessons), Activity(lessons, snoozes=[rest])
    assert weeks.kept(plain, zone=zone) == weeks.kept(rested, zone=zone)
    resting = {first + timedelta(days=at) for at in range(length)}
    for before, after in zip(*(weeks.recent(each, NOW, zone=zone) for each in (plain, rested)), strict=True):
        own = {after.start + timedelta(days=at) for at in range(7)}
        assert (after.kept, after.paused) == (before.kept, bool(own & resting))


@given(zones, st.lists(moments, min_size=1, max_size=9))
def test_no_week_before_somebody_began_is_open(zone: ZoneInfo, lessons: list[datetime]) -> None:
    shown = weeks.recent(Activity(lessons), NOW, zone=zone)
    began = min(each.astimezone(zone).date() for each in lessons)
    assert [week.start for week in shown if week.before] == [
        week.start for week in shown if week.start + timedelta(days=7) <= began
    ]
    assert not any(week.kept for week in shown if week.before)


@pytest.mark.parametrize(
    ("zone", "sunday", "monday"),
    [
        ("Europe/Paris", datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
        ("Europe/Paris", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 9, 3, 59, tzinfo=UTC), datetime(2026, 3, 9, 4, 0, tzinfo=UTC)),
    ],
)
def test_the_week_ends_at_local_midnight_on_the_days_on_which_clocks_change(
    zone: str, sunday: datetime, monday: datetime
) -> None:
    starts = [weeks.monday(each, ZoneInfo(zone)) for each in (sunday, monday)]
    assert starts[1] - starts[0] == timedelta(days=7)


# As a learner sees them ----------------------------------------------------------------------------------------------


async def of(learner: Learner) -> tuple[views.Week, ...]:
    page = await learner.types("progress")
    assert isinstance(page, views.ProgressPage)
    return page.weeks


async def test_a_review_alone_keeps_its_week(ada: Learner, shelf: Shelf, clock: HandClock) -> None:
    await ada.types("done lesson:backend-architectures/concurrency")
    clock.at += timedelta(days=14)
    verdict = await ada.does(choice(shelf, await ada.types("review"), right=True))
    assert isinstance(verdict, views.Verdict)
    began, between, now = (await of(ada))[-3:]
    assert [(week.lessons, week.reviews) for week in (began, between, now)] == [(1, 0), (0, 0), (0, 1)]
    assert [week.kept for week in (began, between, now)] == [True, False, True]


async def test_a_snooze_that_is_over_leaves_its_weeks_neutral(ada: Learner, clock: HandClock) -> None:
    await ada.types("done lesson:backend-architectures/layers")
    clock.at += timedelta(days=7)
    await ada.types("snooze 2 weeks")
    clock.at += timedelta(days=28)
    assert [week.paused for week in (await of(ada))[-6:]] == [False, True, True, False, False, False]


async def test_resuming_ends_a_snooze_that_day(ada: Learner, clock: HandClock) -> None:
    await ada.types("done lesson:backend-architectures/layers")
    await ada.types("snooze 8 weeks")
    clock.at += timedelta(days=8)
    await ada.presses(await ada.types("review"), "Resume now")
    clock.at += timedelta(days=28)
    assert [week.paused for week in (await of(ada))[-6:]] == [True, True, False, False, False, False]


async def test_a_week_stays_kept_when_its_theme_is_taught_no_more(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await complete(store, people=1, at=clock.now(), lesson="gone-since")
    learner = Learner(engine, Actor("web", "p0"))
    await learner.types("done lesson:backend-architectures/layers")
    assert (await of(learner))[-1].lessons == 2


# The picture ---------------------------------------------------------------------------------------------------------

WEEKS = tuple(
    views.Week(date(2026, 6, 1) + timedelta(weeks=at), at % 3, 120 if at == 25 else 0, paused=at == 6, before=at < 2)
    for at in range(26)
)


def test_every_state_has_a_shape_of_its_own() -> None:
    monday = date(2026, 6, 1)
    states = (
        views.Week(monday, 1),
        views.Week(monday, 0),
        views.Week(monday, 0, paused=True),
        views.Week(monday, 0, before=True),
    )
    shapes = []
    for state in states:
        body = drawn.drawing((state, views.Week(monday + timedelta(weeks=1), 0))).body.decode()
        shapes.append(re.sub(r' (?:fill|stroke)="#\w+"', "", body))
    assert len(set(shapes)) == len(states)


def test_the_number_of_a_week_is_what_was_done_in_it() -> None:
    body = drawn.drawing(WEEKS).body.decode()
    said = re.findall(r'text-anchor="middle">([^<]+)<', body)
    assert said == [str(week.lessons) for week in WEEKS[:-1] if week.kept] + ["99+"]


def test_the_words_of_the_picture_tell_every_tile() -> None:
    page = layout.page(views.ProgressPage((), 17, WEEKS, ()), views.Reader())
    (picture,) = [each for each in page.blocks if isinstance(each, blocks.Picture)]
    told = [str(week.done) if week.kept or not week.paused else "snoozed" for week in WEEKS if not week.before]
    assert "The last 26 weeks: 17 kept, 1 snoozed." in picture.alt
    assert f"from 15 Jun on: {', '.join(told)}." in picture.alt
    plain = layout.page(views.ProgressPage((), 17, WEEKS, ()), views.Reader(plain=True))
    assert picture.alt in str(plain.blocks)


def test_nothing_is_listed_before_there_is_anything() -> None:
    empty = tuple(views.Week(date(2026, 6, 1) + timedelta(weeks=at), 0, before=at < 25) for at in range(26))
    page = layout.page(views.ProgressPage((), 0, empty, ()), views.Reader(plain=True))
    assert "The last 26 weeks: 0 kept. This week: nothing yet." in str(page.blocks)


def test_the_picture_can_be_drawn_of_any_number_of_weeks() -> None:
    for many in (1, 2, 25, 26):
        assert (pictures.png(drawn.drawing(WEEKS[:many])) or b"").startswith(b"\x89PNG")


async def test_the_weeks_can_be_had_as_a_picture_in_a_file(ada: Learner) -> None:
    await ada.types("done lesson:backend-architectures/layers")
    file = await ada.presses(await ada.types("progress"), "Weeks as a picture")
    assert isinstance(file, views.Download)
    assert (file.mime, file.content[:4]) == ("image/png", b"\x89PNG")
