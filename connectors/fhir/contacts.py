"""CareTeam, RelatedPerson and what stands in Patient (relatives, general practitioner) to contacts."""

from collections.abc import Mapping

from connectors.base.kinds import Contact, ContactRole
from connectors.base.records import Phone, Record, Status
from connectors.fhir.dates import read_period
from connectors.fhir.drafting import Draft, MapResource, read_status
from connectors.fhir.elements import (
    Resource,
    all_words,
    codes,
    human_name,
    item,
    items,
    notes,
    text,
    words,
)
from consent.vocabulary import InformationType

# Kodverk "typ av fast kontakt": only this value of it is established.
_CONTACT_TYPES = "kv_typ_av_fast_kontakt"
_ROLES_BY_TYPE = {"1": ContactRole.CARE_CONTACT}
# As this portal's own FHIR interface writes it: another portal of the kind may be a source.
ROLE_SYSTEM = "urn:patientoversikt:contact-role"
_ROLES_BY_NAME = {role.value: role for role in ContactRole}
_STATUS = {
    "active": Status.ACTIVE,
    "proposed": Status.PLANNED,
    "suspended": Status.ENDED,
    "inactive": Status.ENDED,
}
_RELATION_CODES = "v3-RoleCode"
# What the standard's codes for family and friends are called, for senders that give the code alone.
_RELATIONS = {
    "SPS": "maka eller make",
    "WIFE": "maka",
    "HUSB": "make",
    "DOMPART": "sambo",
    "SIGOTHR": "partner",
    "PRN": "förälder",
    "MTH": "mor",
    "FTH": "far",
    "CHILD": "barn",
    "DAU": "dotter",
    "DAUC": "dotter",
    "SON": "son",
    "SONC": "son",
    "SIB": "syskon",
    "SIS": "syster",
    "BRO": "bror",
    "GRNDCHILD": "barnbarn",
    "FRND": "vän",
    "NBOR": "granne",
}
_USES = {"home": "hem", "work": "arbete", "mobile": "mobil", "temp": "tillfälligt", "old": "tidigare"}


def phones_of(*resources: Resource) -> tuple[Phone, ...]:
    """Telephone numbers in the order of the source; what it calls old is left out."""
    found = [
        Phone(number, label=_USES.get(text(point.get("use")), ""))
        for resource in resources
        for point in items(resource.get("telecom"))
        if point.get("system") == "phone"
        and point.get("use") != "old"
        and (number := text(point.get("value")))
    ]
    return tuple({phone.number: phone for phone in reversed(found)}.values())[::-1]


def care_team_mapping(role_names: Mapping[str, ContactRole]) -> MapResource:
    """``role_names``: what this source calls its roles, in lower case; other names stay what they are."""

    def map_care_team(draft: Draft) -> tuple[Record, ...]:
        members = [m for m in items(draft.get("participant")) if not _is_patient(item(m.get("member")))]
        return tuple(_map_member(draft, member, index, role_names) for index, member in enumerate(members))

    return map_care_team


def _is_patient(reference: Resource) -> bool:
    return "Patient/" in text(reference.get("reference")) or reference.get("type") == "Patient"


def _map_member(draft: Draft, member: Resource, index: int, role_names: Mapping[str, ContactRole]) -> Contact:
    team_start, team_end = read_period(draft.get("period"))
    start, end = read_period(member.get("period"))
    called = all_words(member.get("role")) or all_words(draft.get("category"))
    name = draft.label(member.get("member"))
    person = draft.directory.find(member.get("member"), draft.resource)
    common = draft.common(
        InformationType.ADMINISTRATIVE,
        status=read_status(draft.get("status"), _STATUS),
        title=called or text(draft.get("name")) or "Vårdteam",
        start=start or team_start,
        end=end or team_end,
    )
    common["id"] = f"{common['id']}#{index}"
    return Contact(
        **common,
        text=notes(draft.resource),
        role=_role(member, draft, role_names),
        name=name or text(draft.get("name")),
        phones=phones_of(person, draft.resource),
    )


def _role(member: Resource, draft: Draft, role_names: Mapping[str, ContactRole]) -> ContactRole:
    for concepts in (member.get("role"), draft.get("category")):
        for coded in codes(concepts):
            if _CONTACT_TYPES in coded.system and coded.code in _ROLES_BY_TYPE:
                return _ROLES_BY_TYPE[coded.code]
            if coded.system == ROLE_SYSTEM and coded.code in _ROLES_BY_NAME:
                return _ROLES_BY_NAME[coded.code]
        for concept in items(concepts):
            if (role := role_names.get(words(concept).casefold())) is not None:
                return role
    return ContactRole.OTHER


def _relation(concepts: object) -> str:
    """How a relative is related, in the source's words; where it sent no words, in those of the code."""
    said = []
    for concept in items(concepts):
        word = words(concept)
        known = {c.code: _RELATIONS.get(c.code, "") for c in codes(concept) if _RELATION_CODES in c.system}
        said.append(known.get(word) or word)
    return ", ".join(each for each in said if each)


def map_related_person(draft: Draft) -> tuple[Record, ...]:
    """A relative. Of a protected person none is shown: that is seen to where every record is checked."""
    start, end = read_period(draft.get("period"))
    relation = _relation(draft.get("relationship"))
    common = draft.common(
        InformationType.ADMINISTRATIVE,
        status=Status.ENDED if draft.get("active") is False else Status.ACTIVE,
        title=relation or "Närstående",
        start=start,
        end=end,
    )
    name = human_name(draft.get("name"))
    return (
        Contact(
            **common,
            role=ContactRole.RELATIVE,
            name=name,
            relation=relation,
            phones=phones_of(draft.resource),
        ),
    )


def map_patient(draft: Draft) -> tuple[Record, ...]:
    """Relatives and general practitioners that stand in the Patient itself."""
    common = draft.common(InformationType.ADMINISTRATIVE, status=Status.ACTIVE, title="")
    return (*_relatives(draft, common), *_general_practitioners(draft, common))


def _relatives(draft: Draft, common: dict[str, object]) -> list[Contact]:
    contacts = []
    for index, each in enumerate(items(draft.get("contact"))):
        relation = _relation(each.get("relationship"))
        start, end = read_period(each.get("period"))
        own = {"id": f"{common['id']}#contact-{index}", "title": relation or "Närstående"}
        contacts.append(
            Contact(
                **{**common, **own, "start": start, "end": end},  # type: ignore[arg-type]
                role=ContactRole.RELATIVE,
                name=human_name(each.get("name")),
                relation=relation,
                phones=phones_of(each),
            )
        )
    return contacts


def _general_practitioners(draft: Draft, common: dict[str, object]) -> list[Contact]:
    contacts = []
    for index, reference in enumerate(items(draft.get("generalPractitioner"))):
        if not (name := draft.label(reference)):
            continue
        target = draft.directory.find(reference, draft.resource)
        is_unit = (
            "Organization/" in text(reference.get("reference"))
            or target.get("resourceType") == "Organization"
        )
        own = {"id": f"{common['id']}#gp-{index}", "title": "Listad hos" if is_unit else "Husläkare"}
        contacts.append(
            Contact(
                **{**common, **own},  # type: ignore[arg-type]
                role=ContactRole.UNIT if is_unit else ContactRole.OTHER,
                name=name,
                phones=phones_of(target),
            )
        )
    return contacts
