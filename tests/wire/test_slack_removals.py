"""The bot is taken away: its token is dropped and the engine told, once, and never for an installation that lives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.slack import installations
from adapters.slack.adapter import SlackAdapter
from adapters.slack.payload import address
from bot.core.ports import Outcome
from bot.core.views import Notice
from tests.wire.slack import payloads
from tests.wire.slack.delivery import EnvelopeKind
from tests.wire.slack.faults import Fault
from tests.wire.slack.person import Person
from tests.wire.slack.workspace import Workspace
from tests.wire.slack_bot import Scene, make_adapter, serving, words
from tests.wire.slack_host import Browser, answer, newcomer


async def test_an_uninstalled_workspace_is_left_and_its_token_dropped(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        await browser.install(workspace, bob)
        assert (await answer(bob, "/themes")).startswith("Every theme")
        await host.slack.uninstall(workspace)
        assert await host.vault.names("install:") == []
        assert host.engine.came.count(f"left slack:-:{workspace.id}") >= 1
        place = address("-", workspace.id, workspace.general.id)
        assert (await host.adapter.deliver(Notice("x"), place, "k")).outcome is Outcome.GONE
        await browser.install(workspace, bob)
    assert (await answer(bob, "/themes")).startswith("Every theme")
    assert host.engine.came[-1] == f"joined slack:-:{workspace.id}"


async def test_a_removal_that_comes_again_takes_no_new_token_away(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    removal = payloads.event_callback(host.slack.world, workspace.team, {"type": "app_uninstalled"})
    async with Browser(host) as browser:
        await browser.install(workspace, bob)
        host.slack.consents.withdraw(workspace.team)
        await workspace.deliver(EnvelopeKind.EVENT, removal)
        assert await host.vault.names("install:") == []
        await browser.install(workspace, bob)
    asked = len(host.slack.calls("auth.test"))
    await workspace.deliver(EnvelopeKind.EVENT, removal)
    assert (await answer(bob, "/themes")).startswith("Every theme")
    assert len(host.slack.calls("auth.test")) == asked


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_a_removal_that_comes_late_takes_no_living_token_away(host: Scene, kind: str) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        await browser.install(workspace, bob)
    await workspace.event({"type": kind, "tokens": {"oauth": [], "bot": [workspace.team.bot.id]}})
    assert (await answer(bob, "/themes")).startswith("Every theme")
    assert host.engine.came == [f"joined slack:-:{workspace.id}"]


async def test_a_removal_is_heard_again_when_slack_does_not_say_what_became_of_the_token(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        await browser.install(workspace, bob)
    host.slack.pace.redeliver_seconds = 0.2
    host.slack.consents.withdraw(workspace.team)
    host.slack.plan(Fault(method="auth.test", status=503))
    await workspace.event({"type": "app_uninstalled"})
    assert await host.vault.names("install:") == []
    assert host.engine.came[-1] == f"left slack:-:{workspace.id}"


async def test_what_leaves_its_organisation_out_finds_no_token_that_is_gone(host: Scene) -> None:
    workspace, ann = newcomer(host, "Ones", enterprise="E01")
    async with Browser(host) as browser:
        await browser.install(workspace, ann)
    workspace.team.enterprise_id = None
    await answer(ann, "/themes")
    workspace.team.enterprise_id = "E01"
    await host.slack.uninstall(workspace)
    workspace.team.enterprise_id = None
    assert "not installed" in await answer(ann, "/themes")


async def test_a_user_token_that_is_revoked_takes_nothing_away(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser:
        await browser.install(workspace, bob)
    await workspace.event({"type": "tokens_revoked", "tokens": {"oauth": [bob.id], "bot": []}})
    assert (await answer(bob, "/themes")).startswith("Every theme")


async def test_when_an_organisation_leaves_all_its_workspaces_do(host: Scene) -> None:
    (one, ann), (two, bob) = newcomer(host, "Ones", enterprise="E01"), newcomer(host, "Twos", enterprise="E01")
    async with Browser(host) as browser:
        await browser.install(one, ann, beside=[two])
    await answer(ann, "/themes")
    await answer(bob, "/themes")
    await host.slack.uninstall(one)
    left = {each for each in host.engine.came if each.startswith("left")}
    assert left == {f"left slack:E01:{one.id}", f"left slack:E01:{two.id}"}


async def test_a_single_token_whose_app_is_removed_answers_nobody(rough_office: Scene) -> None:
    await rough_office.slack.uninstall(rough_office.workspace)
    assert f"left slack:-:{rough_office.workspace.id}" in rough_office.engine.came
    assert "not installed" in await answer(rough_office.ada, "/themes")


# Several processes on one database -----------------------------------------------------------------------------------


@asynccontextmanager
async def another(host: Scene) -> AsyncIterator[tuple[SlackAdapter, str]]:
    """A second process on the same database, which Slack sends nothing to; and its address."""
    adapter = make_adapter(host.slack, host.engine, host.store, line="http", **host.settings)
    async with serving(host.slack, adapter, "socket") as url:
        yield adapter, url


async def install(host: Scene, browser: Browser, workspace: Workspace, by: Person) -> None:
    """Installed, and whoever did it has been told the first step."""
    before = len(workspace.messages(by.dm))
    await browser.install(workspace, by)
    await host.slack.book.until("the first step", lambda: len(workspace.messages(by.dm)) > before or None)


async def install_anew(host: Scene, workspace: Workspace, by: Person) -> None:
    """The workspace takes the bot away and comes back, both by way of the first process."""
    await host.slack.uninstall(workspace)
    async with Browser(host) as browser:
        await install(host, browser, workspace, by)


def posted(host: Scene, workspace: Workspace) -> list[str | None]:
    """What became of each post into the workspace's channel."""
    calls = host.slack.calls("chat.postMessage")
    return [call.error for call in calls if call.args["channel"] == workspace.general.id]


async def test_a_token_that_another_process_was_given_is_taken_up(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    channel, person = (address("-", workspace.id, where) for where in (workspace.general.id, bob.id))
    async with Browser(host) as browser, another(host) as (other, _):
        await install(host, browser, workspace, bob)
        first = await other.deliver(Notice("x"), channel, "k1")
        await install_anew(host, workspace, bob)
        assert (await other.deliver(Notice("x"), channel, "k2")).outcome is Outcome.SENT
        await install_anew(host, workspace, bob)
        assert (await other.edit(Notice("y"), first.message)).outcome is Outcome.SENT
        await install_anew(host, workspace, bob)
        assert (await other.deliver(Notice("x"), person, "k3")).outcome is Outcome.SENT
    refused = [call.method for call in host.slack.requests if call.error == "account_inactive"]
    assert [method for method in refused if method != "auth.test"] == [
        "chat.postMessage",
        "chat.update",
        "conversations.open",
    ]


async def test_a_workspace_that_another_process_saw_leave_is_gone(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    place = address("-", workspace.id, workspace.general.id)
    async with Browser(host) as browser, another(host) as (other, _):
        await install(host, browser, workspace, bob)
        await other.deliver(Notice("x"), place, "k1")
        await host.slack.uninstall(workspace)
        assert (await other.deliver(Notice("x"), place, "k2")).outcome is Outcome.GONE
        assert (await other.deliver(Notice("x"), place, "k3")).outcome is Outcome.GONE
    assert len(posted(host, workspace)) == 2


async def test_a_home_is_published_with_the_token_that_another_process_was_given(host: Scene) -> None:
    workspace, bob = newcomer(host, "Bobs")
    async with Browser(host) as browser, another(host) as (_, url):
        await install(host, browser, workspace, bob)
        first = host.slack.http.url
        host.slack.use_http(f"{url}/slack/events")
        await bob.open_home()
        if first:
            host.slack.use_http(first)
        else:
            host.slack.use_socket()
        await install_anew(host, workspace, bob)
        host.slack.use_http(f"{url}/slack/events")
        assert "Your learning" in words(await bob.open_home())
    assert host.slack.calls("views.publish")[-1].error is None


async def test_a_token_is_looked_up_again_before_long(host: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installations, "FRESH", 0.0)
    workspace, bob = newcomer(host, "Bobs")
    place = address("-", workspace.id, workspace.general.id)
    async with Browser(host) as browser, another(host) as (other, _):
        await install(host, browser, workspace, bob)
        await other.deliver(Notice("x"), place, "k1")
        await install_anew(host, workspace, bob)
        assert (await other.deliver(Notice("x"), place, "k2")).outcome is Outcome.SENT
    assert posted(host, workspace) == [None, None]
