"""What we write in FHIR ourselves, made with fhirclient's models so that it is valid R4 or does not exist."""

from collections.abc import Sequence
from typing import Any

from fhirclient.models.bundle import Bundle, BundleEntry, BundleEntrySearch, BundleLink
from fhirclient.models.fhirabstractbase import FHIRValidationError
from fhirclient.models.identifier import Identifier
from fhirclient.models.operationoutcome import OperationOutcome, OperationOutcomeIssue
from fhirclient.models.patient import Patient

from connectors.base.numbers import PERSON_SYSTEMS
from connectors.fhir.elements import Resource
from connectors.fhir.search import model_of
from consent.terms import PersonId


def emit_identifier(person: PersonId) -> Identifier:
    """A person's number under its canonical system."""
    return Identifier({"system": PERSON_SYSTEMS[person.type][0], "value": person.number})


def emit_patient(person: PersonId, patient_id: str) -> Resource:
    patient = Patient()
    patient.id = patient_id
    patient.identifier = [emit_identifier(person)]
    return as_json(patient)


def emit_searchset(resources: Sequence[Resource], base_url: str, next_link: str = "") -> Resource:
    """A page of search results. What is not valid R4 raises ValueError, without content."""
    bundle = Bundle()
    bundle.type = "searchset"
    bundle.total = len(resources)
    bundle.link = [_link("self", f"{base_url}/")]
    if next_link:
        bundle.link.append(_link("next", next_link))
    bundle.entry = [_entry(resource, base_url) for resource in resources] or None
    return as_json(bundle)


def emit_outcome(severity: str, code: str, diagnostics: str = "") -> Resource:
    issue = OperationOutcomeIssue()
    issue.severity, issue.code, issue.diagnostics = severity, code, diagnostics or None
    outcome = OperationOutcome()
    outcome.issue = [issue]
    return as_json(outcome)


def validate(resource: Resource) -> Any:
    """The resource as fhirclient's model. Raises ValueError where it is not valid R4."""
    try:
        return model_of(str(resource["resourceType"]))(resource)
    except (FHIRValidationError, ImportError, AttributeError, KeyError, TypeError):
        raise ValueError("not a valid R4 resource") from None


def as_json(model: Any) -> Resource:
    """The model as plain JSON; fhirclient checks it on the way."""
    try:
        result: Resource = model.as_json()
    except FHIRValidationError:
        raise ValueError("not a valid R4 resource") from None
    return result


def _link(relation: str, url: str) -> BundleLink:
    link = BundleLink()
    link.relation, link.url = relation, url
    return link


def _entry(resource: Resource, base_url: str) -> BundleEntry:
    entry = BundleEntry()
    entry.fullUrl = f"{base_url}/{resource['resourceType']}/{resource['id']}"
    entry.resource = validate(resource)
    entry.search = BundleEntrySearch({"mode": "match"})
    return entry
