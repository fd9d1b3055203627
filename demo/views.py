"""One-click sign-in as an invented person. portal.checks refuses to start production with it."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from demo.people.personas import BY_SIGN_IN
from portal.accounts.models import User
from portal.accounts.proofs import Proof, proof_of
from portal.accounts.signing import prove_again
from portal.accounts.signing import sign_in as sign_in_as
from portal.returning import where_to


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the persona named by the button that was pressed."""
    name = request.POST.get("persona", "")
    user = User.objects.filter(username=name, is_active=True).first() if name in BY_SIGN_IN else None
    if user is None:
        raise Http404
    sign_in_as(request, user, Proof(method="one_click"))
    if BY_SIGN_IN[name].role == "system_administrator":
        return redirect("admin:index")
    back = request.POST.get("next", "")
    if back in ("", reverse("home")):
        return redirect("choose_assignment")
    return redirect_to_login(back, reverse("choose_assignment"))


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Step-up by one click, for whoever came in by one."""
    user = request.user
    if not isinstance(user, User) or "one_click" not in str(proof_of(request.session).get("method", "")):
        raise Http404
    prove_again(request, user, "one_click")
    return redirect(where_to(request, request.POST.get("next"), "home"))
