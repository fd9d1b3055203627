"""One form for a new vendor of the open interface: whose, what, how. ``connected`` is what it comes to.

Nothing here is a way round the rules: the source waits for a second administrator, and the key with it.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.approvals import keeps_off
from connectors.labels import KIND_LABELS
from connectors.models import Source
from connectors.openfeed.mapping import KINDS, told_types
from connectors.openfeed.terms import FRESH_HOURS, LONGEST_FRESH_HOURS, LONGEST_RETENTION_DAYS, RECEIVES
from connectors.openfeed.terms import RETENTION_DAYS as RETENTION
from connectors.placing import PlacedForm
from consent.admin.changing import make_reason_field
from consent.models import CareProvider, CareUnit

DELIVERS, IS_ASKED = "delivers", "is_asked"
WAYS = (
    (DELIVERS, gettext_lazy("Leverantören lämnar själv, genom anrop eller fil")),
    (IS_ASKED, gettext_lazy("Portalen frågar leverantörens gränssnitt")),
)
USUAL_RETENTION_DAYS, USUAL_FRESH_HOURS = 30, 48
HSA_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")
_HSA_HELP = gettext_lazy("Börjar på SE och organisationsnumret: SE, tio siffror, bindestreck, beteckning.")
FIELDSETS = (
    (
        gettext_lazy("Vems uppgifter"),
        ("provider", "new_provider_id", "new_provider_name", "new_provider_kind"),
        gettext_lazy("Välj den som finns, eller fyll i en ny."),
    ),
    (
        gettext_lazy("Enhet"),
        ("unit", "new_unit_id", "new_unit_name", "new_unit_phone"),
        gettext_lazy("Gäller där en post inte själv anger sin enhet. Får lämnas tom."),
    ),
    (gettext_lazy("Källan"), ("label", "slug", "kinds"), ""),
    (
        gettext_lazy("Hur uppgifterna kommer"),
        ("way", "retention_days", "fresh_hours", "key_label", "gives_notice", "base_url", "token"), "",
    ),
    (
        gettext_lazy("Vem läsaren ringer"), ("phone", "error_phone", "error_email", "error_routine"),
        gettext_lazy("När källan inte svarar, och när en uppgift är fel."),
    ),
)  # fmt: skip


def kind_choices() -> list[tuple[str, str]]:
    """The buttons that the open interface can light, each with the types that do."""
    return [
        (kind.value, f"{label}: {told_types(kind)}") for kind, label in KIND_LABELS.items() if kind in KINDS
    ]


class HsaIdField(forms.CharField):
    """Upper case, and of the form that everything else refers by."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=32, help_text=_HSA_HELP, **options)

    def clean(self, value: Any) -> str:
        said: str = super().clean(value).upper()
        if said and not HSA_ID.fullmatch(said):
            raise ValidationError(_("Det är inget HSA-id."))
        return said


class ConnectForm(PlacedForm, forms.Form):
    """``source``, ``owner`` and ``place`` are there, unsaved where they are new, once it is valid."""

    owner: CareProvider | None
    place: CareUnit | None
    source: Source

    provider = forms.ModelChoiceField(
        CareProvider.objects, required=False, label=gettext_lazy("Informationsägare"),
        empty_label=gettext_lazy("Ny, fylls i nedan"),
    )  # fmt: skip
    new_provider_id = HsaIdField(label=gettext_lazy("Ny: HSA-id"))
    new_provider_name = forms.CharField(label=gettext_lazy("Ny: namn"), required=False, max_length=120)
    new_provider_kind = forms.ChoiceField(
        label=gettext_lazy("Ny: slag"), required=False, choices=CareProvider.KINDS, widget=forms.RadioSelect,
        help_text=gettext_lazy("Omsorgsgivare: socialtjänst (SoL, LSS). Vårdgivare: hälso- och sjukvård."),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        CareUnit.objects.select_related("provider"), required=False, label=gettext_lazy("Enhet"),
        empty_label=gettext_lazy("Ingen, eller ny nedan"),
    )  # fmt: skip
    new_unit_id = HsaIdField(label=gettext_lazy("Ny: enhetens HSA-id"))
    new_unit_name = forms.CharField(label=gettext_lazy("Ny: enhetens namn"), required=False, max_length=120)
    new_unit_phone = forms.CharField(
        label=gettext_lazy("Ny: enhetens telefon"), required=False, max_length=40
    )
    label = forms.CharField(
        label=gettext_lazy("Källans namn"), max_length=80,
        help_text=gettext_lazy("Så som läsaren ser källan."),
    )  # fmt: skip
    slug = forms.SlugField(
        label=gettext_lazy("Kortnamn"), required=False, max_length=40,
        help_text=gettext_lazy("Tomt: görs av namnet. Används i adressen för aviseringar."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Knappar som källan fyller"), choices=kind_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Efter kolonet: de posttyper i kontraktet som fyller knappen."),
    )  # fmt: skip
    way = forms.ChoiceField(
        label=gettext_lazy("Sätt"), choices=WAYS, initial=DELIVERS, widget=forms.RadioSelect
    )
    retention_days = forms.IntegerField(
        label=gettext_lazy("Uppgifterna sparas, dagar"), required=False, initial=USUAL_RETENTION_DAYS,
        min_value=1, max_value=LONGEST_RETENTION_DAYS,
        help_text=gettext_lazy("Den som lämnar själv: det som inte lämnats igen inom tiden tas bort."),
    )  # fmt: skip
    fresh_hours = forms.IntegerField(
        label=gettext_lazy("Räknas som aktuell, timmar"), required=False, initial=USUAL_FRESH_HOURS,
        min_value=1, max_value=LONGEST_FRESH_HOURS,
        help_text=gettext_lazy(
            "Så länge efter en fullständig leverans betyder tystnad att inget har ändrats. Välj något längre"
            " än leverantörens takt: lämnar de varje natt är 48 lagom."
        ),
    )  # fmt: skip
    key_label = forms.CharField(
        label=gettext_lazy("Nyckelns benämning"), required=False, max_length=80,
        help_text=gettext_lazy("Vem som får den, eller var den används. Tomt: källans namn."),
    )  # fmt: skip
    gives_notice = forms.BooleanField(
        label=gettext_lazy("Leverantören aviserar"), required=False,
        help_text=gettext_lazy(
            "Den som lämnar själv: portalen frågar på adressen nedan när en avisering kommer. En nyckel till"
            " görs."
        ),
    )  # fmt: skip
    base_url = forms.URLField(
        label=gettext_lazy("Adress"), required=False, max_length=300, assume_scheme="https",
        help_text=gettext_lazy("Bara om portalen ska fråga leverantören, alltid eller efter en avisering."),
    )  # fmt: skip
    token = forms.CharField(
        label=gettext_lazy("Nyckel som portalen visar upp"), required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Leverantörens egen. Bara om portalen ska fråga."),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Telefon när källan inte svarar"), required=False, max_length=40
    )
    error_phone = forms.CharField(
        label=gettext_lazy("Telefon för fel uppgift"), required=False, max_length=40
    )
    error_email = forms.EmailField(label=gettext_lazy("E-post för fel uppgift"), required=False)
    error_routine = forms.CharField(label=gettext_lazy("Ägarens rutin"), required=False, max_length=300)
    change_reason = make_reason_field()

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.owner, is_known = self._chosen("provider", CareProvider, kind="new_provider_kind")
        self.place, _is_known = self._chosen("unit", CareUnit, phone="new_unit_phone")
        if self.place is not None and self.place._state.adding:  # noqa: SLF001 (new, not chosen)
            self.place.provider = self.owner
        if not is_known and "provider" not in self.errors and self.owner is None:
            self.add_error("provider", _("Välj vem som äger informationen, eller fyll i en ny."))
        if not self.errors:
            self._judge_source()
        return self.cleaned_data

    def _chosen(self, name: str, model: type[Model], **more: str) -> tuple[Any, bool]:
        """What was chosen, or a new one out of the fields beside it; and whether it was chosen."""
        said = self.cleaned_data
        chosen, new_id = said.get(name), said.get(f"new_{name}_id")
        if chosen is not None or not new_id:
            if chosen is not None and new_id:
                self.add_error(f"new_{name}_id", _("Välj en som finns, eller fyll i en ny; inte båda."))
            return chosen, chosen is not None
        values = {"hsa_id": new_id, "name": said.get(f"new_{name}_name")}
        values |= {key: said.get(field_name) for key, field_name in more.items()}
        new = model(**values)
        try:
            new.full_clean(exclude={"provider"})
        except ValidationError as error:
            for key, flaws in error.message_dict.items():
                where = {"hsa_id": f"new_{name}_id", "name": f"new_{name}_name", **more}.get(key, name)
                self.add_error(where, flaws)
        return new, False

    def _judge_source(self) -> None:
        """By the same rules as in every other form for a source."""
        said = self.cleaned_data
        slug = said["slug"] or slugify(said["label"])[:40]
        self.source = Source(
            slug=slug, label=said["label"], connector="openfeed", enabled=False, kinds=said["kinds"],
            owner=self.owner, default_unit=self.place, phone=said["phone"],
            error_phone=said["error_phone"], error_email=said["error_email"],
            error_routine=said["error_routine"],
        )  # fmt: skip
        if said["way"] == DELIVERS:
            self.source.settings = {
                RECEIVES: "true",
                RETENTION: str(said["retention_days"] or ""),
                FRESH_HOURS: str(said["fresh_hours"] or ""),
            }
        if said["way"] != DELIVERS or said["gives_notice"]:
            self.source.base_url = said["base_url"]
            self.source.write_secrets({"token": said["token"]} if said["token"] else {})
            if not said["base_url"]:
                self.add_error("base_url", _("Ange adressen som portalen ska fråga."))
        try:
            self.source.full_clean(exclude={"owner", "default_unit"})
        except ValidationError as error:
            for name, flaws in error.message_dict.items():
                where = {"owner": "provider", "default_unit": "unit"}.get(name, name)
                self.add_error(where if where in self.fields else None, flaws)
        for flaw in keeps_off(self.source):
            self.add_error("way", flaw)  # type: ignore[arg-type]
