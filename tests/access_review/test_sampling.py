"""Which views are drawn: how many at random, and what is always looked at. No database."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.accesslog.sampling import AT_ONCE, StaffMember, View, Why, draw, sample_size

HERE, ELSEWHERE = "SE1-V", "SE2-V"
MORNING = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANJA = StaffMember("anja", "Sjuksköterska", b"anja's number", "storgatan", frozenset({HERE}))
BO = StaffMember("bo", "Sjuksköterska", b"bo's number", "byvägen", frozenset({HERE}))
CAROLA = StaffMember("carola", "Läkare", b"carola's number", "", frozenset({ELSEWHERE}))
STAFF = {member.hsa_id: member for member in (ANJA, BO, CAROLA)}


def view(reader: str = "anja", at: datetime = MORNING, **more: Any) -> View:
    patient = more.pop("patient", b"somebody")
    more.setdefault("grounds", frozenset({"journal"}))
    numbers = more.pop("numbers", frozenset({patient} if patient else ()))
    return View(id=uuid4(), at=at, reader=reader, patient=patient, numbers=numbers, **more)


def rank(view_id: UUID) -> bytes:
    return hashlib.sha256(view_id.bytes).digest()


def drawn(*views: View) -> dict[UUID, frozenset[Why]]:
    return draw(views, HERE, STAFF, rank)


def reasons(one: View, *others: View) -> frozenset[Why]:
    """Why this one was drawn, but for chance."""
    return drawn(one, *others).get(one.id, frozenset()) - {Why.RANDOM, Why.ATTESTED}


@pytest.mark.parametrize(
    ("count", "size"), [(0, 0), (1, 1), (19, 19), (20, 20), (21, 20), (2000, 20), (2001, 21), (2100, 21)]
)
def test_one_in_a_hundred_at_least_twenty_all_where_there_are_fewer(count, size):
    assert sample_size(count) == size
    views = [view() for _ in range(count)]
    assert sum(Why.RANDOM in why for why in drawn(*views).values()) == size


def test_drawing_again_gives_the_same_views_whatever_order_they_come_in():
    views = [view() for _ in range(300)]
    assert drawn(*views) == drawn(*reversed(views))


def test_another_secret_draws_others():
    views = [view() for _ in range(300)]
    other = draw(views, HERE, STAFF, lambda pk: hashlib.sha256(b"other" + pk.bytes).digest())
    assert set(other) != set(drawn(*views))


def test_no_view_is_more_likely_than_another():
    """Of 200 views in 400 draws under as many secrets each is drawn some 40 times."""
    views = [view() for _ in range(200)]
    times = dict.fromkeys((each.id for each in views), 0)
    for secret in range(400):
        key = secret.to_bytes(2, "big")

        def ranked(pk: UUID, key: bytes = key) -> bytes:
            return hashlib.sha256(key + pk.bytes).digest()

        for pk in draw(views, HERE, {}, ranked):
            times[pk] += 1
    assert min(times.values()) > 15
    assert max(times.values()) < 70


def test_an_ordinary_view_among_many_is_not_drawn():
    views = [view() for _ in range(3000)]
    assert len(drawn(*views)) == 30


ALWAYS = {
    Why.EMERGENCY: view(is_emergency=True),
    Why.OWN: view("anja", patient=b"anja's number"),
    Why.COLLEAGUE: view("anja", patient=b"bo's number"),
    Why.ADDRESS: view("anja", address="storgatan"),
    Why.PROTECTED: view(is_protected=True),
    Why.NO_RELATION: view(grounds=frozenset(), lacks_relation=True),
    Why.UNREADABLE: view(patient=None),
}


@pytest.mark.parametrize("why", ALWAYS)
def test_always_list(why):
    """Among thousands of others, where chance takes one in a hundred."""
    crowd = [view("bo") for _ in range(3000)]
    assert reasons(ALWAYS[why], *crowd) == {why}


def test_every_reason_to_look_at_once_is_tried():
    assert set(ALWAYS) == AT_ONCE


def test_a_view_carries_all_its_reasons():
    one = view("anja", patient=b"bo's number", is_emergency=True, is_protected=True, address="storgatan")
    assert reasons(one) == {Why.EMERGENCY, Why.COLLEAGUE, Why.PROTECTED, Why.ADDRESS}


def test_own_record_under_another_number_is_still_own():
    one = view("anja", patient=b"new number", numbers=frozenset({b"new number", b"anja's number"}))
    assert reasons(one) == {Why.OWN}


def test_staff_of_another_provider_are_no_colleagues():
    assert reasons(view("anja", patient=b"carola's number")) == frozenset()


def test_a_reader_nobody_knows_is_drawn_from_like_others():
    assert reasons(view("gone", patient=b"bo's number")) == {Why.COLLEAGUE}
    assert reasons(view("gone", address="storgatan")) == frozenset()


def test_no_known_address_is_nobodys_address():
    assert reasons(view("carola", address="")) == frozenset()


# Relation. ---------------------------------------------------------------------------------------------


def turned_away(**more: Any) -> View:
    return view(grounds=frozenset(), lacks_relation=True, **more)


def test_looked_up_and_let_in_soon_after_is_one_visit():
    first = turned_away()
    let_in = view(at=MORNING + 59 * MINUTE, grounds=frozenset({"attested"}))
    assert reasons(first, let_in) == frozenset()


@pytest.mark.parametrize("then", [
    view(at=MORNING + 61 * MINUTE),
    view(at=MORNING - MINUTE),
    view("bo", at=MORNING + MINUTE),
    view(at=MORNING + MINUTE, patient=b"somebody else"),
    turned_away(at=MORNING + MINUTE),
], ids=["much later", "before", "another reader", "another patient", "turned away again"])  # fmt: skip
def test_what_does_not_make_up_for_a_missing_relation(then):
    assert Why.NO_RELATION in reasons(turned_away(), then)


def test_an_unreadable_patient_is_never_taken_for_the_same():
    first = turned_away(patient=None)
    assert reasons(first, view(at=MORNING + MINUTE, patient=None)) == {Why.NO_RELATION, Why.UNREADABLE}


def test_attested_relations_have_a_sample_of_their_own():
    attested = [view(grounds=frozenset({"attested"})) for _ in range(50)]
    known = [view(grounds=frozenset({"attested", "journal"})) for _ in range(5000)]
    found = drawn(*attested, *known)
    mine = [each for each in attested if Why.ATTESTED in found.get(each.id, ())]
    assert len(mine) == 20
    assert not any(Why.ATTESTED in found.get(each.id, ()) for each in known)


def test_where_all_relations_are_attested_the_two_samples_are_the_same_views():
    found = drawn(*(view(grounds=frozenset({"attested"})) for _ in range(500)))
    assert list(found.values()) == [{Why.RANDOM, Why.ATTESTED}] * 20


# Volume. -----------------------------------------------------------------------------------------------


def many(reader: str, count: int) -> list[View]:
    return [view(reader) for _ in range(count)]


def readers_of_many(*views: View, staff: dict[str, StaffMember] | None = None) -> set[str]:
    found = draw(views, HERE, STAFF if staff is None else staff, rank)
    return {each.reader for each in views if Why.VOLUME in found.get(each.id, ())}


def test_more_than_three_times_the_peers_is_looked_at():
    assert readers_of_many(*many("anja", 301), *many("bo", 100)) == {"anja"}
    assert readers_of_many(*many("anja", 300), *many("bo", 100)) == set()


def test_of_many_views_a_sample_is_drawn_not_all():
    views = [*many("anja", 2500), *many("bo", 10)]
    assert sum(Why.VOLUME in why for why in drawn(*views).values()) == 25


def test_peers_have_the_same_title():
    dan = replace(BO, hsa_id="dan", title="Läkare")
    eva = replace(BO, hsa_id="eva", title="Läkare")
    staff = {**STAFF, "dan": dan, "eva": eva}
    views = [*many("anja", 50), *many("bo", 40), *many("dan", 10), *many("eva", 12)]
    assert readers_of_many(*views, staff=staff) == set()
    assert readers_of_many(*many("dan", 50), *many("eva", 12), *many("bo", 50), staff=staff) == {"dan"}


def test_who_has_a_title_alone_is_measured_against_the_unit():
    dan = replace(BO, hsa_id="dan", title="Läkare")
    views = [*many("dan", 200), *many("anja", 50), *many("bo", 60)]
    assert readers_of_many(*views, staff={**STAFF, "dan": dan}) == {"dan"}


def test_who_reads_alone_has_nobody_to_be_measured_against():
    assert readers_of_many(*many("anja", 5000)) == set()
