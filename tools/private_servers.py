"""A PostgreSQL and a Redis of our own while a command runs: private folder, unix sockets, no fixed port.

As a program: `tools/private_servers.py COMMAND…` runs the command with DATABASE_URL and REDIS_URL set.
PostgreSQL refuses to run as root, so root hands both to another user, in a folder that user can enter.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_S = 60.0
STOP_S = 20.0


class ServerFailedError(Exception):
    """A server that did not start; its own words are part of the message."""


@dataclass(frozen=True)
class Account:
    """Who runs the servers, and the words that make a command run as them, bound to our own life."""

    name: str
    prefix: tuple[str, ...]


def find_account() -> Account:
    """Ourselves, or where we are root the first of two users that Debian has."""
    bound = ("setpriv", "--pdeathsig", "INT")
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), (*bound, "--"))
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
            return Account(name, (*bound, *ids, "--"))
    raise ServerFailedError("There is no user postgres or nobody to run PostgreSQL as.")


def find_postgresql() -> Path | None:
    """The folder of the newest PostgreSQL's programs. Debian keeps them off the PATH."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def private_folder(account: Account) -> Iterator[Path]:
    """A temporary folder that the account owns and can reach; a socket's path in it stays short enough."""
    place = Path(tempfile.gettempdir())
    if any(not parent.stat().st_mode & 0o001 for parent in (place, *place.parents)):
        place = Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix="portal-servers-", dir=place))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, account.name)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(argv: Sequence[str], *, ready: Callable[[], bool], log: Path) -> Iterator[None]:
    """A server from its first answer to its end. Out of reach of Ctrl-C: whoever uses it ends first."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_S
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                words = log.read_text(errors="replace")[-2000:]
                raise ServerFailedError(f"{' '.join(argv)}\n{words}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def private_postgresql(folder: Path, account: Account) -> Iterator[str]:
    """A new cluster; yields its DATABASE_URL. Writes reach the disk (fsync), as tests of the log need."""
    programs = find_postgresql()
    if programs is None:
        raise ServerFailedError("PostgreSQL is missing: apt-get install postgresql")
    data = folder / "postgresql"
    made = subprocess.run(
        [
            *(*account.prefix, str(programs / "initdb"), "--pgdata", str(data), "--username", "portal"),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"),
        ],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise ServerFailedError(made.stdout + made.stderr)

    def is_ready() -> bool:
        argv = [str(programs / "pg_isready"), "--quiet", "--host", str(folder), "--dbname", "postgres"]
        return subprocess.run(argv, check=False, capture_output=True).returncode == 0

    server = (str(programs / "postgres"), "-D", str(data), "-k", str(folder))
    options = ("-c", "listen_addresses=", "-c", "max_connections=200")
    with running([*account.prefix, *server, *options], ready=is_ready, log=folder / "postgresql.log"):
        yield f"postgresql://portal@/postgres?host={folder}"


@contextmanager
def private_redis(folder: Path, account: Account) -> Iterator[str]:
    """A Redis that keeps nothing; yields its REDIS_URL."""
    socket = folder / "redis.sock"
    argv = [
        *(
            *account.prefix,
            "redis-server",
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--unixsocketperm",
            "777",
        ),
        *("--save", "", "--appendonly", "yes", "--dir", str(folder)),
    ]
    with running(argv, ready=socket.exists, log=folder / "redis.log"):
        yield f"unix://{socket}"


@contextmanager
def private_servers() -> Iterator[dict[str, str]]:
    """Both; yields the environment variables that point at them."""
    with ExitStack() as stack:
        account = find_account()
        folder = stack.enter_context(private_folder(account))
        yield {
            "DATABASE_URL": stack.enter_context(private_postgresql(folder, account)),
            "REDIS_URL": stack.enter_context(private_redis(folder, account)),
        }


def raise_exit(signum: int, _frame: object) -> None:
    """Make a polite signal unwind the stack, so that everything is put away."""
    raise SystemExit(128 + signum)


def run_to_end(process: subprocess.Popen[str], use: Callable[[], None] = lambda: None) -> int:
    """Wait for a command whatever interrupts us: it is told, and gets time to put its own things away."""
    try:
        use()
        return process.wait()
    except BaseException:
        stop(process)
        raise


def stop(process: subprocess.Popen[str], within_s: float = STOP_S) -> None:
    """Tell a command to end, and give it time to. After Ctrl-C the terminal has told it already; a signal to
    us alone has not."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(within_s)
    process.kill()
    process.wait()


def main() -> int:
    """Run the command given as arguments beside the servers; its exit code is ours."""
    signal.signal(signal.SIGTERM, raise_exit)
    signal.signal(signal.SIGHUP, raise_exit)
    try:
        with private_servers() as variables:
            return run_to_end(subprocess.Popen(sys.argv[1:], env={**os.environ, **variables}, text=True))
    except ServerFailedError as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
