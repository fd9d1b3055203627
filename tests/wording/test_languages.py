"""What follows the reader's language, what never does, and what is said once."""

from collections import Counter
from dataclasses import replace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from connectors.base.kinds import CarePlan
from connectors.base.records import Record, Status
from connectors.base.registry import connector_classes
from connectors.models import ExpectedDelivery
from consent.models import CareProvider
from consent.vocabulary import EVERY_KIND, Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.outcomes import Answered, Outcome
from portal.aggregation.states import Reading
from portal.aggregation.wording import clock, full_when
from portal.overview.presenters.banner import Fact
from portal.overview.presenters.details import present_items
from portal.overview.presenters.tiles import present_tile
from tests.aggregation.examples import COSMIC, MOMENT, NOON, ago, plain, record
from tests.factories.permits import actor_at, everything_open


def test_the_clock_is_written_as_the_language_does() -> None:
    swedish = clock(NOON)
    with translation.override("en"):
        assert clock(NOON) == swedish.replace(".", ":")
    assert "." in swedish


def test_languages_are_named_in_themselves() -> None:
    assert settings.LANGUAGES == [("sv", "Svenska"), ("en", "English")]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_an_error_page_says_which_language_it_is_in(language: str) -> None:
    with translation.override(language):
        assert f'<html lang="{language}">' in render_to_string("errors/404.html")
    with translation.override(None):
        assert '<html lang="sv">' in render_to_string("errors/404.html")


def test_what_is_set_for_a_connector_is_named_in_english_too() -> None:
    manifests = [connector.manifest for connector in connector_classes().values()]
    with translation.override("en"):
        labels = {str(setting.label) for manifest in manifests for setting in manifest.settings}
    assert {"Client secret", "API key", "Access key"} <= labels


def test_an_expected_delivery_is_named_in_words() -> None:
    kind = ExpectedDelivery._meta.get_field("kind")
    assert dict(kind.flatchoices)[Kind.CARE_PLAN] == "Vårdplaner"
    delivery = ExpectedDelivery(provider=CareProvider(name="Region Fjäll"), kind=Kind.CARE_PLAN.value)
    assert str(delivery) == "Region Fjäll: Vårdplaner"


def read(kind: Kind, *records: Record) -> tuple[Reading, dict[str, Outcome]]:
    outcomes: dict[str, Outcome] = {"cosmic": Answered(COSMIC, EVERY_KIND, records, NOON)}
    asked = replace(COSMIC, kinds=EVERY_KIND)
    scene = Scene(actor_at(), everything_open(actor_at()), (asked,), MOMENT)
    return read_button(scene, BUTTON_OF[kind], outcomes), outcomes


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_a_list_tells_of_no_date_twice(kind: Kind) -> None:
    dates = {"start": ago(9), "end": ago(2), "recorded": ago(8), "updated": ago(7)}
    reading, outcomes = read(kind, plain(kind, **dates))
    (item,) = present_items(reading, outcomes)
    values = Counter(fact.value for fact in item.facts)
    labels = Counter(fact.label for fact in item.facts)
    assert labels.most_common(1)[0][1] == 1
    assert [values[full_when(when)] for when in dates.values()] == [1, 1, 1, 1]


def test_a_social_service_never_updated_is_said_to_be_so() -> None:
    reading, outcomes = read(Kind.SOCIAL_SERVICE, plain(Kind.SOCIAL_SERVICE, start=ago(9)))
    (item,) = present_items(reading, outcomes)
    assert Fact("Uppdaterat", "ej angivet") in item.facts


@pytest.mark.parametrize(("titles", "line"), [("A", "A, avslutad"), ("AB", "A, B, avslutade")])
def test_plans_that_are_over_are_counted_by_the_grammar(titles: str, line: str) -> None:
    plans = [record(CarePlan, id=title, title=title, status=Status.ENDED) for title in titles]
    reading, _ = read(Kind.CARE_PLAN, *plans)
    assert reading.headline == line


def test_only_what_a_source_wrote_is_marked_as_swedish() -> None:
    with translation.override("en"):
        told, outcomes = read(Kind.CARE_PLAN, plain(Kind.CARE_PLAN, title="Krisplan"))
        empty, _ = read(Kind.CARE_PLAN)
        drawn = [
            render_to_string("overview/tile.html", {"tile": present_tile(one, "a-handle", 1, "")})
            for one in (told, empty)
        ]
    assert '<bdi><span lang="sv">Krisplan</span>, ' in drawn[0]
    assert 'lang="sv"' not in drawn[1]
    untitled, _ = read(Kind.CARE_PLAN, plain(Kind.CARE_PLAN, title=""))
    assert [present_items(one, outcomes)[0].is_titled for one in (told, untitled)] == [True, False]
