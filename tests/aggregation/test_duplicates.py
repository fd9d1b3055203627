"""The same record through two sources stands once; what is only alike stands twice."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.base.kinds import CareLimitation, Diagnosis, Measure, Medication
from connectors.base.records import Author, Record, Status, When
from consent.terms import SWEDISH_TIME
from portal.aggregation.duplicates import is_same, merge_duplicates
from portal.aggregation.lamps import Judged, Lamp
from tests.aggregation.examples import HEMSJUKVARDEN, MEDICIN, NOON, ago, record
from tests.factories.permits import AKUTEN

OWN = frozenset({"cosmic"})
LIMIT = record(
    CareLimitation,
    id="flag-1",
    title="Ej HLR.",
    text="Ej HLR. Samråd med ssk Rimfors.",
    measures=(Measure.NO_CPR,),
    unit=MEDICIN,
    decided=ago(200),
)


def through_npo(original: Record, **more: Any) -> Record:
    """The same, as an aggregating source passes it on."""
    passed_on = {"source": "npo", "id": "x/1", "system": "SE1-SYS", "document_id": "1", **more}
    return replace(original, **passed_on)


def merged(*records: Record) -> tuple[Judged, ...]:
    return merge_duplicates([Judged(one, Lamp.ONGOING) for one in records], OWN)


def test_same_owner_unit_day_and_words_is_the_same_with_both_origins() -> None:
    (one,) = merged(LIMIT, through_npo(LIMIT, title="Vårdbegränsning", measures=()))
    assert one.record is LIMIT
    assert [other.source for other in one.also] == ["npo"]


def test_whoever_owns_it_speaks_first_in_whatever_order_they_came() -> None:
    (one,) = merged(through_npo(LIMIT), LIMIT)
    assert (one.record.source, one.also[0].source) == ("cosmic", "npo")


def test_same_system_and_id_is_the_same_whatever_the_words() -> None:
    named = replace(LIMIT, system="SE1-SYS", document_id="1")
    (one,) = merged(named, through_npo(LIMIT, text="Beslut: Ej HLR", origin=LIMIT.origin))
    assert len(one.also) == 1


def test_another_id_in_the_same_system_is_another_record_however_alike() -> None:
    named = replace(LIMIT, system="SE1-SYS", document_id="2")
    assert len(merged(named, through_npo(LIMIT))) == 2


def test_layout_is_no_difference_and_letters_are() -> None:
    assert len(merged(LIMIT, through_npo(LIMIT, text=" Ej HLR.\n Samråd med ssk Rimfors. "))) == 1
    assert len(merged(LIMIT, through_npo(LIMIT, text="ej HLR. Samråd med ssk Rimfors."))) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Ej HLR. Samråd med ssk Rimfors"},
        {"origin": replace(LIMIT.origin, unit_id=AKUTEN.hsa_id)},
        {"origin": replace(LIMIT.origin, provider=HEMSJUKVARDEN.provider)},
        {"origin": replace(LIMIT.origin, unit_is_assumed=True)},
        {"origin": replace(LIMIT.origin, documented_at=None)},
        {"origin": replace(LIMIT.origin, documented_at=NOON - timedelta(days=1))},
        {"status": Status.ENDED},
        {"end": ago(3)},
        {"decided": ago(199)},
        {"measures": (Measure.NO_LIFE_SUPPORT,)},
        {"author": Author("Någon Annan")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_difference_shows_both(change: dict[str, Any]) -> None:
    original = replace(LIMIT, end=ago(-30)) if "end" in change else LIMIT
    assert len(merged(original, through_npo(original, **change))) == 2


def test_same_id_that_contradicts_itself_shows_both() -> None:
    named = replace(LIMIT, system="SE1-SYS", document_id="1")
    assert len(merged(named, through_npo(LIMIT, status=Status.ENDED))) == 2


def test_what_one_leaves_open_contradicts_nothing() -> None:
    bare = through_npo(LIMIT, status=Status.UNKNOWN, author=Author(), decided=None, measures=())
    assert len(merged(LIMIT, bare)) == 1


def test_two_alike_in_one_source_are_two_and_each_finds_its_twin() -> None:
    twice = [record(Diagnosis, id=str(n), title="Feber") for n in (1, 2)]
    again = [through_npo(one, id=f"x/{one.id}", document_id=one.id) for one in twice]
    together = merged(*twice, *again)
    assert [(one.record.source, len(one.also)) for one in together] == [("cosmic", 1), ("cosmic", 1)]


def test_three_sources_tell_of_one() -> None:
    (one,) = merged(through_npo(LIMIT), LIMIT, through_npo(LIMIT, source="regional"))
    assert one.record.source == "cosmic"
    assert {other.source for other in one.also} == {"npo", "regional"}


def test_a_title_behind_the_name_makes_nobody_else_of_the_author() -> None:
    named = replace(LIMIT, author=Author("Petra Lavander, överläkare"), decided_by="Petra Lavander")
    assert len(merged(named, through_npo(LIMIT, author=Author("Petra Lavander"), decided_by=""))) == 1
    assert len(merged(named, through_npo(LIMIT, decided_by="Petra Lindgren"))) == 2


def test_another_dose_is_another_prescription() -> None:
    one = record(Medication, title="Furosemid 40 mg", dose="1 tablett")
    assert len(merged(one, through_npo(one, dose="2 tabletter"))) == 2
    assert len(merged(one, through_npo(one, dose=""))) == 1


def test_clock_times_a_minute_apart_are_one_and_an_hour_apart_two() -> None:
    at = datetime(2026, 3, 1, 9, 30, 20, tzinfo=SWEDISH_TIME)
    one = record(Diagnosis, title="Feber", recorded=When.of(at))
    for later, count in ((timedelta(seconds=40), 1), (timedelta(hours=1), 2)):
        assert len(merged(one, through_npo(one, recorded=When.of(at + later)))) == count


def test_what_says_too_little_of_itself_is_never_merged() -> None:
    silent = record(Diagnosis, title="")
    assert len(merged(silent, through_npo(silent, system="", document_id=""))) == 2


def test_other_records_keep_their_order() -> None:
    others = [record(Diagnosis, id=str(n), title=f"Diagnos {n}") for n in range(5)]
    assert [one.record.id for one in merged(*others)] == ["0", "1", "2", "3", "4"]


def test_thousands_alike_from_one_source_are_compared_with_the_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Visits for dialysis have the same words day after day; to compare each with each costs seconds."""
    compared = []

    def counted(kept: Judged, one: Record) -> bool:
        compared.append(1)
        return is_same(kept, one)

    monkeypatch.setattr("portal.aggregation.duplicates.is_same", counted)
    own = [replace(LIMIT, id=f"flag-{n}") for n in range(300)]
    passed_on = [
        through_npo(one, id=f"x/{n}", system="", document_id="", title="Vårdbegränsning", measures=())
        for n, one in enumerate(own)
    ]
    found = merged(*own, *passed_on)
    assert [(one.record.id, [other.id for other in one.also]) for one in found] == [
        (f"flag-{n}", [f"x/{n}"]) for n in range(300)
    ]
    assert len(compared) == 300


def test_what_is_passed_over_is_never_anybodys_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without the cheap look at who tells of a unit or a document at all."""
    dice = random.Random(1)
    units, words = (MEDICIN, HEMSJUKVARDEN), ("Ej HLR.", "Feber", "")
    for _ in range(200):
        told = [
            record(
                Diagnosis,
                id=str(number),
                source=dice.choice(("cosmic", "npo", "viva")),
                unit=dice.choice(units),
                title=dice.choice(words),
                system=dice.choice(("", "SE1-SYS")),
                document_id=dice.choice(("", "1", "2")),
            )
            for number in range(dice.randint(1, 8))
        ]
        with monkeypatch.context() as all_compared:
            all_compared.setattr(
                "portal.aggregation.duplicates.who_tells", lambda _: defaultdict(lambda: {1, 2})
            )
            expected = merged(*told)
        assert merged(*told) == expected
