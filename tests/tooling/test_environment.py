"""The environment is read strictly: a wrong value stops start-up with a sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings.environment import (
    read_bool,
    read_database,
    read_int,
    read_list,
    read_secret,
    read_text,
    read_url,
)

NAME = "PORTAL_TEST_VARIABLE"


@pytest.fixture
def variable(monkeypatch: pytest.MonkeyPatch):
    return lambda value: monkeypatch.setenv(NAME, value)


def test_missing_value_without_default_stops():
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be set"):
        read_text(NAME)


def test_empty_value_counts_as_missing(variable):
    variable("")
    with pytest.raises(ImproperlyConfigured):
        read_text(NAME)
    assert read_text(NAME, "default") == "default"


def test_secret_may_stand_in_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read_text(NAME, "default")
    (tmp_path / "secret").write_text("from the file\n")
    assert read_text(NAME) == "from the file"


def test_what_is_set_both_ways_stops(variable, monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from the file")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    variable("from the environment")
    with pytest.raises(ImproperlyConfigured, match="both set"):
        read_text(NAME)


@pytest.mark.parametrize("value", ["true", "1", "yes", "FALSE", "0", " True"])
def test_bool_takes_only_its_two_spellings(variable, value):
    variable(value)
    with pytest.raises(ImproperlyConfigured, match="True or False"):
        read_bool(NAME, default=False)


def test_bool_reads_both_spellings(variable):
    variable("True")
    assert read_bool(NAME, default=False) is True
    variable("False")
    assert read_bool(NAME, default=True) is False


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80.5", "8o", "٣"])
def test_int_stays_within_bounds(variable, value):
    variable(value)
    with pytest.raises(ImproperlyConfigured, match="from 1 to 65535"):
        read_int(NAME, 8000, least=1, most=65535)


def test_list_drops_blanks(variable):
    variable("a.example, b.example,,")
    assert read_list(NAME) == ["a.example", "b.example"]


def test_wrong_url_is_refused_without_repeating_its_password(variable):
    variable("mysql://portal:hunter2@db/portal")
    with pytest.raises(ImproperlyConfigured) as refused:
        read_url(NAME, ("postgresql",))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("value", ["short", "a" * 60])
def test_weak_secret_is_refused_without_repeating_it(variable, value):
    variable(value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read_secret(NAME, min_length=50)
    assert value not in str(refused.value)


def test_postgresql_url_is_taken_apart(variable):
    variable("postgresql://portal:p%40ss@db.example:5433/over%20view?sslmode=verify-full")
    database = read_database(NAME)
    assert (database["USER"], database["PASSWORD"]) == ("portal", "p@ss")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "5433", "over view")
    assert database["OPTIONS"] == {"sslmode": "verify-full", "prepare_threshold": 0}
    assert database["CONN_HEALTH_CHECKS"] is True


def test_postgresql_url_may_name_a_socket_folder(variable):
    variable("postgresql://portal@/portal?host=/run/postgresql")
    database = read_database(NAME)
    assert (database["HOST"], database["OPTIONS"]) == ("/run/postgresql", {"prepare_threshold": 0})


def test_sqlite_takes_its_turn_at_the_start_of_a_transaction(variable):
    variable("sqlite:///srv/portal.sqlite3")
    database = read_database(NAME)
    assert database["NAME"] == "/srv/portal.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
