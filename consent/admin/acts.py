"""Recorded acts in the admin: consents, refusals, relations, emergencies, inabilities, choices."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import models
from consent.admin.reading import Request, masked
from consent.admin.searching import PatientFilter, ReadOnlyAdmin, UnitFilter, _Filter, with_names
from consent.encryption import Undecipherable, lookup_key
from consent.terms import ANY, PersonId

ENDED = ("ended_at", "ended_by", "end_reason")
ANNULLED = ("annulled_at", "annulled_by", "annul_reason")
STANDS = Q(ended_at=None, annulled_at=None, starts_at__lte=Now()) & (Q(ends_at=None) | Q(ends_at__gt=Now()))


class StateFilter(_Filter):
    """Whether an act stands now, by the database's clock."""

    title = gettext_lazy("läge")
    parameter_name = "state"
    states = {
        "stands": (gettext_lazy("Gäller"), STANDS),
        "ended": (gettext_lazy("Avslutat"), Q(ended_at__isnull=False)),
        "annulled": (gettext_lazy("Makulerat"), Q(annulled_at__isnull=False)),
        "over": (gettext_lazy("Har gått ut"), Q(ended_at=None, annulled_at=None, ends_at__lte=Now())),
        "coming": (gettext_lazy("Börjar senare"), Q(ended_at=None, annulled_at=None, starts_at__gt=Now())),
    }

    def lookups(self, request: Request, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [(key, label) for key, (label, _condition) in self.states.items()]

    def queryset(self, request: Request, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        chosen = self.states.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class ActAdmin(ReadOnlyAdmin):
    """What all acts show: whom, where, from when to when, by whom, and whether it stands."""

    list_display: Any = (
        "patient",
        "unit",
        "provider",
        "recorded_at",
        "recorded_by",
        "ends_at",
        "state",
    )
    list_filter: ClassVar[Any] = (StateFilter, UnitFilter, PatientFilter)
    search_fields = ("unit_id", "provider_id", "employee_id", "recorded_by")
    date_hierarchy = "recorded_at"
    extra_fields: tuple[str, ...] = ()

    def get_queryset(self, request: Request) -> Any:
        rows: QuerySet[Any] = with_names(super().get_queryset(request)).select_related("dossier")
        same = self.model.objects.filter(pk=OuterRef("pk"))
        return rows.annotate(
            stands_now=Exists(same.filter(STANDS)), is_to_come=Exists(same.filter(starts_at__gt=Now()))
        )

    def of_patient(self, queryset: QuerySet[Any], person: PersonId) -> QuerySet[Any]:
        return queryset.filter(dossier__lookup=lookup_key(person))

    def get_fields(self, request: Request, obj: Model | None = None) -> tuple[str, ...]:
        return self.told_of(request, obj)

    def told_of(self, request: Request, obj: Any) -> tuple[str, ...]:
        """The whole act, and its end where it has one."""
        names = ("patient", "unit", "provider", "employee_id", *self.extra_fields, "starts_at", "ends_at")
        ended = ENDED if obj is not None and obj.ended_at else ()
        annulled = ANNULLED if obj is not None and obj.annulled_at else ()
        history = ("state", "recorded_at", "recorded_by", "reason", *ended, *annulled)
        return self.shown_for(request, (*names, *history))

    def get_readonly_fields(self, request: Request, obj: Model | None = None) -> tuple[str, ...]:
        return self.told_of(request, obj)

    @admin.display(description=gettext_lazy("patient"))
    def patient(self, obj: Any) -> str:
        try:
            return masked(obj.dossier.as_person())
        except Undecipherable:
            return _("Går inte att läsa")

    @admin.display(description=gettext_lazy("enhet"), ordering="unit_id")
    def unit(self, obj: Any) -> str:
        return str(obj.named_unit or obj.unit_id or "–")

    @admin.display(description=gettext_lazy("vårdgivare eller omsorgsgivare"), ordering="provider_id")
    def provider(self, obj: Any) -> str:
        return str(obj.named_provider or obj.provider_id)

    @admin.display(description=gettext_lazy("läge"))
    def state(self, obj: Any) -> str:
        if obj.annulled_at:
            return _("Makulerat")
        if obj.ended_at:
            return _("Avslutat")
        if obj.stands_now:
            return _("Gäller")
        return _("Börjar senare") if obj.is_to_come else _("Har gått ut")


def names_of(unit_ids: list[str]) -> str:
    found = dict(models.CareUnit.objects.filter(pk__in=unit_ids).values_list("pk", "name"))
    return ", ".join(found.get(unit_id, unit_id) for unit_id in unit_ids)


@admin.register(models.EmergencyOpening)
class EmergencyOpeningAdmin(ActAdmin):
    list_display = (
        "patient",
        "unit",
        "employee_id",
        "obstacle",
        "recorded_at",
        "opened_at",
        "ends_at",
        "state",
    )
    list_filter = (StateFilter, "obstacle", UnitFilter, PatientFilter)
    extra_fields = ("is_danger", "obstacle", "opened_at")


@admin.register(models.Inability)
class InabilityAdmin(ActAdmin):
    list_display = ("patient", "unit", "is_lasting", "recorded_at", "recorded_by", "ends_at", "state")
    list_filter = (StateFilter, "is_lasting", UnitFilter, PatientFilter)
    extra_fields = ("is_lasting", "is_needed", "is_attitude_clarified", "is_no_objection_known")


@admin.register(models.ChildAssessment)
class ChildAssessmentAdmin(ActAdmin):
    list_display = ("patient", "unit", "ability", "recorded_at", "recorded_by", "state")
    extra_fields = ("ability",)


@admin.register(models.Following)
class FollowingAdmin(ActAdmin):
    list_display = ("patient", "unit", "provider", "recorded_at", "recorded_by", "state")


@admin.register(models.UnitChoice)
class UnitChoiceAdmin(ActAdmin):
    list_display = ("patient", "unit", "employee_id", "chosen", "recorded_at", "ends_at", "state")
    extra_fields = ("chosen",)

    @admin.display(description=gettext_lazy("vald enhet"), ordering=F("target_unit_id").asc())
    def chosen(self, obj: Any) -> str:
        return _("Alla enheter") if obj.target_unit_id == ANY else names_of([obj.target_unit_id])
