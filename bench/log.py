"""Row ``log``: what a full month of the access log costs whoever writes to it or reads one patient's part."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench.loading import TABLE, Loader, Month
from bench.results import Goal, Result, count_word, ratio_result
from bench.told import Told, started
from bench.verified import MODULE, SHAPED_VIEWS, verify_rates
from bench.workplace import Workplace

# Eight connections at this pace are some 200 inserts a second: what fifty overviews a second leave behind.
PAUSE_S = 0.04
FEW = 20_000
NOT_BY_INSERTS = 0  # this patient's rows are loaded, and nobody reads about her while inserts are timed


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. ``rows``: in the present month; ``earlier``: months before it, with few rows."""

    rows: int = 10_000_000
    earlier: int = 11
    processes: int = 2
    connections: int = 4  # of each process
    rounds: int = 20
    slices: int = 8
    inserts_per_slice: int = 24
    patient_rows: int = 1_500
    extracts: int = 7
    verified: int = 1_000_000

    @property
    def inserts_per_round(self) -> int:
        return self.slices * self.inserts_per_slice


SMALL = Size(
    rows=1_000,
    earlier=1,
    processes=1,
    connections=2,
    rounds=2,
    slices=2,
    inserts_per_slice=8,
    patient_rows=20,
    extracts=2,
    verified=1_000,
)


def measure(place: Workplace, say: Callable[[str], None], size: Size | None = None) -> list[Result]:
    """Two databases in one server, equal but for the rows of this month."""
    size = size or Size()
    with ExitStack() as stack:
        base = stack.enter_context(place.database("base"))
        say("log: making tables")
        place.manage(base, "migrate", "--verbosity", "0")
        patients = max(size.inserts_per_round * (size.rounds + 1) + 1, SHAPED_VIEWS)
        with started(MODULE, place.environment(base), place.folder / "base.log") as product:
            product.ask("prepare", patients=patients, consents=SHAPED_VIEWS // 2)
        empty = stack.enter_context(place.database("empty", template=base))
        full = stack.enter_context(place.database("full", template=base))
        load = fill(place, full, size, say)
        settle(place, full)
        say("log: timing inserts")
        inserts = insert_ratio(place, full, empty, size, load)
        say("log: timing a patient's extract")
        extract = extract_time(place, full, size)
        sealed = stack.enter_context(place.database("sealed", template=base))
        return [inserts, extract, *verify_rates(place, sealed, size.verified, say)]


def fill(place: Workplace, database: str, size: Size, say: Callable[[str], None]) -> dict[str, Any]:
    """Load; returns what was loaded, for the conditions of every result."""
    with started(MODULE, place.environment(database), place.folder / "fill.log") as product:
        periods = product.ask("make_months", first=f"{months_back(size.earlier):%Y-%m-01}")
        product.ask("shape", views=SHAPED_VIEWS)
        few = min(FEW, size.rows)
        months = []
        for period in periods:
            is_present = period == periods[-1]
            rows = size.rows if is_present else few
            of_patient = size.patient_rows if is_present else size.patient_rows // 15
            asked = {"number": NOT_BY_INSERTS, "period": period, "count": min(of_patient, rows // 10)}
            months.append(Month(period, rows, product.ask("sealed_rows", **asked)))
    begun = time.monotonic()
    loader = Loader(place.url_of(database), say)
    for month in months:
        loader.fill(month)
    took_s = time.monotonic() - begun
    return {"load_s": round(took_s), **describe(place, database, months[-1].partition)}


def months_back(count: int) -> datetime:
    now = datetime.now(UTC)
    months = now.year * 12 + now.month - 1 - count
    return now.replace(year=months // 12, month=months % 12 + 1, day=1)


def describe(place: Workplace, database: str, partition: str) -> dict[str, Any]:
    """Counted, never taken from what was asked for."""
    with psycopg.connect(place.url_of(database)) as connection:
        row = connection.execute(
            f"""SELECT count(*), pg_table_size('{partition}'), pg_indexes_size('{partition}'),
            (SELECT avg(length(kinds::text || origins::text || outcomes::text || bases::text || detail::text))
             FROM (SELECT * FROM {partition} LIMIT 5000) looked_at),
            (SELECT count(*) FROM pg_trigger WHERE tgrelid = '{partition}'::regclass),
            (SELECT count(*) FROM pg_index WHERE indrelid = '{partition}'::regclass)
            FROM {partition}"""
        ).fetchone()
        total = connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
    assert row is not None
    assert total is not None
    return {
        "rows_in_month": row[0],
        "rows_in_all": total[0],
        "table_mb": round(row[1] / 2**20),
        "index_mb": round(row[2] / 2**20),
        "json_bytes_per_row": round(float(row[3] or 0)),
        "triggers": row[4],
        "indexes": row[5],
    }


def settle(place: Workplace, database: str) -> None:
    """Write out what loading left in memory: it is not the inserts' to pay for."""
    with psycopg.connect(place.url_of(database), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def insert_ratio(place: Workplace, full: str, empty: str, size: Size, load: dict[str, Any]) -> Result:
    """Rounds that alternate; each process has as many connections as a web process."""
    with ExitStack() as stack:
        sides: dict[str, list[Told]] = {full: [], empty: []}
        for name, side in sides.items():
            for number in range(size.processes):
                log = place.folder / f"{name}-{number}.log"
                side.append(stack.enter_context(started(MODULE, place.environment(name), log)))
        medians: dict[str, list[float]] = {full: [], empty: []}
        for number in range(size.rounds + 1):
            took = insert_round(sides, 1 + number * size.inserts_per_round, size)
            if number:  # the first round connects and fetches keys
                for name in sides:
                    medians[name].append(statistics.median(took[name]))
    fsync = setting(place, "fsync")
    return ratio_result(
        f"log_insert_ratio_{count_word_below(load['rows_in_month'], size.rows)}",
        medians[full],
        medians[empty],
        Goal(at_most=1.2) if size.rows >= 10_000_000 else None,
        **load,
        fsync=fsync,
        connections=size.processes * size.connections,
        inserts=size.rounds * size.inserts_per_round,
        full_ms=round(statistics.median(medians[full]) * 1000, 3),
        empty_ms=round(statistics.median(medians[empty]) * 1000, 3),
    )


def insert_round(sides: Mapping[str, Sequence[Told]], first: int, size: Size) -> dict[str, list[float]]:
    """The seconds of every insert. The sides take turns every tenth of a second or so: what else happens on
    the machine meanwhile happens to both."""
    for side in sides.values():
        each = size.inserts_per_round // size.processes
        for place, product in enumerate(side):
            product.begin("open_views", first=first + place * each, count=each)
        for product in side:
            product.end()
    took: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(size.slices):
        for name in sorted(sides, reverse=bool(number % 2)):
            for product in sides[name]:
                count = size.inserts_per_slice // size.processes
                product.begin("insert", count=count, at_once=size.connections, pause_s=PAUSE_S)
            took[name] += [second for product in sides[name] for second in product.end()]
    return took


def count_word_below(counted: int, asked: int) -> str:
    """The size in the name: what was asked for, but never more than is there."""
    return count_word(min(counted, asked))


def setting(place: Workplace, name: str) -> str:
    with psycopg.connect(place.database_url) as connection:
        row = connection.execute(f"SHOW {name}").fetchone()
    return str(row[0]) if row else ""


def extract_time(place: Workplace, full: str, size: Size) -> Result:
    """The median of some extracts; the first of them also opens the connection and every month's keys."""
    since = f"{months_back(size.earlier):%Y-%m-01}"
    with started(MODULE, place.environment(full), place.folder / "extract.log") as product:
        found = [product.ask("extract", number=NOT_BY_INSERTS, since=since) for _ in range(size.extracts)]
    seconds = [each["seconds"] for each in found]
    return Result(
        name=f"extract_s_{count_word(size.rows)}",
        value=statistics.median(seconds),
        unit="s",
        samples=seconds,
        goal=Goal(at_most=2.0) if size.rows >= 10_000_000 else None,
        conditions={
            "rows_of_patient": found[0]["rows"],
            "lines": found[0]["lines"],
            "months": size.earlier + 1,
            "first_s": round(seconds[0], 3),
        },
    )
