"""`make run`: ready line, children, a second start with the same data, Ctrl-C, a taken port."""

import os
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.servers import ROOT, embedded_run, find_free_port

SECOND_START_S = 60.0


def processes_of(data_dir: Path) -> list[str]:
    """Command lines of running processes that were given this data folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"DATA_DIR={data_dir}\0".encode() in (place / "environ").read_bytes():
                found.append((place / "cmdline").read_text().replace("\0", " "))
        except OSError:  # it ended while we looked, or is not ours to see
            continue
    return found


def fetch(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
        body: str = answer.read().decode()
        return body


def test_run_serves_and_ctrl_c_ends_every_child_and_a_second_run_keeps_the_data(tmp_path: Path) -> None:
    port = find_free_port()
    with embedded_run(ROOT, port, {"DATA_DIR": str(tmp_path)}):
        assert "<html" in fetch(port)
        running = processes_of(tmp_path)
        assert [line for line in running if "portal.server" in line]
        assert [line for line in running if "celery" in line]
    assert processes_of(tmp_path) == []
    mark = "INSERT INTO django_session VALUES ('kept', '', '2000-01-01')"
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as database, database:
        database.execute(mark)
    keys = {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()}

    with embedded_run(ROOT, port, {"DATA_DIR": str(tmp_path)}) as again:
        assert again.ready_s < SECOND_START_S
        assert "<html" in fetch(port)
    assert {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()} == keys
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as database:
        kept = database.execute("SELECT count(*) FROM django_session WHERE session_key = 'kept'").fetchone()
    assert kept == (1,)


def test_taken_port_is_said_at_once_and_nothing_is_left_running(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        refused = subprocess.run(
            [sys.executable, "manage.py", "serve_embedded"],
            cwd=ROOT,
            env={**kept, "DATA_DIR": str(tmp_path), "PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert refused.returncode == 1
    assert f"Port {port} on localhost is taken" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("made_by_run", [True, False])
def test_reset_removes_only_what_a_run_has_made(tmp_path: Path, *, made_by_run: bool) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "portal.sqlite3").write_text("x")
    if made_by_run:
        (data / "running").write_text("1")
    reset = subprocess.run(
        [ROOT / "tools/reset"], env={**os.environ, "DATA_DIR": str(data)}, capture_output=True, check=False
    )
    assert (reset.returncode == 0) is made_by_run
    assert data.exists() is not made_by_run
