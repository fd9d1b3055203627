"""A SAML identity provider that is not ours: a program, told whom to vouch for and how to err."""

import json
import shutil
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portal.embedded.children import ChildSet
from portal.settings.saml import SamlProvider
from tests.servers import find_free_port
from tests.signin.provider import FOLDER, LOA3, install_or_skip

ISSUER = "https://idp.example/saml"
OURS = "https://portal.example/saml"


@dataclass
class SamlIdp:
    """``meet`` sets what it will say; ``visit`` brings what its page would post."""

    address: str
    certificate: str

    def meet(self, fault: str = "", *, acr: str = LOA3, **more: Any) -> None:
        body = json.dumps({"fault": fault, "acr": acr, **more}).encode()
        asked = urllib.request.Request(f"{self.address}/scenario", data=body, method="POST")
        urllib.request.urlopen(asked, timeout=10).close()

    def visit(self, address: str) -> dict[str, Any]:
        with urllib.request.urlopen(address, timeout=10) as reply:
            found: dict[str, Any] = json.load(reply)
            return found

    def as_configured(self, **more: Any) -> SamlProvider:
        return SamlProvider(
            **{
                "id": "siths-saml",
                "name": "SITHS",
                "entity_id": ISSUER,
                "sso_url": f"{self.address}/sso",
                "sp_entity_id": OURS,
                "certificates": (self.certificate,),
                **more,
            }
        )


def start_saml(children: ChildSet, folder: Path) -> SamlIdp:
    """Skips the test, with the reason, where node or the package cannot be had."""
    install_or_skip()
    node = shutil.which("node")
    assert node is not None
    certificate = make_pair(folder, "idp")
    make_pair(folder, "stranger")
    files = [str(folder / name) for name in ("idp.key", "idp.pem", "stranger.key")]
    argv = [node, str(FOLDER / "saml.mjs"), str(find_free_port()), ISSUER, *files]
    line = children.start(argv, name="the SAML identity provider")
    return SamlIdp(line.removeprefix("listening ").strip(), certificate)


def make_pair(folder: Path, name: str) -> str:
    """A key and its own certificate, as files; the certificate's text."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (folder / f"{name}.key").write_bytes(private)
    text = made.public_bytes(Encoding.PEM).decode()
    (folder / f"{name}.pem").write_text(text)
    return text
