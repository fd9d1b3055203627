"""Row ``many``: how much longer a reader waits where ten sources hold 5,000 records together and not 50."""

import asyncio
from collections.abc import Callable, Sequence

from bench.readers import Reader, Seen, signed_in
from bench.results import Goal, Result, percentile, ratio_result
from bench.serving import Process, configure, give_orders, portal, prepare, program, source_rows
from bench.stage import FHIR, ONE_KIND, SOURCES
from bench.workplace import Workplace

FEW, MANY = 50, 5_000
ROUNDS, LOOKS = 7, 3


def measure(place: Workplace, say: Callable[[str], None]) -> list[Result]:
    with place.database("many") as database, program(place, "bench.sources") as sources:
        names = prepare(place, database, 1, 1, SOURCES)
        configure(place, database, source_rows(sources.address, SOURCES, FHIR, ONE_KIND))
        with portal(place, database, processes=1) as web:
            return asyncio.run(perform(sources, web, names, say))


async def perform(
    sources: Process, web: Sequence[Process], names: Sequence[str], say: Callable[[str], None]
) -> list[Result]:
    """The two in turns: what slows the machine for a while slows both. The first round only warms."""
    few: list[list[Seen]] = []
    many: list[list[Seen]] = []
    async with signed_in([process.address for process in web], names) as (reader,):
        for number in range(ROUNDS + 1):
            say(f"many: round {number} of {ROUNDS}")
            few.append(await look(reader, sources, FEW))
            many.append(await look(reader, sources, MANY))
    return results_of(few[1:], many[1:])


async def look(reader: Reader, sources: Process, records: int) -> list[Seen]:
    give_orders(sources, records={f"s{number}": records // SOURCES for number in range(SOURCES)})
    seen = [await reader.overview() for _ in range(LOOKS)]
    assert all((each.status, each.answered) == (200, SOURCES) for each in seen), seen
    return seen


def results_of(few: Sequence[Sequence[Seen]], many: Sequence[Sequence[Seen]]) -> list[Result]:
    def middle(rounds: Sequence[Sequence[Seen]], name: str) -> list[float]:
        return [percentile([getattr(each, name) for each in seen], 50) for seen in rounds]

    told = {"sources": SOURCES, "healthy_ms": 300, "few": FEW, "many": MANY, "views": len(few) * LOOKS * 2}
    return [
        ratio_result(
            f"{name}_ratio_{MANY}",
            middle(many, f"{name}_s"),
            middle(few, f"{name}_s"),
            goal,
            **told,
            ours_ms=round(percentile(middle(many, f"{name}_s"), 50) * 1000),
            few_ms=round(percentile(middle(few, f"{name}_s"), 50) * 1000),
        )
        for name, goal in (("first_useful", Goal(at_most=1.5)), ("last_byte", None))
    ]
