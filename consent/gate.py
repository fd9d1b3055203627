"""The one door. Awaits remote facts, then in one hop reads own facts, decides and logs.

Everything that shows anything about a patient begins with ``ask``. No log, no display: where the intent
row cannot be written LogUnavailable is raised and nothing may be shown.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from django.db import Error, transaction

from consent import dossiers, ledger, policy
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.acts import allowed_acts
from consent.database import on_database_thread
from consent.encryption import digest_of
from consent.facts import Facts, Person
from consent.recording import Recorder
from consent.remote import NOTHING_REMOTE, Known, RemoteFacts, aliases_of, find_person, know
from consent.ruling import Notice, Ruling, Standing, bases_of, notices_of, standing_of
from consent.terms import ANY, Actor, Basis, Decision, Permit, PersonId, Provider, Reach
from consent.vocabulary import EVERY_KIND, CareKind, Distance, Kind

VIEW_LASTS_S = 60.0
REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Ask:
    """One view of one patient. ``owners``: whose information the configured sources hold. ``providers``: all
    that can be named, by HSA-id."""

    actor: Actor
    patient: PersonId
    action: Action
    trace: Trace
    owners: tuple[Provider, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: frozenset[Kind] = EVERY_KIND
    remote: RemoteFacts = NOTHING_REMOTE
    providers: Mapping[str, Provider] = field(default_factory=dict)


async def ask(request: Ask) -> Ruling:
    """Decide what this reader may see of this patient now, and log that it was asked.

    Raises LogUnavailable where nothing may be shown. A number that the register does not know is ruled on
    like any other: before a relation nobody can tell the two apart.
    """
    try:
        known = await know(request.remote, request.actor, request.patient)
        return await on_database_thread(_decide_and_log, request, known)
    except Error as error:
        raise LogUnavailable from error


async def recorder_for(request: Ask) -> Recorder:
    """What one who records an act must know from elsewhere: person, relation and blocks, asked afresh."""
    known = await know(request.remote, request.actor, request.patient)
    return Recorder(request.actor, known.person, request.trace, known.relation, known.blocks)


def _decide_and_log(request: Ask, known: Known) -> Ruling:
    """The row in the log is mostly all that is written. What else there is (a dossier, a link) stands and
    falls with it, in one transaction."""
    asked = known.person.id, request.actor, known.person.aliases
    # The version is read before the acts: what is recorded in between makes it an old one.
    found = None if known.person.aliases else dossiers.find_dossier(*asked)
    if found is not None:
        return _rule(request, known, found)
    with transaction.atomic():
        return _rule(request, known, dossiers.open_dossier(*asked))


def _rule(request: Ask, known: Known, found: dossiers.Found) -> Ruling:
    dossier, now = found.dossier, found.now
    person = _by_main_number(known.person, found)
    dossiers.link_numbers(dossier, person.aliases, by=REGISTER)
    acts = ledger.acts_of(dossier)
    changes_at = ledger.next_change(acts, now)
    facts = ledger.facts_from(
        acts, person, request.actor, now, known.relation, known.blocks, found.distrusted_before
    )
    decisions = MappingProxyType(decide_everywhere(request.actor, facts, request.owners, now))
    view_id = uuid.uuid4()
    permit = None
    if any(isinstance(d, Basis) for d in decisions.values()):
        permit = Permit(
            actor=request.actor,
            patient=person.id,
            aliases=aliases_of(request.patient, person),
            view_id=view_id,
            dossier_id=dossier.id,
            dossier_version=dossier.version,
            expires_at=_expiry(decisions, now, changes_at),
            kinds=request.kinds,
            decisions=decisions,
            is_protected=person.is_protected,
            hides_phones=request.action is not Action.PHONE,
        )
    write(_entry(request, facts, permit, decisions, view_id, known.holds))
    return Ruling(
        view_id=view_id,
        at=now,
        actor=request.actor,
        person=person,
        permit=permit,
        decisions=decisions,
        standing=standing_of(request.actor, facts, now, request.providers),
        acts=allowed_acts(request.actor, facts, now),
        notices=notices_of(
            request.actor,
            facts,
            now,
            known.holds,
            existence_is_asked=request.remote.existence is not None,
            social_care=_social_care(request),
            is_linked_number=request.patient != person.id,
        ),
        changes_at=changes_at,
        looked_at=found.looked_at,
    )


def _social_care(request: Ask) -> frozenset[str]:
    """Every omsorgsgivare that is known, whether or not anything of theirs is connected."""
    known = (*request.owners, *request.providers.values())
    return frozenset(p.hsa_id for p in known if p.kind is CareKind.SOCIAL_CARE)


def _by_main_number(person: Person, found: dossiers.Found) -> Person:
    """While the register cannot be asked, an older link still leads to the number that counts."""
    if found.typed_as is None:
        return person
    return replace(person, id=found.dossier.as_person(), aliases=(found.typed_as, *person.aliases))


def decide_everywhere(
    actor: Actor, facts: Facts, owners: tuple[Provider, ...], at: datetime
) -> dict[Reach, Decision]:
    """One decision per reach: own unit, own provider's units that matter, other owners known and unknown."""
    own = actor.provider
    units = {c.target_unit_id for c in facts.choices} | {b.unit_id for b in facts.blocks or () if b.unit_id}
    units = (units | {ANY}) - {actor.unit.hsa_id, ""}
    others = {p for p in owners if p.hsa_id != own.hsa_id}
    reaches = [
        Reach(Distance.OWN_UNIT, own.kind, own.hsa_id, actor.unit.hsa_id),
        *(Reach(Distance.OWN_PROVIDER, own.kind, own.hsa_id, unit) for unit in sorted(units)),
        *(Reach(Distance.OTHER_PROVIDER, p.kind, p.hsa_id) for p in sorted(others, key=lambda p: p.hsa_id)),
        *(Reach(Distance.OTHER_PROVIDER, kind) for kind in CareKind),
    ]
    ask_now = policy.Ask(actor, at)
    return {reach: policy.decide(ask_now, facts, reach) for reach in reaches}


def for_review(facts: Facts) -> dict[str, object]:
    """What the review of the log draws by: what the relation rests on, protected identity, and a keyed
    hash of the address (same as the reader's?), never the address."""
    about: dict[str, object] = {"relation": sorted(ground.value for ground in facts.relation_grounds)}
    if facts.person.is_known and facts.person.is_protected:
        about["protected"] = True
    if facts.person.address:
        about["address"] = digest_of(facts.person.address).hex()[:32]
    return about


def _expiry(decisions: Mapping[Reach, Decision], now: datetime, changes_at: datetime | None) -> datetime:
    """A permit lasts as long as its view, no longer than the first of what it rests on, and never past the
    moment when a recorded act (a relation that ends, a block that begins) would have made another ruling."""
    ends = [d.expires_at for d in decisions.values() if isinstance(d, Basis)]
    return min([now + timedelta(seconds=VIEW_LASTS_S), *(t for t in (*ends, changes_at) if t is not None)])


def _entry(
    request: Ask,
    facts: Facts,
    permit: Permit | None,
    decisions: Mapping[Reach, Decision],
    view_id: UUID,
    holds: bool | None,
) -> Entry:
    person = facts.person
    detail: dict[str, object] = {
        "refusals": sorted({d.reason.value for d in decisions.values() if not isinstance(d, Basis)}),
        **for_review(facts),
    }
    if permit is not None:
        detail["version"] = permit.dossier_version
    if request.remote.existence is not None:
        detail["existence"] = {True: "yes", False: "no", None: "unknown"}[holds]
    return Entry(
        event=Event.REFUSED if permit is None else Event.INTENT,
        actor=request.actor,
        trace=request.trace,
        patient=person.id,
        view_id=view_id,
        action=request.action,
        kinds=request.kinds,
        outcomes={} if permit is None else dict.fromkeys(request.sources, "asked"),
        bases=bases_of(decisions),
        detail=detail,
        aliases=aliases_of(request.patient, person),
    )


__all__ = [
    "Ask",
    "Notice",
    "RemoteFacts",
    "Ruling",
    "Standing",
    "ask",
    "decide_everywhere",
    "find_person",
    "recorder_for",
]
