"""The bench's own arithmetic and file, and one small run of its longest row on a real PostgreSQL."""

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from bench import log, statements, wire
from bench.counting import BYTES, STATEMENT, TRIP, name_of
from bench.hung import results_of as hung_results
from bench.many import results_of as many_results
from bench.readers import Seen
from bench.report import as_json, check_document, merge, read_latest, table, write_latest
from bench.results import Goal, Result, count_word, paired_ratios, percentile, ratio_result
from bench.shed import results_of as shed_results
from bench.slow import results_of as slow_results
from bench.stage import SOURCES
from bench.statements import read_notes
from bench.workplace import Workplace, make_workplace
from tests.servers import this_database_url

MACHINE = {"cores": 2, "python": "3.11"}


def result(**more: Any) -> Result:
    return Result(**{"name": "wall", "value": 1.5, "unit": "ratio", "samples": [1.0, 1.5, 2.0], **more})


def test_percentile_is_a_sample_that_so_many_do_not_exceed():
    hundred = [float(n) for n in range(100, 0, -1)]
    assert [percentile(hundred, p) for p in (0, 1, 50, 95, 99.5, 100)] == [1, 1, 50, 95, 100, 100]
    assert percentile([7.0], 95) == 7
    assert percentile([1.0, 2.0], 95) == 2
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 50)


def test_ratio_is_the_median_of_the_rounds_own_ratios():
    """Not the ratio of medians: a slow minute that hits both halves of a round changes nothing."""
    ours, theirs = [1.2, 12.0, 2.4, 1.2, 9.0], [1.0, 10.0, 2.0, 1.0, 1.0]
    found = ratio_result("log", ours, theirs, Goal(at_most=1.2), rows=5)
    assert found.value == pytest.approx(1.2)
    assert list(found.samples) == pytest.approx([1.2, 1.2, 1.2, 1.2, 9.0])
    assert found.spread == pytest.approx((1.2, 1.2))
    assert found.conditions == {"rows": 5}
    with pytest.raises(ValueError, match="both halves"):
        paired_ratios([1.0, 2.0], [1.0])


MOST, LEAST = Goal(at_most=1.2), Goal(at_least=40)


@pytest.mark.parametrize(
    ("goal", "value", "is_met"),
    [(MOST, 1.2, True), (MOST, 1.21, False), (LEAST, 40, True), (LEAST, 39.9, False), (None, 3, None)],
)
def test_goal_is_met_or_not(goal, value, is_met):
    assert result(goal=goal, value=value).is_met is is_met


@pytest.mark.parametrize(
    ("count", "word"), [(10_000_000, "10m"), (250_000, "250k"), (1_000, "1k"), (1_500, "1500"), (999, "999")]
)
def test_name_says_how_many_rows_there_were_and_never_more(count, word):
    assert count_word(count) == word
    assert log.count_word_below(count - 1, count) != word
    assert log.count_word_below(count + 2_979, count) == word


def test_file_keeps_what_other_rows_measured(tmp_path: Path):
    path = tmp_path / "latest.json"
    assert read_latest(path) == {}
    write_latest(
        {"b": as_json(result(), MACHINE, "abc1234"), "a": as_json(result(), MACHINE, "abc1234")}, path
    )
    write_latest({"b": as_json(result(value=9.123456789), MACHINE, "def5678")}, path)
    kept = json.loads(path.read_text())
    assert list(kept) == ["a", "b"]
    assert (kept["a"]["code"], kept["b"]["code"]) == ("abc1234", "def5678")
    assert kept["b"]["value"] == 9.1235
    assert kept["a"]["samples"] == [1.0, 1.5, 2.0]
    assert kept["a"]["machine"] == MACHINE
    assert merge(kept, {}) == kept


SPOILT = {
    "a missing field": lambda body: body.pop("machine"),
    "a field nobody knows": lambda body: body.update(host="x"),
    "no samples": lambda body: body.update(samples=[]),
    "words for numbers": lambda body: body.update(value="fast"),
    "a truth for a number": lambda body: body.update(samples=[True]),
    "a verdict without a goal": lambda body: body.update(is_met=True),
    "a goal without a verdict": lambda body: body.update(goal="≤ 1"),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_file_that_is_not_as_described_is_refused(spoil, tmp_path: Path):
    sound = {"a": as_json(result(), MACHINE, "")}
    check_document(sound)
    spoilt = deepcopy(sound)
    spoil(spoilt["a"])
    path = tmp_path / "latest.json"
    path.write_text(json.dumps(spoilt))
    with pytest.raises(ValueError, match="a: "):
        read_latest(path)


def test_file_in_the_repository_is_as_described_and_names_no_place():
    for name, body in read_latest().items():
        said = json.dumps(body["machine"])
        assert "/" not in said, name
        assert os.uname().nodename not in said, name


def test_table_says_which_goals_are_not_met():
    lines = table([result(goal=Goal(at_most=1.2)), result(name="b", goal=Goal(at_most=2)), result(name="c")])
    assert [line.split("  ")[-1] for line in lines.splitlines()[1:]] == ["NOT MET", "met", "1 – 2"]


def test_statements_are_counted_up_to_each_piece_that_leaves():
    sent = [f"{STATEMENT} SELECT session", TRIP, TRIP, f"{STATEMENT} INSERT log", TRIP]
    first, second = [TRIP, f"{STATEMENT} INSERT log"], [f"{STATEMENT} INSERT log", f"{STATEMENT} SELECT more"]
    counted = read_notes([*sent, BYTES, *first, BYTES, *second, BYTES, BYTES], 2, 50)
    assert (counted.before, counted.trips_before) == (2, 3)
    assert (counted.releases, counted.trips_of_releases) == ((1, 2), (1, 0))
    assert counted.statements == ("SELECT session", "INSERT log")
    assert name_of('(SELECT 1 FROM "consent_consent" U0) UNION ALL (SELECT') == "SELECT consent_consent"


def test_many_records_are_set_against_few_round_by_round():
    def seen(useful: float, last: float) -> Seen:
        return Seen(200, 0.1, useful, last, 10, SOURCES, 0)

    few = [[seen(0.3, 0.4), seen(0.3, 0.4), seen(9.0, 9.0)], [seen(0.6, 0.8)] * 3]
    many = [[seen(0.6, 1.2)] * 3, [seen(0.6, 1.6)] * 3]
    useful, last = many_results(few, many)
    assert (useful.name, last.name) == ("first_useful_ratio_5000", "last_byte_ratio_5000")
    assert list(useful.samples) == pytest.approx([2.0, 1.0])
    assert list(last.samples) == pytest.approx([3.0, 2.0])
    assert (useful.goal, last.goal) == (Goal(at_most=1.5), None)


def test_hung_sources_keep_nothing_useful_from_being_counted_where_none_is_left():
    def seen(useful_s: float, last_s: float, answered: int, failed: int) -> Seen:
        return Seen(200, 0.1, useful_s, last_s, 1000, answered, failed)

    by_hung = {1: [seen(0.4, 4.0, 9, 1), seen(0.5, 4.1, 8, 1)], SOURCES: [seen(0.0, 4.9, 0, 10)]}
    useful, final = hung_results(by_hung)
    assert list(useful.samples) == [400, 500]
    assert (useful.value, final.value) == (500, 4900)
    assert final.conditions["healthy_answers_not_shown"] == 1


def test_readers_told_to_come_again_are_no_errors_and_everything_else_is():
    whole, again = Seen(200, 0.1, 0.4, 0.6, 10, SOURCES, 0), Seen(503, 0.0, 0.0, 0.01, 10, 0, 0, "5")
    ratio, recovered, errors = shed_results(10.0, [whole] * 135 + [again] * 300, 2.0)
    assert (ratio.value, ratio.is_met, recovered.is_met, errors.value) == (0.9, True, True, 0)
    lacking = Seen(200, 0.1, 0.4, 0.6, 10, SOURCES - 1, 1)
    wordless = Seen(503, 0.0, 0.0, 0.01, 10, 0, 0)
    assert shed_results(10.0, [whole, lacking, wordless], 2.0)[2].value == 2


def test_on_a_slow_network_the_slowest_looks_count_and_one_without_an_answer_is_no_number():
    looks = [{"shell": 900.0 + n, "useful": 1500.0 + n, "strip": True, "css": 0} for n in range(10)]
    strip, useful = slow_results(looks)
    assert (strip.value, useful.value) == (909, 1509)
    assert (strip.is_met, useful.is_met) == (True, True)
    assert strip.conditions["without_strip"] == 0
    with pytest.raises(RuntimeError, match="no answer"):
        slow_results([*looks, {"shell": 900.0, "useful": None, "strip": True, "css": 0}])


def test_sources_answer_with_as_many_bytes_as_they_are_said_to():
    assert 19_000 < len(wire.viva_answer(1, 20)) < 22_000
    (page,) = wire.condition_pages(1, 20)
    assert 19_000 < len(page) < 22_000
    assert [len(json.loads(page)["entry"]) for page in wire.condition_pages(1, 1_200)] == [500, 500, 200]


@pytest.mark.django_db
@pytest.mark.network
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the bench measures PostgreSQL")
@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="the portal signs nobody in without a Redis")
def test_statement_row_reads_real_pages_of_a_real_web_process(migrated: str):
    """What the other rows stand on too: sign-in, sources, a portal with the settings of production."""
    with make_workplace(this_database_url(), os.environ["REDIS_URL"], migrated) as place:
        shapes = [(2, 20), (2, 100)]
        found = {each.name: each for each in statements.measure(place, lambda _: None, shapes)}
    assert found["sql_before_first_byte"].value > 0
    # Two sources: a busy machine may gather what they answer.
    assert {run["releases"] for run in found["sql_before_first_byte"].conditions["runs"]} <= {1, 2}
    assert set(found["sql_per_release"].samples) == {1}
    assert found["sql_constant_in_records"].value == 1


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the bench measures PostgreSQL")
def test_log_row_measures_real_inserts_and_one_patients_extract(migrated: str):
    said: list[str] = []
    redis_url = os.environ.get("REDIS_URL", "redis://localhost")
    with make_workplace(this_database_url(), redis_url, migrated) as place:
        found = {each.name: each for each in log.measure(place, said.append, log.SMALL)}
    inserts, extract = found["log_insert_ratio_1k"], found["extract_s_1k"]
    assert (inserts.goal, extract.goal) == (None, None)  # what was promised for ten million is not claimed
    assert inserts.conditions["rows_in_month"] >= 1_000
    assert inserts.conditions["triggers"] >= 2
    assert inserts.conditions["indexes"] >= 5
    assert len(inserts.samples) == log.SMALL.rounds
    assert inserts.conditions["json_bytes_per_row"] > 200
    assert all(sample > 0 for sample in inserts.samples)
    of_patient = log.SMALL.patient_rows + log.SMALL.earlier * (log.SMALL.patient_rows // 15)
    # A view of hers was among those that gave the loaded rows their shape.
    assert extract.conditions["rows_of_patient"] > of_patient
    for name in ("verify_rows_per_s", "verify_export_rows_per_s"):
        assert found[name].conditions["rows"] >= 1_000
        assert found[name].goal is None
    assert said
    with psycopg.connect(this_database_url()) as server:
        left = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"bench_{os.getpid()}_%"]
        )
        assert left.fetchall() == []


def test_each_database_has_a_second_place_of_its_own(tmp_path: Path):
    """Beside another's checkpoints a fresh log would pass for a backup that was restored."""
    place = Workplace("postgresql://x/", "redis://x/", tmp_path, "key")
    assert place.environment("one")["LOG_SINK_DIR"] != place.environment("other")["LOG_SINK_DIR"]
    assert Path(place.environment("one")["LOG_SINK_DIR"]).is_dir()
