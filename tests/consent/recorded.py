"""A patient's record in memory: rows as consent.recording writes them, judged by the product's own rules.

No database: what is under test is consent.policy with its companions, and consent.ledger's way from rows to
facts. What each act writes is told here once more, in the fewest words.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from consent import blocking, gate, incapacity, ledger, standing
from consent.acts import Act, allowed_acts, emergency_may_be_declared
from consent.facts import Facts, LegalSettings, Obstacle, Person
from consent.recording import OPENING_LASTS
from consent.terms import ANY, SWEDISH_TIME, Actor, Basis, Origin, Provider, Refusal
from consent.vocabulary import BlockKind, CareKind, LiftAnswer, Reason, RelationGround
from tests.consent.examples import AKUTEN, GROWN_UP, reader
from tests.consent.reference import Document
from tests.factories.permits import permit_for

NOBODY = reader(AKUTEN, hsa_id="")
ASSERTIONS = ("is_needed", "is_attitude_clarified", "is_no_objection_known")


@dataclass(frozen=True)
class Seen:
    """What one look gives: documents, whether blocked data are said to exist, whose names, what may be done.

    ``until``: when the permit ends; None where there was none. Names and acts are None where the look cannot
    tell.
    """

    documents: frozenset[str]
    is_told_of_blocks: bool
    names: frozenset[str] | None = None
    acts: frozenset[Act] | None = None
    until: datetime | None = None


@dataclass
class Record:
    """One patient, as the rows of one database. ``owners``: whose information the sources hold."""

    documents: Sequence[Document]
    owners: tuple[Provider, ...]
    now: datetime
    person: Person = GROWN_UP
    legal: LegalSettings = field(default_factory=LegalSettings)
    restored: datetime | None = None
    are_blocks_known: bool = True
    journal: dict[str, RelationGround | None] = field(default_factory=dict)
    rows: dict[str, list[ledger.Act]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0
    is_exact: bool = True

    def __post_init__(self) -> None:
        noon = [datetime.combine(d.day, time(11), self.now.tzinfo) for d in self.documents]
        self.origins = [
            (d, Origin(d.provider, d.unit, d.unit, d.type, at))
            for d, at in zip(self.documents, noon, strict=True)
        ]

    def facts(self, who: Actor) -> Facts:
        journal = self.journal.get(who.unit.hsa_id, RelationGround.NONE)
        blocks = () if self.are_blocks_known else None
        return ledger.facts_from(
            self.rows, self.person, who, self.now, journal, blocks, self.restored, self.legal
        )

    def look(self, who: Actor) -> Seen:
        """Through the rules as the gate goes, and then through the permit, document by document."""
        facts = self.facts(who)
        decisions = gate.decide_everywhere(who, facts, self.owners, self.now)
        permit = permit_for(self.person.id, who, decisions)
        social = frozenset(o.hsa_id for o in self.owners if o.kind is CareKind.SOCIAL_CARE)
        is_opened = any(isinstance(d, Basis) for d in decisions.values())
        changes_at = ledger.next_change(self.rows, self.now)
        return Seen(
            documents=frozenset(d.name for d, origin in self.origins if permit.covers(origin, d.kind)),
            is_told_of_blocks=blocking.are_noticed(who, self.now, facts, social),
            names=frozenset(
                reach.provider_id
                for reach, d in decisions.items()
                if isinstance(d, Refusal) and d.reason is Reason.NAMES_ONLY and reach.provider_id != ANY
            ),
            acts=allowed_acts(who, facts, self.now),
            until=gate._expiry(decisions, self.now, changes_at) if is_opened else None,
        )

    def do(self, act: Act, who: Actor, **details: Any) -> bool | str:
        """Whether it could be recorded and was; the new row's id where somebody must name it later."""
        facts = self.facts(who)
        if act not in allowed_acts(who, facts, self.now):
            return False
        write: Callable[..., bool | str | None] = getattr(self, f"_{act.value}")
        done = write(who, facts, **details)
        return True if done is None else done

    # What happens around it. ------------------------------------------------------------------------

    def move(self, by: timedelta) -> None:
        self.now += by

    def block(self, owner: Provider, unit: str, *, is_inner: bool, **limits: Any) -> str:
        kind = BlockKind.INNER if is_inner else BlockKind.OUTER
        days = {name: day and day.isoformat() for name, day in limits.items() if name.endswith("_day")}
        types = [t.value for t in limits["excluded_types"]]
        extra = {"kind": kind.value, **days, "excluded_types": types}
        return self.add("block", NOBODY, extra, provider_id=owner.hsa_id, unit_id=unit)

    def end_block(self, block: str) -> None:
        self.change("block", [block], ended_at=self.now)

    def sign_out(self, who: Actor) -> None:
        """Personal openings end with the assignment."""
        for sort in ("emergencyopening", "unitchoice"):
            mine = self._not_over(sort, employee_id=who.hsa_id)
            self.change(sort, [str(r.id) for r in mine], ended_at=self.now)

    def answer_of_journal(self, unit: str, ground: RelationGround | None) -> None:
        self.journal[unit] = ground

    def block_service(self, *, answers: bool) -> None:
        self.are_blocks_known = answers

    def restore(self) -> None:
        self.restored = self.now

    def replay(self) -> None:
        self.restored = None

    def die(self) -> None:
        self.person = replace(self.person, died=self.now.astimezone(SWEDISH_TIME).date())

    # The rows. --------------------------------------------------------------------------------------

    def add(self, sort: str, who: Actor, extra: dict[str, Any] | None = None, **columns: Any) -> str:
        self.count += 1
        row = ledger.Act(
            sort=sort,
            id=UUID(int=self.count),
            provider_id=who.provider.hsa_id,
            unit_id=who.unit.hsa_id,
            employee_id="",
            recorded_at=self.now,
            starts_at=self.now,
            ends_at=None,
            ended_at=None,
            annulled_at=None,
            extra=extra or {},
        )
        self.rows[sort].append(replace(row, **columns))
        return str(row.id)

    def change(self, sort: str, ids: Iterable[str], **columns: Any) -> None:
        chosen = set(ids)
        self.rows[sort] = [replace(r, **columns) if str(r.id) in chosen else r for r in self.rows[sort]]

    def _set(self, sort: str, act_id: str, **extra: Any) -> None:
        (old,) = (r for r in self.rows[sort] if str(r.id) == act_id)
        self.change(sort, [act_id], extra={**old.extra, **extra})

    def _not_over(self, sort: str, **columns: str) -> list[ledger.Act]:
        return [
            r
            for r in self.rows[sort]
            if not r.stopped_at
            and (r.ends_at is None or r.ends_at > self.now)
            and all(getattr(r, name) == value for name, value in columns.items())
        ]

    def _yeses(self, who: Actor) -> list[ledger.Act]:
        mine = ("", who.hsa_id)
        rows = self._not_over("consent", provider_id=who.provider.hsa_id)
        return [r for r in rows if who.unit.hsa_id in r.extra["unit_ids"] and r.employee_id in mine]

    def _noes(self, units: Iterable[str]) -> list[str]:
        return [str(r.id) for r in self._not_over("consentrefusal") if r.unit_id in set(units)]

    # What each act writes. --------------------------------------------------------------------------

    def _confirm_relation(self, who: Actor, facts: Facts) -> None:
        ends_at = self.now + OPENING_LASTS
        self.add("carerelation", who, {"ground": "attested"}, employee_id=who.hsa_id, ends_at=ends_at)

    def _end_relation(self, who: Actor, facts: Facts) -> None:
        here = [str(r.id) for r in self._not_over("carerelation", unit_id=who.unit.hsa_id)]
        self.change("carerelation", here, ended_at=self.now)
        kept = {r.unit_id for r in self._not_over("carerelation")}
        over = [str(r.id) for r in self._yeses(who) if not kept & set(r.extra["unit_ids"])]
        self.change("consent", over, ended_at=self.now)

    def _give_consent(
        self,
        who: Actor,
        facts: Facts,
        units: tuple[str, ...],
        is_personal: bool,
        begins: datetime | None,
        ends: datetime | None,
    ) -> bool | None:
        starts = max(begins or self.now, self.now)
        if ends is not None and ends <= starts:
            return False
        person = who.hsa_id if is_personal else ""
        units_given = {"unit_ids": list(units)}
        self.add("consent", who, units_given, employee_id=person, starts_at=starts, ends_at=ends)
        if not is_personal and starts == self.now:
            self.change("consentrefusal", self._noes(units), ended_at=self.now)
        return None

    def _reconfirm_consent(self, who: Actor, facts: Facts) -> None:
        waiting = standing.consent_to_reconfirm(who, facts, self.now)
        (old,) = (r for r in self.rows["consent"] if waiting and str(r.id) == waiting.id)
        self.add("consent", who, dict(old.extra), employee_id=old.employee_id, ends_at=old.ends_at)

    def _refuse_consent(self, who: Actor, facts: Facts) -> None:
        self.add("consentrefusal", who)

    def _annul_refusal(self, who: Actor, facts: Facts) -> None:
        self.change("consentrefusal", self._noes([who.unit.hsa_id]), annulled_at=self.now)

    def _end_consent(self, who: Actor, facts: Facts) -> None:
        self.change("consent", [str(r.id) for r in self._yeses(who)], ended_at=self.now)

    def _annul_consent(self, who: Actor, facts: Facts) -> bool:
        mine = [str(r.id) for r in self._yeses(who)]
        self.change("consent", mine, annulled_at=self.now)
        return bool(mine)

    def _give_sip_consent(self, who: Actor, facts: Facts) -> None:
        self.add("sipconsent", who)

    def _end_sip_consent(self, who: Actor, facts: Facts) -> None:
        own = self._not_over("sipconsent", provider_id=who.provider.hsa_id)
        self.change("sipconsent", [str(r.id) for r in own], ended_at=self.now)

    def _choose_units(self, who: Actor, facts: Facts, target: str) -> None:
        ends_at = self.now + OPENING_LASTS
        self.add("unitchoice", who, {"target_unit_id": target}, employee_id=who.hsa_id, ends_at=ends_at)

    def _declare_emergency(self, who: Actor, facts: Facts, obstacle: Obstacle) -> bool | None:
        if not emergency_may_be_declared(who, facts, self.now, obstacle):
            return False
        if not facts.has_relation:
            self._confirm_relation(who, facts)
        said = {"is_danger": True, "obstacle": obstacle.value, "opened_at": None}
        ends_at = self.now + OPENING_LASTS
        self.add("emergencyopening", who, said, employee_id=who.hsa_id, ends_at=ends_at)
        return None

    def _open_emergency(self, who: Actor, facts: Facts) -> bool | None:
        declared = standing.emergency_of(who, facts, self.now)
        if declared is None:
            return False
        self._set("emergencyopening", declared.id, opened_at=self.now.isoformat())
        return None

    def _record_inability(self, who: Actor, facts: Facts, *, is_asserted: bool = False) -> None:
        said = {"is_lasting": True, **dict.fromkeys(ASSERTIONS, is_asserted)}
        self.add("inability", who, said, ends_at=self.now + incapacity.REVIEW_AFTER)

    def _assert_inability(self, who: Actor, facts: Facts) -> bool | None:
        found = standing.inability_of(who, facts, self.now)
        if found is None:
            return False
        self._set("inability", found.id, **dict.fromkeys(ASSERTIONS, True))
        return None

    def _renew_inability(self, who: Actor, facts: Facts) -> None:
        self._record_inability(who, facts, is_asserted=True)

    def _record_temporary(self, who: Actor, facts: Facts) -> None:
        said = {"is_lasting": False, **dict.fromkeys(ASSERTIONS, False)}
        self.add("inability", who, said, ends_at=self.now + OPENING_LASTS)

    def _assess_child(self, who: Actor, facts: Facts, ability: str) -> None:
        ends_at = self.now + incapacity.CHILD_ASSESSMENT_LASTS
        self.add("childassessment", who, {"ability": ability}, ends_at=ends_at)

    def _lift_block(
        self, who: Actor, facts: Facts, block: str, unit: str, person: str, lasts: timedelta
    ) -> str | bool:
        if block not in {b.id for b in blocking.of_own_provider(who, facts)}:
            return False
        return self._lift(who, block, unit, person, lasts)

    def _lift(self, who: Actor, block: str, unit: str, person: str, lasts: timedelta) -> str:
        ends_at = self.now + lasts
        return self.add(
            "blocklift", who, {"block_ref": block}, unit_id=unit, employee_id=person, ends_at=ends_at
        )

    def _end_lift(self, who: Actor, facts: Facts, lift: str) -> bool | None:
        if lift not in {x.id for x in facts.lifts if blocking.is_own_lift(x, who, facts)}:
            return False
        self.change("blocklift", [lift], ended_at=self.now)
        return None

    def _ask_to_lift(self, who: Actor, facts: Facts, provider: Provider) -> str | bool:
        blocks = blocking.to_ask_about(who, facts, self.now, provider.hsa_id)
        if not blocks or provider.kind is CareKind.SOCIAL_CARE:
            return False
        asked = {"asked_provider_id": provider.hsa_id, "answer": "", "refs": [b.id for b in blocks]}
        ends_at = self.now + OPENING_LASTS
        return self.add("liftrequest", who, asked, employee_id=who.hsa_id, ends_at=ends_at)

    def _answer_lift_request(self, who: Actor, facts: Facts, request: str, answer: LiftAnswer) -> bool | None:
        if request not in {r.id for r in blocking.requests_to(who, facts)}:
            return False
        (row,) = (r for r in self.rows["liftrequest"] if str(r.id) == request)
        self._set("liftrequest", request, answer=answer.value)
        own = {b.id for b in blocking.of_own_provider(who, facts)}
        for block in row.extra["refs"] if answer is LiftAnswer.LIFTED else ():
            if block in own:
                self._lift(who, block, row.unit_id, row.employee_id, OPENING_LASTS)
        return None
