"""Where checkpoints go besides the database: added to, never changed, missed without harm, caught up with."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.test import override_settings

from consent.accesslog import delivering, sinks
from consent.accesslog.delivering import measure_lag
from consent.accesslog.exporting import verify_database
from consent.accesslog.model import LogCheckpoint, LogDelivery
from consent.accesslog.sinks import FolderSink, SinkUnavailable, SyslogSink, configured_sinks
from consent.accesslog.verifying import INCOMPLETE, INTACT, TAMPERED, Checkpoint
from tests.accesslog.conftest import Log, first_bad, look
from tests.accesslog.tampering import all_checkpoints
from tests.accesslog.writing import write_rows
from tests.faults.certificates import make_authority, server_context

pytestmark = [pytest.mark.sqlite]


def seal_some(log: Log, batches: int) -> None:
    for _ in range(batches):
        write_rows(2)
        log.seal()


def numbers(log: Log) -> list[int]:
    read = map(Checkpoint.read, log.sink.checkpoints())
    return [found.said["number"] if found else 0 for found in read]


def test_each_checkpoint_is_there_once_as_it_is_in_the_database(access_log):
    seal_some(access_log, 3)
    assert numbers(access_log) == [1, 2, 3]
    assert [c.body for c in all_checkpoints()] == [
        found.body for found in map(Checkpoint.read, access_log.sink.checkpoints()) if found
    ]
    assert access_log.sink.last().said["number"] == 3


def test_sealing_goes_on_while_the_place_is_away_and_it_is_caught_up_with(access_log, tmp_path):
    seal_some(access_log, 1)
    away = access_log.folder.rename(tmp_path / "away")
    seal_some(access_log, 3)
    assert LogCheckpoint.objects.count() == 4
    (delay,) = measure_lag(configured_sinks()).delays
    assert (delay.missing, delay.oldest_s >= 0, delay.fault) == (3, True, "the folder is not there")
    found = access_log.verify()
    assert (found.code, "cannot be read" in str(found)) == (INCOMPLETE, True)
    away.rename(access_log.folder)
    access_log.seal()
    assert numbers(access_log) == [1, 2, 3, 4]
    (delay,) = measure_lag(configured_sinks()).delays
    assert (delay.missing, delay.fault) == (0, "")
    assert access_log.verify().code == INTACT


def test_place_that_cannot_be_written_holds_up_nothing(access_log, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sinks, "_append_lines", full)
    seal_some(access_log, 2)
    assert LogCheckpoint.objects.count() == 2
    assert LogDelivery.objects.get().fault == "No space left on device"


def test_line_cut_off_by_a_crash_is_passed_over_and_written_again(access_log):
    seal_some(access_log, 2)
    (file,) = access_log.folder.glob("checkpoints-*")
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    assert access_log.sink.last().said["number"] == 1
    seal_some(access_log, 1)
    assert numbers(access_log) == [1, 0, 2, 3]
    assert access_log.verify().code == INTACT


def test_many_are_carried_in_parts(access_log, monkeypatch):
    monkeypatch.setattr(delivering, "AT_ONCE", 2)
    monkeypatch.setattr(delivering, "MOST", 4)
    with override_settings(LOG_SINK_DIR=""):
        seal_some(access_log, 7)
    access_log.seal()
    assert numbers(access_log) == [1, 2, 3, 4]
    access_log.seal()
    assert numbers(access_log) == [1, 2, 3, 4, 5, 6, 7]


def test_months_have_files_of_their_own_read_in_order_from_both_ends(tmp_path):
    sink = FolderSink(tmp_path)
    for number, at in enumerate(["2026-11-30 23:59:59", "2026-12-01 00:00:00", "2026-11-30 23:59:58"], 1):
        sink.append([parcel(number, at)])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "checkpoints-2026-11.ndjson",
        "checkpoints-2026-12.ndjson",
        "revocations-2026-11.ndjson",
        "revocations-2026-12.ndjson",
    ]
    read = [Checkpoint.read(line) for line in sink.checkpoints()]
    assert [found.said["number"] for found in read if found] == [1, 2, 3]
    assert [found.said["number"] for found in sink.backwards()] == [3, 2, 1]
    assert sink.last() == read[-1]


def test_last_line_is_found_however_long_the_lines_are(tmp_path):
    sink = FolderSink(tmp_path)
    for number in range(1, 4):
        sink.append([parcel(number, "2026-11-01 00:00:00", padding="x" * 70_000)])
    assert [found.said["number"] for found in sink.backwards()] == [3, 2, 1]


def parcel(number: int, at: str, padding: str = "") -> sinks.Parcel:
    said = {"format": 1, "number": number, "top": 1, "ranges": "", "at": at, "padding": padding}
    checkpoint = Checkpoint.read(json.dumps({"body": json.dumps(said), "signature": "00"}))
    assert checkpoint is not None
    return sinks.Parcel(checkpoint, [json.dumps({"checkpoint": number})])


def test_place_that_lacks_some_makes_the_verifier_say_that_it_cannot_tell(access_log):
    seal_some(access_log, 3)
    (file,) = access_log.folder.glob("checkpoints-*")
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(lines[0] + lines[2])
    found = look(access_log, later_s=120)
    assert found.code == INCOMPLETE
    assert "batch 2: the second place does not have it" in str(found)


def test_verifier_without_a_second_place_cannot_tell(access_log):
    seal_some(access_log, 1)
    for folder in ("", str(access_log.folder / "nowhere")):
        with override_settings(LOG_SINK_DIR=folder):
            found = verify_database(dict(settings.KEYS.seal_public), sinks.folder_sink())
            assert found.code == INCOMPLETE
            assert "second place" in str(found)


def test_place_of_another_log_is_told_apart(access_log):
    seal_some(access_log, 2)
    (file,) = access_log.folder.glob("checkpoints-*")
    file.write_text(file.read_text().replace('\\"total\\":2', '\\"total\\":3'))
    found = access_log.verify()
    assert (found.code, first_bad(found)) == (TAMPERED, 1)


# Syslog. -------------------------------------------------------------------------------------------


class Collector:
    """Takes what comes, over as many connections as come."""

    def __init__(self, server: socket.socket) -> None:
        self.server, self.received = server, b""
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
                with closing(connection):
                    while piece := connection.recv(65536):
                        self.received += piece
            except OSError:
                return

    def messages(self, checkpoints: int) -> list[str]:
        """All that came, once so many checkpoints are among it."""
        deadline = time.monotonic() + 10
        while self.received.count(b" - checkpoint - ") < checkpoints and time.monotonic() < deadline:
            time.sleep(0.01)
        self.server.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        rest, found = self.received, []
        while rest:
            length, rest = rest.split(b" ", 1)
            found.append(rest[: int(length)].decode())
            rest = rest[int(length) :]
        return found


@contextmanager
def collector(context: ssl.SSLContext | None = None) -> Iterator[tuple[Collector, int]]:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    if context:
        server = context.wrap_socket(server, server_side=True)
    with closing(server):
        yield Collector(server), port


def test_syslog_collector_gets_every_checkpoint_and_revocation_once(access_log):
    with collector() as (taking, port), override_settings(LOG_SINK_SYSLOG=f"tcp://127.0.0.1:{port}"):
        write_rows(40)
        access_log.seal()
        seal_some(access_log, 2)
        messages = taking.messages(3)
    kinds = [message.split(" ")[5] for message in messages]
    assert kinds.count("checkpoint") == 3
    assert kinds.count("revocation") == sum(c.said["revocations"] for c in all_checkpoints()) > 0
    for message in messages:
        header, _, line = message.partition(" - {")
        assert header.startswith("<109>1 2")
        json.loads("{" + line)
    assert LogDelivery.objects.get(sink="syslog").number == 3


def test_collector_that_is_down_is_caught_up_with(access_log):
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with override_settings(LOG_SINK_SYSLOG=f"tcp://127.0.0.1:{port}"):
            seal_some(access_log, 2)
            assert LogDelivery.objects.get(sink="syslog").fault == "ConnectionRefusedError"
            assert measure_lag(configured_sinks()).delays[1].missing == 2
    with collector() as (taking, port), override_settings(LOG_SINK_SYSLOG=f"tcp://127.0.0.1:{port}"):
        access_log.seal()
        assert LogDelivery.objects.get(sink="syslog").fault == ""
        assert len([m for m in taking.messages(2) if " checkpoint " in m]) == 2


def test_collector_over_tls_is_believed_by_its_certificate_alone(tmp_path, monkeypatch):
    authority = make_authority(tmp_path / "ours")
    stranger = make_authority(tmp_path / "theirs")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    with collector(server_context(stranger, host="localhost")) as (taking, port):
        with pytest.raises(SinkUnavailable, match="SSL"):
            SyslogSink(f"tls://localhost:{port}").append([parcel(1, "2026-11-01 00:00:00")])
        assert taking.received == b""
    with collector(server_context(authority, host="localhost")) as (taking, port):
        SyslogSink(f"tls://localhost:{port}").append([parcel(1, "2026-11-01 00:00:00")])
        assert len(taking.messages(1)) == 2
