"""What the rules need to know, and where it may come from.

Own facts are read by ``consent.ledger`` in the gate's transaction. Remote facts arrive through the
Protocols of ``consent.person``; the connectors floor implements them, because the transport lives there.
``None`` always means: could not be found out. The rules treat that as the safe answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from consent.person import BlockSource as BlockSource
from consent.person import ExistenceSource as ExistenceSource
from consent.person import Person as Person
from consent.person import PersonSource as PersonSource
from consent.person import Protection as Protection
from consent.person import RelationSource as RelationSource
from consent.person import Relative as Relative
from consent.person import UnknownPerson as UnknownPerson
from consent.terms import Block
from consent.vocabulary import Kind, RelationGround


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
    """An authorised, time-limited lifting of one block (PDL 4:5, SVOD 3:5), for a unit or one person."""

    id: str
    block_id: str
    unit_id: str
    ends_at: datetime
    employee_id: str = ""
    stopped_at: datetime | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiftRequestFact:
    """Another provider was asked to lift its block (SVOD 3:5). Opens nothing by itself."""

    id: str
    employee_id: str
    unit_id: str
    asked_provider_id: str
    recorded_at: datetime
    is_answered: bool = False
    is_lifted: bool = False


@dataclass(frozen=True, slots=True)
class SipConsentFact:
    """Consent to drawing up a SIP (2017:612 4:2), as recorded by one provider. Opens nothing."""

    id: str
    provider_id: str
    recorded_at: datetime
    stopped_at: datetime | None = None


class ChildAbility(StrEnum):
    """The answer to "Kan barnet självt ta ställning?"."""

    ABLE = "able"
    UNABLE = "unable"


@dataclass(frozen=True, slots=True)
class LegalSettings:
    """What the law leaves open, each with the safe default; docs/decision-table.md says what turns on them.

    ``opening_lasts``: an emergency opening at most. ``records_for_other_providers``: whether consent may be
    recorded for another provider's unit.
    """

    blocks_are_visible: bool = True
    opening_lasts: timedelta = timedelta(hours=24)
    openings_end_at_switch: bool = True
    records_for_other_providers: bool = False
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
    """Everything one decision may rest on.

    ``distrusted_before``: a backup was restored then, and what was taken back since it was made is not known.
    What opens anything and was recorded before does not count until it is recorded anew.
    """

    person: Person
    has_relation: bool | None
    has_social_need: bool | None = None
    relation_grounds: frozenset[RelationGround] = frozenset()
    consents: tuple[ConsentFact, ...] = ()
    refusals: tuple[RefusalFact, ...] = ()
    emergencies: tuple[EmergencyFact, ...] = ()
    inabilities: tuple[InabilityFact, ...] = ()
    is_temporarily_unable: bool = False
    child_ability: ChildAbility | None = None
    choices: tuple[ChoiceFact, ...] = ()
    blocks: tuple[Block, ...] | None = None
    lifts: tuple[LiftFact, ...] = ()
    lift_requests: tuple[LiftRequestFact, ...] = ()
    sip_consents: tuple[SipConsentFact, ...] = ()
    distrusted_before: datetime | None = None
    is_followed: bool = False
    legal: LegalSettings = LegalSettings()
