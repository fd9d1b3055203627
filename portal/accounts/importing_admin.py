"""Units, users and assignments from a file: upload, see what each row would do, confirm with a reason."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.admin.changing import REASON, make_reason_field, or_say_not_logged, record_change
from portal.accounts.importing import MAX_BYTES, UnreadableFile, decode, read_rows, write_rows
from portal.accounts.importing_columns import COLUMNS
from portal.accounts.importing_plans import carry_out, make_plan
from portal.accounts.importing_rows import OUTCOME_WORDS, Outcome, Plan, Verdict
from portal.accounts.models import ImportFile

UNCONFIRMED_LASTS_S = 24 * 3600
SHOWN_AT_MOST = 200


class UploadForm(forms.ModelForm):
    """The file is read at once: what cannot be read is said here, and nothing of it is kept."""

    upload = forms.FileField(label=gettext_lazy("CSV-fil"), max_length=120)

    class Meta:
        model = ImportFile
        fields = ("sort",)

    def clean(self) -> None:
        super().clean()
        upload, sort = self.cleaned_data.get("upload"), self.cleaned_data.get("sort", "")
        if upload is None or sort not in COLUMNS:
            return
        try:
            if upload.size > MAX_BYTES:
                raise UnreadableFile(_("Filen är större än 5 MiB. Dela upp den."))
            data = upload.read()
            if not read_rows(data, COLUMNS[sort]):
                raise UnreadableFile(_("Filen har inga rader under rubrikerna."))
            self.instance.content = decode(data)
        except UnreadableFile as fault:
            raise ValidationError({"upload": str(fault)}) from None
        self.instance.name = upload.name[:120]


class ConfirmForm(forms.ModelForm):
    change_reason = make_reason_field()

    class Meta:
        model = ImportFile
        fields = ()


@admin.register(ImportFile)
class ImportFileAdmin(admin.ModelAdmin):
    """What was read in stays, with its counts, its reason and its report."""

    list_display = ("sort", "name", "uploaded_at", "uploaded_by", "applied_at", *(
        "new_count", "changed_count", "unchanged_count", "faulty_count",
    ))  # fmt: skip
    list_filter = ("sort", ("applied_at", admin.EmptyFieldListFilter))
    list_select_related = ("uploaded_by",)
    change_form_template = "admin/accounts/importfile/report.html"
    add_form_template = "admin/accounts/importfile/upload.html"
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content", "report")

    def get_urls(self) -> Any:
        example = self.admin_site.admin_view(self.give_example)
        report = self.admin_site.admin_view(self.give_report)
        return [
            path("exempel/<slug:sort>.csv", example, name="accounts_importfile_example"),
            path("<uuid:file_id>/rapport.csv", report, name="accounts_importfile_report"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.content is not None)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("sort", "upload")}),)
        if self.has_change_permission(request, obj):
            return ((None, {"fields": (REASON,)}),)
        return ((None, {"fields": ("applied_at", "applied_by", "reason")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_over = obj is not None and not self.has_change_permission(request, obj)
        return ("applied_at", "applied_by", "reason") if is_over else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs.update(form=UploadForm if obj is None else ConfirmForm)
        kwargs["fields"] = ("sort",) if obj is None else ()
        return super().get_form(request, obj, change=change, **kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        sorts = [(sort, label, COLUMNS[sort]) for sort, label in ImportFile.SORTS]
        context = {**(extra_context or {}), "title": _("Läs in från fil"), "sorts": sorts}
        return super().add_view(request, form_url, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        found = self.get_object(request, object_id)
        told = told_of(found, request) if found is not None else {}

        def change() -> HttpResponse:
            context = {**(extra_context or {}), **told, "title": _("Läs in från fil")}
            return super(ImportFileAdmin, self).change_view(request, object_id, form_url, context)

        return or_say_not_logged(request, change, request.path) if request.method == "POST" else change()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            read_in(request, obj, form.cleaned_data[REASON])
            return
        forget_unconfirmed()
        obj.uploaded_by = request.user
        obj.save()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        following = post_url_continue or reverse("admin:accounts_importfile_change", args=[obj.pk])
        messages.info(request, _("Ingenting är inläst ännu. Läs igenom och bekräfta."))
        return HttpResponseRedirect(following)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:  # noqa: ARG002
        messages.success(request, _("Filen är inläst."))
        return HttpResponseRedirect(request.path)

    def give_example(self, request: HttpRequest, sort: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if sort not in COLUMNS:
            raise Http404
        columns = COLUMNS[sort]
        return csv_response(
            write_rows([c.header for c in columns], [[c.example for c in columns]]), f"exempel-{sort}"
        )

    def give_report(self, request: HttpRequest, file_id: UUID) -> HttpResponse:
        found = self.get_object(request, str(file_id))
        if found is None or not self.has_view_or_change_permission(request, found):
            raise PermissionDenied
        rows = [(v.number, OUTCOME_WORDS[v.outcome], v.about, v.words) for v in verdicts_of(found, request)]
        header = (_("Rad"), _("Utfall"), _("Gäller"), _("Vad"))
        return csv_response(write_rows(header, rows), "rapport")


def read_in(request: HttpRequest, found: ImportFile, reason: str) -> None:
    """Judge anew and save the good rows, in the caller's transaction; the content is not kept."""
    locked = ImportFile.objects.select_for_update().get(pk=found.pk)
    if locked.content is None:
        raise PermissionDenied
    plan = plan_of(locked, request)
    carry_out(locked.sort, plan, request.user)  # type: ignore[arg-type]
    locked.report = json.dumps([[v.number, v.outcome.value, v.about, v.words] for v in plan.verdicts])
    locked.content = None
    locked.applied_by, locked.applied_at, locked.reason = request.user, timezone.now(), reason  # type: ignore[assignment]
    counts = {f"{outcome.value}_count": plan.count(outcome) for outcome in Outcome}
    for name, count in counts.items():
        setattr(locked, name, count)
    locked.save()
    record_change(request, locked, reason, sort=locked.sort, **counts)


def plan_of(found: ImportFile, request: HttpRequest) -> Plan:
    rows = read_rows((found.content or "").encode(), COLUMNS[found.sort])
    return make_plan(found.sort, rows, request.user)  # type: ignore[arg-type]


def verdicts_of(found: ImportFile, request: HttpRequest) -> list[Verdict]:
    """What would become of each row now; or, once it is read in, what did. None is left of what was not
    confirmed in time."""
    if found.content is not None:
        return plan_of(found, request).verdicts
    return [Verdict(n, Outcome(o), about, words) for n, o, about, words in json.loads(found.report or "[]")]


def told_of(found: ImportFile, request: HttpRequest) -> dict[str, Any]:
    """The report for the page: counts, all faults first, and as many rows as anybody reads."""
    verdicts = verdicts_of(found, request)
    counts = [
        (OUTCOME_WORDS[outcome], sum(v.outcome is outcome for v in verdicts), outcome.value)
        for outcome in Outcome
    ]
    faults_first = sorted(verdicts, key=lambda v: (v.outcome is not Outcome.FAULTY, v.number))
    shown = [(v, OUTCOME_WORDS[v.outcome]) for v in faults_first[:SHOWN_AT_MOST]]
    good = sum(v.outcome in (Outcome.NEW, Outcome.CHANGED) for v in verdicts)
    return {"counts": counts, "shown": shown, "left_off": len(verdicts) - len(shown), "good": good}


def forget_unconfirmed() -> None:
    """What nobody confirmed within a day is not kept: it names people."""
    old = ImportFile.objects.filter(
        applied_at=None, uploaded_at__lt=Now() - timedelta(seconds=UNCONFIRMED_LASTS_S)
    )
    old.update(content=None)


def csv_response(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
