"""The law once more, as plainly as it can be told: what the state machine holds the product against.

Written from the rows of docs/decision-table.md and from PDL and SVOD; it knows nothing of consent.policy,
standing, blocking or acts. One list for each sort of thing that was said, and questions asked of the lists.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from consent.acts import Act
from consent.terms import Actor, Provider
from consent.vocabulary import CareKind, InformationType, Kind, Purpose, RelationGround, Right

SWEDEN = ZoneInfo("Europe/Stockholm")
HEALTH, SOCIAL = CareKind.HEALTH_CARE, CareKind.SOCIAL_CARE
NOBODY = Provider("", "", HEALTH)
DAY = timedelta(days=1)
# Row 14: what omsorgsgivare may be shown of others, by the setting's default.
FOR_SOCIAL_CARE = {
    *(Kind.CARE_LIMITATION, Kind.WARNING, Kind.CONTACT),
    *(Kind.SOCIAL_SERVICE, Kind.HOME_CARE, Kind.COORDINATION),
}


class Gap(StrEnum):
    """Where the product does otherwise than it should. Each has an example in test_state_machine.py that
    fails; whoever mends one takes it away here.
    """

    OTHERS_NO = "an administrator may annul where only another provider has a no"
    MISTAKEN_YES = "a yes recorded by mistake and annulled has still ended the no before it"
    YES_AHEAD = "a yes that begins later answers a no only while it holds, others answer it for good"
    CHILD_PAST_NO = "in an emergency that passes a no, a child found unable is opened as if there were none"
    CHILD_BEFORE_RESTORE = "a child found unable before a restore is open after it"
    ANSWERED = "what was recorded because the patient could not be asked opens again once her yes has ended"


GAPS = frozenset(Gap)


@dataclass(frozen=True)
class Document:
    """Something written down about the patient. ``unit``: HSA-id, empty where the source did not say."""

    name: str
    provider: Provider
    unit: str
    kind: Kind
    type: InformationType
    day: date


@dataclass
class Said:
    """Something recorded: where, for whom, from when, until when. ``never_was``: recorded by mistake."""

    given: datetime
    unit: str
    person: str = ""
    ends: datetime | None = None
    begins: datetime | None = None
    is_over: bool = False
    never_was: bool = False

    def holds(self, at: datetime) -> bool:
        return max(self.given, self.begins or self.given) <= at and self.is_current(at)

    def is_current(self, at: datetime) -> bool:
        """In force or to come: what can still be ended."""
        return not self.is_over and not self.never_was and (self.ends is None or at < self.ends)

    def is_for(self, who: Actor) -> bool:
        return self.unit == who.unit.hsa_id and self.person in ("", who.hsa_id)


@dataclass
class Consent(Said):
    units: tuple[str, ...] = ()

    def is_for(self, who: Actor) -> bool:
        return who.unit.hsa_id in self.units and self.person in ("", who.hsa_id)


@dataclass
class No(Said):
    provider: Provider = NOBODY


@dataclass
class Relation(Said):
    ground: RelationGround = RelationGround.ATTESTED


@dataclass
class Emergency(Said):
    is_unconscious: bool = False
    is_opened: bool = False


@dataclass
class Inability(Said):
    is_asserted: bool = False


@dataclass
class ChildAnswer(Said):
    is_able: bool = False


@dataclass
class Choice(Said):
    """``target``: the other unit's HSA-id, or ``*`` for all of them."""

    target: str = "*"


@dataclass
class Block(Said):
    """A block. ``unit`` is whose documents, empty for the whole provider's."""

    id: str = ""
    owner: Provider = NOBODY
    is_inner: bool = True
    leaves_out: tuple[InformationType, ...] = ()
    first: date | None = None
    last: date | None = None

    def covers(self, what: Document) -> bool:
        if what.provider != self.owner or what.type in self.leaves_out:
            return False
        if self.unit and what.unit and self.unit != what.unit:
            return False
        return (self.first is None or self.first <= what.day) and (self.last is None or what.day <= self.last)

    def covers_all(self) -> bool:
        return not (self.unit or self.leaves_out or self.first or self.last)


@dataclass
class Lift(Said):
    id: str = ""
    block: str = ""


@dataclass
class Request(Said):
    id: str = ""
    asked: str = ""
    blocks: tuple[str, ...] = ()


@dataclass
class Reference:
    """One patient, and all that was ever said. Questions take the moment they are about."""

    born: date | None = date(1939, 8, 13)
    has_died: bool = False
    blocks_may_be_seen: bool = True
    emergency_may_pass_a_no: bool = True
    restored: datetime | None = None
    are_blocks_known: bool = True
    journal: dict[str, RelationGround | None] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    noes: list[No] = field(default_factory=list)
    emergencies: list[Emergency] = field(default_factory=list)
    inabilities: list[Inability] = field(default_factory=list)
    confusions: list[Said] = field(default_factory=list)
    children: list[ChildAnswer] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    lifts: list[Lift] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    sips: list[tuple[str, Said]] = field(default_factory=list)
    gaps: frozenset[Gap] = GAPS

    # May they have to do with the patient at all? ---------------------------------------------------

    def grounds(self, who: Actor, at: datetime) -> set[RelationGround]:
        said = {r.ground for r in self.relations if r.is_for(who) and r.holds(at)}
        journal = self.journal.get(who.unit.hsa_id, RelationGround.NONE)
        return said | ({journal} - {RelationGround.NONE} if journal else set())

    def deals_with(self, who: Actor, at: datetime) -> bool:
        """Purpose and relation (row 18), and for omsorgsgivare insats or utredning (row 19)."""
        grounds = self.grounds(who, at)
        if who.kind is SOCIAL:
            needs = {RelationGround.SERVICE, RelationGround.ASSESSMENT}
            return who.purpose is Purpose.CARE and bool(grounds & needs)
        return who.purpose in (Purpose.CARE, Purpose.CERTIFICATE) and bool(grounds)

    # What did the patient say? ----------------------------------------------------------------------

    def no(self, who: Actor, at: datetime) -> No | None:
        """The latest no at the reader's unit that no later yes has answered (row 7). A personal yes answers
        it for that person, while it holds."""
        here = [n for n in self.open_noes(at) if n.unit == who.unit.hsa_id]
        mine = [c for c in self.consents if c.is_for(who) and c.holds(at) and self._is_trusted(c)]
        unanswered = [n for n in here if not any(c.given > n.given for c in mine)]
        return max(unanswered, key=lambda n: n.given, default=None)

    def open_noes(self, at: datetime) -> list[No]:
        """Those that no later yes for their unit has answered for good."""
        yeses = [c for c in self.consents if self._answers_for_good(c, at)]
        noes = [n for n in self.noes if not n.never_was]
        return [n for n in noes if not any(n.unit in y.units and y.given > n.given for y in yeses)]

    def _answers_for_good(self, yes: Consent, at: datetime) -> bool:
        is_real = not yes.never_was or Gap.MISTAKEN_YES in self.gaps
        begins = max(yes.given, yes.begins or yes.given)
        has_begun = begins == yes.given if Gap.YES_AHEAD in self.gaps else begins <= at
        return not yes.person and is_real and has_begun

    def consents_in_force(self, who: Actor, at: datetime) -> list[Consent]:
        """Every yes for the reader that no later no has undone; those undone stay so."""
        noes = [no.given for no in self.noes if no.unit == who.unit.hsa_id and not no.never_was]
        mine = [c for c in self.consents if c.is_for(who) and c.holds(at)]
        return [c for c in mine if all(no < c.given for no in noes)]

    def consents_at_hand(self, who: Actor, at: datetime) -> list[Consent]:
        """What ending or annulling is about: in force or to come, whatever a no has made of it."""
        return [c for c in self.consents if c.is_for(who) and c.is_current(at)]

    def consents_ahead(self, who: Actor, at: datetime) -> list[Consent]:
        """Recorded, to begin later, and nothing said since that takes it back."""
        coming = [c for c in self.consents if c.begins and c.begins > at and self._is_trusted(c)]
        return [c for c in coming if c.begins and c in self.consents_in_force(who, c.begins)]

    def has_consent(self, who: Actor, at: datetime) -> bool:
        """Rows 6 and 14. After a restore only what was said since."""
        found = any(self._is_trusted(c) for c in self.consents_in_force(who, at))
        return found and self.no(who, at) is None

    def _is_trusted(self, said: Said) -> bool:
        return self.restored is None or said.given >= self.restored

    def _has_answered_since(self, said: Said, who: Actor) -> bool:
        """Whoever says yes or no can be asked: what was recorded because she could not is over."""
        if Gap.ANSWERED in self.gaps:
            return False
        yeses = (c for c in self.consents if who.unit.hsa_id in c.units and not c.never_was)
        noes = (no for no in self.noes if no.unit == who.unit.hsa_id and not no.never_was)
        return any(answer.given > said.given for answer in (*yeses, *noes))

    # What stands in its place? ----------------------------------------------------------------------

    def emergency(self, who: Actor, at: datetime) -> Emergency | None:
        """Row 8: the reader's own, at this unit. Past a no only for somebody unconscious since."""
        if who.kind is SOCIAL or who.purpose is not Purpose.CARE:
            return None
        no = self.no(who, at)
        mine = [
            e
            for e in self.emergencies
            if e.is_for(who) and e.holds(at) and self._is_trusted(e) and not self._has_answered_since(e, who)
        ]
        if no is not None:
            passes = self.emergency_may_pass_a_no
            mine = [e for e in mine if passes and e.is_unconscious and e.given > no.given]
        return max(mine, key=lambda e: (e.is_opened, e.given), default=None)

    def inability(self, who: Actor, at: datetime) -> Inability | None:
        """Rows 9 and 15b: the unit's, until its review; never against a no."""
        if self.no(who, at) is not None:
            return None
        here = [
            i
            for i in self.inabilities
            if i.is_for(who) and i.holds(at) and self._is_trusted(i) and not self._has_answered_since(i, who)
        ]
        return max(here, key=lambda i: (i.is_asserted, i.given), default=None)

    def age(self, at: datetime) -> int | None:
        day = at.astimezone(SWEDEN).date()
        if self.born is None:
            return None
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def is_child_unable(self, who: Actor, at: datetime) -> bool:
        """Rows 11 and 15a: under 13 unless found able, 13 to 17 only if found unable."""
        is_any = Gap.CHILD_BEFORE_RESTORE in self.gaps
        counts = [c for c in self.children if is_any or c.is_able or self._is_trusted(c)]
        here = [c for c in counts if c.is_for(who) and c.holds(at)]
        last = max(here, key=lambda c: c.given, default=None)
        age = self.age(at)
        if age is None or age >= 18:
            return False
        return not (last and last.is_able) if age < 13 else bool(last and not last.is_able)

    # What may be seen? ------------------------------------------------------------------------------

    def shows(self, who: Actor, documents: Iterable[Document], at: datetime) -> frozenset[str]:
        """The names of those that the reader may see."""
        if not self.deals_with(who, at):
            return frozenset()
        others = self._opened(who, at)
        blocks = self.standing_blocks(who, at)
        targets = {c.target for c in self.choices if c.is_for(who) and c.holds(at)}
        found = set()
        for what in documents:
            is_own = what.provider == who.provider
            if is_own and what.unit == who.unit.hsa_id:
                found.add(what.name)
                continue
            is_open = self._is_chosen(what, targets) if is_own else (what.provider.kind, what.kind) in others
            is_blocked = any(b.is_inner is is_own and b.covers(what) for b in blocks)
            if is_open and self.are_blocks_known and not is_blocked:
                found.add(what.name)
        return frozenset(found)

    def _is_chosen(self, what: Document, targets: set[str]) -> bool:
        """Row 2. A document that names no unit is opened by choosing all of them."""
        return "*" in targets or bool(what.unit and what.unit in targets)

    def standing_blocks(self, who: Actor, at: datetime) -> list[Block]:
        lifted = {x.block for x in self.lifts_for(who, at)}
        return [b for b in self.blocks if b.holds(at) and b.id not in lifted]

    def lifts_for(self, who: Actor, at: datetime) -> list[Lift]:
        return [x for x in self.lifts if x.is_for(who) and x.holds(at) and self._is_trusted(x)]

    def _opened(self, who: Actor, at: datetime) -> set[tuple[CareKind, Kind]]:
        """Of other providers' documents: whose, and of which kind (rows 5 to 11, 14, 15, 21)."""
        if self.has_died:
            return set()
        if self.has_consent(who, at):
            kinds = FOR_SOCIAL_CARE if who.kind is SOCIAL else set(Kind)
            return {(owner, kind) for owner in CareKind for kind in kinds}
        if who.purpose is Purpose.CERTIFICATE:
            return set()
        emergency, has_no = self.emergency(who, at), self.no(who, at) is not None
        found = set()
        if emergency is not None and emergency.is_opened:
            found |= {(HEALTH, kind) for kind in Kind}
        if not has_no or (emergency is not None and Gap.CHILD_PAST_NO in self.gaps):
            inability = self.inability(who, at)
            if self.is_child_unable(who, at) or (inability is not None and inability.is_asserted):
                owners = {SOCIAL} if who.kind is SOCIAL else set(CareKind)
                found |= {(owner, kind) for owner in owners for kind in Kind}
        return found

    def is_told_of_blocks(self, who: Actor, at: datetime) -> bool:
        """Rows 3 and 12: vårdgivare of vårdgivare's, never omsorgsgivare, never of omsorg's (row 16)."""
        if who.kind is SOCIAL or not self.blocks_may_be_seen or not self.deals_with(who, at):
            return False
        return self.are_blocks_known and any(self._tells(b, who) for b in self.standing_blocks(who, at))

    def _tells(self, block: Block, who: Actor) -> bool:
        is_own = block.owner == who.provider
        if block.is_inner:
            return is_own and block.unit != who.unit.hsa_id
        return not is_own and not self.has_died and block.owner.kind is HEALTH

    def names(self, who: Actor, others: tuple[Provider, ...], at: datetime) -> set[str]:
        """First steps of rows 8, 9 and 15b: whose names, and nothing else, are shown."""
        if not self.deals_with(who, at) or self.has_died or not self.are_blocks_known:
            return set()
        emergency, inability = self.emergency(who, at), self.inability(who, at)
        if self.has_consent(who, at) or who.purpose is not Purpose.CARE:
            return set()
        if emergency is None and (inability is None or self.no(who, at) is not None):
            return set()
        has_no = self.no(who, at) is not None and Gap.CHILD_PAST_NO not in self.gaps
        if self.is_child_unable(who, at) and not has_no:
            return set()
        if inability is not None and inability.is_asserted:
            return set()
        named = set()
        for other in others:
            if emergency is not None:
                is_named = other.kind is HEALTH and not emergency.is_opened
            else:
                is_named = who.kind is HEALTH or other.kind is SOCIAL
            if other != who.provider and is_named and not self._is_known_shut(who, other, at):
                named.add(other.hsa_id)
        return named

    def _is_known_shut(self, who: Actor, other: Provider, at: datetime) -> bool:
        may_know = who.kind is HEALTH and other.kind is HEALTH and self.blocks_may_be_seen
        shut = any(
            not b.is_inner and b.owner == other and b.covers_all() for b in self.standing_blocks(who, at)
        )
        return may_know and shut

    # What may be recorded? --------------------------------------------------------------------------

    def may(self, who: Actor, at: datetime) -> set[Act]:
        """Everything the reader may record now."""
        if who.purpose is Purpose.ADMINISTRATION:
            return self._on_paper(who, at)
        if who.purpose is not Purpose.CARE and not (
            who.purpose is Purpose.CERTIFICATE and who.kind is HEALTH
        ):
            return set()
        acts = self._as_health_care(who, at) if who.kind is HEALTH else set()
        if self.deals_with(who, at):
            acts.add(Act.CHOOSE_UNITS)
            if not self.has_died:
                acts |= self._about_consent(who, at) | self._about_blocks(who, at)
        if self.grounds(who, at):
            acts.add(Act.END_RELATION)
        if who.kind is HEALTH and who.purpose is Purpose.CARE and self.grounds(who, at) and not self.has_died:
            # Nobody in these worlds is put on a list.
            acts.add(Act.FOLLOW)
        if Right.LIFT_BLOCKS in who.rights and not self.has_died and self.requests_to(who, at):
            acts.add(Act.ANSWER_LIFT_REQUEST)
        return acts

    def _on_paper(self, who: Actor, at: datetime) -> set[Act]:
        if Right.ADMINISTER_CONSENTS not in who.rights or self.has_died or self.is_child_unable(who, at):
            return set()
        acts = {Act.GIVE_CONSENT, Act.REFUSE_CONSENT, Act.END_CONSENT, Act.ANNUL_CONSENT}
        any_provider = Gap.OTHERS_NO in self.gaps
        has_no = any(any_provider or n.provider == who.provider for n in self.open_noes(at))
        return acts | self._about_sip(who, at) | ({Act.ANNUL_REFUSAL} if has_no else set())

    def _as_health_care(self, who: Actor, at: datetime) -> set[Act]:
        acts = set() if self.grounds(who, at) else {Act.CONFIRM_RELATION}
        if self.has_died or who.purpose is not Purpose.CARE:
            return acts
        if self.may_declare(who, at, is_unconscious=True):
            acts.add(Act.DECLARE_EMERGENCY)
        emergency = self.emergency(who, at)
        if emergency is not None and not emergency.is_opened:
            acts.add(Act.OPEN_EMERGENCY)
        return acts

    def may_declare(self, who: Actor, at: datetime, *, is_unconscious: bool) -> bool:
        """While a no stands, only for one who cannot be asked again, and where the setting lets it."""
        return self.no(who, at) is None or (self.emergency_may_pass_a_no and is_unconscious)

    def _about_consent(self, who: Actor, at: datetime) -> set[Act]:
        acts: set[Act] = set()
        is_care, no = who.purpose is Purpose.CARE, self.no(who, at)
        if not self.is_child_unable(who, at):
            acts |= {Act.GIVE_CONSENT, Act.REFUSE_CONSENT}
            if is_care:
                acts |= self._about_sip(who, at)
                if no is None and not self.has_consent(who, at):
                    acts |= self._about_inability(who, at)
        if 13 <= (self.age(at) or 0) < 18:
            acts.add(Act.ASSESS_CHILD)
        if self.has_consent(who, at) or self.consents_ahead(who, at):
            acts |= {Act.END_CONSENT, Act.ANNUL_CONSENT}
        if no is None and not self.has_consent(who, at) and self.consents_in_force(who, at):
            acts.add(Act.RECONFIRM_CONSENT)
        return acts | ({Act.ANNUL_REFUSAL} if no else set())

    def _about_sip(self, who: Actor, at: datetime) -> set[Act]:
        agreed = any(p == who.provider.hsa_id and s.holds(at) for p, s in self.sips)
        return {Act.END_SIP_CONSENT} if agreed else {Act.GIVE_SIP_CONSENT}

    def _about_inability(self, who: Actor, at: datetime) -> set[Act]:
        confused = any(c.is_for(who) and c.holds(at) for c in self.confusions)
        acts = set() if confused else {Act.RECORD_TEMPORARY}
        inability = self.inability(who, at)
        if inability is None:
            acts.add(Act.RECORD_INABILITY)
        elif not inability.is_asserted:
            acts.add(Act.ASSERT_INABILITY)
        if self._is_due(who, at):
            acts.add(Act.RENEW_INABILITY)
        return acts

    def _is_due(self, who: Actor, at: datetime) -> bool:
        """From 30 days before the review until somebody renews; at once after a restore."""
        asserted = [i for i in self.inabilities if i.is_for(who) and i.is_asserted and not i.is_over]
        last = max(asserted, key=lambda i: i.ends or i.given, default=None)
        if last is None or self._has_answered_since(last, who):
            return False
        return at >= (last.ends or last.given) - 30 * DAY or not self._is_trusted(last)

    def _about_blocks(self, who: Actor, at: datetime) -> set[Act]:
        acts: set[Act] = set()
        if who.purpose is not Purpose.CARE:
            return acts
        if Right.LIFT_BLOCKS in who.rights:
            acts |= {Act.LIFT_BLOCK} if self.own_blocks(who, at) else set()
            acts |= {Act.END_LIFT} if self.own_lifts(who, at) else set()
        if self.emergency(who, at) is not None:
            acts.add(Act.ASK_TO_LIFT)
        return acts

    def own_blocks(self, who: Actor, at: datetime) -> list[Block]:
        known = self.blocks if self.are_blocks_known else []
        return [b for b in known if b.owner == who.provider and b.holds(at)]

    def own_lifts(self, who: Actor, at: datetime) -> list[Lift]:
        own = {b.id for b in self.own_blocks(who, at)}
        return [x for x in self.lifts if x.block in own and x.holds(at)]

    def requests_to(self, who: Actor, at: datetime) -> list[Request]:
        return [r for r in self.requests if r.asked == who.provider.hsa_id and r.holds(at)]

    def blocks_to_ask_about(self, who: Actor, other: Provider, at: datetime) -> list[Block]:
        """Row 13: another vårdgivare's outer blocks against the reader; of others nobody is asked."""
        if not self.blocks_may_be_seen or not self.are_blocks_known or other.kind is SOCIAL:
            return []
        against = self.standing_blocks(who, at)
        return [b for b in against if not b.is_inner and b.owner == other != who.provider]

    def changes(self) -> list[datetime]:
        """Every moment at which something begins or ends by itself."""
        lists = (self.relations, self.consents, self.emergencies, self.inabilities, self.confusions)
        more = (self.children, self.choices, self.blocks, self.lifts, self.requests)
        said: list[Said] = [s for group in (*lists, *more) for s in group]
        birthdays = [self.born.replace(year=self.born.year + age) for age in (13, 18)] if self.born else []
        days = [datetime(d.year, d.month, d.day, tzinfo=SWEDEN) for d in birthdays]
        return [*days, *(t for s in said for t in (s.begins, s.ends) if t is not None)]
