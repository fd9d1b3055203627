"""The two addresses of sign-in through an identity provider: out to it, and back."""

import time
import uuid
from typing import Any

import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.oidc.provider import CallbackView, StaffAdapter, find_idp
from portal.accounts.oidc.refusals import WORDS, SignInRefused
from portal.returning import where_to

_log = structlog.get_logger(__name__)


@require_GET
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Out to the identity provider. Of the address nothing counts but where to go afterwards."""
    return _go(request, provider_id, where_to(request, request.GET.get("next")))


@login_required
@require_GET
def prove_again(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Out to the identity provider, which is to ask for the card again whatever session it holds."""
    then = where_to(request, request.GET.get("next"), "home")
    params = {"prompt": "login", "max_age": "0"}
    return _go(request, provider_id, then, auth_params=params, proves_again=int(time.time()))


def _go(request: HttpRequest, provider_id: str, then: str, **more: Any) -> HttpResponse:
    find_idp(provider_id)
    try:
        provider = get_adapter(request).get_provider(request, provider=provider_id)
        answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=then, **more)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except SignInRefused as refused:
        return refuse(request, refused)
    return answer


@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back with a code, or with what went wrong."""
    find_idp(provider_id)
    try:
        answer: HttpResponse = CallbackView.adapter_view(StaffAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except SignInRefused as refused:
        return refuse(request, refused)
    return answer


def refuse(request: HttpRequest, refused: SignInRefused) -> HttpResponse:
    """Why, in words; in the log which check failed. Neither says who it was."""
    error_id = (getattr(request, "trace_id", "") or uuid.uuid4().hex)[:12]
    _log.warning("sign_in_refused", why=refused.why.value, detail=refused.detail, error_id=error_id)
    context = {"words": WORDS[refused.why], "error_id": error_id}
    return render(request, "account/refused.html", context, status=403)
