"""CONTRIBUTING.md's examples are run: each way to add something works as it is written there."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, insert, text

from bot.core import actions, commands, layout, typed, views
from bot.core.blocks import Page, Para, Sentence
from bot.core.ports import Actor, Adapter, Outcome
from bot.engine import StudyEngine
from bot.features import request
from bot.store import migrate, tables
from tests.conftest import Learner

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def blocks_of(title: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The section's code as one module, as it stands in the guide."""
    module = ModuleType("example_of_contributing")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks_of(request.param, "python"):
        exec(compile(block, "CONTRIBUTING.md", "exec"), module.__dict__)
    return module


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered meanwhile is gone afterwards."""
    for name in ("_BY_VERB", "_FORMER", "_BY_PATH"):
        monkeypatch.setattr(commands, name, dict(getattr(commands, name)))
    monkeypatch.setattr(request, "_HANDLERS", dict(request._HANDLERS))
    monkeypatch.setattr(layout.parts, "_LAYOUTS", dict(layout.parts._LAYOUTS))


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("example", ["Add a command"], indirect=True)
async def test_a_command_is_added_by_a_record_and_a_handler(example: Any, ada: Learner) -> None:
    assert await ada.types("/wave-example Bob") == views.Notice("ada waves to Bob.", tone=views.Tone.DONE)
    assert actions.read(actions.token(example.WaveExample(whom="Bob"))) == example.WaveExample(whom="Bob")
    form = await ada.types("/wave-example")
    assert isinstance(form, views.FormPage)
    assert [field.label for field in form.form.fields] == ["Whom"]
    assert await ada.does(actions.fill("1|greet-example", {"whom": "Bob"})) == views.Notice(
        "ada waves to Bob.", tone=views.Tone.DONE
    )


def test_no_example_command_is_left_behind() -> None:
    assert commands.by_verb("wave-example") is None
    assert commands.by_verb("greet-example") is None


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("example", ["Add a view"], indirect=True)
def test_a_view_is_added_by_a_record_and_its_layout(example: Any) -> None:
    page = layout.page(example.WavePage("Bob", 2), views.Reader())
    assert isinstance(page, Page)
    assert Para((Sentence("You waved to Bob 2 times."),)) in page.blocks


@pytest.mark.parametrize("example", ["Add a column"], indirect=True)
def test_a_column_is_added_by_a_migration_and_read_by_a_query(
    example: Any, sqlite_template: Path, tmp_path: Path
) -> None:
    assert example.down_revision == migrate.head()
    path = tmp_path / "column.db"
    shutil.copy(sqlite_template, path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        seat = {"workspace": "web", "person": "ada"}
        connection.execute(insert(tables.learner).values(seat))
        with Operations.context(MigrationContext.configure(connection)):
            example.upgrade()
        (query,) = blocks_of("Add a column", "sql")
        assert connection.execute(text(query), seat).scalar_one() == ""
        made = {row.name: row for row in connection.execute(text("PRAGMA table_info(learner)"))}["nickname"]
        assert (made.type, not made.notnull) == (str(example.column.type), example.column.nullable)
    engine.dispose()


def members(kind: type) -> dict[str, object]:
    return {name: value for name, value in vars(kind).items() if not name.startswith("_")}


@pytest.mark.parametrize("example", ["Add a platform"], indirect=True)
def test_the_example_platform_is_an_adapter(example: Any) -> None:
    asked = {*members(Adapter), *Adapter.__annotations__}
    assert asked <= set(members(example.EchoAdapter))
    for name, wanted in members(Adapter).items():
        if inspect.isfunction(wanted):
            own = inspect.signature(getattr(example.EchoAdapter, name)).parameters.values()
            assert [(p.name, p.kind) for p in own] == [
                (p.name, p.kind) for p in inspect.signature(wanted).parameters.values()
            ], name


@pytest.mark.parametrize("example", ["Add a platform"], indirect=True)
async def test_the_example_platform_answers_and_never_posts_twice(example: Any, engine: StudyEngine) -> None:
    adapter = example.EchoAdapter(engine)
    await adapter.start()
    reply = await engine.handle(typed.parse("/themes"), Actor(workspace="echo", person="ada"))
    assert await adapter.event("ada", "/themes") == example.paint(layout.page(reply.view, reply.reader))
    assert "no command" in await adapter.event("ada", "/thmes")
    sent = await adapter.deliver(reply.view, adapter.direct("echo", "ada"), "key")
    await adapter.deliver(views.Notice("Again."), adapter.direct("echo", "ada"), "key")
    assert sent.outcome is Outcome.SENT
    assert adapter.posted == {"key": example.paint(layout.page(reply.view, reply.reader))}
    assert all(check.healthy for check in await adapter.check())


def test_the_example_platform_knows_bot_api_alone() -> None:
    (block,) = blocks_of("Add a platform", "python")
    imported = {node.module for node in ast.walk(ast.parse(block)) if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name and name.split(".")[0] in {"bot", "adapters"}} == {"bot.api"}


def named_files() -> list[str]:
    walks = section("The walk of a question") + section("The walk of a delivery")
    return sorted(set(re.findall(r"`((?:bot|adapters)/[a-z_/]+(?:\.py|/))`", walks)))


@pytest.mark.parametrize("name", named_files())
def test_every_file_on_the_walks_is_there(name: str) -> None:
    assert (ROOT / name).exists()
