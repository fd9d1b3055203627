"""Läs in från fil: upload, read the report, confirm with a reason; logged with counts, the report kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.accesslog.model import AccessEvent
from consent.models import CareUnit
from portal.accounts.importing import MAX_BYTES
from portal.accounts.models import ImportFile
from tests.consent.administrators import LostLog, client_of, text_of
from tests.consent.doings import last_row
from tests.consent.examples import AKUTEN, FJALL

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

ADD = "admin:accounts_importfile_add"
GOOD = f"HSA-id;Namn;Tillhör\nSE2321000016-R0X1;Ögon;{FJALL.hsa_id}\n{AKUTEN.hsa_id};Akuten;\nSE9;=1+1;SE8\n"


@pytest.fixture
def tove(organisations: None) -> Client:
    return client_of("tove", group="Systemadministratör")


def upload(client: Client, text: str | bytes = GOOD, sort: str = "units", name: str = "enheter.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(reverse(ADD), {"sort": sort, "upload": SimpleUploadedFile(name, data)})


def staged(client: Client, **more: Any) -> str:
    """Address of the report of an uploaded file."""
    response = upload(client, **more)
    assert response.status_code == 302, text_of(response)
    return str(response.url)


def confirm(client: Client, where: str, reason: str = "ny avdelning") -> Any:
    return client.post(where, {"change_reason": reason})


def test_page_tells_the_columns_and_gives_an_example_that_can_be_read_in(tove):
    page = text_of(tove.get(reverse(ADD)))
    for words in ("HSA-id", "Tillhör", "Rättigheter", "Samtycke väcks när", "5 MiB", "20 000 rader"):
        assert words in page
    for sort in ("units", "users", "assignments"):
        address = reverse("admin:accounts_importfile_example", args=[sort])
        assert address in page
        example = tove.get(address)
        assert example.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="exempel-{sort}.csv"' in example.headers["Content-Disposition"]
        assert confirm(tove, staged(tove, text=example.content, sort=sort)).status_code == 302
    assert tove.get(reverse("admin:accounts_importfile_example", args=["x"])).status_code == 404
    assert [f.faulty_count for f in ImportFile.objects.all()] == [0, 0, 0]


def test_upload_shows_row_by_row_what_would_happen_and_does_nothing(tove):
    where = staged(tove)
    page = text_of(tove.get(where))
    for words in ("Ny: 1", "Oförändrad: 1", "Fel: 1", "Vårdgivaren SE8 finns inte.", "Läs in 1 rad", "Skäl"):
        assert words in page, words
    assert not CareUnit.objects.filter(name="Ögon").exists()
    assert not AccessEvent.objects.filter(event="admin_changed").exists()


def test_good_rows_are_read_in_with_a_reason_and_logged_with_counts(tove):
    where = staged(tove)
    assert confirm(tove, where).url == where
    assert CareUnit.objects.get(pk="SE2321000016-R0X1").name == "Ögon"
    row = last_row()
    assert (row.event, row.reason, row.user_hsa_id) == ("admin_changed", "ny avdelning", "SE2321000016-TOVE")
    found = ImportFile.objects.get()
    assert row.detail == {
        "model": "importfile",
        "object": str(found.pk),
        "sort": "units",
        "new_count": 1,
        "changed_count": 0,
        "unchanged_count": 1,
        "faulty_count": 1,
        "in": "admin",
    }
    assert (found.content, found.reason, str(found.applied_by)) == (None, "ny avdelning", "tove")
    page = text_of(tove.get(where))
    assert "Så blev det" in page
    assert "Vårdgivaren SE8 finns inte." in page
    assert 'name="_save"' not in page


@pytest.mark.parametrize("reason", ["", " ", "för 193908139060"])
def test_nothing_is_read_in_without_a_reason(tove, reason):
    assert confirm(tove, staged(tove), reason).status_code == 200
    assert not CareUnit.objects.filter(name="Ögon").exists()


def test_file_is_read_in_once(tove):
    where = staged(tove)
    confirm(tove, where)
    assert confirm(tove, where).status_code == 403
    assert AccessEvent.objects.filter(event="admin_changed").count() == 1


def test_same_file_again_changes_nothing(tove):
    text = GOOD.replace("SE9;=1+1;SE8\n", "")
    confirm(tove, staged(tove, text=text))
    again = staged(tove, text=text)
    assert "Det finns inget att läsa in." in text_of(tove.get(again))


def test_what_happened_meanwhile_counts(tove):
    where = staged(tove)
    CareUnit.objects.create(hsa_id="SE2321000016-R0X1", name="Öron", provider_id=FJALL.hsa_id)
    confirm(tove, where)
    found = ImportFile.objects.get()
    assert (found.new_count, found.changed_count) == (0, 1)


def test_without_a_log_nothing_is_read_in_and_the_file_waits(tove):
    where = staged(tove)
    with LostLog():
        response = confirm(tove, where)
    assert "kunde inte skrivas i åtkomstloggen" in text_of(tove.get(response.url))
    assert not CareUnit.objects.filter(name="Ögon").exists()
    assert ImportFile.objects.get().applied_at is None
    assert confirm(tove, where).status_code == 302
    assert CareUnit.objects.filter(name="Ögon").exists()


REFUSED: dict[str, tuple[bytes, str]] = {
    "too large": (b"HSA-id\n" + b"x" * MAX_BYTES, "5 MiB"),
    "not text": (b"\x89PNG\x00", "inte en textfil"),
    "no rows": (b"HSA-id;Namn\n", "inga rader"),
    "unknown header": (b"Personnummer\n1\n", "Okända rubriker: Personnummer."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_file_that_cannot_be_read_is_not_kept(tove, what):
    data, words = REFUSED[what]
    assert words in text_of(upload(tove, text=data))
    assert not ImportFile.objects.exists()


def test_report_is_a_file_without_formulas(tove):
    text = f"Användare;Enhet;Ändamål\nSE1;{AKUTEN.hsa_id};=cmd|x\n"
    where = staged(tove, text=text, sort="assignments")
    found = ImportFile.objects.get()
    report = tove.get(reverse("admin:accounts_importfile_report", args=[found.pk]))
    assert report.headers["Content-Disposition"] == 'attachment; filename="rapport.csv"'
    assert report.content.decode().splitlines()[:1] == ["\ufeffRad;Utfall;Gäller;Vad"]
    assert "2;fel;" in report.content.decode()
    long = "".join(f"SE2321000016-R{n:04};Enhet;{FJALL.hsa_id}\n" for n in range(300))
    where = staged(tove, text=f"HSA-id;Namn;Tillhör\n{long}")
    assert "100 rader till står i rapporten." in text_of(tove.get(where))
    newest = ImportFile.objects.exclude(pk=found.pk).get()
    report = tove.get(reverse("admin:accounts_importfile_report", args=[newest.pk]))
    assert len(report.content.decode().splitlines()) == 301


def test_content_is_encrypted_and_forgotten_when_nobody_confirms(tove):
    from django.db import connection

    where = staged(tove)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM accounts_importfile")
        assert "Ögon".encode() not in bytes(cursor.fetchone()[0])
    ImportFile.objects.update(uploaded_at=timezone.now() - timedelta(hours=25))
    staged(tove)
    page = text_of(tove.get(where))
    assert "Filen bekräftades inte inom ett dygn" in page
    assert confirm(tove, where).status_code == 403
    assert not CareUnit.objects.filter(name="Ögon").exists()


def test_files_are_not_deleted(tove):
    staged(tove)
    where = reverse("admin:accounts_importfile_delete", args=[ImportFile.objects.get().pk])
    assert tove.post(where, {"post": "yes"}).status_code == 403
    assert "enheter.csv" in text_of(tove.get(reverse("admin:accounts_importfile_changelist")))
