"""What changes for a whole workspace stands on the Homes of all who may be looking, a few at a time."""

from __future__ import annotations

import asyncio
import time

import pytest

from adapters.slack import home_tabs
from adapters.slack.payload import address
from bot.core import views
from bot.core.ports import Actor, Outcome
from bot.core.typed import parse
from tests.wire.slack.model import View
from tests.wire.slack.person import Person
from tests.wire.slack_bot import Scene, words
from tests.wire.slack_host import Browser, newcomer


async def plan_a_post(office: Scene, *, by: Person | None = None) -> str:
    place = f"channel:<#{office.workspace.general.id}|general>"
    said = await office.asks(
        "/study-admin",
        f"schedule add theme:backend-architectures {place} weekdays:mon time:09:00",
        by=by or office.boss,
    )
    return said.text


def actor_of(scene: Scene, person: Person) -> Actor:
    return next(actor for _, actor in scene.engine.asked if actor.person == person.id)


async def follow(office: Scene, *people: Person) -> list[View]:
    """Each of them follows the theme and looks at their Home, in this order."""
    for each in people:
        await office.asks("/done", "concurrency", by=each)
    return [await each.open_home() for each in people]


def published(office: Scene) -> list[str]:
    return [call.args["user_id"] for call in office.slack.calls("views.publish")]


async def test_what_a_manager_plans_stands_on_the_homes_of_others(office: Scene) -> None:
    (seen,) = await follow(office, office.ada)
    assert "Next post" not in words(seen)
    await plan_a_post(office)
    await office.shows(seen, "Next post")


async def test_what_was_refused_is_followed_by_no_home(office: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_tabs, "SETTLED", 0.0)
    bea = office.workspace.person("bea")
    (seen,) = await follow(office, bea)
    await office.settled()
    before = len(office.engine.asked)
    await plan_a_post(office, by=office.ada)
    await office.settled()
    assert bea.id not in {actor.person for _, actor in office.engine.asked[before:]}
    await plan_a_post(office)
    await office.shows(seen, "Next post")


async def test_those_who_opened_last_come_first_and_no_more_than_a_few(
    office: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_tabs, "FOLLOWING", 2)
    people = [office.workspace.person(name) for name in ("bea", "cem", "dov")]
    *_, last = await follow(office, *people)
    before = len(published(office))
    await plan_a_post(office)
    await office.until("two Homes", lambda: len(published(office)) == before + 2 or None)
    await office.settled()
    assert published(office)[before:] == [people[2].id, people[1].id]
    assert "Next post" in words(last)


async def test_between_two_homes_the_others_have_their_share(office: Scene) -> None:
    people = [office.workspace.person(name) for name in ("bea", "cem", "dov")]
    first, *_ = await follow(office, *people)
    await plan_a_post(office)
    begun = time.monotonic()
    await office.shows(first, "Next post")
    assert time.monotonic() - begun >= 2 * home_tabs.PACE


async def test_a_home_that_was_opened_long_ago_stays(office: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    (late,) = await follow(office, office.workspace.person("bea"))
    opened = asyncio.get_running_loop().time() - home_tabs.LATELY - 1
    with monkeypatch.context() as then:
        then.setattr(home_tabs, "_now", lambda: opened)
        (early,) = await follow(office, office.ada)
    await plan_a_post(office)
    await office.shows(late, "Next post")
    assert "Next post" not in words(early)


async def test_a_post_in_a_channel_is_followed_by_the_homes(office: Scene) -> None:
    (seen,) = await follow(office, office.ada)
    elsewhere = parse("done backend-architectures/layers")
    await office.engine.engine.handle(elsewhere, actor_of(office, office.ada))
    place = address("-", office.workspace.id, office.workspace.general.id)
    assert (await office.adapter.deliver(views.Notice("x"), place, "k")).outcome is Outcome.SENT
    await office.shows(seen, "2 / 10")


async def test_what_changes_in_a_workspace_is_followed_there_alone(host: Scene) -> None:
    (one, ann), (two, bob) = newcomer(host, "Ones"), newcomer(host, "Twos")
    async with Browser(host) as browser:
        await browser.install(one, ann)
        await browser.install(two, bob)
    (seen,) = await follow(host, ann)
    await follow(host, bob)
    await host.settled()
    before = len(host.engine.asked)
    place = address("-", one.id, one.general.id)
    await host.engine.engine.handle(parse("done backend-architectures/layers"), actor_of(host, ann))
    await host.adapter.deliver(views.Notice("x"), place, "k")
    await host.shows(seen, "2 / 10")
    assert {actor.person for _, actor in host.engine.asked[before:]} == {ann.id}


async def test_a_stop_waits_for_no_home_of_others(office: Scene) -> None:
    await follow(office, *(office.workspace.person(f"p{number}") for number in range(12)))
    before = len(published(office))
    await plan_a_post(office)
    await office.until("the first", lambda: len(published(office)) > before or None)
    async with asyncio.timeout(6 * home_tabs.PACE):
        await office.running.aclose()
    assert len(published(office)) < before + 12
