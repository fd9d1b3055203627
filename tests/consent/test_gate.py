"""The one door, on the real database: facts read, decided on and logged in one transaction."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from consent import consenting, recording
from consent.accesslog.write import LogUnavailable
from consent.dossiers import open_dossier
from consent.facts import Person, Protection, Relative, UnknownPerson
from consent.gate import RemoteFacts, Ruling
from consent.models import (
    Block,
    BlockLift,
    CareRelation,
    Consent,
    Dossier,
    EmergencyOpening,
    Inability,
    UnitChoice,
)
from consent.ruling import Notice
from consent.terms import ANY, Basis, PersonId, Reach
from consent.terms import Block as BlockValue
from consent.vocabulary import BlockKind, CareKind, Distance, IdType, Kind, Reason, RelationGround, Row
from tests.consent.doings import ask, by, last_row, rows, statements
from tests.consent.examples import (
    AKUTEN,
    CARER,
    FJALL,
    GUNHILD,
    HEMTJANST,
    MILO,
    NURSE,
    PSYKIATRI,
    VARD,
    other,
    reader,
)

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
YARA = PersonId("199710232381")
YARAS_OLD = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
MINUTE = timedelta(minutes=1)


@dataclass
class Register:
    """A population register of a few people."""

    people: tuple[Person, ...]

    async def find(self, person: PersonId) -> Person:
        for known in self.people:
            if person in (known.id, *known.aliases):
                return known
        raise UnknownPerson


@dataclass
class Answers:
    """Sources of blocks, relation and existence that answer by number; what is not there is unknown."""

    by_number: dict[PersonId, object]

    async def blocks_of(self, person: PersonId):
        return self.by_number.get(person)

    async def relation_of(self, person: PersonId, unit_id: str):
        assert unit_id == AKUTEN.hsa_id
        return self.by_number.get(person)

    async def holds(self, person: PersonId):
        return self.by_number.get(person)


YARA_KNOWN = Person(
    YARA, is_known=True, born=date(1997, 10, 23), protection=Protection.NONE, aliases=(YARAS_OLD,)
)


def decision(ruling: Ruling, reach: Reach):
    return ruling.decisions[reach]


def test_first_ask_opens_the_dossier_and_logs_the_refusal(organisations):
    ruling = ask()
    assert ruling.permit is None
    assert Dossier.objects.get().version == 1
    (row,) = rows(ruling)
    assert (row.event, row.outcomes, row.detail["refusals"]) == ("refused", {}, ["no_relation"])
    assert row.patient() == GUNHILD


def test_relation_opens_the_own_unit_and_logs_what_is_asked(organisations):
    recording.confirm_relation(by())
    ruling = ask()
    assert ruling.permit is not None
    (row,) = rows(ruling)
    assert row.event == "intent"
    assert row.outcomes == {"cosmic": "asked", "viva-hsl": "asked"}
    assert row.bases == [[f"{FJALL.hsa_id}/{AKUTEN.hsa_id}", "1", ""]]
    assert row.detail["version"] == ruling.permit.dossier_version


def test_consent_opens_others_and_the_log_names_it(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    ruling = ask()
    given = str(Consent.objects.get().id)
    assert decision(ruling, other(VARD)).reference == given
    assert [VARD.hsa_id, "6", given] in rows(ruling)[0].bases


def test_every_owner_every_kind_and_every_unlisted_unit_is_decided_on(organisations):
    ruling = ask()
    assert {r.provider_id for r in ruling.decisions if r.distance is Distance.OTHER_PROVIDER} >= {
        VARD.hsa_id,
        ANY,
    }
    assert {r.kind for r in ruling.decisions if r.provider_id == ANY} == set(CareKind)
    assert Reach(Distance.OWN_PROVIDER, CareKind.HEALTH_CARE, FJALL.hsa_id, ANY) in ruling.decisions


def test_decisions_of_a_permit_cannot_be_changed(organisations):
    recording.confirm_relation(by())
    permit = ask().permit
    assert permit is not None
    with pytest.raises(TypeError):
        permit.decisions[other(VARD)] = Basis(Row.CONSENT)  # type: ignore[index]


def test_permit_is_narrowed_to_what_is_asked_for(organisations):
    recording.confirm_relation(by())
    permit = ask(kinds=frozenset({Kind.WARNING})).permit
    assert permit is not None
    assert permit.kinds == {Kind.WARNING}


# How long a permit lasts. --------------------------------------------------------------------------


def database_now() -> datetime:
    return open_dossier(GUNHILD).now


def act(model, **values):
    dossier = open_dossier(GUNHILD).dossier
    shared = {"provider_id": FJALL.hsa_id, "unit_id": AKUTEN.hsa_id, "recorded_by": "X"}
    return model.objects.create(dossier=dossier, **{**shared, **values})


def related(**values):
    return act(CareRelation, ground="attested", **values)


def test_permit_lasts_a_minute(organisations):
    related()
    ruling = ask()
    assert ruling.permit is not None
    assert ruling.permit.expires_at == ruling.at + MINUTE
    assert ruling.changes_at is None


@pytest.mark.parametrize("what", ["relation", "consent", "choice", "block begins", "emergency"])
def test_permit_ends_when_the_first_act_begins_or_ends(organisations, what):
    soon = database_now() + timedelta(seconds=20)
    related(ends_at=soon if what == "relation" else None)
    if what == "consent":
        act(Consent, unit_ids=[AKUTEN.hsa_id], ends_at=soon)
    if what == "choice":
        recording.choose_units(by())
        UnitChoice.objects.update(ends_at=soon)
    if what == "block begins":
        act(Block, kind="inner", unit_id=PSYKIATRI.hsa_id, starts_at=soon)
    if what == "emergency":
        act(EmergencyOpening, obstacle="other", is_danger=True, employee_id=NURSE.hsa_id, ends_at=soon)
    ruling = ask()
    assert ruling.permit is not None
    assert ruling.permit.expires_at == ruling.changes_at == soon


@pytest.mark.parametrize(("starts", "ends", "stands"), [
    (-60, -1, False),
    (-60, 30, True),
    (30, 60, False),
])  # fmt: skip
@pytest.mark.parametrize("what", ["relation", "choice", "lift", "block", "inability"])
def test_acts_count_from_their_start_to_their_end(organisations, what, starts, ends, stands):
    now = database_now()
    span = {"starts_at": now + timedelta(seconds=starts), "ends_at": now + timedelta(seconds=ends)}
    psykiatri = Reach(Distance.OWN_PROVIDER, CareKind.HEALTH_CARE, FJALL.hsa_id, PSYKIATRI.hsa_id)
    related(**(span if what == "relation" else {}))
    chosen = {"target_unit_id": ANY, "employee_id": NURSE.hsa_id}
    if what != "relation":
        act(UnitChoice, **chosen, **(span if what == "choice" else {"ends_at": now + 10 * MINUTE}))
    if what in ("block", "lift"):
        block = act(Block, kind="inner", unit_id=PSYKIATRI.hsa_id, **(span if what == "block" else {}))
        if what == "lift":
            act(BlockLift, block_ref=str(block.pk), **span)
    if what == "inability":
        said = dict.fromkeys(("is_needed", "is_attitude_clarified", "is_no_objection_known"), True)
        act(Inability, **said, **span)
    ruling = ask()
    seen = {
        "relation": ruling.permit is not None,
        "choice": ruling.standing.has_all_units,
        "lift": isinstance(decision(ruling, psykiatri), Basis) if what == "lift" else None,
        "block": psykiatri in ruling.decisions and not isinstance(decision(ruling, psykiatri), Basis),
        "inability": isinstance(decision(ruling, other(VARD)), Basis),
    }
    assert seen[what] is stands


def test_act_that_must_end_and_has_no_end_never_stands(organisations):
    related()
    act(EmergencyOpening, obstacle="other", is_danger=True, employee_id=NURSE.hsa_id, ends_at=None)
    assert ask().standing.emergency is None


def test_colleagues_attested_relation_is_hers(organisations):
    related(employee_id="SE2321000016-P002", ends_at=database_now() + MINUTE)
    assert ask().permit is None


def test_relation_without_an_employee_is_the_units(organisations):
    related()
    assert ask().permit is not None
    assert ask(reader(PSYKIATRI)).permit is None


def test_insats_makes_relation_and_need_for_omsorgsgivare(organisations):
    shared = {"provider_id": CARER.provider.hsa_id, "unit_id": HEMTJANST.hsa_id}
    act(CareRelation, ground="journal", **shared)
    assert rows(ask(CARER))[0].detail["refusals"] == ["no_social_need"]
    act(CareRelation, ground="utredning", **shared)
    assert ask(CARER).permit is not None


# What other systems know. --------------------------------------------------------------------------


def test_blocks_relation_and_existence_are_asked_for_every_number(organisations):
    block = BlockValue("b1", BlockKind.OUTER, VARD.hsa_id)
    remote = RemoteFacts(
        person=Register((YARA_KNOWN,)),
        blocks=Answers({YARA: (), YARAS_OLD: (block,)}),
        relation=Answers({YARA: RelationGround.NONE, YARAS_OLD: RelationGround.JOURNAL}),
        existence=Answers({YARA: False, YARAS_OLD: True}),
    )
    ruling = ask(patient=YARAS_OLD, remote=remote)
    assert ruling.permit is not None
    assert ruling.permit.patient == YARA
    assert ruling.permit.aliases == (YARAS_OLD,)
    assert decision(ruling, other(VARD)).reason is Reason.BLOCKED
    assert {Notice.BLOCKED, Notice.EXISTENCE_YES} <= ruling.notices
    (row,) = rows(ruling)
    assert row.detail["existence"] == "yes"
    assert (row.patient(), row.patient_aliases()) == (YARA, (YARAS_OLD,))


@pytest.mark.parametrize("found", [{YARA: ()}, {YARAS_OLD: ()}, {}])
def test_blocks_that_one_number_has_no_answer_for_are_unknown(organisations, found):
    remote = RemoteFacts(
        person=Register((YARA_KNOWN,)),
        blocks=Answers(found),
        relation=Answers({YARA: RelationGround.JOURNAL}),
    )
    ruling = ask(patient=YARA, remote=remote)
    assert decision(ruling, other(VARD)).reason is Reason.BLOCKS_UNKNOWN
    assert Notice.BLOCKS_UNKNOWN in ruling.notices


def test_block_kept_elsewhere_is_not_undone_by_one_ended_here_under_the_same_id(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    ended = act(Block, kind="outer", provider_id=VARD.hsa_id, unit_id="", ended_at=database_now())
    same = BlockValue(str(ended.id), BlockKind.OUTER, VARD.hsa_id)
    assert isinstance(decision(ask(), other(VARD)), Basis)
    ruling = ask(remote=RemoteFacts(blocks=Answers({GUNHILD: (same,)})))
    assert decision(ruling, other(VARD)).reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("answer", "reason"), [(RelationGround.NONE, "no_relation"), (None, "relation_unknown")]
)
def test_journal_that_knows_no_relation_or_does_not_answer(organisations, answer, reason):
    ruling = ask(remote=RemoteFacts(relation=Answers({GUNHILD: answer})))
    assert ruling.permit is None
    assert rows(ruling)[0].detail["refusals"] == [reason]


def test_number_that_nobody_has_is_ruled_on_like_any_other(organisations):
    nobody = ask(patient=MILO, remote=RemoteFacts(person=Register(())))
    somebody = ask(patient=YARA, remote=RemoteFacts(person=Register((replace(YARA_KNOWN, aliases=()),))))
    assert nobody.decisions == somebody.decisions
    assert nobody.notices == somebody.notices == frozenset()
    assert nobody.person.is_missing


def test_contacts_of_the_protected_go_no_further(organisations):
    canary = "Kanariegatan 7"
    hidden = replace(
        YARA_KNOWN,
        protection=Protection.PROTECTED_REGISTRATION,
        address=canary,
        phone="070-1740605",
        relatives=(Relative("Kanarie", "syster", "070-1740606"),),
    )
    remote = RemoteFacts(person=Register((hidden,)))
    assert Notice.PROTECTED not in ask(patient=YARA, remote=remote).notices
    recording.confirm_relation(by(patient=YARA))
    ruling = ask(patient=YARA, remote=remote)
    assert canary not in repr(ruling)
    assert "070-17406" not in repr(ruling)
    assert Notice.PROTECTED in ruling.notices


def test_unreachable_register_is_treated_as_protected(organisations):
    assert Notice.PERSON_UNKNOWN in ask().notices


def test_deceased_stays_with_the_own_provider(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    dead = Person(GUNHILD, is_known=True, died=date(2026, 1, 1), protection=Protection.NONE)
    ruling = ask(remote=RemoteFacts(person=Register((dead,))))
    assert {d.row for d in ruling.decisions.values() if isinstance(d, Basis)} == {Row.DECEASED}
    assert decision(ruling, other(VARD)).reason is Reason.DECEASED


# No log, no display. -------------------------------------------------------------------------------


def test_without_a_log_there_is_no_ruling_and_no_dossier(organisations):
    with transaction.atomic():
        connection.cursor().execute("ALTER TABLE consent_accessevent RENAME TO consent_gone")
        with pytest.raises(LogUnavailable):
            ask()
        assert not Dossier.objects.exists()
        connection.cursor().execute("ALTER TABLE consent_gone RENAME TO consent_accessevent")


def test_without_a_readable_log_key_there_is_no_ruling(organisations, settings):
    ask()
    settings.KEYS = replace(settings.KEYS, log_master=b"z" * 32)
    with pytest.raises(LogUnavailable):
        ask()


def test_without_the_acts_there_is_no_ruling(organisations):
    with transaction.atomic():
        connection.cursor().execute("ALTER TABLE consent_consent RENAME TO consent_gone")
        with pytest.raises(LogUnavailable):
            ask()
        connection.cursor().execute("ALTER TABLE consent_gone RENAME TO consent_consent")


# The cost. -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_gate_asks_the_database_three_times_however_much_is_recorded(lasting_organisations):
    recording.confirm_relation(by())
    few = statements(ask)
    for _ in range(10):
        consenting.give_consent(by())
        recording.choose_units(by())
        consenting.refuse_consent(by())
        consenting.annul_refusal(by(), "felregistrerat")
    many = statements(ask)
    assert len(few) == len(many) == 3, many
    assert [sql.split()[0].strip("(") for sql in few] == ["SELECT", "SELECT", "INSERT"]


def test_times_are_the_databases(organisations):
    before = datetime.now(UTC) - timedelta(minutes=5)
    ruling = ask()
    assert before < ruling.at
    assert before < last_row().at
