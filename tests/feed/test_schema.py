"""The published schema, the checking and the mapping say the same, since all come from one declaration."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from connectors.openfeed.checking import judge
from connectors.openfeed.declaration import COMMON, MANDATORY, MANDATORY_WITHDRAWN, RECORD_TYPES, every_field
from connectors.openfeed.mapping import TYPES
from connectors.openfeed.refusing import Code, Problem
from connectors.openfeed.samples import example_of, sample_records
from connectors.openfeed.schema import delivery_schema, record_schema
from connectors.openfeed.vocabulary import LAWS, SERVICES, STATUSES
from tests.feed.test_files import JSON, NAMES
from tests.feed.vendor import service

VALIDATOR = Draft202012Validator(record_schema())


def without(record: dict[str, Any], name: str) -> dict[str, Any]:
    outer, dot, inner = name.partition(".")
    if not dot:
        return {key: value for key, value in record.items() if key != outer}
    return {**record, outer: {key: value for key, value in record[outer].items() if key != inner}}


def with_value(record: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    outer, dot, inner = name.partition(".")
    return {**record, outer: {**record.get(outer, {}), inner: value} if dot else value}


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(record_schema())
    Draft202012Validator.check_schema(delivery_schema())


def test_every_declared_type_is_mapped_and_no_other() -> None:
    assert set(RECORD_TYPES) == set(TYPES)


@pytest.mark.parametrize("record", [*sample_records(), *map(example_of, RECORD_TYPES)], ids=lambda r: r["id"])
def test_every_example_is_valid_and_sound(record: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(record)] == []
    assert judge(record).problems == ()


@pytest.mark.parametrize("name", MANDATORY)
def test_mandatory_field_that_is_missing_is_refused_by_name(name: str) -> None:
    record = without(service(), name)
    assert Problem(Code.MISSING, name) in judge(record).problems
    assert not VALIDATOR.is_valid(record)


@pytest.mark.parametrize("name", [one.name for one in COMMON if not one.is_required])
def test_every_other_field_may_be_missing(name: str) -> None:
    record = without({"author": {}, "code": {}, **service()}, name)
    assert (judge(record).problems, VALIDATOR.is_valid(record)) == ((), True)


@pytest.mark.parametrize("name", MANDATORY_WITHDRAWN)
def test_withdrawal_lacks_nothing_it_needs(name: str) -> None:
    little: dict[str, Any] = {}
    for needed in MANDATORY_WITHDRAWN:
        outer, dot, inner = needed.partition(".")
        value = service()[outer]
        little[outer] = {inner: value[inner]} if dot else value
    little["status"] = "error"
    assert (judge(little).problems, VALIDATOR.is_valid(little)) == ((), True)
    if name != "status":
        assert Problem(Code.MISSING, name) in judge(without(little, name)).problems
        assert not VALIDATOR.is_valid(without(little, name))


@pytest.mark.parametrize("word", [*STATUSES, *LAWS, *SERVICES])
def test_every_word_that_is_declared_can_be_used(word: str) -> None:
    name = "status" if word in STATUSES else "law" if word in LAWS else "data.kind"
    record = with_value(service(), name, word)
    assert (judge(record).problems, VALIDATOR.is_valid(record)) == ((), True)


@pytest.mark.parametrize(
    "name", [one.name for one in every_field().values() if one.words and not one.is_open]
)
def test_word_that_is_not_declared_is_refused_by_both(name: str) -> None:
    type_name = next(
        (t for t, one in RECORD_TYPES.items() if any(f.name == name for f in one.data)), "service"
    )
    record = with_value(example_of(type_name), name, "nothing of the kind")
    assert (Code.NOT_A_WORD, name) in {(one.code, one.field) for one in judge(record).problems}
    assert not VALIDATOR.is_valid(record)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(RECORD_TYPES)), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4), JSON)
def test_what_is_taken_is_valid(type_name: str, change: dict[str, Any], data: Any) -> None:
    for record in ({**example_of(type_name), **change}, {**example_of(type_name), "data": data}):
        if not judge(record).problems:
            assert [error.message for error in VALIDATOR.iter_errors(record)] == []


@pytest.mark.parametrize("name", every_field())
@pytest.mark.parametrize("value", [True, 7, "x", ["x"], {"x": 1}, "2026-01-10", "", None, 1.5], ids=repr)
def test_no_value_in_any_field_is_taken_and_yet_invalid(name: str, value: object) -> None:
    types = [
        t
        for t, one in RECORD_TYPES.items()
        if not name.startswith("data.") or any(f.name == name for f in one.data)
    ]
    for type_name in types:
        record = with_value(example_of(type_name), name, value)
        if not judge(record).problems:
            assert [error.message for error in VALIDATOR.iter_errors(record)] == []
