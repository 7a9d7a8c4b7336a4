"""A bug is told to the person under a reference id, and the log holds the whole story under that very id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.adapter import WebAdapter
from bot.core import actions, views
from bot.core.ports import Actor, Engine
from bot.engine import StudyEngine
from bot.features.commands import Command
from bot.process.settings import LogFormat
from bot.store.store import Store
from tests.contracts.sample_engine import SampleEngine
from tests.log_lines import Log, logged, reference_in
from tests.web.conftest import OURS
from tests.wire import discord_stage, slack_bot
from tests.wire.no_content import broken


class NoView(SampleEngine):
    """Answers with something that no front end can draw."""

    async def handle(self, command: Command, actor: Actor) -> views.Reply:
        return views.Reply(cast("views.View", "no view at all"), views.Reader())


class NoForm(SampleEngine):
    """Answers with a form that no front end can draw."""

    async def handle(self, command: Command, actor: Actor) -> views.Reply:
        field = actions.Field("name", cast("str", None), actions.FieldKind.LINE)
        return views.Reply(views.FormPage("Form", "", actions.Form("save", {}, (field,))), views.Reader())


@pytest.fixture(params=list(LogFormat))
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    with logged(request.param) as log:
        yield log


async def test_on_discord_a_bug_of_the_engine_is_in_the_log(
    classroom: discord_stage.Scene, store: Store, log: Log
) -> None:
    classroom.engine.engine = broken(store)
    shown = await classroom.ada.slash("themes", channel=classroom.channel)
    assert log.told_under(reference_in(discord_stage.text_of(shown))) == ["command.failed"]


async def test_on_discord_a_bug_of_the_adapter_is_in_the_log(classroom: discord_stage.Scene, log: Log) -> None:
    classroom.engine.engine = cast("StudyEngine", NoView())
    shown = await classroom.ada.slash("themes", channel=classroom.channel)
    assert log.told_under(reference_in(discord_stage.text_of(shown))) == ["discord.failed"]


async def test_in_slack_a_bug_of_the_engine_is_in_the_log(office: slack_bot.Scene, log: Log) -> None:
    office.engine.engine = broken(office.store)
    assert log.told_under(reference_in(slack_bot.words(await office.asks("/themes")))) == ["command.failed"]


async def test_in_slack_a_bug_of_the_adapter_is_in_the_log(office: slack_bot.Scene, log: Log) -> None:
    office.engine.engine = NoView()
    assert log.told_under(reference_in(slack_bot.words(await office.asks("/themes")))) == ["slack.failed"]


async def test_in_slack_a_bug_after_the_acknowledgement_is_told_and_in_the_log(
    office: slack_bot.Scene, log: Log
) -> None:
    office.engine.engine = NoForm()
    assert log.told_under(reference_in(slack_bot.words(await office.asks("/themes")))) == ["slack.failed"]


async def test_in_slack_a_home_that_cannot_be_drawn_tells_of_it(office: slack_bot.Scene, log: Log) -> None:
    office.engine.engine = NoView()
    home = await office.ada.open_home()
    assert log.told_under(reference_in(slack_bot.words(home))) == ["slack.failed"]


async def test_on_the_page_a_bug_of_the_engine_is_in_the_log(store: Store, log: Log) -> None:
    assert log.told_under(reference_in(await said_on_page(broken(store)))) == ["command.failed"]


async def test_on_the_page_a_bug_of_the_adapter_is_in_the_log(log: Log) -> None:
    assert log.told_under(reference_in(await said_on_page(NoView()))) == ["web.failed"]


async def said_on_page(engine: Engine) -> str:
    app = web.Application()
    WebAdapter(engine).attach(app)
    async with TestClient(TestServer(app)) as client:
        response = await client.post("/web/say", json={"who": {}, "line": "/themes"}, headers=OURS)
        answer: dict[str, Any] = await response.json()
        return str(answer["html"])
