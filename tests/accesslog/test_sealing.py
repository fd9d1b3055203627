"""Rows become batches: all of them, once, in a chain that anybody with the public key can follow."""

import json
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from consent import epochs, tasks
from consent.accesslog import lines, sealing
from consent.accesslog.delivering import measure_lag
from consent.accesslog.exporting import verify_database
from consent.accesslog.model import AccessEvent, LogCheckpoint
from consent.accesslog.sealing import SealBroken
from consent.accesslog.sinks import configured_sinks
from consent.accesslog.verifying import CLOCK, INCOMPLETE, INTACT, TAMPERED, in_first_format, root_of
from portal.settings.keys import create_keys, load_keys
from tests.accesslog.conftest import SOAK, Log, first_bad, look
from tests.accesslog.tampering import JSON, all_checkpoints, ask, disarm, run
from tests.accesslog.writing import some_entry, write_rows

pytestmark = [pytest.mark.sqlite]
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")


def said(number: int) -> dict:
    return dict(json.loads(LogCheckpoint.objects.get(pk=number).body))


def test_sealed_log_is_intact(access_log):
    for count in (3, 1, 7):
        write_rows(count)
        assert access_log.seal() == count
    found = access_log.verify()
    assert str(found) == "INTACT\n11 rows in 3 batches"
    assert found.code == INTACT


def test_checkpoint_says_what_it_holds_and_follows_the_one_before(access_log):
    write_rows(3)
    access_log.seal()
    write_rows(2)
    access_log.seal()
    first, second = said(1), said(2)
    assert (second["rows"], second["total"], second["epoch"], second["odd"]) == (2, 5, 1, 0)
    assert second["previous"] == sealing.hash_of(all_checkpoints()[0])
    assert first["previous"] == "0" * 64
    assert (
        abs((datetime.fromisoformat(second["at"]).replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds())
        < 60
    )
    numbers = list(AccessEvent.objects.order_by("seq").values_list("seq", flat=True))
    assert (first["ranges"], second["ranges"]) == (f"{numbers[0]}-{numbers[2]}", f"{numbers[3]}-{numbers[4]}")


def test_quiet_second_makes_no_checkpoint(access_log):
    write_rows(1)
    assert [access_log.seal() for _ in range(3)] == [1, 0, 0]
    assert LogCheckpoint.objects.count() == 1


def test_two_sealers_at_once_seal_every_row_once(access_log):
    write_rows(60)
    if connection.vendor == "postgresql":
        # Each process has a lock of its own; here they share one, so the database has to keep them apart.
        tasks._sealer = NoLock()  # type: ignore[assignment]
    try:
        in_threads(4, tasks.seal_access_log)
    finally:
        tasks._sealer = threading.Lock()
    access_log.seal()
    assert access_log.verify().code == INTACT
    assert said(LogCheckpoint.objects.order_by("-number")[0].number)["total"] == 60


class NoLock:
    def acquire(self, blocking: bool) -> bool:
        return True

    def release(self) -> None: ...


def in_threads(count: int, work: Callable[[], object]) -> None:
    failures: list[BaseException] = []

    def run_one() -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 (told to the test's own thread)
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run_one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_long_backlog_is_sealed_in_batches(access_log, monkeypatch):
    monkeypatch.setattr(sealing, "MOST", 10)
    write_rows(35)
    assert access_log.seal() == 35
    assert [c.said["rows"] for c in all_checkpoints()] == [10, 10, 10, 5]
    assert access_log.verify().code == INTACT


def test_rows_of_one_transaction_are_never_parted(access_log, monkeypatch):
    monkeypatch.setattr(sealing, "MOST", 10)
    with transaction.atomic():
        write_rows(15)
    write_rows(2)
    access_log.seal()
    access_log.seal()
    expected = [15, 2] if connection.vendor == "postgresql" else [10, 7]
    assert [c.said["rows"] for c in all_checkpoints()] == expected
    assert access_log.verify().code == INTACT


# Lines. --------------------------------------------------------------------------------------------


def test_both_databases_and_python_write_the_same_line(access_log):
    """What is hashed does not depend on who wrote it down."""
    write_rows(200, random.Random(1))
    columns = ", ".join(lines.COLUMNS[3:])
    whole = "date_trunc('second', at)" if is_postgresql() else "at"
    source = f"SELECT {whole}, {columns} FROM consent_accessevent LIMIT 1"
    run(f"INSERT INTO consent_accessevent (at, {columns}) {source}")
    expected = []
    named = ", ".join(f"CAST({name} AS text)" if name in JSON else name for name in lines.COLUMNS)
    for row in ask(f"SELECT {named} FROM consent_accessevent ORDER BY seq"):
        values = dict(zip(lines.COLUMNS, row, strict=True))
        values["at"] = as_postgresql_says(values["at"]) if is_postgresql() else f"{values['at']:{CLOCK}}"[:-3]
        for name in ("patient_sealed", "patient_key"):
            values[name] = values[name] and f"\\x{bytes(values[name]).hex()}"
        expected.append(lines.line_of(list(values.values())))
    assert list(lines.read_lines("true")) == list(lines.read_all()) == expected


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def as_postgresql_says(at: datetime) -> str:
    text = f"{at.astimezone(UTC):{CLOCK}}".rstrip("0").removesuffix(".")
    return f"{text}+00"


def test_lines_do_not_depend_on_what_the_server_prefers(access_log):
    write_rows(5)
    first = list(lines.read_lines("true"))
    if is_postgresql():
        with transaction.atomic():
            run("SET LOCAL DateStyle = 'SQL, DMY'")
            run("SET LOCAL TimeZone = 'Europe/Stockholm'")
            run("SET LOCAL bytea_output = 'escape'")
            assert list(lines.read_lines("true")) == list(lines.read_all()) == first
    else:
        assert list(lines.read_all()) == first


def test_first_format_is_what_it_was(access_log):
    """Checkpoints of the first format were made of lines that the databases themselves built so."""
    write_rows(200, random.Random(2))
    if is_postgresql():
        said = [f"{name}::text" for name in lines.COLUMNS]
        said[2] = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        said[15:17] = [f"encode({name}, 'hex')" for name in lines.COLUMNS[15:17]]
        built = f"array_to_json(ARRAY[{', '.join(said)}])::text"
        was = [line.encode() for (line,) in ask(f"SELECT {built} FROM consent_accessevent ORDER BY seq")]
    else:
        said = [f"CAST({name} AS text)" for name in lines.COLUMNS]
        said[2] = "at || ''"
        said[15:17] = [f"iif({name} IS NULL, NULL, lower(hex({name})))" for name in lines.COLUMNS[15:17]]
        rows = ask(f"SELECT {', '.join(said)} FROM consent_accessevent ORDER BY seq")
        was = [json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows]
    assert [in_first_format(line) for line in lines.read_lines("true")] == was


def test_every_column_is_sealed(access_log):
    """A column that is added to the table without being hashed could be changed at will."""
    with connection.cursor() as cursor:
        table = {
            c.name for c in connection.introspection.get_table_description(cursor, "consent_accessevent")
        }
    # SQLite does not list a column that it computes.
    assert table | {"xact"} == set(lines.COLUMNS)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 100])
def test_root_is_that_of_rfc_6962(count):
    leaves = [sha256(bytes([n])).digest() for n in range(count)]

    def by_definition(some: list[bytes]) -> bytes:
        if len(some) < 2:
            return some[0] if some else sha256(b"").digest()
        half = 1 << ((len(some) - 1).bit_length() - 1)
        return sha256(b"\1" + by_definition(some[:half]) + by_definition(some[half:])).digest()

    assert root_of(leaves) == by_definition(leaves).hex()


# Late transactions. --------------------------------------------------------------------------------


def seal_above_last(log: Log) -> None:
    """The mistake: everything above the highest number sealed. Proves that the test can see it."""
    kept = sealing.next_span

    def above_last(last):
        span = kept(last)
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(seq), 0) FROM consent_accessevent")
            top = cursor.fetchone()[0]
        top_sealed = last.said["top"] if last else 0
        return sealing.Span("seq > %s AND seq <= %s", [top_sealed, top], span.horizon, 0)

    sealing.next_span = above_last
    try:
        tasks.seal_access_log()
    finally:
        sealing.next_span = kept


def race(log: Log, seal: Callable[[], object], seconds: float) -> int:
    """Writers that hold their transactions open for a while, and a sealer among them. Rows missed."""
    write_rows(1)
    over = time.monotonic() + seconds
    counts: list[int] = []

    def write_on() -> None:
        chance = random.Random(threading.get_ident())
        while time.monotonic() < over:
            with transaction.atomic():
                rows = chance.randint(1, 3)
                write_rows(rows, chance)
                time.sleep(chance.choice([0, 0, 0.002, 0.02, 0.2]))
                if chance.randrange(10) == 0:
                    transaction.set_rollback(True)
            counts.append(rows)

    def seal_on() -> None:
        while time.monotonic() < over:
            seal()
            time.sleep(0.01)

    sealer = threading.Thread(target=in_threads, args=(1, seal_on))
    sealer.start()
    in_threads(8, write_on)
    sealer.join(60)
    log.seal()
    log.seal()
    assert len(counts) > 50
    sealed = {seq for c in all_checkpoints() for first, last in c.ranges for seq in range(first, last + 1)}
    return len(set(AccessEvent.objects.values_list("seq", flat=True)) - sealed)


@on_postgresql
def test_no_row_of_a_late_transaction_is_missed(access_log):
    assert race(access_log, tasks.seal_access_log, 30 if SOAK else 2.5) == 0
    found = access_log.verify()
    assert (found.code, found.batches > 5) == (INTACT, True), str(found)


@on_postgresql
def test_sealing_above_the_last_number_is_seen_to_miss_rows(access_log):
    assert race(access_log, lambda: seal_above_last(access_log), 30 if SOAK else 1.5) > 0
    assert access_log.verify().code == TAMPERED


@on_postgresql
def test_open_transaction_holds_back_only_what_came_after_it(access_log):
    write_rows(2)
    access_log.seal()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            write_rows(1)
            held.set()
            done.wait(20)

    thread = threading.Thread(target=in_threads, args=(1, hold))
    thread.start()
    held.wait(20)
    write_rows(2)
    assert tasks.seal_access_log() == 0
    lag = measure_lag(configured_sinks())
    assert lag.rows == 2
    assert lag.oldest_s < 20
    done.set()
    thread.join(20)
    assert access_log.seal() == 3
    assert said(2)["top"] == said(2)["total"] == 5
    assert access_log.verify().code == INTACT


# Signing. ------------------------------------------------------------------------------------------


def test_nothing_is_built_on_a_checkpoint_that_is_not_ours(access_log):
    write_rows(2)
    access_log.seal()
    disarm()
    run("UPDATE consent_logcheckpoint SET body = replace(body, '\"total\":2', '\"total\":1')")
    write_rows(1)
    assert access_log.seal() == 0
    assert LogCheckpoint.objects.count() == 1
    with pytest.raises(SealBroken):
        sealing.last_checkpoint()


def test_without_a_key_nothing_is_sealed_and_the_rows_wait(access_log):
    keys = settings.KEYS
    write_rows(2)
    with override_settings(KEYS=type(keys)(keys.field, "1", keys.lookup, keys.handle, keys.log_master)):
        assert tasks.seal_access_log() == 0
    assert access_log.seal() == 2


def test_another_key_takes_over_and_is_announced_by_the_one_before(access_log, tmp_path):
    folder = tmp_path / "keys"
    create_keys(folder)
    first = load_keys(folder)
    with override_settings(KEYS=first, KEYS_DIR=folder):
        write_rows(2)
        access_log.seal()
        call_command("rotate_seal_key")
    second = load_keys(folder)
    assert second.seal != first.seal
    assert set(second.seal_public) > set(first.seal_public)
    with override_settings(KEYS=second, KEYS_DIR=folder):
        write_rows(2)
        access_log.seal()
        assert access_log.verify().code == INTACT
        assert {said(1)["key"], said(3)["key"]} == set(second.seal_public)
    # Who has the first key needs no other to follow the chain; who has another trusts nothing.
    for keys, code in ((first.seal_public, INTACT), ({"0" * 16: bytes(32)}, TAMPERED)):
        with override_settings(KEYS=second):
            assert verify_database(dict(keys), access_log.sink).code == code


# Rows that carry a false time. ---------------------------------------------------------------------


@pytest.mark.parametrize(("moved", "is_odd"), [("-2 hours", True), ("-10 minutes", False), ("+1 hour", True)])
def test_row_put_in_with_another_time_is_told_by_its_batch(access_log, moved, is_odd):
    """The sealer cannot know who wrote a row; it can know that a second gone by is over."""
    write_rows(3)
    access_log.seal()
    columns = ", ".join(lines.COLUMNS[3:])
    at = f"at + interval '{moved}'" if connection.vendor == "postgresql" else f"datetime(at, '{moved}')"
    source = f"SELECT {at}, {columns} FROM consent_accessevent LIMIT 1"
    with suppress(IntegrityError):  # on the first hours of the first month there is no partition for it
        run(f"INSERT INTO consent_accessevent (at, {columns}) {source}")
        access_log.seal()
        assert (access_log.verify().code, first_bad(access_log.verify())) == (
            (TAMPERED, 2) if is_odd else (INTACT, None)
        )


# Lag. ----------------------------------------------------------------------------------------------


def test_lag_counts_what_is_not_sealed_and_not_delivered(access_log):
    assert measure_lag(configured_sinks()).rows == 0
    write_rows(3)
    lag = measure_lag(configured_sinks())
    assert (lag.rows, 0 <= lag.oldest_s < 60) == (3, True)
    access_log.seal()
    lag = measure_lag(configured_sinks())
    assert (lag.rows, lag.oldest_s) == (0, 0.0)
    (delay,) = lag.delays
    assert (delay.sink, delay.missing, delay.fault) == ("folder", 0, "")


def test_rows_that_nobody_seals_make_the_verifier_say_that_it_cannot_tell(access_log):
    write_rows(2)
    access_log.seal()
    write_rows(1)
    assert look(access_log).code == INTACT
    found = look(access_log, later_s=300)
    assert found.code == INCOMPLETE
    assert "are in no batch" in str(found)


def test_every_second_is_scheduled_and_late_ticks_are_dropped():
    entry = tasks.SCHEDULE["seal-access-log"]
    assert (entry["schedule"], entry["options"]["expires"]) == (1.0, 2)


def test_first_epoch_is_there_from_the_beginning(access_log):
    assert epochs.current_epoch() == 1
    assert some_entry(random.Random(1)).event
