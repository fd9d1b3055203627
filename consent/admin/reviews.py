"""How far the review of the log has come, and the epochs of the record. To be read; no finding, no note."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import models
from consent.admin.reading import Request
from consent.admin.searching import KeptAdmin, UnitFilter, with_names


@admin.register(models.ReviewDraw)
class ReviewDrawAdmin(KeptAdmin):
    """Per unit and month: how much was drawn, how much is judged."""

    list_display = ("month", "unit", "view_count", "drawn", "judged", "drawn_at")
    list_filter = ("month", UnitFilter)
    fields = ("month", "unit", "view_count", "random_count", "drawn", "judged", "drawn_at")
    readonly_fields = fields

    def get_queryset(self, request: Request) -> Any:
        rows = with_names(super().get_queryset(request))
        judged = Count("items", filter=Q(items__reviewed_at__isnull=False))
        return rows.annotate(drawn_count=Count("items"), judged_count=judged)

    @admin.display(description=gettext_lazy("enhet"), ordering="unit_id")
    def unit(self, obj: Any) -> str:
        return str(obj.named_unit or obj.unit_id)

    @admin.display(description=gettext_lazy("att granska"))
    def drawn(self, obj: Any) -> int:
        return int(obj.drawn_count)

    @admin.display(description=gettext_lazy("granskade"))
    def judged(self, obj: Any) -> str:
        return _("%(done)d av %(all)d") % {"done": obj.judged_count, "all": obj.drawn_count}


@admin.register(models.ReviewItem)
class ReviewItemAdmin(KeptAdmin):
    """What is left to judge. The judging itself has a page of its own."""

    list_display = ("viewed_at", "draw", "is_reviewed", "reviewed_by", "reviewed_at")
    list_filter = (("reviewed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("draw",)
    fields = ("draw", "viewed_at", "reviewed_by", "reviewed_at")
    readonly_fields = fields
    ordering = ("viewed_at",)

    def of_provider(self, queryset: QuerySet[Any], provider_id: str) -> QuerySet[Any]:
        return queryset.filter(draw__provider_id=provider_id)

    @admin.display(description=gettext_lazy("granskad"), boolean=True)
    def is_reviewed(self, obj: Any) -> bool:
        return obj.reviewed_at is not None


@admin.register(models.LogEpoch)
class LogEpochAdmin(KeptAdmin):
    list_display = ("number", "started_at", "started_by", "reason", "replayed_at")
    fields = list_display
    readonly_fields = fields

    def of_provider(self, queryset: QuerySet[Any], provider_id: str) -> QuerySet[Any]:  # noqa: ARG002
        return queryset
