"""One-click sign-in as an invented person. portal.checks refuses to start production with it."""

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from demo.people.personas import BY_SIGN_IN
from portal.accounts.models import User


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the persona named by the button that was pressed."""
    name = request.POST.get("persona", "")
    user = User.objects.filter(username=name, is_active=True).first() if name in BY_SIGN_IN else None
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if BY_SIGN_IN[name].role == "system_administrator":
        return redirect("admin:index")
    back = request.POST.get("next", "")
    if back in ("", reverse("home")):
        return redirect("choose_assignment")
    return redirect_to_login(back, reverse("choose_assignment"))
