"""From the identity provider's answer to somebody who is signed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext

from portal.accounts.oidc.admitting import admit
from portal.accounts.oidc.calling import userinfo_of
from portal.accounts.oidc.claims import read_employee
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.accounts.oidc.tokens import judge_id_token, level_of
from portal.accounts.proofs import Proof
from portal.accounts.signing import sign_in
from portal.settings.sign_in import IdentityProvider


def complete(
    request: HttpRequest, idp: IdentityProvider, response: dict[str, Any], stashed: dict[str, Any]
) -> HttpResponse:
    """Judge, admit, sign in, and on to the choice of assignment. Raises SignInRefused, LogUnavailable."""
    token = judge_id_token(idp, response.get("id_token"), stashed.get("nonce", ""))
    claims = {**token}
    if idp.fetch_userinfo:
        about = userinfo_of(idp, response["access_token"])
        if about.get("sub") != token["sub"]:
            raise SignInRefused(Why.UNTRUSTED, "userinfo_sub")
        claims = {**about, **token}
    admitted = admit(idp, read_employee(idp, claims))
    proof = Proof(
        method="oidc",
        loa=level_of(idp, token),
        idp=idp.id,
        subject=str(token["sub"]),
        idp_session=str(token.get("sid", "")),
    )
    sign_in(request, admitted.user, proof)
    if admitted.unusable:
        words = ngettext(
            "%(count)d av dina uppdrag gäller en enhet eller ett ändamål som inte finns här.",
            "%(count)d av dina uppdrag gäller enheter eller ändamål som inte finns här.",
            admitted.unusable,
        )
        messages.warning(request, words % {"count": admitted.unusable})
    return redirect(where_to(request, stashed.get("next")))


def where_to(request: HttpRequest, wished: Any) -> str:
    """Where the reader was going, if that is a page of ours."""
    is_ours = isinstance(wished, str) and url_has_allowed_host_and_scheme(
        wished, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wished if is_ours else resolve_url("choose_assignment")
