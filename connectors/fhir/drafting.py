"""What every mapping starts from: the resource, whose it is, and the fields all records share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base.contract import SourceProfile
from connectors.base.dates import has_passed, read_when
from connectors.base.records import Author, Coded, Record, Status, When
from connectors.fhir.elements import Resource, item, text
from connectors.fhir.owners import find_origin
from connectors.fhir.references import Directory, label
from connectors.fhir.staff import position_of
from consent.terms import PersonId
from consent.vocabulary import InformationType


@dataclass(frozen=True, slots=True)
class Draft:
    """One admitted resource on its way to records."""

    resource: Resource
    patient: PersonId
    profile: SourceProfile
    directory: Directory

    def get(self, name: str) -> Any:
        return self.resource.get(name)

    def label(self, reference: object) -> str:
        return label(reference, self.directory, self.resource)

    def common(
        self,
        information_type: InformationType,
        *,
        status: Status,
        title: str,
        author: object = None,
        start: When | None = None,
        end: When | None = None,
        recorded: When | None = None,
        coded: tuple[Coded, ...] = (),
    ) -> dict[str, Any]:
        """The fields of Record. An active one whose end has passed has ended."""
        meta = item(self.resource.get("meta"))
        changed = read_when(meta.get("lastUpdated"))
        origin, phone = find_origin(
            self.resource, information_type, self.profile, self.directory, recorded or start, changed
        )
        if status in (Status.ACTIVE, Status.PLANNED) and has_passed(end):
            status = Status.ENDED
        return {
            "id": f"{self.resource['resourceType']}/{text(self.resource.get('id'))}",
            "source": self.profile.slug,
            "patient": self.patient,
            "origin": origin,
            "status": status,
            "title": title,
            "author": Author(self.label(author), position_of(self.directory.find(author, self.resource))),
            "start": start,
            "end": end,
            "recorded": recorded,
            "updated": changed,
            "version": text(meta.get("versionId")),
            "codes": coded,
            "unit_phone": phone,
        }


MapResource = Callable[[Draft], tuple[Record, ...]]


def read_status(code: object, meanings: Mapping[str, Status]) -> Status:
    """The status a FHIR code stands for; a code not in the table is unknown, never active."""
    return meanings.get(text(code), Status.UNKNOWN)
