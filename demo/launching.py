"""The invented record system to launch from: its keys, and the file that lets the portal know it."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.conf import settings

SYSTEM = "journal"
FILE = """[[jwt]]
id = "{system}"
name = "Journalsystem (påhittat)"
issuer = "{address}"
audience = "{portal}/launch/jwt"
keys = ["journal.pem"]
"""


def make_keys(folder: Path) -> Path:
    """A pair for this run; where the private half lies, for the record system alone."""
    folder.mkdir(parents=True, exist_ok=True)
    private, public = folder / "journal.key", folder / "journal.pem"
    key = Ed25519PrivateKey.generate()
    private.unlink(missing_ok=True)
    written = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(written, "wb") as held:
        held.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private


def let_in(folder: Path, address: str, portal: str) -> None:
    """For the web process, which starts after this and reads LAUNCH_FILE."""
    path = folder / "launch.toml"
    path.write_text(FILE.format(system=SYSTEM, address=address, portal=portal), encoding="utf-8")
    os.environ["LAUNCH_FILE"] = str(path)


def address_of_journal() -> str:
    """Where it stands; "" where there is none."""
    return next((one.issuer for one in settings.LAUNCHERS.jwt if one.id == SYSTEM), "")
