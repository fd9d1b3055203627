"""An identity provider that is not ours: a program, told by each test whom to sign in and how to err."""

import fcntl
import json
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from portal.embedded.children import ChildSet
from portal.settings.sign_in import IdentityProvider
from tests.servers import find_free_port

FOLDER = Path(__file__).resolve().parents[1] / "idp"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
SECRET = "a-secret-of-the-tests-alone"
CALLBACK = "http://testserver/konto/logga-in/siths/svar/"
LAUNCHED = "http://testserver/launch/cosmic/svar/"
AFTER_LOGOUT = "http://testserver/konto/logga-in/"
LOA2, LOA3, LOA4 = (f"http://id.sambi.se/loa/loa{n}" for n in (2, 3, 4))


@dataclass
class IdProvider:
    """The running program. ``meet`` sets what it will do and returns nothing; ``visit`` walks through it."""

    address: str

    def meet(self, account: str = "somebody", *, acr: str = LOA3, fault: str = "", **claims: Any) -> None:
        self._post({"account": account, "acr": acr, "fault": fault, "claims": claims})

    def change(self, **more: Any) -> None:
        self._post({**self.told(), **more})

    def told(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.address}/scenario", timeout=10) as reply:
            found: dict[str, Any] = json.load(reply)
            return found

    def logout_token(self, fault: str = "", **whom: str) -> str:
        """As the provider would send by the back channel, or wrong in one way."""
        body = json.dumps({"fault": fault, **whom}).encode()
        asked = urllib.request.Request(f"{self.address}/logout-token", data=body, method="POST")
        with urllib.request.urlopen(asked, timeout=10) as reply:
            return str(reply.read().decode())

    def client_key(self) -> str:
        """The private key whose public half the provider knows as that of the client ``portal-by-key``."""
        with urllib.request.urlopen(f"{self.address}/client-key", timeout=10) as reply:
            return str(reply.read().decode())

    def calls(self, path: str) -> int:
        return int(self.told()["asked"].get(path, 0))

    def visit(self, address: str) -> str:
        """As a browser: follow redirects inside the provider until one leads out of it."""
        browser = requests.Session()
        for _step in range(8):
            reply = browser.get(address, allow_redirects=False, timeout=10)
            if reply.status_code not in (302, 303):
                raise AssertionError(f"{reply.status_code} {reply.text[:500]}")
            address = urljoin(address, reply.headers["Location"])
            if not address.startswith(self.address):
                return address
        raise AssertionError("the identity provider leads nowhere")

    def as_configured(self, **more: Any) -> IdentityProvider:
        return IdentityProvider(
            **{
                "id": "siths",
                "name": "SITHS",
                "issuer": self.address,
                "client_id": "portal",
                "client_secret": SECRET,
                "acr": (LOA3, LOA4),
                **more,
            }
        )

    def _post(self, scenario: dict[str, Any]) -> None:
        body = json.dumps(scenario).encode()
        asked = urllib.request.Request(f"{self.address}/scenario", data=body, method="POST")
        urllib.request.urlopen(asked, timeout=10).close()


def start(
    children: ChildSet, callback: str = CALLBACK, after: str = AFTER_LOGOUT, back: str = "http://127.0.0.1:1/"
) -> IdProvider:
    """Skips the test, with the reason, where node or the package cannot be had."""
    install_or_skip()
    port = str(find_free_port())
    node = shutil.which("node")
    assert node is not None
    line = children.start(
        [node, str(FOLDER / "idp.mjs"), port, callback, after, back, LAUNCHED], name="the identity provider"
    )
    return IdProvider(line.removeprefix("listening ").strip())


def install_or_skip() -> None:
    """What the lock file pins, by its hashes; once for everybody who shares this checkout."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are missing: apt-get install nodejs npm")
    lock = FOLDER / "package-lock.json"
    with (FOLDER / ".install-lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if INSTALLED.exists() and INSTALLED.stat().st_mtime >= lock.stat().st_mtime:
            return
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode != 0:
            shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
            pytest.skip(f"oidc-provider cannot be had from the npm registry: {done.stderr[-300:]}")
