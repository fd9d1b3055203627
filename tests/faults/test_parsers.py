"""Whatever bytes come, reading them ends in an answer or in a fault of the closed list, and soon."""

import gzip
import json
import os
import random
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.parsing import ODD, PARSERS, ReplyParser, garble, mutate, sound_bodies, sound_for
from tests.faults.systems import IN_JSON, name_of

ROOT = Path(__file__).resolve().parents[2]
IS_SOAK = bool(os.environ.get("SOAK"))
RUNS = 200_000 if IS_SOAK else 2_000
# To make something up costs more than to read it: each is read in so many variants.
VARIANTS = 20
COVERED_RUNS = 200_000 if IS_SOAK else 2_000
# Each is a process of its own that takes seconds to start: in an ordinary run one stands for all.
SEARCHED = sorted(PARSERS) if IS_SOAK else ["FHIR"]
bounded = settings(
    max_examples=RUNS // VARIANTS, deadline=None, database=None, derandomize=not IS_SOAK,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
texts = st.text(max_size=40) | st.sampled_from([odd for odd in ODD if isinstance(odd, str)])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


MADE_UP = {
    "json": st.binary(max_size=600) | values.map(lambda value: json.dumps(value).encode()),
    "gzip": st.binary(max_size=600) | st.binary(max_size=600).map(partial(gzip.compress, mtime=0)),
    "file": st.sampled_from(sound_for("file"))
    | st.binary(max_size=600)
    | values.map(lambda value: json.dumps(value).encode()),
    "date": texts.map(lambda text: text.encode("utf-8", "replace"))
    | st.datetimes().map(lambda moment: moment.isoformat().encode()),
}
seeds = st.integers(0, 2**32)


class Counted:
    """A parser that counts its runs."""

    def __init__(self, parse):
        self.parse, self.runs = parse, 0

    def __call__(self, body):
        self.runs += 1
        self.parse(body)

    def tell(self, name):
        print(f"{name}: {self.runs} runs")
        assert self.runs >= RUNS


@pytest.mark.parametrize("name", sorted(MADE_UP))
def test_any_bytes_are_read_or_refused(name):
    parse = Counted(PARSERS[name]())

    @bounded
    @given(MADE_UP[name], seeds)
    def reading(body, seed):
        dice = random.Random(seed)
        parse(body)
        for _ in range(VARIANTS - 1):
            parse(garble(body, dice))

    reading()
    parse.tell(name)


@pytest.mark.parametrize("system", IN_JSON, ids=name_of)
def test_any_change_to_a_sound_reply_is_read_or_refused(system):
    reader, sound = ReplyParser(system), [json.loads(body) for body in sound_bodies(system)]
    parse = Counted(reader)

    @bounded
    @given(st.sampled_from(sound), st.lists(values, min_size=1, max_size=4), seeds)
    def reading(reply, odd, seed):
        dice = random.Random(seed)
        for _ in range(VARIANTS):
            changed = reply
            for _ in range(dice.randint(1, 4)):
                changed = mutate(changed, dice, lambda: dice.choice(dice.choice((odd, ODD))))
            parse(json.dumps(changed).encode())

    with closing(reader):
        reading()
    parse.tell(system.speaks)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has wheels for Linux on x86-64 alone")
@pytest.mark.parametrize("name", SEARCHED)
def test_coverage_guided_search_finds_nothing_uncaught(name, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, body in enumerate(sound_for(name)):
        (corpus / str(number)).write_bytes(body)
    # The peak of memory is handed down to a child, so that the search would be blamed for this process.
    limits = [f"-atheris_runs={COVERED_RUNS}", "-rss_limit_mb=0", "-malloc_limit_mb=1024"]
    options = [*limits, f"-artifact_prefix={tmp_path}/", "-verbosity=0"]
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.search", name, *options, "-max_len=20000", str(corpus)],
        cwd=ROOT,
        env={**os.environ, "LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"{name}: {COVERED_RUNS} runs in {time.monotonic() - begun:.0f} s")
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
