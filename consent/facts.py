"""What the rules need to know, and where it may come from.

Own facts are read by ``consent.ledger`` in the gate's transaction. Remote facts arrive through the
Protocols below; the connectors floor implements them, because the transport lives there.
``None`` always means: could not be found out. The rules treat that as the safe answer.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from consent.terms import Block, PersonId
from consent.vocabulary import Kind


class Protection(StrEnum):
    """Skyddade personuppgifter. UNKNOWN: nobody could tell, treated as protected."""

    NONE = "none"
    CONFIDENTIALITY_MARK = "sekretessmarkering"
    PROTECTED_REGISTRATION = "skyddad_folkbokforing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Relative:
    name: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """Population facts of one person. Where the source was unreachable only ``id`` is known.

    ``id`` is the main identity; ``aliases`` the person's other numbers. ``is_missing``: the register answered
    that it knows no such number.
    """

    id: PersonId
    is_known: bool = False
    is_missing: bool = False
    given_name: str = ""
    family_name: str = ""
    sex: str = ""
    born: date | None = None
    died: date | None = None
    protection: Protection = Protection.UNKNOWN
    aliases: tuple[PersonId, ...] = ()
    language: str = ""
    language_code: str = ""
    needs_interpreter: bool = False
    interpreter_phone: str = ""
    address: str = ""
    phone: str = ""
    relatives: tuple[Relative, ...] = ()

    @property
    def is_protected(self) -> bool:
        return self.protection is not Protection.NONE

    def without_contacts(self) -> "Person":
        """As a protected person may be passed on: no address, no telephone, no relatives."""
        return replace(self, address="", phone="", relatives=())

    def age_on(self, day: date) -> int | None:
        """Whole years, or None where the birth date is unknown."""
        if self.born is None:
            return None
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


class UnknownPerson(Exception):
    """The population register answered that no such person exists."""


class PersonSource(Protocol):
    """Who a number belongs to. Source: Personuppgiftstjänsten (shape), DOMAIN of population facts."""

    async def find(self, person: PersonId) -> Person:
        """Raises UnknownPerson; where the register is unreachable gives a Person with ``is_known`` False."""


class BlockSource(Protocol):
    async def blocks_of(self, person: PersonId) -> tuple[Block, ...] | None:
        """Every block of the person, or None where they could not be read."""


class RelationSource(Protocol):
    async def has_relation(self, person: PersonId, unit_id: str) -> bool | None:
        """Whether the unit's own journal holds the person as current (planned reception counts)."""


class ExistenceSource(Protocol):
    async def holds(self, person: PersonId) -> bool | None:
        """Whether anybody else holds unblocked data: yes, no, unknown (SVOD 2:4)."""


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """A recorded consent: for units of one provider, or personal where ``employee_id`` is set.

    Belongs to the *reading* units. Ended and annulled are both final; what is left is whether it stands.
    """

    id: str
    unit_ids: frozenset[str]
    recorded_at: datetime
    starts_at: datetime
    ends_at: datetime | None = None
    stopped_at: datetime | None = None
    employee_id: str = ""


@dataclass(frozen=True, slots=True)
class RefusalFact:
    """A recorded no. Ended by a new consent it still undoes the consents before it; annulled it never was."""

    id: str
    unit_id: str
    recorded_at: datetime
    stopped_at: datetime | None = None
    is_annulled: bool = False


class Obstacle(StrEnum):
    """Why consent cannot be obtained in an emergency."""

    UNCONSCIOUS = "unconscious"
    TOO_ILL = "too_ill"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class EmergencyFact:
    """An emergency opening: personal, with its three recorded facts (SVOD 3:6).

    ``is_indispensable`` is the third, recorded after the names have been seen; before it only names show.
    """

    id: str
    employee_id: str
    unit_id: str
    declared_at: datetime
    ends_at: datetime
    is_danger: bool
    obstacle: Obstacle
    is_indispensable: bool = False
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InabilityFact:
    """Not only temporarily unable to consent (SVOD 3:3, 3:4): kept per unit until its review.

    Until all three assertions are made, only names show.
    """

    id: str
    unit_id: str
    recorded_at: datetime
    review_at: datetime
    is_needed: bool = False
    is_attitude_clarified: bool = False
    is_no_objection_known: bool = False
    stopped_at: datetime | None = None

    @property
    def is_asserted(self) -> bool:
        return self.is_needed and self.is_attitude_clarified and self.is_no_objection_known


@dataclass(frozen=True, slots=True)
class ChoiceFact:
    """An active choice (aktivt val) of another unit of the own provider; ``ANY``: all of them at once."""

    employee_id: str
    unit_id: str
    target_unit_id: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LiftFact:
    """An authorised, time-limited lifting of one inner block (PDL 4:5)."""

    id: str
    block_id: str
    unit_id: str
    ends_at: datetime
    employee_id: str = ""
    stopped_at: datetime | None = None


class ChildAbility(StrEnum):
    """The answer to "Kan barnet självt ta ställning?"."""

    ABLE = "able"
    UNABLE = "unable"


@dataclass(frozen=True, slots=True)
class LegalSettings:
    """What DOMAIN leaves open, each with the safe default."""

    blocks_are_visible: bool = True
    emergency_after_refusal: bool = True
    child_asked_from_age: int = 13
    adult_from_age: int = 18
    social_reader_kinds: frozenset[Kind] = frozenset(
        {
            Kind.CARE_LIMITATION,
            Kind.WARNING,
            Kind.CONTACT,
            Kind.SOCIAL_SERVICE,
            Kind.HOME_CARE,
            Kind.COORDINATION,
        }
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one decision may rest on."""

    person: Person
    has_relation: bool | None
    has_social_need: bool | None = None
    consents: tuple[ConsentFact, ...] = ()
    refusals: tuple[RefusalFact, ...] = ()
    emergencies: tuple[EmergencyFact, ...] = ()
    inabilities: tuple[InabilityFact, ...] = ()
    is_temporarily_unable: bool = False
    child_ability: ChildAbility | None = None
    choices: tuple[ChoiceFact, ...] = ()
    blocks: tuple[Block, ...] | None = None
    lifts: tuple[LiftFact, ...] = ()
    legal: LegalSettings = LegalSettings()
