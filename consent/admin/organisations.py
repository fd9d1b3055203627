"""Providers, units and named groups of units in the admin: added and changed with a reason, never deleted."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from consent.admin.changing import LoggedAdmin
from consent.admin.reading import Request
from consent.models import CareProvider, CareUnit, RecordedAct, UnitGroup

if TYPE_CHECKING:
    _Inline = admin.TabularInline[Any, Any]
else:
    _Inline = admin.TabularInline


class UnitInline(_Inline):
    model = CareUnit
    fields = ("hsa_id", "name", "phone")
    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True

    def has_change_permission(self, request: Request, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


@admin.register(CareProvider)
class CareProviderAdmin(LoggedAdmin):
    """Which law a provider works under is set once anything refers to it."""

    list_display = ("name", "hsa_id", "kind", "on_call_phone")
    list_filter = ("kind",)
    search_fields = ("name", "hsa_id")
    inlines = (UnitInline,)
    told = frozenset({"name", "kind", "on_call_phone", "hsa_id"})

    def get_inlines(self, request: Request, obj: Any) -> Any:
        """A provider that is not there yet has no units to show."""
        return super().get_inlines(request, obj) if obj is not None else ()

    def get_readonly_fields(self, request: Request, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "kind") if obj is not None and is_in_use(obj) else fixed


@admin.register(CareUnit)
class CareUnitAdmin(LoggedAdmin):
    """Whose unit it is decides who may read what: set once anything refers to it."""

    list_display = ("name", "hsa_id", "provider", "phone", "on_call_phone", "consent_raised_at")
    list_filter = ("provider__kind", "provider", "consent_raised_at")
    search_fields = ("name", "hsa_id", "provider__name", "phone")
    list_select_related = ("provider",)
    told = frozenset({"name", "hsa_id", "provider", "phone", "on_call_phone", "consent_raised_at"})

    def get_readonly_fields(self, request: Request, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "provider") if obj is not None and is_in_use(obj) else fixed


def is_in_use(obj: CareProvider | CareUnit) -> bool:
    """Whether a row of any table, or any recorded act, refers to it."""
    relations = [r for r in obj._meta.related_objects if r.get_accessor_name()]  # noqa: SLF001
    if any(getattr(obj, str(r.get_accessor_name())).exists() for r in relations):
        return True
    named = Q(unit_id=obj.pk) | Q(provider_id=obj.pk)
    return any(act.objects.filter(named).exists() for act in RecordedAct.__subclasses__())  # type: ignore[attr-defined]


class UnitGroupForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        provider, units = self.cleaned_data.get("provider"), self.cleaned_data.get("units")
        if provider is not None and units is not None and units.exclude(provider=provider).exists():
            raise ValidationError({"units": _("Alla enheter i gruppen ska tillhöra samma vårdgivare.")})


@admin.register(UnitGroup)
class UnitGroupAdmin(LoggedAdmin):
    """Consent for day, night, on-call and rehab in one act. One that is no longer used is made inactive."""

    form = UnitGroupForm
    list_display = ("name", "provider", "is_active")
    list_filter = ("is_active", "provider")
    list_select_related = ("provider",)
    search_fields = ("name", "provider__name")
    filter_horizontal = ("units",)
    told = frozenset({"name", "provider", "units", "is_active"})
