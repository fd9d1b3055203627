"""What the self-check says of a whole file: once for each thing, in order, refusing nothing promised."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from connectors.openfeed.files import read_file
from connectors.openfeed.remarks import Note, nearest_field, remarks_on
from connectors.openfeed.reports import report_without_source
from tests.feed.vendor import service

pytestmark = pytest.mark.django_db

UNIT = {"provider": "SE5560000009-K001", "unit": "SE5560000009-K0E1", "name": "Norr"}


def own(number: int, **more: Any) -> dict[str, Any]:
    """A record without anything of the example's."""
    return service(number, **{"unit": UNIT, **more})


def table(header: str, *rows: str) -> bytes:
    return "\n".join([header, *rows]).encode()


def report(data: bytes) -> Any:
    return report_without_source(read_file("x", data))


def as_json(*records: dict[str, Any]) -> bytes:
    return json.dumps(list(records)).encode()


def notes(*records: dict[str, Any]) -> list[tuple[Note, str, tuple[int, ...]]]:
    return [(one.note, one.field, one.places) for one in report(as_json(*records)).remarks]


def test_sound_file_has_no_remark() -> None:
    assert notes(own(1), own(2)) == []


@pytest.mark.parametrize(("name", "nearest"), [
    ("titel", "title"), ("statuss", "status"), ("extent", "data.extent"), ("unit.fone", "unit.phone"),
    ("phone", "unit.phone"), ("zzz", ""),
])  # fmt: skip
def test_unknown_name_is_told_with_the_nearest_known(name: str, nearest: str) -> None:
    assert nearest_field(name) == nearest


def test_unknown_column_is_told_once_with_the_rows() -> None:
    found = notes(own(1, hjalp="x"), own(2), own(3, hjalp="y", unit={**UNIT, "fone": "1"}))
    assert found == [(Note.UNKNOWN_FIELD, "hjalp", (1, 3)), (Note.UNKNOWN_FIELD, "unit.fone", (3,))]


def test_id_that_comes_twice_is_told() -> None:
    assert notes(own(1), own(2), own(1)) == [(Note.REPEATED_ID, "id", (3,))]


def test_doubtful_hsa_ids_are_told() -> None:
    found = notes(service(1), own(2, unit={**UNIT, "unit": "norr"}))
    assert found == [
        (Note.SAMPLE_HSA_ID, "unit.provider", (1,)),
        (Note.SAMPLE_HSA_ID, "unit.unit", (1,)),
        (Note.NOT_AN_HSA_ID, "unit.unit", (2,)),
    ]


def test_number_that_may_be_somebodys_is_told_where_one_is_only_trying() -> None:
    digits = f"850709{12:03}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    control = -sum(value // 10 + value % 10 for value in doubled) % 10
    entries = read_file("x", as_json(own(1, patient=f"19{digits}{control}")))
    assert [one.note for one in remarks_on(entries, is_trial=True)] == [Note.NO_TEST_NUMBER]
    assert remarks_on(entries) == ()


def test_missing_column_is_told_once_and_not_row_by_row() -> None:
    made = report(table("id;type;patient;status", *(f"{n};service;191212121212;active" for n in range(1, 4))))
    assert [(line.field, line.code) for line in made.everywhere] == [
        (name, "missing") for name in ("title", "updated", "law", "unit.provider", "unit.unit")
    ]
    assert [(line.place, line.what, line.is_refused) for line in made.lines] == [
        (2, "", True), (3, "", True), (4, "", True),
    ]  # fmt: skip


def test_rows_stand_in_their_order_and_faults_are_never_left_off() -> None:
    made = report(as_json(*(own(n, **({"title": ""} if n % 2 else {})) for n in range(1, 6))))
    assert [line.place for line in made.lines] == [1, 2, 3, 4, 5]
    many = report(as_json(*(own(n) for n in range(1, 300)), own(300, title="")))
    assert (len(many.lines), many.lines[-1].place, many.left_off) == (200, 300, 100)


def test_unknown_word_is_told_with_those_that_may_stand_there() -> None:
    (line,) = report(as_json(own(1, status="aktiv"))).lines
    assert line.do == "Skriv ett av: active, planned, ended, cancelled, error."
    (line,) = report(as_json(own(1, type="servise"))).lines
    assert line.do.startswith("Skriv ett av: service, ")


def test_page_says_all_of_it_and_what_was_typed_is_inert() -> None:
    data = as_json(own(1, **{"<script>": 1}), own(1))
    given = {"file": SimpleUploadedFile("x.json", data)}
    html = Client().post(reverse("feed_check"), given).content.decode()
    assert "<script>:" not in html
    words = " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())
    assert "Värt att se över" in words
    assert "Samma type och id står mer än en gång." in words
    assert "Inget avvisas för det." in words


def test_column_that_is_missing_is_named() -> None:
    html = Client().post(reverse("feed_check"), {"text": "id;type;title\n1;service;x"}).content.decode()
    assert "Kolumnen patient saknas i rubrikraden." in html
