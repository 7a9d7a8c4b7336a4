"""Installing by OAuth with Bolt's own flow: consent, code, token, several workspaces, and being thrown out."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.boltbot import listen, web_client
from tests.wire.slack.model import Json
from tests.wire.slack.workspace import Workspace

# slack_sdk passes client id and secret by a class that newer versions of aiohttp mean to drop.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


@pytest.fixture
def workspace(slack: FakeSlack) -> Workspace:
    return slack.add_team()


def installable(slack: FakeSlack, folder: Path) -> AsyncApp:
    settings = AsyncOAuthSettings(
        client_id=slack.app.client_id,
        client_secret=slack.app.client_secret,
        scopes=["commands", "chat:write"],
        authorization_url=slack.authorize_url,
        installation_store=FileInstallationStore(base_dir=str(folder), client_id=slack.app.client_id),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder), client_id=slack.app.client_id),
    )
    client = web_client(slack, None)
    flow = AsyncOAuthFlow(settings=settings, client=client)
    return AsyncApp(
        client=client, signing_secret=slack.app.signing_secret, oauth_flow=flow, process_before_response=True
    )


async def test_an_app_is_installed_works_and_is_thrown_out(slack: FakeSlack, tmp_path: Path) -> None:
    workspace = slack.add_team("Later", installed=False)
    eve = workspace.person("eve")
    slack.consents.visitor = (workspace.team, eve.user)
    app = installable(slack, tmp_path)
    heard: list[str] = []

    @app.command("/who")
    async def who(ack: Any, client: Any, context: Json) -> None:
        await ack()
        await client.chat_postMessage(channel=context["user_id"], text="Installed")

    for kind in ("app_uninstalled", "tokens_revoked"):

        @app.event(kind)
        async def gone(event: Json) -> None:
            heard.append(event["type"])

    async with listen(slack, app) as site, AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with session.get(f"{site}/slack/install") as page:
            link = (await page.text()).split(slack.authorize_url)[1].split('"')[0]
            cookies = {name: morsel.value for name, morsel in page.cookies.items()}
        async with session.get(slack.authorize_url + link.replace("&amp;", "&"), allow_redirects=False) as allowed:
            code = parse_qs(urlsplit(allowed.headers["Location"]).query)
        callback = f"{site}/slack/oauth_redirect?code={code['code'][0]}&state={code['state'][0]}"
        async with session.get(callback, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}) as done:
            assert done.status == 200
        turn = await eve.command("/who")
        assert (await turn.message()).text == "Installed"
        grant = next(grant for grant in slack.world.grants.values() if grant.kind == "bot")
        await slack.uninstall(workspace)
        assert heard == ["tokens_revoked", "app_uninstalled"]
        with pytest.raises(SlackApiError, match="account_inactive"):
            await web_client(slack, grant.token).auth_test()


async def test_a_code_is_worth_one_token_to_the_app_it_was_given_to(slack: FakeSlack, workspace: Workspace) -> None:
    by, client = workspace.person("eve"), web_client(slack, None)
    consent = slack.install(workspace, by, state="s", redirect_uri="https://dualo.example/cb", scopes=["commands"])
    assert parse_qs(urlsplit(consent.redirect).query) == {"code": [consent.code], "state": ["s"]}
    right = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret, "code": consent.code}
    wrong = [
        ("invalid_client_id", {"client_id": "1"}),
        ("bad_client_secret", {"client_secret": "x"}),
        ("invalid_code", {"code": "x"}),
        ("bad_redirect_uri", {"redirect_uri": "https://evil.example"}),
    ]
    for error, change in wrong:
        with pytest.raises(SlackApiError, match=error):
            await client.oauth_v2_access(**{**right, **change})
    answer = await client.oauth_v2_access(**right)
    assert (answer["scope"], answer["team"]["id"]) == ("commands", workspace.id)
    with pytest.raises(SlackApiError, match="code_already_used"):
        await client.oauth_v2_access(**right)
    late = slack.install(workspace, by, state="s", redirect_uri="https://dualo.example/cb")
    slack.clock.advance(601)
    with pytest.raises(SlackApiError, match="code_expired"):
        await client.oauth_v2_access(**{**right, "code": late.code})


async def test_one_org_wide_token_serves_several_workspaces(slack: FakeSlack) -> None:
    one, two = (slack.add_team(name, enterprise_id="E1", installed=False) for name in ("One", "Two"))
    consent = slack.install(one, one.person("eve"), state="s", redirect_uri="https://d.example", beside=[two])
    answer = await web_client(slack, None).oauth_v2_access(
        client_id=slack.app.client_id, client_secret=slack.app.client_secret, code=consent.code
    )
    assert (answer["is_enterprise_install"], answer["team"], answer["enterprise"]["id"]) == (True, None, "E1")
    client = web_client(slack, answer["access_token"])
    listed = await client.conversations_list(team_id=two.id)
    assert [channel["id"] for channel in listed["channels"]] == [two.general.id]
    with pytest.raises(SlackApiError, match="missing_argument"):
        await client.conversations_list()


async def test_an_app_takes_itself_out_with_its_own_secret(slack: FakeSlack, workspace: Workspace) -> None:
    client = web_client(slack, workspace.token)
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await client.apps_uninstall(client_id=slack.app.client_id, client_secret="x")
    await client.apps_uninstall(client_id=slack.app.client_id, client_secret=slack.app.client_secret)
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test()
