"""The access log in the admin: to be read, and each reading leaves a row of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.accesslog.events import Activity, Event
from consent.accesslog.keys import patient_keys
from consent.accesslog.model import AccessEvent
from consent.admin.reading import Request, log_it, masked, person_of_token
from consent.admin.searching import PATIENT, PatientFilter, ReadOnlyAdmin, UnitFilter, _Filter
from consent.encryption import Undecipherable
from consent.models import CareProvider, LogKey
from consent.terms import PersonId

EVENT_WORDS = {
    Event.SEARCH: gettext_lazy("Sökning"),
    Event.LAUNCHED: gettext_lazy("Uthopp från annat system"),
    Event.INTENT: gettext_lazy("Vy öppnad, källor frågas"),
    Event.SHOWN: gettext_lazy("Visat"),
    Event.LEFT: gettext_lazy("Användaren lämnade sidan"),
    Event.REFUSED: gettext_lazy("Visning nekad"),
    Event.INTERRUPTED: gettext_lazy("Visning avbruten"),
    Event.RELATION_CONFIRMED: gettext_lazy("Vårdrelation bekräftad"),
    Event.RELATION_ENDED: gettext_lazy("Vårdrelation avslutad"),
    Event.UNITS_CHOSEN: gettext_lazy("Aktivt val av enhet"),
    Event.CONSENT_GIVEN: gettext_lazy("Samtycke registrerat"),
    Event.CONSENT_ENDED: gettext_lazy("Samtycke avslutat"),
    Event.CONSENT_ANNULLED: gettext_lazy("Samtycke makulerat"),
    Event.CONSENT_REFUSED: gettext_lazy("Samtycke nekat"),
    Event.REFUSAL_ANNULLED: gettext_lazy("Nekat samtycke makulerat"),
    Event.SIP_CONSENT_GIVEN: gettext_lazy("Samtycke till SIP registrerat"),
    Event.SIP_CONSENT_ENDED: gettext_lazy("Samtycke till SIP avslutat"),
    Event.SIP_CONSENT_ANNULLED: gettext_lazy("Samtycke till SIP makulerat"),
    Event.EMERGENCY_DECLARED: gettext_lazy("Nödsituation registrerad"),
    Event.EMERGENCY_OPENED: gettext_lazy("Nödöppning"),
    Event.INABILITY_RECORDED: gettext_lazy("Oförmåga att samtycka registrerad"),
    Event.CHILD_ASSESSED: gettext_lazy("Bedömning av barn registrerad"),
    Event.BLOCK_RECORDED: gettext_lazy("Spärr registrerad"),
    Event.BLOCK_ENDED: gettext_lazy("Spärr avslutad"),
    Event.BLOCK_LIFTED: gettext_lazy("Spärr hävd"),
    Event.LIFT_ENDED: gettext_lazy("Hävd spärr gäller igen"),
    Event.LIFT_ASKED: gettext_lazy("Begäran om hävning av spärr"),
    Event.LIFT_ANSWERED: gettext_lazy("Begäran om hävning besvarad"),
    Event.ERROR_REPORTED: gettext_lazy("Fel uppgift rapporterad"),
    Event.NUMBERS_LINKED: gettext_lazy("Nummer länkade"),
    Event.SIGNED_IN: gettext_lazy("Inloggning"),
    Event.SIGNED_OUT: gettext_lazy("Utloggning"),
    Event.ASSIGNMENT_CHOSEN: gettext_lazy("Uppdrag valt"),
    Event.LOG_READ: gettext_lazy("Loggen läst"),
    Event.LOG_EXTRACTED: gettext_lazy("Loggutdrag lämnat"),
    Event.LOG_EXPORTED: gettext_lazy("Loggen exporterad"),
    Event.LOG_ARCHIVED: gettext_lazy("Månad av loggen arkiverad"),
    Event.LOG_REVIEWED: gettext_lazy("Loggkontroll bedömd"),
    Event.EPOCH_STARTED: gettext_lazy("Ny epok efter återläsning"),
    Event.RECORD_REPLAYED: gettext_lazy("Återkallelser återlästa"),
    Event.LIST_ADDED: gettext_lazy("Lagd i enhetens lista"),
    Event.LIST_REMOVED: gettext_lazy("Borttagen ur enhetens lista"),
    Event.ADMIN_CHANGED: gettext_lazy("Ändrat i administrationen"),
}


class EventFilter(_Filter):
    title = gettext_lazy("händelse")
    parameter_name = "event"

    def lookups(self, request: Request, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [(event.value, EVENT_WORDS[event]) for event in Event]

    def queryset(self, request: Request, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(event=self.value()) if self.value() else queryset


class ActivityFilter(_Filter):
    title = gettext_lazy("aktivitet")
    parameter_name = "activity"

    def lookups(self, request: Request, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [(a.value, a.value) for a in Activity if a.value]

    def queryset(self, request: Request, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(activity=self.value()) if self.value() else queryset


class ProviderFilter(_Filter):
    title = gettext_lazy("vårdgivare eller omsorgsgivare")
    parameter_name = "provider"

    def lookups(self, request: Request, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return list(CareProvider.objects.values_list("pk", "name"))

    def queryset(self, request: Request, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(provider_id=self.value()) if self.value() else queryset


@admin.register(AccessEvent)
class AccessEventAdmin(ReadOnlyAdmin):
    """Filters on event, activity, owner, unit and time; search on whole HSA-ids and whole numbers."""

    list_display = ("at", "event_words", "activity", "user_hsa_id", "unit_name", "patient", "reason")
    # No date hierarchy: it asks for the oldest row of all, and the log is long.
    list_filter = ("at", EventFilter, ActivityFilter, ProviderFilter, UnitFilter, PatientFilter)
    list_display_links = ("at", "event_words")
    search_fields = ("user_hsa_id__exact",)
    ordering = ("-seq",)
    search_help_text = gettext_lazy("Användarens hela HSA-id, eller patientens hela nummer med tolv siffror.")

    def of_provider(self, queryset: QuerySet[Any], provider_id: str) -> QuerySet[Any]:
        """Rows without a provider are of those who run the system: they belong to every reviewer."""
        return queryset.filter(provider_id__in=("", provider_id))

    def of_patient(self, queryset: QuerySet[Any], person: PersonId) -> QuerySet[Any]:
        """Through each month's own hash; other numbers of the patient are searched for by themselves."""
        wanted = Q(pk__in=())
        for period, key in patient_keys(person).items():
            wanted |= Q(key_period=period, patient_key=key)
        return queryset.filter(wanted)

    def get_fields(self, request: Request, obj: Model | None = None) -> tuple[str, ...]:  # noqa: ARG002
        about = ("at", "event_words", "action", "activity", "patient", "other_numbers")
        who = ("user_hsa_id", "assignment_id", "unit_name", "unit_id", "provider_id", "actor_kind", "purpose")
        what = ("kinds", "origins", "outcomes", "bases", "detail", "reason")
        trace = ("event_id", "view_id", "session_id", "request_id", "ip")
        hidden = self.shown_for(request, about)
        if "patient" not in hidden:
            hidden = tuple(name for name in hidden if name != "other_numbers")
        return (*hidden, *who, *what, *trace)

    def get_readonly_fields(self, request: Request, obj: Model | None = None) -> tuple[str, ...]:
        return self.get_fields(request, obj)

    def changelist_view(self, request: Request, extra_context: dict[str, Any] | None = None) -> Any:
        """Reading the log is logged: before it is read, and with the patient where it is about one."""
        if request.method == "GET" and self.has_view_permission(request):
            token = request.GET.get(PATIENT, "")
            person = person_of_token(request, token) if token else None
            log_it(request, Event.LOG_READ, person, list="log", filters=sorted(set(request.GET) - {"q"}))
        return super().changelist_view(request, extra_context)

    def read_search(self, request: Request) -> Any:
        query = super().read_search(request)
        person = person_of_token(request, query[PATIENT]) if PATIENT in query else None
        log_it(request, Event.LOG_READ, person, list="log", filters=sorted(set(query) - {"q"}))
        return query

    def change_view(self, request: Request, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request):
            log_it(request, Event.LOG_READ, self.opened(row), row=str(row.event_id))
        return super().change_view(request, object_id, *args, **kwargs)

    def opened(self, row: AccessEvent) -> PersonId | None:
        try:
            return row.patient()
        except (Undecipherable, LogKey.DoesNotExist):
            return None

    @admin.display(description=gettext_lazy("händelse"), ordering="event")
    def event_words(self, obj: AccessEvent) -> str:
        known = set(Event)
        return str(EVENT_WORDS[Event(obj.event)]) if obj.event in known else obj.event

    @admin.display(description=gettext_lazy("patient"))
    def patient(self, obj: AccessEvent) -> str:
        person = self.opened(obj)
        return _("Går inte att läsa") if person is None and obj.patient_sealed is not None else masked(person)

    @admin.display(description=gettext_lazy("patientens andra nummer"))
    def other_numbers(self, obj: AccessEvent) -> str:
        return ", ".join(map(masked, obj.patient_aliases())) or "–"
