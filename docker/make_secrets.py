"""Everything secret that compose.yaml needs, made once into a folder: keys, passwords, certificate.

    docker run --rm --user 0 -v "$PWD/docker/secrets:/secrets" patientoversikt \\
        python docker/make_secrets.py /secrets --self-signed portal.example

What is there is kept. ``--self-signed`` makes a certificate to try with; put your own in its place.
"""

import argparse
import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.settings.keys import create_keys

OURS = 10001


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--self-signed", metavar="HOST")
    asked = parser.parse_args()
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    create_keys(folder / "keys")
    # Made for the embedded installation alone; here SECRET_KEY is a secret of its own.
    (folder / "keys/secret_key").unlink(missing_ok=True)
    keep(folder / "secret_key", secrets.token_urlsafe(60))
    keep(folder / "metrics_token", secrets.token_urlsafe(32))
    for role in ("migrator", "portal"):
        password = keep(folder / f"{role}_password", secrets.token_urlsafe(32))
        keep(folder / f"{role}_url", f"postgresql://{role}:{password}@postgres:5432/portal")
    password = keep(folder / "redis_password", secrets.token_urlsafe(32))
    keep(folder / "redis_url", f"redis://:{password}@redis:6379/0")
    # Redis reads it as a user of its own; the folder is what keeps others away.
    keep(folder / "redis.conf", f"requirepass {password}\n", 0o444)
    if asked.self_signed:
        make_certificate(folder, asked.self_signed)
    if os.geteuid() == 0:
        for path in (folder, folder / "keys", *folder.rglob("*")):
            os.chown(path, OURS, OURS)


def keep(path: Path, text: str, mode: int = 0o400) -> str:
    """The file's text, made where it is not there; readable by its owner alone, unless ``mode`` says more."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
    return path.read_text()


def make_certificate(folder: Path, host: str) -> None:
    if (folder / "tls.key").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    keep(folder / "tls.key", private)
    keep(folder / "tls.crt", certificate.public_bytes(encoding).decode())


if __name__ == "__main__":
    main()
