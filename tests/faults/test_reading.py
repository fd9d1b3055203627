"""The reader of JSON against a plain one: slow, with a look at every object, and the same verdict on all."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base.contract import Fault, SourceFault
from connectors.base.reading import MAX_DEPTH, read_json
from tests.faults.parsing import garble, parse_json, sound_bodies
from tests.faults.systems import IN_JSON
from tests.faults.test_parsers import VARIANTS, bounded, seeds, values

# What a mistake about strings, names and depth would be seen by.
TELLING = (
    b'":', b'" :', b'\\":', b'"a":1,', b'"a":', b'"\\u0061":1,', b'{"a":1,"a":1}', b"{}", b"[]", b":", b",",
    b"[" * 62, b"]" * 62, b"NaN", b"1e999", b"-Infinity", b'"\\ud800"', b'"\\ud83d\\ude00"', b"\\\\",
    b'\\\\"', b"\xef\xbb\xbf", b"1" * 25, b"\x1f", b"\xc3",
)  # fmt: skip


def read_plainly(body: bytes) -> object:
    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError
        return dict(pairs)

    def refuse(_: str) -> None:
        raise ValueError

    try:
        text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        value = json.loads(text, object_pairs_hook=look, parse_constant=refuse)
        said = json.dumps(value, allow_nan=False, ensure_ascii=False)
        said.encode()
    except (ValueError, RecursionError):
        return Fault.FORMAT
    return value if isinstance(value, dict) and depth_of(value) <= MAX_DEPTH else Fault.FORMAT


def depth_of(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + max(map(depth_of, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def judged_alike(body: bytes) -> None:
    read, plainly = parse_json(body), read_plainly(body)
    assert type(read) is type(plainly)
    assert repr(read) == repr(plainly)


def test_both_readers_judge_alike():
    sound = [body for system in IN_JSON for body in sound_bodies(system)]
    bodies = st.sampled_from(sound) | values.map(lambda value: json.dumps({"a": value}).encode())

    @bounded
    @given(bodies, seeds)
    def reading(body: bytes, seed: int) -> None:
        dice = random.Random(seed)
        judged_alike(body)
        for number in range(VARIANTS - 1):
            start = dice.randint(0, len(body))
            put_in = body[:start] + dice.choice(TELLING) + body[start:]
            judged_alike(put_in if number % 2 else garble(body, dice))

    reading()


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"a" :1,"a":2}',
        b'{"a": {"b": 1, "c": 2, "b": 1}}',
        b'{"a": [{"b": 1}, {"b": 1, "b": 1}]}',
        b'{"a": 1, "\\u0061": 1}',
        b'{"a\\":": 1, "b": {"c": 1, "c": 2}}',
        b'{"a": {"x": 1, "y": 2}, "a": {}}',
        b'{"": 1, "": 2}',
    ],
)
def test_a_name_that_stands_twice_is_refused(body):
    with pytest.raises(SourceFault, match="format"):
        read_json(body, "application/json")


@pytest.mark.parametrize(
    "body",
    [
        b'{":": ":", "a:b": "c:d"}',
        b'{"a\\":": "\\":", "b\\\\": "\\\\:"}',
        b'{"a" : {"b"\n: 1}, "c"\t:[{"b"\r:1}]}',
        b'{"a": {"b": 1}, "c": {"b": 1}}',
    ],
)
def test_colons_in_texts_and_spaces_before_them_are_no_names(body):
    assert read_json(body, "application/json") == json.loads(body)
