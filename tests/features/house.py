"""A front end that only says where things would go, and those who manage the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core import actions, views
from bot.core.ports import Actor, Check, Delivered, Outcome, Services
from bot.core.views import Reader, View
from bot.engine import StudyEngine
from tests.conftest import Learner

THEME = "backend-architectures"
TODAY = Reader()


@dataclass(slots=True)
class Front:
    """Nothing is sent, and `outcome` is said of it; `lacking` says what is missing at a place."""

    name: str = "web"
    lacking: dict[str, str] = field(default_factory=dict)
    asked: list[Sequence[str]] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    trouble: str = ""
    falls: Exception | None = None
    outcome: Outcome = Outcome.SENT

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def deliver(
        self, view: View, address: str, key: str, *, reader: Reader = TODAY, first_try: datetime | None = None
    ) -> Delivered:
        return Delivered(self.outcome)

    async def edit(self, view: View, message: str, *, reader: Reader = TODAY) -> Delivered:
        return Delivered(Outcome.REFUSED)

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        if self.falls:
            raise self.falls
        self.checked += places
        return [Check("Token", healthy=True, detail="it is taken")]

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        self.asked.append(places)
        return [
            Check(place, place not in self.lacking, self.lacking.get(place, "fine"), "Give it.") for place in places
        ]

    def direct(self, workspace: str, person: str) -> str:
        return f"@{person}"

    def fits(self, view: View) -> Sequence[str]:
        return ()


@dataclass(slots=True)
class ListingFront(Front):
    """One whose platform keeps lists of members open."""

    people: tuple[str, ...] = ()

    async def members(self, workspace: str, group: str) -> Sequence[str]:
        return self.people


def settle(engine: StudyEngine, front: Front) -> Front:
    engine.settle(Services({front.name: front}))
    return front


def boss(engine: StudyEngine, workspace: str = "web") -> Learner:
    """Somebody of whom the platform says that they manage."""
    return Learner(engine, Actor(workspace, "boss", manages=True))


def bearer(engine: StudyEngine, person: str, *roles: str, workspace: str = "web") -> Learner:
    return Learner(engine, Actor(workspace, person, roles=frozenset(roles)))


def listing(view: views.View) -> views.Listing:
    """The listing, which keeps to what every front end can show at once."""
    assert isinstance(view, views.Listing), view
    assert len(view.items) <= views.MOST_ITEMS
    assert max(len(view.title), len(view.intro) - 120) <= 80, view.intro
    for item in view.items:
        assert (
            len(item.title) <= 80,
            len(str(getattr(item.note, "plain", item.note))) <= 400,
            len(item.actions) <= 2,
        ) == (
            True,
            True,
            True,
        ), item
        assert len(item.facts) <= views.MOST_FACTS
        for each in item.facts:
            assert len("".join(str(value) for value in each.values)) <= views.LONGEST_FACT, each
    for offer in (*view.actions, *(action for item in view.items for action in item.actions)):
        for each_offer in offer.options if isinstance(offer, actions.Choice) else (offer,):
            assert actions.read(actions.token(each_offer.command)) == each_offer.command
    return view


def notice(view: views.View) -> views.Notice:
    assert isinstance(view, views.Notice), view
    return view


def fact(item: views.Item, name: str) -> tuple[views.Value, ...]:
    """What stands under a name; nothing if it is not told."""
    return next((each.values for each in item.facts if each.name == name), ())
