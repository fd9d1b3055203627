"""One entry of Viva's answer: whose it is, under which law, what all kinds share. Assumed interface, v1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base.contract import Fault, SourceFault, SourceProfile
from connectors.base.dates import documented, has_passed, read_when
from connectors.base.records import Author, Phone, Status
from consent.terms import Origin, PersonId, Provider
from consent.vocabulary import CareKind, InformationType

Entry = Mapping[str, Any]
NULLIFIED = frozenset({"felregistrerad", "makulerad"})
_STATUS = {"aktiv": Status.ACTIVE, "planerad": Status.PLANNED, "avslutad": Status.ENDED}
_HSL = "HSL"


class Unreadable(ValueError):
    """An entry nobody can understand; it is counted. Carries no content."""


def text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise Unreadable("not text")


def inner(entry: Entry, name: str) -> Entry:
    value = entry.get(name)
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise Unreadable("not an object")


def whose(entry: Entry, people: Mapping[str, PersonId]) -> PersonId:
    """Raises SourceFault(FOREIGN_PATIENT) for somebody not asked about, Unreadable where nobody is named."""
    number = text(entry.get("personid")).replace("-", "").strip().upper()
    if not number:
        raise Unreadable("names nobody")
    if number not in people:
        raise SourceFault(Fault.FOREIGN_PATIENT)
    return people[number]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry on its way to a record."""

    entry: Entry
    patient: PersonId
    profile: SourceProfile

    def get(self, name: str) -> Any:
        return self.entry.get(name)

    @property
    def type(self) -> str:
        return text(self.get("typ")).strip().lower()

    @property
    def law(self) -> str:
        return text(self.get("lagrum")).strip().upper()

    def common(self, information_type: InformationType) -> dict[str, Any]:
        """The fields of Record, the same for every kind."""
        get = self.entry.get
        start = read_when(get("fran"), may_lie_ahead=True)
        end = read_when(get("till"), may_lie_ahead=True)
        updated = read_when(get("uppdaterad"))
        status = _STATUS.get(text(get("status")), Status.UNKNOWN)
        if status in (Status.ACTIVE, Status.PLANNED) and has_passed(end):
            status = Status.ENDED
        unit = inner(self.entry, "enhet")
        staff = inner(self.entry, "handlaggare")
        title, own_id = text(get("rubrik")) or text(get("typ")), text(get("id"))
        if not title or not own_id:
            raise Unreadable("neither title nor id")
        provider = self._provider()
        unit_id, unit_name, is_assumed = self._unit(unit, provider)
        return {
            "id": own_id,
            "source": self.profile.slug,
            "patient": self.patient,
            "origin": Origin(
                provider=provider,
                unit_id=unit_id,
                unit_name=unit_name,
                information_type=information_type,
                documented_at=documented(start) or documented(updated),
                documented_until=documented(updated),
                unit_is_assumed=is_assumed,
            ),
            "status": status,
            "title": title,
            "text": text(get("text")),
            "author": Author(text(staff.get("namn")), text(staff.get("roll"))),
            "start": start,
            "end": end,
            "recorded": start,
            "updated": updated,
            "unit_phone": text(unit.get("telefon")),
        }

    def _provider(self) -> Provider:
        named = inner(self.entry, "vardgivare")
        hsa_id = text(named.get("hsaid")).strip().upper()
        if not hsa_id:
            if self.profile.owner is None:
                raise Unreadable("no owner")
            return self.profile.owner
        if (known := self.profile.providers.get(hsa_id)) is not None:
            return known
        kind = CareKind.HEALTH_CARE if self.law == _HSL else CareKind.SOCIAL_CARE
        return Provider(hsa_id, text(named.get("namn")) or hsa_id, kind)

    def _unit(self, unit: Entry, provider: Provider) -> tuple[str, str, bool]:
        if hsa_id := text(unit.get("hsaid")).strip().upper():
            return hsa_id, text(unit.get("namn")), False
        if provider == self.profile.owner:
            return self.profile.default_unit_id, self.profile.default_unit_name, True
        return "", text(unit.get("namn")), True

    def phones(self) -> tuple[Phone, ...]:
        """Day and night numbers of the unit or of the performer, as far as the entry has them."""
        performer = inner(self.entry, "utforare")
        day = text(performer.get("telefon_dag")) or text(inner(self.entry, "enhet").get("telefon"))
        night = text(performer.get("telefon_natt")) or text(self.get("telefon_natt"))
        found = [Phone(day, label="dag", use="day")] if day else []
        if night:
            found.append(Phone(night, label="natt", use="night"))
        return tuple(found)
