"""From the identity provider's answer to somebody who is signed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from portal.accounts.oidc.admitting import admit
from portal.accounts.oidc.calling import userinfo_of
from portal.accounts.oidc.claims import Employee, read_employee
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.accounts.oidc.tokens import LEEWAY_S, judge_id_token, level_of
from portal.accounts.proofs import Proof
from portal.accounts.signing import prove_again, sign_in
from portal.returning import where_to
from portal.settings.sign_in import IdentityProvider, Voucher


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
        return confirm_again(
            request,
            employee.hsa_id,
            shown_at=token.get("auth_time"),
            asked_at=stashed["proves_again"],
            then=stashed.get("next"),
            method="oidc",
        )
    proof = Proof(
        method="oidc",
        loa=level_of(idp, token),
        idp=idp.id,
        subject=str(token["sub"]),
        idp_session=str(token.get("sid", "")),
    )
    return let_in(request, idp, employee, proof, stashed.get("next"))


def let_in(request: HttpRequest, idp: Voucher, employee: Employee, proof: Proof, then: Any) -> HttpResponse:
    """Whoever an identity provider vouches for, however it speaks: her account and assignments, a session,
    and on. Raises SignInRefused where the account is closed, LogUnavailable."""
    admitted = admit(idp, employee)
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
    return redirect(where_to(request, then))


def confirm_again(
    request: HttpRequest, hsa_id: str, *, shown_at: object, asked_at: float, then: Any, method: str
) -> HttpResponse:
    """Step-up: the same person as is signed in, who has shown her card since she was asked for it (seconds
    since 1970). Raises SignInRefused, LogUnavailable."""
    user: Any = request.user
    if not user.is_authenticated or user.hsa_id != hsa_id:
        raise SignInRefused(Why.ANOTHER)
    if not isinstance(shown_at, int | float) or shown_at < asked_at - LEEWAY_S:
        raise SignInRefused(Why.WEAK, "auth_time")
    prove_again(request, user, method)
    return redirect(where_to(request, then, "home"))
