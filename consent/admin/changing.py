"""Changing anything in the admin: a reason each time, and a row in the access log in the same transaction.

Where the row cannot be written nothing is changed. Django's own history is a convenience, never the record.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.accesslog.events import Event
from consent.accesslog.write import LogUnavailable
from consent.admin.reading import Request, log_it, typed_person
from consent.vocabulary import IdType

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

REASON = "change_reason"
LONGEST_TOLD = 120
_NUMBERLIKE = re.compile(r"\d[\d\s+-]{8,}\d")


def refuse_numbers(text: str) -> None:
    """A reason is read by many; whom it is about is said elsewhere. Raises ValidationError."""
    for found in _NUMBERLIKE.findall(text):
        person = typed_person(found)
        if person is not None and person.type is not IdType.RESERVNUMMER:
            raise ValidationError(_("Skriv inget personnummer i skälet."))


def make_reason_field(**options: Any) -> forms.CharField:
    """Required wherever something is changed."""
    given: dict[str, Any] = {
        "label": gettext_lazy("Skäl"),
        "help_text": gettext_lazy("Varför du gör det. Sparas i åtkomstloggen. Nämn ingen patient."),
        "widget": forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    }
    return forms.CharField(max_length=300, validators=[refuse_numbers], **{**given, **options})


class ReasonForm(forms.Form):
    """The reason alone, where nothing else is asked."""

    change_reason = make_reason_field()


class WithReason:
    """Mixed into a model form that has the field: the reason is no change of the object."""

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != REASON]  # type: ignore[misc]


def record_change(request: Request, obj: Model, reason: str, **detail: Any) -> None:
    """One row of the access log for one changed object. Raises LogUnavailable."""
    log_it(
        request,
        Event.ADMIN_CHANGED,
        reason=reason,
        model=obj._meta.model_name,  # noqa: SLF001 (Django's own name for it)
        object=str(obj.pk),
        **detail,
    )


def told_values(form: Any, told: Iterable[str]) -> dict[str, list[Any]]:
    """Old and new value of the changed fields among those that may stand in the log."""
    names = [name for name in form.changed_data if name in set(told)]
    return {name: [_plain(form.initial.get(name)), _plain(form.cleaned_data.get(name))] for name in names}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Model):
        return value.pk if isinstance(value.pk, str) else str(value)[:LONGEST_TOLD]
    if isinstance(value, str):
        return value[:LONGEST_TOLD]
    return [_plain(one) for one in value] if isinstance(value, Iterable) else str(value)[:LONGEST_TOLD]


def or_say_not_logged(request: Request, change: Callable[[], HttpResponse], back: str) -> HttpResponse:
    """Run a change that is one transaction; where the log fails nothing is saved, and the page says so."""
    try:
        with transaction.atomic():
            return change()
    except LogUnavailable:
        messages.error(
            request, _("Inget är sparat: ändringen kunde inte skrivas i åtkomstloggen. Försök igen senare.")
        )
        return HttpResponseRedirect(back)


def name_parts(field: Any) -> Any:
    """Django's day and clock of one field stand beside words and have no label: each gets its own name."""
    if field is not None and isinstance(field.widget, AdminSplitDateTime):
        for part, words in zip(field.widget.widgets, (_("datum"), _("tid")), strict=True):
            part.attrs["aria-label"] = f"{field.label}, {words}"
    return field


class LoggedAdmin(_Admin):
    """Added to and changed with a reason; deleted only where ``is_removable``, with a reason too.

    ``told``: fields whose values may stand in the log. Of all others only the name does: secrets, and what
    tells who somebody is.
    """

    told: frozenset[str] = frozenset()
    is_removable = False
    delete_confirmation_template = "admin/delete_with_reason.html"

    def formfield_for_dbfield(self, db_field: Any, request: Request, **kwargs: Any) -> Any:
        return name_parts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_form(self, request: Request, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if "fields" not in kwargs:
            kwargs["fields"] = flatten_fieldsets(self.get_fieldsets(request, obj))
        if kwargs["fields"] is not None:
            kwargs["fields"] = [name for name in kwargs["fields"] if name != REASON]
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (WithReason, form), {REASON: make_reason_field()})

    def get_fields(self, request: Request, obj: Any = None) -> Any:
        return [name for name in super().get_fields(request, obj) if name != REASON]

    def get_fieldsets(self, request: Request, obj: Any = None) -> Any:
        return self.asking_why(request, obj, super().get_fieldsets(request, obj))

    def asking_why(self, request: Request, obj: Any, fieldsets: Iterable[Any]) -> tuple[Any, ...]:
        """The fieldsets, and the reason below them for whoever may change anything."""
        changes = (
            self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)
        )
        return (*fieldsets, (_("Varför"), {"fields": (REASON,)})) if changes else tuple(fieldsets)

    def get_readonly_fields(self, request: Request, obj: Any = None) -> Any:
        """An HSA-id is what everything else refers by: set once."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None or not hasattr(obj, "as_value") else (*fixed, "hsa_id")

    def save_model(self, request: Request, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.log_saved(request, obj, form, change)

    def log_saved(self, request: Request, obj: Any, form: Any, change: bool, **detail: Any) -> None:
        """What was changed, by whom and why."""
        record_change(
            request,
            obj,
            form.cleaned_data[REASON],
            fields=sorted(form.changed_data),
            values=told_values(form, self.told),
            added=not change,
            **detail,
        )

    def changeform_view(
        self,
        request: Request,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        def change() -> HttpResponse:
            return super(LoggedAdmin, self).changeform_view(request, object_id, form_url, extra_context)

        return or_say_not_logged(request, change, request.path) if request.method == "POST" else change()

    def has_delete_permission(self, request: Request, obj: Any = None) -> bool:
        return self.is_removable and super().has_delete_permission(request, obj)

    def get_actions(self, request: Request) -> dict[str, Any]:
        """Nothing is deleted by the dozen."""
        actions: Mapping[str, Any] = super().get_actions(request)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    def delete_view(
        self, request: Request, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and not form.is_valid():
            request.POST = type(request.POST)()  # nothing is confirmed: Django shows its question again
        request.reason_form = form
        context = {**(extra_context or {}), "reason_form": form}

        def delete() -> HttpResponse:
            return super(LoggedAdmin, self).delete_view(request, object_id, context)

        return or_say_not_logged(request, delete, request.path) if request.method == "POST" else delete()

    def delete_model(self, request: Request, obj: Any) -> None:
        reason = request.reason_form.cleaned_data[REASON]
        record_change(request, obj, reason, removed=True, was=str(obj)[:LONGEST_TOLD])
        super().delete_model(request, obj)
