"""Traces by OpenTelemetry, where its own variables name an endpoint; its library is loaded only then.

The standard settings of OpenTelemetry hold: `OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) switches it on,
`OTEL_SDK_DISABLED=true` or `OTEL_TRACES_EXPORTER=none` off; headers, sampler and the service's name are read by the
library itself. Spans go by HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.core import tracing
from bot.core.errors import SettingsError

if TYPE_CHECKING:
    from bot.process.spans import Spans

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
BY_HTTP = "http/protobuf"


def endpoint_of(environ: Mapping[str, str]) -> str:
    """The variable that names the endpoint; empty if nothing is to be traced."""
    off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_TRACES_EXPORTER") == "none"
    return "" if off else next((name for name in ENDPOINTS if environ.get(name)), "")


@asynccontextmanager
async def traced(environ: Mapping[str, str]) -> AsyncIterator[None]:
    """Trace what is done inside, if an endpoint is named; on leaving, what is not sent yet is sent for a moment."""
    variable = endpoint_of(environ)
    if not variable:
        yield
        return
    made = _spans(variable, environ)
    tracing.trace_by(made)
    try:
        yield
    finally:
        tracing.trace_by(None)
        await asyncio.to_thread(made.close)


def _spans(variable: str, environ: Mapping[str, str]) -> Spans:
    protocol = next((environ[name] for name in PROTOCOLS if environ.get(name)), BY_HTTP)
    if protocol != BY_HTTP:
        raise SettingsError(
            f"OpenTelemetry's protocol “{protocol}” is not spoken here: set OTEL_EXPORTER_OTLP_PROTOCOL to {BY_HTTP}, "
            "and the endpoint to the collector's port for HTTP, mostly 4318."
        )
    try:
        from bot.process.spans import Spans
    except ModuleNotFoundError as missing:
        raise SettingsError(
            f"{variable} is set, but {missing.name} is not installed: install dualo[otel], or take the variable away."
        ) from None
    return Spans()
