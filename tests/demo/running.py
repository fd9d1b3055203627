"""Starts a simulator as a real process and asks it over HTTP, with the standard library alone."""

import http.client
import json
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Simulator:
    """One running process. ``headers`` go with every question."""

    process: subprocess.Popen[str]
    port: int
    headers: dict[str, str]

    def ask(self, method: str, path: str, body: str = "", *, timeout_s: float = 5.0, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            line.request(method, path, body.encode(), self.headers | named)
            response = line.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            line.close()

    def send(self, path: str, value: Any, **options: Any) -> Reply:
        return self.ask("POST", path, json.dumps(value), Content_Type="application/json", **options)

    def search(self, kind: str, timeout_s: float = 5.0, **query: str) -> Reply:
        """FHIR search; ``_`` at the end of a name is dropped, ``__`` inside it becomes ``-``."""
        form = urllib.parse.urlencode({name.rstrip("_").replace("__", "-"): v for name, v in query.items()})
        kind_of_body = "application/x-www-form-urlencoded"
        return self.ask("POST", f"/fhir/{kind}/_search", form, timeout_s=timeout_s, Content_Type=kind_of_body)

    def order(self, mode: str, **more: Any) -> None:
        assert self.send("/_control", {"mode": mode, **more}).status == 200

    def sign_in(self) -> None:
        """Fetch a bearer token from the FHIR server and use it from now on."""
        form = "grant_type=client_credentials&client_id=portal&client_secret=hemlig"
        reply = self.ask("POST", "/oauth/token", form, Content_Type="application/x-www-form-urlencoded")
        self.headers = {"Authorization": f"Bearer {reply.json['access_token']}"}


@contextmanager
def running(name: str, *arguments: str, **headers: str) -> Iterator[Simulator]:
    """The simulator ``name`` until the end of the block; it must end by itself when its input does."""
    command = [sys.executable, "-m", f"demo.simulators.{name}", "--port", "0", "--until-eof", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("listening http://127.0.0.1:"), line
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        yield Simulator(process, int(line.rpartition(":")[2]), named)
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=5)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
