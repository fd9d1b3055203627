"""What runs while overviews are measured, and readers who read on it again and again."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.readers import Reader, Seen
from bench.serving import Process
from bench.workplace import Workplace

Say = Callable[[str], None]

SOURCES = 10
# Half of the sources speak FHIR and half answer one question with one reply.
FHIR = (0, 2, 4, 6, 8)
ONE_KIND = ("diagnosis",)


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


def conditions() -> dict[str, Any]:
    return {"sources": SOURCES, "fhir_sources": len(FHIR), "records_per_source": 20, "kb_per_source": 20}


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
