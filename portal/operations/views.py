"""Metrics for machines, and how quick the sources are for people."""

from datetime import timedelta
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from connectors.models import Source
from connectors.standing import standings
from portal.accounts.doors import needs_assignment
from portal.operations.pace import paces
from portal.operations.presenters import present_speed

# Where one of these stands, somebody else asks through a proxy, whose address says nothing of them.
PASSED_ON = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """In Prometheus' text format. To whom it is not for, there is no such page."""
    if not may_fetch(request):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def may_fetch(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and constant_time_compare(shown, settings.METRICS_TOKEN):
        return True
    if any(header in request.headers for header in PASSED_ON):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_NETWORKS)


@require_GET
@needs_assignment
def speeds(request: HttpRequest) -> HttpResponse:
    """Every source in use: how much it answered, how quickly, and when last. About no patient."""
    now = timezone.now()
    stood, day, week = (standings(now), paces(now - timedelta(days=1)), paces(now - timedelta(days=7)))
    sources = Source.objects.filter(enabled=True).select_related("owner").order_by("label")
    lines = [
        present_speed(source, stood.get(source.slug), day.get(source.slug), week.get(source.slug), now)
        for source in sources
    ]
    return render(request, "operations/speeds.html", {"lines": lines})
