"""Spans as OpenTelemetry makes and exports them. Imported only where an endpoint is set."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import StatusCode

import bot
from bot.core.tracing import Attribute

FLUSH = 2.0
"""Seconds that a stop waits for spans that are not sent yet."""


class Spans:
    """The tracer of one process."""

    def __init__(self) -> None:
        named = OTELResourceDetector().detect()
        ours = Resource({"service.name": "dualo", "service.version": bot.__version__})
        self._exporter = OTLPSpanExporter()
        # Our own provider, not the global one: nothing else in the process may begin to trace by it.
        self._provider = TracerProvider(resource=ours.merge(named), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("dualo")

    @contextmanager
    def span(self, name: str, attributes: dict[str, Attribute]) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as opened:
            try:
                yield
            except BaseException as error:
                # Its kind alone: an exception's own words may be somebody's.
                opened.set_status(StatusCode.ERROR, type(error).__name__)
                raise

    def add(self, attributes: dict[str, Attribute]) -> None:
        trace.get_current_span().set_attributes(attributes)

    def here(self) -> object | None:
        return context.get_current() if trace.get_current_span().get_span_context().is_valid else None

    @contextmanager
    def within(self, place: object) -> Iterator[None]:
        token = context.attach(cast(Context, place))
        try:
            yield
        finally:
            context.detach(token)

    def close(self) -> None:
        """Send what is left; an endpoint that does not answer holds nothing up."""
        enough = threading.Timer(FLUSH, self._exporter.shutdown)
        enough.start()
        self._provider.shutdown()
        enough.cancel()
