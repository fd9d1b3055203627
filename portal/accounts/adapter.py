"""How this installation uses allauth: nobody registers themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

from portal.accounts.proofs import Proof
from portal.accounts.signing import sign_in


class AccountAdapter(DefaultAccountAdapter):
    def login(self, request: HttpRequest, user: Any) -> None:
        """Where every local way in ends: with a row in the access log."""
        steps = [step.get("type", step["method"]) for step in get_authentication_records(request, user)]
        sign_in(request, user, Proof(method="+".join(dict.fromkeys(steps)) or "password"))

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Accounts come from an administrator or from the identity provider."""
        return False
