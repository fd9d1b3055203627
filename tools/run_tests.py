"""What `make test` runs: the suite on a private PostgreSQL and Redis, and its part marked `sqlite` beside it.

Arguments go to pytest. Without any, the whole suite is shared out, file by file, among one process more than
there are processors, four at most (SHARES=1 forbids it): much of it waits for browsers, systems and programs.
Most of the part on SQLite then runs in a copy of the product without the demo (tools/run_sqlite.py). The last
lines are pytest's own summaries.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from private_servers import STOP_S, ServerFailedError, private_servers, raise_exit, run_to_end, stop

SERVERS = ("DATABASE_URL", "REDIS_URL", "TEST_SERVERS")
# What is compiled once is not compiled again by every program that a test starts, nor by the next run.
LEFT_OUT = (*SERVERS, "PYTHONDONTWRITEBYTECODE")
ROOT = Path(__file__).resolve().parents[1]
NO_TESTS = 5
MOST_SHARES = 4
SUMMARY = re.compile(r"^(\x1b\[[\d;]*m)*=+ .*\b(in \d|no tests ran|no summary)")
ON_SQLITE = (sys.executable, str(ROOT / "tools/run_sqlite.py"))


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and its last line: pytest's own, one for each time that pytest was run."""

    code: int
    summary: str


def pytest_with(arguments: Sequence[str]) -> Sequence[str]:
    return [sys.executable, "-m", "pytest", f"--color={'yes' if sys.stdout.isatty() else 'no'}", *arguments]


def start(
    program: Sequence[str], variables: Mapping[str, str], out: int | IO[str], at: Path = ROOT
) -> subprocess.Popen[str]:
    """A program that runs pytest, with the databases that ``variables`` name and no others."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return subprocess.Popen(
        program,
        cwd=at,
        env={**environment, "PYTHONUNBUFFERED": "1", **variables},
        stdout=out,
        text=True,
        errors="replace",
    )


def run_pytest(arguments: Sequence[str], variables: Mapping[str, str], at: Path = ROOT) -> Outcome:
    """Run pytest once, showing what it prints as it prints it. ``at``: which checkout's tests."""
    process = start(pytest_with(arguments), variables, subprocess.PIPE, at)
    lines: list[str] = []

    def show() -> None:
        assert process.stdout is not None
        while piece := process.stdout.read(1) if sys.stdout.isatty() else process.stdout.readline():
            sys.stdout.write(piece)
            sys.stdout.flush()
            lines.append(piece)

    return outcome_of(run_to_end(process, show), "".join(lines))


def outcome_of(code: int, printed: str) -> Outcome:
    """The last line that is a summary, with those right before it: a program may end with several."""
    lines = printed.splitlines()
    last = next((n for n in reversed(range(len(lines))) if SUMMARY.match(lines[n])), None)
    if last is None:
        return Outcome(code, f"= pytest ended with code {code} and no summary =")
    first = last
    while first and SUMMARY.match(lines[first - 1]):
        first -= 1
    return Outcome(code, "\n".join(lines[first : last + 1]))


@contextmanager
def beside(program: Sequence[str], variables: Mapping[str, str]) -> Iterator[Callable[[], Outcome]]:
    """A run while something else goes on; what it prints is shown when it is waited for."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        process = start(program, variables, out)

        def wait() -> Outcome:
            code = run_to_end(process)
            out.seek(0)
            printed = out.read()
            print(printed, end="", flush=True)
            return outcome_of(code, printed)

        try:
            yield wait
        finally:
            if process.poll() is None:
                stop(process, 2 * STOP_S)  # it may have one of its own to wait for


def share_out(stack: ExitStack, shares: int) -> tuple[Sequence[str], Mapping[str, str]]:
    """Arguments and variables for so many processes of pytest, each with servers and a folder of its own."""
    servers = []
    for _ in range(shares):
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-share-"))
        servers.append({**stack.enter_context(private_servers()), "DATA_DIR": folder})
    words = (
        "-p",
        "tests.shares",
        "--numprocesses",
        str(shares),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
    )
    # Cases drawn from sets must come in the same order everywhere; which order may differ from run to run.
    return words, {"TEST_SERVERS": json.dumps(servers), "PYTHONHASHSEED": str(os.getpid())}


def run_suite(arguments: Sequence[str]) -> int:
    """Both runs, side by side. Nothing marked `sqlite` is a fault of the whole suite, but not of a part."""
    whole = min(1 + (os.cpu_count() or 1), MOST_SHARES)
    shares = int(os.environ.get("SHARES") or (1 if arguments else whole))
    with ExitStack() as stack:
        words, variables = (
            share_out(stack, shares) if shares > 1 else ((), stack.enter_context(private_servers()))
        )
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-sqlite-"))
        on_sqlite = pytest_with([*arguments, "-m", "sqlite"]) if arguments else ON_SQLITE
        sqlite = stack.enter_context(beside(on_sqlite, {"DATA_DIR": folder}))
        print("== PostgreSQL and Redis", flush=True)
        full = run_pytest([*words, *arguments], variables)
        print("== SQLite", flush=True)
        subset = sqlite()
    print(f"\nPostgreSQL:\n{full.summary}\nSQLite:\n{subset.summary}", flush=True)
    if subset.code == NO_TESTS and arguments:
        return full.code
    return full.code or subset.code


def install_programs() -> None:
    """Debian packages, where a program they hold is missing."""
    wanted = {
        "postgresql": bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or has("initdb"),
        "redis-server": has("redis-server"),
        "chromium": has("chromium"),
        "gettext": has("msgfmt"),
    }
    missing = [package for package, is_there in wanted.items() if not is_there]
    if missing and subprocess.call([str(ROOT / "tools/debian-packages"), *missing]) != 0:
        sys.exit(1)


def has(program: str) -> bool:
    return subprocess.call(["sh", "-c", f"command -v {program} >/dev/null"]) == 0


def main() -> int:
    """Run; tell what went wrong before pytest could."""
    signal.signal(signal.SIGTERM, raise_exit)
    signal.signal(signal.SIGHUP, raise_exit)
    install_programs()
    try:
        return run_suite(sys.argv[1:])
    except ServerFailedError as failure:
        print(f"A server for the tests did not start.\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
