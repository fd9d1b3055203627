"""`python -m bench [ROW…]`: private servers, the rows asked for (all without arguments), table and file."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bench import hung, log, many, overview, resting, shed, slow, statements
from bench.machine import ROOT, describe_code, describe_machine
from bench.report import LATEST, as_json, table, write_latest
from bench.results import Result
from bench.workplace import Workplace, make_workplace
from tools.private_servers import ServerFailedError, private_servers, raise_exit

Say = Callable[[str], None]


def say(line: str) -> None:
    print(f"… {line}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("row", nargs="*", choices=[[], *ROWS], help=f"some of: {', '.join(ROWS)}")
    parser.add_argument("--rows", type=int, default=log.Size().rows, help="rows in the month of the log")
    parser.add_argument(
        "--overviews", type=int, default=10_000, help="how many before memory is looked at again"
    )
    parser.add_argument("--out", type=Path, default=LATEST, help="where the numbers go")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, raise_exit)
    install_programs()
    try:
        with private_servers() as servers:
            measure(asked, servers["DATABASE_URL"], servers["REDIS_URL"])
    except ServerFailedError as failure:
        print(f"A server for the bench did not start.\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def measure(asked: argparse.Namespace, database_url: str, redis_url: str) -> None:
    """Each row's numbers are kept as soon as it is done: a later one that breaks costs only itself."""
    machine, code = describe_machine(database_url, redis_url), describe_code()
    with make_workplace(database_url, redis_url) as place:
        results: list[Result] = []
        for name in asked.row or ROWS:
            found = ROWS[name](place, asked)
            write_latest({each.name: as_json(each, machine, code) for each in found}, asked.out)
            results += found
    print(table(results))


def measure_log(place: Workplace, asked: argparse.Namespace) -> list[Result]:
    return log.measure(place, say, replace(log.Size(), rows=asked.rows))


def measure_rest(place: Workplace, asked: argparse.Namespace) -> list[Result]:
    return resting.measure(place, say, asked.overviews)


ROWS: dict[str, Callable[[Workplace, argparse.Namespace], list[Result]]] = {
    "sql": lambda place, _: statements.measure(place, say),
    "overview": lambda place, _: overview.measure(place, say),
    "many": lambda place, _: many.measure(place, say),
    "hung": lambda place, _: hung.measure(place, say),
    "shed": lambda place, _: shed.measure(place, say),
    "slow": lambda place, _: slow.measure(place, say),
    "rest": measure_rest,
    "log": measure_log,
}


def install_programs() -> None:
    """Debian's packages of both servers, where they are missing."""
    needed = ("postgresql", "redis-server")
    if subprocess.call([str(ROOT / "tools/debian-packages"), *needed]) != 0:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
