"""Production does not start with what belongs to a demo or a desk."""

import hashlib
from dataclasses import replace

import psycopg
import pytest
from django.db import connection

from connectors.base.places import Places
from connectors.models import Source
from portal import broker_checks, checks
from portal.settings.keys import create_keys, load_keys
from tests.accesslog.clusters import new_cluster
from tests.operations.servers import new_redis


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


def test_own_keys_are_let_in(production, tmp_path):
    create_keys(tmp_path / "keys")
    production.KEYS, production.SECRET_KEY = load_keys(tmp_path / "keys"), "of our own"
    production.KEYS_DIR = tmp_path / "keys"
    assert checks.refuse_published_keys(None) == []


@pytest.mark.parametrize("field", ["lookup", "handle", "log_master", "seal"])
def test_key_of_the_tests_is_refused_wherever_it_stands(production, tmp_path, field):
    create_keys(tmp_path / "keys")
    own, published = load_keys(tmp_path / "keys"), production.KEYS
    production.KEYS, production.SECRET_KEY = replace(own, **{field: getattr(published, field)}), "of our own"
    assert ids(checks.refuse_published_keys(None)) == ["portal.E012"]
    production.KEYS = replace(own, field={**own.field, "2": published.field["2"]})
    assert ids(checks.refuse_published_keys(None)) == ["portal.E012"]


@pytest.mark.parametrize("secret", ["django-insecure-abc", hashlib.sha512(b"test secret").hexdigest()])
def test_secret_that_everybody_knows_is_refused(production, tmp_path, secret):
    create_keys(tmp_path / "keys")
    production.KEYS, production.SECRET_KEY = load_keys(tmp_path / "keys"), secret
    assert ids(checks.refuse_published_keys(None)) == ["portal.E012"]


def test_keys_that_everybody_on_the_machine_can_read_are_told(production, tmp_path):
    create_keys(tmp_path / "keys")
    production.KEYS, production.SECRET_KEY = load_keys(tmp_path / "keys"), "of our own"
    production.KEYS_DIR = tmp_path / "keys"
    (tmp_path / "keys/lookup.key").chmod(0o644)
    assert ids(checks.refuse_published_keys(None)) == []  # nobody else can enter the folder
    (tmp_path / "keys").chmod(0o755)
    assert ids(checks.refuse_published_keys(None)) == ["portal.W012"]


@pytest.mark.parametrize(("hosts", "found"), [(["*"], 1), (["portal.example"], 0), (["*.example"], 1)])
def test_any_host_is_refused(production, hosts, found):
    production.ALLOWED_HOSTS = hosts
    assert ids(checks.refuse_any_host(None)) == ["portal.E014"] * found


# Redis. --------------------------------------------------------------------------------------------

WELL = {"maxmemory_policy": "noeviction", "aof_enabled": 1}


@pytest.mark.parametrize(
    ("info", "saving", "found"),
    [
        (WELL, "", []),
        ({**WELL, "aof_enabled": 0}, "900 1", []),
        ({**WELL, "aof_enabled": 0}, "", ["portal.E016"]),
        ({**WELL, "aof_enabled": 0}, None, ["portal.W016"]),
        ({**WELL, "maxmemory_policy": "allkeys-lru"}, "", ["portal.E015"]),
        ({}, "", ["portal.E015", "portal.E016"]),
    ],
)
def test_redis_that_throws_jobs_away_or_forgets_them_is_refused(info, saving, found):
    assert ids(broker_checks.judge(info, saving)) == found


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, []),
        ({"appendonly": "no"}, ["portal.E016"]),
        ({"maxmemory-policy": "volatile-lru"}, ["portal.E015"]),
    ],
    ids=["keeps", "forgets", "throws away"],
)
def test_redis_is_asked_itself(production, options, found):
    with new_redis(**options) as server:
        production.REDIS_URL = server.url
        assert ids(broker_checks.refuse_forgetful_broker(None, ["default"])) == found
    assert ids(broker_checks.refuse_forgetful_broker(None, ["default"])) == ["portal.W015"]
    production.PRODUCTION = False
    assert broker_checks.refuse_forgetful_broker(None, ["default"]) == []


@pytest.mark.django_db
def test_only_postgresql_that_keeps_what_it_acknowledges(production, monkeypatch):
    found = ids(checks.refuse_unsafe_database(None, ["default"]))
    if connection.vendor != "postgresql":
        assert found == ["portal.E003"]
        return
    assert found == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert ids(checks.refuse_unsafe_database(None, ["default"])) == ["portal.E004"]
    monkeypatch.setattr(checks, "OLDEST_POSTGRESQL", 99)
    assert ids(checks.refuse_unsafe_database(None, ["default"])) == ["portal.E013", "portal.E004"]


def test_server_that_does_not_keep_what_it_acknowledges_is_asked_and_refused(production):
    """``fsync`` and ``full_page_writes`` are the server's own: asked of one that runs so."""
    if connection.vendor != "postgresql":
        pytest.skip("needs a PostgreSQL to start")
    with new_cluster() as cluster:
        for setting in ("fsync", "full_page_writes"):
            cluster.stop()
            cluster.start(**{setting: "off"})
            with psycopg.connect(cluster.url()) as asked, asked.cursor() as cursor:
                assert ids(checks.judge_postgresql(cursor)) == ["portal.E004"]


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
