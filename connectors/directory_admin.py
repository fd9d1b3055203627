"""The contact directory in the admin: kept with a reason, shown with the day somebody made sure of it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from connectors.models import DirectoryEntry, Source
from consent.admin.changing import LoggedAdmin


@admin.register(DirectoryEntry)
class DirectoryEntryAdmin(LoggedAdmin):
    """How units are reached. Shown where another source has named the unit, if its owner has one."""

    list_display = ("unit", "role", "name", "phone", "hours", "verified_on", "is_shown")
    list_filter = ("role", "unit__provider")
    list_select_related = ("unit", "unit__provider")
    search_fields = ("unit__name", "unit__hsa_id", "name", "phone")
    autocomplete_fields = ("unit",)
    date_hierarchy = "verified_on"
    told = frozenset({"unit", "role", "name", "phone", "hours", "verified_on"})
    is_removable = True

    @admin.display(description=gettext_lazy("en källa lämnar det"), boolean=True)
    def is_shown(self, entry: DirectoryEntry) -> bool:
        """Whether the owner has a source of this connector that is asked."""
        owner = entry.unit.provider_id
        return Source.objects.filter(connector="directory", owner_id=owner, enabled=True).exists()
