"""Production does not start where the log could be changed, or would not be sealed; and waits for nobody."""

import time
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import override_settings

from portal import checks
from portal.settings.environment import limit_idle_transactions, postgresql_database
from portal.settings.keys import create_keys, load_keys, replace_seal_key
from tests.accesslog import databases

pytestmark = [pytest.mark.sqlite]


@pytest.fixture
def production(settings, tmp_path):
    settings.PRODUCTION = True
    settings.LOG_SINK_DIR, settings.LOG_SINK_SYSLOG = str(tmp_path), ""
    return settings


def ids(found):
    return [message.id for message in found]


def test_log_that_is_sealed_in_two_places_is_let_in(production):
    assert checks.refuse_unsealed_log(None) == []


def test_log_without_a_key_is_refused(production):
    production.KEYS = replace(production.KEYS, seal=None)
    assert ids(checks.refuse_unsealed_log(None)) == ["portal.E006"]


def test_log_without_a_second_place_is_refused(production):
    production.LOG_SINK_DIR = ""
    assert ids(checks.refuse_unsealed_log(None)) == ["portal.E007"]


def test_second_place_that_is_away_is_told_and_keeps_nobody_from_starting(production, tmp_path):
    production.LOG_SINK_DIR = str(tmp_path / "away")
    (told,) = checks.refuse_unsealed_log(None)
    assert (told.id, told.is_serious()) == ("portal.W007", False)


@pytest.mark.parametrize(
    "address", ["collector", "udp://collector:514", "tcp://collector", "tls://collector:x"]
)
def test_address_of_a_collector_is_whole(production, address):
    production.LOG_SINK_SYSLOG = address
    assert ids(checks.refuse_unsealed_log(None)) == ["portal.E008"]
    production.LOG_SINK_SYSLOG = "tls://collector:6514"
    assert checks.refuse_unsealed_log(None) == []


@pytest.mark.django_db
def test_role_that_may_change_the_log_is_refused(production):
    """The tests' own is a superuser."""
    found = ids(checks.refuse_open_log(None, ["default"]))
    assert found == (["portal.E009"] if connection.vendor == "postgresql" else [])


@pytest.mark.django_db
def test_outside_production_nothing_is_refused(settings):
    settings.LOG_SINK_DIR = ""
    assert checks.refuse_unsealed_log(None) == checks.refuse_open_log(None, ["default"]) == []


def test_transaction_that_holds_still_is_ended_by_the_database(access_log):
    """It would keep every later row of the log from being sealed."""
    made = limit_idle_transactions(postgresql_database(urlsplit("postgresql://u@h/d?options=-c%20x=1")), 5)
    assert made["OPTIONS"]["options"] == "-c x=1 -c idle_in_transaction_session_timeout=5000"
    if connection.vendor != "postgresql":
        assert limit_idle_transactions({"ENGINE": "django.db.backends.sqlite3"}, 5).keys() == {"ENGINE"}
        return
    limited = limit_idle_transactions(dict(connection.settings_dict), 1)
    place = databases.url_of(limited["NAME"])
    with closing(psycopg.connect(place, options=limited["OPTIONS"]["options"])) as idle:
        idle.execute("SELECT pg_current_xact_id()")
        time.sleep(1.5)
        with pytest.raises(psycopg.Error):
            idle.execute("SELECT 1")


# The seal's keys. ----------------------------------------------------------------------------------


def test_first_keys_have_one_to_seal_with(tmp_path):
    create_keys(tmp_path / "keys")
    keys = load_keys(tmp_path / "keys")
    assert keys.seal is not None
    assert len(keys.seal_public) == 1
    assert (tmp_path / "keys/seal.key").stat().st_mode & 0o777 == 0o600


def test_folder_from_before_there_was_a_seal_still_loads_and_can_seal_nothing(tmp_path):
    create_keys(tmp_path / "keys")
    for name in ("seal.key", "seal.pub"):
        (tmp_path / "keys" / name).unlink()
    keys = load_keys(tmp_path / "keys")
    assert (keys.seal, dict(keys.seal_public)) == (None, {})


def test_halves_that_do_not_belong_together_are_refused(tmp_path):
    for name in ("one", "other"):
        create_keys(tmp_path / name)
    (tmp_path / "one/seal.pub").write_text((tmp_path / "other/seal.pub").read_text())
    with pytest.raises(ImproperlyConfigured, match=r"seal\.pub"):
        load_keys(tmp_path / "one")


def test_key_that_is_replaced_leaves_its_public_half(tmp_path):
    create_keys(tmp_path / "keys")
    before = load_keys(tmp_path / "keys")
    replace_seal_key(tmp_path / "keys", bytes(range(32)))
    after = load_keys(tmp_path / "keys")
    assert after.seal == bytes(range(32))
    assert set(before.seal_public) < set(after.seal_public)
    assert not list((tmp_path / "keys").glob("*.new"))
    with override_settings(KEYS=after):
        assert len(after.seal_public) == 2
