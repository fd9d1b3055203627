"""Searches and reads by resource type: through the gate, asking afresh the sources of its kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from django.http import HttpRequest

from connectors.fhir.elements import Resource
from portal.api.acting import Acting, found_acting
from portal.api.refusing import Code, Refused
from portal.fhir.ids import patient_of
from portal.fhir.mapping import KINDS_OF_TYPE
from portal.fhir.matching import PAGE, Matches, match, write_searchset
from portal.fhir.negotiating import is_known_format
from portal.fhir.refusing import FhirRefused
from portal.fhir.views import FhirView, base_url, open_by_id, read_form, through_gate
from portal.overview.gathering import gather_for
from portal.patients.opening import Opened

PATIENT = ("patient", "subject")
KNOWN = frozenset({*PATIENT, "_id", "_format", PAGE})
LONGEST_NAME = 40


def read_question(pairs: list[tuple[str, str]], known: frozenset[str] = KNOWN) -> dict[str, str]:
    """Every parameter once, and none that is not known: one that was passed over would give an answer to
    another question. Raises FhirRefused."""
    asked: dict[str, str] = {}
    for name, value in pairs:
        if name not in known or name in asked:
            raise FhirRefused("unknown_parameter", name[:LONGEST_NAME] if name.isascii() else "")
        asked[name] = value
    if not is_known_format(asked.get("_format", "json")):
        raise FhirRefused("not_acceptable")
    return asked


def patient_in(asked: dict[str, str]) -> str:
    said = [asked[name] for name in PATIENT if asked.get(name)]
    if len(said) != 1:
        raise FhirRefused("missing_parameter", "patient")
    return said[0].removeprefix("Patient/")


@dataclass(frozen=True, slots=True)
class Question:
    """``wanted``: the id of one resource; '' for all of the type."""

    patient_id: str
    page: str = ""
    wanted: str = ""


async def matches_for(
    view: FhirView, request: HttpRequest, resource_type: str, read: Callable[[], Question]
) -> Matches:
    """``read``: what is asked. It is looked at once it is known who asks."""

    def find(acting: Acting) -> tuple[Question, Opened]:
        if resource_type not in KINDS_OF_TYPE:
            raise FhirRefused("unknown_type")
        question = read()
        return question, open_by_id(acting, question.patient_id)

    question, opened = await found_acting(request, view.needs, find)
    visit = await through_gate(opened, KINDS_OF_TYPE[resource_type])
    page, wanted = question.page, question.wanted
    look = partial(match, visit, resource_type=resource_type, page=page, wanted_id=wanted)
    found = await gather_for(visit, look)
    if found is None:
        raise Refused(Code.ACCESS_CHANGED)
    return found


class SearchView(FhirView):
    """``GET [type]?patient=``."""

    async def get(self, request: HttpRequest, resource_type: str) -> Resource:
        return await self.search(request, resource_type)

    async def search(self, request: HttpRequest, resource_type: str) -> Resource:
        def read() -> Question:
            asked = read_question(read_form(request))
            page = asked.get(PAGE, "1")
            if not (page.isascii() and page.isdigit()):
                raise FhirRefused("unknown_parameter", PAGE)
            return Question(patient_in(asked), page, asked.get("_id", ""))

        found = await matches_for(self, request, resource_type, read)
        return write_searchset(found, base_url(request), resource_type)


class PostedSearchView(SearchView):
    """``POST [type]/_search``: the parameters in the body, so that not even a handle is in an address."""

    http_method_names: ClassVar[list[str]] = ["post"]

    async def post(self, request: HttpRequest, resource_type: str) -> Resource:
        return await self.search(request, resource_type)


class ReadView(FhirView):
    """``GET [type]/[id]``. Not found is said only where every source that might hold it has answered."""

    async def get(self, request: HttpRequest, resource_type: str, resource_id: str) -> Resource:
        def read() -> Question:
            read_question(read_form(request), frozenset({"_format"}))
            return Question(patient_of(resource_id), wanted=resource_id)

        found = await matches_for(self, request, resource_type, read)
        if found.told:
            return found.told[0][0]
        if not found.is_certain:
            raise FhirRefused("source_silent")
        raise Refused(Code.NOT_FOUND)
