"""Blocks in the admin: recorded for the own provider, ended or annulled; who lifted them, and who asked."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import models
from consent.admin.acts import ActAdmin, StateFilter
from consent.admin.changing import REASON, make_reason_field
from consent.admin.reading import Request, number_advice, reader_of, typed_person
from consent.admin.searching import PatientFilter, UnitFilter
from consent.admin.stopping import StoppableAdmin, clerk_of
from consent.administering import BlockTerms, may_administer, record_block
from consent.terms import PersonId
from consent.vocabulary import BlockKind, InformationType

EXCLUDABLE = (
    (InformationType.ALERT.value, gettext_lazy("Uppmärksamhetsinformation och vårdbegränsningar")),
    (InformationType.MEDICATION.value, gettext_lazy("Läkemedel")),
)


class BlockForm(forms.ModelForm):  # type: ignore[type-arg]
    """Recorded as the patient asked for it. The number is typed whole, and stands in no address."""

    patient_number = forms.CharField(
        label=gettext_lazy("Patientens nummer"),
        max_length=20,
        help_text=gettext_lazy("Tolv siffror. Vårdnadshavare kan inte spärra sitt barns uppgifter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    unit = forms.ModelChoiceField(
        models.CareUnit.objects.none(),
        label=gettext_lazy("Enhet"),
        required=False,
        help_text=gettext_lazy("Vems uppgifter som spärras. Krävs för en inre spärr."),
    )
    excluded = forms.MultipleChoiceField(
        label=gettext_lazy("Undantas från spärren"),
        choices=EXCLUDABLE,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    change_reason = make_reason_field()
    provider_id = ""

    class Meta:
        model = models.Block
        fields = ("kind", "first_day", "last_day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = models.CareUnit.objects.filter(provider_id=self.provider_id)
        self.fields["unit"].queryset = units.select_related("provider")  # type: ignore[attr-defined]

    def clean_patient_number(self) -> PersonId:
        person = typed_person(self.cleaned_data["patient_number"])
        if person is None:
            raise ValidationError(number_advice())
        return person

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if said.get("kind") == BlockKind.INNER.value and not said.get("unit"):
            self.add_error("unit", _("Ange vilken enhets uppgifter som spärras."))
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Sista dagen ligger före den första."))

    def terms(self) -> BlockTerms:
        said = self.cleaned_data
        unit = said["unit"]
        return BlockTerms(
            kind=BlockKind(said["kind"]),
            unit_id=unit.pk if unit else "",
            first_day=said["first_day"],
            last_day=said["last_day"],
            excluded_types=frozenset(said["excluded"]),
        )


@admin.register(models.Block)
class BlockAdmin(StoppableAdmin):
    list_display = ("patient", "kind", "provider", "unit", "first_day", "last_day", "left_out", "state")
    list_filter = (StateFilter, "kind", UnitFilter, PatientFilter)
    extra_fields = ("kind", "first_day", "last_day", "left_out")
    advice = gettext_lazy("En spärr avslutas när patienten själv ber om det.")

    def has_add_permission(self, request: Request) -> bool:
        actor = reader_of(request)
        may = admin.ModelAdmin.has_add_permission(self, request)
        return may and may_administer(actor, actor.provider.hsa_id)

    def get_readonly_fields(self, request: Request, obj: Model | None = None) -> tuple[str, ...]:
        return super().get_readonly_fields(request, obj) if obj is not None else ()

    def get_fieldsets(self, request: Request, obj: Model | None = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        covers = ("kind", "unit", "first_day", "last_day", "excluded")
        return (
            (None, {"fields": ("patient_number",)}),
            (_("Vad spärren omfattar"), {"fields": covers, "description": self.whose(request)}),
            (_("Varför"), {"fields": (REASON,)}),
        )

    def whose(self, request: Request) -> str:
        provider = reader_of(request).provider.name
        return _("Spärren gäller uppgifter hos %(provider)s.") % {"provider": escape(provider)}

    def get_form(self, request: Request, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        kwargs.update(
            form=type("BlockForm", (BlockForm,), {"provider_id": reader_of(request).provider.hsa_id})
        )
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: Request, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        said = form.cleaned_data
        made = record_block(clerk_of(request), said["patient_number"], form.terms(), said[REASON])
        obj.pk = made.pk

    @admin.display(description=gettext_lazy("undantagna informationstyper"))
    def left_out(self, obj: Any) -> str:
        words = dict(EXCLUDABLE)
        return ", ".join(str(words.get(one, one)) for one in obj.excluded_types) or "–"


@admin.register(models.BlockLift)
class BlockLiftAdmin(StoppableAdmin):
    list_display = (
        "patient",
        "block_ref",
        "unit",
        "employee_id",
        "ground",
        "recorded_by",
        "ends_at",
        "state",
    )
    extra_fields = ("block_ref", "ground")
    advice = gettext_lazy("Spärren gäller igen från och med nu.")


@admin.register(models.LiftRequest)
class LiftRequestAdmin(ActAdmin):
    """Seen by both: who asked, and who was asked."""

    list_display = (
        "patient",
        "unit",
        "asked",
        "recorded_at",
        "recorded_by",
        "answer",
        "answered_at",
        "state",
    )
    list_filter = (StateFilter, "answer", UnitFilter, PatientFilter)
    extra_fields = ("asked", "block_refs", "answer", "answered_at", "answered_by")

    def of_provider(self, queryset: QuerySet[Any], provider_id: str) -> QuerySet[Any]:
        return queryset.filter(Q(provider_id=provider_id) | Q(asked_provider_id=provider_id))

    def get_queryset(self, request: Request) -> Any:
        asked = models.CareProvider.objects.filter(pk=OuterRef("asked_provider_id")).values("name")[:1]
        return super().get_queryset(request).annotate(named_asked=Subquery(asked))

    @admin.display(description=gettext_lazy("tillfrågad vårdgivare"), ordering="asked_provider_id")
    def asked(self, obj: Any) -> str:
        return str(obj.named_asked or obj.asked_provider_id)
