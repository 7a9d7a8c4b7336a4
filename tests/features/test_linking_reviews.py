"""Reviews of somebody who is linked: one memory over two chats, an answer counts once, and a split keeps it all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.core import views
from bot.core.actions import Action
from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.features import commands
from bot.store import tables
from bot.store.cold import links, memories
from bot.store.store import Store
from tests.conftest import Learner, pressed
from tests.features.linked import HERE, THERE, Sides, link, sides
from tests.features.test_practising import choice
from tests.hand_clock import HandClock

LESSON = "backend-architectures/concurrency"


@pytest.fixture
def both(engine: StudyEngine) -> Sides:
    return sides(engine)


async def left(learner: Learner) -> int:
    """How many are still asked today."""
    view = await learner.types("review")
    return view.total - view.position + 1 if isinstance(view, views.QuestionPage) else 0


async def answer(learner: Learner, shelf: Shelf, *, right: bool = True) -> views.View:
    return await learner.does(choice(shelf, await learner.types("review"), right=right))


async def dump(store: Store, *without: str) -> Mapping[str, list[Any]]:
    async with store.reading() as connection:
        return {
            table.name: list((await connection.execute(select(table))).all())
            for table in tables.metadata.sorted_tables
            if table.name not in without
        }


async def due(both: Sides, clock: HandClock) -> None:
    """Both sides have done the same lesson, and a day is over."""
    await both.discord.types(f"done lesson:{LESSON}")
    await both.slack.types(f"done lesson:{LESSON}")
    clock.at += timedelta(days=1)


async def test_what_was_reviewed_in_one_chat_is_not_asked_in_the_other(
    both: Sides, shelf: Shelf, clock: HandClock
) -> None:
    await due(both, clock)
    await link(both)
    assert (await left(both.discord), await left(both.slack)) == (5, 5)
    for learner in (both.discord, both.slack, both.slack):
        await answer(learner, shelf)
    assert (await left(both.discord), await left(both.slack)) == (2, 2)


async def test_two_presses_in_two_chats_at_once_are_one_review(
    both: Sides, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    await due(both, clock)
    await link(both)
    asked = [await each.types("review") for each in (both.discord, both.slack)]
    presses = [choice(shelf, view, right=right) for view, right in zip(asked, (True, False), strict=True)]
    found = await asyncio.gather(both.discord.does(presses[0]), both.slack.does(presses[1]))
    assert {view.right for view in found if isinstance(view, views.Verdict)} in ({True}, {False})
    rows = (await dump(store))["review"]
    assert len(rows) == 1
    assert (await left(both.discord), await left(both.slack)) == (4, 4)


async def test_linking_and_unlinking_changes_no_row_of_either_side(
    both: Sides, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    await due(both, clock)
    for learner, right in ((both.discord, True), (both.slack, False), (both.slack, True)):
        await answer(learner, shelf, right=right)
    before = await dump(store, "link_code")
    clock.at += timedelta(minutes=1)
    await link(both)
    assert len((await dump(store))["joint"]) == 2
    await both.slack.does(commands.Unlink())
    assert await dump(store, "link_code") == before


async def test_a_split_keeps_what_was_reviewed_meanwhile_on_both_sides_and_the_log_with_it(
    both: Sides, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    await due(both, clock)
    await answer(both.slack, shelf)
    clock.at += timedelta(minutes=1)
    await link(both)
    await answer(both.slack, shelf)
    await answer(both.discord, shelf, right=False)
    await both.discord.does(commands.Unlink())
    async with store.reading() as connection:
        kept = {
            seat: ((await memories.all_of(connection, seat))[0], await memories.log_of(connection, seat))
            for seat in (HERE, THERE)
        }
    assert (len(kept[HERE][0]), len(kept[HERE][1])) == (2, 2)
    assert (len(kept[THERE][0]), len(kept[THERE][1])) == (3, 3)
    here, there = ({each.asked: each for each in kept[seat][0]} for seat in (HERE, THERE))
    assert all(there[asked] == each for asked, each in here.items())
    export = await both.discord.types("privacy reviews")
    assert isinstance(export, views.Download)
    assert len(export.content.splitlines()) == 1 + 2


async def test_linked_again_every_answer_counts_once(both: Sides, shelf: Shelf, clock: HandClock, store: Store) -> None:
    await due(both, clock)
    await answer(both.discord, shelf)
    await answer(both.slack, shelf)
    states = []
    for _ in range(2):
        clock.at += timedelta(minutes=1)
        await link(both)
        states.append([row[5:] for row in (await dump(store))["joint"] if row.workspace == HERE.workspace])
        await both.slack.does(commands.Unlink())
    assert states[0] == states[1]


async def test_what_both_answered_before_is_remembered_as_both_logs_say(
    both: Sides, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    await due(both, clock)
    await answer(both.discord, shelf)
    async with store.reading() as connection:
        (alone,), _, _ = await memories.look(connection, HERE, clock.now())
    clock.at = alone.due + timedelta(minutes=1)
    await both.slack.does(commands.EditSettings(reviews=50))
    while isinstance(view := await both.slack.types("review"), views.QuestionPage):
        await both.slack.does(choice(shelf, view, right=True))
    await link(both)
    async with store.reading() as connection:
        found, _, _ = await memories.look(connection, HERE, clock.now(), linked=THERE)
        other, _, _ = await memories.look(connection, THERE, clock.now(), linked=HERE)
    of = [
        max((each for each in rows if each.asked == alone.asked), key=lambda e: (e.strength.last, e.reviews))
        for rows in (found, other)
    ]
    assert of[0] == of[1]
    assert of[0].strength.stability > alone.strength.stability


async def test_a_guess_is_taken_back_where_it_was_pressed(both: Sides, shelf: Shelf, clock: HandClock) -> None:
    await due(both, clock)
    await link(both)
    verdict = await answer(both.slack, shelf)
    guess = pressed(verdict, "I guessed")
    assert "stays as it is" in str(await both.discord.does(guess))
    assert "comes again sooner" in str(await both.slack.does(guess))


async def test_a_snooze_rests_reviews_on_both_sides_and_its_end_brings_both_back(
    both: Sides, shelf: Shelf, clock: HandClock
) -> None:
    await due(both, clock)
    await link(both)
    await answer(both.slack, shelf)
    await both.discord.types("snooze 1 week")
    view = await both.slack.types("review")
    assert isinstance(view, views.Notice)
    assert "Reviews wait until" in view.text
    await both.slack.does(commands.Resume())
    assert (await left(both.discord), await left(both.slack)) == (4, 4)


async def test_the_cap_of_a_day_holds_over_both_chats(both: Sides, shelf: Shelf, clock: HandClock) -> None:
    await both.discord.types("done lesson:backend-architectures/layers")
    await due(both, clock)
    await link(both)
    for learner in (both.discord, both.slack) * 2:
        await answer(learner, shelf)
    assert await left(both.slack) == 1
    await answer(both.discord, shelf)
    assert await left(both.slack) == 0


async def test_home_offers_the_reviews_of_both(both: Sides, clock: HandClock) -> None:
    await both.slack.types(f"done lesson:{LESSON}")
    clock.at += timedelta(days=1)
    await link(both)
    view = await both.discord.does(commands.Home())
    assert any(isinstance(each, Action) and each.label.startswith("Review (5") for each in view.actions)


async def test_a_link_that_ended_meanwhile_is_not_written_through(
    both: Sides, shelf: Shelf, clock: HandClock, store: Store
) -> None:
    await due(both, clock)
    await link(both)
    async with store.transaction() as connection:
        assert await links.hold(connection, HERE) == THERE
        await links.end(connection, HERE)
        assert await links.hold(connection, HERE) is None
    await answer(both.discord, shelf)
    assert (await left(both.discord), await left(both.slack)) == (4, 5)
