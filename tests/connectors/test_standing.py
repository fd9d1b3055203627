"""How sources have answered: counted out of the log and of probes, and the same as on the first page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connectors.base.contract import Fault
from connectors.base.faultserver import json_reply
from connectors.models import Source, SourceHour
from connectors.standing import Share, count_views, note_probe, standings
from connectors.tasks import count_source_hours, probe_sources
from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry
from portal.access import figures_hours
from tests.access_review.rows import have_month, put
from tests.connectors.threads import serving
from tests.consent.administrators import client_of, text_of
from tests.consent.doings import TRACE
from tests.consent.examples import FJALL, GUNHILD, NURSE

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
NOW = datetime(2026, 11, 15, 12, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cosmic(organisations: None) -> Source:
    have_month(NOW)
    return Source.objects.create(slug="viva", label="Viva", connector="viva", owner_id=FJALL.hsa_id,
                                 settings={"area": "hsl"})  # fmt: skip


def say(at: datetime, word: str, action: Action = Action.OVERVIEW, event: Event = Event.SHOWN) -> None:
    put(at, Entry(event, NURSE, TRACE, patient=GUNHILD, action=action, outcomes={"viva": word}))


def count_all() -> None:
    """As the worker has done, hour by hour, until now."""
    for hours in range(30, -1, -1):
        count_views(NOW - hours * HOUR)


def test_views_are_counted_by_their_outcome_and_faults_by_kind(cosmic: Source) -> None:
    for minutes, word in (
        (9, "answered"),
        (8, "timed_out"),
        (7, "timed_out"),
        (6, "connect"),
        (5, "answered"),
    ):
        say(NOW - minutes * MINUTE, word)
    say(NOW - 4 * MINUTE, "no_consent")
    say(NOW - 3 * MINUTE, "busy")
    count_all()
    found = standings(NOW)["viva"]
    assert (found.day, found.week) == (Share(2, 5), Share(2, 5))
    assert found.faults == {Fault.TIMED_OUT: 2, Fault.CONNECT: 1}
    assert list(found.faults) == [Fault.TIMED_OUT, Fault.CONNECT]
    assert found.answered_at == NOW - 5 * MINUTE
    assert found.failing_since is None


def test_counting_twice_counts_once_and_makes_no_new_rows(cosmic: Source) -> None:
    say(NOW - MINUTE, "answered")
    count_all()
    count_all()
    assert standings(NOW)["viva"].day == Share(1, 1)
    assert SourceHour.objects.count() == 1


def test_the_first_page_and_the_source_tell_the_same(cosmic: Source) -> None:
    cache.clear()
    for hours, word in ((23, "answered"), (2, "dns"), (1, "answered"), (25, "connect")):
        say(NOW - hours * HOUR, word)
    count_all()
    answered, asked = figures_hours.in_time(figures_hours.count_hours(NOW))
    assert standings(NOW)["viva"].day == Share(answered, asked) == Share(2, 3)


def test_since_when_it_fails_is_the_first_failure_after_the_last_answer(cosmic: Source) -> None:
    for hours, word in ((5, "timed_out"), (4, "answered"), (3, "connect"), (1, "connect")):
        say(NOW - hours * HOUR, word)
    count_all()
    assert standings(NOW)["viva"].failing_since == NOW - 3 * HOUR


def test_what_is_old_is_forgotten(cosmic: Source) -> None:
    SourceHour.objects.create(source=cosmic, hour=NOW - 9 * DAY, answered=1)
    count_views(NOW)
    assert not SourceHour.objects.exists()


def test_probes_are_apart_from_views(cosmic: Source) -> None:
    note_probe("viva", None, NOW - HOUR)
    note_probe("viva", Fault.TLS, NOW)
    note_probe("viva", Fault.TLS, NOW)
    found = standings(NOW)["viva"]
    assert (found.probes, found.day) == (Share(1, 3), Share())
    assert (found.faults, found.answered_at) == ({Fault.TLS: 2}, NOW - HOUR)


@pytest.mark.network
def test_the_worker_probes_what_is_asked_and_not_what_is_down_as_planned(cosmic: Source) -> None:
    with serving(lambda _: json_reply({"status": "ok"})) as url:
        Source.objects.update(base_url=url)
        probe_sources()
        assert SourceHour.objects.get().probes_answered == 1
        since = datetime.now(UTC) - HOUR
        Source.objects.update(downtime_from=since, downtime_until=since + DAY)
        probe_sources()
        Source.objects.update(downtime_from=None, downtime_until=None, enabled=False)
        probe_sources()
        assert SourceHour.objects.get().probes_answered == 1
    Source.objects.update(enabled=True)
    probe_sources()
    assert SourceHour.objects.get().probe_faults == {"connect": 1}


def test_no_count_is_written_by_a_reader(cosmic: Source) -> None:
    """Views leave their outcome in the log row that they write anyway; the worker counts afterwards."""
    say(NOW - MINUTE, "answered")
    assert not SourceHour.objects.exists()
    count_source_hours()


def test_all_sources_are_read_in_one_query(cosmic: Source) -> None:
    for n in range(5):
        made = Source.objects.create(slug=f"s{n}", label="S", connector="viva", owner_id=FJALL.hsa_id)
        note_probe(made.slug, None, NOW)
    with CaptureQueriesContext(connection) as asked:
        assert len(standings(NOW)) == 5
    assert len(asked) == 1


# In the administration.


@pytest.fixture
def keeper(cosmic: Source):
    return client_of("keeper", group="Systemadministratör")


def test_the_source_tells_how_it_has_answered(keeper) -> None:
    now = datetime.now(UTC)
    note_probe("viva", None, now)
    SourceHour.objects.update(answered=9, failed=1, answered_at=now, view_faults={"timed_out": 1})
    shown = text_of(keeper.get(reverse("admin:connectors_source_change", args=["viva"])))
    assert "90 % av 10" in shown
    assert "1: Inget svar inom tidsgränsen." in shown
    assert "90 % av 10" in text_of(keeper.get(reverse("admin:connectors_source_changelist")))


@pytest.mark.network
@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (json_reply({"status": "ok"}), ("Viva svarar.",)),
        (json_reply({}, 401), ("Källan godkänner inte", "ange dem på nytt", "auth")),
        (json_reply({"status": "stängt"}), ("Källan svarar att den har ett fel.", "testa igen", "reported")),
    ],
)
def test_a_test_says_what_it_means_and_what_to_do_and_no_content(keeper, reply, told) -> None:
    with serving(lambda _: reply) as url:
        Source.objects.update(base_url=url)
        shown = text_of(keeper.post(reverse("admin:connectors_source_probe", args=["viva"])))
    for words in told:
        assert words in shown
    assert "stängt" not in shown


def test_looking_at_the_test_reaches_nobody(keeper) -> None:
    shown = text_of(keeper.get(reverse("admin:connectors_source_probe", args=["viva"])))
    assert "Inget innehåll hämtas" in shown


def test_a_stop_that_ends_before_it_begins_is_refused(keeper) -> None:
    form = {"label": "Viva", "base_url": "http://127.0.0.1:1", "owner": FJALL.hsa_id, "setting_area": "hsl",
            "setting_api_key": "k", "change_reason": "prov", "downtime_from_0": "2026-12-02",
            "downtime_from_1": "12:00", "downtime_until_0": "2026-12-01",
            "downtime_until_1": "12:00"}  # fmt: skip
    url = reverse("admin:connectors_source_change", args=["viva"])
    assert "Avbrottet slutar innan det har börjat." in text_of(keeper.post(url, form))
    alone = {**form, "downtime_until_0": "", "downtime_until_1": ""}
    assert "Ange både när avbrottet börjar" in text_of(keeper.post(url, alone))
