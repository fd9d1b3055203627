"""Sources and expected deliveries in the admin, in Swedish. What cannot be known of an interface is said."""

import asyncio
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.contract import SourceFault
from connectors.base.registry import UnknownConnector, build_connector
from connectors.base.session import close_session
from connectors.forms import PREFIX, NewSourceForm, connector_choices, form_for
from connectors.labels import ASSUMED_INTERFACE, FAULT_LABELS, KIND_LABELS, PUBLIC_INTERFACE
from connectors.models import ExpectedDelivery, Source
from consent.vocabulary import Kind


class ConnectorFilter(admin.SimpleListFilter):
    title = gettext_lazy("koppling")
    parameter_name = "connector"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        del request, model_admin
        return connector_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        del request
        return queryset.filter(connector=self.value()) if self.value() else queryset


def check_connection(source: Source) -> None:
    """Reach the source without naming a patient. Blocking. Raises SourceFault, UnknownConnector."""

    async def probe() -> None:
        try:
            await build_connector(source.as_profile({})).probe()
        finally:
            await close_session()

    asyncio.run(probe())


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    """Two steps for a new source, because its settings depend on its connector."""

    list_display = ("label", "slug", "connector_label", "interface", "owner", "enabled", "phone")
    list_filter = ("enabled", ConnectorFilter, "owner")
    list_select_related = ("owner",)
    search_fields = ("label", "slug", "connector", "base_url", "owner__name", "owner__hsa_id")
    actions = ("test_connections",)
    readonly_fields = ("connector_label", "interface")

    @admin.display(description=gettext_lazy("koppling"), ordering="connector")
    def connector_label(self, source: Source) -> str:
        return str(source.manifest.label) if source.manifest else _("%s (saknas)") % source.connector

    @admin.display(description=gettext_lazy("gränssnitt"))
    def interface(self, source: Source) -> str:
        if source.manifest is None:
            return "–"
        return str(PUBLIC_INTERFACE if source.manifest.is_public_interface else ASSUMED_INTERFACE)

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        del request
        return ("slug", *self.readonly_fields) if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Source | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewSourceForm
        elif obj.manifest is not None:
            kwargs["form"] = form_for(obj.manifest)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        del request
        if obj is None:
            return ((None, {"fields": NewSourceForm.Meta.fields}),)
        about = ("label", "slug", "connector_label", "interface", "enabled")
        if obj.manifest is None:
            return ((None, {"fields": about}),)
        settings = tuple(PREFIX + setting.name for setting in obj.manifest.settings)
        return (
            (None, {"fields": about}),
            (_("Vems information"), {"fields": ("owner", "default_unit", "kinds")}),
            (_("Anslutning"), {"fields": ("base_url", *settings, "deadline_s")}),
            (_("När källan inte svarar"), {"fields": ("phone", "downtime")}),
        )

    def response_add(
        self, request: HttpRequest, obj: Source, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to the settings."""
        following = reverse("admin:connectors_source_change", args=[obj.pk])
        messages.info(request, _("Ange inställningarna och kryssa i ”tillfrågas” när källan är klar."))
        return HttpResponseRedirect(post_url_continue or following)

    @admin.action(description=gettext_lazy("Testa anslutning"), permissions=["change"])
    def test_connections(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            try:
                check_connection(source)
            except SourceFault as fault:
                words = FAULT_LABELS[fault.fault]
                messages.error(request, _("%(source)s: %(words)s") % {"source": source.label, "words": words})
            except UnknownConnector:
                messages.error(request, _("%(source)s: kopplingen finns inte.") % {"source": source.label})
            else:
                messages.success(request, _("%(source)s svarar.") % {"source": source.label})


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("uppgift")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        del request, model_admin
        return [(kind.value, str(label)) for kind, label in KIND_LABELS.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ExpectedDelivery]
    ) -> QuerySet[ExpectedDelivery]:
        del request
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(ExpectedDelivery)
class ExpectedDeliveryAdmin(admin.ModelAdmin):
    """Which owner is expected to deliver what; without it a button can only say "hos anslutna"."""

    list_display = ("provider", "kind_label", "is_delivered")
    list_filter = ("provider", KindFilter)
    list_select_related = ("provider",)
    search_fields = ("provider__name", "provider__hsa_id", "kind")

    @admin.display(description=gettext_lazy("uppgift"), ordering="kind")
    def kind_label(self, expected: ExpectedDelivery) -> str:
        return str(KIND_LABELS.get(Kind(expected.kind), expected.kind))

    @admin.display(description=gettext_lazy("en källa lämnar det"), boolean=True)
    def is_delivered(self, expected: ExpectedDelivery) -> bool:
        sources = Source.objects.filter(owner_id=expected.provider_id, enabled=True)
        return any(expected.kind in kinds_of(source) for source in sources)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = [(kind.value, label) for kind, label in KIND_LABELS.items()]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


def kinds_of(source: Source) -> frozenset[str]:
    """What a source delivers: the kinds chosen, or all it can."""
    return frozenset(source.kinds or (kind.value for kind in source.offered_kinds))
