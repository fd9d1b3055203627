"""The administrator's five numbers: counted from log and tables, masked where small, never falsely none."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connectors.models import Source
from consent import figures as recorded
from consent import models
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry
from consent.dossiers import link_numbers, open_dossier
from portal.access import figures_hours
from portal.access.figures import Figure, five_figures, lasting
from portal.access.figures_masking import told_count, told_share
from tests.access_review.rows import have_month, put
from tests.consent.administrators import LostLog, at_work, client_of
from tests.consent.doings import TRACE
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, HEMSJUKVARD, MILO, NURSE, PSYKIATRI
from tests.factories.permits import TOLVAN

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

NOW = datetime(2026, 11, 15, 12, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = (GUNHILD, MILO, TOLVAN)


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def all_the_time_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine counts the same hours as an idle one."""
    monkeypatch.setattr(figures_hours.count_hours, "__defaults__", (600.0,))


@pytest.fixture
def sources(organisations: None) -> None:
    have_month(NOW - 10 * DAY)
    for slug, label, kinds in (
        ("cosmic", "Cosmic", ["care_limitation", "diagnosis"]),
        ("viva-hsl", "Viva", ["care_limitation", "home_care"]),
        ("mobimed", "MobiMed", ["prehospital"]),
    ):
        Source.objects.create(slug=slug, label=label, connector="cosmic", owner_id=FJALL.hsa_id, kinds=kinds)


def say(
    at: datetime, event: Event = Event.SHOWN, action: Action = Action.OVERVIEW, view: Any = None, **words: str
) -> None:
    """One row of a view that says what sources came with."""
    outcomes = {slug.replace("_", "-"): word for slug, word in words.items()}
    view_id = view or uuid.uuid4()
    put(at, Entry(event, NURSE, TRACE, patient=GUNHILD, view_id=view_id, action=action, outcomes=outcomes))


def figure(which: int, may: Any = lambda _: True) -> Figure:
    cache.clear()
    return five_figures(NOW, may)[which]


# 1: views without limitations. ---------------------------------------------------------------------


def test_views_without_care_limitations_are_counted_and_the_worst_source_named(sources):
    for n in range(6):
        say(NOW - n * DAY, cosmic="timed_out", viva_hsl="answered")
    say(NOW - HOUR, cosmic="answered", viva_hsl="connect")
    found = figure(0)
    assert (found.value, found.more) == ("7 visningar", "Oftast: Cosmic.")


@pytest.mark.parametrize(("count", "value"), [
    (0, "Inga visningar"), (1, "Färre än 5 visningar"), (4, "Färre än 5 visningar"), (5, "5 visningar"),
])  # fmt: skip
def test_small_numbers_are_not_told_nor_whose_fault_they_are(sources, count, value):
    for _ in range(count):
        say(NOW - HOUR, cosmic="timed_out")
    found = figure(0)
    assert found.value == value
    assert ("Cosmic" in found.more) is (count >= 5)


UNCOUNTED: dict[str, dict[str, Any]] = {
    "another source": {"mobimed": "timed_out"},
    "an answer": {"cosmic": "answered"},
    "what the rules refused": {"cosmic": "no_consent"},
    "one kind alone": {"cosmic": "timed_out", "action": Action.DETAIL},
    "a source tried again": {"cosmic": "timed_out", "action": Action.RETRY},
    "a reader who left": {"cosmic": "left", "event": Event.LEFT},
    "what was only asked": {"cosmic": "asked", "event": Event.INTENT},
}


@pytest.mark.parametrize("what", UNCOUNTED)
def test_nothing_else_counts(sources, what):
    for _ in range(6):
        say(NOW - HOUR, **UNCOUNTED[what])
    assert figure(0).value == "Inga visningar"


def test_week_is_a_week(sources):
    for _ in range(6):
        say(NOW - 7 * DAY - HOUR, cosmic="timed_out")
    assert figure(0).value == "Inga visningar"


def test_print_and_an_interrupted_view_count_and_one_view_counts_once(sources):
    for _ in range(5):
        say(NOW - HOUR, action=Action.PRINT, cosmic="timed_out", viva_hsl="dns")
    for _ in range(5):
        view = uuid.uuid4()
        say(NOW - 2 * HOUR, view=view, viva_hsl="timed_out")
        say(NOW - 2 * HOUR, Event.INTERRUPTED, view=view, cosmic="unknown")
    found = figure(0)
    assert found.value == "10 visningar"


# 2: sources in time. -------------------------------------------------------------------------------


def test_share_of_answers_in_time(sources):
    for n in range(3):
        say(NOW - n * HOUR, cosmic="answered", viva_hsl="answered")
    say(NOW - HOUR, cosmic="timed_out", viva_hsl="answered", mobimed="busy")
    say(NOW - HOUR, cosmic="no_consent", viva_hsl="our_bug")
    say(NOW - 2 * DAY, cosmic="timed_out")
    found = figure(1)
    assert found.value == "87 %"


def test_hundred_percent_is_every_single_answer(sources):
    for _ in range(200):
        say(NOW - HOUR, cosmic="answered")
    assert figure(1).value == "100 %"
    say(NOW - HOUR, cosmic="truncated")
    assert figure(1).value == "99 %"


def test_nothing_asked_is_no_share(sources):
    found = figure(1)
    assert (found.value, found.more) == ("Inga frågor ställda", "Inget avbrott pågår.")


def test_longest_outage_that_still_goes_on(sources):
    say(NOW - 6 * HOUR, cosmic="answered", viva_hsl="answered", mobimed="timed_out")
    say(NOW - 5 * HOUR, cosmic="timed_out", mobimed="answered")
    say(NOW - 2 * HOUR, cosmic="not_asked", viva_hsl="connect")
    say(NOW - HOUR, mobimed="answered")
    assert figure(1).more == "Längsta avbrott nu: Cosmic, 5 timmar."


def test_outage_is_over_with_the_first_answer(sources):
    say(NOW - 5 * HOUR, cosmic="timed_out")
    say(NOW - HOUR, cosmic="answered")
    assert figure(1).more == "Inget avbrott pågår."
    say(NOW - timedelta(minutes=20), cosmic="timed_out")
    assert figure(1).more == "Längsta avbrott nu: Cosmic, 20 minuter."


def test_answer_and_failure_in_one_hour_are_told_apart_by_time(sources):
    say(NOW - timedelta(minutes=25), cosmic="timed_out")
    say(NOW - timedelta(minutes=20), cosmic="answered")
    assert figure(1).more == "Inget avbrott pågår."
    say(NOW - timedelta(minutes=10), cosmic="timed_out")
    assert figure(1).more == "Längsta avbrott nu: Cosmic, 10 minuter."


def test_source_that_is_switched_off_is_in_no_outage(sources):
    say(NOW - HOUR, cosmic="timed_out")
    Source.objects.filter(slug="cosmic").update(enabled=False)
    assert figure(1).more == "Inget avbrott pågår."


@pytest.mark.parametrize(("length", "words"), [
    (timedelta(seconds=59), "0 minuter"), (timedelta(minutes=1), "1 minut"),
    (timedelta(minutes=119), "1 timme"), (timedelta(hours=47), "47 timmar"), (timedelta(hours=48), "2 dygn"),
    (timedelta(seconds=-5), "0 minuter"),
])  # fmt: skip
def test_lengths_of_time(length, words):
    assert lasting(length) == words


# Bounded, kept, and honest. ------------------------------------------------------------------------


def test_hours_that_are_over_are_counted_once(sources):
    say(NOW - 3 * HOUR, cosmic="timed_out")
    first = figures_hours.count_hours(NOW)
    with CaptureQueriesContext(connection) as captured:
        again = figures_hours.count_hours(NOW)
    assert again == first
    assert sum("consent_accessevent" in q["sql"] for q in captured.captured_queries) == 2


def test_count_that_runs_out_of_time_says_how_far_it_came(sources, monkeypatch):
    monkeypatch.setattr(figures_hours, "COUNTED_AT_MOST_S", 0.0)
    assert len(figures_hours.count_hours(NOW, time_s=0.0)) == 1
    monkeypatch.setattr(figures_hours.count_hours, "__defaults__", (0.0,))
    assert "Räknas fortfarande: siffran gäller den senaste timmen." in figure(0).more
    assert "Räknas fortfarande" in figure(1).more


def test_numbers_are_kept_for_a_minute(sources):
    say(NOW - HOUR, cosmic="timed_out")
    five_figures(NOW, lambda _: True)
    with CaptureQueriesContext(connection) as captured:
        five_figures(NOW, lambda _: True)
    tables = ("consent_accessevent", "consent_emergencyopening", "consent_carerelation", "consent_reviewitem")
    assert [q["sql"] for q in captured.captured_queries if any(table in q["sql"] for table in tables)] == []


def test_number_that_cannot_be_had_is_not_none(sources):
    with transaction.atomic(), LostLog():
        found = figure(0), figure(1)
        others = five_figures(NOW, lambda _: True)[2:]
    for unknown in found:
        assert (unknown.value, unknown.is_known) == ("Kunde inte räknas", False)
    assert all(other.is_known for other in others)


# 3: emergencies. -----------------------------------------------------------------------------------


def emergency(at: datetime, *, opened: bool = True, **more: Any) -> models.EmergencyOpening:
    return models.EmergencyOpening.objects.create(
        dossier=open_dossier(GUNHILD).dossier,
        provider_id=FJALL.hsa_id,
        unit_id=AKUTEN.hsa_id,
        employee_id=NURSE.hsa_id,
        recorded_by=NURSE.hsa_id,
        recorded_at=at,
        starts_at=at,
        ends_at=at + DAY,
        opened_at=at if opened else None,
        is_danger=True,
        obstacle="unconscious",
        **more,
    )


def item(at: datetime, *, judged: bool, reasons: list[str]) -> None:
    draw, _ = models.ReviewDraw.objects.get_or_create(
        month=date(2026, 11, 1), unit_id=AKUTEN.hsa_id, defaults={"provider_id": FJALL.hsa_id}
    )
    models.ReviewItem.objects.create(
        draw=draw,
        view_id=uuid.uuid4(),
        viewed_at=at,
        user_hsa_id=NURSE.hsa_id,
        reasons=reasons,
        reviewed_at=NOW if judged else None,
    )


def test_emergencies_of_thirty_days(organisations):
    for n in range(6):
        emergency(NOW - n * DAY)
    emergency(NOW - 31 * DAY)
    emergency(NOW - DAY, opened=False)
    emergency(NOW - DAY, annulled_at=NOW)
    found = figure(2)
    assert (found.value, found.more) == (
        "6 nödöppningar",
        "Väntar på granskning sedan mer än 7 dagar: inga.",
    )


def test_emergencies_nobody_judged_within_a_week(organisations):
    old = NOW - 10 * DAY
    for n in range(5):
        emergency(old - n * DAY)
        item(old - n * DAY, judged=False, reasons=["random", "emergency"])
    item(old, judged=False, reasons=["random"])
    item(old, judged=True, reasons=["emergency"])
    item(NOW - DAY, judged=False, reasons=["emergency"])
    assert recorded.count_emergencies(NOW) == recorded.Emergencies(opened=5, waiting=5)
    assert figure(2).more == "Väntar på granskning sedan mer än 7 dagar: 5."


def test_emergency_that_was_never_drawn_waits_as_well(organisations):
    emergency(NOW - 8 * DAY)
    emergency(NOW - 6 * DAY)
    assert recorded.count_emergencies(NOW) == recorded.Emergencies(opened=2, waiting=1)
    item(NOW - 8 * DAY, judged=True, reasons=["emergency"])
    assert recorded.count_emergencies(NOW).waiting == 0
    assert figure(2).value == "Färre än 5 nödöppningar"


# 4: consent. ---------------------------------------------------------------------------------------


def act(model: Any, person: Any, unit: Any = HEMSJUKVARD, **more: Any) -> Any:
    return model.objects.create(
        **{
            "dossier": open_dossier(person).dossier,
            "provider_id": unit.provider.hsa_id,
            "unit_id": unit.hsa_id,
            "recorded_by": "X",
            **more,
        }
    )


@pytest.fixture
def enrolled(organisations: None) -> None:
    """Three patients at a unit that asks, one of them also at a unit that does not."""
    models.CareUnit.objects.filter(pk=HEMSJUKVARD.hsa_id).update(consent_raised_at="home_care")
    for person in PEOPLE:
        act(models.CareRelation, person, ground="journal")
    act(models.CareRelation, GUNHILD, PSYKIATRI, ground="journal")


def answered() -> tuple[int, int]:
    share = recorded.count_consents()
    return share.part, share.whole


def test_standing_yes_and_no_are_answers(enrolled):
    assert answered() == (0, 3)
    act(models.Consent, GUNHILD, unit_ids=["SE1", HEMSJUKVARD.hsa_id])
    act(models.ConsentRefusal, MILO)
    assert answered() == (2, 3)


NO_ANSWERS: dict[str, dict[str, Any]] = {
    "ended": {"ended_at": NOW},
    "annulled": {"annulled_at": NOW},
    "run out": {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)},
    "to come": {"starts_at": datetime(2100, 1, 1, tzinfo=UTC)},
    "of another unit": {"unit_ids": [PSYKIATRI.hsa_id]},
    "for one person": {"employee_id": "SE1"},
}


@pytest.mark.parametrize("which", NO_ANSWERS)
def test_other_consents_are_none(enrolled, which):
    act(models.Consent, GUNHILD, **{"unit_ids": [HEMSJUKVARD.hsa_id], **NO_ANSWERS[which]})
    assert answered() == (0, 3)


def test_relation_that_is_over_is_nobody_to_ask(enrolled):
    models.CareRelation.objects.filter(unit_id=HEMSJUKVARD.hsa_id).update(ended_at=NOW)
    assert answered() == (0, 0)
    assert figure(3).value == "Inga inskrivna"


def test_consent_under_another_number_of_the_person_counts(enrolled):
    act(models.Consent, MILO, unit_ids=[HEMSJUKVARD.hsa_id])
    link_numbers(open_dossier(GUNHILD).dossier, [MILO], by="test")
    assert answered() == (1, 2)


def test_consents_from_before_a_restore_do_not_count(enrolled):
    act(models.Consent, GUNHILD, unit_ids=[HEMSJUKVARD.hsa_id])
    models.LogEpoch.objects.create(number=99)
    assert answered() == (0, 3)


# 5: review. ----------------------------------------------------------------------------------------


def draw(*, judged: int, left: int, drawn_at: datetime = NOW) -> None:
    october = models.ReviewDraw.objects.create(
        month=date(2026, 10, 1), unit_id=AKUTEN.hsa_id, provider_id=FJALL.hsa_id, drawn_at=drawn_at
    )
    for n in range(judged + left):
        models.ReviewItem.objects.create(
            draw=october,
            view_id=uuid.uuid4(),
            viewed_at=NOW - 20 * DAY,
            user_hsa_id="SE1",
            reviewed_at=NOW if n < judged else None,
        )


@pytest.mark.parametrize(("judged", "left", "value"), [
    (15, 5, "75 %"), (20, 0, "Klar"), (2, 0, "Klar"), (19, 1, "Alla utom färre än 5"), (0, 20, "Färre än 5"),
    (1, 2, "För få för att visas"), (0, 0, "Inget att granska"),
])  # fmt: skip
def test_share_of_last_months_draw_that_is_judged(organisations, judged, left, value):
    draw(judged=judged, left=left)
    found = figure(4)
    assert (found.title, found.value) == ("Loggkontroll för oktober", value)


def test_month_that_was_not_drawn_says_so(organisations):
    assert figure(4).value == "Urvalet är inte draget"


def test_month_that_was_only_drawn_while_it_ran_says_so(organisations):
    draw(judged=3, left=20, drawn_at=datetime(2026, 10, 20, tzinfo=UTC))
    assert figure(4).value == "Urvalet är inte draget"


# Masking. ------------------------------------------------------------------------------------------


def test_no_number_under_five_is_ever_told():
    assert [told_count(n) for n in range(7)] == ["inga", *["färre än 5"] * 4, "5", "6"]
    told = [told_share(part, whole) for whole in range(40) for part in range(whole + 1)]
    shares = {
        told_share(part, whole)
        for whole in range(40)
        for part in range(whole + 1)
        if part < 5 or whole - part < 5
    }
    assert not any("%" in words for words in shares)
    assert any("%" in words for words in told)


# The page. -----------------------------------------------------------------------------------------


def start_page(client: Any) -> str:
    response = client.get(reverse("admin:index"))
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_page_has_five_numbers_each_with_a_sentence_and_a_way_to_act(sources):
    page = start_page(client_of("tove", group="Systemadministratör"))
    assert page.count('class="figure"') == 5
    assert page.count('class="meaning"') == 5
    assert page.count('class="act"') == 5
    for word in ("Vårdbegränsningar okända", "Källor som svarar i tid", "Nödöppningar", "Svar om samtycke"):
        assert word in page


def test_page_names_nobody_and_leads_nowhere_that_is_closed(sources):
    for n in range(6):
        say(datetime.now(UTC) - n * HOUR, cosmic="timed_out")
    client = client_of("tove", group="Systemadministratör")
    page = start_page(client)
    assert NURSE.hsa_id not in page
    assert "19390813" not in page
    for link in page.split('class="act"')[1:]:
        address = link.partition('href="')[2].partition('"')[0]
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("group", ["Samtyckesadministratör", "Logggranskare", "Användare"])
def test_nobody_else_has_them(sources, group):
    assert 'class="figure"' not in start_page(client_of("nils", group=group))


def test_who_lacks_an_assignment_is_told_why_the_lists_are_empty(organisations):
    client = client_of("nils", group="Samtyckesadministratör")
    assert reverse("choose_assignment") in start_page(client)
    at_work(client, HEMSJUKVARD, may_administer_consents=True)
    assert "du har inte valt något" not in start_page(client)
