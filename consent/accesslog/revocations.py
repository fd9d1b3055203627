"""The journal of what took access away: one line each, kept where a restored backup does not reach.

No identity of the patient: the dossier and the acts by their ids, and where it was.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from consent.accesslog import lines
from consent.accesslog.events import REVOKING_EVENTS
from consent.accesslog.verifying import Checkpoint, number_of

# Of a row's detail, what says how far the act reaches. Never anything that names a person.
REACH = frozenset({"kind", "unit", "provider", "first_day", "last_day", "excluded_types", "how", "in"})
_MARKS = frozenset(event.value.encode() for event in REVOKING_EVENTS)


def is_revocation(line: bytes) -> bool:
    """By a row's line, whose fourth column is the event."""
    return line.split(b"\t", 4)[3] in _MARKS


def revocation_line(checkpoint: int, line: bytes) -> str:
    """``acts``: None where the row does not say which; then it was whatever there was at that unit."""
    row = lines.values_of(line)
    detail = row["detail"]
    said: dict[str, Any] = {
        "checkpoint": checkpoint,
        "seq": row["seq"],
        "at": row["at"],
        "event": row["event"],
        "dossier": detail.get("dossier", ""),
        "acts": detail["acts"] if "acts" in detail else [detail["act"]] if "act" in detail else None,
        "unit": row["unit_id"],
        "provider": row["provider_id"],
        "reach": {name: detail[name] for name in sorted(REACH & detail.keys())},
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def revocations_of(checkpoint: Checkpoint) -> Iterator[str]:
    """Read again from the log, in the order in which they were sealed."""
    if not checkpoint.said["revocations"]:
        return
    ranges: Sequence[tuple[int, int]] = checkpoint.ranges
    places = ", ".join(["%s"] * len(REVOKING_EVENTS))
    values = [ranges[0][0], ranges[-1][1], *sorted(event.value for event in REVOKING_EVENTS)]
    for line in lines.read_lines(f"seq BETWEEN %s AND %s AND event IN ({places})", values):
        seq = number_of(line)
        if any(first <= seq <= last for first, last in ranges):
            yield revocation_line(checkpoint.said["number"], line)
