"""A collector of traces on this machine, that keeps what it gets."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bot.process import telemetry

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class Collector:
    """Receives spans over HTTP."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.service = ""

    async def take(self, request: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        for resource in sent.resource_spans:
            named = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.service = named["service.name"]
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return web.Response(content_type="application/x-protobuf")

    def named(self, name: str) -> Span:
        found = [span for span in self.spans if span.name == name]
        assert found, sorted({span.name for span in self.spans})
        return found[0]

    def path_to(self, name: str) -> list[str]:
        """The names from the root of its trace to a span."""
        known = {span.span_id: span for span in self.spans}
        span, path = self.named(name), [name]
        while span.parent_span_id:
            span = known[span.parent_span_id]
            path.insert(0, span.name)
        return path


def told(span: Span) -> Mapping[str, str]:
    """Its attributes, as far as they are words."""
    return {each.key: each.value.string_value for each in span.attributes if each.value.HasField("string_value")}


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """What is done inside is traced; it is all there on leaving."""
    made = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", made.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    # The library reads its settings from the environment by itself.
    os.environ[ENDPOINT] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with telemetry.traced(os.environ):
            yield made
    finally:
        del os.environ[ENDPOINT]
        await runner.cleanup()
