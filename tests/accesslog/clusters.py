"""A PostgreSQL of a test's own, to be killed and brought back."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import psycopg

ROOT = Path(__file__).resolve().parents[2]
READY_S = 60.0


def _private_servers() -> ModuleType:
    """tools/ is no package: its programs are loaded by their path."""
    spec = importlib.util.spec_from_file_location("private_servers", ROOT / "tools/private_servers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Cluster:
    """One server: its folder, the words that make a command run as its account, and its programs."""

    folder: Path
    prefix: tuple[str, ...]
    programs: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def server(self) -> dict[str, str]:
        return {"HOST": str(self.folder), "USER": "portal"}

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://portal@/{database}?host={self.folder}"

    def start(self, **options: str) -> None:
        """Until it answers. fsync is on, as everywhere the log is worth something.

        Nothing is swept by itself: a sweep's own transaction holds back, for a moment, what can be sealed.
        """
        words = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "listen_addresses="]
        words += ["-c", "autovacuum=off"]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, str(self.programs / "postgres"), *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + READY_S
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text(errors="replace")[-2000:]
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """kill -9 of every process of it, the children first that could still write."""
        assert self.process is not None
        members = [*children_of(self.process.pid), self.process.pid]
        for pid in members:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in members[:-1]) and time.monotonic() < deadline:
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)


def children_of(parent: int) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            status = (place / "stat").read_text().rsplit(")", 1)[1].split()
            if int(status[1]) == parent:
                found.append(int(place.name))
    return found


@contextmanager
def new_cluster() -> Iterator[Cluster]:
    """A fresh one, started; it and its folder are gone when the block ends."""
    tools = _private_servers()
    account = tools.find_account()
    programs = tools.find_postgresql()
    assert programs is not None
    with tools.private_folder(account) as folder:
        words = ("--username", "portal", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8")
        made = subprocess.run(
            [*account.prefix, str(programs / "initdb"), "--pgdata", str(folder / "data"), *words],
            cwd="/",
            capture_output=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr.decode()
        cluster = Cluster(folder, account.prefix, programs)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def copy_database(source: str, target: str, programs: Path) -> None:
    """By pg_dump and psql, as backups are made and brought back. Both are connection strings."""
    dumped = subprocess.run(
        [str(programs / "pg_dump"), "--no-owner", source], capture_output=True, check=True, cwd="/"
    )
    loaded = [str(programs / "psql"), "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", target]
    subprocess.run(loaded, input=dumped.stdout, capture_output=True, check=True, cwd="/")
