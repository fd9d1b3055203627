"""Row ``overview``, processor time: what one overview costs, against a bare server that asks the same."""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from typing import Any

import aiohttp

from bench.results import Goal, Result, ratio_result
from bench.serving import (
    EVERY_TYPE,
    ONE_TYPE,
    Process,
    bare_rows,
    configure,
    give_orders,
    program,
    source_rows,
)
from bench.stage import FHIR, SOURCES, Stage, conditions, loop_for

CPU_ROUNDS = 6
CPU_ROUND_S = 3.0


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
