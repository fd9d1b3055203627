"""Workers and the clock are measured too: a job by its name and how it ended, by nothing that it carries."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from portal import measuring
from portal.celery import app
from tests.operations.servers import new_redis
from tests.servers import ROOT

SAID = "191212121212"
PATIENCE_S = 60.0


class Collector(HTTPServer):
    """Keeps what it is sent, by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: list[tuple[str, bytes]] = []

    @property
    def spans(self) -> list[tuple[Any, Any]]:
        """Resource and span, of each."""
        sent = [
            ExportTraceServiceRequest.FromString(body) for path, body in self.taken if path == "/v1/traces"
        ]
        return [
            (of.resource, span)
            for each in sent
            for of in each.resource_spans
            for scope in of.scope_spans
            for span in scope.spans
        ]

    @property
    def metrics(self) -> list[Any]:
        sent = [
            ExportMetricsServiceRequest.FromString(body) for path, body in self.taken if path == "/v1/metrics"
        ]
        return [
            m for each in sent for of in each.resource_metrics for s in of.scope_metrics for m in s.metrics
        ]


class Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        import gzip

        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.taken.append((self.path, body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def pairs(attributes: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in attributes}


def test_worker_sends_its_jobs_by_name_alone(collector, tmp_path):
    with new_redis() as redis:
        worker = start_worker(redis.url, collector.server_port, tmp_path)
        try:
            with app.connection_for_write(redis.url.replace("unix://", "redis+socket://", 1)) as connection:
                app.send_task("tests.operations.jobs.work", [SAID], queue="notify", connection=connection)
            deadline = time.monotonic() + PATIENCE_S
            while not (collector.spans and collector.metrics) and time.monotonic() < deadline:
                time.sleep(0.1)
        finally:
            worker.terminate()
            worker.wait(60)
    ((resource, span),) = collector.spans
    assert (span.name, pairs(span.attributes)) == (
        "job",
        {"job": "tests.operations.jobs.work", "outcome": "ended"},
    )
    assert set(pairs(resource.attributes)) == {"service.name", "service.instance.id"}
    assert pairs(resource.attributes)["service.name"] == "patientoversikt-worker"
    (took,) = [each for each in collector.metrics if each.name == "portal.job.duration"][:1]
    assert {frozenset(pairs(point.attributes)) for point in took.histogram.data_points} == {
        frozenset({"job", "outcome"})
    }
    assert not [path for path, body in collector.taken if SAID.encode() in body]


def start_worker(redis_url: str, port: int, folder: Path) -> "subprocess.Popen[bytes]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "--app", "portal", "worker", "--include"),
            *("tests.operations.jobs", "--concurrency", "1", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--queues", "notify"),
        ],
        cwd=ROOT,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "portal.settings.test",
            "DATABASE_URL": f"sqlite://{folder}/unused.sqlite3",
            "DATA_DIR": str(folder),
            "REDIS_URL": redis_url,
            "JOBS_FOLDER": str(folder),
            "JOBS_TAKE_S": "0",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_METRIC_EXPORT_INTERVAL": "300",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_job_is_measured_however_it_ends(monkeypatch):
    from portal.operations import working

    ended = list[tuple[str, str]]()
    monkeypatch.setattr(measuring, "begin_job", lambda job: lambda outcome: ended.append((job, outcome)))
    from portal.operations.tasks import forget_old_paces as task

    for state in ("SUCCESS", "FAILURE", "RETRY", None):
        working.begin(task_id="1", task=task)
        working.end(task_id="1", task=task, state=state)
    working.end(task_id="unknown", state="SUCCESS")
    assert [outcome for _, outcome in ended] == ["ended", "failed", "retried", "failed"]
    assert {job for job, _ in ended} == {task.name}


def test_without_a_collector_nothing_is_started(monkeypatch):
    from portal import telemetry

    monkeypatch.delenv(telemetry.COLLECTOR, raising=False)
    monkeypatch.setattr(telemetry, "_started", [])
    telemetry.start_pushing("worker")
    assert telemetry._started == []
