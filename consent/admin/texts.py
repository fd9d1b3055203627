"""Information texts (SVOD 2:2) in the admin: what somebody was given is never rewritten but succeeded."""

from typing import Any

from django.contrib import admin
from django.db.models import Max

from consent.admin.changing import LoggedAdmin
from consent.admin.reading import Request
from consent.models import InformationText

WORDING = ("title", "body")


@admin.register(InformationText)
class InformationTextAdmin(LoggedAdmin):
    """Saving other words makes the next version; the one before stays as it was given."""

    list_display = ("title", "language", "version", "is_current", "recorded_at")
    list_filter = ("is_current", "language")
    search_fields = ("title", "body")
    fields = ("language", "version", "title", "body", "is_current")
    told = frozenset({"language", "title", "is_current"})

    def get_readonly_fields(self, request: Request, obj: Any = None) -> Any:  # noqa: ARG002
        return ("version", "language") if obj is not None else ("version",)

    def save_model(self, request: Request, obj: Any, form: Any, change: bool) -> None:
        """One text per language is used; the others step back, their words untouched."""
        if change and not set(WORDING) & set(form.changed_data):
            obj.save()
        else:
            versions = InformationText.objects.filter(language=obj.language)
            made = InformationText.objects.create(
                language=obj.language,
                version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
                title=obj.title,
                body=obj.body,
                is_current=obj.is_current,
            )
            obj.pk, obj.version = made.pk, made.version
        if obj.is_current:
            others = InformationText.objects.filter(language=obj.language, is_current=True)
            others.exclude(pk=obj.pk).update(is_current=False)
        self.log_saved(request, obj, form, change, version=obj.version, language=obj.language)
