"""The runs of the suite: side by side, each with its own words and its own end; nothing falls between two."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT

BESIDE = """
import sys
sys.path.insert(0, "tools")
from run_tests import beside, pytest_with
with beside(pytest_with(sys.argv[2:]), {"DATA_DIR": sys.argv[1]}) as wait:
    print("in between", flush=True)
    outcome = wait()
print(outcome.code, outcome.summary)
"""
LEAVES = """
import sys
sys.path.insert(0, "tools")
import run_tests
kept = []
start = run_tests.start
run_tests.start = lambda *given: kept.append(start(*given)) or kept[-1]
try:
    with run_tests.beside(run_tests.pytest_with(sys.argv[2:]), {"DATA_DIR": sys.argv[1]}):
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("ended" if kept[0].poll() is not None else "goes on")
"""


def run(program: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, str(folder), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_beside_shows_its_words_when_it_is_waited_for(tmp_path: Path) -> None:
    passing = tmp_path / "test_one.py"
    passing.write_text("def test_one():\n    assert False, 'a word of its own'\n", "utf-8")
    said = run(BESIDE, tmp_path, str(passing), "-p", "no:cacheprovider", "--rootdir", str(tmp_path))
    assert said.stdout.index("in between") < said.stdout.index("a word of its own")
    assert said.stdout.splitlines()[-1].startswith("1 ==="), said.stdout + said.stderr
    assert "1 failed" in said.stdout.splitlines()[-1]


def test_a_run_beside_ends_with_whoever_started_it(tmp_path: Path) -> None:
    hangs = tmp_path / "test_hangs.py"
    hangs.write_text("import time\n\n\ndef test_hangs():\n    time.sleep(600)\n", "utf-8")
    said = run(LEAVES, tmp_path, str(hangs), "-p", "no:cacheprovider", "--rootdir", str(tmp_path))
    assert said.stdout.strip() == "ended", said.stdout + said.stderr


SHARED = """
import os


def test_which():
    url = os.environ["DATABASE_URL"]
    print(f"share {url} of {os.environ['PYTEST_XDIST_WORKER']}, {'TEST_SERVERS' in os.environ}")
    assert False
"""


def test_each_process_of_a_shared_run_takes_servers_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(SHARED, "utf-8")
    servers = [{"DATABASE_URL": f"sqlite:///{tmp_path}/{name}.db"} for name in ("a", "b")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    said = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.shares", "-n", "2", "--dist", "loadfile"),
            *("-p", "no:cacheprovider", "-p", "no:django", "--rootdir", str(tmp_path), "-c", "/dev/null"),
            str(tmp_path),
        ],
        cwd=ROOT,
        env={**environment, "TEST_SERVERS": json.dumps(servers)},
        capture_output=True,
        text=True,
        check=False,
    )
    shares = sorted(line for line in said.stdout.splitlines() if line.startswith("share "))
    assert shares == [
        f"share sqlite:///{tmp_path}/a.db of gw0, False",
        f"share sqlite:///{tmp_path}/b.db of gw1, False",
    ], said.stdout


TWICE = """
import pytest


def test_passes():
    pass


def test_fails():
    assert False


def test_is_skipped():
    pytest.skip("not here")


@pytest.fixture
def badly_put_away():
    yield
    raise OSError


def test_is_badly_put_away(badly_put_away):
    pass
"""


def test_a_second_run_takes_all_that_did_not_pass_in_the_first(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TWICE, "utf-8")
    (tmp_path / "test_later.py").write_text("def test_passes():\n    pass\n", "utf-8")

    def ran(*words: str) -> set[str]:
        program = (sys.executable, "-m", "pytest", "-v", "-p", "tests.passed", "-p", "no:cacheprovider")
        said = subprocess.run(
            [*program, "-p", "no:django", "--rootdir", str(tmp_path), "-c", "/dev/null", *words],
            cwd=ROOT,
            env={**os.environ, "PASSED": str(tmp_path / "passed")},
            capture_output=True,
            text=True,
            check=False,
        )
        return set(re.findall(r"(?m)^\S*?(test_\w+\.py::\w+) ", said.stdout))

    first = ran(str(tmp_path / "test_it.py"))
    assert len(first) == 4
    assert ran(str(tmp_path)) == {*first, "test_later.py::test_passes"} - {"test_it.py::test_passes"}


SUMMARIES = """
import sys
sys.path.insert(0, "tools")
import run_tests
ends = run_tests.outcome_of(1, "= 1 failed in 2 s =\\nwords\\n= 2 passed in 3 s =\\n= 1 passed in 4 s =\\n")
print(ends.summary)
print(run_tests.outcome_of(2, "nothing").summary)
"""


def test_a_run_ends_with_the_summaries_that_stand_last() -> None:
    said = run(SUMMARIES, ROOT)
    assert said.stdout.splitlines() == [
        "= 2 passed in 3 s =",
        "= 1 passed in 4 s =",
        "= pytest ended with code 2 and no summary =",
    ], said.stderr


def test_soak_runs_what_searches_longer_then_and_nothing_that_is_not_there() -> None:
    (line,) = [each for each in (ROOT / "Makefile").read_text().splitlines() if "SOAK=1" in each]
    named = set(re.findall(r"tests/\S+\.py", line))
    longer = re.compile(r'environ\.get\("SOAK"\)|import .*\bSOAK\b')
    files = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    assert named == {path for path, text in files.items() if longer.search(text)}
