"""The servers that tests run on: private, not root's, with writes that reach the disk, gone afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers import ROOT

ASK = """
import os, psycopg, redis, stat
with psycopg.connect(os.environ["DATABASE_URL"]) as database:
    show = lambda name: database.execute(f"SHOW {name}").fetchone()[0]
    data = show("data_directory")
    print(show("fsync"), repr(show("listen_addresses")))
print(redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
print(os.path.dirname(data))
raise SystemExit(7)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="setpriv is a Linux program")
def test_servers_serve_their_command_alone_and_leave_nothing() -> None:
    asked = subprocess.run(
        [sys.executable, "tools/private_servers.py", sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**os.environ, "PGUSER": "somebody"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 7, asked.stderr
    durability, answer, folder = asked.stdout.splitlines()
    assert (durability, answer) == ("on ''", "True")
    assert not Path(folder).exists()
    assert not [line for line in command_lines() if folder in line]


def command_lines() -> Iterator[str]:
    """Of everything that runs on this machine."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended while we looked
            yield place.read_text(errors="replace")
