"""Row ``sql``: how many statements an overview sends, before its first byte and for each release."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import aiohttp

from bench.counting import BYTES, STATEMENT, TRIP
from bench.readers import Reader, signed_in
from bench.results import Goal, Result
from bench.serving import Process, configure, give_orders, prepare, program, source_rows, web_process
from bench.workplace import Workplace

# How many sources, and how many records they have together.
SHAPES = tuple(product((1, 5, 20), (50, 500, 5_000)))
# Far enough apart that each source is a release of its own, unless the machine is busy.
APART_S = 0.1


@dataclass(frozen=True, slots=True)
class Counted:
    """``releases``: statements before each piece of the page that a source's answer made."""

    sources: int
    records: int
    before: int
    trips_before: int
    releases: tuple[int, ...]
    trips_of_releases: tuple[int, ...]
    statements: tuple[str, ...]


def measure(
    place: Workplace, say: Callable[[str], None], shapes: Sequence[tuple[int, int]] = SHAPES
) -> list[Result]:
    with place.database("sql") as database, program(place, "bench.sources") as sources:
        names = prepare(place, database, 1, 1, max(count for count, _ in shapes))
        with web_process(place, database, "counting", "bench.counting") as web:
            return asyncio.run(count_all(place, database, sources, web, names, shapes, say))


async def count_all(
    place: Workplace,
    database: str,
    sources: Process,
    web: Process,
    names: Sequence[str],
    shapes: Sequence[tuple[int, int]],
    say: Callable[[str], None],
) -> list[Result]:
    every = []
    async with signed_in([web.address], names) as (reader,):
        for count, records in shapes:
            say(f"sql: {records} records from {count} sources")
            configure(
                place, database, source_rows(sources.address, count, range(0, count, 2), ("diagnosis",))
            )
            slugs = [f"s{number}" for number in range(count)]
            give_orders(
                sources,
                delay_s={slug: APART_S * (place + 1) for place, slug in enumerate(slugs)},
                records=dict.fromkeys(slugs, records // count),
            )
            await reader.overview()  # connectors, templates
            every.append(await count_one(reader, web, count, records))
    return results_of(every)


async def count_one(reader: Reader, web: Process, count: int, records: int) -> Counted:
    seen = await reader.overview()
    assert (seen.status, seen.answered, seen.failed) == (200, count, 0), seen
    async with aiohttp.ClientSession() as session, session.get(f"{web.address}/noted") as response:
        return read_notes(await response.json(content_type=None), count, records)


def read_notes(noted: Sequence[str], sources: int, records: int) -> Counted:
    """The notes cut where bytes left: the shell, then the releases, then the end of the page."""
    parts: list[list[str]] = [[]]
    for note in noted:
        if note == BYTES:
            parts.append([])
        else:
            parts[-1].append(note)
    before, *releases, _end, after = parts

    def count(part: Sequence[str], word: str) -> int:
        return sum(note.startswith(word) for note in part)

    return Counted(
        sources,
        records,
        count(before, STATEMENT),
        count(before, TRIP),
        tuple(count(part, STATEMENT) for part in releases),
        tuple(count(part, TRIP) for part in releases),
        tuple(note.removeprefix(f"{STATEMENT} ") for note in (*before, *after) if note.startswith(STATEMENT)),
    )


def results_of(every: Sequence[Counted]) -> list[Result]:
    before = [each.before for each in every]
    releases = [count for each in every for count in each.releases]
    told = {
        "runs": [
            {
                "sources": each.sources,
                "records": each.records,
                "before": each.before,
                "releases": len(each.releases),
                "round_trips_before": each.trips_before,
                "round_trips_of_a_release": max(each.trips_of_releases),
            }
            for each in every
        ],
        "statements": every[-1].statements,
    }
    # However many records: the same before the first byte, and as many for each release.
    by_sources = {
        count: {(e.before, *sorted(set(e.releases))) for e in every if e.sources == count}
        for count in {each.sources for each in every}
    }
    constant = [float(len(found) == 1) for found in by_sources.values()]
    return [
        Result(
            name="sql_before_first_byte",
            value=max(before),
            unit="statements",
            samples=before,
            goal=Goal(at_most=6),
            conditions=told,
        ),
        Result(
            name="sql_per_release",
            value=max(releases),
            unit="statements",
            samples=releases,
            goal=Goal(at_most=1),
        ),
        Result(
            name="sql_constant_in_records",
            value=min(constant),
            unit="(1: yes)",
            samples=constant,
            goal=Goal(at_least=1),
        ),
    ]
