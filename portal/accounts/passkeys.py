"""Signing in by a passkey alone, and making one that can: the key finds its account itself, and demands a
finger, a face or a PIN, so that it is two factors (something held, and something known or of the body)."""

from typing import Any

from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.returning import where_to


@require_http_methods(["GET", "POST"])
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """One answer for a key that is unknown, removed, wrong or of a closed account."""
    wished = where_to(request, request.POST.get("next") or request.GET.get("next"), "home")
    failed = False
    if request.method == "POST":
        authenticator = _judge(request)
        if authenticator is not None:
            login = Login(user=authenticator.user, redirect_url=wished)
            answer: HttpResponse = perform_passwordless_login(request, authenticator, login)
            return answer
        failed = True
    context = {"next": wished, "failed": failed, "options": begin_authentication()}
    return render(request, "account/passkey.html", context, status=422 if failed else 200)


def _judge(request: HttpRequest) -> Any:
    """The key that has answered this session's challenge, once; None for every other answer."""
    if not ratelimit.consume(request, action="login"):
        return None
    form = LoginWebAuthnForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["credential"].user.is_active:
        return None
    return form.cleaned_data["credential"]


class AddPasskeyView(AddWebAuthnView):
    """A key is asked to remember whose it is, where it can; older sticks are a second factor as before."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = context["js_data"]["creation_options"] = _plain(context["js_data"]["creation_options"])
        choice = options["publicKey"]["authenticatorSelection"]
        choice["residentKey"], choice["requireResidentKey"] = "preferred", False
        return context


def _plain(value: Any) -> Any:
    """As JSON will say it: the library's own mappings cannot be changed."""
    if hasattr(value, "items"):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


add_passkey = AddPasskeyView.as_view()
