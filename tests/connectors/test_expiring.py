"""A client certificate that runs out is told of in time, and then is a fault with a reason of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from structlog.testing import capture_logs

from connectors import expiring
from connectors.base.contract import Fault
from connectors.expiring import certificates_of
from connectors.forms import PREFIX, WholeSourceForm, form_for
from connectors.labels import FAULT_LABELS
from connectors.models import Source
from connectors.npo.connector import NpoConnector
from connectors.schedule import SCHEDULE
from connectors.tasks import watch_certificates
from portal.overview.presenters.words import FAULT_WORDS
from tests.consent.administrators import client_of, text_of
from tests.faults.certificates import Pem, client_pem, make_authority

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def pem(tmp_path: Path) -> Pem:
    """Ends a day from now."""
    return client_pem(make_authority(tmp_path / "authority"))


@pytest.fixture
def source(pem: Pem, organisations: None) -> Source:
    made = Source(slug="npo", label="NPÖ", connector="npo", base_url="https://npo.example")
    made.write_secrets({"client_certificate": pem.certificate, "client_key": pem.key})
    made.save()
    return made


def ends_of(source: Source) -> datetime:
    (one,) = certificates_of(source)
    assert one.ends_at is not None
    return one.ends_at


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        (timedelta(days=30, seconds=1), "ok"),
        (timedelta(days=30), "30"),
        (timedelta(days=7, seconds=1), "30"),
        (timedelta(days=7), "7"),
        (timedelta(days=1), "1"),
        (timedelta(seconds=1), "1"),
        (timedelta(0), "expired"),
        (timedelta(days=-400), "expired"),
    ],
    ids=str,
)
def test_told_at_thirty_seven_and_one_day_and_when_it_is_over(source: Source, before: timedelta, stage: str):
    ends = ends_of(source)
    with time_machine.travel(ends - before, tick=False), capture_logs() as lines:
        assert watch_certificates() == (stage != "ok")
        page = text_of(client_of("chef", superuser=True).get(reverse("admin:index")))
    said = [(line["source"], line["stage"], line["log_level"]) for line in lines if "stage" in line]
    level = "warning" if stage in ("30", "7") else "error"
    assert said == ([] if stage == "ok" else [("npo", stage, level)])
    assert ("Certifikat som måste bytas" in page) is (stage != "ok")


def test_the_sources_page_says_when_and_shows_no_certificate(source: Source, pem: Pem):
    page = text_of(
        client_of("chef", superuser=True).get(reverse("admin:connectors_source_change", args=["npo"]))
    )
    assert f"{ends_of(source):%Y-%m-%d}" in page
    assert pem.certificate[60:90] not in page
    listed = text_of(client_of("chefen", superuser=True).get(reverse("admin:connectors_source_changelist")))
    assert f"går ut {ends_of(source):%Y-%m-%d}" in listed


def test_one_that_cannot_be_read_is_told_as_that(source: Source):
    source.write_secrets({"client_certificate": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"})
    source.save()
    with capture_logs() as lines:
        assert watch_certificates() == 1
    assert [line["stage"] for line in lines if "stage" in line] == ["unreadable"]


def test_files_that_the_installation_names_are_watched_too(settings: Any, tmp_path: Path, pem: Pem):
    file = tmp_path / "proxy.pem"
    file.write_text(pem.certificate)
    settings.WATCHED_CERTIFICATES = [str(file), str(tmp_path / "missing.pem")]
    told = {one.what: one.stage(datetime.now(UTC)) for one in expiring.all_certificates()}
    assert told == {"proxy.pem": "1", "missing.pem": "unreadable"}


def test_the_form_takes_none_that_has_run_out_or_is_none(tmp_path: Path, organisations: None):
    form_class = form_for(NpoConnector.manifest, WholeSourceForm)
    name = PREFIX + "client_certificate"
    old = client_pem(make_authority(tmp_path / "authority"), expired=True).certificate
    for text, words in (
        (old, "gick ut"),
        ("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----", "går inte att läsa"),
    ):
        form = form_class(
            {"slug": "npo", "label": "NPÖ", "base_url": "https://npo.example",
             PREFIX + "logical_address": "SE1", name: text}
        )  # fmt: skip
        form.is_valid()
        assert words in str(form.errors.get(name, "")), form.errors


def test_the_fault_has_words_of_its_own_and_the_task_its_hour():
    assert "gått ut" in str(FAULT_WORDS[Fault.CERTIFICATE])
    assert str(FAULT_LABELS[Fault.CERTIFICATE]) != str(FAULT_LABELS[Fault.TLS])
    assert "watch-certificates" in SCHEDULE
