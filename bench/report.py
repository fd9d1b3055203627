"""The table on the screen and bench/latest.json. A part of the rows replaces its own numbers alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.results import Result

LATEST = Path(__file__).with_name("latest.json")
SIGNIFICANT = 5
FIELDS = frozenset(
    {"value", "unit", "goal", "is_met", "spread", "samples", "conditions", "machine", "code", "measured_on"}
)

Document = dict[str, Any]


def as_json(result: Result, machine: Mapping[str, Any], code: str) -> Document:
    """One result as it stands in the file. Each says where it was measured: rows may come from many runs."""
    return {
        "value": rounded(result.value),
        "unit": result.unit,
        "goal": None if result.goal is None else str(result.goal),
        "is_met": result.is_met,
        "spread": [rounded(edge) for edge in result.spread],
        "samples": [rounded(sample) for sample in result.samples],
        "conditions": dict(result.conditions),
        "machine": dict(machine),
        "code": code,
        "measured_on": datetime.now(UTC).date().isoformat(),
    }


def rounded(number: float) -> float:
    """Five digits that mean something; more would be noise in the history of the file."""
    return float(f"{number:.{SIGNIFICANT}g}")


def merge(earlier: Document, fresh: Mapping[str, Document]) -> Document:
    """The file with these results in it, by name."""
    return dict(sorted({**earlier, **fresh}.items()))


def read_latest(path: Path = LATEST) -> Document:
    """What was measured last time, if ever. Raises ValueError for what is no such file."""
    if not path.exists():
        return {}
    document: Document = json.loads(path.read_text(encoding="utf-8"))
    check_document(document)
    return document


def write_latest(fresh: Mapping[str, Document], path: Path = LATEST) -> None:
    document = merge(read_latest(path), fresh)
    check_document(document)
    lines = (f"{json.dumps(name)}: {json.dumps(body, ensure_ascii=False)}" for name, body in document.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def check_document(document: Document) -> None:
    """Raises ValueError where the file is not what docs/bench.md says it is."""
    for name, body in document.items():
        if not isinstance(body, dict) or set(body) != FIELDS:
            raise ValueError(f"{name}: a result has exactly these fields: {', '.join(sorted(FIELDS))}")
        numbers = [body["value"], *body["spread"], *body["samples"]]
        if not body["samples"] or any(type(n) not in (int, float) for n in numbers):
            raise ValueError(f"{name}: value, spread and samples are numbers, and there are samples")
        if (body["goal"] is None) is not (body["is_met"] is None):
            raise ValueError(f"{name}: is met or not where there is a goal, and only there")


def table(results: Iterable[Result]) -> str:
    """Name, value, middle half, goal, verdict; one line each."""
    verdicts = {True: "met", False: "NOT MET", None: ""}
    rows = [("", "value", "middle half", "goal", "")]
    for result in results:
        low, high = result.spread
        rows.append(
            (
                result.name,
                f"{rounded(result.value):g} {result.unit}",
                f"{rounded(low):g} – {rounded(high):g}",
                "" if result.goal is None else str(result.goal),
                verdicts[result.is_met],
            )
        )
    return "\n".join(_aligned(rows))


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
