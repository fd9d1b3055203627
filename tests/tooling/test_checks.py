"""Production does not start with what belongs to a demo or a desk."""

import pytest
from django.db import connection

from connectors.base.places import Places
from connectors.models import Source
from portal import checks


@pytest.fixture
def production(settings):
    settings.SOURCE_PLACES = Places()
    settings.PRODUCTION, settings.DEMO, settings.DEMO_URLS, settings.EMBEDDED_COMPANIONS = True, False, "", []
    return settings


def ids(found):
    return [message.id for message in found]


def test_clean_production_is_let_in(production):
    assert checks.demo_traces(["consent.apps.ConsentConfig", "portal.apps.PortalConfig"]) == []
    assert checks.refuse_debug(None) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEMO", True), ("DEMO_URLS", "demo.urls"), ("EMBEDDED_COMPANIONS", ["demo.companions.start"])],
)
def test_any_setting_of_the_demo_is_refused(production, name, value):
    setattr(production, name, value)
    assert ids(checks.refuse_demo(None)) == ["portal.E001"]


def test_demo_among_the_apps_is_refused(production):
    assert ids(checks.demo_traces(["demo.apps.DemoConfig"])) == ["portal.E001"]


def test_permits_to_test_with_are_refused(production):
    production.SPECIMEN_PERMITS = True
    assert ids(checks.refuse_specimens(None)) == ["portal.E010"]
    production.SPECIMEN_PERMITS = False
    assert checks.refuse_specimens(None) == []


def test_debug_is_refused(production):
    production.DEBUG = True
    assert ids(checks.refuse_debug(None)) == ["portal.E002"]


@pytest.mark.django_db
def test_only_postgresql_that_keeps_what_it_acknowledges(production):
    found = ids(checks.refuse_unsafe_database(None, ["default"]))
    if connection.vendor != "postgresql":
        assert found == ["portal.E003"]
        return
    assert found == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert ids(checks.refuse_unsafe_database(None, ["default"])) == ["portal.E004"]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_source_on_this_machine_is_a_simulator_left_behind(production, host):
    Source.objects.create(
        slug="viva", label="Viva", connector="population", base_url=f"http://{host}:8000", settings={}
    )
    assert ids(checks.refuse_simulators(None, ["default"])) == ["portal.E005"]


@pytest.mark.django_db
def test_outside_production_nothing_is_refused(settings):
    settings.DEBUG = True
    assert checks.refuse_demo(None) == checks.refuse_debug(None) == []
    assert (
        checks.refuse_unsafe_database(None, ["default"]) == checks.refuse_simulators(None, ["default"]) == []
    )
