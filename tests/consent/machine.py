"""Everything that may happen to one patient's record, in any order: steps for hypothesis, each told to the
product and to the reference, which must agree on who may do and see what.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Protocol

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
)

from consent.acts import Act
from consent.facts import Obstacle
from consent.terms import ANY, Actor, Provider
from consent.vocabulary import InformationType, Kind, LiftAnswer, Purpose, RelationGround, Right
from tests.consent import reference as law
from tests.consent.examples import (
    AKUTEN,
    BISTAND,
    FJALL,
    HEMSJUKVARD,
    HEMTJANST,
    MEDICIN,
    NATTPATRULL,
    NORD_OMSORG,
    NORD_VARD,
    OMSORG,
    PSYKIATRI,
    VARD,
    reader,
)
from tests.consent.recorded import Seen
from tests.consent.reference import DAY, SWEDEN, Document, Reference

TODAY = date(2026, 11, 15)
LEAST, SECOND, HOUR = timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=1)
WAITS = (HOUR, HOUR, HOUR, 23 * HOUR, DAY, 10 * DAY, 155 * DAY, 400 * DAY)
OFFICER = frozenset({Right.LIFT_BLOCKS})
READERS = {
    "nurse": reader(HEMSJUKVARD, hsa_id="P-1"),
    "nurse at night": reader(NATTPATRULL, hsa_id="P-1"),
    "colleague": replace(reader(HEMSJUKVARD, hsa_id="P-2"), rights=OFFICER),
    "doctor": reader(AKUTEN, hsa_id="P-3"),
    "doctor certifying": reader(AKUTEN, Purpose.CERTIFICATE, hsa_id="P-3"),
    "psychiatrist": replace(reader(PSYKIATRI, hsa_id="P-4"), rights=OFFICER),
    "carer": reader(HEMTJANST, hsa_id="P-5"),
    "assessor": reader(BISTAND, hsa_id="P-6"),
    "administrator": replace(
        reader(HEMSJUKVARD, Purpose.ADMINISTRATION, hsa_id="P-7"),
        rights=frozenset({Right.ADMINISTER_CONSENTS}),
    ),
}
PROVIDERS = {
    "region": FJALL,
    "vård": VARD,
    "omsorg": OMSORG,
    "nord vård": NORD_VARD,
    "nord omsorg": NORD_OMSORG,
}
UNITS = {u.name: u for u in (AKUTEN, MEDICIN, PSYKIATRI, HEMSJUKVARD, NATTPATRULL, HEMTJANST, BISTAND)}
DOCUMENTS = (
    Document("visit", FJALL, AKUTEN.hsa_id, Kind.CARE_CONTACT, InformationType.CARE_CONTACT, TODAY - 3 * DAY),
    Document("plan", FJALL, PSYKIATRI.hsa_id, Kind.CARE_PLAN, InformationType.CARE_PLAN, TODAY - 250 * DAY),
    Document("lithium", FJALL, PSYKIATRI.hsa_id, Kind.WARNING, InformationType.ALERT, TODAY - 500 * DAY),
    Document("diuretic", FJALL, MEDICIN.hsa_id, Kind.MEDICATION, InformationType.MEDICATION, TODAY - 7 * DAY),
    Document("unit unknown", FJALL, "", Kind.DIAGNOSIS, InformationType.DIAGNOSIS, TODAY - 9 * DAY),
    Document("dressing", VARD, HEMSJUKVARD.hsa_id, Kind.HOME_CARE, InformationType.DOCUMENTATION, TODAY),
    Document(
        "limit", VARD, NATTPATRULL.hsa_id, Kind.CARE_LIMITATION, InformationType.ALERT, TODAY - 80 * DAY
    ),
    Document("home help", OMSORG, HEMTJANST.hsa_id, Kind.SOCIAL_SERVICE, InformationType.SOCIAL, TODAY),
    Document("decision", OMSORG, BISTAND.hsa_id, Kind.CONTACT, InformationType.SOCIAL, TODAY - 400 * DAY),
    Document("nordic plan", NORD_VARD, "N-1", Kind.CARE_PLAN, InformationType.CARE_PLAN, TODAY - 20 * DAY),
    Document("respite", NORD_OMSORG, "N-2", Kind.SOCIAL_SERVICE, InformationType.SOCIAL, TODAY - 35 * DAY),
)


class Product(Protocol):
    """What is held against the law. ``do`` gives False where the act may not be recorded, else True or the id
    of what was written. ``is_exact``: its clock is ours, to the microsecond.
    """

    is_exact: bool

    @property
    def now(self) -> datetime: ...
    def do(self, act: Act, who: Actor, **details: Any) -> bool | str: ...
    def look(self, who: Actor) -> Seen: ...
    def move(self, by: timedelta) -> None: ...
    def block(self, owner: Provider, unit: str, *, is_inner: bool, **limits: Any) -> str: ...
    def end_block(self, block: str) -> None: ...
    def sign_out(self, who: Actor) -> None: ...
    def answer_of_journal(self, unit: str, ground: RelationGround | None) -> None: ...
    def block_service(self, *, answers: bool) -> None: ...
    def restore(self) -> None: ...
    def replay(self) -> None: ...
    def die(self) -> None: ...


def agree(what: str, product: Iterable[str], law: Iterable[str]) -> None:
    more, less = sorted(set(product) - set(law)), sorted(set(law) - set(product))
    assert not more, f"{what} against the law: {more}"
    assert not less, f"not {what}, though the law lets it: {less}"


# A cast of few in each example: they meet more often than a crowd would.
LEADS = ("nurse", "nurse at night", "colleague", "doctor", "psychiatrist", "carer", "assessor")
casts = st.builds(
    lambda leads, extra: tuple(dict.fromkeys([*leads, *extra])),
    st.lists(st.sampled_from(LEADS), min_size=1, max_size=2, unique=True),
    st.lists(st.sampled_from(sorted(READERS)), max_size=1),
)
readers = st.runner().flatmap(lambda machine: st.sampled_from(machine.cast))
obstacles = st.sampled_from([Obstacle.UNCONSCIOUS, *Obstacle])
OFFICER_OF = {READERS[who].provider: who for who in READERS if Right.LIFT_BLOCKS in READERS[who].rights}
officers = st.sampled_from([who for who in sorted(READERS) if Right.LIFT_BLOCKS in READERS[who].rights])
# Those whose blocks the cast may meet, and now and then any; those that have blocked, and now and then any.
owners = st.runner().flatmap(lambda machine: st.sampled_from(machine.block_owners))
blockers = st.runner().flatmap(lambda machine: st.sampled_from(machine.who_blocked))


class OneRecord(RuleBasedStateMachine):
    """Steps in one record's life. A subclass begins with a product and the reference."""

    people: dict[str, Actor] = READERS
    units: ClassVar[dict[Provider, tuple[str, ...]]] = {
        p: tuple(u.hsa_id for u in UNITS.values() if u.provider == p) for p in PROVIDERS.values()
    }
    documents: tuple[Document, ...] = DOCUMENTS
    product: Product
    law: Reference
    cast: tuple[str, ...]
    is_mortal = False
    is_restorable = False
    is_young = False
    has_blocks = True
    blocks = Bundle("blocks")
    lifts = Bundle("lifts")
    requests = Bundle("requests")

    @property
    def now(self) -> datetime:
        return self.product.now

    @property
    def block_owners(self) -> list[str]:
        theirs = [n for n, p in PROVIDERS.items() if any(self.people[who].provider == p for who in self.cast)]
        return [*theirs, *theirs, "region", "vård", *PROVIDERS]

    @property
    def who_blocked(self) -> list[str]:
        blocked = [b.owner for b in self.law.blocks if not b.is_inner]
        return [*[n for n, p in PROVIDERS.items() if p in blocked] * 3, *PROVIDERS]

    def midnight(self, days: int) -> datetime:
        """When the day begins that comes so many days after today, in Sweden."""
        today = (self.now + SECOND).astimezone(SWEDEN).date()
        return datetime.combine(today + days * DAY, time(), SWEDEN).astimezone(UTC)

    def act(self, act: Act, who: str, *, also: bool = True, **details: Any) -> bool | str:
        """One act, told to the product. Recorded it must be exactly where the law lets it; ``also``: what the
        law says of the details.
        """
        self.product.move(SECOND)
        actor = self.people[who]
        may = act in self.law.may(actor, self.now) and also
        done = self.product.do(act, actor, **details)
        assert bool(done) is may, (
            f"{who} may {'' if may else 'not '}{act}: {'recorded' if done else 'refused'}"
        )
        return done

    def said(self, who: str, lasts: timedelta | None = None, *, is_personal: bool = False) -> dict[str, Any]:
        """What everything that is said has in common."""
        actor = self.people[who]
        ends = None if lasts is None else self.now + lasts
        person = actor.hsa_id if is_personal else ""
        return {"given": self.now, "unit": actor.unit.hsa_id, "person": person, "ends": ends}

    # Looking. ---------------------------------------------------------------------------------------

    @invariant()
    def everybody_looks(self) -> None:
        for who in self.cast:
            self.look(who)

    def look(self, who: str) -> None:
        """What is shown, told and offered is what the law says; the permit outlives none of its grounds."""
        actor, at = self.people[who], self.now
        seen = self.product.look(actor)
        agree("shown", seen.documents, self.lawful(actor, at))
        if seen.names is not None:
            agree("named", seen.names, self.law.names(actor, tuple(PROVIDERS.values()), at))
        if seen.acts is not None:
            agree("offered", seen.acts, self.law.may(actor, at))
        told = self.law.is_told_of_blocks(actor, at)
        assert seen.is_told_of_blocks is told, f"told of blocks against the law: {not told}"
        if seen.until is not None:
            assert at < seen.until, "a permit that has run out"
            assert seen.documents <= self.lawful(actor, seen.until - LEAST), "the permit lasts too long"

    def lawful(self, actor: Actor, at: datetime) -> frozenset[str]:
        return self.law.shows(actor, self.documents, at)

    # Relation. --------------------------------------------------------------------------------------

    def confirm_relation(self, who: str) -> None:
        if self.act(Act.CONFIRM_RELATION, who):
            self.law.relations.append(law.Relation(**self.said(who, DAY, is_personal=True)))

    def end_relation(self, who: str) -> None:
        """Everything that the unit's relation carried ends with it; consents shared with a unit that still
        has the patient stay."""
        if not self.act(Act.END_RELATION, who):
            return
        actor = self.people[who]
        for relation in self.law.relations:
            relation.is_over |= relation.unit == actor.unit.hsa_id and relation.is_current(self.now)
        kept = {r.unit for r in self.law.relations if r.is_current(self.now)}
        for consent in self.law.consents:
            if consent.is_for(actor) and not kept & set(consent.units):
                consent.is_over = True

    def lose_relation(self, who: str) -> None:
        self.journal_answers(who, RelationGround.NONE)

    def be_asked_about(self, who: str) -> None:
        """An utredning, or for health care a planned visit."""
        is_social = self.people[who].kind is law.SOCIAL
        self.journal_answers(who, RelationGround.ASSESSMENT if is_social else RelationGround.JOURNAL)

    def lose_journal(self, who: str) -> None:
        self.journal_answers(who, None)

    def journal_answers(self, who: str, ground: RelationGround | None) -> None:
        """The unit's own journal says, from now on, that there is a relation or none; or cannot be asked."""
        unit = self.people[who].unit.hsa_id
        self.product.answer_of_journal(unit, ground)
        self.law.journal[unit] = ground

    # Consent. ---------------------------------------------------------------------------------------

    @rule(
        who=readers,
        is_personal=st.booleans(),
        is_wide=st.booleans(),
        begins_in=st.sampled_from([None, 0, 1, 10]),
        ends_in=st.sampled_from([None, 0, 2, 100]),
    )
    def give_consent(
        self, who: str, is_personal: bool, is_wide: bool, begins_in: int | None, ends_in: int | None
    ) -> None:
        actor = self.people[who]
        own = actor.unit.hsa_id
        units = tuple(sorted({own, *self.units[actor.provider]})) if is_wide else (own,)
        begins = None if begins_in is None else self.midnight(begins_in)
        ends = None if ends_in is None else self.midnight(ends_in + 1)
        is_sound = begins_in is None or ends_in is None or begins_in <= ends_in
        details = {"units": units, "is_personal": is_personal, "begins": begins, "ends": ends}
        if self.act(Act.GIVE_CONSENT, who, also=is_sound, **details):
            said = {**self.said(who, is_personal=is_personal), "begins": begins, "ends": ends}
            self.law.consents.append(law.Consent(**said, units=units))

    @rule(who=readers)
    def refuse_consent(self, who: str) -> None:
        if self.act(Act.REFUSE_CONSENT, who):
            self.law.noes.append(law.No(**self.said(who), provider=self.people[who].provider))

    def annul_refusal(self, who: str) -> None:
        """Recorded by mistake: it never was."""
        unit = self.people[who].unit.hsa_id
        if self.act(Act.ANNUL_REFUSAL, who):
            for no in self.law.open_noes(self.now):
                no.never_was |= no.unit == unit

    @rule(who=readers)
    def end_consent(self, who: str) -> None:
        if self.act(Act.END_CONSENT, who):
            for consent in self.law.consents_at_hand(self.people[who], self.now):
                consent.is_over = True

    def annul_consent(self, who: str) -> None:
        at_hand = self.law.consents_at_hand(self.people[who], self.now + SECOND)
        if self.act(Act.ANNUL_CONSENT, who, also=bool(at_hand)):
            for consent in at_hand:
                consent.never_was = True

    def reconfirm_consent(self, who: str) -> None:
        """After a restore: the longest of what waits is given once more."""
        waiting = self.law.consents_in_force(self.people[who], self.now + SECOND)
        if self.act(Act.RECONFIRM_CONSENT, who):
            longest = max(waiting, key=lambda c: (c.ends is None, c.ends or self.now))
            said = {**self.said(who), "person": longest.person, "ends": longest.ends}
            self.law.consents.append(law.Consent(**said, units=longest.units))

    def give_sip_consent(self, who: str) -> None:
        """Consent to a SIP is another thing: nothing opens or closes by it."""
        if self.act(Act.GIVE_SIP_CONSENT, who):
            self.law.sips.append((self.people[who].provider.hsa_id, law.Said(**self.said(who))))

    def end_sip_consent(self, who: str) -> None:
        if self.act(Act.END_SIP_CONSENT, who):
            for owner, said in self.law.sips:
                said.is_over |= owner == self.people[who].provider.hsa_id

    # Own units, emergency, inability, children. -----------------------------------------------------

    @rule(who=readers, which=st.none() | st.integers(0, 2))
    def choose_units(self, who: str, which: int | None) -> None:
        """One of the own provider's units, or all of them at once."""
        own = self.units[self.people[who].provider]
        target = ANY if which is None else own[which % len(own)]
        if self.act(Act.CHOOSE_UNITS, who, target=target):
            self.law.choices.append(law.Choice(**self.said(who, DAY, is_personal=True), target=target))

    def declare_emergency(self, who: str, obstacle: Obstacle) -> None:
        actor, is_unconscious = self.people[who], obstacle is Obstacle.UNCONSCIOUS
        at = self.now + SECOND
        may = self.law.may_declare(actor, at, is_unconscious=is_unconscious)
        has_relation = bool(self.law.grounds(actor, at))
        if self.act(Act.DECLARE_EMERGENCY, who, also=may, obstacle=obstacle):
            said = self.said(who, DAY, is_personal=True)
            self.law.emergencies.append(law.Emergency(**said, is_unconscious=is_unconscious))
            if not has_relation:
                self.law.relations.append(law.Relation(**said))

    def open_emergency(self, who: str) -> None:
        found = self.law.emergency(self.people[who], self.now + SECOND)
        if self.act(Act.OPEN_EMERGENCY, who):
            assert found is not None
            found.is_opened = True

    def sign_out(self, who: str) -> None:
        """What was opened for one person ends with the assignment."""
        self.product.move(SECOND)
        actor = self.people[who]
        self.product.sign_out(actor)
        for opening in (*self.law.emergencies, *self.law.choices):
            opening.is_over |= opening.person == actor.hsa_id

    @rule(who=readers, obstacle=obstacles, goes_on=st.booleans())
    def emergency(self, who: str, obstacle: Obstacle, goes_on: bool) -> None:
        """The first step, and mostly the second at once."""
        self.declare_emergency(who, obstacle)
        if goes_on:
            self.everybody_looks()
            self.open_emergency(who)

    def record_inability(self, who: str) -> None:
        if self.act(Act.RECORD_INABILITY, who):
            self.law.inabilities.append(law.Inability(**self.said(who, 183 * DAY)))

    def assert_inability(self, who: str) -> None:
        found = self.law.inability(self.people[who], self.now + SECOND)
        if self.act(Act.ASSERT_INABILITY, who):
            assert found is not None
            found.is_asserted = True

    @rule(who=readers, goes_on=st.booleans())
    def inability(self, who: str, goes_on: bool) -> None:
        self.record_inability(who)
        if goes_on:
            self.everybody_looks()
            self.assert_inability(who)

    def renew_inability(self, who: str) -> None:
        if self.act(Act.RENEW_INABILITY, who):
            self.law.inabilities.append(law.Inability(**self.said(who, 183 * DAY), is_asserted=True))

    def record_temporary(self, who: str) -> None:
        if self.act(Act.RECORD_TEMPORARY, who):
            self.law.confusions.append(law.Said(**self.said(who, DAY)))

    @precondition(lambda self: self.is_young)
    @rule(who=readers, is_able=st.booleans())
    def assess_child(self, who: str, is_able: bool) -> None:
        if self.act(Act.ASSESS_CHILD, who, ability="able" if is_able else "unable"):
            self.law.children.append(law.ChildAnswer(**self.said(who, 365 * DAY), is_able=is_able))

    # Blocks. ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.has_blocks)
    @rule(
        target=blocks,
        owner=owners,
        unit=st.none() | st.sampled_from(sorted(UNITS)),
        is_inner=st.booleans(),
        leaves_out=st.sampled_from([(), (), (InformationType.ALERT,), (InformationType.MEDICATION,)]),
        days=st.sampled_from([*[(None, None)] * 3, (-100, None), (None, -100), (-30, -5)]),
    )
    def block(
        self,
        owner: str,
        unit: str | None,
        is_inner: bool,
        leaves_out: tuple[InformationType, ...],
        days: tuple[int | None, int | None],
    ) -> str:
        self.product.move(SECOND)
        provider = PROVIDERS[owner]
        whose = UNITS[unit].hsa_id if unit and UNITS[unit].provider == provider else ""
        first, last = (None if d is None else TODAY + d * DAY for d in days)
        limits = {"first_day": first, "last_day": last, "excluded_types": leaves_out}
        block_id = self.product.block(provider, whose, is_inner=is_inner, **limits)
        known = law.Block(self.now, whose, id=block_id, owner=provider, is_inner=is_inner)
        self.law.blocks.append(replace(known, leaves_out=leaves_out, first=first, last=last))
        return block_id

    @rule(block=blocks)
    def end_block(self, block: str) -> None:
        self.product.move(SECOND)
        self.product.end_block(block)
        for known in self.law.blocks:
            known.is_over |= known.id == block

    @rule(
        target=lifts,
        who=st.none() | officers,
        block=blocks,
        reader=readers,
        is_personal=st.booleans(),
        lasts=st.sampled_from([HOUR, DAY, 30 * DAY]),
    )
    def lift_block(
        self, who: str | None, block: str, reader: str, is_personal: bool, lasts: timedelta
    ) -> str | MultipleResults[str]:
        """By the officer of whose block it is, or by another who must not."""
        owner = next(b.owner for b in self.law.blocks if b.id == block)
        who = who or OFFICER_OF.get(owner, "colleague")
        officer, for_whom = self.people[who], self.people[reader]
        is_own = block in {b.id for b in self.law.own_blocks(officer, self.now + SECOND)}
        if for_whom.provider != officer.provider:
            return multiple()
        unit, person = for_whom.unit.hsa_id, for_whom.hsa_id if is_personal else ""
        details = {"block": block, "unit": unit, "person": person, "lasts": lasts}
        done = self.act(Act.LIFT_BLOCK, who, also=is_own, **details)
        if not isinstance(done, str):
            return multiple()
        self.law.lifts.append(law.Lift(self.now, unit, person, self.now + lasts, id=done, block=block))
        return done

    @rule(who=officers, lift=lifts)
    def end_lift(self, who: str, lift: str) -> None:
        mine = [x for x in self.law.own_lifts(self.people[who], self.now + SECOND) if x.id == lift]
        if self.act(Act.END_LIFT, who, also=bool(mine), lift=lift):
            mine[0].is_over = True

    @precondition(lambda self: self.has_blocks)
    @rule(target=requests, who=readers, provider=blockers, is_emergency=st.booleans())
    def ask_to_lift(self, who: str, provider: str, is_emergency: bool) -> str | MultipleResults[str]:
        if is_emergency:
            self.declare_emergency(who, Obstacle.UNCONSCIOUS)
        other = PROVIDERS[provider]
        asked = self.law.blocks_to_ask_about(self.people[who], other, self.now + SECOND)
        done = self.act(Act.ASK_TO_LIFT, who, also=bool(asked), provider=other)
        if not isinstance(done, str):
            return multiple()
        said, about = self.said(who, DAY, is_personal=True), tuple(b.id for b in asked)
        self.law.requests.append(law.Request(**said, id=done, asked=other.hsa_id, blocks=about))
        return done

    @rule(who=st.none() | officers, request=requests, answer=st.sampled_from(LiftAnswer))
    def answer_request(self, who: str | None, request: str, answer: LiftAnswer) -> None:
        """Lifted for the one who asked, for a day; the blocking provider alone can."""
        asked = next(r.asked for r in self.law.requests if r.id == request)
        who = who or next((w for p, w in OFFICER_OF.items() if p.hsa_id == asked), "colleague")
        actor, at = self.people[who], self.now + SECOND
        mine = [r for r in self.law.requests_to(actor, at) if r.id == request]
        own = {b.id for b in self.law.own_blocks(actor, at)}
        if self.act(Act.ANSWER_LIFT_REQUEST, who, also=bool(mine), request=request, answer=answer):
            mine[0].is_over = True
            for block in own & set(mine[0].blocks) if answer is LiftAnswer.LIFTED else ():
                lift = law.Lift(self.now, mine[0].unit, mine[0].person, self.now + DAY, block=block)
                self.law.lifts.append(lift)

    # The rest, drawn together so that the steps above come more often. -------------------------------

    @rule(
        who=readers,
        step=st.sampled_from(
            [
                *("confirm_relation", "end_relation", "annul_consent", "reconfirm_consent"),
                *("open_emergency", "assert_inability", "renew_inability", "record_temporary"),
                *("sign_out", "annul_refusal", "annul_refusal", "give_sip_consent", "end_sip_consent"),
                *("lose_relation", "lose_journal", "be_asked_about", "be_asked_about", "be_asked_about"),
            ]
        ),
    )
    def also(self, who: str, step: str) -> None:
        getattr(self, step)(who)

    # What else happens. -----------------------------------------------------------------------------

    @rule(by=st.sampled_from(WAITS))
    def wait(self, by: timedelta) -> None:
        self.product.move(by)

    @precondition(lambda self: self.product.is_exact)
    @rule(off=st.sampled_from([-LEAST, timedelta(), LEAST]))
    def wait_for_next_change(self, off: timedelta) -> None:
        """To the moment when the first thing begins or ends by itself, or just before or after it."""
        coming = [t + off - self.now for t in self.law.changes() if t + off > self.now]
        if coming:
            self.product.move(min(coming))
            note(f"now {self.now.astimezone(SWEDEN)}")

    @precondition(lambda self: self.has_blocks)
    @rule()
    def look_while_blocks_are_unknown(self) -> None:
        """The service that keeps them does not answer for a moment."""
        for answers in (False, True):
            self.product.block_service(answers=answers)
            self.law.are_blocks_known = answers
            self.everybody_looks()

    @precondition(lambda self: self.is_restorable)
    @rule()
    def restore(self) -> None:
        """A backup is put back: what was taken back since it was made may be back too."""
        self.product.move(SECOND)
        self.product.restore()
        self.law.restored = self.now

    @precondition(lambda self: self.law.restored)
    @rule()
    def replay(self) -> None:
        """What was taken back has been replayed from the copy elsewhere: all of the record counts again."""
        self.product.replay()
        self.law.restored = None

    @precondition(lambda self: self.is_mortal)
    @rule()
    def die(self) -> None:
        self.product.die()
        self.law.has_died = True
        self.is_mortal = False
