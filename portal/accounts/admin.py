"""Users and assignments in the admin. Nobody is deleted: the log goes on naming them by HSA-id."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consent.accesslog.events import Event
from consent.admin.organisations import LoggedAdmin
from consent.admin.reading import log_it
from portal.accounts.models import Assignment, User


class AssignmentInline(admin.TabularInline):
    """A user's assignments beside the user. One that is over is made inactive, not removed."""

    model = Assignment
    fields = ("unit", "purpose", "is_active", "valid_from", "valid_until")
    extra = 0
    can_delete = False


@admin.register(User)
class UserAdmin(LoggedAdmin, DjangoUserAdmin):
    """By name, HSA-id and title. Who leaves is made inactive."""

    list_display = ("username", "last_name", "first_name", "title", "hsa_id", "is_active", "is_staff")
    list_filter = (
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "assignments__unit__provider",
        "assignments__unit",
    )
    search_fields = ("username", "first_name", "last_name", "hsa_id", "title")
    ordering = ("last_name", "first_name", "username")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "title", "hsa_id", "email")}),
        (
            _("Behörighet"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Datum"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        (_("Person"), {"fields": ("first_name", "last_name", "title", "hsa_id")}),
    )
    readonly_fields = ("last_login", "date_joined")
    inlines = (AssignmentInline,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Changed assignments are logged one by one: they decide where somebody may read."""
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            for assignment in (*formset.new_objects, *(row for row, _fields in formset.changed_objects)):
                log_change(request, assignment)


@admin.register(Assignment)
class AssignmentAdmin(LoggedAdmin):
    """Who works where, for what purpose and when."""

    list_display = ("user", "hsa_id", "unit", "purpose", "is_active", "valid_from", "valid_until")
    list_filter = ("is_active", "purpose", "unit__provider", "unit")
    search_fields = (
        "user__username",
        "user__first_name",
        "user__last_name",
        "user__hsa_id",
        "unit__name",
        "unit__hsa_id",
    )
    list_select_related = ("user", "unit__provider")
    date_hierarchy = "valid_from"

    @admin.display(description="HSA-id", ordering="user__hsa_id")
    def hsa_id(self, obj: Assignment) -> str:
        return obj.user.hsa_id or "–"


def log_change(request: HttpRequest, obj: Model) -> None:
    """One row of the access log for what was changed beside the object itself."""
    log_it(request, Event.ADMIN_CHANGED, model=obj._meta.model_name, object=str(obj.pk))  # noqa: SLF001
