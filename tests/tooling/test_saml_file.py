"""The part of the sign-in file that is about SAML: read strictly, and nobody who does not use it needs it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from consent.vocabulary import Purpose
from portal.settings import saml
from portal.settings.saml import PREFIX, read_saml_providers
from portal.settings.sign_in import LOA3, read_sign_in
from tests.servers import ROOT
from tests.signin.saml_provider import make_pair

WHOLE = """
[[saml]]
id = "siths"
name = "SITHS"
entity_id = "https://idp.example/saml"
sso_url = "https://idp.example/sso"
sp_entity_id = "https://portal.example/saml"
certificates = ["idp.pem"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("saml")
    make_pair(made, "idp")
    return made


@pytest.fixture
def write(folder: Path, monkeypatch: pytest.MonkeyPatch):
    path = folder / "sign-in.toml"
    monkeypatch.setenv("SIGN_IN_FILE", str(path))

    def written(text: str) -> None:
        path.write_text(text)

    return written


def test_none_where_nothing_is_named(monkeypatch):
    monkeypatch.delenv("SIGN_IN_FILE", raising=False)
    assert read_saml_providers() == ()


def test_the_least_that_is_needed_asks_for_level_3(write):
    write(WHOLE)
    (one,) = read_saml_providers()
    assert (one.acr, one.claims.employee) == (LOA3, PREFIX + "employeeHsaId")
    assert read_sign_in() == ()


def test_all_that_may_be_said(write):
    write(WHOLE + 'acr = ["x"]\n[saml.claims]\nemployee = "hsa"\n[saml.purposes]\n"Vård" = "care"\n')
    (one,) = read_saml_providers()
    assert (one.acr, one.claims.employee, one.claims.unit) == (("x",), "hsa", PREFIX + "healthCareUnitHsaId")
    assert one.purposes == {"Vård": Purpose.CARE}


@pytest.mark.parametrize(("text", "told"), [
    (WHOLE + "want_signed = false", "unknown keys: want_signed"),
    (WHOLE.replace("sso_url", "sso"), "unknown keys: sso"),
    (WHOLE.replace('sp_entity_id = "https://portal.example/saml"', ""), "lacks: sp_entity_id"),
    (WHOLE.replace("https://idp.example/sso", "idp"), "sso_url is no address"),
    (WHOLE.replace('["idp.pem"]', "[]"), "list of words"),
    (WHOLE.replace("idp.pem", "idp.key"), "no certificate"),
    (WHOLE.replace("idp.pem", "none.pem"), "no certificate"),
    (WHOLE.replace('"siths"', '"SITHS"'), "a-z"),
    (WHOLE + WHOLE, "two with one id"),
    (WHOLE + '[saml.claims]\nnumber = "x"', "number"),
])  # fmt: skip
def test_what_is_not_understood_stops_start_up(write, text, told):
    write(text)
    with pytest.raises(ImproperlyConfigured, match=told):
        read_saml_providers()


def test_an_id_stands_for_one_alone(write):
    write(WHOLE)
    with pytest.raises(ImproperlyConfigured, match="two with one id"):
        read_saml_providers(frozenset({"siths"}))


def test_without_the_extra_start_up_says_what_to_install(write, monkeypatch):
    monkeypatch.setattr(saml, "find_spec", lambda _name: None)
    write(WHOLE)
    with pytest.raises(ImproperlyConfigured, match=r"requirements/saml\.lock"):
        read_saml_providers()


def test_the_product_starts_without_it():
    code = (
        "import sys; sys.modules.update(onelogin=None, xmlsec=None)\n"
        "import django; django.setup(); import portal.urls"
    )
    variables = {"DJANGO_SETTINGS_MODULE": "portal.settings.test", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
