"""A source's file handed in through the admin: uploaded, looked at row by row, confirmed with a reason."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.models import Source
from connectors.openfeed.files import MAX_BYTES
from connectors.openfeed.handing_in import NothingWaits, Wishes, carry_out, judge_again, look
from connectors.openfeed.models import DeliveredFile
from connectors.openfeed.refusing import RefusedWhole, words_of
from connectors.openfeed.reports import report_on
from consent.admin.changing import REASON, make_reason_field, or_say_not_logged, record_change


class UploadForm(forms.ModelForm):
    """What cannot be read at all is said here, and nothing of it is kept."""

    upload = forms.FileField(label=gettext_lazy("Fil"), max_length=120)
    by = ""

    class Meta:
        model = DeliveredFile
        fields = ("source", "mode", "is_complete")

    def clean(self) -> None:
        super().clean()
        upload, source = self.cleaned_data.get("upload"), self.cleaned_data.get("source")
        if upload is None or source is None or self.errors:
            return
        wishes = Wishes(
            is_snapshot=self.cleaned_data["mode"] == DeliveredFile.SNAPSHOT,
            is_complete=self.cleaned_data["is_complete"],
        )
        data = upload.read(MAX_BYTES + 1)
        try:
            with transaction.atomic():
                self.waiting, _delivery = look(source, upload.name, data, wishes, self.by)
        except RefusedWhole as refusal:
            raise ValidationError({"upload": words_of(refusal)}) from None


class ConfirmForm(forms.ModelForm):
    change_reason = make_reason_field()

    class Meta:
        model = DeliveredFile
        fields = ()


@admin.register(DeliveredFile)
class DeliveredFileAdmin(admin.ModelAdmin):
    """What was read in stays, with its counts; its content does not."""

    list_display = ("name", "source", "mode", "uploaded_at", "uploaded_by", "applied_at", "outcome")
    list_filter = ("source", ("applied_at", admin.EmptyFieldListFilter))
    list_select_related = ("source",)
    change_form_template = "admin/openfeed/deliveredfile/report.html"
    add_form_template = "admin/openfeed/deliveredfile/upload.html"
    actions = None

    @admin.display(description=gettext_lazy("utfall"))
    def outcome(self, file: DeliveredFile) -> str:
        return ", ".join(f"{name}: {count}" for name, count in file.counts.items() if count) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.content is not None)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("source", "mode", "is_complete", "upload")}),)
        if self.has_change_permission(request, obj):
            return ((None, {"fields": (REASON,)}),)
        return ((None, {"fields": ("source", "mode", "applied_at", "outcome")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_over = obj is not None and not self.has_change_permission(request, obj)
        return ("source", "mode", "applied_at", "outcome") if is_over else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(
                request, obj, change=change, **{**kwargs, "form": ConfirmForm, "fields": ()}
            )
        fields = ("source", "mode", "is_complete")
        form = super().get_form(
            request, obj, change=change, **{**kwargs, "form": UploadForm, "fields": fields}
        )
        return type(form.__name__, (form,), {"by": str(request.user)})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "source":
            kwargs["queryset"] = Source.objects.filter(connector="openfeed", enabled=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return super().save_form(request, form, change) if change else form.waiting

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The upload is saved already; confirming it carries it out, in the transaction that logs it."""
        if change:
            file, delivery = carry_out(obj.pk)
            obj.content, obj.applied_at = None, file.applied_at
            said = {**delivery.counts, "removed": delivery.removed}
            record_change(
                request, file, form.cleaned_data[REASON], source=file.source_id, mode=file.mode, **said
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is related to a file, and the form of an upload saved nothing itself."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        context = {**(extra_context or {}), **self._told(request, object_id), "title": _("Fil från källa")}

        def change() -> HttpResponse:
            return super(DeliveredFileAdmin, self).change_view(request, object_id, form_url, context)

        try:
            return or_say_not_logged(request, change, request.path) if request.method == "POST" else change()
        except RefusedWhole as refusal:
            messages.error(request, words_of(refusal))
        except NothingWaits:
            messages.error(request, _("Filen är redan inläst, eller finns inte kvar."))
        return HttpResponseRedirect(request.path)

    def _told(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """What the waiting file would do now."""
        file = self.get_object(request, object_id)
        if file is None or file.content is None:
            return {}
        try:
            report = report_on(judge_again(file), is_snapshot=file.mode == DeliveredFile.SNAPSHOT)
        except RefusedWhole as refusal:
            return {"fault": words_of(refusal)}
        return {"report": report}

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        following = post_url_continue or reverse("admin:openfeed_deliveredfile_change", args=[obj.pk])
        messages.info(request, _("Ingenting är inläst ännu. Läs igenom och bekräfta."))
        return HttpResponseRedirect(following)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:  # noqa: ARG002
        messages.success(request, _("Filen är inläst."))
        return HttpResponseRedirect(request.path)
