"""What is over is erased, in small steps: by several replicas, after a crash, and never what is not over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.core import views
from bot.core.actions import fill
from bot.core.ports import Actor
from bot.core.record import replace
from bot.domain.course import Key
from bot.domain.learner import Preferences, Seat
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.managing import retention
from bot.store import tables
from bot.store.cold import erasures, learners, weeks, workspaces
from bot.store.cold import retention as stored
from bot.store.cold.erasures import ErasureKind
from bot.store.database import Database
from bot.store.store import Store, opened
from tests.conftest import Learner, pressed
from tests.hand_clock import HandClock

HERE = "slack:-:T1"
YEAR = 365


class Killed(Exception):
    """The process ended."""


class Fuse:
    """Ends the process after so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self, _name: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


async def learn(store: Store, person: str, clock: HandClock, *, workspace: str = HERE) -> None:
    async with store.transaction() as connection:
        seat = Seat(workspace, person)
        await learners.follow(connection, seat, "backend-architectures", clock.now())
        done = {**seat._asdict(), "theme": "t", "lesson": "l", "at": clock.now(), "how": "learner", "digest": ""}
        await connection.execute(tables.completion.insert().values(done))


async def limit(store: Store, clock: HandClock, *, away: int, workspace: str = HERE) -> None:
    async with store.transaction() as connection:
        home = await workspaces.find(connection, workspace)
        await workspaces.change(connection, workspace, replace(home, away_days=away), clock.now())


async def learning(store: Store) -> list[str]:
    async with store.reading() as connection:
        found = await connection.execute(select(tables.completion.c.person).order_by(tables.completion.c.person))
        return list(found.scalars())


async def rows(store: Store, workspace: str = HERE) -> int:
    total = 0
    async with store.reading() as connection:
        for table in workspaces.TENANTS:
            counted = select(func.count()).select_from(table).where(table.c.workspace == workspace)
            total += (await connection.execute(counted)).scalar_one()
    return total


def admin(engine: StudyEngine) -> Learner:
    return Learner(engine, Actor(HERE, "boss", manages=True))


# People who stay away -------------------------------------------------------------------------------------------------


async def test_who_stays_away_too_long_is_erased_and_who_did_anything_since_is_not(
    store: Store, clock: HandClock
) -> None:
    await limit(store, clock, away=YEAR)
    for person in ("away", "back"):
        await learn(store, person, clock)
    clock.at += timedelta(days=200)
    async with store.transaction() as connection:
        await learners.follow(connection, Seat(HERE, "back"), "another", clock.now())
    clock.at += timedelta(days=164)
    assert await retention.erase_away(store, clock.now()) == 0
    clock.at += timedelta(days=2)
    assert await retention.erase_away(store, clock.now()) == 1
    assert await learning(store) == ["back"]


async def test_nobody_is_erased_where_staying_away_has_no_end(store: Store, clock: HandClock) -> None:
    await limit(store, clock, away=0)
    await learn(store, "ada", clock)
    await learn(store, "bob", clock, workspace="web")
    clock.at += timedelta(days=4_000)
    assert await retention.erase_away(store, clock.now()) == 0
    assert await learning(store) == ["ada", "bob"]


async def test_a_choice_counts_as_a_sign_of_life_and_a_pause_is_kept(store: Store, clock: HandClock) -> None:
    await limit(store, clock, away=YEAR)
    for person, chosen in (("chose", Preferences(language="en")), ("paused", Preferences(paused=True))):
        async with store.transaction() as connection:
            await learners.set_preferences(connection, Seat(HERE, person), chosen, clock.now())
    clock.at += timedelta(days=100)
    assert await retention.erase_away(store, clock.now()) == 0
    clock.at += timedelta(days=300)
    assert await retention.erase_away(store, clock.now()) == 1
    async with store.reading() as connection:
        assert list((await connection.execute(select(tables.learner.c.person))).scalars()) == ["paused"]


async def test_whoever_asked_for_a_rest_is_not_away_in_it(store: Store, clock: HandClock) -> None:
    await limit(store, clock, away=30)
    await learn(store, "ada", clock)
    today = clock.now().date()
    async with store.transaction() as connection:
        await weeks.snooze(connection, Seat(HERE, "ada"), today + timedelta(days=100), today=today)
    for days, gone in ((120, 0), (20, 1)):
        clock.at += timedelta(days=days)
        assert await retention.erase_away(store, clock.now()) == gone, days


async def test_what_arrives_between_looking_and_deleting_stays(store: Store, clock: HandClock) -> None:
    await learn(store, "ada", clock)
    old = clock.now() + timedelta(hours=1)
    clock.at += timedelta(days=YEAR)
    async with store.transaction() as connection:
        await learners.save(connection, Seat(HERE, "ada"), _key(), clock.now())
        await stored.erase_people(connection, HERE, ["ada"], before=old)
        left = [table.name for table in tables.personal if (await connection.execute(select(table))).first()]
    assert left == ["saved"]


def _key() -> Key:
    return Key("t", "l")


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_after_a_crash_the_next_run_erases_the_rest(store: Store, clock: HandClock, steps: int) -> None:
    await limit(store, clock, away=YEAR)
    crowd = [f"p{number:03}" for number in range(45)]
    for person in crowd:
        await learn(store, person, clock)
    clock.at += timedelta(days=YEAR + 1)
    await learn(store, "here", clock)
    with pytest.raises(Killed):
        await retention.erase_away(store, clock.now(), checkpoint=Fuse(steps))
    assert len(await learning(store)) == 46 - retention.PEOPLE * (steps + 1)
    await retention.erase_away(store, clock.now())
    assert await learning(store) == ["here"]
    async with store.reading() as connection:
        known = {each.mark for each in await erasures.every(connection)}
    assert known == {erasures.mark(HERE, person) for person in crowd}


async def test_a_workspace_that_changes_its_mind_in_the_middle_keeps_the_rest(store: Store, clock: HandClock) -> None:
    await limit(store, clock, away=YEAR)
    for number in range(25):
        await learn(store, f"p{number:02}", clock)
    clock.at += timedelta(days=YEAR + 1)
    with pytest.raises(Killed):
        await retention.erase_away(store, clock.now(), checkpoint=Fuse(0))
    await limit(store, clock, away=0)
    assert await retention.erase_away(store, clock.now()) == 0
    assert len(await learning(store)) == 25 - retention.PEOPLE


@pytest.fixture
async def replicas(postgres_url: str) -> AsyncIterator[Sequence[Store]]:
    async with opened(Database(postgres_url)) as one, opened(Database(postgres_url)) as other:
        yield one, other


@pytest.mark.postgres
async def test_two_replicas_erase_side_by_side(replicas: Sequence[Store], clock: HandClock) -> None:
    store = replicas[0]
    await limit(store, clock, away=YEAR)
    await limit(store, clock, away=0, workspace="slack:-:T2")
    for number in range(60):
        await learn(store, f"p{number:02}", clock)
        await learn(store, f"p{number:02}", clock, workspace="slack:-:T2")
    async with store.transaction() as connection:
        await workspaces.left(connection, "slack:-:T2", clock.now())
    clock.at += timedelta(days=YEAR + 1)
    gone = await asyncio.gather(*(retention.keep_house(each, clock.now()) for each in replicas))
    assert sum(gone) == 1
    assert await learning(store) == []
    assert await rows(store, "slack:-:T2") == 0


# Workspaces that left -------------------------------------------------------------------------------------------------


async def leave(store: Store, clock: HandClock, *, people: int) -> None:
    await limit(store, clock, away=0)
    for number in range(people):
        await learn(store, f"p{number:02}", clock)
    async with store.transaction() as connection:
        for name in ("install:-:T1", "install:-:T11", "welcomed:-:T1", f"picture:{HERE}:abc"):
            kept = {"owner": "slack", "name": name, "value": "xoxb-1", "at": clock.now()}
            await connection.execute(tables.vault.insert().values(kept))
        await workspaces.left(connection, HERE, clock.now())
    clock.at += timedelta(days=31)


@pytest.mark.parametrize("steps", [0, 2, 5])
async def test_a_departed_workspace_is_erased_whole_whenever_the_process_ends(
    store: Store, clock: HandClock, steps: int
) -> None:
    await leave(store, clock, people=25)
    with pytest.raises(Killed):
        await retention.erase_departed(store, clock.now(), checkpoint=Fuse(steps))
    assert await rows(store) > 0
    assert await retention.erase_departed(store, clock.now()) == 1
    assert await rows(store) == 0
    async with store.reading() as connection:
        assert list((await connection.execute(select(tables.vault.c.name))).scalars()) == ["install:-:T11"]
        assert [each.kind for each in await erasures.every(connection)] == [ErasureKind.DEPARTED]


async def test_a_workspace_that_comes_back_in_the_middle_keeps_the_people_that_are_left_whole(
    store: Store, clock: HandClock
) -> None:
    await leave(store, clock, people=25)
    with pytest.raises(Killed):
        await retention.erase_departed(store, clock.now(), checkpoint=Fuse(0))
    async with store.transaction() as connection:
        await workspaces.joined(connection, HERE, clock.now())
    assert await retention.erase_departed(store, clock.now()) == 0
    left = await learning(store)
    assert len(left) == 25 - retention.PEOPLE
    async with store.reading() as connection:
        assert sorted((await connection.execute(select(tables.follow.c.person))).scalars()) == left


# The setting ----------------------------------------------------------------------------------------------------------


async def test_retention_is_set_in_its_form_and_told_to_each(engine: StudyEngine) -> None:
    form = await admin(engine).does(commands.EditRetention())
    assert isinstance(form, views.FormPage)
    assert {field.name: field.value for field in form.form.fields} == {"removed": "30", "away": "0"}
    page = await admin(engine).does(fill(form.form.token, {"removed": "7", "away": "365"}))
    assert isinstance(page, views.Listing)
    facts = {fact.name: fact.values for fact in page.items[0].facts}
    assert facts["Data stays"] == (
        "7 days after Dualo is removed; what somebody learned, 365 days after they last did anything",
    )
    privacy = await Learner(engine, Actor(HERE, "ada")).types("privacy")
    assert isinstance(privacy, views.PrivacyPage)
    assert "If you do nothing here for 365 days" in privacy.promise


async def test_a_form_that_knows_nothing_of_retention_leaves_it_as_it_is(engine: StudyEngine, store: Store) -> None:
    await admin(engine).does(commands.EditRetention(removed=7, away=100))
    await admin(engine).does(commands.EditWorkspace(timezone="Europe/Paris"))
    async with store.reading() as connection:
        home = await workspaces.find(connection, HERE)
    assert (home.retention_days, home.away_days) == (7, 100)


async def test_an_end_of_less_than_a_month_is_refused(engine: StudyEngine, store: Store) -> None:
    said = await admin(engine).does(commands.EditRetention(away=29))
    assert isinstance(said, views.Notice)
    assert said.tone is views.Tone.SORRY
    async with store.reading() as connection:
        assert (await workspaces.find(connection, HERE)).away_days == 0


async def test_whoever_would_go_at_once_is_counted_before_it_is_set(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await learn(store, "ada", clock)
    clock.at += timedelta(days=40)
    said = await admin(engine).does(commands.EditRetention(away=30))
    assert isinstance(said, views.Notice)
    assert said.text == "This would erase what 1 person learned here."
    async with store.reading() as connection:
        assert (await workspaces.find(connection, HERE)).away_days == 0
    await admin(engine).does(pressed(said, "Erase them"))
    await engine.keep_house()
    assert await learning(store) == []


async def test_only_who_manages_sets_retention(engine: StudyEngine, store: Store) -> None:
    await Learner(engine, Actor(HERE, "eve")).does(commands.EditRetention(removed=1, away=30))
    async with store.reading() as connection:
        assert (await workspaces.find(connection, HERE)).retention_days == 30
