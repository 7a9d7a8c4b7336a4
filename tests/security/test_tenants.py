"""Every command, of every role, on every platform, with all the names of another workspace: nothing of it is shown or
changed. Every text that somebody can fill in is bounded.

The other workspace has a row in each table, with a word in it that nobody types. `DUALO_THOROUGH=1` looks after each
command whether a row has changed.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Column, select

from bot.core import views
from bot.core.commands import Channel, Parameter, ParameterKind, Person, Role, Spec
from bot.core.errors import StudyError
from bot.core.ports import Actor, Services
from bot.engine import StudyEngine
from bot.features import commands
from bot.store.cold.workspaces import TENANTS
from bot.store.columns import Instant
from bot.store.store import Store
from tests.features.house import THEME, Front
from tests.hand_clock import HandClock
from tests.security import rows

SECRET, THEIR_PERSON, THEIR_ROLE = "secret-of-theirs", "bea", "their-role"
THOROUGH = bool(os.environ.get("DUALO_THOROUGH"))
SEED = 20_261_128


@dataclass(frozen=True)
class Pair:
    """Two workspaces of one platform, ours and theirs, and a place of theirs as its front end writes it."""

    front: str
    ours: str
    theirs: str
    place: str


ROLES = ["learner", "manager", "on their own"]
PAIRS = [
    Pair("discord", "discord:41", "discord:42", "#4242"),
    Pair("slack", "slack:-:T41", "slack:-:T42", "-:T42:C42"),
    Pair("web", "web:41", "web:42", "web:room-42"),
]


def value(column: Column[object], pair: Pair) -> object:
    """A name where rows are found by it; else the word that nobody types. Nothing is closed, over or gone."""
    if isinstance(column.type, Instant) and column.nullable:
        return None
    if (fitting := rows.of_type(column, flag=True)) is not None:
        return fitting
    known = {
        "workspace": pair.theirs,
        "person": THEIR_PERSON,
        "theme": THEME,
        "lesson": "layers",
        "address": pair.place,
    }
    return known.get(column.name) or (name_in(column) if column.primary_key else SECRET)


def name_in(column: Column[object]) -> str:
    """The same wherever it is meant: a quiz in its own table, and in that of its answers."""
    meant = column.table.name if column.name == "id" else column.name
    return "S77" if meant == "schedule" else f"their-{meant}"


async def rows_of(store: Store, workspace: str) -> Mapping[str, Sequence[object]]:
    async with store.reading() as connection:
        looks = {each.name: select(each).where(each.c.workspace == workspace) for each in TENANTS}
        return {name: (await connection.execute(look)).all() for name, look in looks.items()}


NAMES = sorted({name_in(each) for table in TENANTS for each in table.columns if each.primary_key})
FITTING = {"theme": THEME, "lesson": "layers", "word": "erase", "timezone": "UTC", "time": "09:00", "hour": "09:00"}
"""What leads further than a name would: what is refused at once looks for nothing."""


def filled(spec: Spec, pair: Pair, dice: random.Random) -> Iterator[commands.Command]:
    """The command with what is required alone, and with each of their names in all of its fields."""
    seen = set()
    for name, every in itertools.product(NAMES, (False, True)):
        fields = [each for each in spec.parameters if every or each.required]
        try:
            made = commands.build(spec, {each.name: said(each, name, pair, dice) for each in fields})
        except StudyError:
            continue
        if made not in seen:
            seen.add(made)
            yield made


def said(parameter: Parameter, name: str, pair: Pair, dice: random.Random) -> object:
    match parameter.kind:
        case ParameterKind.CHANNEL:
            return Channel(pair.place)
        case ParameterKind.PERSON:
            return Person(THEIR_PERSON)
        case ParameterKind.ROLE:
            return Role(THEIR_ROLE)
        case ParameterKind.TEXT:
            return FITTING.get(parameter.name, name)[: parameter.longest]
        case ParameterKind.NUMBER:
            return parameter.low or 1
        case ParameterKind.TOGGLE:
            return dice.random() < 0.5
        case _:
            return dice.choice(parameter.choices)


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A file: the same statements go to PostgreSQL."""
    shutil.copy(sqlite_template, tmp_path / "dualo.db")
    return f"sqlite:///{tmp_path / 'dualo.db'}"


@pytest.fixture(params=PAIRS, ids=lambda pair: pair.front)
async def pair(request: pytest.FixtureRequest, store: Store) -> Pair:
    """With a row of theirs in each table."""
    made: Pair = request.param
    async with store.transaction() as connection:
        for table in TENANTS:
            await connection.execute(table.insert().values({each.name: value(each, made) for each in table.columns}))
    return made


@pytest.mark.parametrize("role", ROLES)
async def test_whatever_is_asked_with_names_of_another_workspace_shows_and_changes_nothing_of_it(
    engine: StudyEngine, store: Store, pair: Pair, role: str
) -> None:
    engine.settle(Services({pair.front: Front(name=pair.front)}))
    actor = Actor(pair.ours, "ada", manages=role == "manager", private=role == "on their own")
    dice, before = random.Random(SEED), await rows_of(store, pair.theirs)
    for spec in commands.all_specs():
        for command in filled(spec, pair, dice):
            view = (await engine.handle(command, actor)).view
            assert SECRET not in repr(view), command
            assert "Something broke" not in repr(view), command
        for parameter in (each for each in spec.parameters if each.suggest):
            offers = [await engine.suggest(parameter, typed, actor) for typed in ("", "their", "S7")]
            assert SECRET not in repr(offers), (spec.verb, parameter.name)
        if THOROUGH:
            assert await rows_of(store, pair.theirs) == before, spec.verb
    assert await rows_of(store, pair.theirs) == before


async def test_what_managers_alone_may_do_changes_nothing_for_anybody_else(
    engine: StudyEngine, store: Store, pair: Pair, clock: HandClock
) -> None:
    """Not in their own workspace either, by whatever way the command came."""
    engine.settle(Services({pair.front: Front(name=pair.front)}))
    actor, dice = Actor(pair.theirs, "eve"), random.Random(SEED)
    managing = [spec for spec in commands.all_specs() if spec.who is commands.Who.MANAGERS]
    before = await rows_of(store, pair.theirs)
    for spec in managing:
        for command in filled(spec, pair, dice):
            view = (await engine.handle(command, actor)).view
            assert isinstance(view, views.Notice), command
            assert view.tone is views.Tone.SORRY, command
    assert await rows_of(store, pair.theirs) == before


def texts() -> Iterator[tuple[Spec, Parameter]]:
    for spec in commands.all_specs():
        yield from ((spec, each) for each in spec.parameters if each.kind is ParameterKind.TEXT)


def test_every_text_that_somebody_can_fill_in_is_bounded() -> None:
    tried = 0
    for spec, parameter in texts():
        given = {each.name: said(each, "x", PAIRS[0], random.Random(SEED)) for each in spec.parameters}
        with pytest.raises(StudyError, match="characters long"):
            commands.build(spec, {**given, parameter.name: "x" * (parameter.longest + 1)})
        assert parameter.longest <= 1_000, (spec.verb, parameter.name)
        tried += 1
    assert tried > 50
