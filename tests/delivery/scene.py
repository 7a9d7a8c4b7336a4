"""A delivery that composes in earnest, and a manager beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.core import views
from bot.core.ports import Actor, Services
from bot.core.record import replace
from bot.delivery.composer import Composer
from bot.delivery.courier import Courier
from bot.delivery.message import Cancelled, Message
from bot.delivery.planner import Planner
from bot.delivery.sender import Sender
from bot.domain.course import Shelf
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import Schedule
from bot.domain.workspace import Workspace
from bot.engine import StudyEngine
from bot.packs.library import Library
from bot.store.cold import schedules, workspaces
from tests.conftest import Learner
from tests.delivery.conftest import Stage

HOME, THEME, HERE = "hand:w1", "teach-with-dualo", "#lessons"


@dataclass(slots=True)
class Scene:
    """A delivery that composes in earnest, and a manager beside it."""

    stage: Stage
    library: Library
    composer: Composer
    ada: Learner

    async def add(self, **more: object) -> Schedule:
        rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1))
        made = Schedule(HOME, "S1", THEME, HERE, rule, created_by="ada")
        return await self.stage.add(replace(made, **more))

    async def found(self) -> Schedule:
        async with self.stage.store.reading() as connection:
            found = await schedules.find(connection, HOME, "S1")
        assert isinstance(found, Schedule)
        return found

    async def at(self, moment: datetime) -> None:
        self.stage.clock.at = moment
        await self.stage.tick()

    @property
    def posted(self) -> list[views.View]:
        return [post.view for post in self.stage.platform.posts if "/post/" in post.key]

    @property
    def told(self) -> list[tuple[str, views.View]]:
        return [(post.address, post.view) for post in self.stage.platform.posts if "/alert/" in post.key]

    async def reasons(self) -> list[tuple[str, str]]:
        return [(line.state.value, line.reason) for line in await self.stage.lines(DeliveryKind.POST)]


async def no_nudges(_entry: Entry) -> Message | Cancelled:
    return Cancelled("Nobody is to be reminded.")


async def scene_on(stage: Stage, shelf: Shelf) -> Scene:
    store, clock, platform = stage.store, stage.clock, stage.platform
    library = Library(shelf)
    composer = Composer(store, library, clock, timezone="UTC", nudges=no_nudges)
    stage.sender = Sender(stage.leases, {platform.name: platform}, composer.compose, store=store, clock=clock)
    stage.courier = Courier(stage.leases, stage.sender, sleep=stage.sleep)
    stage.planner = Planner(store, clock, direct=platform.direct)
    engine = StudyEngine(store, library, clock)
    engine.settle(Services({platform.name: platform}))
    async with store.transaction() as connection:
        await workspaces.change(connection, HOME, Workspace(alert_to="@contact"), clock.now())
    return Scene(stage, library, composer, Learner(engine, Actor(HOME, "ada", manages=True, place=HERE)))


def numbers(posted: list[views.View]) -> list[int | str]:
    return [view.number if isinstance(view, views.LessonPost) else type(view).__name__ for view in posted]
