"""What is measured says nothing of anybody, and is what dashboards and alerts name."""

import json
import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connectors.models import Source
from connectors.standing import note_probe
from connectors.storelog.terms import NationalLog
from consent.tasks import seal_access_log
from portal import measuring
from portal.operations import gauges, pace
from portal.operations.models import SourcePace
from portal.operations.pace import pace_of
from portal.operations.runs import name_jobs
from portal.telemetry import start_telemetry
from tests.servers import ROOT
from tests.walking import Reader

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.django_db]
TOKEN = "a-token-of-the-test"
OBSERVABILITY = ROOT / "docker/observability"


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    start_telemetry("web")
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def shown(settings, spans) -> None:
    settings.METRICS_TOKEN = TOKEN


def fetch(**headers: str) -> Any:
    return Client(REMOTE_ADDR="10.1.2.3").get("/metrics", headers=headers)


def metrics() -> str:
    reply = fetch(authorization=f"Bearer {TOKEN}")
    assert reply.status_code == 200
    return reply.content.decode()


# Who may fetch them. -------------------------------------------------------------------------------


def test_to_whom_it_is_not_for_there_is_no_such_page(spans, settings):
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = "", ()
    assert fetch().status_code == 404
    assert fetch(authorization="Bearer ").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert fetch(authorization="Bearer wrong").status_code == 404
    assert fetch(authorization=f"Bearer {TOKEN}").status_code == 200


def test_listed_network_may_fetch_but_nobody_through_a_proxy_in_it(spans, settings):
    settings.METRICS_NETWORKS = (ip_network("10.1.0.0/16"),)
    assert fetch().status_code == 200
    for header in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert fetch(**{header: "10.1.2.3"}).status_code == 404, header
    settings.METRICS_NETWORKS = (ip_network("10.2.0.0/16"),)
    assert fetch().status_code == 404


# What they say. ------------------------------------------------------------------------------------


@pytest.fixture
def looked(people: "Addresses", shown, spans) -> tuple[str, list[Any], tuple[str, ...]]:
    """Metrics and spans after an overview in which one source fails; and what must be in neither."""
    from demo.people import BY_LETTER
    from tests.people.test_when_systems_fail import order

    spans.clear()
    order(people.viva, "unavailable")
    try:
        reader = Reader().sign_in("akuten")
        reader.search(BY_LETTER["A"].number)
        reader.act("give_consent", period="open")
        reader.overview()
        reader.detail("diagnosis")
        reader.get("/p/finns-inte/")
    finally:
        order(people.viva, "ok")
    from portal.accounts.models import User

    person, user = BY_LETTER["A"], User.objects.get(username="akuten")
    canaries = (
        *(person.number, person.number[2:], person.family_name, person.given_name, reader.handle),
        *(str(user.hsa_id), user.username, user.last_name, "SE2321000016"),
    )
    return metrics(), list(spans.get_finished_spans()), canaries


@pytest.mark.demo
@pytest.mark.network
def test_metrics_tell_of_sources_and_pages_and_of_nobody(looked):
    text, _spans, canaries = looked
    assert [word for word in canaries if word and word in text] == []
    assert 'portal_source_duration_seconds_count{outcome="answered",source="cosmic"}' in text
    assert re.search(r'portal_source_faults_total\{outcome="unavailable",source="viva-\w+"\} [1-9]', text)
    assert re.search(r'portal_page_duration_seconds_count\{page="overview",status="200"\} [1-9]', text)
    ours = [line for line in text.splitlines() if line.startswith("portal_")]
    labels = {name for line in ours for name in re.findall(r'[{,](\w+)="', line)}
    assert labels <= measuring.ATTRIBUTES | {"le"}


@pytest.mark.demo
@pytest.mark.network
def test_spans_tell_of_sources_and_pages_and_of_nobody(looked):
    _text, found, canaries = looked
    assert {span.name for span in found} == {"page", "source"}
    for span in found:
        assert set(span.attributes) <= measuring.ATTRIBUTES
        assert span.events == () or list(span.events) == []
        said = json.dumps([span.name, dict(span.attributes), str(span.status.description)])
        assert [word for word in canaries if word and word in said] == []
    pages = {span.context.span_id for span in found if span.name == "page"}
    asked = [span for span in found if span.name == "source"]
    assert asked
    assert all(span.parent is not None and span.parent.span_id in pages for span in asked)


def test_exception_leaves_its_kind_and_words_out_of_the_span(spans):
    spans.clear()
    with pytest.raises(ValueError), measuring.source_span("cosmic"):
        raise ValueError("19121212-1212")
    (span,) = spans.get_finished_spans()
    assert "1212" not in json.dumps([span.name, dict(span.attributes or {}), str(span.status.description)])
    assert not span.events


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\bportal_\w+", text))


def exported() -> set[str]:
    """Every name that Prometheus would find, with the suffixes of histograms."""
    return {re.split(r"[ {]", line)[0] for line in metrics().splitlines() if line.startswith("portal_")}


@pytest.fixture
def everything(shown, settings, tmp_path) -> None:
    settings.LOG_SINK_DIR = str(tmp_path)
    seal_access_log()  # what tests before this one have committed
    source = Source.objects.create(slug="cosmic", label="Cosmic", connector="cosmic")
    note_probe(source.slug, None, datetime.now(UTC))
    name_jobs()
    measuring.note_source("cosmic", "answered", 0.2)
    measuring.note_source("cosmic", "timed_out", 4.0)
    measuring.note_page("overview", 200, 0.1)
    measuring.note_refused()
    measuring.begin_job("consent.tasks.seal_access_log")("ended")
    settings.NATIONAL_LOG = NationalLog("https://log.example/", "SE2321000016-PORTAL")


def test_every_metric_that_dashboard_and_alerts_name_exists(everything):
    dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    alerted = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    assert len(shown) > 10
    assert len(alerted) > 8
    there = exported() | {"portal_redis_up"}  # only where the cache is Redis
    for expression in (*shown, *alerted):
        named = names_in(expression)
        assert named, expression
        assert named <= there, (expression, named - there)


def test_every_gauge_is_on_the_dashboard(everything):
    text = (OBSERVABILITY / "dashboard.json").read_text()
    for name in gauges.GAUGES:
        assert name.replace(".", "_") in text, name


def test_number_that_cannot_be_had_is_missing_and_never_nought(everything, monkeypatch):
    def refuse(_sinks):
        raise OperationalError

    assert "portal_log_seal_lag_seconds 0" in metrics()
    monkeypatch.setattr(gauges, "measure_lag", refuse)
    text = metrics()
    assert "portal_log_seal_lag_seconds" not in re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    assert 'portal_job_late{job="consent.tasks.seal_access_log"} 1.0' in text


# How quick the sources are. ------------------------------------------------------------------------


@pytest.fixture
def counted():
    pace._counted.clear()
    yield
    pace._counted.clear()


def test_what_processes_counted_adds_up(counted):
    for _ in range(2):
        for _ in range(15):
            pace.note("cosmic", "answered", 0.18)
        pace.note("cosmic", "answered", 7.0)
        pace.note("cosmic", "timed_out", 4.0)
        assert pace.write_down() == 3
    assert pace.write_down() == 0
    found = pace.paces(datetime.now(UTC) - timedelta(hours=2))["cosmic"]
    assert (found.answers, found.usual_ms, found.slow_ms) == (32, 200, None)


def test_what_cannot_be_written_is_counted_on(counted, monkeypatch):
    pace.note("cosmic", "answered", 0.1)
    monkeypatch.setattr(pace, "_ADD", "INSERT INTO no_such_table VALUES (%s, %s, %s, %s, %s)")
    assert pace.write_down() == 0
    monkeypatch.undo()
    assert pace.write_down() == 1


@pytest.mark.parametrize(
    ("counts", "usual", "slow"),
    [
        ({100: 19}, None, None),
        ({100: 20}, 100, 100),
        ({100: 18, 1000: 2}, 100, 1000),
        ({100: 5, pace.ABOVE: 15}, None, None),
    ],
)
def test_pace_is_told_in_two_numbers_once_there_are_enough(counts, usual, slow):
    found = pace_of(counts)
    assert (found.usual_ms, found.slow_ms) == (usual, slow)


def test_old_paces_are_forgotten(counted):
    now = datetime.now(UTC)
    for days in (1, 9):
        hour = now - timedelta(days=days)
        SourcePace.objects.create(source="cosmic", hour=hour, within_ms=100, failed=False, count=1)
    assert pace.forget_old(now) == 1
    assert SourcePace.objects.count() == 1


@pytest.mark.demo
@pytest.mark.network
def test_readers_see_how_quick_each_source_is_and_how_fresh(people, counted):
    for _ in range(40):
        pace.note("cosmic", "answered", 0.42)
    pace.write_down()
    note_probe("cosmic", None, datetime.now(UTC))
    reader = Reader().sign_in("akuten")
    page = reader.get(reverse("speeds"))
    assert page.status == 200
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.body))
    assert "Oftast inom 0,5 s, nästan alltid inom 0,5 s" in text
    assert "Svarade senast" in text
    assert "Inte mätt" in text
    for label in Source.objects.filter(enabled=True).values_list("label", flat=True):
        assert label in text
    assert Reader().get(reverse("speeds")).status == 302
