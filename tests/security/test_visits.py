"""Attacks on links and sessions of people who come from a chat to their own page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import select

from adapters.web.session import COOKIE, MemoryVault, Sessions
from bot.core.ports import Actor
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.features import commands
from bot.process.settings import LogFormat
from bot.store import tables
from bot.store.cold import erasures, privacy, retention, workspaces
from bot.store.cold.erasures import Erasure, ErasureKind
from bot.store.cold.vault import StoredVault
from bot.store.store import Store
from tests.conftest import Learner
from tests.hand_clock import HandClock
from tests.log_lines import logged
from tests.visitors import OURS, TOKEN, Visiting, call, does, enter, says, visiting

THEME = "backend-architectures"
BOB = Actor("slack:-:T1", "U88", name="Bob")


@pytest.fixture
async def house(engine: StudyEngine, store: Store, clock: HandClock) -> AsyncIterator[Visiting]:
    async with visiting(engine, store, clock) as house:
        yield house


async def kept(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as connection:
        found = await connection.execute(select(tables.vault.c.name, tables.vault.c.value))
        return [(name, value) for name, value in found]


# The link -------------------------------------------------------------------------------------------------------------


async def test_a_link_opens_once(house: Visiting) -> None:
    client, thief = await house.serve(), await house.serve()
    word = await house.word()
    assert await enter(client, word) == 200
    assert [await enter(thief, word) for _ in range(2)] == [403, 403]
    assert (await thief.get("/")).status == 401


async def test_a_link_that_is_used_everywhere_at_once_opens_once(house: Visiting) -> None:
    replicas = [await house.serve() for _ in range(3)]
    word = await house.word()
    statuses = await asyncio.gather(*(enter(replicas[number % 3], word) for number in range(9)))
    assert sorted(statuses) == [200] + [403] * 8


async def test_a_link_ends_after_ten_minutes(house: Visiting) -> None:
    client = await house.serve()
    late, in_time = await house.word(), await house.word(BOB)
    house.clock.at += timedelta(minutes=9, seconds=59)
    assert await enter(client, in_time) == 200
    house.clock.at += timedelta(seconds=1)
    assert await enter(client, late) == 403


async def test_a_later_end_cannot_be_written_into_a_link(house: Visiting) -> None:
    client = await house.serve()
    until, _, rest = (await house.word()).partition(".")
    assert await enter(client, f"{int(until) + 3600}.{rest}") == 403


async def test_the_link_of_one_cannot_be_turned_into_that_of_another(house: Visiting) -> None:
    client = await house.serve()
    mine, theirs = (await house.word(BOB)).split("."), (await house.word()).split(".")
    assert await enter(client, ".".join([mine[0], theirs[1], mine[2]])) == 403


@pytest.mark.parametrize(
    "word", ["", "x", "1.2.3", "9" * 400, "99999999999." + "a" * 41 + ".x", 7, None, ["x"], "\udcff"]
)
async def test_what_was_never_a_word_of_ours_opens_nothing(house: Visiting, word: object) -> None:
    assert await enter(await house.serve(), word) == 403


async def test_guessing_is_slowed_down_and_the_right_word_waits_too(house: Visiting) -> None:
    client = await house.serve()
    word = await house.word()
    statuses = await asyncio.gather(*(enter(client, f"guess {number}") for number in range(30)))
    assert sorted(statuses) == [403] * 10 + [429] * 20
    assert await enter(client, word) == 429


async def test_many_who_come_by_their_links_from_one_network_shut_nobody_out(house: Visiting) -> None:
    client = await house.serve()
    people = [Actor("slack:-:T1", f"U{number}") for number in range(12)]
    assert [await enter(client, await house.word(each)) for each in people] == [200] * 12


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=str,
)
async def test_another_site_cannot_bring_a_link_in(house: Visiting, headers: Mapping[str, str]) -> None:
    client = await house.serve()
    assert await enter(client, await house.word(), **headers) == 403
    assert (await client.post("/open/enter", data={"word": await house.word()})).status == 403


async def test_neither_the_database_nor_the_log_holds_the_word(house: Visiting, store: Store) -> None:
    client = await house.serve()
    with logged(LogFormat.TEXT) as log:
        word = await house.word()
        chance = word.split(".")[2]
        assert chance not in str(await kept(store))
        await enter(client, word + "x")
        assert await enter(client, word) == 200
    written = log.written.getvalue()
    assert ("visit.entered" in written, "visit.refused" in written) == (True, True)
    assert (chance in written, "U77" in written) == (False, False)


async def test_the_session_is_for_this_browser_and_no_script_reads_it(house: Visiting) -> None:
    client = await house.serve()
    response = await client.post("/open/enter", json={"word": await house.word()}, headers=OURS)
    cookie = response.headers.getall("Set-Cookie")[-1]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


# Whose page it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        {"person": "U88"},
        {"person": "U88", "workspace": "slack:-:T1"},
        {"person": "U77", "workspace": "slack:-:T2", "manages": True},
        {"person": "U77", "visits": False, "private": True, "roles": ["S1"]},
    ],
    ids=str,
)
async def test_who_a_browser_says_it_is_counts_for_nothing(house: Visiting, who: Mapping[str, object]) -> None:
    await Learner(house.engine, BOB).types(f"done {THEME}/layers")
    client = await house.visit()
    assert "Nothing is recorded yet." in await says(client, "/progress", who=who, **who)
    await does(client, commands.Done(lesson=f"{THEME}/concurrency"), who=who, **who)
    async with house.store.reading() as connection:
        rows = (await connection.execute(select(tables.completion))).all()
    assert {(row.workspace, row.person, row.lesson) for row in rows} == {
        ("slack:-:T1", "U88", "layers"),
        ("slack:-:T1", "U77", "concurrency"),
    }


async def test_nobody_manages_there_whoever_the_chat_or_a_manager_named(house: Visiting) -> None:
    boss = Learner(house.engine, house.ada)
    await boss.does(commands.EditContacts(manager=commands.Person(BOB.person)))
    managing = [
        commands.OpenWorkspace(),
        commands.ScheduleList(),
        commands.EditContacts(filled=True),
        commands.Setup(),
    ]
    for actor in (house.ada, BOB):
        client = await house.visit(actor)
        for command in managing:
            said = await does(client, command, who={"manages": True})
            assert "Only those who manage this workspace can do that." in said, command
        assert "Running Dualo" not in await says(client, "/study")
        status, offered = await call(client, "complete", line="/study-admin ", who={"manages": True})
        assert (status, offered["items"]) == (200, [])


async def test_no_place_and_nobody_else_can_be_named_there(house: Visiting) -> None:
    client = await house.visit()
    naming = [
        commands.Assign(theme=THEME, user=commands.Person("U88")),
        commands.Setup(channel=commands.Channel("-:T1:C1")),
        commands.Assign(theme=THEME, role=commands.Role("S1")),
    ]
    for command in naming:
        assert "Nobody else and no place can be named on your own page." in await does(client, command)


async def test_two_pages_of_one_workspace_show_nothing_of_one_another(house: Visiting) -> None:
    ada, bob = await house.visit(), await house.visit(BOB)
    await does(ada, commands.Save(theme=THEME, lesson="layers"))
    title = "What &#39;backend architecture&#39; really means"
    assert title in await says(ada, "/saved")
    assert title not in await says(bob, "/saved")
    assert "1 lesson saved" in await says(ada, "/study")
    assert "1 lesson saved" not in await says(bob, "/study")


async def test_what_the_room_of_the_operators_page_reads_is_not_shown(house: Visiting) -> None:
    client = await house.serve()
    origin = {"Origin": f"http://127.0.0.1:{client.port}"}
    await client.post("/web/login", data={"token": TOKEN}, headers=origin, allow_redirects=False)
    learner = {"person": "U77"}
    await says(client, f"/done {THEME}/layers", who=learner)
    assert "post" in (await call(client, "say", line="/progress public:yes", who=learner))[1]
    assert (await call(client, "news", at=0, who=learner))[1]["posts"]
    assert await enter(client, await house.word()) == 200
    assert (await call(client, "news", at=0, who=learner))[1]["posts"] == []
    assert "Nothing is recorded yet." in await says(client, "/progress", who=learner)


async def test_a_visitor_is_not_let_into_the_previews(house: Visiting) -> None:
    client = await house.visit()
    assert "data-preview" not in await says(client, "/themes")
    assert (await client.get("/web/preview/x/Slack")).status == 401


# How it ends ----------------------------------------------------------------------------------------------------------


async def end_by_erasing(house: Visiting) -> None:
    await Learner(house.engine, house.ada).does(commands.Erase(word="erase"))


async def end_by_the_operator(house: Visiting) -> None:
    async with house.store.transaction() as connection:
        await privacy.erase(connection, Seat(house.ada.workspace, house.ada.person), at=house.clock.now())


async def end_by_staying_away(house: Visiting) -> None:
    async with house.store.transaction() as connection:
        await retention.erase_people(connection, house.ada.workspace, [house.ada.person])


async def end_by_the_workspace(house: Visiting) -> None:
    await house.engine.left(house.ada.workspace)


async def end_by_erasing_the_workspace(house: Visiting) -> None:
    async with house.store.transaction() as connection:
        await workspaces.erase(connection, house.ada.workspace, with_tokens=False)


ENDS = [
    end_by_erasing,
    end_by_the_operator,
    end_by_staying_away,
    end_by_the_workspace,
    end_by_erasing_the_workspace,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_every_session_and_link_ends_with_what_is_kept_of_them(
    house: Visiting, store: Store, end: Callable[[Visiting], Awaitable[None]]
) -> None:
    first, second = await house.visit(), await house.visit()
    other = await house.visit(Actor("slack:-:T2", "U77"))
    word = await house.word()
    await end(house)
    assert [(await call(each, "say", line="/themes"))[0] for each in (first, second, other)] == [401, 401, 200]
    assert await enter(first, word) == 403
    assert [value for _, value in await kept(store) if '"U77"' in value and '"slack:-:T1"' in value] == []


async def test_whoever_left_the_workspace_is_out_within_minutes_and_gets_in_no_more(house: Visiting) -> None:
    client = await house.visit()
    word = await house.word()
    house.chat.gone.add("U77")
    house.clock.at += timedelta(minutes=5)
    assert (await call(client, "say", line="/themes"))[0] == 401
    house.chat.gone.clear()
    house.clock.at += timedelta(minutes=5)
    assert (await call(client, "say", line="/themes"))[0] == 401
    house.chat.gone.add("U77")
    house.clock.at += timedelta(minutes=5)
    assert await enter(client, word) == 403


async def test_a_copy_that_is_put_back_forgets_again_whom_only_a_visit_names(house: Visiting, store: Store) -> None:
    await house.visit(BOB)
    async with store.transaction() as connection:
        assert await privacy.people_of(connection, BOB.workspace) == {BOB.person}
        erased = Erasure(erasures.mark(BOB.workspace, BOB.person), ErasureKind.PERSON, house.clock.now())
        assert await privacy.erase_again(connection, [erased]) == 1
    assert await kept(store) == []


class EndedMeanwhile(MemoryVault):
    """One whose rows are erased right after they were read."""

    async def get(self, name: str) -> str | None:
        found = await super().get(name)
        await self.drop(name)
        return found


async def test_a_session_that_ends_during_a_request_is_not_written_anew() -> None:
    now, vault = 1_000_000.0, EndedMeanwhile()
    sessions = Sessions(TOKEN, vault, now=lambda: now)
    response = web.Response()
    await sessions.open(response)
    cookie = f"{COOKIE}={response.cookies[COOKIE].value}"
    now += 3600
    assert await sessions.find(make_mocked_request("GET", "/", headers={"Cookie": cookie})) is not None
    assert await vault.names("") == []


async def test_a_value_is_swapped_only_while_it_is_still_the_same(house: Visiting, store: Store) -> None:
    vault = StoredVault(store, "web", house.clock)
    assert not await vault.swap("a", "1", "2")
    await vault.put("a", "3")
    assert [await vault.swap("a", "1", "2"), await vault.get("a")] == [False, "3"]
    assert [await vault.swap("a", "3", "4"), await vault.get("a")] == [True, "4"]


async def test_an_erasure_between_a_link_and_its_session_leaves_no_session(house: Visiting, store: Store) -> None:
    word = await house.word()
    client = await house.serve()

    class Slow(StudyEngine):
        async def belongs(self, actor: Actor) -> bool:
            await end_by_erasing(house)
            return True

    slow = Slow(store, house.engine._library, house.clock)
    client = await house.serve(slow)
    assert await enter(client, word) == 403
    assert (await call(client, "say", line="/themes"))[0] == 401
    assert [name for name, _ in await kept(store)] == []
