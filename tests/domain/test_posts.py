"""Which lesson a date carries: nothing is dropped, nothing comes twice, and the last word is said once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.record import replace
from bot.domain import posts
from bot.domain.course import Lesson, Theme
from bot.domain.posts import Carries, Closes, DeliveryState, Plan, PlanEnded, PostedDate, Rest, Rests
from bot.domain.recurrence import Occurrence, Rule, Weekday

ZONE = "Europe/Berlin"
MONDAYS = Plan(Rule(frozenset({Weekday.MON}), time(9), zone=ZONE, start=date(2026, 11, 2)))
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


def theme(*ids: str, aliases: tuple[str, ...] = ()) -> Theme:
    lessons = tuple(
        Lesson("t", id, number, id.title(), "", (), (), (), aliases if number == 1 else ())
        for number, id in enumerate(ids, 1)
    )
    return Theme("t", "🧪", "T", "", "en", "MIT", lessons)


ABC = theme("a", "b", "c")


def monday(week: int) -> date:
    """The first, second … Monday of the plan."""
    return date(2026, 11, 2) + timedelta(weeks=week - 1)


def sent(week: int, lesson: str, state: DeliveryState = DeliveryState.SENT) -> PostedDate:
    return PostedDate(monday(week), state, lesson)


def told(
    plan: Plan, rows: Sequence[PostedDate] = (), *, of: Theme = ABC, after: datetime = BEFORE
) -> list[tuple[date, str]]:
    """The agenda in short."""
    return [(stop.occurrence.local_date, _short(stop.content)) for stop in posts.agenda(plan, of, rows, after=after)]


def _short(content: posts.Content | PlanEnded) -> str:
    match content:
        case Carries(lesson, _):
            return lesson.id
        case Closes():
            return "closes"
        case Rests(rest, name):
            return f"{rest}: {name}" if name else str(rest)
        case PlanEnded():
            return "ended"


def on(week: int, rows: Sequence[PostedDate] = (), *, plan: Plan = MONDAYS, of: Theme = ABC) -> str:
    return _short(posts.carried(plan, of, rows, monday(week)))


def test_lessons_follow_one_another_and_a_closing_post_ends_them() -> None:
    assert told(MONDAYS) == [(monday(1), "a"), (monday(2), "b"), (monday(3), "c"), (monday(4), "closes")]


def test_a_post_knows_its_number_among_how_many() -> None:
    assert posts.carried(MONDAYS, ABC, [sent(1, "a")], monday(2)) == Carries(ABC.lessons[1], 3)
    assert ABC.lessons[1].number == 2


def test_a_lesson_moves_with_a_holiday_rather_than_being_dropped() -> None:
    plan = replace(MONDAYS, holiday={monday(2): "Boxing Day"}.get)
    assert told(plan) == [
        (monday(1), "a"),
        (monday(2), "holiday: Boxing Day"),
        (monday(3), "b"),
        (monday(4), "c"),
        (monday(5), "closes"),
    ]


def test_a_skip_drops_one_date_only() -> None:
    assert [each for _, each in told(replace(MONDAYS, skipped=frozenset({monday(1)})))] == [
        *("skipped", "a", "b", "c", "closes")
    ]


def test_a_pause_rests_until_its_date() -> None:
    assert [each for _, each in told(replace(MONDAYS, paused_until=monday(3)))] == [
        *("paused", "paused", "a", "b", "c", "closes")
    ]


def test_the_closing_post_too_waits_for_a_holiday() -> None:
    plan = replace(MONDAYS, holiday={monday(4): "X"}.get)
    assert told(plan)[-2:] == [(monday(4), "holiday: X"), (monday(5), "closes")]


def test_the_posts_alone_leave_out_the_rests() -> None:
    plan = replace(MONDAYS, skipped=frozenset({monday(1), monday(3)}))
    stops = posts.posts(posts.agenda(plan, ABC, (), after=BEFORE))
    assert [stop.occurrence.local_date for stop in islice(stops, 3)] == [monday(2), monday(4), monday(5)]


@pytest.mark.parametrize(
    ("state", "next_one"),
    [
        (DeliveryState.SENT, "b"),
        (DeliveryState.LATE, "b"),
        (DeliveryState.CLAIMED, "b"),
        (DeliveryState.SKIPPED, "a"),
        (DeliveryState.FAILED, "a"),
        (DeliveryState.PLANNED, "a"),
    ],
)
def test_a_lesson_moves_on_only_if_it_is_not_out(state: DeliveryState, next_one: str) -> None:
    assert next_one == on(2, [sent(1, "a", state)])


def test_what_is_under_way_stays_the_same_lesson_on_another_try() -> None:
    assert on(1, [sent(1, "b", DeliveryState.CLAIMED)]) == "b"
    closing = PostedDate(monday(4), DeliveryState.CLAIMED, closing=True)
    assert on(4, [sent(1, "a"), sent(2, "b"), sent(3, "c"), closing]) == "closes"


def test_what_is_under_way_goes_out_even_if_the_date_became_a_rest() -> None:
    assert on(1, [sent(1, "a", DeliveryState.CLAIMED)], plan=replace(MONDAYS, skipped=frozenset({monday(1)}))) == "a"


def test_a_post_out_of_turn_brings_the_next_lesson_forward_and_leaves_the_dates_alone() -> None:
    wednesday = PostedDate(date(2026, 11, 4), DeliveryState.SENT, "a")
    assert told(MONDAYS, [wednesday], after=datetime(2026, 11, 4, 12, tzinfo=UTC)) == [
        (monday(2), "b"),
        (monday(3), "c"),
        (monday(4), "closes"),
    ]


def test_a_date_that_is_over_is_not_to_come() -> None:
    early = datetime(2026, 11, 2, 6, tzinfo=UTC)
    for over in (DeliveryState.SENT, DeliveryState.LATE, DeliveryState.SKIPPED, DeliveryState.FAILED):
        assert told(MONDAYS, [sent(1, "a", over)], after=early)[0][0] == monday(2)
    assert told(MONDAYS, [sent(1, "a", DeliveryState.CLAIMED)], after=early)[0] == (monday(1), "a")


def test_after_the_closing_post_nothing_comes() -> None:
    rows = [sent(1, "a"), sent(2, "b"), sent(3, "c"), PostedDate(monday(4), DeliveryState.SENT, closing=True)]
    assert on(5, rows) == "ended"
    assert told(MONDAYS, rows) == []


def test_a_closing_post_that_failed_comes_again() -> None:
    rows = [sent(1, "a"), sent(2, "b"), sent(3, "c"), PostedDate(monday(4), DeliveryState.FAILED, closing=True)]
    assert on(5, rows) == "closes"


def test_a_plan_that_ends_first_has_no_closing_post() -> None:
    plan = replace(MONDAYS, rule=replace(MONDAYS.rule, until=monday(2)))
    assert told(plan) == [(monday(1), "a"), (monday(2), "b")]


# The theme changes meanwhile


def test_a_plan_may_begin_in_the_middle() -> None:
    assert [each for _, each in told(replace(MONDAYS, start_at="b"))] == ["b", "c", "closes"]


def test_a_lesson_under_a_new_id_is_not_posted_again() -> None:
    assert on(2, [sent(1, "old")], of=theme("a", "b", aliases=("old",))) == "b"
    assert on(1, plan=replace(MONDAYS, start_at="old"), of=theme("a", "b", aliases=("old",))) == "a"


def test_a_lesson_that_is_gone_leaves_no_hole() -> None:
    assert on(3, [sent(1, "a"), sent(2, "gone")]) == "b"


def test_a_lesson_put_in_later_is_posted_too() -> None:
    assert on(4, [sent(1, "a"), sent(2, "b"), sent(3, "c")], of=theme("a", "new", "b", "c")) == "new"


def test_a_plan_whose_first_lesson_is_gone_goes_on_from_where_it_began() -> None:
    plan = replace(MONDAYS, start_at="gone")
    assert on(3, [sent(1, "gone"), sent(2, "b")], plan=plan) == "c"
    assert on(1, plan=plan) == "a"


def test_a_theme_without_lessons_closes_at_once() -> None:
    assert on(1, of=theme()) == "closes"


# The post's own words


def test_a_post_names_the_next_one_past_its_rests() -> None:
    plan = replace(MONDAYS, skipped=frozenset({monday(2)}))
    first = Occurrence(monday(1), datetime(2026, 11, 2, 8, tzinfo=UTC))
    following = posts.following(plan, ABC, (), first, Carries(ABC.lessons[0], 3))
    assert following is not None
    assert (monday(3), "b") == (following.occurrence.local_date, _short(following.content))


def test_the_last_lesson_is_followed_by_the_closing_post_and_that_by_nothing() -> None:
    rows = [sent(1, "a"), sent(2, "b")]
    third = Occurrence(monday(3), datetime(2026, 11, 16, 8, tzinfo=UTC))
    following = posts.following(MONDAYS, ABC, rows, third, Carries(ABC.lessons[2], 3))
    assert following is not None
    assert following.content == Closes()
    assert posts.following(MONDAYS, ABC, rows, third, Closes()) is None


def test_a_post_s_week_ends_a_week_later_at_the_same_hour() -> None:
    rule = replace(MONDAYS.rule, start=date(2027, 3, 22))
    assert posts.week_ends(date(2027, 3, 22), rule) == datetime(2027, 3, 29, 7, tzinfo=UTC)


def test_a_count_is_named_from_five() -> None:
    assert [posts.is_counted(done) for done in (0, 4, 5, 100)] == [False, False, True, True]


# What always holds


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 8),
    st.lists(
        st.sampled_from(
            [DeliveryState.SENT, DeliveryState.LATE, DeliveryState.FAILED, DeliveryState.SKIPPED, "holiday", "skip"]
        ),
        max_size=30,
    ),
)
def test_whatever_happens_every_lesson_comes_once_in_order_and_then_the_end(
    count: int, fate: list[DeliveryState | str]
) -> None:
    """Live through it week by week; what happens to each date is drawn."""
    course = theme(*(f"l{number}" for number in range(count)))
    rows: list[PostedDate] = []
    out: list[str] = []
    for week, happens in enumerate([*fate, *[DeliveryState.SENT] * (count + 2)], 1):
        plan = replace(
            MONDAYS,
            holiday=dict.fromkeys([monday(week)] if happens == "holiday" else (), "X").get,
            skipped=frozenset({monday(week)} if happens == "skip" else ()),
        )
        content = posts.carried(plan, course, rows, monday(week))
        if isinstance(content, Rests):
            rows.append(PostedDate(monday(week), DeliveryState.SKIPPED))
        elif not isinstance(content, PlanEnded):
            state = happens if isinstance(happens, DeliveryState) else DeliveryState.SENT
            lesson = content.lesson.id if isinstance(content, Carries) else ""
            rows.append(PostedDate(monday(week), state, lesson, closing=isinstance(content, Closes)))
            out += [_short(content)] * state.holds
    assert out == [*(lesson.id for lesson in course.lessons), "closes"]


def test_the_kinds_of_rest_are_said_in_a_word() -> None:
    assert [str(each) for each in Rest] == ["holiday", "skipped", "paused"]
