"""What every mapping starts from: an entry, its header, whose it is, and the fields all records share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.base.contract import SourceProfile
from connectors.base.dates import documented, has_passed
from connectors.base.records import Coded, Record, Status, When
from connectors.rivta.elements import Element, Unreadable
from connectors.rivta.header import Header
from consent.terms import Origin, PersonId, Provider
from consent.vocabulary import CareKind, InformationType


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry of an answer on its way to records. ``body``: what the contract itself is about.

    operation: the contract without its version. A note and the visit it was written at may share an id.
    """

    operation: str
    entry: Element
    header: Header
    body: Element
    patient: PersonId
    profile: SourceProfile

    def common(
        self,
        information_type: InformationType,
        *,
        status: Status,
        title: str,
        start: When | None = None,
        end: When | None = None,
        care_kind: CareKind = CareKind.HEALTH_CARE,
        codes: tuple[Coded, ...] = (),
        part: str = "",
    ) -> dict[str, Any]:
        """The fields of Record. What has ended by its end has ended. ``part``: which of several in one entry.

        Raises Unreadable where the entry has no id: it could not be told from others.
        """
        header = self.header
        if not header.document_id:
            raise Unreadable("documentId")
        if status in (Status.ACTIVE, Status.PLANNED, Status.UNKNOWN) and has_passed(end):
            status = Status.ENDED
        document_id = f"{header.document_id}#{part}" if part else header.document_id
        return {
            "id": record_id(self.operation, header.system, document_id),
            "source": self.profile.slug,
            "patient": self.patient,
            "origin": self.origin(information_type, care_kind),
            "status": status,
            "title": title,
            "author": header.author,
            "start": start,
            "end": end,
            "recorded": header.documented or header.written,
            "updated": header.written,
            "codes": codes,
            "unit_phone": header.unit_phone,
            "system": header.system,
            "document_id": document_id,
        }

    def origin(self, information_type: InformationType, care_kind: CareKind) -> Origin:
        """Blocks are compared with the time the header gives for it, else with all of what it spans."""
        header = self.header
        first = documented(header.compared) or documented(header.documented) or documented(header.written)
        return Origin(
            provider=self.provider(care_kind),
            unit_id=header.unit_id,
            unit_name=header.unit_name or header.unit_id,
            information_type=information_type,
            documented_at=first,
            documented_until=first if header.compared else documented(header.written),
        )

    def provider(self, care_kind: CareKind) -> Provider:
        """The owner the header names; one nobody here knows is of the kind its information is."""
        provider_id = self.header.provider_id
        known = self.profile.providers.get(provider_id)
        return known or Provider(provider_id, provider_id, care_kind)


def record_id(operation: str, system: str, document_id: str) -> str:
    """A document id is unique within its system and contract; versions of one contract share it."""
    return f"{operation}/{system}/{document_id}"


MapEntry = Callable[[Draft], tuple[Record, ...]]
