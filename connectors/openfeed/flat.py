"""One flat record of the open interface, version 1: what it says of person, law, owner and time.

The same record travels in every transport. Unknown fields are let through unread; unknown types are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base.contract import Fault, SourceFault, SourceProfile
from connectors.base.dates import documented, has_passed, read_when
from connectors.base.records import Author, Coded, Law, Status
from connectors.openfeed.declaration import VERSION
from connectors.openfeed.vocabulary import STATUSES, WITHDRAWN
from consent.terms import Origin, PersonId, Provider
from consent.vocabulary import CareKind, InformationType


class Unreadable(ValueError):
    """A record nobody can use; it is counted. Carries which field, never what stood in it."""


def text(value: object, name: str = "") -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(name or "not text")
    return value


def inner(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(name)
    return value


def whose(record: Mapping[str, Any], people: Mapping[str, PersonId]) -> PersonId:
    """Raises SourceFault(FOREIGN_PATIENT) for somebody not asked about, Unreadable where nobody is named."""
    number = "".join(c for c in text(record.get("patient"), "patient") if c not in "-+ ").upper()
    if not number:
        raise Unreadable("patient")
    if number not in people:
        raise SourceFault(Fault.FOREIGN_PATIENT)
    return people[number]


@dataclass(frozen=True, slots=True)
class Draft:
    """A flat record on its way to a canonical one."""

    record: Mapping[str, Any]
    patient: PersonId
    profile: SourceProfile

    @property
    def type(self) -> str:
        return text(self.record.get("type"), "type")

    @property
    def record_id(self) -> str:
        """The record's own id within its source; another type may use the same."""
        return f"{self.type}/{text(self.record.get('id'), 'id')}"

    @property
    def law(self) -> Law:
        try:
            return Law(text(self.record.get("law"), "law"))
        except ValueError:
            raise Unreadable("law") from None

    @property
    def data(self) -> Mapping[str, Any]:
        return inner(self.record, "data")

    def said(self, name: str) -> str:
        """A text of ``data``; a number is given as it was written."""
        value = self.data.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return text(value, f"data.{name}")

    def common(self, information_type: InformationType) -> dict[str, Any]:
        """The fields of Record, the same for every kind. Raises Unreadable where a mandatory one lacks."""
        record = self.record
        if record.get("v") not in (None, VERSION):
            raise Unreadable("v")
        said_status = text(record.get("status"), "status")
        if said_status not in STATUSES or said_status == WITHDRAWN:
            raise Unreadable("status")
        status, _words = STATUSES[said_status]
        title, id_ = text(record.get("title"), "title"), text(record.get("id"), "id")
        if not title or not id_:
            raise Unreadable("title" if id_ else "id")
        start = read_when(record.get("start"), may_lie_ahead=True)
        end = read_when(record.get("end"), may_lie_ahead=True)
        updated = read_when(record.get("updated"))
        if updated is None:
            raise Unreadable("updated")
        if status in (Status.ACTIVE, Status.PLANNED) and has_passed(end):
            status = Status.ENDED
        unit, author = inner(record, "unit"), inner(record, "author")
        return {
            "id": self.record_id,
            "source": self.profile.slug,
            "patient": self.patient,
            "origin": Origin(
                provider=self._provider(unit),
                unit_id=_hsa_id(unit, "unit"),
                unit_name=text(unit.get("name"), "unit.name"),
                information_type=information_type,
                documented_at=documented(start) or documented(updated),
                documented_until=documented(updated),
            ),
            "status": status,
            "title": title,
            "text": text(record.get("text"), "text"),
            "author": Author(
                text(author.get("name"), "author.name"), text(author.get("role"), "author.role")
            ),
            "start": start,
            "end": end,
            "recorded": updated if start is None else start,
            "updated": updated,
            "codes": self._codes(),
            "unit_phone": text(unit.get("phone"), "unit.phone"),
        }

    def _provider(self, unit: Mapping[str, Any]) -> Provider:
        """The owner the record names. One nobody here knows is of the kind that its law says."""
        hsa_id = _hsa_id(unit, "provider")
        if (known := self.profile.providers.get(hsa_id)) is not None:
            return known
        kind = CareKind.HEALTH_CARE if self.law is Law.HSL else CareKind.SOCIAL_CARE
        return Provider(hsa_id, text(unit.get("provider_name"), "unit.provider_name") or hsa_id, kind)

    def _codes(self) -> tuple[Coded, ...]:
        code = inner(self.record, "code")
        value = text(code.get("code"), "code.code")
        if not value:
            return ()
        return (
            Coded(text(code.get("system"), "code.system"), value, text(code.get("display"), "code.display")),
        )


def _hsa_id(unit: Mapping[str, Any], name: str) -> str:
    value = text(unit.get(name), f"unit.{name}").strip().upper()
    if not value:
        raise Unreadable(f"unit.{name}")
    return value
