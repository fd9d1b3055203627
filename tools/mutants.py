"""What `make mutants` runs: changes decision code in one place at a time, and demands that a test notices.

Arguments are modules (`ARGS=consent/policy.py`); without any, all of them, and docs/mutants.md is written.
Nothing in the work tree is changed: tests run in a copy, and there the change is made in memory alone.
Ends with 0 where every mutant was killed or has a reason in tools/mutants_reasons.toml, 1 where one survived,
2 where nothing can be said (red without any mutant, a reason for what no longer survives).
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from mutants_finding import Mutant
from mutants_forks import INTERRUPTIONS
from mutants_report import write_report
from mutants_session import MutantSession

ROOT = Path(__file__).resolve().parents[1]
MODULES = (
    "consent/policy.py",
    "consent/gate.py",
    "consent/remote.py",
    "consent/ruling.py",
    "consent/acts.py",
    "consent/blocking.py",
    "consent/standing.py",
    "consent/terms.py",
    "consent/release.py",
)
# Examples only, no search: what kills a mutant must kill it again tomorrow.
TESTS = (
    "tests/consent/test_policy_rows.py",
    "tests/consent/test_policy_edges.py",
    "tests/consent/test_standing_edges.py",
    "tests/consent/test_ruling_edges.py",
    "tests/consent/test_permit_edges.py",
    "tests/consent/test_notices_and_acts.py",
    "tests/consent/test_permit_of_records.py",
    "tests/consent/test_gate.py",
    "tests/consent/test_gate_edges.py",
    "tests/consent/test_dossiers.py",
    "tests/consent/test_phones.py",
    "tests/consent/test_release.py",
    "tests/consent/test_specimen.py",
)
REASONS = "tools/mutants_reasons.toml"
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "var")
KILLED, SURVIVED, NOT_RUN = 0, 1, 2
Name = tuple[str, str, str]


@dataclass(frozen=True)
class Order:
    """What is asked for: which modules of which tree meet which tests."""

    root: Path
    modules: Sequence[str]
    tests: Sequence[str]
    jobs: int
    least_limit_s: float
    is_whole: bool


def read_order(arguments: Sequence[str]) -> Order:
    parser = argparse.ArgumentParser(prog="make mutants", description="Decision code with one change each.")
    parser.add_argument("modules", nargs="*", default=None, metavar="module")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--least-limit-s", type=float, default=20.0, help="what never ends is killed after")
    parser.add_argument("--root", type=Path, default=ROOT, help="another tree than this one")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="other tests than those of the rules")
    said = parser.parse_args(arguments)
    return Order(
        root=said.root.resolve(),
        modules=said.modules or MODULES,
        tests=said.tests,
        jobs=max(1, said.jobs),
        least_limit_s=said.least_limit_s,
        is_whole=not said.modules,
    )


def read_reasons(root: Path) -> dict[Name, str]:
    """Why a mutant may survive, by module, place and change."""
    path = root / REASONS
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", []) if path.exists() else []
    return {(e["module"], e["place"], e["change"]): e["reason"] for e in entries}


def run_in_copy(order: Order, folder: Path) -> MutantSession:
    """A pytest session in a copy of the tree, with SQLite and nothing else beside it."""
    copy = folder / "tree"
    shutil.copytree(order.root, copy, ignore=LEFT_BEHIND)
    for name in ("DATABASE_URL", "REDIS_URL", "SOAK"):
        os.environ.pop(name, None)
    os.environ["DATA_DIR"] = str(folder / "data")
    (folder / "data").mkdir()
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    sys.dont_write_bytecode = True
    session = MutantSession(order.modules, copy, folder, order.jobs, order.least_limit_s, tell)
    quiet = ("-q", "-s", "--no-header", "--assert=plain", "--tb=short", "-p", "no:cacheprovider")
    pytest.main([*quiet, f"--rootdir={copy}", *order.tests], plugins=[session])
    return session


def tell(text: str) -> None:
    print(text, flush=True)


def judge(order: Order, killers: Mapping[Mutant, str], reasons: Mapping[Name, str]) -> int:
    """Say what survived without a reason, and which reasons have nothing to explain any more."""
    survivors = {(m.module, m.place, m.change): m for m, killer in killers.items() if not killer}
    unexplained = [mutant for name, mutant in survivors.items() if name not in reasons]
    stale = [name for name in reasons if name not in survivors and name[0] in order.modules]
    for mutant in unexplained:
        tell(f"survived: {mutant}")
    for name in stale:
        tell(f"no longer survives, but has a reason: {', '.join(name)}")
    tell(
        f"{len(killers)} mutants, {len(killers) - len(survivors)} killed, "
        f"{len(survivors) - len(unexplained)} left with a reason, {len(unexplained)} survived"
    )
    return SURVIVED if unexplained else NOT_RUN if stale else KILLED


def main(arguments: Sequence[str]) -> int:
    """Run, judge, and write the report where all modules were asked for."""
    order = read_order(arguments)
    for name in INTERRUPTIONS:
        signal.signal(name, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="portal-mutants-"))
    try:
        reasons = read_reasons(order.root)
        session = run_in_copy(order, folder)
    finally:
        os.chdir(order.root)
        shutil.rmtree(folder, ignore_errors=True)
    if session.failure:
        tell(f"Nothing can be said of any mutant. {session.failure}")
        return NOT_RUN
    code = judge(order, session.killers, reasons)
    if order.is_whole:
        write_report(order.root / "docs/mutants.md", session.killers, reasons)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
