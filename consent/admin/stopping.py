"""Acts that an administrator of consents ends or annuls: consents, refusals, relations, lifts, blocks.

One page: what was recorded, which of the two, why. ``consent.administering`` does it, under lock and logged.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, Model, OuterRef
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import models
from consent.admin.acts import ActAdmin, StateFilter, names_of
from consent.admin.changing import REASON, make_reason_field, or_say_not_logged
from consent.admin.reading import Request, reader_of, trace_of
from consent.admin.searching import PatientFilter, UnitFilter
from consent.administering import (
    Clerk,
    Ending,
    NotAdministered,
    endings_of,
    may_administer,
    stop_act,
)

HOW = {
    Ending.END: gettext_lazy("Avsluta. Det gällde tills nu."),
    Ending.ANNUL: gettext_lazy("Makulera. Det registrerades av misstag och har aldrig gällt."),
}
DONE: Mapping[Ending, Any] = {
    Ending.END: gettext_lazy("Avslutat. Öppna sidor om patienten töms och får öppnas igen."),
    Ending.ANNUL: gettext_lazy("Makulerat. Öppna sidor om patienten töms och får öppnas igen."),
}


def clerk_of(request: Request) -> Clerk:
    return Clerk(reader_of(request), trace_of(request))


class StopForm(forms.ModelForm):  # type: ignore[type-arg]
    """Nothing of the act itself can be changed."""

    how = forms.ChoiceField(label=gettext_lazy("Gör så här"), widget=forms.RadioSelect)
    change_reason = make_reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = endings_of(self.instance, timezone.now())
        self.fields["how"].choices = [(how.value, HOW[how]) for how in offered]  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["how"].initial = offered[0].value


class StoppableAdmin(ActAdmin):
    """For reading; and for whoever administers the provider's consents, what still stands can be stopped."""

    change_form_template = "admin/consent/stop_form.html"
    advice: Any = ""

    def has_change_permission(self, request: Request, obj: Any = None) -> bool:
        if obj is None or not admin.ModelAdmin.has_change_permission(self, request, obj):
            return False
        is_own = may_administer(reader_of(request), obj.provider_id)
        return is_own and bool(endings_of(obj, timezone.now()))

    def get_fieldsets(self, request: Request, obj: Model | None = None) -> Any:
        told = (None, {"fields": self.told_of(request, obj)})
        if obj is None or not self.has_change_permission(request, obj):
            return (told,)
        return (told, (_("Avsluta eller makulera"), {"fields": ("how", REASON), "description": self.advice}))

    def get_form(self, request: Request, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and self.has_change_permission(request, obj):
            kwargs.update(form=StopForm, fields=())
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: Request, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        how = Ending(form.cleaned_data["how"])
        stop_act(clerk_of(request), type(obj), obj.pk, how, form.cleaned_data[REASON])
        request.done = DONE[how]

    def response_change(self, request: Request, obj: Any) -> Any:  # noqa: ARG002
        messages.success(request, request.done)
        return HttpResponseRedirect(request.path)

    def construct_change_message(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return []

    def changeform_view(
        self,
        request: Request,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        title = {"title": capfirst(self.opts.verbose_name)} if object_id else {}
        context = {**title, **(extra_context or {})}

        def change() -> HttpResponse:
            return super(StoppableAdmin, self).changeform_view(request, object_id, form_url, context)

        if request.method != "POST":
            return change()
        try:
            return or_say_not_logged(request, change, request.path)
        except NotAdministered:
            messages.error(request, _("Inget är ändrat: det gäller inte längre, eller hör till någon annan."))
            return HttpResponseRedirect(request.path)


@admin.register(models.Consent)
class ConsentAdmin(StoppableAdmin):
    list_display = ("patient", "unit", "scope", "recorded_at", "recorded_by", "ends_at", "state")
    extra_fields = (
        *("units", "group_name", "scope", "raised_at", "form", "through_interpreter"),
        *("information", "reconfirms"),
    )

    def get_queryset(self, request: Request) -> Any:
        later = models.ConsentRefusal.objects.filter(
            dossier=OuterRef("dossier"),
            unit_id=OuterRef("unit_id"),
            recorded_at__gte=OuterRef("recorded_at"),
            annulled_at=None,
        )
        return super().get_queryset(request).annotate(is_undone=Exists(later))

    @admin.display(description=gettext_lazy("enheter"))
    def units(self, obj: Any) -> str:
        return names_of(obj.unit_ids)

    @admin.display(description=gettext_lazy("gäller för"))
    def scope(self, obj: Any) -> str:
        return f"{_('Endast')} {obj.employee_id}" if obj.employee_id else _("Hela enheten")

    @admin.display(description=gettext_lazy("läge"))
    def state(self, obj: Any) -> str:
        shown = super().state(obj)
        return _("Upphävt: patienten nekade sedan") if obj.is_undone and obj.stands_now else shown


@admin.register(models.ConsentRefusal)
class ConsentRefusalAdmin(StoppableAdmin):
    advice = gettext_lazy("Har patienten ändrat sig registreras ett nytt samtycke i stället.")


@admin.register(models.SipConsent)
class SipConsentAdmin(StoppableAdmin):
    pass


@admin.register(models.CareRelation)
class CareRelationAdmin(StoppableAdmin):
    list_display = ("patient", "unit", "ground", "recorded_at", "recorded_by", "ends_at", "state")
    list_filter = (StateFilter, "ground", UnitFilter, PatientFilter)
    extra_fields = ("ground",)
    advice = gettext_lazy("När relationen avslutas avslutas också de samtycken som vilade på den.")
