"""Lists of the admin for reading only: searched by POST, narrowed to one patient by a sealed token."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.accesslog.events import Event
from consent.admin.reading import (
    Request,
    log_it,
    looks_like_number,
    masked,
    may_see_patients,
    number_advice,
    own_provider,
    patient_token,
    person_of_token,
    typed_person,
)
from consent.models import CareProvider, CareUnit
from consent.terms import PersonId
from consent.vocabulary import IdType

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _Filter = admin.SimpleListFilter
else:
    _Admin, _Filter = admin.ModelAdmin, admin.SimpleListFilter

PATIENT = "patient"
LONGEST_LIST = 10_000


class PatientFilter(_Filter):
    """One patient, by the token that a search for the full number gave."""

    title = gettext_lazy("patient")
    parameter_name = PATIENT

    def lookups(self, request: Request, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        token = request.GET.get(PATIENT, "")
        if not token:
            return []
        person = person_of_token(request, token)
        return [(token, masked(person) if person else _("Sökningen gäller inte längre"))]

    def queryset(self, request: Request, queryset: QuerySet[Any]) -> QuerySet[Any]:
        token = self.value()
        if not token:
            return queryset
        person = person_of_token(request, token)
        if person is None or not may_see_patients(request):
            return queryset.none()
        narrowed: QuerySet[Any] = self.model_admin.of_patient(queryset, person)
        return narrowed

    def __init__(self, request: Request, params: Any, model: Any, model_admin: Any) -> None:
        self.model_admin = model_admin
        super().__init__(request, params, model, model_admin)


class UnitFilter(_Filter):
    """Units by name; asks the few units there are, never the many rows."""

    title = gettext_lazy("enhet")
    parameter_name = "unit"

    def lookups(self, request: Request, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        units, own = CareUnit.objects.select_related("provider"), own_provider(request)
        return [(u.pk, str(u)) for u in (units if own is None else units.filter(provider_id=own))]

    def queryset(self, request: Request, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(unit_id=self.value()) if self.value() else queryset


def with_names(queryset: QuerySet[Any]) -> Any:
    """The unit's and provider's names beside their HSA-ids, in the same query."""
    return queryset.annotate(
        named_unit=Subquery(CareUnit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]),
        named_provider=Subquery(CareProvider.objects.filter(pk=OuterRef("provider_id")).values("name")[:1]),
    )


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody turns pages: a log of millions is not counted for a list of fifty."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list[:LONGEST_LIST]
        return int(rows.count())


class KeptAdmin(_Admin):
    """What the law keeps: nothing is added, changed or deleted here, and others' stays with them."""

    actions = None
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    paginator = ShortPaginator
    show_full_result_count = False

    def of_provider(self, queryset: QuerySet[Any], provider_id: str) -> QuerySet[Any]:
        return queryset.filter(provider_id=provider_id)

    def get_queryset(self, request: Request) -> Any:
        rows: QuerySet[Any] = super().get_queryset(request)
        own = own_provider(request)
        return rows if own is None else self.of_provider(rows, own)

    def has_add_permission(self, request: Request) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: Request, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: Request, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


class ReadOnlyAdmin(KeptAdmin):
    """About patients. The search box takes HSA-ids, or a patient's full number.

    It posts: a number never stands in an address. A number is looked up by its keyed hash; a part of one
    finds nothing.
    """

    search_help_text = gettext_lazy("HSA-id, eller patientens hela nummer med tolv siffror.")

    def of_patient(self, queryset: QuerySet[Any], person: PersonId) -> QuerySet[Any]:
        raise NotImplementedError

    def changelist_view(self, request: Request, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            request.GET = self.read_search(request)
        return super().changelist_view(request, extra_context)

    def read_search(self, request: Request) -> Any:
        """What was posted, as the address the list would have had: text as it is, a number as its token."""
        query = request.GET.copy()
        text = request.POST.get("q", "").strip()
        query.pop(PATIENT, None)
        query.pop("p", None)
        query["q"] = text
        person = typed_person(text)
        if person is None:
            return query
        if person.type is IdType.RESERVNUMMER and not self.knows(person):
            return query
        query.pop("q")
        if not may_see_patients(request):
            messages.error(request, _("Du har inte behörighet att söka på patientens nummer."))
            return query
        log_it(request, Event.SEARCH, person, list=self.opts.model_name)
        query[PATIENT] = patient_token(request, person)
        return query

    def knows(self, person: PersonId) -> bool:
        """Reserve numbers look like HSA-ids: taken for a patient's only where there is such a patient."""
        return bool(self.of_patient(self.model.objects.all(), person).exists())

    def get_search_results(
        self, request: Request, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if looks_like_number(search_term):
            messages.warning(request, number_advice())
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("patient"))
    def hidden_patient(self, obj: Model) -> str:  # noqa: ARG002
        return _("Dold")

    def shown_for(self, request: Request, names: tuple[str, ...]) -> tuple[str, ...]:
        """Field names, with the patient's hidden from those who may not know."""
        if may_see_patients(request):
            return names
        return tuple("hidden_patient" if name == "patient" else name for name in names)

    def get_list_display(self, request: Request) -> tuple[str, ...]:
        return self.shown_for(request, tuple(map(str, self.list_display)))
