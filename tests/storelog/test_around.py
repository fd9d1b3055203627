"""What a row becomes, what production refuses, what the administration may do, and what the probes say."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from connectors.storelog.checks import refuse_unsafe_national_log
from connectors.storelog.models import Outgoing, Receiver
from connectors.storelog.shaping import is_sent, shape
from connectors.storelog.terms import LOGICAL_ADDRESS, NationalLog
from consent.accesslog.events import Action, Event
from consent.accesslog.model import AccessEvent
from consent.vocabulary import Purpose
from portal.settings.national_log import read_national_log
from portal.settings.places import read_places
from tests.consent.examples import AKUTEN
from tests.storelog.conftest import SYSTEM, Papers, write_shown

pytestmark = [pytest.mark.django_db]
URL = "https://log.example/StoreLog"


def written(**more: Any) -> AccessEvent:
    return AccessEvent.objects.get(event_id=write_shown(**more))


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_has_a_word_there(purpose: Purpose) -> None:
    from tests.consent.examples import reader

    assert shape(written(actor=reader(purpose=purpose))).purpose


@pytest.mark.parametrize("event", list(Event))
def test_every_event_with_an_activity_has_something_it_is_about(event: Event) -> None:
    row = written(event=event, origins=[], kinds=frozenset())
    assert is_sent(row) is (bool(row.activity) and event is not Event.INTENT)
    if is_sent(row):
        (resource,) = shape(row).resources
        assert resource.type
        assert resource.provider_id == row.provider_id


def test_emergency_and_print_are_told_as_such() -> None:
    assert shape(written(is_emergency=True)).activity == "Nödöppning"
    assert shape(written(action=Action.PRINT)).activity == "Utskrift"


def test_key_of_the_month_that_is_lost_is_told(monkeypatch: Any) -> None:
    row = written()
    monkeypatch.setattr("connectors.storelog.shaping.patient_of", lambda _row: None)
    with pytest.raises(ValueError, match="key_lost"):
        shape(row)


# Settings. -----------------------------------------------------------------------------------------


def test_unset_nothing_is_sent(monkeypatch: Any) -> None:
    monkeypatch.delenv("NATIONAL_LOG_URL", raising=False)
    assert read_national_log() is None


def test_what_is_set_is_read(monkeypatch: Any) -> None:
    monkeypatch.setenv("NATIONAL_LOG_URL", URL)
    with pytest.raises(ImproperlyConfigured):
        read_national_log()
    monkeypatch.setenv("NATIONAL_LOG_SYSTEM", SYSTEM)
    found = read_national_log()
    assert found is not None
    assert (found.url, found.system_id, found.logical_address) == (URL, SYSTEM, LOGICAL_ADDRESS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NATIONAL_LOG_URL", "https://me:secret@log.example/"),
        ("NATIONAL_LOG_URL", "ftp://log.example/"),
        ("NATIONAL_LOG_SYSTEM", "no id at all"),
        ("NATIONAL_LOG_ADDRESS", "S" * 33),
    ],
)
def test_what_is_wrong_is_refused_without_being_repeated(monkeypatch: Any, name: str, value: str) -> None:
    monkeypatch.setenv("NATIONAL_LOG_URL", URL)
    monkeypatch.setenv("NATIONAL_LOG_SYSTEM", SYSTEM)
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_national_log()
    assert value not in str(refusal.value)


def test_production_wants_https_and_a_certificate(settings: Any, papers: Papers) -> None:
    settings.PRODUCTION, settings.SOURCE_PLACES = True, read_places()
    pair = {"certificate": papers.certificate, "key": papers.key, "authority": papers.authority}
    settings.NATIONAL_LOG = NationalLog(URL, SYSTEM, **pair)
    assert refuse_unsafe_national_log(None) == []
    for place in (
        NationalLog("http://log.example/", SYSTEM, **pair),
        NationalLog("https://127.0.0.1/", SYSTEM, **pair),
        NationalLog(URL, SYSTEM),
        NationalLog(URL, SYSTEM, certificate=papers.certificate, key="no key"),
    ):
        settings.NATIONAL_LOG = place
        found = refuse_unsafe_national_log(None)
        assert [one.id for one in found] == ["storelog.E001"]
        assert "PRIVATE KEY" not in str(found)
    settings.PRODUCTION = False
    assert refuse_unsafe_national_log(None) == []


# What is told. -------------------------------------------------------------------------------------


def test_readiness_tells_of_a_lag_and_stays_ready(settings: Any) -> None:
    settings.NATIONAL_LOG = NationalLog(URL, SYSTEM)
    assert "national_log_lag" not in Client().get("/readyz").content.decode()
    row = written()
    Outgoing.objects.create(event_id=row.event_id, seq=row.seq, at=timezone.now() - timedelta(hours=2))
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert "national_log_lag" in answer.json()["reasons"]


def test_administrator_sends_again_and_it_is_logged() -> None:
    from portal.accounts.groups import SYSTEM_ADMINISTRATORS
    from tests.consent.administrators import at_work, client_of
    from tests.consent.doings import make_organisations

    make_organisations()
    row = written()
    common = {"seq": row.seq, "at": row.at, "state": Outgoing.ASIDE, "reason": Outgoing.INVALID}
    Outgoing.objects.create(event_id=row.event_id, **common)
    Receiver.objects.create(pk=1)
    client = at_work(client_of("adm", group=SYSTEM_ADMINISTRATORS), AKUTEN)
    page = client.get("/admin/storelog/outgoing/")
    assert page.status_code == 200
    said = {"action": "send_again", "_selected_action": [str(row.event_id)]}
    assert client.post("/admin/storelog/outgoing/", said).status_code == 302
    assert Outgoing.objects.get().state == Outgoing.WAITING
    assert AccessEvent.objects.filter(event="admin_changed", detail__model="outgoing").count() == 1
