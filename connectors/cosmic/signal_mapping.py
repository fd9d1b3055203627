"""One attention signal to a limitation or a warning: told by its type or a code, never by words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.base.codes import MEASURES_BY_SNOMED
from connectors.base.contract import Fault, SourceFault, SourceProfile
from connectors.base.dates import documented, has_passed, read_when
from connectors.base.kinds import CareLimitation, Warning  # noqa: A004
from connectors.base.records import Author, Coded, Record, Status
from connectors.fhir.flags import SNOMED
from connectors.fhir.identifiers import person_ids
from consent.terms import Origin, PersonId, Provider
from consent.vocabulary import CareKind, InformationType

Fields = Mapping[str, Any]
NULLIFIED = frozenset({"nullified", "deleted", "enteredinerror", "entered-in-error"})
_STATUS = {
    "active": Status.ACTIVE,
    "inactive": Status.ENDED,
    "ended": Status.ENDED,
    "planned": Status.PLANNED,
}


class Unreadable(ValueError):
    """A signal nobody can understand; it is counted. Carries no content."""


def fields_of(value: object) -> Fields:
    """The members of an object by lower-cased name; two that differ in case alone cannot both be believed."""
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    fields = {name.lower(): member for name, member in value.items()}
    if len(fields) != len(value):
        raise Unreadable("ambiguous names")
    return fields


def inner(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return {} if value is None else fields_of(value)


def text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("not text")
    return value


def whose(fields: Fields, people: Sequence[PersonId]) -> PersonId:
    """Whom it names. Raises SourceFault(FOREIGN_PATIENT) for others, Unreadable for nobody."""
    named = inner(fields, "patientid")
    found = person_ids({"system": text(named.get("system")), "value": text(named.get("value"))})
    if not found:
        raise Unreadable("names nobody")
    if found[0] not in people:
        raise SourceFault(Fault.FOREIGN_PATIENT)
    return found[0]


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal on its way to a record."""

    fields: Fields
    patient: PersonId
    profile: SourceProfile

    def get(self, name: str) -> str:
        return text(self.fields.get(name))

    @property
    def codes(self) -> tuple[Coded, ...]:
        listed = self.fields.get("codes") or []
        if not isinstance(listed, list):
            raise Unreadable("not a list")
        each = [fields_of(code) for code in listed]
        return tuple(Coded(text(c.get("system")), text(c.get("code")), text(c.get("display"))) for c in each)

    def common(self, title: str) -> dict[str, Any]:
        """The fields of Record. An active one whose end has passed has ended."""
        start, end = (read_when(self.fields.get(n), may_lie_ahead=True) for n in ("validfrom", "validto"))
        recorded, updated = (read_when(self.fields.get(name)) for name in ("registeredat", "updatedat"))
        status = _STATUS.get(self.get("status").casefold(), Status.UNKNOWN)
        if status in (Status.ACTIVE, Status.PLANNED) and has_passed(end):
            status = Status.ENDED
        if not title or not self.get("id"):
            raise Unreadable("neither words nor id")
        author = inner(self.fields, "registeredby")
        return {
            "id": f"AttentionSignal/{self.get('id')}",
            "source": self.profile.slug,
            "patient": self.patient,
            "origin": self._origin(documented(recorded or start), documented(updated)),
            "status": status,
            "title": title,
            "text": self.get("text"),
            "author": Author(text(author.get("name")), text(author.get("role"))),
            "start": start or recorded,
            "end": end,
            "recorded": recorded,
            "updated": updated,
            "version": self.get("version"),
            "codes": self.codes,
            "unit_phone": text(inner(self.fields, "accesszoneunit").get("phone")),
        }

    def _origin(self, written: Any, changed: Any) -> Origin:
        """CareProvider and AccessZoneUnit; where a signal names none the source's own, and it says so."""
        provider = self._provider()
        unit = inner(self.fields, "accesszoneunit")
        unit_id, unit_name = text(unit.get("hsaid")).strip().upper(), text(unit.get("name"))
        is_assumed = not unit_id
        if is_assumed and provider == self.profile.owner:
            unit_id, unit_name = self.profile.default_unit_id, self.profile.default_unit_name
        return Origin(
            provider=provider,
            unit_id=unit_id,
            unit_name=unit_name,
            information_type=InformationType.ALERT,
            documented_at=written,
            documented_until=changed,
            unit_is_assumed=is_assumed,
        )

    def _provider(self) -> Provider:
        named = inner(self.fields, "careprovider")
        hsa_id = text(named.get("hsaid")).strip().upper()
        if not hsa_id:
            if self.profile.owner is None:
                raise Unreadable("no owner")
            return self.profile.owner
        if self.profile.owner is not None and self.profile.owner.hsa_id == hsa_id:
            return self.profile.owner
        known = self.profile.providers.get(hsa_id)
        return known or Provider(hsa_id, text(named.get("name")) or hsa_id, CareKind.HEALTH_CARE)


def map_signal(signal: Signal, limitations: frozenset[str]) -> Record:
    """``limitations``: the types that this source uses for limitations of care, by code or name."""
    kind = inner(signal.fields, "type")
    code, name = text(kind.get("code")), text(kind.get("name"))
    measures = tuple(
        dict.fromkeys(
            MEASURES_BY_SNOMED[c.code]
            for c in signal.codes
            if c.system == SNOMED and c.code in MEASURES_BY_SNOMED
        )
    )
    common = signal.common(signal.get("text") or name or signal.get("substance"))
    if measures or {code.casefold(), name.casefold()} & limitations:
        return CareLimitation(
            **common, measures=measures, decided=common["start"], decided_by=common["author"].name
        )
    return Warning(
        **common,
        substance=signal.get("substance"),
        severity=signal.get("severity"),
        certainty=signal.get("certainty"),
        category=name,
    )
