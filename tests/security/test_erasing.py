"""Who erased everything is written to no more, and no cell of any table holds their id; before, it is handed out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core import views
from bot.core.ports import Actor, Services
from bot.core.record import replace
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry
from bot.engine import StudyEngine
from bot.features import commands
from bot.store import migrate, tables
from bot.store.cold import privacy, workspaces
from bot.store.database import Database
from bot.store.outbox import alerts, entries
from bot.store.store import Store, opened
from tests.conftest import Learner
from tests.features.house import Front
from tests.hand_clock import HandClock


@dataclass(frozen=True)
class Place:
    """Somebody on one platform, as its front end writes workspaces, people and addresses."""

    workspace: str
    person: str
    direct: str
    channel: str


PLACES = [
    Place("discord:900", "7771", "@7771/900", "#7772"),
    Place("slack:-:T1", "U77", "-:T1:U77", "-:T1:C77"),
    Place("web", "ada", "web:person:ada", "web:room"),
]


async def told(store: Store, place: Place, address: str, now: HandClock) -> None:
    """An alert contact at the address, with one message sent and one to come, and the rates of the address."""
    async with store.transaction() as connection:
        home = await workspaces.find(connection, place.workspace)
        await workspaces.change(connection, place.workspace, replace(home, alert_to=address), now.now())
        for number in range(2):
            key = DeliveryKey(place.workspace, "", f"cause {number}", DeliveryKind.ALERT, now.now().date())
            await entries.plan(connection, [Entry(key, now.now(), now.now() + timedelta(days=1), address)])
        sent = tables.delivery.update().where(tables.delivery.c.schedule == "cause 0")
        await connection.execute(sent.values(message=f"{address}#1", state="sent"))
        await connection.execute(tables.lane.insert().values(workspace=place.workspace, name=address, front="x"))


async def held(store: Store, word: str) -> list[str]:
    async with store.reading() as connection:
        found = {each.name: (await connection.execute(select(each))).all() for each in tables.metadata.sorted_tables}
    return [name for name, rows in found.items() if word in str(rows)]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.workspace)
async def test_after_erasing_no_cell_of_any_table_holds_the_id(
    engine: StudyEngine, store: Store, clock: HandClock, place: Place
) -> None:
    engine.settle(Services({place.workspace.partition(":")[0]: Front(name=place.workspace.partition(":")[0])}))
    await told(store, place, place.direct, clock)
    learner = Learner(engine, Actor(place.workspace, place.person, manages=True))
    await learner.does(commands.EditContacts(manager=commands.Person(place.person)))
    assert set(await held(store, place.person)) >= {"workspace", "delivery", "lane"}
    export = await learner.types("privacy export")
    assert isinstance(export, views.Download)
    rows = json.loads(export.content)["rows"]
    assert rows["workspace"] == [{"told_of_failures": place.direct}, {"manager": place.person}]
    assert [row["address"] for row in rows["delivery"]] == [place.direct] * 2
    await learner.does(commands.Erase(word="erase"))
    assert await held(store, place.person) == []
    async with store.transaction() as connection:
        assert not await alerts.any_untold(connection)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.workspace)
async def test_a_channel_is_still_told_after_somebody_erased_everything(
    engine: StudyEngine, store: Store, clock: HandClock, place: Place
) -> None:
    await told(store, place, place.channel, clock)
    await Learner(engine, Actor(place.workspace, place.person)).does(commands.Erase(word="erase"))
    async with store.reading() as connection:
        assert (await workspaces.find(connection, place.workspace)).alert_to == place.channel
        assert len((await connection.execute(select(tables.delivery))).all()) == 2


async def test_another_whose_id_begins_with_theirs_stays(engine: StudyEngine, store: Store, clock: HandClock) -> None:
    await told(store, PLACES[0], PLACES[0].direct, clock)
    await Learner(engine, Actor(PLACES[0].workspace, "777")).does(commands.Erase(word="erase"))
    assert set(await held(store, "7771")) == {"workspace", "delivery", "lane"}


async def test_what_was_erased_is_overwritten_in_the_file(tmp_path: Path, clock: HandClock) -> None:
    file, words = tmp_path / "dualo.db", "a mistake told in words that nobody else would choose"

    def written() -> bool:
        return words.encode() in b"".join(each.read_bytes() for each in tmp_path.iterdir())

    for step in ("said", "erased"):
        database = Database(f"sqlite:///{file}")
        await migrate.upgrade(database)
        async with opened(database) as store, store.transaction() as connection:
            seat = Seat("web", "ada")
            if step == "said":
                row = {
                    **seat._asdict(),
                    "id": "m1",
                    "theme": "t",
                    "lesson": "l",
                    "digest": "d",
                    "what": words,
                    "at": clock.now(),
                }
                await connection.execute(tables.mistake.insert().values(row))
            else:
                await privacy.erase(connection, seat, at=clock.now())
        assert written() == (step == "said")
