"""Providers and units in the admin: added and changed with a row in the log, never deleted."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model

from consent.accesslog.events import Event
from consent.admin.reading import Request, log_it
from consent.models import CareProvider, CareUnit

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _Inline = admin.TabularInline[Any, Any]
else:
    _Admin, _Inline = admin.ModelAdmin, admin.TabularInline


class LoggedAdmin(_Admin):
    """Every change leaves a row in the access log, in the transaction of the change. Nothing is deleted."""

    def save_model(self, request: Request, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        log_it(
            request,
            Event.ADMIN_CHANGED,
            model=self.opts.model_name,
            object=str(obj.pk),
            fields=sorted(form.changed_data),
            added=not change,
        )

    def has_delete_permission(self, request: Request, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def get_readonly_fields(self, request: Request, obj: Model | None = None) -> Any:
        """An HSA-id is what everything else refers by: set once."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None or not hasattr(obj, "as_value") else (*fixed, "hsa_id")


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
    list_display = ("name", "hsa_id", "kind")
    list_filter = ("kind",)
    search_fields = ("name", "hsa_id")
    inlines = (UnitInline,)


@admin.register(CareUnit)
class CareUnitAdmin(LoggedAdmin):
    list_display = ("name", "hsa_id", "provider", "phone")
    list_filter = ("provider__kind", "provider")
    search_fields = ("name", "hsa_id", "provider__name", "phone")
    list_select_related = ("provider",)
