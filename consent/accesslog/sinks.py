"""The second places that checkpoints go to, out of reach of whoever runs the database.

With each checkpoint go the lines of its batch's *revocations*: what took access away, by dossier and act, and
no identity. After a restore they say what must not count any more.
"""

import fcntl
import json
import os
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from consent.accesslog.verifying import Checkpoint, read_lines

SYSLOG_S = 2.0
# Facility log audit (13), severity notice (5); RFC 5424.
PRIORITY = 13 * 8 + 5


class SinkUnavailable(Exception):
    """The second place could not be read or written. Sealing goes on; delivery is tried again."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One checkpoint and the revocations of its batch, each as its line."""

    checkpoint: Checkpoint
    revocations: Sequence[str]

    @property
    def line(self) -> str:
        sealed = {"body": self.checkpoint.body, "signature": self.checkpoint.signature.hex()}
        return json.dumps(sealed, ensure_ascii=False)


class Sink(Protocol):
    """Where parcels are added and nothing is changed. Both methods raise SinkUnavailable."""

    name: str

    def append(self, parcels: Sequence[Parcel]) -> None:
        """Add parcels, in order. One may come twice."""

    def last(self) -> Checkpoint | None:
        """The last checkpoint there. Raises NotImplementedError where a place cannot be read."""


class FolderSink:
    """Files of one line each thing, one pair a month: ``checkpoints-2026-11.ndjson``, ``revocations-…``.

    Only ever appended to, so the files may be made append-only. Written through to the disk.
    """

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, parcels: Sequence[Parcel]) -> None:
        try:
            # Revocations first: a checkpoint that is here has all of its own.
            for kind in ("revocations", "checkpoints"):
                self._append(kind, parcels)
        except OSError as error:
            raise SinkUnavailable(error.strerror or "the folder cannot be written") from error

    def last(self) -> Checkpoint | None:
        return next(self.backwards(), None)

    def backwards(self) -> Iterator[Checkpoint]:
        """Checkpoints from the last on. A line that was cut off by a crash is passed over."""
        try:
            for path in reversed(self._files("checkpoints")):
                yield from filter(None, map(Checkpoint.read, _lines_backwards(path)))
        except OSError as error:
            raise SinkUnavailable(error.strerror or "the folder cannot be read") from error

    def checkpoints(self) -> Iterator[str]:
        return read_lines(self._files("checkpoints"))

    def revocations(self) -> Iterator[str]:
        return read_lines(self._files("revocations"))

    def _files(self, kind: str) -> list[Path]:
        if not self.folder.is_dir():
            raise FileNotFoundError(None, "the folder is not there")
        return sorted(self.folder.glob(f"{kind}-????-??.ndjson"))

    def _append(self, kind: str, parcels: Sequence[Parcel]) -> None:
        files: dict[Path, list[str]] = {}
        present = self._files(kind)[-1:]
        for parcel in parcels:
            month = self.folder / f"{kind}-{parcel.checkpoint.said['at'][:7]}.ndjson"
            # Files are read in the order of their names, also after a clock was put back.
            path = max([*present, month, *files])
            lines = [parcel.line] if kind == "checkpoints" else parcel.revocations
            files.setdefault(path, []).extend(lines)
        for path, lines in files.items():
            if lines:
                _append_lines(path, lines)


def _append_lines(path: Path, lines: Iterable[str]) -> None:
    is_new = not path.exists()
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        torn = b"" if not end or file.read(1) == b"\n" else b"\n"
        file.write(torn + "".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lines_backwards(path: Path, block: int = 65536) -> Iterator[str]:
    with path.open("rb") as file:
        place, rest = file.seek(0, os.SEEK_END), b""
        while place:
            start = max(0, place - block)
            file.seek(start)
            rest, *lines = (file.read(place - start) + rest).split(b"\n")
            yield from (line.decode(errors="replace") for line in reversed(lines) if line)
            place = start
        if rest:
            yield rest.decode(errors="replace")


class SyslogSink:
    """A syslog collector over TCP or TLS (RFC 5424, 5425, 6587: each message with its length before it).

    It acknowledges nothing: what was sent when a connection broke may be missing there, and is not here.
    """

    name = "syslog"

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)

    def append(self, parcels: Sequence[Parcel]) -> None:
        messages = [
            self._message(parcel.checkpoint.said["at"], kind, line)
            for parcel in parcels
            for kind, lines in (("revocation", parcel.revocations), ("checkpoint", [parcel.line]))
            for line in lines
        ]
        try:
            with closing(self._connect()) as connection:
                connection.sendall(b"".join(messages))
        except OSError as error:
            raise SinkUnavailable(type(error).__name__) from error

    def last(self) -> Checkpoint | None:
        raise NotImplementedError

    def _connect(self) -> socket.socket:
        host = self._address.hostname or ""
        plain = socket.create_connection((host, self._address.port or 0), timeout=SYSLOG_S)
        if self._address.scheme != "tls":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise

    @staticmethod
    def _message(at: str, kind: str, line: str) -> bytes:
        time = at.replace(" ", "T") + "Z"
        message = f"<{PRIORITY}>1 {time} - patientoversikt - {kind} - {line}".encode()
        return f"{len(message)} ".encode() + message


def folder_sink() -> FolderSink | None:
    """The second place that can be read back; None where none is configured."""
    return FolderSink(Path(settings.LOG_SINK_DIR)) if settings.LOG_SINK_DIR else None


def configured_sinks() -> list[Sink]:
    folder = folder_sink()
    sinks: list[Sink] = [folder] if folder else []
    if settings.LOG_SINK_SYSLOG:
        sinks.append(SyslogSink(settings.LOG_SINK_SYSLOG))
    return sinks
