"""Row ``hung``: what readers get while some, and at last all, of ten sources never answer."""

import asyncio
from collections.abc import Callable, Sequence

from bench.readers import Seen, read_at_once, signed_in
from bench.results import Goal, Result, percentile
from bench.serving import Process, configure, give_orders, portal, prepare, program, source_rows
from bench.stage import FHIR, ONE_KIND, SOURCES
from bench.workplace import Workplace

READERS = 4
# In each web process two readers at a time: fewer faults in a row than make a source be left alone, which
# would be quicker than what is measured.
ROUNDS = 2


def measure(place: Workplace, say: Callable[[str], None]) -> list[Result]:
    with place.database("hung") as database, program(place, "bench.sources") as sources:
        names = prepare(place, database, READERS, READERS, SOURCES)
        configure(place, database, source_rows(sources.address, SOURCES, FHIR, ONE_KIND))
        with portal(place, database) as web:
            return asyncio.run(perform(sources, web, names, say))


async def perform(
    sources: Process, web: Sequence[Process], names: Sequence[str], say: Callable[[str], None]
) -> list[Result]:
    by_hung: dict[int, list[Seen]] = {}
    async with signed_in([process.address for process in web], names) as readers:
        for hung in range(1, SOURCES + 1):
            say(f"hung: {hung} of {SOURCES}")
            by_hung[hung] = []
            for _ in range(ROUNDS):
                give_orders(sources)
                await read_at_once(readers)  # an answer from each: earlier faults are forgotten
                give_orders(sources, hung=[f"s{number}" for number in range(hung)])
                by_hung[hung] += await read_at_once(readers)
    return results_of(by_hung)


def results_of(by_hung: dict[int, list[Seen]]) -> list[Result]:
    """Where all hang there is nothing useful to wait for; that the page ends counts there too."""
    useful = [each.first_useful_s * 1000 for hung, seen in by_hung.items() if hung < SOURCES for each in seen]
    final = [each.last_byte_s * 1000 for seen in by_hung.values() for each in seen]
    missing = sum(SOURCES - hung - each.answered for hung, seen in by_hung.items() for each in seen)
    told = {
        "sources": SOURCES,
        "healthy_ms": 300,
        "views": len(final),
        "healthy_answers_not_shown": missing,
        "wrong_status": sum(each.status != 200 for seen in by_hung.values() for each in seen),
    }
    return [
        Result(
            name="first_useful_p95_ms_hung",
            value=percentile(useful, 95),
            unit="ms",
            samples=useful,
            goal=Goal(at_most=1000),
            conditions=told,
        ),
        Result(
            name="page_final_max_ms_hung",
            value=max(final),
            unit="ms",
            samples=final,
            goal=Goal(at_most=5000),
            conditions=told,
        ),
    ]
