"""The corners of the gate: what others answered, what permit and log row carry, the last statement."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db.models import DateTimeField, Value

from consent import gate, recording, release
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, Trace
from consent.acts import allowed_acts
from consent.dossiers import open_dossier, raise_version
from consent.encryption import digest_of
from consent.facts import Obstacle, Person, Protection, Relative, UnknownPerson
from consent.gate import Ask, RemoteFacts, decide_everywhere
from consent.models import Dossier
from consent.recording import Recorder
from consent.release import Shown, still_holds
from consent.remote import Known, aliases_of, know
from consent.ruling import Notice
from consent.terms import ANY, Basis, Block, PersonId, Refusal
from consent.vocabulary import BlockKind, CareKind, IdType, Kind, Reason, RelationGround, Row
from tests.consent.doings import OWNERS, TRACE, ask, by, last_row, rows
from tests.consent.examples import (
    AKUTEN,
    FJALL,
    GUNHILD,
    HEMSJUKVARD,
    HOUR,
    MEDICIN,
    MILO,
    NOW,
    NURSE,
    OMSORG,
    OWN_UNIT,
    OWN_UNLISTED,
    PSYKIATRI,
    VARD,
    choice,
    facts,
    inner,
    origin,
    other,
    outer,
    unknown_owner,
)
from tests.factories.permits import permit_for

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
YARA = PersonId("199710232381")
OLD = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
OLDER = PersonId("199602752397", IdType.SAMORDNINGSNUMMER)
KNOWN = Person(YARA, is_known=True, born=date(1997, 10, 23), protection=Protection.NONE, aliases=(OLD,))
HIDDEN = replace(KNOWN, protection=Protection.CONFIDENTIALITY_MARK, address="Myrvägen 1")
MINUTE = timedelta(minutes=1)


@dataclass
class Register:
    """Answers with one person, whoever is asked for; with nobody it knows none."""

    person: Person | None

    async def find(self, person: PersonId) -> Person:
        if self.person is None:
            raise UnknownPerson
        return self.person


@dataclass
class Answers:
    """Answers by number; what is not there is unknown."""

    by_number: dict[PersonId, Any]

    async def blocks_of(self, person: PersonId) -> Any:
        return self.by_number.get(person)

    async def relation_of(self, person: PersonId, unit_id: str) -> Any:
        return self.by_number.get(person) if unit_id == AKUTEN.hsa_id else None

    async def holds(self, person: PersonId) -> Any:
        return self.by_number.get(person)


def known_of(number: PersonId = YARA, person: Person | None = KNOWN, **answers: dict) -> Known:
    sources: dict[str, Any] = {name: Answers(by_number) for name, by_number in answers.items()}
    return asyncio.run(know(RemoteFacts(person=Register(person), **sources), NURSE, number))


# What others answered. ------------------------------------------------------------------------------

JOURNAL, SERVICE, NONE = RelationGround.JOURNAL, RelationGround.SERVICE, RelationGround.NONE


@pytest.mark.parametrize(("first", "second", "relation"), [
    (JOURNAL, NONE, JOURNAL),
    (NONE, JOURNAL, JOURNAL),
    (None, JOURNAL, JOURNAL),
    (JOURNAL, None, JOURNAL),
    (JOURNAL, SERVICE, JOURNAL),
    (SERVICE, JOURNAL, SERVICE),
    (NONE, NONE, NONE),
    (None, NONE, None),
    (NONE, None, None),
])  # fmt: skip
def test_relation_under_any_number_counts_and_the_main_number_goes_first(first, second, relation):
    assert known_of(relation={YARA: first, OLD: second}).relation is relation


@pytest.mark.parametrize(("first", "second", "holds"), [
    (True, False, True),
    (None, True, True),
    (False, False, False),
    (False, None, None),
    (None, False, None),
])  # fmt: skip
def test_others_hold_something_if_they_do_under_any_number(first, second, holds):
    assert known_of(existence={YARA: first, OLD: second}).holds is holds


class Held:
    """The portal's own store, of others' deliveries."""

    def __init__(self, *people: PersonId) -> None:
        self.people = set(people)

    async def is_held(self, people: tuple[PersonId, ...]) -> bool:
        return bool(self.people & set(people))


@pytest.mark.parametrize(("said", "blocks", "held", "holds"), [
    (False, (), (), False),
    (False, (), (YARA,), True),
    (False, (), (OLD,), True),
    (False, (inner(),), (OLD,), True),
    (False, (outer(VARD),), (YARA,), False),
    (False, None, (YARA,), None),
    (False, None, (), False),
    (None, (), (YARA,), None),
    (True, (outer(VARD),), (), True),
])  # fmt: skip
def test_what_lies_here_weighs_against_an_index_that_says_no(said, blocks, held, holds):
    sources = {"existence": Answers({YARA: said, OLD: said}), "blocks": Answers({YARA: blocks, OLD: blocks})}
    remote = RemoteFacts(person=Register(KNOWN), held=Held(*held), **sources)
    assert asyncio.run(know(remote, NURSE, YARA)).holds is holds


@pytest.mark.parametrize("unanswered", [YARA, OLD])
def test_blocks_are_known_only_for_all_numbers_and_main_number_first(unanswered):
    one, two = outer(VARD), outer(OMSORG)
    answers = {OLD: (two,), YARA: (one,)}
    assert known_of(blocks=answers).blocks == (one, two)
    assert known_of(blocks={**answers, unanswered: None}).blocks is None


def test_what_is_not_configured_knows_of_nothing():
    bare = asyncio.run(know(RemoteFacts(), NURSE, GUNHILD))
    assert bare == Known(Person(GUNHILD), blocks=(), relation=NONE, holds=None)


def test_register_that_knows_nobody_says_so():
    assert known_of(OLD, None).person == Person(OLD, is_missing=True)


def test_contacts_are_taken_from_the_protected_alone():
    reachable = replace(
        KNOWN, address="Myrvägen 1", phone="070-1740605", relatives=(Relative("Elin", "syster", ""),)
    )
    assert known_of(person=reachable).person == reachable
    hidden = known_of(person=replace(reachable, protection=Protection.UNKNOWN)).person
    assert (hidden.address, hidden.phone, hidden.relatives) == ("", "", ())


def test_number_that_was_typed_is_one_of_the_person_s():
    assert aliases_of(YARA, KNOWN) == (OLD,)
    assert aliases_of(OLD, KNOWN) == (OLD,)
    assert aliases_of(OLDER, KNOWN) == (OLDER, OLD)


# Where decisions are made. --------------------------------------------------------------------------


def test_reaches_are_decided_on_from_near_to_far_each_once():
    units = [f"{FJALL.hsa_id}-{n}" for n in "HCFAEBGD"]
    chosen = (*(choice(unit) for unit in units[:4]), choice(units[0]), choice(AKUTEN.hsa_id), choice(ANY))
    blocks = (*(replace(inner(PSYKIATRI), unit_id=unit) for unit in units[4:]), replace(inner(), unit_id=""))
    known = facts(choices=chosen, blocks=blocks)
    owners = [replace(VARD, hsa_id=f"SE-{n}") for n in "hcfaebgd"]
    decisions = decide_everywhere(NURSE, known, (FJALL, *owners, owners[0]), NOW)
    assert list(decisions) == [
        OWN_UNIT,
        OWN_UNLISTED,
        *(replace(OWN_UNLISTED, unit_id=unit) for unit in sorted(units)),
        *(other(owner) for owner in sorted(owners, key=lambda owner: owner.hsa_id)),
        *(unknown_owner(kind) for kind in CareKind),
    ]


def test_where_blocks_are_unknown_the_chosen_units_are_decided_on():
    medicin = replace(OWN_UNLISTED, unit_id=MEDICIN.hsa_id)
    decisions = decide_everywhere(NURSE, facts(blocks=None, choices=(choice(MEDICIN.hsa_id),)), (), NOW)
    assert decisions[medicin] == Refusal(Row.INNER_BLOCK, Reason.BLOCKS_UNKNOWN)


@pytest.mark.parametrize(("ends_s", "changes_s", "expires_s"), [
    ((), None, 60),
    ((None, None), None, 60),
    ((90,), 90, 60),
    ((10, 20), None, 10),
    ((10,), 5, 5),
    ((5,), 10, 5),
])  # fmt: skip
def test_permit_ends_with_the_first_of_view_ground_and_change(ends_s, changes_s, expires_s):
    def at(seconds: int | None) -> datetime | None:
        return None if seconds is None else NOW + timedelta(seconds=seconds)

    decisions = {replace(OWN_UNLISTED, unit_id=str(n)): Basis(Row.CHILD, expires_at=at(end))
                 for n, end in enumerate(ends_s)}  # fmt: skip
    refused: dict = {OWN_UNIT: Refusal(Row.NOTHING, Reason.NO_RELATION)}
    assert gate._expiry({**decisions, **refused}, NOW, at(changes_s)) == at(expires_s)


# What the answer carries. ---------------------------------------------------------------------------


def test_answer_carries_who_asked_what_may_be_recorded_and_what_it_rests_on(organisations):
    recording.confirm_relation(by())
    ruling = ask()
    dossier = Dossier.objects.get()
    assert ruling.actor == NURSE
    bare = facts(
        person=Person(GUNHILD),
        has_social_need=False,
        relation_grounds=frozenset({RelationGround.ATTESTED}),
    )
    assert ruling.acts == allowed_acts(NURSE, bare, ruling.at)
    permit = ruling.permit
    assert permit is not None
    assert (permit.actor, permit.patient, permit.view_id) == (NURSE, GUNHILD, ruling.view_id)
    assert (permit.dossier_id, permit.dossier_version) == (dossier.id, dossier.version)
    assert permit.decisions is ruling.decisions
    assert permit.expires_at == ruling.at + MINUTE


@pytest.mark.parametrize(("person", "is_protected"), [(KNOWN, False), (HIDDEN, True)])
def test_permit_knows_whether_the_person_is_protected(organisations, person, is_protected):
    recording.confirm_relation(by(patient=YARA))
    ruling = ask(patient=YARA, remote=RemoteFacts(person=Register(person)))
    assert ruling.permit is not None
    assert ruling.permit.is_protected is is_protected


def test_view_of_nobody_s_sources_is_still_decided_on(organisations):
    recording.confirm_relation(by())
    ruling = async_to_sync(gate.ask)(Ask(NURSE, GUNHILD, Action.OVERVIEW, TRACE))
    assert {r.provider_id for r in ruling.decisions} == {FJALL.hsa_id, ANY}
    (row,) = rows(ruling)
    assert (row.event, row.outcomes) == ("intent", {})


def test_social_care_block_is_not_told_where_the_owner_is_known_for_what_it_is(organisations):
    recording.confirm_relation(by())
    block = Block("b", BlockKind.OUTER, OMSORG.hsa_id)
    remote = RemoteFacts(blocks=Answers({GUNHILD: (block,)}))
    assert Notice.BLOCKED not in ask(remote=remote).notices
    of_vard = replace(block, provider_id=VARD.hsa_id)
    assert Notice.BLOCKED in ask(remote=RemoteFacts(blocks=Answers({GUNHILD: (of_vard,)}))).notices


def test_social_care_block_is_not_told_though_nothing_of_its_owners_is_connected(organisations):
    """Row 16 holds whoever's systems are asked: that the owner is an omsorgsgivare is on record."""
    recording.confirm_relation(by())
    unconnected = replace(OMSORG, hsa_id="SE2120000035-O001")
    remote = RemoteFacts(blocks=Answers({GUNHILD: (Block("b", BlockKind.OUTER, unconnected.hsa_id),)}))
    assert Notice.BLOCKED not in ask(remote=remote, providers={unconnected.hsa_id: unconnected}).notices


def test_vardgivare_to_ask_in_an_emergency_are_named_among_the_known(organisations):
    recording.confirm_relation(by())
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    block = Block("b", BlockKind.OUTER, VARD.hsa_id)
    remote = RemoteFacts(blocks=Answers({GUNHILD: (block,)}))
    assert ask(remote=remote, providers={VARD.hsa_id: VARD}).standing.blockers == (VARD,)
    assert ask(remote=remote).standing.blockers == ()


def test_register_links_numbers_in_its_own_name(organisations):
    ask(patient=YARA, remote=RemoteFacts(person=Register(KNOWN)))
    assert Dossier.objects.get(number_type=IdType.SAMORDNINGSNUMMER.value).linked_by == "register"


def test_while_the_register_is_down_the_typed_number_stays_beside_those_it_named(organisations):
    recording.confirm_relation(by(patient=YARA))
    ask(patient=YARA, remote=RemoteFacts(person=Register(KNOWN)))
    half_known = replace(KNOWN, id=OLD, aliases=(OLDER,))
    ruling = ask(patient=OLD, remote=RemoteFacts(person=Register(half_known)))
    assert ruling.person.id == YARA
    assert ruling.person.aliases == (OLD, OLDER)
    assert ruling.permit is not None
    assert ruling.permit.aliases == (OLD, OLDER)


def test_who_records_knows_what_the_view_knew(organisations):
    block = Block("b", BlockKind.OUTER, VARD.hsa_id)
    trace = Trace(request_id="q" * 32)
    remote = RemoteFacts(
        person=Register(KNOWN),
        blocks=Answers({YARA: (block,), OLD: ()}),
        relation=Answers({YARA: JOURNAL}),
    )
    request = Ask(NURSE, OLD, Action.ACCESS, trace, OWNERS, remote=remote)
    assert async_to_sync(gate.recorder_for)(request) == Recorder(NURSE, KNOWN, trace, JOURNAL, (block,))


# What the log row says. -----------------------------------------------------------------------------


def test_row_of_a_view_says_what_was_done_and_asked_for(organisations):
    recording.confirm_relation(by())
    request = Ask(
        NURSE, GUNHILD, Action.PRINT, TRACE, OWNERS, ("cosmic",), frozenset({Kind.WARNING, Kind.CONTACT})
    )
    (row,) = rows(async_to_sync(gate.ask)(request))
    assert (row.action, sorted(row.kinds)) == ("print", ["contact", "warning"])
    assert row.outcomes == {"cosmic": "asked"}
    assert (row.request_id, row.session_id, row.ip) == (TRACE.request_id, TRACE.session_id, TRACE.ip)


def test_row_of_a_view_lists_refusals_in_order(organisations):
    recording.confirm_relation(by())
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    block = Block("b", BlockKind.OUTER, VARD.hsa_id)
    (row,) = rows(ask(remote=RemoteFacts(blocks=Answers({GUNHILD: (block,)}))))
    assert row.detail["refusals"] == ["may_ask_to_lift", "names_only", "not_chosen", "not_in_emergency"]


@pytest.mark.parametrize(("answer", "word"), [(True, "yes"), (False, "no"), (None, "unknown")])
def test_row_of_a_view_says_what_others_were_told_to_hold(organisations, answer, word):
    (row,) = rows(ask(remote=RemoteFacts(existence=Answers({GUNHILD: answer}))))
    assert row.detail["existence"] == word


def test_row_of_a_view_says_nothing_of_what_nobody_was_asked(organisations):
    (row,) = rows(ask())
    assert "existence" not in row.detail


REVIEWED = replace(KNOWN, address="Myrvägen 1")


@pytest.mark.parametrize(("situation", "person", "grounds", "about"), [
    ("nothing known", Person(YARA), set(), {"relation": []}),
    ("known, no address", KNOWN, set(), {"relation": []}),
    ("known", REVIEWED, {RelationGround.JOURNAL},
     {"relation": ["journal"], "address": digest_of("Myrvägen 1").hex()[:32]}),
    ("protected", replace(HIDDEN, address=""), set(), {"relation": [], "protected": True}),
    ("protected, said by nobody", replace(HIDDEN, is_known=False, address=""), set(), {"relation": []}),
    ("several grounds", KNOWN, set(RelationGround) - {RelationGround.NONE},
     {"relation": ["attested", "insats", "journal", "utredning"]}),
])  # fmt: skip
def test_review_draws_by_relation_protection_and_address(situation, person, grounds, about):
    assert gate.for_review(facts(person=person, relation_grounds=frozenset(grounds))) == about


def test_row_of_a_view_carries_what_review_draws_by(organisations):
    recording.confirm_relation(by(patient=YARA))
    (row,) = rows(ask(patient=YARA, remote=RemoteFacts(person=Register(REVIEWED))))
    assert row.detail["relation"] == ["attested"]
    assert row.detail["address"] == digest_of("Myrvägen 1").hex()[:32]
    assert len(row.detail["address"]) == 32


# The last statement before bytes leave. -------------------------------------------------------------

OWN = (origin(AKUTEN), Kind.CARE_CONTACT)
OTHERS = (origin(HEMSJUKVARD), Kind.HOME_CARE)


def opened(**more: Any):
    permit = ask(**more).permit
    assert permit is not None
    return permit


def test_shown_row_is_about_the_patient_under_every_number(organisations):
    recording.confirm_relation(by(patient=YARA))
    permit = opened(patient=OLD, remote=RemoteFacts(person=Register(KNOWN)))
    release.release_now(permit, Shown([OWN], {}, {"care_contact": 3}), Action.DETAIL, TRACE)
    row = last_row()
    assert (row.event, row.action, row.patient(), row.patient_aliases()) == ("shown", "detail", YARA, (OLD,))
    assert row.detail["counts"] == {"care_contact": 3}
    assert row.activity == "Läsa"


def test_shown_row_without_counts_has_none(organisations):
    recording.confirm_relation(by())
    release.release_now(opened(), Shown([OWN]), Action.DETAIL, TRACE)
    assert "counts" not in last_row().detail


def test_nothing_shown_has_no_records_no_answers_and_no_counts():
    assert (Shown().origins, Shown().outcomes, Shown().counts) == ((), {}, {})


def test_one_record_of_an_emergency_makes_the_row_one(organisations):
    recording.confirm_relation(by())
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    release.release_now(opened(), Shown([OWN, OTHERS]), Action.OVERVIEW, TRACE)
    row = last_row()
    assert row.activity == "Nödöppning"
    assert [row_of for _, row_of, _ in row.bases] == ["8", "1"]


def test_refused_row_says_what_was_done_and_what_the_sources_came_with(organisations):
    recording.confirm_relation(by())
    permit = opened()
    with pytest.raises(release.NotReleased):
        release.release_now(permit, Shown([OWN, OTHERS], {"cosmic": "answered"}), Action.PRINT, TRACE)
    row = last_row()
    assert (row.event, row.action, row.outcomes, row.origins) == (
        "refused",
        "print",
        {"cosmic": "answered"},
        [],
    )


def test_row_of_one_who_left_says_from_what(organisations):
    recording.confirm_relation(by())
    async_to_sync(release.leave)(opened(), {"viva-hsl": "left"}, Action.TIMELINE, TRACE)
    assert (last_row().event, last_row().action) == ("left", "timeline")


def test_what_is_not_covered_leaves_no_ground_in_the_log():
    closed = permit_for(GUNHILD, NURSE, {OWN_UNIT: Refusal(Row.NOTHING, Reason.NO_RELATION)})
    entry: Entry = release._entry(Event.SHOWN, closed, Shown([OWN]), Action.OVERVIEW, TRACE)
    assert entry.bases == []


def test_open_page_holds_until_something_changes_or_runs_out(organisations):
    recording.confirm_relation(by())
    permit = opened()
    dossier, version = permit.dossier_id, permit.dossier_version
    now = open_dossier(GUNHILD).now
    assert still_holds(dossier, version, None)
    assert still_holds(dossier, version, now + HOUR)
    assert not still_holds(dossier, version, now - HOUR)
    assert not still_holds(dossier, version + 1, None)
    open_dossier(MILO)
    unknown = permit.view_id
    assert not still_holds(unknown, version, None)
    raise_version(Dossier.objects.get(pk=dossier))
    assert not still_holds(dossier, version, now + HOUR)


def test_open_page_is_over_at_its_last_moment(organisations, monkeypatch):
    dossier = open_dossier(GUNHILD).dossier
    moment = datetime(2026, 11, 15, 12, tzinfo=UTC)
    monkeypatch.setattr(release, "Now", lambda: Value(moment, DateTimeField()))
    assert not still_holds(dossier.id, dossier.version, moment)
    assert still_holds(dossier.id, dossier.version, moment + timedelta(microseconds=1))
