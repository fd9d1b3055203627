"""The header every record has, in the shape of version 2 or of version 3.

Version 2 (PatientSummaryHeader) names the professional and through her unit and provider; version 3
(JoL) has an access control header of its own.
"""

from dataclasses import dataclass

from connectors.base.records import Author, When
from connectors.base.xmlreading import child
from connectors.rivta.elements import Element, ending_with, flag, hsa_id, identity, text, words
from connectors.rivta.identifiers import plain_number
from connectors.rivta.times import read_time

_NOBODY = Author()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """``number``: whose record; empty where nobody is named. ``written``: last changed. ``documented``: what
    it is about in time, where the record says so. ``compared``: the time blocks are compared with."""

    number: str
    system: str
    document_id: str
    provider_id: str
    unit_id: str
    unit_name: str = ""
    unit_phone: str = ""
    title: str = ""
    author: Author = _NOBODY
    written: When | None = None
    documented: When | None = None
    compared: When | None = None
    is_nullified: bool = False

    @property
    def names_owner(self) -> bool:
        """Whether blocks can be checked: provider and unit are both known."""
        return bool(self.provider_id and self.unit_id)


def read_header(entry: Element) -> Header | None:
    """None where an entry has no header at all."""
    header = ending_with(entry, "header")
    if header is None:
        return None
    access = child(header, "accessControlHeader")
    return _read_2(header) if access is None else _read_3(header, access)


def _read_2(header: Element) -> Header:
    person = child(header, "accountableHealthcareProfessional")
    org = child(person, "healthcareProfessionalOrgUnit")
    written = read_time(person, "authorTime")
    return Header(
        number=plain_number(identity(header, "patientId")[1]),
        system=hsa_id(header, "sourceSystemHSAId"),
        document_id=text(header, "documentId"),
        provider_id=hsa_id(person, "healthcareProfessionalCareGiverHSAId"),
        unit_id=hsa_id(person, "healthcareProfessionalCareUnitHSAId"),
        unit_name=text(org, "orgUnitName"),
        unit_phone=text(org, "orgUnitTelecom"),
        title=text(header, "documentTitle"),
        author=Author(
            text(person, "healthcareProfessionalName"), words(child(person, "healthcareProfessionalRoleCode"))
        ),
        written=written,
        documented=read_time(header, "documentTime"),
        is_nullified=flag(header, "nullified") is True,
    )


def _read_3(header: Element, access: Element) -> Header:
    author, org = child(header, "author"), child(header, "author", "orgUnit")
    system = hsa_id(header, "sourceSystemId")
    return Header(
        number=plain_number(identity(access, "patientId")[1]),
        system=system,
        document_id=_local(identity(header, "record", "id")[1], system),
        provider_id=hsa_id(access, "accountableHealthcareProvider")
        or hsa_id(access, "accountableHealthcareProviderId"),
        unit_id=hsa_id(access, "accountableCareUnit") or hsa_id(access, "accountableCareUnitId"),
        unit_name=text(org, "orgUnitName"),
        unit_phone=text(org, "orgUnitTelecom"),
        author=Author(text(author, "name"), words(child(author, "byRole"))),
        written=read_time(author, "timestamp"),
        documented=read_time(header, "record", "timestamp"),
        compared=read_time(access, "blockComparisonTime"),
        is_nullified=flag(header, "nullified") is True,
    )


def _local(record_id: str, system: str) -> str:
    """The id as version 2 writes it: identifiers of version 3 may carry the system before it."""
    before, colon, after = record_id.partition(":")
    return after if colon and after and before.upper() == system else record_id
