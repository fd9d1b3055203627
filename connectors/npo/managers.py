"""GetCareManagers 1.0: named contacts (fast vårdkontakt and the like), with when they answer."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from connectors.base.dates import has_passed
from connectors.base.kinds import Contact, ContactRole
from connectors.base.records import Phone, Record, Status
from connectors.base.xmlreading import child, children
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Element, Unreadable, coded, each_text, hsa_id, paragraphs, text, words
from connectors.rivta.header import Header
from connectors.rivta.times import lies_ahead, read_period
from consent.vocabulary import InformationType

# Kodverk "typ av fast kontakt" (1.2.752.129.5.1.69): only these values of it are established.
_ROLES: Mapping[str, ContactRole] = {"1": ContactRole.CARE_CONTACT, "2": ContactRole.PHYSICIAN_CONTACT}
_NAMES: Mapping[str, ContactRole] = {
    "fast vårdkontakt": ContactRole.CARE_CONTACT,
    "fast omsorgskontakt": ContactRole.SOCIAL_CONTACT,
    "fast läkarkontakt": ContactRole.PHYSICIAN_CONTACT,
    "kontaktsjuksköterska": ContactRole.CONTACT_NURSE,
}
_NOT_A_PHONE = frozenset({"email", "e-post", "url", "fax"})
_DAYS: Mapping[str, str] = {
    "MON": "mån", "TUE": "tis", "WED": "ons", "THU": "tor", "FRI": "fre", "SAT": "lör", "SUN": "sön",
}  # fmt: skip


def map_manager(draft: Draft) -> tuple[Record, ...]:
    entry = draft.entry
    code = child(entry, "code")
    name = text(entry, "practitioner", "name")
    called = text(code, "displayName") or text(code, "originalText")
    role = _ROLES.get(text(code, "code")) or _NAMES.get(called.casefold(), ContactRole.OTHER)
    phones = tuple(dict.fromkeys(_phones(entry)))
    if not name and not phones:
        raise Unreadable("practitioner")
    start, end = read_period(entry, "period")
    common = draft.common(
        InformationType.ADMINISTRATIVE,
        status=Status.ENDED if has_passed(end) else Status.PLANNED if lies_ahead(start) else Status.ACTIVE,
        title=called or "Fast kontakt",
        start=start,
        end=end,
        codes=coded(code),
    )
    team = text(entry, "careTeam", "name")
    said = paragraphs(team, text(entry, "externalNotes"), text(entry, "internalNotes"))
    return (Contact(**common, text=said, role=role, name=name or team, phones=phones),)


def _phones(entry: Element) -> Iterator[Phone]:
    """The person's own numbers first, then the team's and the unit's."""
    yield from _phones_in(entry, "")
    for name in ("careTeam", "careProvidingCareUnit", "managingCareUnit"):
        inside = child(entry, name)
        if inside is not None:
            yield from _phones_in(inside, text(inside, "name"))


def _phones_in(element: Element, label: str) -> Iterator[Phone]:
    for contact in children(element, "contact"):
        for telecom in children(contact, "telecom"):
            sort = words(child(telecom, "system")).casefold()
            number = text(telecom, "value")
            if number and sort not in _NOT_A_PHONE and "@" not in number:
                yield Phone(number, label=label, hours=", ".join(_hours(telecom)))


def _hours(telecom: Element) -> Iterator[str]:
    for period in children(telecom, "period"):
        days = [_DAYS.get(day.upper()[:3], day) for day in each_text(period, "weekDay")]
        clock = "–".join(_clock(text(period, "time", name)) for name in ("start", "end"))
        said = " ".join(part for part in (", ".join(days), clock.strip("–")) if part)
        if said:
            yield said


def _clock(digits: str) -> str:
    return f"{digits[:2]}.{digits[2:4]}" if len(digits) >= 4 and digits.isdigit() else digits


def complete_header(entry: Element, header: Header) -> Header:
    """The header of a named contact has no id of its own and need not name a unit: the entry tells both."""
    names = ("managingCareUnit", "careProvidingCareUnit")
    units = [(hsa_id(entry, name, "hsaId"), text(entry, name, "name")) for name in names]
    unit_id, unit_name = next((unit for unit in units if unit[0]), ("", ""))
    # Not every practitioner has an HSA-id, nor every contact a start: two of a kind must not become one.
    who = (
        text(entry, "code", "code"),
        hsa_id(entry, "practitioner", "hsaId") or text(entry, "practitioner", "name"),
        text(entry, "period", "start"),
        hsa_id(entry, "careTeam", "hsaId") or text(entry, "careTeam", "name"),
        header.unit_id or unit_id,
    )
    return replace(
        header,
        document_id="-".join(part for part in who if part),
        unit_id=header.unit_id or unit_id,
        unit_name=next((name for found, name in units if found == (header.unit_id or unit_id)), unit_name),
    )
