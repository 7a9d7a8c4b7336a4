"""Traces as a collector gets them; and that nothing of it is loaded while no endpoint is set."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.core import tracing
from bot.core.errors import SettingsError
from bot.core.ports import Actor
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.process import telemetry
from bot.store.database import Database
from bot.store.store import opened
from tests.collector import ENDPOINT, collecting, told
from tests.hand_clock import HandClock

ROOT = Path(__file__).parent.parent


SET = {ENDPOINT: "http://127.0.0.1:9"}


async def test_a_command_leads_to_its_handler_and_its_statements(database_url: str, library: Library) -> None:
    async with collecting() as collector, opened(Database(database_url)) as store:
        engine = StudyEngine(store, library, HandClock())
        actor = Actor(workspace="web", person="Adalbert-Finsterwalder")
        await engine.handle(commands.Next(), actor)
        await engine.handle(
            commands.ReportMistake(theme="backend-architectures", lesson="layers", what="Der Wal"), actor
        )
    assert collector.service == "dualo"
    assert collector.path_to("handler next") == ["command next", "handler next"]
    assert told(collector.named("command next")) == {"front": "web", "outcome": "answered"}
    inside = [span.name for span in collector.spans if collector.path_to(span.name)[0].startswith("command")]
    assert {"transaction hot_read", "transaction cold_write"} <= set(inside)
    assert [name for name in inside if name.startswith("statement hot.")]
    assert [name for name in inside if name.startswith("statement insert ")]


async def test_no_span_tells_a_person_or_a_text(database_url: str, library: Library) -> None:
    async with collecting() as collector, opened(Database(database_url)) as store:
        engine = StudyEngine(store, library, HandClock())
        actor = Actor(workspace="web", person="Adalbert-Finsterwalder")
        await engine.handle(
            commands.ReportMistake(theme="backend-architectures", lesson="layers", what="Der Wal"), actor
        )
        await engine.handle(commands.Find(words="Der Wal"), actor)
    assert collector.spans
    assert [span for span in collector.spans if "Adalbert" in str(span) or "Wal" in str(span)] == []


async def test_an_exception_is_told_by_its_kind_alone() -> None:
    async with collecting() as collector:
        with pytest.raises(ValueError, match="Adalbert"), tracing.span("work"):
            raise ValueError("Adalbert said so")
    assert collector.named("work").status.message == "ValueError"
    assert "Adalbert" not in str(collector.spans)


async def test_a_step_outside_of_a_span_is_none() -> None:
    async with collecting() as collector:
        with tracing.step("statement"):
            pass
        with tracing.span("work"), tracing.step("part"):
            pass
    assert sorted(span.name for span in collector.spans) == ["part", "work"]


async def test_what_another_task_does_for_a_trace_is_a_part_of_it() -> None:
    async def elsewhere(place: asyncio.Future[object | None]) -> None:
        with tracing.within(await place), tracing.step("part"):
            pass

    async with collecting() as collector:
        place: asyncio.Future[object | None] = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(elsewhere(place))
        with tracing.span("work"):
            place.set_result(tracing.here())
            await waiting
    assert collector.path_to("part") == ["work", "part"]


def loaded_with(variables: Mapping[str, str]) -> str:
    """What of OpenTelemetry a command loads, by a process of its own."""
    program = (
        "import asyncio, os, sys\n"
        "import bot.process.main, bot.process.cli.app\n"
        "from bot.process import telemetry\n"
        "async def look():\n"
        "    async with telemetry.traced(os.environ):\n"
        "        print(sorted(name for name in sys.modules if name.startswith('opentelemetry'))[:1])\n"
        "asyncio.run(look())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT), **variables},
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_nothing_of_it_is_loaded_unless_it_is_wanted(variables: Mapping[str, str]) -> None:
    assert loaded_with(variables) == "[]"


def test_it_is_loaded_where_an_endpoint_is_set_that_does_not_answer() -> None:
    assert loaded_with({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces"}) == "['opentelemetry']"


async def test_a_missing_library_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.process.spans", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT is set, but .* install dualo\[otel\]"):
        async with telemetry.traced(SET):
            raise AssertionError("it traces")


async def test_another_protocol_is_refused_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match="“grpc” is not spoken here"):
        async with telemetry.traced({**SET, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}):
            raise AssertionError("it traces")
