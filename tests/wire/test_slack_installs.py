"""Several workspaces by OAuth: each with a token of its own, nothing crossing over, and an end that is heard."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from adapters.slack import registration
from adapters.slack.payload import address
from bot.core.ports import Outcome
from bot.core.views import Notice
from tests.wire.slack_bot import Scene, words
from tests.wire.slack_host import PUBLIC, Browser, answer, newcomer


async def test_a_workspace_installs_and_is_answered(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        status, page = await browser.install(workspace, bob)
    assert (status, "Dualo is in Bobs" in page) == (200, True)
    assert (await answer(bob, "/themes")).startswith("Every theme")
    assert host.engine.came == [f"joined slack:-:{workspace.id}"]


async def test_whoever_installs_gets_one_private_line_with_the_first_step(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        for _ in range(2):  # the second time only asks for another scope, say
            await browser.install(workspace, bob)
    await host.settled()
    (line,) = [message for message in host.slack.messages(bob.dm) if message.user_id != bob.id]
    assert "/study-admin setup" in words(line)
    assert host.slack.messages(workspace.general) == []


async def test_after_a_removal_whoever_installs_anew_is_told_again(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        await browser.install(workspace, bob)
        await host.settled()
        await host.slack.uninstall(workspace)
        await host.until("the end", lambda: f"left slack:-:{workspace.id}" in host.engine.came or None)
        await browser.install(workspace, bob)
    await host.settled()
    assert len([message for message in host.slack.messages(bob.dm) if message.user_id != bob.id]) == 2


async def test_the_page_asks_for_the_needed_scopes_and_no_more(host: Scene) -> None:
    async with Browser(host) as browser:
        asked = await browser.begin()
    assert asked["scope"][0].split(",") == list(registration.SCOPES)
    assert asked["redirect_uri"] == [f"{PUBLIC}/slack/oauth_redirect"]


async def test_two_workspaces_share_nothing(host: Scene) -> None:
    (one, ann), (two, bob) = newcomer(host, "Ones"), newcomer(host, "Twos")
    async with Browser(host) as browser:
        await browser.install(one, ann)
        await browser.install(two, bob)
    await answer(ann, "/done", "concurrency")
    assert "1 / 10" in await answer(ann, "/progress")
    assert "Nothing is recorded yet." in await answer(bob, "/progress")
    tokens = {grant.token for grant in host.slack.world.grants.values() if grant.kind == "bot"}
    used = {call.team_id for call in host.slack.calls("users.info")}
    assert (len(tokens) >= 2, used) == (True, {one.id, two.id})


async def test_a_workspace_is_told_nothing_of_the_others(host: Scene) -> None:
    (one, ann), (two, bob) = newcomer(host, "Ones"), newcomer(host, "Twos")
    async with Browser(host) as browser:
        await browser.install(one, ann)
        await browser.install(two, bob)
    asked = len(host.slack.calls("auth.test"))
    found = await host.adapter.check(workspace=f"slack:-:{one.id}")
    assert [check.name for check in found] == ["Slack: Ones, token", "Slack: Ones, permissions", "Slack: connection"]
    assert {call.team_id for call in host.slack.calls("auth.test")[asked:]} == {one.id}
    assert {"Slack: Ones, token", "Slack: Twos, token"} <= {check.name for check in await host.adapter.check()}


async def test_the_same_person_in_two_workspaces_is_two_learners(host: Scene) -> None:
    (one, ann), (two, bob) = newcomer(host, "Ones"), newcomer(host, "Twos")
    bob.user.id = ann.user.id
    two.team.users[ann.user.id] = bob.user
    async with Browser(host) as browser:
        await browser.install(one, ann)
        await browser.install(two, bob)
    await answer(ann, "/done", "concurrency")
    assert "Nothing is recorded yet." in await answer(bob, "/progress")


async def test_tokens_outlive_a_restart(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        await browser.install(workspace, bob)
    await host.start()
    assert (await answer(bob, "/themes")).startswith("Every theme")


async def test_a_state_is_good_once(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        asked = await browser.begin()
        consent = host.slack.install(workspace, bob, state=asked["state"][0], redirect_uri=asked["redirect_uri"][0])
        assert (await browser.come_back(consent.redirect))[0] == 200
        status, page = await browser.come_back(consent.redirect)
    assert (status, "did not begin here" in page) == (400, True)
    assert len(host.slack.calls("oauth.v2.access")) == 1


async def test_a_state_from_another_browser_is_refused(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as mine, Browser(host) as theirs:
        asked = await mine.begin()
        await theirs.begin()
        consent = host.slack.install(workspace, bob, state=asked["state"][0], redirect_uri=asked["redirect_uri"][0])
        assert (await theirs.come_back(consent.redirect))[0] == 400
    assert host.slack.calls("oauth.v2.access") == []


@pytest.mark.parametrize("state", ["", "invented", "<script>alert(1)</script>"])
async def test_an_invented_state_is_refused(host: Scene, state: str) -> None:
    async with Browser(host) as browser:
        await browser.begin()
        status, page = await browser.come_back(str(URL("http://x/").with_query(code="c", state=state)))
    assert (status, "<script>" in page) == (400, False)
    assert host.slack.calls("oauth.v2.access") == []


async def test_a_state_ends_after_ten_minutes(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        asked = await browser.begin()
        host.clock.at = host.clock.at.replace(minute=host.clock.at.minute + 11)
        consent = host.slack.install(workspace, bob, state=asked["state"][0], redirect_uri=asked["redirect_uri"][0])
        assert (await browser.come_back(consent.redirect))[0] == 400
    assert host.slack.calls("oauth.v2.access") == []


async def test_to_begin_writes_nothing_and_is_not_endless(host: Scene) -> None:
    async with Browser(host) as browser:
        statuses = [await browser.knock() for _ in range(12)]
    assert statuses == [302] * 10 + [429] * 2
    assert await host.vault.names("") == []


async def test_a_state_that_comes_many_times_at_once_is_taken_once(host: Scene) -> None:
    async with Browser(host) as browser:
        asked = await browser.begin()
        back = str(URL("http://x/").with_query(code="wrong", state=asked["state"][0]))
        answers = await asyncio.gather(*(browser.come_back(back) for _ in range(12)))
    assert sorted(status for status, _ in answers) == [400] * 11 + [502]


async def test_what_was_used_is_forgotten_when_it_would_have_ended(host: Scene) -> None:
    async with Browser(host) as browser:
        for minutes in (0, 11, 22):
            host.clock.at = host.clock.at.replace(minute=minutes)
            asked = await browser.begin()
            await browser.come_back(str(URL("http://x/").with_query(code="wrong", state=asked["state"][0])))
    assert len(await host.vault.names("used:")) == 1


@pytest.mark.parametrize("word", ["ÿ", "\udcff", "9.x.y", "."])
async def test_a_word_that_no_browser_was_given_is_no_fault_of_ours(host: Scene, word: str) -> None:
    async with Browser(host) as browser:
        await browser.begin()
        state = quote(word.encode("utf-8", "surrogateescape"))
        status, _ = await browser.come_back(f"http://x/?code=c&state={state}", cookie="\xff.x")
    assert status == 400


async def test_somebody_who_does_not_agree_is_told_that_nothing_happened(host: Scene) -> None:
    async with Browser(host) as browser:
        asked = await browser.begin()
        query = URL("http://x/").with_query(error="access_denied", state=asked["state"][0])
        status, page = await browser.come_back(str(query))
    assert (status, "Nothing was installed" in page) == (200, True)


async def test_whoever_installs_is_told_in_the_language_of_their_browser(host: Scene) -> None:
    async with Browser(host, language="de-AT,de;q=0.8,en;q=0.5") as browser:
        asked = await browser.begin()
        query = URL("http://x/").with_query(error="access_denied", state=asked["state"][0])
        _, page = await browser.come_back(str(query))
        _, again = await browser.come_back(str(query))
    assert '<html lang="de">' in page
    assert "Nichts wurde installiert" in page
    assert "Noch einmal beginnen" in again


async def test_a_code_that_slack_refuses_is_told(host: Scene) -> None:
    async with Browser(host) as browser:
        asked = await browser.begin()
        status, page = await browser.come_back(str(URL("http://x/").with_query(code="wrong", state=asked["state"][0])))
    assert (status, "invalid_code" in page) == (502, True)


async def test_before_it_is_installed_a_workspace_is_told_so(host: Scene) -> None:
    _, bob = newcomer(host, "Bobs")
    assert "not installed in this workspace" in await answer(bob, "/themes")
    assert host.engine.asked == []


async def test_an_organisation_installs_once_for_all_its_workspaces(host: Scene) -> None:
    (one, ann), (two, bob) = newcomer(host, "Ones", enterprise="E01"), newcomer(host, "Twos", enterprise="E01")
    async with Browser(host) as browser:
        status, page = await browser.install(one, ann, beside=[two])
    assert (status, "The Org" in page) == (200, True)
    assert await host.vault.names("install:") == ["install:E01:-"]
    await answer(ann, "/done", "concurrency")
    assert "Nothing is recorded yet." in await answer(bob, "/progress")
    home = await bob.open_home()
    assert "Your learning" in words(home)
    assert sorted(host.engine.came) == [f"joined slack:E01:{one.id}", f"joined slack:E01:{two.id}"]
    place = address("E01", two.id, two.general.id)
    assert (await host.adapter.deliver(Notice("x"), place, "k")).outcome is Outcome.SENT


async def test_a_payload_that_leaves_its_organisation_out_is_of_the_same_workspace(host: Scene) -> None:
    workspace, ann = newcomer(host, "Ones", enterprise="E01")
    async with Browser(host) as browser:
        await browser.install(workspace, ann)
    await answer(ann, "/themes")
    workspace.team.enterprise_id = None
    await answer(ann, "/themes")
    assert [actor.workspace for _, actor in host.engine.asked] == [f"slack:E01:{workspace.id}"] * 2


async def test_without_oauth_there_is_no_page(office: Scene) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/slack/install", "/slack/oauth_redirect"):
            async with session.get(office.url + path) as answered:
                assert answered.status == 404
