"""EHR launch by SMART App Launch 2.2 (HL7): out to the launching system's authorization server, and back.

Its ID token is judged as that of any identity provider. The patient comes with the token answer, as an id of
the launching system's own, and her number from its FHIR server. Then it goes on as every launch.
"""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from portal.accounts.oidc.admitting import admit
from portal.accounts.oidc.calling import exchange_code, published_at, userinfo_of
from portal.accounts.oidc.claims import LONGEST_HSA_ID, read_employee, read_word
from portal.accounts.oidc.refusals import SignInRefused
from portal.accounts.oidc.refusals import Why as SignInWhy
from portal.accounts.oidc.tokens import judge_id_token, level_of
from portal.accounts.oidc.views import refuse as refuse_sign_in
from portal.accounts.proofs import Proof
from portal.accounts.signing import sign_in
from portal.launching.arriving import keep
from portal.launching.chart import number_of
from portal.launching.counting import count_launch
from portal.launching.launch import Launch, read_purpose
from portal.launching.refusals import LaunchRefused, Why, refuse
from portal.settings.launching import SmartSystem

CONFIGURATION = "/.well-known/smart-configuration"
KEY = "smart_launches"
LASTS_S = 10 * 60
# Begun and not come back from, in one session: several tabs, or presses of an impatient reader.
MOST = 5
LONGEST_LAUNCH = 1024


@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """``iss`` chooses among the configured systems; of the address nothing else counts but ``launch``, which
    goes back to where it came from."""
    try:
        count_launch(request)
        system = _system_of(request.GET.get("iss"))
        launch = request.GET.get("launch", "")
        if not 0 < len(launch) <= LONGEST_LAUNCH or not launch.isprintable():
            raise LaunchRefused(Why.UNTRUSTED, "launch", system.id)
        return redirect(_way_out(request, system, launch))
    except LaunchRefused as refused:
        return refuse(request, refused)
    except SignInRefused as refused_sign_in:
        return refuse_sign_in(request, refused_sign_in)


@require_GET
def come_back(request: HttpRequest, system_id: str) -> HttpResponse:
    system = next((one for one in settings.LAUNCHERS.smart if one.id == system_id), None)
    if system is None:
        raise Http404
    try:
        return _complete(request, system, _begun(request, system))
    except LaunchRefused as refused:
        named = LaunchRefused(refused.why, refused.detail, system.id)
        return refuse(request, named)
    except SignInRefused as refused_sign_in:
        return refuse_sign_in(request, refused_sign_in)


def _system_of(iss: str | None) -> SmartSystem:
    """No address out of a request is called: it has to be one that is configured. Raises LaunchRefused."""
    found = next((one for one in settings.LAUNCHERS.smart if one.fhir == (iss or "").rstrip("/")), None)
    if found is None:
        raise LaunchRefused(Why.UNKNOWN_SYSTEM, "iss")
    return found


def _endpoint(system: SmartSystem, name: str) -> str:
    """Out of the document that the system publishes about itself. Raises SignInRefused."""
    found = published_at(system.fhir + CONFIGURATION)
    if found.get("issuer", system.idp.issuer) != system.idp.issuer:
        raise SignInRefused(SignInWhy.UNTRUSTED, "smart_issuer")
    if "S256" not in (found.get("code_challenge_methods_supported") or ()):
        raise SignInRefused(SignInWhy.UNTRUSTED, "no S256")
    address = found.get(name)
    if not isinstance(address, str) or urlsplit(address).scheme != urlsplit(system.fhir).scheme:
        raise SignInRefused(SignInWhy.UNTRUSTED, f"no {name}")
    return address


def _way_out(request: HttpRequest, system: SmartSystem, launch: str) -> str:
    address = _endpoint(system, "authorization_endpoint")
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    begun = {"state": state, "system": system.id, "nonce": nonce, "verifier": verifier, "at": time.time()}
    request.session[KEY] = [begun, *request.session.get(KEY, [])][:MOST]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": system.idp.client_id,
        "redirect_uri": _callback(request, system),
        "scope": " ".join(system.idp.scopes),
        "state": state,
        "nonce": nonce,
        "aud": system.fhir,
        "launch": launch,
        "acr_values": " ".join(system.idp.acr),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _callback(request: HttpRequest, system: SmartSystem) -> str:
    """One for each system: an answer of one counts for no other."""
    return request.build_absolute_uri(reverse("launch_come_back", args=[system.id]))


def _begun(request: HttpRequest, system: SmartSystem) -> dict[str, Any]:
    """What was put aside when this launch began here; taken out, so that an answer counts once. Raises
    LaunchRefused."""
    state = request.GET.get("state", "")
    held: list[dict[str, Any]] = request.session.get(KEY, [])
    found = next((one for one in held if hmac.compare_digest(one["state"].encode(), state.encode())), None)
    if found is None:
        raise LaunchRefused(Why.STALE, "state")
    request.session[KEY] = [one for one in held if one is not found]
    if found["system"] != system.id or time.time() - found["at"] > LASTS_S:
        raise LaunchRefused(Why.STALE, "state")
    if request.GET.get("iss", system.idp.issuer) != system.idp.issuer:  # RFC 9207
        raise LaunchRefused(Why.UNTRUSTED, "iss")
    return found


def _complete(request: HttpRequest, system: SmartSystem, begun: dict[str, Any]) -> HttpResponse:
    """Raises LaunchRefused, SignInRefused, LogUnavailable."""
    if "error" in request.GET or not request.GET.get("code"):
        raise SignInRefused(SignInWhy.CANCELLED)
    idp = system.idp
    endpoint = _endpoint(system, "token_endpoint")
    callback = _callback(request, system)
    answer = exchange_code(idp, request.GET["code"], begun["verifier"], callback, endpoint)
    access = answer.get("access_token")
    if not isinstance(access, str):
        raise SignInRefused(SignInWhy.UNTRUSTED, "no_access_token")
    token = judge_id_token(idp, answer.get("id_token"), begun["nonce"])
    about = userinfo_of(idp, access) if idp.fetch_userinfo else {}
    if about.get("sub", token["sub"]) != token["sub"]:
        raise SignInRefused(SignInWhy.UNTRUSTED, "userinfo_sub")
    claims = {**about, **token}
    employee = read_employee(idp, claims)
    launch = Launch(
        system=system.id,
        way="smart",
        hsa_id=employee.hsa_id,
        patient=number_of(system.fhir, access, answer.get("patient")),
        unit_id=read_word(claims.get(idp.claims.unit), LONGEST_HSA_ID),
        purpose=read_purpose(idp.purposes, claims.get(idp.claims.purpose)),
    )
    # Whoever is signed in stays so: the same goes on in her own session, another is turned away there.
    if not request.user.is_authenticated:
        proof = Proof(method="oidc", loa=level_of(idp, token), idp=idp.id, subject=str(token["sub"]))
        sign_in(request, admit(idp, employee).user, proof)
    return keep(request, launch)
