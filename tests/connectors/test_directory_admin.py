"""The contact directory is kept by hand: with a reason, a row in the log, and a day that has been."""

from datetime import date

import pytest
from django.urls import reverse

from connectors.models import DirectoryEntry
from consent.models import AccessEvent, CareProvider, CareUnit
from tests.consent.administrators import client_of, text_of

pytestmark = pytest.mark.django_db
FORM = {"role": "on_call", "name": "Jouren", "phone": "0980-319231", "hours": "17–08",
        "verified_on": "2026-01-02"}  # fmt: skip
ADD = reverse("admin:connectors_directoryentry_add")


@pytest.fixture
def keeper():
    return client_of("keeper", group="Systemadministratör")


@pytest.fixture
def unit():
    provider = CareProvider.objects.create(
        hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care"
    )
    return CareUnit.objects.create(hsa_id="SE2321000016-R0ME", name="Medicin", provider=provider)


def test_an_entry_is_added_with_a_reason_and_a_row_in_the_log(keeper, unit):
    form = {**FORM, "unit": unit.pk}
    assert "Detta fält måste fyllas i" in text_of(keeper.post(ADD, form))
    assert keeper.post(ADD, {**form, "change_reason": "Ringde enheten"}).status_code == 302
    row = AccessEvent.objects.get(event="admin_changed")
    assert row.detail["values"]["phone"] == [None, "0980-319231"]
    assert DirectoryEntry.objects.get().verified_on == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"verified_on": "2999-01-01"}, "Dagen har inte varit än."),
        ({"role": "stand_in", "name": ""}, "Ange vem som är ersättare."),
        ({"phone": "ring växeln"}, "Skriv numret med siffror"),
    ],
)
def test_what_cannot_be_true_is_refused_beside_the_field(keeper, unit, wrong, words):
    answer = keeper.post(ADD, {**FORM, "unit": unit.pk, "change_reason": "x", **wrong})
    assert words in text_of(answer)
    assert not DirectoryEntry.objects.exists()


def test_what_no_longer_holds_is_removed_with_a_reason(keeper, unit):
    entry = DirectoryEntry.objects.create(**{**FORM, "unit": unit})
    url = reverse("admin:connectors_directoryentry_delete", args=[entry.pk])
    assert keeper.post(url, {"post": "yes", "change_reason": "Enheten är stängd"}).status_code == 302
    assert AccessEvent.objects.get(event="admin_changed").detail["removed"] is True
