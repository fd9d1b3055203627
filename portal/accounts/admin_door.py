"""The administration's doors: everybody's own way in, a second factor, and a fresh proof where it matters."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.shortcuts import redirect

from portal.accounts.doors import needs_fresh_proof
from portal.accounts.proofs import lacks_second_factor

# What is not to be changed by whoever finds a screen unlocked: where sources are and with what keys they are
# called, who may do what, and what a second person approves. By the beginning of a URL's name in the admin.
WEIGHTY = (
    *("connectors_source_", "connectors_pendingchange_", "openfeed_token_", "openfeed_deliveredfile_"),
    *("accounts_user_", "accounts_assignment_", "accounts_importfile_", "auth_user_password_change"),
    *("consent_careprovider_", "consent_careunit_"),
    *("api_client_", "api_clientkey_"),
)
ONLY_READS = ("_changelist", "_history")


def guard(site: AdminSite) -> None:
    """Hang the doors. Called once, where the administration gets its address."""
    enter, view_of, may_enter = site.login, site.admin_view, site.has_permission
    through_our_page = secure_admin_login(enter)

    def login(request: HttpRequest, extra_context: Any = None) -> Any:
        """The administration's own sign-in page would skip everybody's limits."""
        if request.user.is_authenticated and lacks_second_factor(request.session):
            return redirect("security")
        return through_our_page(request, extra_context)

    def has_permission(request: HttpRequest) -> bool:
        return may_enter(request) and not lacks_second_factor(request.session)

    def admin_view(view: Callable[..., Any], cacheable: bool = False) -> Any:
        plain = view_of(view, cacheable)
        proved = needs_fresh_proof(plain)

        @wraps(plain)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            through = proved if is_weighty(request) and site.has_permission(request) else plain
            return through(request, *args, **kwargs)

        return guarded

    site.login = login  # type: ignore[method-assign]
    site.has_permission = has_permission  # type: ignore[method-assign]
    site.admin_view = admin_view  # type: ignore[method-assign]


def is_weighty(request: HttpRequest) -> bool:
    """Whether what is asked for leads to such a change. A list is read; what is done from it is sent."""
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    reads = name.endswith(ONLY_READS) and request.method in ("GET", "HEAD")
    return name.startswith(WEIGHTY) and not reads
