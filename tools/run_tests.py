"""What `make test` runs: the suite on a private PostgreSQL and Redis, and its part marked `sqlite` beside it.

Arguments go to pytest. Without any, the whole suite is shared out, file by file, among as many processes as
there are processors, four at most (SHARES=1 forbids it). The last lines are pytest's own summaries, one for
each database.
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

from private_servers import ServerFailedError, private_servers, raise_exit, run_to_end, stop

SERVERS = ("DATABASE_URL", "REDIS_URL", "TEST_SERVERS")
# What is compiled once is not compiled again by every program that a test starts, nor by the next run.
LEFT_OUT = (*SERVERS, "PYTHONDONTWRITEBYTECODE")
ROOT = Path(__file__).resolve().parents[1]
NO_TESTS = 5
MOST_SHARES = 4
SUMMARY = re.compile(r"^(\x1b\[[\d;]*m)*=+ .*\b(in \d|no tests ran)")


@dataclass(frozen=True)
class Outcome:
    """How one run of pytest ended, and its last line."""

    code: int
    summary: str


def start_pytest(
    arguments: Sequence[str], variables: Mapping[str, str], out: int | IO[str]
) -> subprocess.Popen[str]:
    """One run of pytest, with the databases that ``variables`` name and no others."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    color = "yes" if sys.stdout.isatty() else "no"
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", f"--color={color}", *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONUNBUFFERED": "1", **variables},
        stdout=out,
        text=True,
        errors="replace",
    )


def run_pytest(arguments: Sequence[str], variables: Mapping[str, str]) -> Outcome:
    """Run pytest once, showing what it prints as it prints it."""
    process = start_pytest(arguments, variables, subprocess.PIPE)
    lines: list[str] = []

    def show() -> None:
        assert process.stdout is not None
        while piece := process.stdout.read(1) if sys.stdout.isatty() else process.stdout.readline():
            sys.stdout.write(piece)
            sys.stdout.flush()
            lines.append(piece)

    return outcome_of(run_to_end(process, show), "".join(lines))


def outcome_of(code: int, printed: str) -> Outcome:
    summaries = [line for line in printed.splitlines() if SUMMARY.match(line)]
    return Outcome(code, summaries[-1] if summaries else f"pytest ended with code {code} and no summary")


@contextmanager
def beside(arguments: Sequence[str], variables: Mapping[str, str]) -> Iterator[Callable[[], Outcome]]:
    """A run of pytest while something else goes on; what it prints is shown when it is waited for."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        process = start_pytest(arguments, variables, out)

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
                stop(process)


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
    shares = int(os.environ.get("SHARES") or (1 if arguments else min(os.cpu_count() or 1, MOST_SHARES)))
    with ExitStack() as stack:
        words, variables = (
            share_out(stack, shares) if shares > 1 else ((), stack.enter_context(private_servers()))
        )
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-sqlite-"))
        sqlite = stack.enter_context(beside([*arguments, "-m", "sqlite"], {"DATA_DIR": folder}))
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
