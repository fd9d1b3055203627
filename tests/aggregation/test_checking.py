"""Right patient, permitted origin, not in error: looked at record by record."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.base.contract import Answer, Fault, SourceFault
from connectors.base.kinds import CareContact, Diagnosis
from connectors.base.records import Author, Coded, Record, Status, When
from consent.terms import Basis, Block, Permit, PersonId, Reach, Refusal
from consent.vocabulary import EVERY_KIND, BlockKind, CareKind, Distance, IdType, Reason, Row
from portal.aggregation.checking import check
from portal.aggregation.legible import UNWRITABLE, make_legible
from portal.aggregation.outcomes import Answered
from tests.aggregation.examples import COSMIC, HEMSJUKVARDEN, HEMTJANSTEN, MEDICIN, NOON, origin, record
from tests.factories.permits import FJALL, OMSORG, VARD, actor_at, everything_open, permit_for

SOMEBODY_ELSE = PersonId("193908139060")
LINKED = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)


def checked(permit: Permit, *records: Record) -> Answered:
    return check(permit, COSMIC, EVERY_KIND, Answer(records, NOON))


def test_one_foreign_record_anywhere_spoils_the_whole_answer() -> None:
    records = [record(Diagnosis, id=str(n)) for n in range(200)]
    foreign = replace(records[0], patient=SOMEBODY_ELSE)
    for position in range(200):
        with pytest.raises(SourceFault) as raised:
            checked(permit_for(), *records[:position], foreign, *records[position + 1 :])
        assert raised.value.fault is Fault.FOREIGN_PATIENT, position


def test_a_linked_number_is_the_same_patient() -> None:
    answer = checked(permit_for(aliases=(LINKED,)), record(Diagnosis, patient=LINKED))
    assert len(answer.records) == 1


def test_what_is_registered_in_error_is_dropped() -> None:
    assert checked(permit_for(), record(Diagnosis, status=Status.IN_ERROR)).records == ()


def test_the_same_record_twice_is_kept_once_and_another_version_too() -> None:
    twice = [
        record(Diagnosis),
        record(Diagnosis),
        record(Diagnosis, version="2"),
        record(CareContact, id="x"),
    ]
    assert len(checked(permit_for(), *twice).records) == 3


def test_records_not_permitted_are_counted_by_reason_and_never_kept() -> None:
    actor = actor_at()
    own = actor.provider.hsa_id
    decisions = {
        **everything_open(actor),
        Reach(Distance.OWN_PROVIDER, FJALL.kind, own): Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN),
        Reach(Distance.OTHER_PROVIDER, CareKind.SOCIAL_CARE): Refusal(Row.NO_CONSENT, Reason.NO_CONSENT),
        Reach(Distance.OTHER_PROVIDER, VARD.kind, VARD.hsa_id): Basis(
            Row.CONSENT, blocks=(Block("b", BlockKind.OUTER, VARD.hsa_id),)
        ),
    }
    answer = checked(
        permit_for(actor=actor, decisions=decisions),
        record(Diagnosis),
        record(Diagnosis, id="2", unit=MEDICIN),
        record(Diagnosis, id="3", unit=HEMTJANSTEN),
        record(Diagnosis, id="4", unit=HEMSJUKVARDEN),
    )
    assert [r.id for r in answer.records] == ["diagnosis-1"]
    assert answer.held_back == {Reason.NOT_CHOSEN: 1, Reason.NO_CONSENT: 1, Reason.BLOCKED: 1}


def test_a_blocked_social_record_is_counted_as_silent() -> None:
    actor = actor_at()
    blocked = Basis(Row.CONSENT, blocks=(Block("b", BlockKind.OUTER, OMSORG.hsa_id),))
    decisions = {**everything_open(actor), Reach(Distance.OTHER_PROVIDER, OMSORG.kind): blocked}
    answer = checked(permit_for(actor=actor, decisions=decisions), record(Diagnosis, unit=HEMTJANSTEN))
    assert (answer.records, answer.held_back) == ((), {Reason.SILENT_BLOCK: 1})


def test_origin_says_whose_information_it_is() -> None:
    assert origin(HEMTJANSTEN).provider == OMSORG


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Feber\x00"},
        {"author": Author("Petra\x00")},
        {"author": Author("Petra", "Läkare\x00")},
        {"origin": replace(record(Diagnosis).origin, unit_name="Akuten\x00")},
        {"start": When("igår\x00")},
        {"codes": (Coded("", "I10"), Coded("", "I11", "Hjärta\x00"))},
    ],
    ids=["title", "author", "role", "unit", "date", "code"],
)
def test_every_text_of_a_record_is_made_legible_however_deep_it_stands(change: dict[str, Any]) -> None:
    unwritable = record(Diagnosis, **change)
    assert "\\x00" in repr(unwritable)
    assert "\\x00" not in repr(make_legible(unwritable))


def test_every_character_that_no_page_can_hold_is_made_legible_alone_and_after_a_line_break() -> None:
    unwritable = {char for char in map(chr, range(0x110000)) if UNWRITABLE.match(char)}
    assert len(unwritable) == 0x20 - 3 + 0x21 + 0x800 + 2
    assert not [char for char in unwritable if char.isprintable()], "what is printable is not looked at"
    for char in ("\x00", "\x1f", "\x7f", "\x9f", "\ud800", "\uffff"):
        for title in (f"a{char}b", f"a\n{char}b", f"å{char}"):
            assert char not in make_legible(record(Diagnosis, title=title)).title
