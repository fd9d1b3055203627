"""The part of the suite marked `sqlite`, as `make test` runs it: first without the demo, then what is left.

The product has to work with demo/ deleted, and its tests on SQLite: one run shows both. It happens in a copy
of the checkout. Whatever did not pass there, since it needs the demo, a browser or the whole checkout, runs
here. The last lines are pytest's own summaries, one for each.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path

from private_servers import raise_exit
from run_tests import NO_TESTS, Outcome, run_pytest
from without_demo import ROOT, copy_without_demo, unit_folders

# A little behind the run on PostgreSQL, which takes longer.
NICE = 3
UNITS = ("-p", "no:cacheprovider", "-m", "sqlite and not demo and not journey")


def run_both() -> list[Outcome]:
    """One run after the other, each with what it prints. Where the demo is gone already, there is one."""
    if not (ROOT / "demo").exists():
        return [run_pytest(["-m", "sqlite"], {})]
    with tempfile.TemporaryDirectory(prefix="portal-without-demo-") as folder:
        product, passed = Path(folder) / "product", Path(folder) / "passed"
        copy_without_demo(product)
        noted = {"PASSED": str(passed)}
        units = [*UNITS, "-p", "tests.passed", *unit_folders(product)]
        print("== SQLite, without the demo", flush=True)
        without = run_pytest(units, noted, at=product)
        print("== SQLite, what is left", flush=True)
        return [without, run_pytest(["-p", "tests.passed", "-m", "sqlite"], noted)]


def end_once(_signum: int, _frame: object) -> None:
    """Ctrl-C may reach us twice, from the terminal and from who started us: the second disturbs nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGINT, end_once)
    signal.signal(signal.SIGTERM, raise_exit)
    signal.signal(signal.SIGHUP, raise_exit)
    os.nice(NICE)
    try:
        outcomes = run_both()
    except KeyboardInterrupt:
        return 130
    print("\n".join(outcome.summary for outcome in outcomes), flush=True)
    return next((outcome.code for outcome in outcomes if outcome.code not in (0, NO_TESTS)), 0)


if __name__ == "__main__":
    sys.exit(main())
