"""FHIR's data types, out of the canonical values. Plain JSON; what is empty is left out, never sent as "".

What the source wrote stands as it wrote it. A date that nobody may rely on is never made into one: it stands
in words, in the resource's text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from connectors.base.records import Coded, Phone, Record, When
from connectors.fhir.elements import Resource
from connectors.fhir.owners import HIERARCHY
from consent.terms import Origin
from portal.fhir import names

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PARTIAL = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?")
_CODE = re.compile(r"[^\s\ufeff]+( [^\s\ufeff]+)*")
_URI = re.compile(r"\S+")
AUTHOR = "author"
NOT_STATED = "ej angivet"
# Stands for a required element that nobody has told of.
UNKNOWN: Resource = {"extension": [{"url": names.DATA_ABSENT, "valueCode": "unknown"}]}


@dataclass(frozen=True, slots=True)
class Telling:
    """One record on its way out. ``subject``: the patient's reference; ``id``: what the resource is called
    here; ``lines``: label and words of everything that the page says of the record."""

    subject: str
    id: str
    lines: Sequence[tuple[str, str]] = ()


def filled(**fields: Any) -> Resource:
    """Only what says something. A trailing underscore is taken off names that Python keeps for itself."""
    told = {name.rstrip("_"): value for name, value in fields.items()}
    return {name: value for name, value in told.items() if value is not None and value not in ("", [], {})}


def coding(system: str, code: str, display: str = "") -> Resource:
    """What is no address may not stand as a system, nor what is no code as one: then it stands in words."""
    is_code = bool(_CODE.fullmatch(code))
    return filled(
        system=system if _URI.fullmatch(system) else "",
        code=code if is_code else "",
        display=display or ("" if is_code else code),
    )


def concept(words: str, codes: Iterable[Coded] = (), *more: Resource) -> Resource:
    """The source's words, and its codes as it sent them."""
    sent = [coding(each.system, each.code, each.display) for each in codes if each.code.strip()]
    return filled(coding=[*sent, *more], text=words)


def required(words: str, codes: Iterable[Coded] = (), *more: Resource) -> Resource:
    """A concept that the standard demands: where the source says nothing at all, that is said."""
    return concept(words, codes, *more) or {"text": NOT_STATED}


def term(system: str, code: str, display: str = "") -> Resource:
    return {"coding": [coding(system, code, display)]}


def date_time(when: When | None) -> str:
    """A dateTime, as exact as the source was; '' where nothing can be relied on."""
    if when is None:
        return ""
    if when.is_doubtful:
        return when.verbatim if _PARTIAL.fullmatch(when.verbatim) else ""
    if when.at is not None:
        return when.at.isoformat()
    return when.day.isoformat() if when.day else ""


def instant(when: When | None) -> str:
    """A moment; a day alone is none."""
    return when.at.isoformat() if when is not None and when.at is not None and not when.is_doubtful else ""


def period(start: When | None, end: When | None) -> Resource:
    return filled(start=date_time(start), end=date_time(end))


def choice(stem: str, when: When | None) -> Resource:
    """onset[x] and its like: a dateTime, or the source's words where they are no date."""
    if exact := date_time(when):
        return {f"{stem}DateTime": exact}
    return {f"{stem}String": when.verbatim} if when is not None and when.verbatim else {}


def notes(*texts: str) -> list[Resource]:
    return [{"text": text} for text in texts if text.strip()]


def organisation(hsa_id: str, name: str) -> Resource:
    """A reference by HSA-id; nothing has to come along."""
    identified = filled(system=names.HSA_ID, value=hsa_id) if hsa_id else {}
    return filled(type="Organization", identifier=identified, display=name)


def hierarchy(origin: Origin) -> Resource:
    """Whose it is: care provider and, where the source itself named it, care unit."""
    provider = organisation(origin.provider.hsa_id, origin.provider.name)
    levels = [{"url": "hsaCareProvider", "valueReference": provider}]
    if origin.names_unit:
        unit = organisation(origin.unit_id, origin.unit_name)
        levels.append({"url": "hsaCareUnit", "valueReference": unit})
    return {"url": HIERARCHY, "extension": levels}


def telecom(phones: Iterable[Phone]) -> list[Resource]:
    return [filled(system="phone", value=phone.number) for phone in phones if phone.number.strip()]


def narrative(lines: Iterable[tuple[str, str]]) -> Resource:
    """The page's words as XHTML: a label and what it says, a line each."""
    told = "".join(f"<p>{_label(label)}{_xhtml(said)}</p>" for label, said in lines if said)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{told or "<p>–</p>"}</div>'
    return {"status": "generated", "div": div}


def _label(label: str) -> str:
    return f"<b>{_xhtml(label)}:</b> " if label else ""


def _xhtml(text: str) -> str:
    return "<br/>".join(escape(line) for line in text.split("\n"))


def begin(record: Record, telling: Telling, resource_type: str, subject: str = "subject") -> Resource:
    """What every resource of a record has."""
    version = record.version if _ID.fullmatch(record.version) else ""
    identifier = []
    if record.document_id.strip():
        assigner = organisation(record.system, "") if record.system else {}
        identifier.append(filled(value=record.document_id, assigner=assigner))
    return {
        "resourceType": resource_type,
        "id": telling.id,
        **filled(meta=filled(versionId=version, lastUpdated=instant(record.updated)), identifier=identifier),
        "text": narrative(telling.lines),
        "extension": [hierarchy(record.origin)],
        subject: {"reference": telling.subject},
        **filled(contained=_position(record)),
    }


def author_of(record: Record, name: str = "") -> Resource | None:
    """Who wrote it, with the position contained where it is known."""
    said = record.author.name or name
    if record.author.role:
        return filled(reference=f"#{AUTHOR}", type="PractitionerRole", display=said)
    return {"display": said} if said else None


def _position(record: Record) -> list[Resource]:
    role = record.author.role
    if not role:
        return []
    code = {"coding": [{"system": names.POSITION, "display": role}], "text": role}
    return [{"resourceType": "PractitionerRole", "id": AUTHOR, "code": [code]}]
