"""Changes that wait for a second administrator, in the admin: what is and what would be, and the decision."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.approvals import (
    WITH_SETTINGS,
    Connection,
    NotDecidable,
    connection_of,
    decide,
    fingerprint,
    keys_of,
    may_decide,
    proposal_of,
)
from connectors.forms import connector_choices
from connectors.labels import KIND_LABELS
from connectors.models import PendingChange, Source
from consent.admin.changing import REASON, LoggedAdmin, record_change
from consent.models import CareProvider, CareUnit
from consent.vocabulary import Kind

FIELD_WORDS = {
    "connector": gettext_lazy("koppling"),
    "base_url": gettext_lazy("adress"),
    "owner": gettext_lazy("informationsägare"),
    "default_unit": gettext_lazy("förvald enhet"),
    "settings": gettext_lazy("inställningar"),
    "secrets": gettext_lazy("hemligheter"),
}
DECISIONS = {
    PendingChange.APPROVED: gettext_lazy("Godkänn. Ändringen börjar gälla."),
    PendingChange.REJECTED: gettext_lazy("Avslå."),
    PendingChange.WITHDRAWN: gettext_lazy("Dra tillbaka."),
}
SWITCHES_ON = gettext_lazy("Godkänn och slå på. Källan är i drift genast, och nyckeln gäller.")
APPROVES_NEW = gettext_lazy("Godkänn utan att slå på.")
TOLD = ("source", "is_new", "what", "compared", "state", "asked_by", "asked_at", "reason", "who_decides")
HISTORY = ("decided_by", "decided_at", "decided_reason")


class DecisionForm(forms.ModelForm):
    decision = forms.ChoiceField(label=gettext_lazy("Beslut"), widget=forms.RadioSelect)
    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = PendingChange
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = fingerprint(self.instance)
        self.fields["decision"].choices = list(self.offered.items())  # type: ignore[attr-defined]

    offered: dict[str, Any] = {}


@admin.register(PendingChange)
class PendingChangeAdmin(LoggedAdmin):
    """Who asked may take it back; somebody else approves or rejects. Nothing is deleted."""

    list_display = ("source", "what", "state", "asked_by", "asked_at", "decided_by", "decided_at")
    list_filter = ("state", "source")
    list_select_related = ("source", "asked_by", "decided_by")
    actions = None
    change_form_template = "admin/consent/stop_form.html"

    @admin.display(description=gettext_lazy("ändrar"))
    def what(self, change: PendingChange) -> str:
        return _("ny källa") if change.is_new else ", ".join(str(FIELD_WORDS[name]) for name in change.fields)

    @admin.display(description=gettext_lazy("nu och sedan"))
    def compared(self, change: PendingChange) -> str:
        return format_html_join("", "<p>{}: {}</p>", compare(change)) or "–"

    @admin.display(description=gettext_lazy("vem som avgör"))
    def who_decides(self, change: PendingChange) -> str:  # noqa: ARG002
        return _(
            "En annan administratör än den som begärde det, som inte heller har lagt upp, fått sin behörighet"
            " eller sitt lösenord av samma person."
        )

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or bool(offered_to(request, obj)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or not self.has_change_permission(request, obj):
            return ((None, {"fields": (*TOLD, *HISTORY)}),)
        return ((None, {"fields": TOLD}), (_("Beslut"), {"fields": ("decision", "seen", REASON)}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return (*TOLD, *HISTORY)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        offered = offered_to(request, obj) if obj is not None else {}
        kwargs.update(form=type("DecisionForm", (DecisionForm,), {"offered": offered}), fields=())
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        said = form.cleaned_data
        values = dict(compare(obj))
        decided = decide(obj.pk, request.user, said["decision"], said[REASON], said["seen"])
        told: dict[str, Any] = {"source": decided.source_id, "what": decided.fields, "values": values}
        if keys := keys_of(decided):
            told["keys"] = keys
        if decided.switches_on and decided.state == PendingChange.APPROVED:
            told["switched_on"] = True
        if decided.cleared:
            told["removed"] = decided.cleared
        record_change(request, decided, said[REASON], decision=decided.state, **told)
        request.decided = decided.get_state_display()  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Any) -> Any:  # noqa: ARG002
        messages.success(request, f"{request.decided}.")  # type: ignore[attr-defined]
        return HttpResponseRedirect(request.path)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except NotDecidable:
            messages.error(
                request,
                _("Inget är ändrat: det är redan avgjort, har ändrats sedan du läste det, eller är ditt."),
            )
        except ValidationError as error:
            messages.error(request, _("Inget är ändrat: %s") % " ".join(error.messages))
        return HttpResponseRedirect(request.path)


def offered_to(request: HttpRequest, change: PendingChange) -> dict[str, Any]:
    """The decisions open to this person, with their words."""
    if change.state != PendingChange.WAITING:
        return {}
    if change.asked_by_id == request.user.pk:
        return {PendingChange.WITHDRAWN: DECISIONS[PendingChange.WITHDRAWN]}
    if not may_decide(change, request.user):
        return {}
    offered = {state: words for state, words in DECISIONS.items() if state != PendingChange.WITHDRAWN}
    if change.is_new:
        offered[PendingChange.APPROVED] = SWITCHES_ON if change.switches_on else APPROVES_NEW
    return offered


def compare(change: PendingChange) -> Iterator[tuple[str, str]]:
    """What changes, from what to what; of a new source all there is. Of a secret only that it changes."""
    now, then = connection_of(change.source), proposal_of(change)
    tells_kinds = change.is_new or now[WITH_SETTINGS] != then[WITH_SETTINGS]
    names = [*change.fields, *([WITH_SETTINGS] if tells_kinds else [])]
    for name in names:
        if name in ("settings", "secrets"):
            yield from _compare_settings(change.source, now, then, name, is_new=change.is_new)
        else:
            before, after = (_shown(name, connection[name]) for connection in (now, then))
            words = str(FIELD_WORDS.get(name, _("uppgifter")))
            yield words, after if change.is_new else f"{before} → {after}"
    for key in keys_of(change):
        yield _("leveransnyckel"), key
    if change.is_new:
        yield _("i drift"), _("slås på när ansökan godkänns") if change.switches_on else _("slås inte på")


def _compare_settings(
    source: Source, now: Connection, then: Connection, name: str, *, is_new: bool
) -> Iterator[tuple[str, str]]:
    labels = {s.name: str(s.label) for s in source.manifest.settings} if source.manifest else {}
    for key in sorted(now[name].keys() | then[name].keys()):
        before, after = (_worded(connection[name].get(key, "")) for connection in (now, then))
        if before == after and not is_new:
            continue
        if name == "secrets":
            yield labels.get(key, key), _("angiven, visas inte") if is_new else _("byts, visas inte")
        else:
            yield labels.get(key, key), after or "–" if is_new else f"{before or '–'} → {after or '–'}"


def _worded(value: str) -> str:
    return {"true": _("ja"), "false": _("nej")}.get(value, value)


def _shown(name: str, value: Any) -> str:
    if name == WITH_SETTINGS and not value:
        return _("allt kopplingen kan lämna")
    if not value:
        return "–"
    if name == "connector":
        return dict(connector_choices()).get(value, str(value))
    if name == "base_url":
        parts = urlsplit(value)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if name in ("owner", "default_unit"):
        model = CareProvider if name == "owner" else CareUnit
        found = model.objects.filter(pk=value).first()
        if isinstance(found, CareProvider):
            return f"{found.name} ({value}), {found.get_kind_display()}"
        return f"{found.name} ({value})" if found else str(value)
    if name == WITH_SETTINGS:
        return ", ".join(str(KIND_LABELS[Kind(kind)]) for kind in value)
    return str(value)
