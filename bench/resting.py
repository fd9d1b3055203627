"""Row ``rest``: how long a web process takes to be ready, and whether it grows with what it has served."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence

from bench.readers import Reader, Seen, signed_in
from bench.results import Goal, Result
from bench.serving import Process, configure, give_orders, portal, prepare, program, source_rows, web_process
from bench.stage import FHIR, ONE_KIND, SOURCES, is_whole
from bench.workplace import Workplace

READERS = 12
STARTS = 7
WARM_UP = 300
STEPS = 10


def measure(place: Workplace, say: Callable[[str], None], overviews: int = 10_000) -> list[Result]:
    with place.database("rest") as database, program(place, "bench.sources") as sources:
        names = prepare(place, database, READERS, READERS, SOURCES)
        configure(place, database, source_rows(sources.address, SOURCES, FHIR, ONE_KIND))
        say("rest: cold starts")
        starts = [cold_start_s(place, database) for _ in range(STARTS)]
        give_orders(sources, delay_s={f"s{number}": 0.0 for number in range(SOURCES)})
        with portal(place, database) as web:
            growth = asyncio.run(grow(web, names, overviews, say))
    cold = Result(name="cold_start_s", value=statistics.median(starts), unit="s", samples=starts)
    return [cold, growth]


def cold_start_s(place: Workplace, database: str) -> float:
    """From the command to the first answer that it may take readers."""
    begun = time.monotonic()
    with web_process(place, database, "cold", "portal.server"):
        return time.monotonic() - begun


async def grow(
    web: Sequence[Process], names: Sequence[str], overviews: int, say: Callable[[str], None]
) -> Result:
    """Memory of the web processes after a warm-up, and then after all overviews. Sources answer at once."""
    async with signed_in([process.address for process in web], names) as readers:
        await read_many(readers, WARM_UP)
        at_rest = memory_mb(web)
        after, errors = [], 0
        for step in range(STEPS):
            seen = await read_many(readers, overviews // STEPS)
            errors += sum(not is_whole(each) for each in seen)
            after.append(memory_mb(web))
            say(f"rest: {overviews // STEPS * (step + 1)} overviews, {after[-1]:.0f} MB from {at_rest:.0f}")
    growth = [100 * (each - at_rest) / at_rest for each in after]
    return Result(
        name="rss_growth_pct",
        value=growth[-1],
        unit="%",
        samples=growth,
        goal=Goal(at_most=5) if overviews >= 10_000 else None,
        conditions={
            "overviews": overviews // STEPS * STEPS,
            "processes": len(web),
            "at_rest_mb": round(at_rest, 1),
            "at_the_end_mb": round(after[-1], 1),
            "errors": errors,
        },
    )


def memory_mb(web: Sequence[Process]) -> float:
    return sum(process.rss_mb() for process in web)


async def read_many(readers: Sequence[Reader], count: int) -> list[Seen]:
    """So many overviews in all, whoever is free reads the next."""
    turns = iter(range(count))

    async def read(reader: Reader) -> list[Seen]:
        return [await reader.overview() for _ in turns]

    return [seen for mine in await asyncio.gather(*map(read, readers)) for seen in mine]
