"""GetCareContacts 2.0 and 3.0: to care contact. The same numbers and SNOMED codes mean the same in both."""

from collections.abc import Mapping

from connectors.base.dates import has_passed
from connectors.base.kinds import CareContact, ContactForm
from connectors.base.records import Record, Status, When
from connectors.base.xmlreading import child
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Element, coded, hsa_id, text, words
from connectors.rivta.times import lies_ahead, read_period
from consent.vocabulary import InformationType

_STAY = "3"
_FORMS: Mapping[str, str] = {
    "1": "Besök", "2": "Telefonkontakt", "3": "Vårdtillfälle", "4": "Dagsjukvård", "5": "Annan kontakt",
}  # fmt: skip
_STATUS: Mapping[str, Status] = {
    "1": Status.PLANNED,
    "2": Status.CANCELLED,
    "3": Status.ACTIVE,
    "4": Status.ENDED,
    "5": Status.ENDED,
    "53631000052103": Status.PLANNED,
    "53641000052109": Status.CANCELLED,
    "53651000052107": Status.ACTIVE,
    "53671000052101": Status.ENDED,
}


def _code(body: Element, name: str) -> str:
    """The number itself in 2.0, the code of a coded value in 3.0."""
    return text(body, name) or text(body, name, "code")


def map_visit(draft: Draft) -> tuple[Record, ...]:
    body = draft.body
    code = _code(body, "careContactCode")
    start, end = read_period(body, "careContactTimePeriod")
    status = _status_of(code, _STATUS.get(_code(body, "careContactStatus"), Status.UNKNOWN), start, end)
    called = _FORMS.get(code) or words(child(body, "careContactCode")) or "Vårdkontakt"
    reason = text(body, "careContactReason")
    common = draft.common(
        InformationType.CARE_CONTACT,
        status=status,
        title=called,
        start=start,
        end=end,
        codes=coded(child(body, "careContactCode")),
    )
    common |= _place(draft, common)
    return (CareContact(**common, form=_form(code, status), reason=reason),)


def _status_of(code: str, status: Status, start: When | None, end: When | None) -> Status:
    """2.0 has a stay that is under way written as a planned one that has begun and has no end."""
    has_begun = start is not None and not start.is_doubtful and not lies_ahead(start)
    if code == _STAY and status is Status.PLANNED and has_begun and end is None:
        return Status.ACTIVE
    if status is Status.UNKNOWN:
        if lies_ahead(start):
            return Status.PLANNED
        return Status.ENDED if has_passed(end) else status
    return status


def _form(code: str, status: Status) -> ContactForm:
    if status is Status.PLANNED:
        return ContactForm.BOOKED
    return ContactForm.INPATIENT if code == _STAY else ContactForm.VISIT


def _place(draft: Draft, common: dict[str, object]) -> dict[str, object]:
    """Where it took place, which need not be where the professional works: its telephone goes before."""
    org = child(draft.body, "careContactOrgUnit")
    is_same = hsa_id(org, "orgUnitHSAId") == draft.header.unit_id
    phone = text(org, "orgUnitTelecom")
    return {"unit_phone": phone} if phone and (is_same or not common["unit_phone"]) else {}
