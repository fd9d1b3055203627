"""/anslut/kontroll/: a system that runs is asked as the portal would ask it, before anybody connects it.

An address is called for a signed-in administrator of sources alone, where the installation is one for testing
(docs/decisions/0028-desk.md). Records and files are tried at /anslut/prova/, by anybody.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import structlog
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from connectors.base.findings import Finding
from connectors.selfcheck.running import run_checks
from consent.specimen import TOLVAN, may_test
from portal.accounts.models import User
from portal.errors import forbidden
from portal.languages import in_language, languages_told
from portal.sourcecheck.forms import AddressForm
from portal.sourcecheck.presenters import present_report
from portal.sourcecheck.room import has_room

CALLS = 10

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "POST"])
def check_source(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: what was found, once, on the same page."""
    with in_language(request):
        if request.method == "GET":
            return _page(request)
        return _call(request) if may_call(request) else forbidden(request)


def may_call(request: HttpRequest) -> bool:
    """Who may already have any source tested, where every person is invented."""
    user = cast(User | AnonymousUser, request.user)
    return may_test() and user.is_active and user.is_staff and user.has_perm("connectors.change_source")


def _call(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if not has_room("address", str(request.user.pk), CALLS):
        return _too_many(request, address=form)
    if not form.is_valid():
        return _page(request, 400, address=form)
    findings = asyncio.run(run_checks(form.profile(), form.cleaned_data["patient"]))
    return _told(request, findings, form)


def _told(request: HttpRequest, findings: Sequence[Finding], form: AddressForm) -> HttpResponse:
    counts = Counter(finding.verdict.value for finding in findings)
    log.info("source_checked", connector=form.cleaned_data["connector"], **counts)
    return _page(request, report=present_report(findings), address=form)


def _too_many(request: HttpRequest, **forms: Any) -> HttpResponse:
    busy = _("För många kontroller just nu. Försök igen om tio minuter.")
    return _page(request, 429, busy=busy, **forms)


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    given = {
        "address": AddressForm(),
        "may_call": may_call(request),
        "usual": TOLVAN.number,
        **languages_told(),
        **context,
    }
    return render(request, "sourcecheck/check.html", given, status=status)
