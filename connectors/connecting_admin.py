"""The way of a source into use, in the admin: its first page, what is left to do, and “Anslut en leverantör”:
one page, one request, and the key shown once to whoever asked."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.contract import Manifest
from connectors.base.registry import connector_classes
from connectors.connected import Connected, connect
from connectors.connecting import FIELDSETS, ConnectForm
from connectors.forms import connector_choices
from connectors.labels import KIND_LABELS
from connectors.models import Source
from connectors.openfeed.mapping import told_types
from connectors.remaining import Step, steps_of
from connectors.reusing import set_aside
from consent.admin.changing import REASON, LoggedAdmin, or_say_not_logged, record_change
from consent.vocabulary import Kind

NEEDS = ("connectors.add_source", "consent.add_careprovider", "consent.add_careunit", "openfeed.add_token")


def may_connect(request: HttpRequest) -> bool:
    """Who may add each of the things that the page adds."""
    return bool(request.user.has_perms(NEEDS))  # type: ignore[union-attr]


def manifest_asked_for(request: HttpRequest) -> Manifest | None:
    """Of the connector that a new source was begun with."""
    connector = connector_classes().get(request.GET.get("connector", ""))
    return connector.manifest if connector else None


class ConnectingAdmin(LoggedAdmin):
    """Mixed in where sources are administered."""

    @admin.display(description=gettext_lazy("kvar att göra"))
    def left_to_do(self, source: Source) -> str:
        """Every step until it is in use, done or not."""
        lines = [(_("Klart") if step.is_done else _("Kvar"), _linked(step)) for step in steps_of(source)]
        return format_html('<ol class="steps">{}</ol>', format_html_join("", "<li><b>{}:</b> {}</li>", lines))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The connector first, then everything about the source at once."""
        is_asking = request.method == "GET" and manifest_asked_for(request) is None
        if is_asking and self.has_add_permission(request):
            told = {"title": _("Ny källa: välj koppling"), "connectors": connector_choices()}
            return self._show(request, "choose", {**told, "may_connect": may_connect(request)})
        try:
            return super().add_view(request, form_url, extra_context)
        except IntegrityError:
            # Somebody took the short name between the look and the deed: looked at again, the form says so.
            return super().add_view(request, form_url, extra_context)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.connect_view)
        return [path("anslut/", view, name="connectors_source_connect"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(
            request, {**(extra_context or {}), "may_connect": may_connect(request)}
        )

    def connect_view(self, request: HttpRequest) -> HttpResponse:
        if not may_connect(request):
            raise PermissionDenied
        form = ConnectForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                return or_say_not_logged(request, partial(self._connect, request, form), request.path)
            except IntegrityError:
                # Somebody took a name between the look and the deed: looked at again, the form says which.
                form = ConnectForm(request.POST)
                if form.is_valid():
                    raise
        fieldsets = [
            *((name, {"fields": fields, "description": words}) for name, fields, words in FIELDSETS),
            (_("Varför"), {"fields": (REASON,)}),
        ]
        adminform = helpers.AdminForm(form, fieldsets, {}, model_admin=self)  # type: ignore[arg-type]
        context = {"title": _("Anslut en leverantör"), "adminform": adminform, "form": form}
        return self._show(request, "connect", context)

    def _connect(self, request: HttpRequest, form: ConnectForm) -> HttpResponse:
        moved = set_aside(form.source.pk)
        made = connect(form, request.user)
        reason, source = form.cleaned_data[REASON], made.source
        for one in made.added:
            record_change(request, one, reason, added=True, values={"name": [None, str(one)]})
        record_change(
            request, source, reason, added=True, waiting=str(made.request.pk), what=made.request.fields,
            values={"label": [None, source.label], "owner": [None, source.owner_id],
                    "default_unit": [None, source.default_unit_id], "kinds": [None, source.kinds],
                    "settings": [None, source.settings]},
            **({"set_aside": moved} if moved else {}),
        )  # fmt: skip
        if made.token is not None:
            told = {"source": source.pk, "key": made.token.beginning}
            record_change(request, made.token, reason, added=True, **told)
        return self._show(
            request, "connected", {"title": _("Ansökan är skickad"), **self._told(request, made)}
        )

    def _told(self, request: HttpRequest, made: Connected) -> dict[str, Any]:
        source = made.source
        return {
            "made": made,
            "source": source,
            "address": request.build_absolute_uri("/").rstrip("/"),
            "request_page": request.build_absolute_uri(
                reverse("admin:connectors_pendingchange_change", args=[made.request.pk])
            ),
            "buttons": [(KIND_LABELS[Kind(kind)], told_types(Kind(kind))) for kind in source.kinds],
        }

    def _show(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        response = TemplateResponse(request, f"admin/connectors/source/{name}.html", whole)
        return response.render()


def _linked(step: Step) -> str:
    return format_html('<a href="{}">{}</a>', step.address, step.words) if step.address else step.words
