"""Whatever bytes come, reading them ends in an answer or in a fault of the closed list, and soon."""

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.parsing import ODD, PARSERS, ReplyParser, mutate, sound_replies
from tests.faults.systems import IN_JSON, name_of

ROOT = Path(__file__).resolve().parents[2]
IS_SOAK = bool(os.environ.get("SOAK"))
RUNS = 200_000 if IS_SOAK else 300
COVERED_RUNS = 200_000 if IS_SOAK else 2_000
# Each is a process of its own that takes seconds to start: in an ordinary run one stands for all.
SEARCHED = sorted(PARSERS) if IS_SOAK else ["FHIR"]
bounded = settings(
    max_examples=RUNS, deadline=None, database=None, derandomize=not IS_SOAK,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
texts = st.text(max_size=40) | st.sampled_from([odd for odd in ODD if isinstance(odd, str)])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["json", "gzip", "date"])
def test_any_bytes_are_read_or_refused(name):
    parse = PARSERS[name]()

    @bounded
    @given(st.binary(max_size=600) | values.map(lambda value: json.dumps(value).encode()))
    def reading(body):
        parse(body)

    reading()


@pytest.mark.parametrize("system", IN_JSON, ids=name_of)
def test_any_change_to_a_sound_reply_is_read_or_refused(system):
    parse, sound = ReplyParser(system), sound_replies(system)

    @bounded
    @given(st.sampled_from(sound), st.randoms(use_true_random=False), st.integers(1, 4), st.data())
    def reading(reply, dice, changes, data):
        for _ in range(changes):
            reply = mutate(reply, dice, lambda: data.draw(values))
        parse(json.dumps(reply).encode())

    with closing(parse):
        reading()


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has wheels for Linux on x86-64 alone")
@pytest.mark.parametrize("name", SEARCHED)
def test_coverage_guided_search_finds_nothing_uncaught(name, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for system in IN_JSON:
        if system.speaks == name:
            for number, reply in enumerate(sound_replies(system)):
                (corpus / str(number)).write_bytes(json.dumps(reply).encode())
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
