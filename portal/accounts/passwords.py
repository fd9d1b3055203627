"""Passwords of local accounts: what none may be made of, and changing one's own."""

import re
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from consent.admin.changing import record_change
from consent.models import CareProvider
from portal.accounts.models import User
from portal.accounts.proofs import proof_of
from portal.accounts.sessions import sessions_of

# Words of the trade that anybody would try first; the names of those who use the portal are added.
COMMON_HERE = ("patientöversikt", "patient", "sjukvård", "vård", "omsorg", "region", "kommun", "lösenord")
SHORTEST_WORD = 4
LEAST_OWN = 8


class HouseWordsValidator:
    """Of a password that holds words of the house, enough must be left without them (ASVS 5.0, 6.2.11)."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        """Raises ValidationError."""
        plain = _plain(password)
        left = plain
        for word in sorted(house_words(), key=len, reverse=True):
            left = left.replace(word, "")
        if left != plain and len(re.sub(r"[\W\d_]", "", left)) < LEAST_OWN:
            raise ValidationError(self.get_help_text(), code="password_house_words")

    def get_help_text(self) -> str:
        return _("Lösenordet får inte bygga på verksamhetens eller tjänstens namn.")


def house_words() -> frozenset[str]:
    """Long enough to be told from chance, in lower case and without accents: the list that ASVS 6.1.2 asks
    for. One query."""
    names = [settings.SERVICE_OWNER, *COMMON_HERE, *CareProvider.objects.values_list("name", flat=True)]
    words = (_plain(word) for name in names for word in re.findall(r"\w+", name))
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """One's own, with the present one. Every other session of the account ends; the log has a row of it."""
    user = request.user
    if not isinstance(user, User) or not user.has_usable_password() or proof_of(request.session).get("idp"):
        raise Http404
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _keep(request, user, form)
        return redirect("security")
    return render(request, "account/password.html", {"form": form, "signed_in": True})


@transaction.atomic
def _keep(request: HttpRequest, user: User, form: Any) -> None:
    """Logged first: after the change the session gets a new key, which cannot be taken back."""
    record_change(request, user, "", fields=["password"], own=True)
    form.save()
    update_session_auth_hash(request, user)
    sessions_of(user).exclude(session_key=request.session.session_key).delete()


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))
