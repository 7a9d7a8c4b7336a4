"""From each chat to the right person's own page: the button, the link, and who reads what behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from bot.core.ports import Adapter, Services
from bot.engine import StudyEngine
from bot.store.store import Store
from tests.hand_clock import HandClock
from tests.visitors import ADDRESS, Client, Visiting, call, enter, says
from tests.wire import discord_stage, slack_bot
from tests.wire.discord_stage import shown
from tests.wire.slack_bot import words

LATER = timedelta(minutes=6)
"""After this the platform is asked again who belongs."""
DONE = "backend-architectures/concurrency"


@asynccontextmanager
async def page_beside(
    engine: StudyEngine, store: Store, clock: HandClock, front: Adapter
) -> AsyncIterator[tuple[Visiting, Client]]:
    """A page that the outside reaches, beside a chat that runs."""
    async with AsyncExitStack() as stack:
        house = Visiting(engine, store, clock, stack)
        engine.settle(Services({front.name: front}, visits=house.visits()))
        yield house, await house.serve()


async def own_page(client: Client, link: str) -> str:
    """What the progress of whoever opens the link says."""
    address, _, word = link.partition("#")
    assert address == f"{ADDRESS}/open"
    assert [await enter(client, word) for _ in range(2)] == [200, 403]
    return await says(client, "/progress")


async def test_discord_leads_whoever_presses_to_their_own_page(
    quiet_classroom: discord_stage.Scene, store: Store, clock: HandClock
) -> None:
    classroom = quiet_classroom
    await classroom.adapter.start()
    engine, ada, channel = classroom.engine.engine, classroom.ada, classroom.channel
    async with page_beside(engine, store, clock, classroom.adapter) as (_, client):
        await ada.slash("done", {"lesson": DONE}, channel=channel)
        home = await ada.slash("study", channel=channel)
        page = await ada.press(shown(home), "Open on the web")
        assert page.ephemeral
        (link,) = [word for word in shown(page).text.replace("(", " ").replace(")", " ").split() if "/open#" in word]
        progress = await own_page(client, link.strip("<>"))
        assert "1 of " in progress
        actor = classroom.engine.asked[-1][1]
        assert await engine.belongs(actor)
        clock.at += LATER
        classroom.discord.leave(ada, classroom.guild)
        assert (await call(client, "say", line="/progress"))[0] == 401


async def test_slack_leads_whoever_presses_to_their_own_page(office: slack_bot.Scene, clock: HandClock) -> None:
    engine = office.engine.engine
    assert isinstance(engine, StudyEngine)
    async with page_beside(engine, office.store, office.clock, office.adapter) as (_, client):
        await office.asks("/done", DONE)
        page = await office.presses(await office.asks("/study"), "Open on the web")
        assert "Open it in your browser" in words(page)
        link = next(url for url in links(page.blocks) if "/open#" in url)
        assert "1 of " in await own_page(client, link)
        actor = office.engine.asked[-1][1]
        assert await engine.belongs(actor)
        office.clock.at += LATER
        office.ada.user.deleted = True
        assert (await call(client, "say", line="/progress"))[0] == 401


def links(part: object) -> list[str]:
    """Every address within blocks."""
    if isinstance(part, dict):
        own = [part["url"]] if isinstance(part.get("url"), str) else []
        return own + [each for value in part.values() for each in links(value)]
    return [each for one in part for each in links(one)] if isinstance(part, list) else []
