"""From the identity provider's answer to somebody who is signed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from portal.accounts.oidc.admitting import admit
from portal.accounts.oidc.calling import userinfo_of
from portal.accounts.oidc.claims import read_employee
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.accounts.oidc.tokens import LEEWAY_S, judge_id_token, level_of
from portal.accounts.proofs import Proof
from portal.accounts.returning import where_to
from portal.accounts.signing import prove_again, sign_in
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
    employee = read_employee(idp, claims)
    if stashed.get("proves_again"):
        return _prove_again(request, employee.hsa_id, token, stashed)
    admitted = admit(idp, employee)
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
            "%(count)d av dina uppdrag gäller en enhet eller ett ändamål som inte finns här,"
            " eller ger inte rätt att läsa.",
            "%(count)d av dina uppdrag gäller enheter eller ändamål som inte finns här,"
            " eller ger inte rätt att läsa.",
            admitted.unusable,
        )
        messages.warning(request, words % {"count": admitted.unusable})
    return redirect(where_to(request, stashed.get("next")))


def _prove_again(
    request: HttpRequest, hsa_id: str, token: dict[str, Any], stashed: dict[str, Any]
) -> HttpResponse:
    """Step-up: the same person as is signed in, who has just now shown her card (``auth_time``)."""
    user: Any = request.user
    if not user.is_authenticated or user.hsa_id != hsa_id:
        raise SignInRefused(Why.ANOTHER)
    shown_at = token.get("auth_time")
    if not isinstance(shown_at, int) or shown_at < stashed["proves_again"] - LEEWAY_S:
        raise SignInRefused(Why.WEAK, "auth_time")
    prove_again(request, user, "oidc")
    return redirect(where_to(request, stashed.get("next"), "home"))
