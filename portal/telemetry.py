"""Measuring switched on in one process: metrics to be fetched at /metrics, spans to a collector, if any.

OTEL_EXPORTER_OTLP_ENDPOINT names the collector (OpenTelemetry's own variables; http/protobuf). Without it no
span leaves the process.
"""

import os
import threading

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from portal.measuring import NAME
from portal.operations.gauges import register_gauges

_lock = threading.Lock()
_started: list[str] = []


def start_telemetry(role: str) -> None:
    """``role``: web or worker. Once in a process; again does nothing."""
    with _lock:
        if _started:
            return
        _started.append(role)
    resource = Resource({SERVICE_NAME: f"{NAME}-{role}"})
    reader = PrometheusMetricReader(disable_target_info=True, scope_info_enabled=False)
    metrics.set_meter_provider(MeterProvider([reader], resource=resource))
    register_gauges()
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
