"""The portal as a hospital runs it: web processes, a worker with the clock; and the sources beside them."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.told import started
from bench.workplace import HOST, OWNER, ROOT, RUNTIME, Workplace

WEB_PROCESSES = 2
READY_S = 60.0
# Should we be killed, the kernel ends what we started.
BOUND = ("setpriv", "--pdeathsig", "TERM", "--")
TICKS = os.sysconf("SC_CLK_TCK")
# What a FHIR source of one kind is asked for after its patient, and what one of all kinds is asked for.
ONE_TYPE = ("Condition",)
EVERY_TYPE = (
    *("Flag", "Consent", "AllergyIntolerance", "CareTeam", "RelatedPerson", "Immunization", "Condition"),
    *("CarePlan", "CarePlan", "Encounter", "Appointment", "DocumentReference", "Observation", "Observation"),
    *("MedicationRequest", "MedicationStatement"),
)


@dataclass(frozen=True, slots=True)
class Process:
    """A program that runs: where it listens, and what it costs."""

    address: str
    running: "subprocess.Popen[Any]"

    def cpu_s(self) -> float:
        """User and system time so far, all threads."""
        stat = Path(f"/proc/{self.running.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_mb(self) -> float:
        status = Path(f"/proc/{self.running.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


def source_rows(address: str, count: int, fhir: Sequence[int], kinds: Sequence[str]) -> list[dict[str, Any]]:
    """Rows for bench.people.make_sources: the register, and so many sources, those in ``fhir`` as FHIR."""
    register = {"slug": "register", "label": "Register", "connector": "population", "owner": None}
    rows: list[dict[str, Any]] = [
        {**register, "base_url": f"{address}/register", "secrets": {"token": "bench"}}
    ]
    for number in range(count):
        base_url = f"{address}/s{number}"
        row: dict[str, Any] = {"slug": f"s{number}", "label": f"Källa {number}", "owner": number}
        row |= {"base_url": base_url, "connector": "cosmic" if number in fhir else "viva"}
        if number in fhir:
            row |= {"settings": {"token_url": f"{base_url}/token"}, "kinds": list(kinds)}
            row |= {"secrets": {"client_id": "bench", "client_secret": "bench"}}
        else:
            row |= {"settings": {"area": "hsl"}, "secrets": {"api_key": "bench"}}
        rows.append(row)
    return rows


def bare_rows(rows: Sequence[dict[str, Any]], types: Sequence[str]) -> list[dict[str, Any]]:
    """The same sources, for bench.bare."""
    return [
        {"base_url": row["base_url"], "connector": row["connector"], "types": list(types)}
        for row in rows
        if row["connector"] != "population"
    ]


@contextmanager
def program(place: Workplace, module: str, *words: str) -> Iterator[Process]:
    """A server of the bench's own, from the line in which it says where it listens."""
    argv = [*BOUND, sys.executable, "-m", module, *words]
    process = subprocess.Popen(
        argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=place.environment("postgres")
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{module} did not start")
        yield Process(line.split()[1], process)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def portal(place: Workplace, database: str, processes: int = WEB_PROCESSES) -> Iterator[list[Process]]:
    """Web processes with settings of production, each on a port of its own, and one worker with the clock."""
    with ExitStack() as stack:
        celery = ("-m", "celery", "--app", "portal", "--quiet", "worker", "--beat", "--pool", "threads")
        more = ("--concurrency", "2", "--loglevel", "WARNING", "--schedule", str(place.folder / "beat"))
        stack.enter_context(silent(place, database, "worker", *celery, *more))
        yield [
            stack.enter_context(web_process(place, database, f"web{number}", "portal.server"))
            for number in range(processes)
        ]


@contextmanager
def web_process(place: Workplace, database: str, name: str, module: str) -> Iterator[Process]:
    """One that takes readers, on a free port."""
    port = find_free_port()
    words = ["-m", module, "--port", str(port)]
    if module == "portal.server":
        words += ["--host", "127.0.0.1"]
    with silent(place, database, name, *words) as running:
        process = Process(f"http://127.0.0.1:{port}", running)
        wait_until_ready(process, place.folder / f"{name}.log")
        yield process


@contextmanager
def silent(place: Workplace, database: str, name: str, *words: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A process of the product; its log lines go to a file, as they go somewhere in life."""
    with (place.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [*BOUND, sys.executable, *words],
            cwd=ROOT,
            env=place.environment(database, RUNTIME),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(process: Process, log: Path) -> None:
    """Until it says that it may take readers. Raises RuntimeError with its last words where it does not."""
    deadline = time.monotonic() + READY_S
    while not is_ready(process.address):
        if time.monotonic() > deadline or process.running.poll() is not None:
            raise RuntimeError(f"no web process\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.02)


def is_ready(address: str) -> bool:
    request = urllib.request.Request(
        f"{address}/readyz", headers={"Host": HOST, "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def find_free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def give_orders(sources: Process, **orders: Any) -> None:
    """Tell the sources how to behave from now on."""
    body = json.dumps(orders).encode()
    urllib.request.urlopen(urllib.request.Request(f"{sources.address}/orders", data=body), timeout=5).close()


def prepare(place: Workplace, database: str, readers: int, patients: int, owners: int) -> list[str]:
    """Tables, static files, organisations, patients who consented, readers; the names of the readers."""
    place.manage(database, "migrate", "--verbosity", "0")
    place.manage(database, "secure_access_log", "--owner", OWNER, "--runtime", RUNTIME)
    place.manage(database, "collectstatic", "--no-input", "--verbosity", "0")
    with started("bench.people", place.environment(database), place.folder / "people.log") as people:
        people.ask("make_organisations", owners=owners)
        people.ask("make_patients", count=patients, consents=patients)
        names: list[str] = people.ask("make_readers", count=readers)
    return names


def configure(place: Workplace, database: str, rows: Sequence[dict[str, Any]]) -> None:
    with started("bench.people", place.environment(database), place.folder / "people.log") as people:
        people.ask("make_sources", sources=list(rows))
