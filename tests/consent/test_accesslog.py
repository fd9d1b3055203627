"""The access log: append-only, every field, no number in the clear, found again over months."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from consent import consenting, recording
from consent.accesslog import keys
from consent.accesslog.events import Action, Activity, Event, activity_of
from consent.accesslog.keys import keys_of, patient_keys, period_of
from consent.accesslog.model import AccessEvent, LogKey
from consent.accesslog.write import COLUMNS, Entry, LogUnavailable, write
from consent.encryption import Undecipherable
from consent.release import Shown, release_now
from consent.terms import PersonId
from consent.vocabulary import IdType, Kind, Purpose
from tests.consent.doings import TRACE, ask, by, last_row
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, NURSE, VARD, origin, reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own ways")
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own ways")
YARA, YARAS_OLD = PersonId("199710232381"), PersonId("199602752389", IdType.SAMORDNINGSNUMMER)


@pytest.fixture
def row(organisations: None) -> AccessEvent:
    recording.confirm_relation(by())
    return last_row()


def refuses(sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


ATTACKS = {
    "update": "UPDATE consent_accessevent SET user_hsa_id = 'X'",
    "update of some": "UPDATE consent_accessevent SET at = at WHERE seq > 0",
    "delete": "DELETE FROM consent_accessevent",
    "delete of some": "DELETE FROM consent_accessevent WHERE seq > 0",
}
PARTITION = f"consent_accessevent_{datetime.now(UTC):%Y_%m}"


@pytest.mark.parametrize("attack", ATTACKS)
def test_rows_are_neither_changed_nor_removed(row, attack):
    refuses(ATTACKS[attack])
    assert AccessEvent.objects.get(pk=row.pk).user_hsa_id == NURSE.hsa_id


@on_postgresql
@pytest.mark.parametrize(
    "attack", [*ATTACKS.values(), "TRUNCATE consent_accessevent", "TRUNCATE consent_accessevent CASCADE"]
)
@pytest.mark.parametrize("table", ["consent_accessevent", PARTITION])
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_partitions_refuse_by_themselves_and_to_replicas(row, attack, table, role):
    with transaction.atomic():
        connection.cursor().execute(f"SET LOCAL session_replication_role = {role}")
        refuses(attack.replace("consent_accessevent", table))


@on_postgresql
def test_conflict_does_not_update(row):
    columns = ", ".join(["seq", "at", *COLUMNS])
    refuses(
        f"INSERT INTO consent_accessevent ({columns}) SELECT {columns} FROM consent_accessevent"
        " ON CONFLICT (seq, at) DO UPDATE SET user_hsa_id = 'X'"
    )


@on_sqlite
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
def test_present_rows_are_not_replaced(row, verb):
    columns = ", ".join(["seq", "at", *COLUMNS])
    refuses(f"{verb} INTO consent_accessevent ({columns}) SELECT {columns} FROM consent_accessevent")


def test_django_neither_saves_nor_deletes_rows(row):
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessEvent.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessEvent.objects.update(ip="")


def test_flush_does_not_reach_the_log():
    """What empties a database for a test, or by mistake, knows managed tables only."""
    assert not AccessEvent._meta.managed
    assert not LogKey._meta.managed
    assert AccessEvent._meta.db_table not in connection.introspection.django_table_names(only_existing=True)


# Fields. -------------------------------------------------------------------------------------------


def test_row_carries_every_field(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    ruling = ask()
    assert ruling.permit is not None
    release_now(
        ruling.permit, Shown([(origin(AKUTEN), Kind.WARNING)], {"cosmic": "answered"}), Action.DETAIL, TRACE
    )
    row = last_row()
    assert row.event_id != row.view_id == ruling.view_id
    assert abs((row.at - datetime.now(UTC)).total_seconds()) < 60
    assert (row.event, row.action, row.activity) == ("shown", "detail", "Läsa")
    assert (row.user_hsa_id, row.assignment_id) == (NURSE.hsa_id, "1")
    assert (row.unit_id, row.unit_name, row.provider_id) == (AKUTEN.hsa_id, "Akuten", FJALL.hsa_id)
    assert (row.actor_kind, row.purpose) == ("health_care", "care")
    assert row.patient() == GUNHILD
    assert (row.kinds, row.origins) == (["warning"], [[FJALL.hsa_id, AKUTEN.hsa_id, "warning", 1]])
    assert (row.outcomes, row.bases) == ({"cosmic": "answered"}, [[FJALL.hsa_id, "1", ""]])
    assert (row.session_id, row.request_id, row.ip) == (TRACE.session_id, TRACE.request_id, TRACE.ip)
    assert row.detail["version"] == ruling.permit.dossier_version


def test_legal_row_consent_and_reason_are_there(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    bases = {base[0]: base[1:] for base in AccessEvent.objects.get(view_id=ask().view_id).bases}
    assert bases[VARD.hsa_id][0] == "6"
    assert len(bases[VARD.hsa_id][1]) == 36
    consenting.end_consent(by(), "patienten återkallar")
    assert last_row().reason == "patienten återkallar"


@pytest.mark.parametrize(("event", "action", "emergency", "activity"), [
    (Event.SHOWN, Action.OVERVIEW, False, Activity.READ),
    (Event.SHOWN, Action.OVERVIEW, True, Activity.EMERGENCY),
    (Event.SHOWN, Action.PRINT, False, Activity.PRINT),
    (Event.INTENT, Action.OVERVIEW, True, Activity.READ),
    (Event.SEARCH, Action.SEARCH, False, Activity.READ),
    (Event.EMERGENCY_DECLARED, None, False, Activity.EMERGENCY),
    (Event.EMERGENCY_OPENED, None, False, Activity.EMERGENCY),
    (Event.CONSENT_GIVEN, None, False, Activity.WRITE),
    (Event.REFUSAL_ANNULLED, None, False, Activity.WRITE),
    (Event.REFUSED, Action.OVERVIEW, False, Activity.NONE),
    (Event.SIGNED_IN, None, False, Activity.NONE),
])  # fmt: skip
def test_activities_are_the_national_contracts(event, action, emergency, activity):
    assert activity_of(event, action, emergency) is activity


def test_rows_without_a_patient_have_none(organisations):
    write(Entry(Event.SIGNED_IN, reader(purpose=Purpose.ADMINISTRATION), TRACE))
    row = last_row()
    assert (row.patient_sealed, row.patient_key, row.key_period, row.patient()) == (None, None, "", None)


# The patient. --------------------------------------------------------------------------------------


def raw_rows() -> str:
    """Everything the database holds of the log, as text; bytes as they are and in hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM consent_accessevent")
        found = []
        for values in cursor.fetchall():
            for value in values:
                if isinstance(value, bytes | memoryview):
                    found += [bytes(value).hex(), bytes(value).decode("latin-1")]
                else:
                    found.append(value if isinstance(value, str) else json.dumps(value, default=str))
        return "\n".join(found)


def test_no_column_holds_a_number(organisations):
    recording.confirm_relation(by(patient=YARA))
    consenting.give_consent(by(patient=YARA))
    ruling = ask(patient=YARA)
    assert ruling.permit is not None
    release_now(ruling.permit, Shown([(origin(AKUTEN), Kind.WARNING)]), Action.OVERVIEW, TRACE)
    write(Entry(Event.SEARCH, NURSE, TRACE, patient=YARA, aliases=(YARAS_OLD,)))
    assert last_row().patient_aliases() == (YARAS_OLD,)
    held = raw_rows()
    for person in (YARA, YARAS_OLD):
        for form in (person.number, person.number[2:], f"{person.number[:8]}-{person.number[8:]}"):
            assert form not in held
            assert form.encode().hex() not in held


def test_two_rows_about_one_patient_look_alike_only_by_hash(organisations):
    for _ in range(2):
        write(Entry(Event.SEARCH, NURSE, TRACE, patient=GUNHILD))
    first, second = AccessEvent.objects.order_by("seq")
    assert bytes(first.patient_key or b"") == bytes(second.patient_key or b"-")
    assert bytes(first.patient_sealed or b"") != bytes(second.patient_sealed or b"")


def test_sealed_patient_does_not_open_on_another_row(organisations):
    for person in (GUNHILD, YARA):
        write(Entry(Event.SEARCH, NURSE, TRACE, patient=person))
    first, second = AccessEvent.objects.order_by("seq")
    first.patient_sealed = second.patient_sealed
    with pytest.raises(Undecipherable):
        first.patient()


def test_patient_is_found_over_months(organisations, time_machine):
    months = [datetime(2026, month, 15, 12, tzinfo=UTC) for month in (1, 2, 3)]
    for month in months:
        time_machine.move_to(month)
        write(Entry(Event.SEARCH, NURSE, TRACE, patient=GUNHILD))
        write(Entry(Event.SEARCH, NURSE, TRACE, patient=YARA))
    hashes = patient_keys(GUNHILD)
    assert set(hashes) == {"2026-01", "2026-02", "2026-03"}
    assert len(set(hashes.values())) == 3
    found = AccessEvent.objects.filter(patient_key__in=hashes.values())
    assert [row.patient() for row in found] == [GUNHILD] * 3
    assert {row.key_period for row in found} == set(hashes)


def test_keys_are_wrapped_by_the_master(organisations, settings):
    write(Entry(Event.SEARCH, NURSE, TRACE, patient=GUNHILD))
    period = period_of(datetime.now(UTC))
    opened, row = keys_of(period), LogKey.objects.get(pk=period)
    for clear in (opened.data, opened.hash):
        assert clear not in bytes(row.data_key) + bytes(row.hash_key)
    assert opened.data != opened.hash
    assert "b'" not in repr(opened)
    assert keys_of(period, create=True) == opened
    assert LogKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_keys_of_a_transaction_that_failed_are_forgotten(organisations, monkeypatch):
    monkeypatch.setattr(keys, "_opened", {})
    period = "2031-05"

    def fail() -> None:
        with transaction.atomic():
            keys_of(period, create=True)
            raise LogUnavailable

    with pytest.raises(LogUnavailable):
        fail()
    with pytest.raises(LogKey.DoesNotExist):
        keys_of(period)
    made = keys_of(period, create=True)
    assert keys._opened[next(iter(keys._opened))] is made
    LogKey.objects.filter(pk=period).delete()


@on_postgresql
@pytest.mark.parametrize("ip", ["x" * 100, "192.0.2.\x00"])
def test_text_that_the_database_refuses_is_a_log_that_fails(organisations, ip):
    with pytest.raises(LogUnavailable), transaction.atomic():
        write(Entry(Event.SEARCH, NURSE, replace(TRACE, ip=ip)))
