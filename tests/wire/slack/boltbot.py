"""The smallest complete Bolt bot: it proves the little Slack with the real SDK, over both lines, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeAlias

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.workspace import Workspace

LineName: TypeAlias = Literal["socket", "http"]


def web_client(slack: FakeSlack, token: str | None) -> AsyncWebClient:
    """Without the SDK's own second try, which would double what a fault let through."""
    return AsyncWebClient(token=token, base_url=slack.api_url, retry_handlers=[])


def make_app(slack: FakeSlack, workspace: Workspace, **settings: Any) -> AsyncApp:
    return AsyncApp(
        client=web_client(slack, workspace.token),
        signing_secret=slack.app.signing_secret,
        **settings,
    )


@asynccontextmanager
async def connect(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app on one more web socket."""
    before = len(slack.socket.connections)
    handler = AsyncSocketModeHandler(app, slack.app.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until_connected(before + 1)
    try:
        yield handler
    finally:
        client = handler.client
        tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
        await handler.close_async()  # type: ignore[no-untyped-call]
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        await client.aiohttp_client_session.close()


@asynccontextmanager
async def listen(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[str]:
    """The app behind a URL that Slack posts to; the address of its site comes out."""

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def flow(request: web.Request) -> web.Response:
        assert app.oauth_flow is not None
        bolt_request = await to_bolt_request(request)
        if request.path == "/slack/install":
            return await to_aiohttp_response(await app.oauth_flow.handle_installation(bolt_request))
        return await to_aiohttp_response(await app.oauth_flow.handle_callback(bolt_request))

    site = web.Application()
    site.router.add_post("/slack/events", take)
    site.router.add_get("/slack/install", flow)
    site.router.add_get("/slack/oauth_redirect", flow)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.use_http(f"http://{host}:{port}/slack/events")
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(slack: FakeSlack, app: AsyncApp, line: LineName) -> AsyncIterator[None]:
    async with connect(slack, app) if line == "socket" else listen(slack, app):
        yield
