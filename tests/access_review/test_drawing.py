"""A month's draw for one unit, from rows of the log: complete once the month is over, and safe to repeat."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from consent import recording, reviewing
from consent.accesslog import reviewing as log_reviewing
from consent.accesslog.events import Event
from consent.accesslog.sampling import View, Why
from consent.accesslog.write import Entry
from consent.encryption import digest_of, lookup_key
from consent.facts import Obstacle
from consent.models import ReviewDraw, ReviewItem
from consent.terms import Actor, PersonId
from consent.vocabulary import IdType
from portal.accounts.models import Assignment, User
from tests.access_review.rows import RELATED, UNRELATED, have_month, put, put_act, put_view
from tests.consent.doings import TRACE, ask, by
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, HEMSJUKVARD, MEDICIN, MILO, NURSE, VARD, reader

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
OCTOBER = date(2026, 10, 1)
TENTH = datetime(2026, 10, 10, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
ANOTHER = reader(AKUTEN, hsa_id="SE2321000016-P002")
YARA, YARAS_OLD = PersonId("199710232381"), PersonId("199602752389", IdType.SAMORDNINGSNUMMER)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def month(organisations: None) -> None:
    have_month(TENTH)


def draw(month: date = OCTOBER, now: datetime = AFTER, unit: str = AKUTEN.hsa_id) -> ReviewDraw:
    made = reviewing.draw_unit(unit, FJALL.hsa_id, month, now)
    assert made is not None
    return made


def why(draw: ReviewDraw) -> dict[UUID, set[str]]:
    return {item.view_id: set(item.reasons) for item in draw.items.all()}


def special(draw: ReviewDraw) -> dict[UUID, set[str]]:
    """Reasons but for chance, where there are any."""
    found = {pk: reasons - {Why.RANDOM, Why.ATTESTED} for pk, reasons in why(draw).items()}
    return {pk: reasons for pk, reasons in found.items() if reasons}


def staff(actor: Actor, person: PersonId | None = None, address: str = "") -> User:
    user = User.objects.create(
        username=actor.hsa_id,
        hsa_id=actor.hsa_id,
        title="Läkare",
        person_lookup=lookup_key(person) if person else None,
        address_lookup=digest_of(address) if address else None,
    )
    Assignment.objects.create(user=user, unit_id=actor.unit.hsa_id)
    return user


def test_of_many_views_twenty_are_drawn_and_counted():
    for _ in range(30):
        put_view(TENTH)
    made = draw()
    assert (made.view_count, made.random_count, made.items.count()) == (30, 20, 20)
    assert {reason for reasons in why(made).values() for reason in reasons} == {Why.RANDOM}
    assert reviewing.is_complete(made)


def test_a_month_without_views_is_drawn_empty():
    made = draw()
    assert (made.view_count, made.items.count()) == (0, 0)
    assert reviewing.is_complete(made)


def test_items_say_when_and_who_and_nothing_of_the_patient():
    pk = put_view(TENTH)
    item = draw().items.get()
    assert (item.view_id, item.viewed_at, item.user_hsa_id) == (pk, TENTH, NURSE.hsa_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM consent_reviewitem")
        assert GUNHILD.number not in repr(cursor.fetchall())


def test_drawing_again_changes_nothing():
    for _ in range(30):
        put_view(TENTH)
    first = draw()
    judged = first.items.order_by("viewed_at").first()
    assert judged is not None
    ReviewItem.objects.filter(pk=judged.pk).update(finding="justified")
    before = list(first.items.values())
    put_view(TENTH)
    again = draw(now=AFTER + timedelta(days=3))
    assert again.pk == first.pk
    assert list(again.items.values()) == before
    assert again.view_count == 30


def test_the_sample_does_not_depend_on_when_it_is_drawn():
    for _ in range(60):
        put_view(TENTH)
    first = set(why(draw()))
    ReviewItem.objects.all().delete()
    ReviewDraw.objects.all().delete()
    assert set(why(draw(now=AFTER + timedelta(days=20)))) == first


def test_other_units_and_months_are_left_alone():
    mine = put_view(TENTH)
    put_view(TENTH, reader(MEDICIN))
    put_view(datetime(2026, 10, 31, 23, 30, tzinfo=UTC))  # in Sweden already November
    last = put_view(datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    assert set(why(draw())) == {mine, last}


def test_only_what_opens_a_view_is_a_view():
    put_view(TENTH, origins=[(FJALL.hsa_id, AKUTEN.hsa_id, "warning", 2)], bases=[(FJALL.hsa_id, "1", "")])
    put_act(TENTH, Event.SEARCH)
    put_act(TENTH, Event.CONSENT_GIVEN)
    assert draw().view_count == 1


def test_a_view_that_was_stopped_on_its_way_is_one_view():
    pk = put_view(TENTH)
    put(TENTH, Entry(Event.REFUSED, NURSE, TRACE, patient=GUNHILD, view_id=pk, detail={"version": 1}))
    assert draw().view_count == 1


# The always-list, from rows as the gate and the release write them. -----------------------------------


def crowd() -> None:
    """Ordinary views of another reader and patient, not so many that the number itself is looked at."""
    for _ in range(3):
        put_view(TENTH, ANOTHER, MILO)


def test_a_view_in_an_emergency_is_drawn():
    crowd()
    pk = put_view(
        TENTH,
        origins=[(VARD.hsa_id, HEMSJUKVARD.hsa_id, "home_care", 1)],
        bases=[(VARD.hsa_id, "8", "x")],
        is_emergency=True,
    )
    assert special(draw()) == {pk: {Why.EMERGENCY}}


def test_an_emergency_that_was_declared_and_left_is_drawn_too():
    """With the view that came next, of the same patient and reader."""
    put_view(TENTH)
    put_act(TENTH + MINUTE, Event.EMERGENCY_DECLARED)
    put_view(TENTH + 2 * MINUTE, ANOTHER)
    put_view(TENTH + 2 * MINUTE, ANOTHER)
    put_view(TENTH + 2 * MINUTE, NURSE, MILO)
    following = put_view(TENTH + 3 * MINUTE)
    put_view(TENTH + 4 * MINUTE)
    assert special(draw()) == {following: {Why.EMERGENCY}}


def test_an_emergency_with_nothing_after_it_is_drawn_with_what_came_before():
    put_view(TENTH)
    before = put_view(TENTH + MINUTE)
    put_act(TENTH + 2 * MINUTE, Event.EMERGENCY_DECLARED)
    assert special(draw()) == {before: {Why.EMERGENCY}}


def test_own_record_is_drawn():
    staff(NURSE, GUNHILD)
    crowd()
    pk = put_view(TENTH)
    assert special(draw()) == {pk: {Why.OWN}}


def test_own_record_under_an_older_number_is_drawn():
    staff(NURSE, YARAS_OLD)
    pk = UUID(int=7)
    row = put(
        timezone.now(),
        Entry(Event.INTENT, NURSE, TRACE, patient=YARA, view_id=pk, detail=RELATED, aliases=[YARAS_OLD]),
    )
    month = reviewing.month_of(row.at)
    assert special(draw(month, row.at + timedelta(days=60))) == {pk: {Why.OWN}}


def test_a_colleagues_record_is_drawn():
    staff(NURSE)
    staff(reader(MEDICIN, hsa_id="SE2321000016-P009"), GUNHILD)
    crowd()
    pk = put_view(TENTH)
    assert special(draw()) == {pk: {Why.COLLEAGUE}}


def test_somebody_who_works_for_another_provider_is_no_colleague():
    staff(NURSE)
    staff(reader(HEMSJUKVARD, hsa_id="SE2120000019-P009"), GUNHILD)
    put_view(TENTH)
    assert special(draw()) == {}


def test_same_address_is_drawn():
    """As the gate leaves it in the row: a keyed digest, however the address is spaced or cased."""
    staff(NURSE, address="Storgatan 1, 123 45 Fjällvik")
    crowd()
    digest = digest_of("storgatan 1,  12345 FJÄLLVIK").hex()[:32]
    pk = put_view(TENTH, detail={**RELATED, "address": digest})
    put_view(TENTH, detail={**RELATED, "address": digest_of("annan").hex()[:32]})
    assert special(draw()) == {pk: {Why.ADDRESS}}


def test_protected_identity_is_drawn():
    crowd()
    pk = put_view(TENTH, detail={**RELATED, "protected": True})
    assert special(draw()) == {pk: {Why.PROTECTED}}


def test_turned_away_for_want_of_a_relation_is_drawn():
    crowd()
    pk = put_view(TENTH, event=Event.REFUSED, detail=UNRELATED)
    assert special(draw()) == {pk: {Why.NO_RELATION}}


@pytest.mark.parametrize("refusal", ["no_relation", "relation_unknown", "no_social_need"])
def test_every_want_of_a_relation_counts(refusal):
    pk = put_view(TENTH, event=Event.REFUSED, detail={"refusals": [refusal], "relation": ["none"]})
    assert special(draw()) == {pk: {Why.NO_RELATION}}


def test_a_purpose_that_reads_nothing_says_nothing_of_relations():
    put_view(TENTH, event=Event.REFUSED, detail={"refusals": ["wrong_purpose"], "relation": []})
    assert special(draw()) == {}


def test_searched_first_and_related_soon_after_is_one_visit():
    put_view(TENTH, event=Event.REFUSED, detail=UNRELATED)
    put_view(TENTH + MINUTE, detail={"refusals": [], "relation": ["attested"]})
    assert special(draw()) == {}


def test_a_view_whose_patient_cannot_be_read_is_drawn():
    """A lost key must not make a view look ordinary."""
    put_view(TENTH)
    lost = UUID(int=5)
    put(TENTH, Entry(Event.INTENT, NURSE, TRACE, view_id=lost, detail=RELATED))
    assert special(draw()) == {lost: {Why.UNREADABLE}}


def test_three_times_the_peers_is_drawn():
    staff(NURSE)
    staff(ANOTHER)
    for _ in range(31):
        put_view(TENTH)
    for _ in range(10):
        put_view(TENTH, ANOTHER)
    made = draw()
    many = {pk for pk, reasons in why(made).items() if Why.VOLUME in reasons}
    assert len(many) == 20
    mine = ReviewItem.objects.filter(view_id__in=many).values_list("user_hsa_id", flat=True)
    assert set(mine) == {NURSE.hsa_id}


def test_through_gate_and_recording_an_emergency_reaches_the_draw():
    """Nothing made up: the rows are the product's own, of this month."""
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    ruling = ask()
    now = timezone.now()
    later = reviewing.bounds_of(reviewing.month_of(now))[1] + timedelta(days=1)
    found = special(draw(reviewing.month_of(now), later))
    assert found == {ruling.view_id: {Why.EMERGENCY}}


def test_through_the_gate_a_stranger_is_turned_away_and_drawn():
    ruling = ask()
    assert ruling.permit is None
    now = timezone.now()
    later = reviewing.bounds_of(reviewing.month_of(now))[1] + timedelta(days=1)
    assert special(draw(reviewing.month_of(now), later)) == {ruling.view_id: {Why.NO_RELATION}}


# The running month. ------------------------------------------------------------------------------------


def test_the_running_month_takes_in_what_is_always_looked_at_and_no_sample():
    put_view(TENTH)
    emergency = put_view(TENTH, is_emergency=True, origins=[])
    made = draw(now=TENTH + timedelta(days=1))
    assert why(made) == {emergency: {Why.EMERGENCY}}
    assert not reviewing.is_complete(made)
    assert (made.view_count, made.random_count) == (0, 0)  # nobody has counted yet


def test_what_was_taken_in_early_keeps_its_judgement_and_learns_why_else():
    emergency = put_view(TENTH, is_emergency=True, origins=[])
    early = draw(now=TENTH + timedelta(days=1))
    ReviewItem.objects.filter(draw=early).update(finding="justified", reviewed_at=TENTH)
    made = draw()
    item = made.items.get()
    assert (item.view_id, item.finding) == (emergency, "justified")
    assert item.reasons == [Why.EMERGENCY, Why.RANDOM]
    assert reviewing.is_complete(made)


def test_a_later_night_adds_to_what_earlier_ones_drew():
    first = put_view(TENTH, is_emergency=True, origins=[])
    assert set(why(draw(now=TENTH + timedelta(days=1)))) == {first}
    second = put_view(TENTH + timedelta(days=5), is_emergency=True, origins=[])
    assert set(why(draw(now=TENTH + timedelta(days=6)))) == {first, second}


def test_a_night_reads_what_is_new_and_a_day_before_it():
    """An emergency declared before the last night, whose first view came after it, is still seen as one."""
    put_view(TENTH)
    draw(now=TENTH + timedelta(hours=2))
    put_act(TENTH + timedelta(hours=1), Event.EMERGENCY_DECLARED)
    put_view(TENTH + timedelta(minutes=61), ANOTHER)
    following = put_view(TENTH + timedelta(hours=23))
    assert set(why(draw(now=TENTH + timedelta(hours=26)))) == {following}


def test_many_nights_and_the_whole_month_at_once_agree():
    """What is always looked at does not depend on how often one looked."""
    for hours in (1, 30, 31, 55, 80, 81, 200):
        put_view(TENTH + timedelta(hours=hours), is_emergency=hours % 2 == 0, origins=[])
        put_view(TENTH + timedelta(hours=hours), event=Event.REFUSED, detail=UNRELATED)
    for night in range(1, 12):
        draw(now=TENTH + timedelta(days=night))
    by_night = special(ReviewDraw.objects.get())
    ReviewItem.objects.all().delete()
    ReviewDraw.objects.all().delete()
    assert by_night == special(draw())


def test_a_view_of_this_hour_waits():
    """The relation it lacks may come in the next minute."""
    put_view(TENTH, event=Event.REFUSED, detail=UNRELATED)
    assert why(draw(now=TENTH + 59 * MINUTE)) == {}
    assert len(why(draw(now=TENTH + 60 * MINUTE))) == 1


@pytest.mark.parametrize(
    ("now", "complete"),
    [
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 1, 0, 0, tzinfo=UTC), True),
    ],
)
def test_a_month_is_over_an_hour_after_its_last_moment_in_sweden(now, complete):
    put_view(TENTH)
    assert reviewing.is_complete(draw(now=now)) is complete


def test_a_month_that_has_not_begun_is_not_drawn():
    assert reviewing.draw_unit(AKUTEN.hsa_id, FJALL.hsa_id, date(2026, 11, 1), TENTH) is None
    assert not ReviewDraw.objects.exists()


# All units, and two at once. ---------------------------------------------------------------------------


def test_every_unit_gets_its_draw_once():
    put_view(TENTH)
    put_view(TENTH, reader(HEMSJUKVARD))
    assert reviewing.draw_month(OCTOBER, AFTER) == 7
    assert reviewing.draw_month(OCTOBER, AFTER + timedelta(days=1)) == 0
    counts = dict(ReviewDraw.objects.values_list("unit_id", "view_count"))
    assert counts[AKUTEN.hsa_id] == counts[HEMSJUKVARD.hsa_id] == 1
    assert counts[MEDICIN.hsa_id] == 0
    owners = dict(ReviewDraw.objects.values_list("unit_id", "provider_id"))
    assert owners[HEMSJUKVARD.hsa_id] == VARD.hsa_id


def test_months_before_the_first_view_get_no_draws():
    assert reviewing.draw_month(OCTOBER, AFTER) == 0
    assert not ReviewDraw.objects.exists()


def test_the_nightly_task_runs_and_runs_again():
    put_view(timezone.now())
    reviewing.draw_reviews()
    before = list(ReviewItem.objects.values())
    reviewing.draw_reviews()
    assert list(ReviewItem.objects.values()) == before


def test_progress_counts_what_is_drawn_and_judged():
    for _ in range(3):
        put_view(TENTH)
    put_view(TENTH, is_emergency=True, origins=[])
    made = draw()
    item = made.items.first()
    assert item is not None
    ReviewItem.objects.filter(pk=item.pk).update(reviewed_at=AFTER)
    progress = {p.unit_id: p for p in reviewing.progress_of(FJALL.hsa_id, OCTOBER)}
    mine = progress[AKUTEN.hsa_id]
    assert (mine.drawn, mine.judged, mine.left) == (4, 1, 3)
    assert progress[MEDICIN.hsa_id].draw is None
    assert set(progress) == {AKUTEN.hsa_id, MEDICIN.hsa_id, "SE2321000016-R0PS"}


def test_emergencies_that_wait_are_counted():
    put_view(TENTH, is_emergency=True, origins=[])
    made = draw()
    assert _waiting() == 1
    ReviewItem.objects.filter(draw=made).update(reviewed_at=AFTER)
    assert _waiting() == 0


def _waiting() -> int:
    return sum(p.emergencies_left for p in reviewing.progress_of(FJALL.hsa_id, OCTOBER))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_two_who_draw_at_once_make_one_draw():
    """Rows of the log outlast the test, so this one keeps to a month and a unit of its own."""
    month, moment = date(2026, 9, 1), datetime(2026, 9, 10, 9, 0, tzinfo=UTC)
    have_month(moment)
    for _ in range(40):
        put_view(moment, reader(MEDICIN))
    together, failures = threading.Barrier(4), []

    def work() -> None:
        try:
            together.wait()
            draw(month, unit=MEDICIN.hsa_id)
        except Exception as error:  # noqa: BLE001 (told by the test's own thread)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ReviewDraw.objects.count() == 1
    assert ReviewItem.objects.count() == 20


def test_reading_views_keeps_no_number():
    put_view(TENTH)
    [view] = log_reviewing.views_of(AKUTEN.hsa_id, *reviewing.bounds_of(OCTOBER))
    assert isinstance(view, View)
    assert GUNHILD.number.encode() not in b"".join(view.numbers)
    assert GUNHILD.number not in repr(view)
