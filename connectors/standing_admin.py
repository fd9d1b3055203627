"""How a source has answered, in the admin: last answer, of a day and a week, faults by kind; and a test."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.advice import advice_on
from connectors.approvals import is_approved
from connectors.expiring import certificates_of
from connectors.labels import FAULT_LABELS
from connectors.models import Source
from connectors.probing import fault_of_probe
from connectors.standing import Share, Standing, recent_hours, stand
from consent.admin.changing import LoggedAdmin

CERTIFICATES = "certificates"
STANDING = ("last_answer", "of_a_day", "of_a_week", "probes", "faults")


class StandingAdmin(LoggedAdmin):
    """Mixed in where sources are administered. Numbers about sources; none about anybody."""

    def get_queryset(self, request: HttpRequest) -> Any:
        hours = Prefetch("hours", recent_hours(timezone.now()), to_attr="recent")
        return super().get_queryset(request).prefetch_related(hours)

    @admin.display(description=gettext_lazy("senaste svar"))
    def last_answer(self, source: Source) -> str:
        standing = standing_of(source)
        if standing.answered_at is None:
            return _("Inget svar på 7 dagar")
        told = _moment(standing.answered_at)
        if standing.failing_since is None:
            return told
        return _("%(at)s; svarar inte sedan %(since)s") % {
            "at": told,
            "since": _moment(standing.failing_since),
        }

    @admin.display(description=gettext_lazy("svarade, ett dygn"))
    def of_a_day(self, source: Source) -> str:
        return told_share(standing_of(source).day)

    @admin.display(description=gettext_lazy("svarade, 7 dagar"))
    def of_a_week(self, source: Source) -> str:
        return told_share(standing_of(source).week)

    @admin.display(description=gettext_lazy("kontroller, ett dygn"))
    def probes(self, source: Source) -> str:
        return told_share(standing_of(source).probes)

    @admin.display(description=gettext_lazy("fel, 7 dagar"))
    def faults(self, source: Source) -> str:
        found = standing_of(source).faults.items()
        return format_html_join("", "<p>{}: {}</p>", ((count, FAULT_LABELS[f]) for f, count in found)) or "–"

    @admin.display(description=gettext_lazy("certifikat"))
    def certificates(self, source: Source) -> str:
        """When each runs out; the certificates themselves stay secret."""
        now = timezone.now()
        told = ((one.told(now),) for one in certificates_of(source))
        return format_html_join("", "<p>{}</p>", told) or "–"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.probe_view)
        return [path("<slug:slug>/prova/", view, name="connectors_source_probe"), *super().get_urls()]

    def probe_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Says what it found in words. Nobody's credentials leave before the second person has seen them."""
        source = get_object_or_404(Source, pk=slug)
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "source": source, "opts": self.opts}
        context["title"] = _("Testa anslutning")
        context["is_approved"] = is_approved(source)
        if request.method == "POST" and context["is_approved"]:
            context |= told_probe(source)
        return TemplateResponse(request, "admin/connectors/source/probe.html", context)


def told_probe(source: Source) -> dict[str, Any]:
    """Reach the source, and what came of it in words: what it means and what to do. Never any content."""
    fault = fault_of_probe(source)
    if fault is None:
        return {"answered": True, "words": _("%(source)s svarar.") % {"source": source.label}}
    return {"answered": False, "words": FAULT_LABELS[fault], "advice": advice_on(fault), "fault": fault.value}


def standing_of(source: Source) -> Standing:
    return stand(getattr(source, "recent", ()), timezone.now())


def told_share(share: Share) -> str:
    if share.percent is None:
        return _("inga frågor")
    return _("%(percent)s %% av %(asked)s") % {"percent": share.percent, "asked": share.asked}


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
