"""The file that names launching systems: read strictly, or start-up stops with a plain sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.core.exceptions import ImproperlyConfigured

from consent.vocabulary import Purpose
from portal.settings.launching import Launchers, read_launchers
from portal.settings.sign_in import LOA3

WHOLE = """
[[jwt]]
id = "journal"
name = "Journalen"
issuer = "https://journal.example"
audience = "https://portal.example/launch/jwt"
keys = ["ed.pem"]
"""
KEYS: dict[str, Callable[[], Any]] = {
    "rsa": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "short": lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024),
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "other": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ed": ed25519.Ed25519PrivateKey.generate,
}


SMART = """
[[smart]]
id = "cosmic"
name = "Cosmic"
fhir = "https://fhir.example/R4/"
issuer = "https://auth.example"
client_id = "portal"
client_secret_file = "secret"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("launch")
    for name, make in KEYS.items():
        key = make()
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (made / f"{name}.pem").write_bytes(public)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (made / "private.pem").write_bytes(private)
    (made / "secret").write_text("0123456789abcdef\n")
    return made


@pytest.fixture
def write(folder: Path, monkeypatch: pytest.MonkeyPatch):
    path = folder / "launch.toml"
    monkeypatch.setenv("LAUNCH_FILE", str(path))

    def written(text: str) -> None:
        path.write_text(text)

    return written


def test_none_where_nothing_is_named(monkeypatch):
    monkeypatch.delenv("LAUNCH_FILE", raising=False)
    assert read_launchers() == Launchers()


def test_the_algorithm_follows_from_the_key(write):
    write(WHOLE.replace('["ed.pem"]', '["ed.pem", "rsa.pem", "ec.pem"]'))
    (system,) = read_launchers().jwt
    assert [key.algorithm for key in system.keys] == ["EdDSA", "RS256", "ES256"]


def test_all_that_may_be_said(write):
    write(WHOLE + '[jwt.claims]\npatient = "pnr"\n[jwt.purposes]\n"Vård" = "care"\n')
    (system,) = read_launchers().jwt
    assert (system.claims.patient, system.claims.employee) == ("pnr", "employeeHsaId")
    assert system.purposes == {"Vård": Purpose.CARE}


def test_a_smart_system_is_read_as_an_identity_provider(write):
    write(WHOLE + SMART + "[smart.claims]\nacr = 'acrs'\n")
    (system,) = read_launchers().smart
    assert (system.fhir, system.id, system.idp.issuer) == (
        "https://fhir.example/R4",
        "cosmic",
        "https://auth.example",
    )
    assert system.idp.scopes == ("openid", "launch", "patient/Patient.rs")
    assert (system.idp.acr, system.idp.claims.acr) == (LOA3, "acrs")


def test_an_id_stands_for_one_alone(write):
    """It marks whose word a session and its assignments rest on."""
    write(SMART)
    with pytest.raises(ImproperlyConfigured, match="two with one id"):
        read_launchers(frozenset({"cosmic"}))


@pytest.mark.parametrize(("text", "told"), [
    (SMART.replace("https://fhir.example/R4/", "fhir.example"), "fhir is no address"),
    (SMART + 'scopes = ["openid"]', "must hold launch"),
    (SMART + 'scopes = ["launch"]', "must hold openid"),
    (SMART + "pkce = false", "unknown keys: pkce"),
    (SMART + SMART.replace('"cosmic"', '"other"'), "two with one fhir"),
    (WHOLE + SMART.replace('"cosmic"', '"journal"'), "two with one id"),
    ("jwt = 1", r"\[\[jwt\]\]"),
    ("", r"\[\[jwt\]\]"),
    ("[[jwt", "no TOML"),
    ("[[other]]\n", "nothing else"),
    (WHOLE + 'algorithms = ["HS256"]', "unknown keys: algorithms"),
    (WHOLE.replace("audience", "audiences"), "unknown keys: audiences"),
    (WHOLE.replace('audience = "https://portal.example/launch/jwt"', ""), "lacks: audience"),
    (WHOLE.replace('["ed.pem"]', "[]"), "list of files"),
    (WHOLE.replace('["ed.pem"]', '"ed.pem"'), "list of files"),
    (WHOLE.replace("ed.pem", "none.pem"), "cannot be read"),
    (WHOLE.replace("ed.pem", "secret"), "no public key"),
    (WHOLE.replace("ed.pem", "private.pem"), "no public key"),
    (WHOLE.replace("ed.pem", "short.pem"), "2048 bits"),
    (WHOLE.replace("ed.pem", "other.pem"), "P-256"),
    (WHOLE.replace('"journal"', '"Journal!"'), "a-z"),
    (WHOLE + WHOLE, "two with one id"),
    (WHOLE + WHOLE.replace('"journal"', '"other"'), "two with one issuer"),
    (WHOLE + '[jwt.claims]\nnumber = "x"', "number"),
    (WHOLE + '[jwt.purposes]\n"x" = "curiosity"', "curiosity"),
])  # fmt: skip
def test_what_is_not_understood_stops_start_up(write, text, told):
    write(text)
    with pytest.raises(ImproperlyConfigured, match=told):
        read_launchers()
