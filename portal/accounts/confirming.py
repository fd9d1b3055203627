"""Step-up: whoever is signed in proves once more who she is, and goes on where she was."""

from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core import ratelimit
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm as PasskeyForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.accounts.oidc.provider import is_known
from portal.accounts.proofs import proof_of
from portal.accounts.signing import prove_again
from portal.returning import where_to

WAYS = ("idp", "saml", "has_passkey", "has_code", "has_password")


@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """By the ways this reader has: identity provider, passkey, code; a password where there is none."""
    user: Any = request.user
    wished = where_to(request, request.POST.get("next") or request.GET.get("next"), "home")
    held = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    idp = str(proof_of(request.session).get("idp", ""))
    failed = False
    if request.method == "POST":
        method = _judge(request, user, held)
        if method:
            prove_again(request, user, method)
            return redirect(wished)
        failed = True
    context: dict[str, Any] = {
        "next": wished,
        "failed": failed,
        "idp": idp if is_known(idp) else "",
        "saml": next((one.id for one in settings.SAML_PROVIDERS if one.id == idp), ""),
        "has_passkey": Authenticator.Type.WEBAUTHN in held,
        "has_code": bool(held & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}),
        "has_password": not held and user.has_usable_password(),
        "signed_in": True,
    }
    context["has_none"] = not any(context[way] for way in WAYS)
    if context["has_passkey"]:
        context["options"] = begin_authentication(user)
    return render(request, "account/confirm.html", context, status=422 if failed else 200)


def _judge(request: HttpRequest, user: User, held: set[str]) -> str:
    """How it was proved, or "". Guessing is limited for each reader, however she guesses."""
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return ""
    if request.POST.get("credential") and Authenticator.Type.WEBAUTHN in held:
        return "webauthn" if PasskeyForm(request.POST, user=user).is_valid() else ""
    if request.POST.get("code") and held:
        form = CodeForm(request.POST, user=user)
        return str(form.authenticator.type) if form.is_valid() else ""
    if request.POST.get("password") and not held:
        return "password" if PasswordForm(request.POST, user=user).is_valid() else ""
    return ""
