"""Files: each format, each way of spelling, each way of being wrong; a bad row never costs a good one."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors.openfeed.checking import judge
from connectors.openfeed.entries import Entry
from connectors.openfeed.files import MAX_BYTES, from_json, read_file, to_json
from connectors.openfeed.handing_in import NothingWaits, Wishes, carry_out, look
from connectors.openfeed.models import DeliveredFile, HeldRecord, Reception
from connectors.openfeed.refusing import Code, Problem, RefusedWhole
from connectors.openfeed.samples import SAMPLES, sample_records, table
from tests.feed.vendor import Vendor, service


def csv_of(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return "\n".join(";".join(cells) for cells in rows).encode(encoding)


def csv_with(**cells: str) -> bytes:
    """The first sample row, with some cells another way."""
    header, row = table()[0], dict(zip(*table()[:2], strict=True))
    row |= {name.replace("__", "."): value for name, value in cells.items()}
    names = [*header, *(name for name in row if name not in header)]
    return csv_of([names, [row.get(name, "") for name in names]])


def book_of(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def only(entries: list[Entry]) -> Any:
    (entry,) = entries
    assert entry.problems == ()
    return entry.record


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_holds_the_same_records(name: str) -> None:
    entries = read_file(name, SAMPLES[name].make())
    assert [entry.record for entry in entries] == sample_records()
    assert not any(entry.problems for entry in entries)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_characters_are_read_as_they_were_saved(encoding: str) -> None:
    data = csv_of(table()[:2], encoding).replace(b"\n", b"\r\n")
    assert only(read_file("x.csv", data))["text"] == "Hjälp med dusch och mat"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-10", "2026-01-10"),
        ("20260110", "2026-01-10"),
        ("10/1 2026", "2026-01-10"),
        ("10.1.2026", "2026-01-10"),
        ("10 januari 2026", "2026-01-10"),
        ("den 10 jan. 2026", "2026-01-10"),
        ("2026-01-10 08:00", "2026-01-10T08:00:00+01:00"),
        ("2026-01-10 kl. 08.00", "2026-01-10T08:00:00+01:00"),
        ("2026-07-10 08:00:30", "2026-07-10T08:00:30+02:00"),
        ("2026-01-10T08:00:00Z", "2026-01-10T08:00:00Z"),
    ],
)
def test_swedish_dates_become_iso(written: str, read: str) -> None:
    assert only(read_file("x.csv", csv_with(updated=written)))["updated"] == read


@pytest.mark.parametrize("written", ["2026-02-30", "13/13 2026", "nyss", "10 majj 20", "2026-01-10 25:00"])
def test_date_that_is_none_is_told_with_row_and_field(written: str) -> None:
    (entry,) = read_file("x.csv", csv_with(updated=written))
    assert (entry.place, entry.problems) == (2, (Problem(Code.NOT_A_TIME, "updated"),))


def test_cells_get_the_shape_of_their_field() -> None:
    cells = {"type": "vaccination", "law": "HSL", "data__dose": "5", "data__kind": "", "data__extent": ""}
    record = only(read_file("x.csv", csv_with(**cells)))
    assert (record["data"], record["law"]) == ({"dose": 5}, "hsl")
    plan = only(read_file("x.csv", csv_with(type="care_plan", data__participants="Rehab|Hemsjukvården")))
    assert plan["data"]["participants"] == ["Rehab", "Hemsjukvården"]
    infection = only(read_file("x.csv", csv_with(type="infection", data__confirmed="Ja")))
    assert infection["data"]["confirmed"] is True


def test_spreadsheets_line_about_the_separator_is_no_row() -> None:
    (entry,) = read_file("x.csv", b"sep=;\r\n" + csv_of(table()[:2]))
    assert (entry.place, entry.problems) == (3, ())


def test_unknown_columns_are_kept() -> None:
    assert only(read_file("x.csv", csv_with(vikt="72", unit__floor="3")))["vikt"] == "72"


def test_row_of_another_length_costs_no_other() -> None:
    rows = table()
    data = csv_of([rows[0], [*rows[1], "en cell för mycket"], rows[2]])
    first, second = read_file("x.csv", data)
    assert (first.place, first.problems) == (2, (Problem(Code.NOT_A_ROW),))
    assert second.problems == ()


def test_workbook_keeps_numbers_dates_and_yes(tmp_path: object) -> None:
    header = ["id", "type", "patient", "status", "title", "updated", "law", "unit.provider", "unit.unit",
              "data.dose", "data.target"]  # fmt: skip
    row = [1, "vaccination", 191212121212, "active", "Covid", datetime(2026, 1, 10, 8, 0), "hsl",
           "SE5560000001-X001", "SE5560000001-X0E1", 5.0, "covid-19"]  # fmt: skip
    record = only(read_file("x.xlsx", book_of([header, row, [None] * 11])))
    assert (record["id"], record["patient"]) == ("1", "191212121212")
    assert (record["updated"], record["data"]["dose"]) == ("2026-01-10T08:00:00+01:00", 5)
    assert judge(record).problems == ()


def test_formula_in_a_workbook_is_never_computed_and_a_text_stays_text() -> None:
    record = only(read_file("x.csv", csv_with(text="=1+1")))
    assert record["text"] == "=1+1"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.csv", b"", Code.NOT_A_FILE),
        ("x.csv", b"id,type,patient\n1,service,x", Code.NOT_A_FILE),
        ("x.csv", b"a;b\n1;2", Code.NOT_A_FILE),
        ("x.csv", b"id;patient;id\n1;2;3", Code.NOT_A_FILE),
        ("x.csv", b"id;patient", Code.NOT_A_FILE),
        ("x.csv", b'id;patient\n"1;2', Code.NOT_A_FILE),
        ("x.csv", b"\xff\xfei\0d\0;\0", Code.NOT_A_FILE),
        ("x.csv", b"id;patient\n\0;2", Code.NOT_A_FILE),
        ("x.json", b'{"records": 1}', Code.NOT_A_DELIVERY),
        ("x.json", b'{"a": 1, "a": 2}', Code.NOT_JSON),
        ("x.json", b"[NaN]", Code.NOT_JSON),
        ("x.json", b"[]", Code.NOT_A_FILE),
        ("x.xlsx", b"PK\x03\x04nonsense", Code.NOT_A_FILE),
        ("x.csv", b"id;patient\n" + b"1;2\n" * 20_001, Code.TOO_MANY),
        ("x.csv", b"x" * (MAX_BYTES + 1), Code.TOO_LARGE),
    ],
    ids=str,
)
def test_file_that_cannot_be_used_is_refused_whole(name: str, data: bytes, code: Code) -> None:
    with pytest.raises(RefusedWhole) as raised:
        read_file(name, data)
    assert raised.value.code is code


def test_line_that_is_no_json_costs_no_other() -> None:
    lines = [json.dumps(service(1)).encode(), b"{", b"", json.dumps(service(2)).encode()]
    entries = read_file("x.ndjson", b"\n".join(lines))
    assert [(entry.place, bool(entry.problems)) for entry in entries] == [(1, False), (2, True), (4, False)]


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def repacked(change: dict[str, bytes]) -> bytes:
    """A sound workbook with some parts exchanged."""
    with zipfile.ZipFile(io.BytesIO(SAMPLES["exempel.xlsx"].make())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed({**parts, **change})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed({"xl/worksheets/sheet1.xml": b"0" * 70_000_000}), Code.TOO_LARGE),
        (packed({f"a{n}": b"" for n in range(501)}), Code.NOT_A_FILE),
        (packed({"a.txt": b"x"}), Code.NOT_A_FILE),
        (repacked({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'}), Code.NOT_A_FILE),
        (repacked({"xl/workbook.xml": "<!DOCTYPE x><x/>".encode("utf-16")}), Code.NOT_A_FILE),
        (repacked({"xl/worksheets/sheet1.xml": b"<not closed"}), Code.NOT_A_FILE),
    ],
    ids=["bomb", "many parts", "no workbook", "entities", "hidden doctype", "broken sheet"],
)
def test_hostile_workbook_is_refused(data: bytes, code: Code) -> None:
    with pytest.raises(RefusedWhole) as raised:
        read_file("x.xlsx", data)
    assert raised.value.code is code


# Handing in: first look, then do.


@pytest.mark.django_db
def test_look_changes_nothing_and_keeps_the_file_unreadable(vendor: Vendor) -> None:
    file, delivery = look(vendor.source, "x.csv", SAMPLES["exempel.csv"].make(), Wishes(), "Prov")
    assert delivery.counts["accepted"] == 3
    assert not HeldRecord.objects.exists()
    assert "Hemtjänst" not in repr(list(DeliveredFile.objects.values()))
    done, delivery = carry_out(file.pk)
    assert (delivery.counts["accepted"], HeldRecord.objects.count()) == (3, 3)
    assert (done.content, done.counts["accepted"]) == (None, 3)
    with pytest.raises(NothingWaits):
        carry_out(file.pk)


@pytest.mark.django_db
def test_snapshot_removes_what_it_lacks_and_says_how_much(vendor: Vendor) -> None:
    vendor.push(service(1), service(2), service(3, status="error"))
    data = json.dumps([service(2), service(4)]).encode()
    file, delivery = look(vendor.source, "x.json", data, Wishes(is_snapshot=True), "Prov")
    assert (delivery.removed, delivery.counts["accepted"], delivery.counts["unchanged"]) == (1, 1, 1)
    assert HeldRecord.objects.count() == 3
    carry_out(file.pk)
    assert {record.id for record in vendor.shown().records} == {"service/insats-2", "service/insats-4"}
    assert Reception.objects.get().complete_at is not None
    assert vendor.shown().absent == frozenset()


@pytest.mark.django_db
def test_snapshot_keeps_the_old_version_of_what_it_could_not_read(vendor: Vendor) -> None:
    vendor.push(service(1), service(2), complete=True)
    data = json.dumps([service(1, title="", updated="2026-01-12"), service(2)]).encode()
    file, _delivery = look(vendor.source, "x.json", data, Wishes(is_snapshot=True), "Prov")
    carry_out(file.pk)
    answer = vendor.shown()
    assert (len(answer.records), answer.unparsed) == (2, 1)


@pytest.mark.django_db
def test_snapshot_without_one_sound_row_takes_nothing_away(vendor: Vendor) -> None:
    vendor.push(service(1))
    with pytest.raises(RefusedWhole) as raised:
        look(
            vendor.source, "x.json", json.dumps([service(1, law="x")]).encode(), Wishes(is_snapshot=True), ""
        )
    assert raised.value.code is Code.NOTHING_USABLE
    assert HeldRecord.objects.count() == 1


@pytest.mark.django_db
def test_snapshot_closes_every_hole(vendor: Vendor) -> None:
    vendor.push(service(1, title=""), service(None, patient="x"), complete=True)
    file, _ = look(vendor.source, "x.json", json.dumps([service(2)]).encode(), Wishes(is_snapshot=True), "")
    carry_out(file.pk)
    assert vendor.shown().unparsed == 0


@pytest.mark.django_db
def test_row_outside_the_law_is_never_kept_not_even_waiting(vendor: Vendor) -> None:
    planted = service(1, title="Ugglebo", data={"kind": "child_protection"})
    file, delivery = look(vendor.source, "x.json", json.dumps([planted, service(2)]).encode(), Wishes(), "")
    assert delivery.results[0].problems == (Problem(Code.OUTSIDE_LAW),)
    assert "Ugglebo" not in (DeliveredFile.objects.get(pk=file.pk).content or "")


# Anything at all.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = [*service(), "code", "end", "housing"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_any_record_is_judged_and_what_is_sound_can_be_shown(change: dict[str, Any]) -> None:
    from connectors.base.contract import SourceProfile
    from connectors.openfeed.reading import Reading
    from consent.vocabulary import EVERY_KIND

    judged = judge({**service(), **change})
    if judged.problems or judged.is_withdrawal:
        return
    assert judged.patient is not None
    reading = Reading(
        SourceProfile(slug="x", label="", base_url="", owner=None),
        {judged.patient.number: judged.patient},
        EVERY_KIND,
    )
    reading.read({"records": [{**service(), **change, "patient": judged.patient.number}]})
    assert (len(reading.records), reading.unparsed) == (1, 0)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for name in ("x.csv", "x.ndjson"):
        for start in (b"", b"id;type;patient;updated\n", b"{"):
            try:
                entries = read_file(name, start + data)
            except RefusedWhole:
                continue
            assert from_json(to_json(entries)) == entries


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), min_size=4, max_size=4)
)
def test_any_cells_come_through_or_are_told_of(cells: list[str]) -> None:
    import csv

    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([["id", "patient", "updated", "data.dose"], cells])
    try:
        entries = read_file("x.csv", out.getvalue().encode())
    except RefusedWhole:
        return
    for entry in entries:
        judge(entry.record)
