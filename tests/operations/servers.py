"""A Redis of a test's own, to be stopped, killed and brought back."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

READY_S = 30.0


@dataclass
class RedisServer:
    """One server in a folder of its own, on a unix socket. ``options``: as on its command line."""

    folder: Path
    options: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/redis.sock"

    def client(self) -> Any:
        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        words = ["--port", "0", "--unixsocket", str(self.folder / "redis.sock"), "--dir", str(self.folder)]
        for name, value in {"save": "", "appendonly": "yes", **self.options}.items():
            words += [f"--{name}", value]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(["redis-server", *words], stdout=log, stderr=log, cwd="/")
        deadline = time.monotonic() + READY_S
        while True:
            with suppress(redis.RedisError), self.client() as client:
                client.ping()
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@contextmanager
def new_redis(**options: str) -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as folder:
        server = RedisServer(Path(folder), options)
        server.start()
        try:
            yield server
        finally:
            server.stop()
