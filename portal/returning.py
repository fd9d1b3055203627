"""Where a reader goes on to after signing in, proving again or choosing a look: a page of ours."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def where_to(request: HttpRequest, wished: Any, otherwise: str = "choose_assignment") -> str:
    """``wished`` if it is a page of ours."""
    is_ours = isinstance(wished, str) and url_has_allowed_host_and_scheme(
        wished, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wished if is_ours else resolve_url(otherwise)
