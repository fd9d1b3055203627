"""Judging an answer of a SAML identity provider, and asking for one (SAML 2.0 Web Browser SSO).

python3-saml checks schema, signature, issuer and times, and reads only what the signature covers. It lets an
assertion by that names no audience, and believes the unsigned part of the message about which request it
answers. So what matters is asked here of the signed assertion itself.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.accounts.once import spend
from portal.settings.saml import SamlProvider

LONGEST_ANSWER = 256 * 1024
# What python3-saml lets clocks differ.
DRIFT = timedelta(seconds=Words.ALLOWED_CLOCK_DRIFT)


@dataclass(frozen=True, slots=True)
class Assertion:
    """``answers``: the id of the request; ``shown_at``: when the card was shown, seconds since 1970."""

    answers: str
    loa: str
    shown_at: float
    subject: str
    session: str
    claims: dict[str, Any]


def ask(request: HttpRequest, provider: SamlProvider, *, again: bool) -> tuple[str, str]:
    """Where to send the browser, and the id of the request. ``again``: the card is to be shown anew."""
    auth = OneLogin_Saml2_Auth(_data(request), _settings(request, provider))
    address = auth.login(return_to="", force_authn=again)
    return str(address), str(auth.get_last_request_id())


def judge(request: HttpRequest, provider: SamlProvider, text: object) -> Assertion:
    """The answer, spent with this. Raises SignInRefused."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_ANSWER:
        raise SignInRefused(Why.UNTRUSTED, "no_answer")
    settings = OneLogin_Saml2_Settings(_settings(request, provider))
    try:
        response = OneLogin_Saml2_Response(settings, text)
        response.is_valid(_data(request), raise_exceptions=True)
    except Exception as error:  # noqa: BLE001 - whatever the library, lxml or xmlsec raises, nobody comes in
        code = getattr(error, "code", "")
        raise SignInRefused(Why.UNTRUSTED, f"{type(error).__name__} {code}".strip()) from None
    found = _read(request, provider, response)
    ends_at = _confirmation_ends(response) + DRIFT
    if not spend("assertion", provider.id, _only(response, "").get("ID", ""), ends_at):
        raise SignInRefused(Why.STALE, "used")
    return found


def _read(request: HttpRequest, provider: SamlProvider, response: OneLogin_Saml2_Response) -> Assertion:
    """Raises SignInRefused."""
    confirmation = _only(response, "/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData")
    answers = confirmation.get("InResponseTo", "")
    if not answers or response.document.get("InResponseTo", answers) != answers:
        raise SignInRefused(Why.UNTRUSTED, "unsolicited")
    if confirmation.get("Recipient") != _address(request, provider):
        raise SignInRefused(Why.UNTRUSTED, "recipient")
    if provider.sp_entity_id not in response.get_audiences():
        raise SignInRefused(Why.UNTRUSTED, "audience")
    levels = response.get_authn_contexts()
    if len(levels) != 1 or levels[0] not in provider.acr:
        raise SignInRefused(Why.WEAK)
    shown = _only(response, "/saml:AuthnStatement").get("AuthnInstant", "")
    return Assertion(
        answers=answers,
        loa=levels[0],
        shown_at=float(OneLogin_Saml2_Utils.parse_SAML_to_time(shown)),
        subject=response.get_nameid() or "",
        session=response.get_session_index() or "",
        claims=_claims(provider, response.get_attributes()),
    )


def _confirmation_ends(response: OneLogin_Saml2_Response) -> datetime:
    """Raises SignInRefused where the assertion would count for ever."""
    seconds = response.get_assertion_not_on_or_after()
    if seconds is None:
        raise SignInRefused(Why.UNTRUSTED, "endless")
    return datetime.fromtimestamp(seconds, UTC)


def _only(response: OneLogin_Saml2_Response, path: str) -> etree._Element:
    """The one element at a path of the signed assertion. The library's own way there: any other could lead to
    an assertion that the signature does not cover. Raises SignInRefused."""
    found = response._query_assertion(path)  # noqa: SLF001
    if len(found) != 1:
        raise SignInRefused(Why.UNTRUSTED, f"{len(found)} of {path.rpartition(':')[2] or 'Assertion'}")
    return found[0]


def _claims(provider: SamlProvider, attributes: dict[str, list[str]]) -> dict[str, Any]:
    """Those that are read, in the form that an ID token has them; all else is dropped here."""
    names = provider.claims
    wanted = [str(getattr(names, name)) for name in names.__slots__ if name != "acr"]
    said = {name: attributes[name] for name in wanted if attributes.get(name)}
    flat: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in said.items()}
    flat[names.assignments] = _listed(flat.get(names.assignments), wanted)
    return flat


def _listed(text: object, wanted: list[str]) -> list[dict[str, Any]]:
    """Several assignments in one attribute: a list in JSON, whose names are those of the attributes, or their
    last part."""
    try:
        found = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        found = []
    whole = {name.rpartition("/")[2]: name for name in wanted}
    rows = [one for one in (found if isinstance(found, list) else []) if isinstance(one, dict)]
    return [{str(whole.get(name, name)): value for name, value in one.items()} for one in rows]


def _address(request: HttpRequest, provider: SamlProvider) -> str:
    return request.build_absolute_uri(reverse("saml_answer", args=[provider.id]))


def _data(request: HttpRequest) -> dict[str, Any]:
    return {
        "https": "on" if request.is_secure() else "off",
        "http_host": request.get_host(),
        "script_name": request.path,
        "get_data": {},
        "post_data": {},
    }


def _settings(request: HttpRequest, provider: SamlProvider) -> dict[str, Any]:
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": provider.sp_entity_id,
            "assertionConsumerService": {
                "url": _address(request, provider),
                "binding": Words.BINDING_HTTP_POST,
            },
            "NameIDFormat": Words.NAMEID_UNSPECIFIED,
        },
        "idp": {
            "entityId": provider.entity_id,
            "singleSignOnService": {"url": provider.sso_url, "binding": Words.BINDING_HTTP_REDIRECT},
            "x509cert": provider.certificates[0],
            "x509certMulti": {"signing": list(provider.certificates)},
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": False,
            "rejectDeprecatedAlgorithm": True,
            "allowSingleLabelDomains": True,
            "requestedAuthnContext": list(provider.acr),
            "requestedAuthnContextComparison": "exact",
            "failOnAuthnContextMismatch": False,
        },
    }
