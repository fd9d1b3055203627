"""Patient: found by number in a body, read by id, and the summary of what may be seen of her."""

from typing import Any, ClassVar

from django.http import HttpRequest

from connectors.base.numbers import PERSON_SYSTEMS
from connectors.fhir.elements import Resource, Unreadable
from connectors.fhir.identifiers import person_ids
from consent.accesslog.events import Action
from consent.terms import PersonId
from consent.vocabulary import EVERY_KIND
from portal.api.acting import Acting, found_acting
from portal.api.endpoints.searching import look_up
from portal.api.refusing import Code, Refused
from portal.fhir.endpoints.records import read_question
from portal.fhir.names import IPS_BUNDLE
from portal.fhir.people import tell_number, tell_person
from portal.fhir.refusing import FhirRefused
from portal.fhir.summary import look_at, write_document
from portal.fhir.views import FhirView, base_url, id_for, read_form, read_resource, through_gate, visit_of
from portal.overview.gathering import gather, gather_for
from portal.overview.visit import Visit
from portal.patients.opening import Opened, open_for

KNOWN_SYSTEMS = frozenset(name for names in PERSON_SYSTEMS.values() for name in names)
MATCH_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


class PatientView(FhirView):
    """``GET Patient/[id]``: as much as the banner says. No source is asked for records."""

    async def get(self, request: HttpRequest, patient_id: str) -> Resource:
        def check() -> None:
            read_question(read_form(request), frozenset({"_format"}))

        visit = await visit_of(request, self.needs, patient_id, check, frozenset())
        if not (await gather(visit, frozenset())).is_released:
            raise Refused(Code.ACCESS_CHANGED)
        return tell_person(visit.ruling, patient_id)


class MatchView(FhirView):
    """``POST Patient/$match``: a number in, an id out. Never a word on whether anybody has the number."""

    http_method_names: ClassVar[list[str]] = ["post"]

    async def post(self, request: HttpRequest) -> Resource:
        def find(acting: Acting) -> tuple[PersonId, str]:
            sent = read_resource(request, "Parameters")
            patient = parameter(sent, "resource", "resource")
            number = number_in(patient.get("identifier") if isinstance(patient, dict) else None)
            person = look_up(acting, number, Action.SEARCH)
            return person, id_for(acting, person)

        found = await found_acting(request, self.needs, find)
        made, base = tell_number(*found), base_url(request)
        search = {"mode": "match", "extension": [{"url": MATCH_GRADE, "valueCode": "possible"}]}
        entry = {"fullUrl": f"{base}/Patient/{made['id']}", "resource": made, "search": search}
        return {"resourceType": "Bundle", "type": "searchset", "entry": [entry]}


def parameter(sent: Resource, name: str, value: str) -> Any:
    """One of a Parameters' by name; None where it is not among them."""
    listed = sent.get("parameter")
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and each.get("name") == name:
            return each.get(value)
    return None


def number_in(identifiers: Any) -> str:
    """The one Swedish number among identifiers. Raises FhirRefused."""
    try:
        found = person_ids(identifiers)
    except Unreadable:
        found = ()
    if len(found) != 1:
        raise FhirRefused("not_a_resource", "identifier")
    return found[0].number


class SummaryView(FhirView):
    """``GET`` or ``POST Patient/[id]/$summary``."""

    async def get(self, request: HttpRequest, patient_id: str) -> Resource:
        def check() -> None:
            asked = read_question(read_form(request), frozenset({"_format", "profile"}))
            check_profile(asked.get("profile"))

        return await summarise(request, await visit_of(request, self.needs, patient_id, check))

    async def post(self, request: HttpRequest, patient_id: str) -> Resource:
        def check() -> None:
            check_profile(profile_in(read_resource(request, "Parameters") if request.body else {}))

        return await summarise(request, await visit_of(request, self.needs, patient_id, check))


class SummaryByNumberView(FhirView):
    """``POST Patient/$summary``, the number in the body: how the summaries of others are asked for too."""

    http_method_names: ClassVar[list[str]] = ["post"]

    async def post(self, request: HttpRequest) -> Resource:
        def opened(acting: Acting) -> Opened:
            sent = read_resource(request, "Parameters")
            check_profile(profile_in(sent))
            system, _, value = str(parameter(sent, "identifier", "valueString") or "").rpartition("|")
            if system and system not in KNOWN_SYSTEMS:
                raise FhirRefused("not_a_resource", "identifier")
            person = look_up(acting, value, Action.SEARCH)
            return open_for(acting.actor, person, acting.trace, id_for(acting, person))

        visit = await through_gate(await found_acting(request, self.needs, opened), EVERY_KIND)
        return await summarise(request, visit)


def profile_in(sent: Resource) -> object:
    return parameter(sent, "profile", "valueUri") or parameter(sent, "profile", "valueCanonical")


def check_profile(wanted: object) -> None:
    if wanted is not None and str(wanted).partition("|")[0] != IPS_BUNDLE:
        raise FhirRefused("unknown_parameter", "profile")


async def summarise(request: HttpRequest, visit: Visit) -> Resource:
    found = await gather_for(visit, lambda outcomes: look_at(visit, outcomes, visit.opened.handle))
    if found is None:
        raise Refused(Code.ACCESS_CHANGED)
    return write_document(found, base_url(request))
