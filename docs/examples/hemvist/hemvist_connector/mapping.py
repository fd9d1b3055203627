"""Hemvist's words to canonical records. Text is kept as it was written; nothing is guessed."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base.contract import SourceProfile
from connectors.base.dates import documented, has_passed, read_when
from connectors.base.kinds import Contact, ContactRole, SocialService
from connectors.base.records import Author, Law, Phone, Record, Status
from consent.terms import Origin, PersonId
from consent.vocabulary import InformationType, Kind

KINDS = frozenset({Kind.SOCIAL_SERVICE, Kind.CONTACT})
STATUS = {"pagar": Status.ACTIVE, "beviljad": Status.PLANNED, "avslutad": Status.ENDED}
NULLIFIED = "makulerad"
LAWS = {"SoL": Law.SOL, "LSS": Law.LSS}
HOUSING = frozenset({"sarskilt_boende", "gruppbostad"})

Entry = Mapping[str, Any]
MapEntry = Callable[[Entry, PersonId, SourceProfile], Record | None]


class Unreadable(ValueError):
    """An entry that nobody can use. It is counted, and the reader is told."""


def said(entry: Entry, name: str, *, is_required: bool = False) -> str:
    value = entry.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str) or (is_required and not value.strip()):
        raise Unreadable(name)
    return value


def number_in(entry: object) -> str:
    """Raises Unreadable where nobody is named."""
    if not isinstance(entry, dict):
        raise Unreadable("entry")
    return "".join(c for c in said(entry, "personnummer", is_required=True) if c not in "-+ ")


def map_service(entry: Entry, patient: PersonId, profile: SourceProfile) -> Record | None:
    """A decision about a place to live, or None for one that was withdrawn."""
    if said(entry, "status") == NULLIFIED:
        return None
    law = LAWS.get(said(entry, "lag"))
    if law is None:
        raise Unreadable("lag")
    phone = said(unit_of(entry), "telefon")
    return SocialService(
        **common(entry, patient, profile, InformationType.SOCIAL),
        law=law,
        service=said(entry, "rubrik", is_required=True),
        extent=said(entry, "omfattning"),
        is_housing=said(entry, "typ") in HOUSING,
        phones=(Phone(phone),) if phone else (),
    )


def map_contact(entry: Entry, patient: PersonId, profile: SourceProfile) -> Record | None:
    if said(entry, "status") == NULLIFIED:
        return None
    phone = said(entry, "telefon")
    return Contact(
        **common(entry, patient, profile, InformationType.ADMINISTRATIVE),
        role=ContactRole.SOCIAL_CONTACT,
        name=said(entry, "namn", is_required=True),
        phones=(Phone(phone),) if phone else (),
    )


def unit_of(entry: Entry) -> Entry:
    unit = entry.get("enhet") or {}
    if not isinstance(unit, dict):
        raise Unreadable("enhet")
    return unit


def common(entry: Entry, patient: PersonId, profile: SourceProfile, type_: InformationType) -> dict[str, Any]:
    """The fields that every record has. The owner is the source's: Hemvist serves one municipality."""
    status = STATUS.get(said(entry, "status"))
    if status is None or profile.owner is None:
        raise Unreadable("status")
    start = read_when(entry.get("fran"), may_lie_ahead=True)
    end = read_when(entry.get("till"), may_lie_ahead=True)
    updated = read_when(entry.get("andrad"))
    unit, unit_id = unit_of(entry), said(unit_of(entry), "hsaid")
    return {
        "id": said(entry, "id", is_required=True),
        "source": profile.slug,
        "patient": patient,
        "origin": Origin(
            provider=profile.owner,
            unit_id=unit_id or profile.default_unit_id,
            unit_name=said(unit, "namn") or profile.default_unit_name,
            information_type=type_,
            documented_at=documented(start) or documented(updated),
            documented_until=documented(updated),
            unit_is_assumed=not unit_id,
        ),
        "status": Status.ENDED if status is not Status.ENDED and has_passed(end) else status,
        "title": said(entry, "rubrik", is_required=True),
        "text": said(entry, "text"),
        "author": Author(said(entry, "handlaggare")),
        "start": start,
        "end": end,
        "updated": updated,
    }


# Each list of a reply: what it becomes, and how.
LISTS: Mapping[str, tuple[Kind, MapEntry]] = {
    "insatser": (Kind.SOCIAL_SERVICE, map_service),
    "kontakter": (Kind.CONTACT, map_contact),
}
