"""Row ``overview``: what an overview costs, in time, in work, and when many want one."""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import psycopg

from bench.readers import Reader, Seen, signed_in
from bench.results import Goal, Result, percentile, ratio_result
from bench.serving import (
    EVERY_TYPE,
    ONE_TYPE,
    Process,
    bare_rows,
    configure,
    give_orders,
    portal,
    prepare,
    program,
    source_rows,
)
from bench.workplace import Workplace

Say = Callable[[str], None]

SOURCES = 10
# Half of the sources speak FHIR and half answer one question with one reply.
FHIR = (0, 2, 4, 6, 8)
ONE_KIND = ("diagnosis",)
MOST_READERS = 100
# Readers at once, rounds, seconds of each.
ROUNDS = ((1, 10, 3.0), (20, 5, 6.0), (100, 3, 10.0))
CPU_ROUNDS = 6
CPU_ROUND_S = 3.0
STEPS = (8, 12, 16, 20, 24, 32)
STEP_S = 12.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs while overviews are measured."""

    place: Workplace
    database: str
    sources: Process
    web: Sequence[Process]
    readers: Sequence[Reader]

    def cpu_s(self) -> float:
        return sum(process.cpu_s() for process in self.web)


def measure(place: Workplace, say: Say) -> list[Result]:
    """All on one stage: setting it up takes a minute."""
    with place.database("overview") as database, program(place, "bench.sources") as sources:
        say("overview: tables, people, sources")
        names = prepare(place, database, MOST_READERS, MOST_READERS, 20)
        rows = source_rows(sources.address, SOURCES, FHIR, ONE_KIND)
        configure(place, database, rows)
        with portal(place, database) as web:
            return asyncio.run(perform(place, database, sources, web, names, rows, say))


async def perform(
    place: Workplace,
    database: str,
    sources: Process,
    web: Sequence[Process],
    names: Sequence[str],
    rows: Sequence[dict[str, Any]],
    say: Say,
) -> list[Result]:
    say(f"overview: {len(names)} readers sign in")
    async with signed_in([process.address for process in web], names) as readers:
        stage = Stage(place, database, sources, web, readers)
        await loop_for(readers[:4], 2.0)  # connections, templates, keys
        results = []
        for count, rounds, seconds in ROUNDS:
            say(f"overview: {count} at once")
            results.append(await wall_ratio(stage, count, rounds, seconds))
        say("overview: work for each")
        results += await cpu_ratios(stage, rows)
        say("overview: how many in a second")
        results += await sustained(stage, say)
    refuse_unsealed(place.url_of(database))
    return results


async def wall_ratio(stage: Stage, count: int, rounds: int, seconds: float) -> Result:
    """Each round: the slowest source by itself, then so many readers who read one overview after another."""
    goals = {1: Goal(at_most=1.10), 20: Goal(at_most=1.25)}
    ours, theirs, every = [], [], []
    errors = 0
    for _ in range(rounds):
        theirs.append(await slowest_source(stage))
        seen = await loop_for(stage.readers[:count], seconds)
        errors += sum(not is_whole(each) for each in seen)
        walls = [each.last_byte_s for each in seen]
        ours.append(statistics.median(walls))
        every += walls
    return ratio_result(
        f"wall_ratio_{count}",
        ours,
        theirs,
        goals.get(count),
        readers=count,
        overviews=len(every),
        errors=errors,
        slowest_source_ms=round(statistics.median(theirs) * 1000, 1),
        median_ms=round(statistics.median(every) * 1000, 1),
        p95_ms=round(percentile(every, 95) * 1000, 1),
        **conditions(),
    )


def conditions() -> dict[str, Any]:
    return {"sources": SOURCES, "fhir_sources": len(FHIR), "records_per_source": 20, "kb_per_source": 20}


def refuse_unsealed(database_url: str) -> None:
    """A log that nobody sealed meanwhile is not production's: its cost would be missing in every number."""
    with psycopg.connect(database_url) as database:
        row = database.execute("SELECT count(*) FROM consent_logcheckpoint").fetchone()
    if row is None or not row[0]:
        raise RuntimeError("the worker sealed nothing while the overviews were measured")


async def slowest_source(stage: Stage, asked: int = 5) -> float:
    """What one reader who asks it directly waits; all are as slow."""
    took = []
    question = {"personid": stage.readers[0].name, "typ": "reservnummer"}
    async with aiohttp.ClientSession() as session:
        for _ in range(asked):
            begun = time.perf_counter()
            address = f"{stage.sources.address}/s1/api/v1/hsl/personer/sok"
            async with session.post(address, json=question) as response:
                await response.read()
            took.append(time.perf_counter() - begun)
    return statistics.median(took)


async def loop_for(readers: Sequence[Reader], seconds: float) -> list[Seen]:
    """All read, again and again; those begun in time are read to their end."""
    until = time.perf_counter() + seconds
    seen: list[Seen] = []

    async def read(reader: Reader) -> None:
        while time.perf_counter() < until:
            seen.append(await reader.overview())

    await asyncio.gather(*(read(reader) for reader in readers))
    return seen


def is_whole(seen: Seen, sources: int = SOURCES) -> bool:
    return seen.status == 200 and seen.answered == sources and seen.failed == 0


async def cpu_ratios(stage: Stage, rows: Sequence[dict[str, Any]]) -> list[Result]:
    """Once as the other rows; once with sources that answer one by one, so that each is a release of its
    own; once with FHIR sources that are asked for every kind they have."""
    results = [await cpu_ratio(stage, "cpu_ratio", rows, ONE_TYPE, Goal(at_most=4.0))]
    give_orders(stage.sources, delay_s={f"s{n}": 0.03 * (n + 1) for n in range(SOURCES)})
    results.append(await cpu_ratio(stage, "cpu_ratio_one_by_one", rows, ONE_TYPE))
    give_orders(stage.sources)
    full = source_rows(stage.sources.address, SOURCES, FHIR, ())
    configure(stage.place, stage.database, full)
    results.append(await cpu_ratio(stage, "cpu_ratio_every_kind", full, EVERY_TYPE))
    configure(stage.place, stage.database, rows)
    return results


async def cpu_ratio(
    stage: Stage,
    name: str,
    rows: Sequence[dict[str, Any]],
    types: Sequence[str],
    goal: Goal | None = None,
) -> Result:
    """Processor time of the web processes for each overview, against that of the bare server, in turns."""
    ours, theirs = [], []
    words = ("--sources", json.dumps(bare_rows(rows, types)))
    with program(stage.place, "bench.bare", *words) as bare:
        for number in range(CPU_ROUNDS + 1):
            before, seen = stage.cpu_s(), await loop_for(stage.readers[:4], CPU_ROUND_S)
            spent = (stage.cpu_s() - before) / len(seen)
            bare_before, asked = bare.cpu_s(), await ask_bare(bare, 4, CPU_ROUND_S)
            bare_spent = (bare.cpu_s() - bare_before) / asked
            if number:
                ours.append(spent)
                theirs.append(bare_spent)
    return ratio_result(
        name,
        ours,
        theirs,
        goal,
        ours_ms=round(statistics.median(ours) * 1000, 2),
        bare_ms=round(statistics.median(theirs) * 1000, 2),
        **conditions(),
    )


async def ask_bare(bare: Process, count: int, seconds: float) -> int:
    """As the readers do; returns how many it answered."""
    until = time.perf_counter() + seconds
    answered = 0

    async def ask(session: aiohttp.ClientSession) -> None:
        nonlocal answered
        while time.perf_counter() < until:
            async with session.get(f"{bare.address}/BENCH0000001") as response:
                await response.read()
                assert response.status == 200
            answered += 1

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(ask(session) for _ in range(count)))
    return answered


async def sustained(stage: Stage, say: Say) -> list[Result]:
    """More and more readers; what counts is the best that all of them were served with in time."""
    best: tuple[float, list[Seen], int] | None = None
    steps: dict[str, Any] = {}
    for count in STEPS:
        begun = time.perf_counter()
        seen = await loop_for(stage.readers[:count], STEP_S)
        rate = len(seen) / (time.perf_counter() - begun)
        p95_s = percentile([each.last_byte_s for each in seen], 95)
        errors = sum(not is_whole(each) for each in seen)
        steps[str(count)] = {"per_s": round(rate, 1), "p95_ms": round(p95_s * 1000), "errors": errors}
        say(f"overview: {count} readers, {rate:.1f} in a second, p95 {p95_s * 1000:.0f} ms, {errors} errors")
        if errors == 0 and p95_s <= 1.2 and (best is None or rate > best[0]):
            best = rate, seen, count
    if best is None:
        raise RuntimeError(f"no number of readers was served in time without errors: {steps}")
    rate, seen, count = best
    walls = [each.last_byte_s * 1000 for each in seen]
    told = {"readers": count, "seconds": STEP_S, "steps": steps, **conditions()}
    rates = [step["per_s"] for step in steps.values()]
    p95_ms = percentile(walls, 95)
    return [
        Result(
            name="overviews_per_s",
            value=rate,
            unit="per s",
            samples=rates,
            goal=Goal(at_least=40),
            conditions=told,
        ),
        Result(
            name="p95_ms",
            value=p95_ms,
            unit="ms",
            samples=walls[:200],
            goal=Goal(at_most=1200),
            conditions=told,
        ),
        Result(name="errors", value=0, unit="errors", samples=[0], goal=Goal(at_most=0), conditions=told),
    ]
