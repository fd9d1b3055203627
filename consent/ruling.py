"""What the gate's answer consists of, and how it is put together from facts and decisions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from consent import blocking, standing
from consent.acts import Act, administers_consents, reads_care
from consent.facts import (
    ConsentFact,
    EmergencyFact,
    Facts,
    InabilityFact,
    LiftFact,
    LiftRequestFact,
    Person,
    RefusalFact,
    SipConsentFact,
)
from consent.terms import ANY, Actor, Basis, Block, Decision, Permit, Provider, Reach
from consent.vocabulary import CareKind, Purpose, RelationGround, Right


class Notice(StrEnum):
    """What the page must or may say beside the buttons. Closed: presenters have words for each."""

    BLOCKED = "blocked"
    BLOCKS_UNKNOWN = "blocks_unknown"
    DECEASED = "deceased"
    PROTECTED = "protected"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_MISSING = "person_missing"
    NUMBER_LINKED = "number_linked"
    RECORD_RESTORED = "record_restored"
    EXISTENCE_YES = "existence_yes"
    EXISTENCE_NO = "existence_no"
    EXISTENCE_UNKNOWN = "existence_unknown"
    EXISTENCE_DEFAULT = "existence_default"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is recorded and stands for this reader now; the access step and the banner are made from it.

    ``lifts``: blocks set aside for the reader. ``requests``: to lift a block, sent by the reader or to the
    reader's provider. ``own_blocks``, ``own_lifts``: only for an officer who may lift them.
    ``is_blocked_inside``: the page may say so of the own provider. ``blockers``: to be asked in an emergency.
    """

    has_relation: bool | None
    consent: ConsentFact | None
    refusal: RefusalFact | None
    emergency: EmergencyFact | None
    inability: InabilityFact | None
    is_child_unable: bool
    is_temporarily_unable: bool
    has_all_units: bool
    relation_grounds: frozenset[RelationGround] = frozenset()
    consent_ahead: ConsentFact | None = None
    to_reconfirm: ConsentFact | None = None
    sip_consent: SipConsentFact | None = None
    renewable_inability: InabilityFact | None = None
    lifts: tuple[LiftFact, ...] = ()
    requests: tuple[LiftRequestFact, ...] = ()
    own_blocks: tuple[Block, ...] = ()
    own_lifts: tuple[LiftFact, ...] = ()
    is_blocked_inside: bool = False
    blockers: tuple[Provider, ...] = ()
    has_purpose: bool = True

    @property
    def person_may_be_named(self) -> bool:
        """The reader must be able to confirm the right person; before a relation or an emergency, no name.
        Under a purpose that has nothing to do with the patient none at all (row 18)."""
        return self.has_purpose and (bool(self.has_relation) or self.emergency is not None)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate says: a permit, or None where nothing at all may be asked; and why, reach by reach.

    ``changes_at``: when the first recorded act begins or ends by itself, so that another ruling may follow.
    ``looked_at``: when this reader last had this patient's overview before her, under the same assignment.
    """

    view_id: UUID
    at: datetime
    actor: Actor
    person: Person
    permit: Permit | None
    decisions: Mapping[Reach, Decision]
    standing: Standing
    acts: frozenset[Act]
    notices: frozenset[Notice]
    changes_at: datetime | None = None
    looked_at: datetime | None = None


def standing_of(
    actor: Actor, facts: Facts, at: datetime, known: Mapping[str, Provider] = MappingProxyType({})
) -> Standing:
    """``known``: the providers that can be named, by HSA-id."""
    return Standing(
        has_relation=facts.has_relation,
        has_purpose=reads_care(actor) or administers_consents(actor),
        consent=standing.consent_of(actor, facts, at),
        refusal=standing.refusal_of(actor, facts, at),
        emergency=standing.emergency_of(actor, facts, at),
        inability=standing.inability_of(actor, facts, at),
        is_child_unable=standing.is_child_unable_to_consent(facts, at),
        is_temporarily_unable=facts.is_temporarily_unable,
        has_all_units=standing.choice_of(actor, facts, at, ANY) is not None,
        relation_grounds=facts.relation_grounds,
        consent_ahead=standing.consent_ahead_of(actor, facts, at),
        to_reconfirm=standing.consent_to_reconfirm(actor, facts, at),
        sip_consent=standing.sip_consent_of(actor, facts, at),
        renewable_inability=standing.renewable_inability_of(actor, facts, at),
        lifts=tuple(x for x in facts.lifts if standing.lift_stands(x, actor, facts, at)),
        requests=tuple(
            r
            for r in facts.lift_requests
            if actor.provider.hsa_id == r.asked_provider_id or actor.hsa_id == r.employee_id
        ),
        own_blocks=blocking.of_own_provider(actor, facts) if Right.LIFT_BLOCKS in actor.rights else (),
        own_lifts=blocking.own_lifts(actor, facts),
        is_blocked_inside=blocking.are_noticed_inside(actor, at, facts),
        blockers=blocking.blockers(actor, facts, at, known),
    )


def bases_of(decisions: Mapping[Reach, Decision]) -> list[tuple[str, str, str]]:
    """For the log: owner, row of the table, and the recorded act each basis rests on."""
    return [
        (
            reach.provider_id if reach.unit_id == ANY else f"{reach.provider_id}/{reach.unit_id}",
            d.row.value,
            d.reference,
        )
        for reach, d in decisions.items()
        if isinstance(d, Basis)
    ]


def notices_of(
    actor: Actor,
    facts: Facts,
    at: datetime,
    holds: bool | None,
    *,
    existence_is_asked: bool,
    social_care: frozenset[str] = frozenset(),
    is_linked_number: bool = False,
) -> frozenset[Notice]:
    """``holds``: what the existence source answered, where one is configured (``existence_is_asked``).
    ``social_care``: the providers known to be omsorgsgivare, whose blocks are never told.
    ``is_linked_number``: the number that was typed is another one of the person's.
    """
    found = set()
    if blocking.are_noticed(actor, at, facts, social_care):
        found.add(Notice.BLOCKED)
    if facts.blocks is None:
        found.add(Notice.BLOCKS_UNKNOWN)
    if facts.person.died is not None:
        found.add(Notice.DECEASED)
    if facts.distrusted_before is not None and standing.consent_to_reconfirm(actor, facts, at) is not None:
        found.add(Notice.RECORD_RESTORED)
    found |= _notices_of_person(actor, facts, at)
    if is_linked_number and bool(facts.has_relation):
        found.add(Notice.NUMBER_LINKED)
    if _may_know_existence(actor, facts):
        answers = {True: Notice.EXISTENCE_YES, False: Notice.EXISTENCE_NO, None: Notice.EXISTENCE_UNKNOWN}
        found.add(answers[holds] if existence_is_asked else Notice.EXISTENCE_DEFAULT)
    return frozenset(found)


def _notices_of_person(actor: Actor, facts: Facts, at: datetime) -> set[Notice]:
    """Before the reader may know who it is, a number that nobody has looks like any other."""
    if not facts.person.is_known and not facts.person.is_missing:
        return {Notice.PERSON_UNKNOWN}
    if not standing_of(actor, facts, at).person_may_be_named:
        return set()
    if facts.person.is_missing:
        return {Notice.PERSON_MISSING}
    return {Notice.PROTECTED} if facts.person.is_protected else set()


def _may_know_existence(actor: Actor, facts: Facts) -> bool:
    """Row 5 (SVOD 2:4) is for those who could be given consent: not in row 18, nor after a death (row 21)."""
    if not facts.has_relation or facts.person.died is not None:
        return False
    if actor.kind is CareKind.SOCIAL_CARE:
        return actor.purpose is Purpose.CARE and bool(facts.has_social_need)
    return actor.purpose in (Purpose.CARE, Purpose.CERTIFICATE)
