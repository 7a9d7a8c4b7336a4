"""A Dualo that others install by OAuth: its front door, the browsers that come, and the workspaces they are of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
from yarl import URL

from bot.domain.course import Shelf
from tests.wire.slack.person import Person
from tests.wire.slack.workspace import Workspace
from tests.wire.slack_bot import LineName, Scene, scene_of

PUBLIC = "http://dualo.example"


@asynccontextmanager
async def host_of(path: Path, shelf: Shelf, line: LineName) -> AsyncIterator[Scene]:
    """A host that has no token yet, and lets others install."""
    oauth = {"client_id": "11111.22222", "client_secret": "client-secret", "public_url": PUBLIC, "bot_token": ""}
    async with scene_of(path, shelf, line, clean=False, **oauth) as scene:
        yield scene
        assert scene.slack.unexpected == []
        assert scene.slack.warnings == []


class Browser:
    """Somebody's browser, with its cookies."""

    def __init__(self, host: Scene, *, language: str = "") -> None:
        self._host = host
        said = {"Accept-Language": language} if language else {}
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers=said)

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def begin(self) -> dict[str, list[str]]:
        """The install page; what it asks Slack for comes out."""
        async with self._session.get(f"{self._host.url}/slack/install", allow_redirects=False) as answer:
            assert answer.status == 302
            location = URL(answer.headers["Location"])
        assert str(location.with_query(None)) == self._host.slack.authorize_url
        return parse_qs(location.query_string)

    async def knock(self) -> int:
        """The install page, asked by somebody who goes no further."""
        async with self._session.get(f"{self._host.url}/slack/install", allow_redirects=False) as answer:
            return answer.status

    async def come_back(self, redirect: str, *, cookie: str = "") -> tuple[int, str]:
        """Slack sends the browser to the public address, which is this host's; perhaps with a cookie made up there."""
        url = URL(f"{self._host.url}/slack/oauth_redirect?{urlsplit(redirect).query}", encoded=True)
        made_up = {"Cookie": f"dualo_slack_install={cookie}"} if cookie else {}
        async with self._session.get(url, headers=made_up) as answer:
            return answer.status, await answer.text()

    async def install(self, workspace: Workspace, by: Person, beside: Iterable[Workspace] = ()) -> tuple[int, str]:
        asked = await self.begin()
        consent = self._host.slack.install(
            workspace, by, state=asked["state"][0], redirect_uri=asked["redirect_uri"][0],
            scopes=asked["scope"][0].split(","), beside=beside,
        )  # fmt: skip
        return await self.come_back(consent.redirect)


def newcomer(host: Scene, name: str, *, enterprise: str | None = None) -> tuple[Workspace, Person]:
    workspace = host.slack.add_team(name, enterprise_id=enterprise, installed=False)
    return workspace, workspace.person(name.lower())


async def answer(person: Person, command: str, said: str = "") -> str:
    return (await (await person.command(command, said)).answer()).text
