"""Relations, consents, refusals, blocks and abilities that stand on record when the demo begins.

What other systems know is told by them (``demo.simulators.accessfacts``), the rest is recorded here.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import NAMESPACE_OID, uuid5

from demo.people import places as at
from demo.people.facts import PEOPLE
from demo.people.personas import CLINICIANS
from demo.people.places import Unit

Ground = Literal["planned", "enrolled", "insats", "utredning"]
Incapacity = Literal["unconscious", "lasting_inability", "child"]


@dataclass(frozen=True)
class Relation:
    """The person is current at the unit, and why. The journal of the unit's provider knows of all of them;
    recorded here as well are those at units where consent is asked for as soon as a relation begins."""

    person: str
    unit_hsa: str
    ground: Ground


@dataclass(frozen=True)
class Consent:
    """A standing consent of the reading units (one act, units of one provider), until further notice."""

    person: str
    unit_hsas: tuple[str, ...]
    given_days_ago: int
    via_interpreter: bool = False
    group_name: str = ""
    raised_at: str = ""


@dataclass(frozen=True)
class Group:
    """A named group of one provider's units, for consent in one act."""

    name: str
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class RefusalRow:
    """The person has said no to the reading unit."""

    person: str
    unit_hsa: str
    given_days_ago: int


@dataclass(frozen=True)
class BlockRow:
    """A spärr on what one unit has written; ``excluded`` information types stay visible.

    ``kept``: by the block service, or recorded here.
    """

    person: str
    kind: Literal["inner", "outer"]
    provider_hsa: str
    unit_hsa: str
    excluded: tuple[str, ...] = ()
    kept: Literal["here", "service"] = "here"

    @property
    def block_id(self) -> str:
        """As the service names it: the same each time."""
        return str(uuid5(NAMESPACE_OID, f"{self.person} {self.kind} {self.unit_hsa}"))


@dataclass(frozen=True)
class IncapacityRow:
    """Why the person cannot consent. A fact of the story, not an assertion that anybody has recorded."""

    person: str
    state: Incapacity


# "Denied (no insats)": the omsorgsgivare's performing unit has nothing to do with these two.
NO_INSATS = ("B", "F")


def _ground(unit: Unit) -> Ground:
    if unit is at.BISTANDSENHETEN:
        return "utredning"
    if unit.provider is at.KOMMUN_OMSORG:
        return "insats"
    return "enrolled" if unit.provider is at.KOMMUN_VARD else "planned"


def _has_relation(letter: str, unit: Unit) -> bool:
    return not (unit is at.HEMTJANSTEN and letter in NO_INSATS)


RELATIONS: tuple[Relation, ...] = (
    *(
        Relation(person.letter, assignment.unit.hsa, _ground(assignment.unit))
        for person in PEOPLE
        for persona in CLINICIANS
        for assignment in persona.assignments
        if _has_relation(person.letter, assignment.unit)
    ),
    Relation("D", at.TALLGLANTAN.hsa, "insats"),
)
_RAISES_CONSENT = {unit.hsa for unit in at.UNITS if unit.consent_raised_at}
RECORDED_RELATIONS: tuple[Relation, ...] = tuple(
    relation
    for relation in RELATIONS
    if relation.unit_hsa in _RAISES_CONSENT or relation.ground in ("insats", "utredning")
)


def _consents(
    person: str, given_days_ago: int, *groups: tuple[Unit, ...], via_interpreter: bool = False
) -> list[Consent]:
    named = {group.units: group.name for group in GROUPS}
    return [
        Consent(
            person,
            tuple(unit.hsa for unit in group),
            given_days_ago,
            via_interpreter,
            named.get(group, ""),
            group[0].consent_raised_at or "visit",
        )
        for group in groups
    ]


_REGION = (at.AKUTEN, at.HALSOCENTRALEN, at.MEDICIN, at.AMBULANS)
_KOMMUN_VARD = (at.HEMSJUKVARDEN, at.NATTPATRULLEN, at.REHAB)
_KOMMUN_OMSORG = (at.HEMTJANSTEN, at.BISTANDSENHETEN)

GROUPS: tuple[Group, ...] = (
    Group("Akut och avdelning", (at.AKUTEN, at.MEDICIN, at.AMBULANS)),
    Group("Dygnet runt", _KOMMUN_VARD),
    Group("Hemtjänst och bistånd", _KOMMUN_OMSORG),
)
CONSENTS: tuple[Consent, ...] = (
    *_consents("A", 200, _REGION, _KOMMUN_VARD, _KOMMUN_OMSORG),
    *_consents("E", 12, (at.AKUTEN,)),
    *_consents("H", 90, _KOMMUN_VARD[:1], (at.BISTANDSENHETEN,)),
    *_consents("I", 10, (at.HALSOCENTRALEN,), via_interpreter=True),
    *_consents("J", 30, (at.AKUTEN,)),
    *_consents("L", 300, _REGION[:2], _KOMMUN_VARD, _KOMMUN_OMSORG),
)
REFUSALS: tuple[RefusalRow, ...] = (RefusalRow("G", at.HEMSJUKVARDEN.hsa, 20),)
BLOCKS: tuple[BlockRow, ...] = (
    BlockRow("H", "inner", at.REGION.hsa, at.PSYKIATRI.hsa, ("upp",)),
    BlockRow("H", "outer", at.REGION.hsa, at.PSYKIATRI.hsa, ("upp",), kept="service"),
)
INCAPACITIES: tuple[IncapacityRow, ...] = (
    IncapacityRow("C", "unconscious"),
    IncapacityRow("D", "lasting_inability"),
    IncapacityRow("F", "child"),
)
