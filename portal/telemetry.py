"""Measuring switched on in one process.

Web processes: metrics to be fetched at /metrics. Workers and the clock, which nobody can fetch from: metrics
are sent to the collector, each process its own. Spans of all are sent there. OTEL_EXPORTER_OTLP_ENDPOINT
names it (OpenTelemetry's own variables; http/protobuf); without it nothing leaves a process by itself.
"""

import os
import threading
import uuid

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from portal.measuring import NAME
from portal.operations.gauges import register_gauges

COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"
# A process that ends waits no longer for the collector to take the last of it.
LAST_MS = 2000

_lock = threading.Lock()
_started: list[str] = []


def start_telemetry(role: str) -> None:
    """``role``: web. Once in a process; again does nothing."""
    if not _begin(role):
        return
    resource = _resource(role)
    reader = PrometheusMetricReader(disable_target_info=True, scope_info_enabled=False)
    metrics.set_meter_provider(MeterProvider([reader], resource=resource))
    register_gauges()
    _send_spans(resource)


def start_pushing(role: str) -> None:
    """``role``: worker, clock. No gauges: those are of the whole portal, and every web process has them."""
    if not os.environ.get(COLLECTOR) or not _begin(role):
        return
    resource = _resource(role)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter())
    metrics.set_meter_provider(MeterProvider([reader], resource=resource))
    _send_spans(resource)


def hand_over() -> None:
    """The last of it, as the process ends."""
    for provider in (metrics.get_meter_provider(), trace.get_tracer_provider()):
        if isinstance(provider, MeterProvider | TracerProvider):
            provider.force_flush(LAST_MS)


def _begin(role: str) -> bool:
    with _lock:
        if _started:
            return False
        _started.append(role)
        return True


def _resource(role: str) -> Resource:
    """A number of the process's own, so that sums of several are not taken for one that goes up and down. No
    host, no command line, no user."""
    return Resource({SERVICE_NAME: f"{NAME}-{role}", SERVICE_INSTANCE_ID: uuid.uuid4().hex})


def _send_spans(resource: Resource) -> None:
    if os.environ.get(COLLECTOR):
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
