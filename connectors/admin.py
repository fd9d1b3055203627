"""Sources and expected deliveries in the admin, in Swedish. What cannot be known of an interface is said.

What a source is reached by waits for a second administrator (``connectors.approvals``).
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors import approving_admin, directory_admin
from connectors.approvals import ask_for_new, hold_back, is_approved, waiting_for
from connectors.connecting_admin import ConnectingAdmin, manifest_asked_for
from connectors.forms import PREFIX, NewSourceForm, WholeSourceForm, connector_choices, form_for
from connectors.grading import quality_told
from connectors.labels import ASSUMED_INTERFACE, KIND_LABELS, PUBLIC_INTERFACE
from connectors.models import ExpectedDelivery, PendingChange, Source
from connectors.reusing import set_aside
from connectors.standing_admin import CERTIFICATES, STANDING, StandingAdmin, told_probe
from consent.admin.changing import REASON, LoggedAdmin
from consent.vocabulary import Kind

__all__ = ["approving_admin", "directory_admin"]


class ConnectorFilter(admin.SimpleListFilter):
    title = gettext_lazy("koppling")
    parameter_name = "connector"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        del request, model_admin
        return connector_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        del request
        return queryset.filter(connector=self.value()) if self.value() else queryset


@admin.register(Source)
class SourceAdmin(ConnectingAdmin, StandingAdmin):
    """A new source begins with its connector, which its settings depend on; then a second person."""

    list_display = (
        "label",
        "slug",
        "connector_label",
        "interface",
        "owner",
        "enabled",
        "approval",
        "last_answer",
        "of_a_day",
        CERTIFICATES,
    )
    list_filter = ("enabled", ConnectorFilter, "owner")
    list_select_related = ("owner",)
    search_fields = ("label", "slug", "connector", "base_url", "owner__name", "owner__hsa_id")
    actions = ("test_connections",)
    readonly_fields = (
        "connector_label",
        "interface",
        "quality",
        "approval",
        "left_to_do",
        CERTIFICATES,
        *STANDING,
    )
    told = frozenset({"label", "slug", "connector", "owner", "default_unit", "enabled", "kinds", "deadline_s",
                      "phone", "downtime", "downtime_from", "downtime_until",
                      "error_phone", "error_email", "error_routine"})  # fmt: skip

    @admin.display(description=gettext_lazy("koppling"), ordering="connector")
    def connector_label(self, source: Source) -> str:
        return str(source.manifest.label) if source.manifest else _("%s (saknas)") % source.connector

    @admin.display(description=gettext_lazy("gränssnitt"))
    def interface(self, source: Source) -> str:
        if source.manifest is None:
            return "–"
        return str(PUBLIC_INTERFACE if source.manifest.is_public_interface else ASSUMED_INTERFACE)

    @admin.display(description=gettext_lazy("kopplingens kvalitet"))
    def quality(self, source: Source) -> str:
        return quality_told(source.connector)

    @admin.display(description=gettext_lazy("godkännande"))
    def approval(self, source: Source) -> str:
        if waiting_for(source) is not None:
            return _("Väntar på godkännande av en annan administratör")
        return _("Godkänd") if is_approved(source) else _("Inte godkänd")

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        del request
        return ("slug", *self.readonly_fields) if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Source | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            manifest = manifest_asked_for(request)
            kwargs["form"] = form_for(manifest, WholeSourceForm) if manifest else NewSourceForm
        elif obj.manifest is not None:
            kwargs["form"] = form_for(obj.manifest)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        manifest = manifest_asked_for(request) if obj is None else obj.manifest
        if obj is None and manifest is None:
            return self.asking_why(request, obj, ((None, {"fields": NewSourceForm.Meta.fields}),))
        about = (
            "label",
            "slug",
            "connector_label",
            "interface",
            "quality",
            "approval",
            "left_to_do",
            "enabled",
        )
        if manifest is None:
            return self.asking_why(request, obj, ((None, {"fields": about}),))
        settings = tuple(PREFIX + setting.name for setting in manifest.settings)
        fieldsets: tuple[Any, ...] = (
            (None, {"fields": about if obj else ("label", "slug", "enabled")}),
            (_("Vems information"), {"fields": ("owner", "default_unit", "kinds")}),
            (_("Anslutning"), {"fields": ("base_url", *settings, "deadline_s")}),
            (
                _("När källan inte svarar"),
                {"fields": ("phone", "downtime_from", "downtime_until", "downtime")},
            ),
            (_("När en uppgift är fel"), {"fields": ("error_phone", "error_email", "error_routine")}),
        )
        if obj is not None:
            fieldsets += ((_("Certifikat"), {"fields": (CERTIFICATES,)}),)
            fieldsets += ((_("Hur källan har svarat"), {"fields": STANDING}),)
        return self.asking_why(request, obj, fieldsets)

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """Saves what one alone may change, lets the rest wait, and logs both."""
        reason = form.cleaned_data[REASON]
        stored = Source.objects.select_for_update().get(pk=obj.pk) if change else None
        if stored is None or not is_approved(stored):
            moved = "" if change else set_aside(obj.pk)
            obj.save(force_insert=not change)
            switches_on = getattr(form, "switches_on", False)
            waiting: PendingChange | None = ask_for_new(obj, request.user, reason, switches_on=switches_on)
        else:
            moved, waiting = "", hold_back(obj, stored, request.user, reason)
            obj.save()
        said = {"waiting": str(waiting.pk), "what": waiting.fields} if waiting else {}
        if moved:
            said["set_aside"] = moved
        self.log_saved(request, obj, form, change, **said)
        if waiting is not None and not waiting.is_new:
            messages.warning(
                request, _("Anslutning och ägare ändras först när en annan administratör har godkänt det.")
            )

    def response_add(
        self, request: HttpRequest, obj: Source, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to the settings."""
        following = reverse("admin:connectors_source_change", args=[obj.pk])
        messages.info(
            request,
            _(
                "Ange inställningarna innan en annan administratör godkänner källan; det som ändras sedan"
                " måste godkännas igen. ”Kvar att göra” säger vad som återstår."
            ),
        )
        return HttpResponseRedirect(post_url_continue or following)

    @admin.action(description=gettext_lazy("Testa anslutning"), permissions=["change"])
    def test_connections(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Nobody's credentials are sent anywhere before the second person has seen the address."""
        for source in queryset:
            if not is_approved(source):
                told = {"source": source.label}
                messages.warning(request, _("%(source)s testas först när den är godkänd.") % told)
                continue
            found = told_probe(source)
            if found["answered"]:
                messages.success(request, found["words"])
                continue
            said = {"source": source.label, "words": found["words"], "advice": found["advice"]}
            messages.error(request, _("%(source)s: %(words)s %(advice)s") % said)


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
class ExpectedDeliveryAdmin(LoggedAdmin):
    """Which owner is expected to deliver what; without it a button can only say "hos anslutna"."""

    list_display = ("provider", "kind_label", "is_delivered")
    list_filter = ("provider", KindFilter)
    list_select_related = ("provider",)
    search_fields = ("provider__name", "provider__hsa_id", "kind")
    told = frozenset({"provider", "kind"})
    is_removable = True

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
