"""Single sign-out: out of the identity provider after us, and out of here when it says so.

OpenID Connect RP-Initiated Logout 1.0 and Back-Channel Logout 1.0.
"""

from typing import Any
from urllib.parse import urlencode

import structlog
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.actors import trace_of
from portal.accounts.ending import end_taken_back
from portal.accounts.oidc.calling import configuration_of
from portal.accounts.oidc.provider import find_idp, who_vouched
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.accounts.oidc.tokens import verify
from portal.settings.sign_in import IdentityProvider

EVENT = "http://schemas.openid.net/event/backchannel-logout"
REMEMBERED_S = 15 * 60

_log = structlog.get_logger(__name__)


@require_GET
def signed_out(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Signed out here. On to the provider's own sign-out where it has one; no ID token is in the address."""
    idp = who_vouched(provider_id)
    if idp is None:
        raise Http404
    onwards = _end_session(request, idp) if isinstance(idp, IdentityProvider) else ""
    return render(request, "account/signed_out.html", {"idp": idp, "onwards": onwards})


def _end_session(request: HttpRequest, idp: IdentityProvider) -> str:
    try:
        address = configuration_of(idp).get("end_session_endpoint")
    except SignInRefused:
        return ""
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        return ""
    back = request.build_absolute_uri(resolve_url("account_login"))
    return f"{address}?{urlencode({'client_id': idp.client_id, 'post_logout_redirect_uri': back})}"


@csrf_exempt  # The provider itself calls, with a signed token of one use and no session.
@require_POST
def back_channel(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The provider says that somebody has signed out, or been signed out. 200 ended, 400 not believed."""
    idp = find_idp(provider_id)
    try:
        token = _judge(idp, request.POST.get("logout_token"))
    except SignInRefused as refused:
        _log.warning("logout_refused", detail=refused.detail)
        return JsonResponse({"error": "invalid_request"}, status=400)
    subject, session = str(token.get("sub", "")), str(token.get("sid", ""))
    count = end_taken_back(idp.id, subject, session, trace_of(request))
    _log.info("logout_by_provider", sessions=count)
    return HttpResponse(status=200)


def _judge(idp: IdentityProvider, text: object) -> dict[str, Any]:
    """A logout token (Back-Channel Logout 2.6). Raises SignInRefused."""
    token = verify(idp, text, required=("iss", "aud", "iat", "jti", "events"))
    events = token["events"]
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or "nonce" in token:
        raise SignInRefused(Why.UNTRUSTED, "no_logout_token")
    if not (token.get("sub") or token.get("sid")):
        raise SignInRefused(Why.UNTRUSTED, "nobody")
    if not cache.add(f"logout-token:{idp.id}:{token['jti']}"[:200], 1, REMEMBERED_S):
        raise SignInRefused(Why.UNTRUSTED, "used")
    return token
