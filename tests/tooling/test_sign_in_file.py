"""The file that names identity providers: read strictly, or start-up stops with a plain sentence."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured

from consent.vocabulary import Purpose, Right
from portal.settings.sign_in import LOA3, read_sign_in

WHOLE = """
[[idp]]
id = "siths"
name = "SITHS"
issuer = "https://idp.example"
client_id = "portal"
client_secret_file = "secret"
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "secret").write_text("0123456789abcdef\n")
    path = tmp_path / "sign-in.toml"
    monkeypatch.setenv("SIGN_IN_FILE", str(path))

    def written(text: str) -> None:
        path.write_text(text)

    return written


def test_none_where_nothing_is_named(monkeypatch):
    monkeypatch.delenv("SIGN_IN_FILE", raising=False)
    assert read_sign_in() == ()


def test_the_least_that_is_needed_asks_for_level_3(write):
    write(WHOLE)
    (idp,) = read_sign_in()
    assert (idp.client_secret, idp.acr, idp.scopes) == ("0123456789abcdef", LOA3, ("openid",))
    assert "0123456789abcdef" not in repr(idp)


def test_all_that_may_be_said(write):
    write(
        WHOLE
        + 'acr = ["c1"]\nscopes = ["openid", "x"]\nfetch_userinfo = true\n'
        + 'token_method = "client_secret_post"\n'
        + '[idp.claims]\nacr = "acrs"\n[idp.purposes]\n"Vård" = "care"\n[idp.rights]\nx = "review_log"\n'
    )
    (idp,) = read_sign_in()
    assert (idp.claims.acr, idp.claims.employee) == ("acrs", "employeeHsaId")
    assert (idp.purposes, idp.rights) == ({"Vård": Purpose.CARE}, {"x": Right.REVIEW_LOG})


@pytest.mark.parametrize(("text", "told"), [
    ("idp = 1", r"\[\[idp\]\] tables"),
    ("[[idp", "no TOML"),
    (WHOLE + 'arc = ["x"]', "unknown keys: arc"),
    (WHOLE + "client_secret = 'x'", "unknown keys: client_secret"),
    (WHOLE.replace('client_id = "portal"', ""), "lacks: client_id"),
    (WHOLE.replace("https://idp.example", "idp.example"), "issuer is no address"),
    (WHOLE.replace('"siths"', '"../x"'), "id may hold"),
    (WHOLE + "acr = []", "acr must be"),
    (WHOLE + 'acr = "loa3"', "acr must be"),
    (WHOLE + 'scopes = ["x"]', "scopes must hold openid"),
    (WHOLE + 'token_method = "none"', "token_method"),
    (WHOLE + 'fetch_userinfo = "yes"', "fetch_userinfo"),
    (WHOLE + '[idp.claims]\nemploye = "x"', "employe"),
    (WHOLE + '[idp.purposes]\nx = "all"', "all"),
    (WHOLE + '[idp.rights]\nx = "all"', "all"),
    (WHOLE.replace('"secret"', '"nowhere"'), "cannot be read"),
    (WHOLE + WHOLE, "two with one id"),
])  # fmt: skip
def test_what_is_not_understood_stops_start_up(write, text, told):
    write(text)
    with pytest.raises(ImproperlyConfigured, match=told):
        read_sign_in()


def test_a_short_secret_is_refused_without_being_told(write, tmp_path):
    write(WHOLE)
    (tmp_path / "secret").write_text("short")
    with pytest.raises(ImproperlyConfigured) as refused:
        read_sign_in()
    assert "shorter than 16" in str(refused.value)
    assert "'short'" not in str(refused.value)


def by_key(name: str = "client_key_file") -> str:
    return WHOLE.replace("client_secret_file", name) + 'token_method = "private_key_jwt"\n'


def test_a_key_takes_the_place_of_the_secret(write, tmp_path: Path):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (tmp_path / "secret").write_text(pem)
    write(by_key() + 'client_key_id = "ours"\n')
    (idp,) = read_sign_in()
    assert (idp.client_secret, idp.client_key, idp.client_key_id) == ("", pem.strip(), "ours")
    assert pem[40:60] not in repr(idp)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (by_key(), "no key that can sign"),
        (by_key("client_secret_file"), "lacks: client_key_file"),
        (WHOLE + 'client_key_file = "secret"\n', "client_key_file has no use"),
    ],
    ids=["no_key", "no_file", "both"],
)
def test_a_key_that_cannot_sign_or_has_no_use_stops_start_up(write, text: str, words: str):
    write(text)
    with pytest.raises(ImproperlyConfigured, match=words):
        read_sign_in()


def test_a_weak_key_stops_start_up(write, tmp_path: Path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    (tmp_path / "secret").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write(by_key())
    with pytest.raises(ImproperlyConfigured, match="no key that can sign"):
        read_sign_in()
