"""Row ``shed``: three times as many readers as can be served; some are told to come again, others served."""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import cycle

from bench.readers import Reader, Seen, signed_in
from bench.results import Goal, Result, percentile
from bench.serving import configure, portal, prepare, program, source_rows
from bench.stage import FHIR, ONE_KIND, SOURCES, conditions, is_whole, loop_for
from bench.workplace import Workplace

READERS = 120
# Readers at once with whom the two processes do the most that they can.
BUSY = (16, 24, 32)
STEP_S, FLOOD_S = 8.0, 15.0
TIMES = 3
WELL_S, IN_A_ROW = 1.2, 5
PATIENCE_S = 30.0


def measure(place: Workplace, say: Callable[[str], None]) -> list[Result]:
    with place.database("shed") as database, program(place, "bench.sources") as sources:
        names = prepare(place, database, READERS, READERS, SOURCES)
        configure(place, database, source_rows(sources.address, SOURCES, FHIR, ONE_KIND))
        with portal(place, database) as web:
            return asyncio.run(perform([process.address for process in web], names, say))


async def perform(addresses: Sequence[str], names: Sequence[str], say: Callable[[str], None]) -> list[Result]:
    say(f"shed: {len(names)} readers sign in")
    async with signed_in(addresses, names) as readers:
        await loop_for(readers[:4], 2.0)
        peak = 0.0
        for count in BUSY:
            begun = time.perf_counter()
            seen = await loop_for(readers[:count], STEP_S)
            peak = max(peak, sum(map(is_whole, seen)) / (time.perf_counter() - begun))
        say(f"shed: {peak:.1f} in a second at most; now {TIMES} times that")
        flooded, recovered_s = await flood(readers, TIMES * peak)
    return results_of(peak, flooded, recovered_s)


async def flood(readers: Sequence[Reader], per_s: float) -> tuple[list[Seen], float]:
    """New views at a steady pace, however many are open. Then how long it takes until all is as usual."""
    views: list[asyncio.Task[Seen]] = []
    begun = time.perf_counter()
    for number, reader in enumerate(cycle(readers)):
        due = begun + number / per_s
        if due > begun + FLOOD_S:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        views.append(asyncio.create_task(reader.overview()))
    ended = time.perf_counter()
    recovered_s = await recovery(readers[0], ended)
    return list(await asyncio.gather(*views)), recovered_s


async def recovery(reader: Reader, ended: float) -> float:
    """From the end of the flood to the first of some views in a row that are whole and in time."""
    since, well = 0.0, 0
    while well < IN_A_ROW and time.perf_counter() < ended + PATIENCE_S:
        asked = time.perf_counter()
        seen = await reader.overview()
        is_well = is_whole(seen) and seen.last_byte_s <= WELL_S
        since = (since if well else asked - ended) if is_well else 0.0
        well = well + 1 if is_well else 0
    return since if well == IN_A_ROW else PATIENCE_S


def results_of(peak: float, flooded: Sequence[Seen], recovered_s: float) -> list[Result]:
    served = [each for each in flooded if is_whole(each)]
    refused = [each for each in flooded if each.status == 503 and each.retry_after]
    rate = len(served) / FLOOD_S
    told = {
        "peak_per_s": round(peak, 1),
        "served_per_s": round(rate, 1),
        "asked_per_s": round(len(flooded) / FLOOD_S, 1),
        "refused": len(refused),
        "refused_p95_ms": round(percentile([each.last_byte_s for each in refused] or [0], 95) * 1000),
        "served_p95_ms": round(percentile([each.last_byte_s for each in served] or [0], 95) * 1000),
        **conditions(),
    }
    others = len(flooded) - len(served) - len(refused)
    made = (
        ("shed_throughput_ratio", rate / peak, "ratio", Goal(at_least=0.9)),
        ("shed_recovery_s", recovered_s, "s", Goal(at_most=10)),
        ("shed_errors", float(others), "errors", Goal(at_most=0)),
    )
    return [
        Result(name=name, value=value, unit=unit, samples=[value], goal=goal, conditions=told)
        for name, value, unit, goal in made
    ]
