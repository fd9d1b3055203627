"""The addresses of sign-in by SAML: out, where the answer is posted, and the first step with a session.

The answer is posted by the provider's page, so no session comes with it (cookies are Lax). It is judged there
without one, and handed over to the browser's next request, which must be in the session that asked.
"""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.oidc.claims import read_employee
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.accounts.oidc.signing import confirm_again, let_in
from portal.accounts.oidc.views import refuse
from portal.accounts.once import hand_over, take_over
from portal.accounts.proofs import Proof
from portal.returning import where_to
from portal.settings.saml import SamlProvider

KEY = "saml_begun"
MOST = 5
LASTS_S = 10 * 60
TICKET, TICKET_LASTS = "saml-answer", timedelta(seconds=60)


def find_saml(provider_id: str) -> SamlProvider:
    """Raises Http404."""
    found = next((one for one in settings.SAML_PROVIDERS if one.id == provider_id), None)
    if found is None:
        raise Http404
    return found


@require_GET
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Out to the identity provider. Of the address nothing counts but where to go afterwards."""
    return _go(request, provider_id, where_to(request, request.GET.get("next")))


@login_required
@require_GET
def prove_again(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Out to it, and the card is to be shown again whatever session it holds (ForceAuthn)."""
    return _go(request, provider_id, where_to(request, request.GET.get("next"), "home"), again=True)


def _go(request: HttpRequest, provider_id: str, then: str, *, again: bool = False) -> HttpResponse:
    from portal.accounts.saml.judging import ask

    provider = find_saml(provider_id)
    address, asked = ask(request, provider, again=again)
    begun = {"id": asked, "provider": provider.id, "next": then, "at": time.time(), "again": again}
    request.session[KEY] = [begun, *request.session.get(KEY, [])][:MOST]
    return redirect(address)


# The provider's page posts it: signed, for one request of ours, once. No session is read or written.
@csrf_exempt
@require_POST
def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
    from portal.accounts.saml.judging import judge

    provider = find_saml(provider_id)
    try:
        found = judge(request, provider, request.POST.get("SAMLResponse"))
    except SignInRefused as refused:
        return refuse(request, refused)
    content = {name: getattr(found, name) for name in found.__slots__}
    reply = redirect("saml_finish", provider.id, hand_over(TICKET, content, TICKET_LASTS))
    reply.status_code = 303
    return reply


@require_GET
def finish(request: HttpRequest, provider_id: str, ticket: str) -> HttpResponse:
    """In the session that asked for this answer, and in no other."""
    provider = find_saml(provider_id)
    try:
        found = take_over(TICKET, ticket)
        if found is None:
            raise SignInRefused(Why.STALE, "ticket")
        return _complete(request, provider, found, _begun(request, provider, found["answers"]))
    except SignInRefused as refused:
        return refuse(request, refused)


def _begun(request: HttpRequest, provider: SamlProvider, asked: str) -> dict[str, Any]:
    """What was put aside when this sign-in began here, taken out. Raises SignInRefused."""
    held: list[dict[str, Any]] = request.session.get(KEY, [])
    found = next((one for one in held if one["id"] == asked and one["provider"] == provider.id), None)
    if found is None or time.time() - found["at"] > LASTS_S:
        raise SignInRefused(Why.STALE, "request")
    request.session[KEY] = [one for one in held if one is not found]
    return found


def _complete(
    request: HttpRequest, provider: SamlProvider, found: dict[str, Any], begun: dict[str, Any]
) -> HttpResponse:
    """Raises SignInRefused, LogUnavailable."""
    employee = read_employee(provider, found["claims"])
    if begun["again"]:
        return confirm_again(
            request,
            employee.hsa_id,
            shown_at=found["shown_at"],
            asked_at=begun["at"],
            then=begun["next"],
            method="saml",
        )
    proof = Proof(
        method="saml",
        loa=found["loa"],
        idp=provider.id,
        subject=found["subject"],
        idp_session=found["session"],
    )
    return let_in(request, provider, employee, proof, begun["next"])
