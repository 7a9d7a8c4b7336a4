"""Somebody from a chat on their own page: the way there, what they find, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from adapters.web.session import COOKIE
from bot.core import views
from bot.core.actions import Action
from bot.core.ports import Actor, Services
from bot.core.record import replace
from bot.engine import StudyEngine
from bot.features import commands
from bot.process import settings
from bot.process.main import running
from bot.store.store import Store
from tests.conftest import Learner
from tests.hand_clock import HandClock
from tests.visitors import ADDRESS, TOKEN, Visiting, call, does, enter, says, visiting

THEME = "backend-architectures"


@pytest.fixture
async def house(engine: StudyEngine, store: Store, clock: HandClock) -> AsyncIterator[Visiting]:
    async with visiting(engine, store, clock) as house:
        yield house


async def offered(engine: StudyEngine, actor: Actor, line: str) -> bool:
    return Action("Open on the web", commands.OpenOwnPage()) in (await Learner(engine, actor).types(line)).actions


@pytest.mark.parametrize("line", ["study", "progress"])
async def test_the_button_stands_in_chats_where_a_page_can_be_reached_and_nowhere_else(
    house: Visiting, line: str
) -> None:
    ada = house.ada
    await Learner(house.engine, ada).types(f"done {THEME}/layers")
    assert await offered(house.engine, ada, line)
    assert not await offered(house.engine, replace(ada, visits=True), line)
    local = Actor("web", "ada")
    await Learner(house.engine, local).types(f"done {THEME}/layers")
    assert not await offered(house.engine, local, line)
    house.engine.settle(Services({"slack": house.chat}))
    assert not await offered(house.engine, ada, line)


async def test_an_old_button_says_why_it_leads_nowhere_where_the_page_is_off(house: Visiting) -> None:
    house.engine.settle(Services({"slack": house.chat}))
    view = await Learner(house.engine, house.ada).does(commands.OpenOwnPage())
    assert isinstance(view, views.Notice)
    assert "DUALO_PUBLIC_URL" in view.hint


async def test_the_link_leads_to_their_own_progress_and_what_they_do_there_counts_in_the_chat(house: Visiting) -> None:
    chat = Learner(house.engine, house.ada)
    await chat.types(f"done {THEME}/layers")
    client = await house.visit()
    assert "1 of " in await says(client, "/progress")
    await does(client, commands.Done(lesson=f"{THEME}/concurrency"))
    done = await chat.types("progress")
    assert isinstance(done, views.ProgressPage)
    assert [each.lesson.title for each in done.recent].__len__() == 2


async def test_the_page_says_whose_it_is_and_has_nobody_else_to_become(house: Visiting) -> None:
    client = await house.visit()
    page = await (await client.get("/")).text()
    assert ("Ada" in page, 'data-own="true"' in page, 'id="sign-out"' in page) == (True, True, True)
    assert ("Admin" in page, 'id="learner"' in page, 'id="add"' in page) == (False, False, False)


async def test_the_way_in_is_a_page_of_its_own_that_shows_the_word_to_nobody(house: Visiting) -> None:
    client = await house.serve()
    page = await client.get("/open")
    text = await page.text()
    assert (page.status, page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
        200,
        "no-referrer",
        "no-store",
    )
    assert 'data-enter="/open/enter"' in text
    assert "Open my page" in text


async def test_without_a_session_the_page_tells_people_from_chats_how_to_come_in(house: Visiting) -> None:
    client = await house.serve()
    page = await client.get("/")
    assert (page.status, "Open on the web" in await page.text()) == (401, True)


async def test_what_is_for_everybody_is_shown_to_them_alone_and_no_news_come(house: Visiting) -> None:
    client = await house.visit()
    await says(client, f"/done {THEME}/layers")
    status, answer = await call(client, "say", line="/progress public:yes")
    assert (status, "post" in answer, "you alone" in answer["note"]) == (200, False, True)
    assert await call(client, "news", at=0) == (200, {"at": 0, "posts": []})


async def test_the_zone_is_the_one_that_the_chat_told(house: Visiting) -> None:
    actor = replace(house.ada, timezone="Asia/Tokyo")
    client = await house.visit(actor)
    assert "Asia/Tokyo" in await says(client, "/settings", who={"timezone": "America/New_York"})


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(house: Visiting) -> None:
    client = await house.visit()
    kept = {"Cookie": f"{COOKIE}={client.session.cookie_jar.filter_cookies(client.make_url('/'))[COOKIE].value}"}
    assert (await client.get("/", headers=kept)).status == 200
    assert (await call(client, "logout"))[0] == 200
    client.session.cookie_jar.clear()
    assert (await client.get("/", headers=kept)).status == 401


@pytest.mark.parametrize(
    ("waits", "status"), [([11, 11], 200), ([12], 401), ([11] * 15, 200), ([11] * 16, 401)], ids=str
)
async def test_a_session_ends_when_it_is_left_alone_or_a_week_old(
    house: Visiting, waits: list[int], status: int
) -> None:
    client = await house.visit()
    for each in waits:
        house.clock.at += timedelta(hours=each)
        seen = (await call(client, "say", line="/themes"))[0]
    assert seen == status


async def test_a_new_link_ends_the_one_before(house: Visiting) -> None:
    client = await house.serve()
    first, second = await house.word(), await house.word()
    assert [await enter(client, each) for each in (first, second)] == [403, 200]


async def test_privacy_counts_and_hands_out_the_session_and_erasing_from_the_page_ends_it(house: Visiting) -> None:
    client = await house.visit()
    assert "browsers in which it is open" in await says(client, "/privacy")
    export = await Learner(house.engine, house.ada).types("privacy export")
    assert isinstance(export, views.Download)
    assert b'"kind": "session"' in export.content
    said = await call(client, "submit", token="1|erase", fields={"word": "erase"})
    assert (said[0], "Erased" in said[1]["html"]) == (200, True)
    assert (await call(client, "say", line="/themes"))[0] == 401


async def test_ids_of_the_chat_are_drawn_as_words(house: Visiting) -> None:
    boss, bob = Learner(house.engine, house.ada), Learner(house.engine, Actor("slack:-:T1", "U88"))
    await boss.does(commands.EditTeam(board=True, filled=True))
    for learner in (boss, bob):
        await learner.types(f"done {THEME}/layers")
        await learner.presses(await learner.types(f"team {THEME}"), "Put me on the board")
    client = await house.visit()
    page = await says(client, f"/team {THEME}")
    assert ("you" in page, "somebody" in page, "U77" in page, "U88" in page) == (True, True, False, False)


async def test_a_name_from_the_chat_is_words_on_the_page(house: Visiting) -> None:
    client = await house.visit(replace(house.ada, name='<script>alert("Ada")</script>{home}'))
    page = await (await client.get("/")).text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("chosen", "leads"),
    [
        ({"DUALO_WEB": "on", "DUALO_WEB_TOKEN": TOKEN, "DUALO_PUBLIC_URL": ADDRESS}, True),
        ({"DUALO_WEB": "on", "DUALO_WEB_TOKEN": TOKEN}, False),
        ({"DUALO_WEB": "on", "DUALO_PUBLIC_URL": ADDRESS}, False),
        ({"DUALO_WEB_TOKEN": TOKEN, "DUALO_PUBLIC_URL": ADDRESS, "DUALO_DISCORD_TOKEN": "x"}, False),
    ],
    ids=["whole", "no address", "no token", "page off"],
)
def test_the_way_is_open_where_the_page_is_on_behind_a_token_and_has_an_address(
    chosen: dict[str, str], leads: bool
) -> None:
    assert settings.read(chosen).visits_on is leads


async def test_a_process_gives_its_chats_the_way_to_its_own_page(tmp_path: Path) -> None:
    chosen = {"DUALO_DATA_DIR": str(tmp_path), "DUALO_HTTP_PORT": "0", "DUALO_PUBLIC_URL": ADDRESS}
    async with running(settings.read({**chosen, "DUALO_WEB_TOKEN": TOKEN})) as process, ClientSession() as http:
        view = (await process.engine.handle(commands.OpenOwnPage(), Actor("slack:-:T1", "U77"))).view
        assert isinstance(view, views.OwnPageLink)
        assert view.link.url.startswith(f"{ADDRESS}/open#")
        assert (await http.get(f"{process.address}/open")).status == 200
