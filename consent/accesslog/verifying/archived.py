"""Months that were taken out of the log and archived, as the checkpoint that was made of it says.

Its text has ``archived`` then: the month, the hash of the archive's manifest, the batches all of whose rows
are gone, and of batches that hold rows of the next month or the one before too, the leaves of those gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .sealed import Checkpoint

MARK = "archived"


@dataclass(frozen=True, slots=True)
class Gone:
    """What of one batch is in an archive: the leaves of some rows, by their numbers; None: all of it."""

    months: frozenset[str]
    leaves: dict[int, bytes] | None

    def with_leaves(self, numbers: Sequence[int], found: Sequence[bytes]) -> list[bytes]:
        """The leaves of the whole batch: of rows that are there, and of those that are gone."""
        both = [*zip(numbers, found, strict=True), *(self.leaves or {}).items()]
        return [leaf for _, leaf in sorted(both)]


@dataclass(slots=True)
class Archived:
    """By batch. What it says holds only in a log one of whose checkpoints says it."""

    _runs: list[tuple[int, int, str]] = field(default_factory=list)
    _parts: dict[int, Gone] = field(default_factory=dict)

    @classmethod
    def read(cls, lines: Iterable[str]) -> "Archived":
        """From checkpoints' lines, of which few say anything of the kind."""
        made = cls()
        made.add(lines)
        return made

    def add(self, lines: Iterable[str], keys: dict[str, bytes] | None = None) -> None:
        """``keys``: of checkpoints that are not of what is verified, those signed with one of these."""
        for line in lines:
            found = Checkpoint.read(line) if MARK in line else None
            if found and (keys is None or found.is_signed(keys)):
                self._add(said_in(found))

    def _add(self, said: dict[str, Any] | None) -> None:
        if said is None:
            return
        self._runs += [(first, last, said["month"]) for first, last in runs_of(said)]
        for number, leaves in said["parts"].items():
            found = {int(seq): bytes.fromhex(leaf) for seq, leaf in leaves.items()}
            # Two months may each have taken some of its rows.
            before = self._parts.get(number)
            others = (before.leaves if before else None) or {}
            months = (before.months if before else frozenset()) | {said["month"]}
            self._parts[number] = Gone(months, {**others, **found})

    def of(self, checkpoint: Checkpoint) -> Gone | None:
        number = checkpoint.said["number"]
        for first, last, month in self._runs:
            if first <= number <= last:
                return Gone(frozenset({month}), None)
        return self._parts.get(number)


def said_in(checkpoint: Checkpoint) -> dict[str, Any] | None:
    """What a checkpoint says has been archived. None: nothing, or nothing that can be read."""
    said: Any = checkpoint.said.get(MARK)
    try:
        runs_of(said)
        for leaves in said["parts"].values():
            [(int(seq), bytes.fromhex(leaf)) for seq, leaf in leaves.items()]
        return {**said, "parts": {int(number): leaves for number, leaves in said["parts"].items()}}
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def runs_of(said: dict[str, Any]) -> list[tuple[int, int]]:
    """Of batches all of whose rows are gone: the first and the last of each run."""
    pairs = (run.split("-") for run in said["batches"].split())
    return [(int(first), int(last)) for first, last in pairs]


def as_json(month: str, manifest: str, rows: int, batches: Sequence[int], parts: Any) -> dict[str, Any]:
    """``batches``: numbers, in order. ``parts``: by batch, by row, the leaf."""
    runs = list[list[int]]()
    for number in batches:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return {
        "month": month,
        "manifest": manifest,
        "rows": rows,
        "batches": " ".join(f"{first}-{last}" for first, last in runs),
        "parts": {
            str(number): {str(seq): leaf.hex() for seq, leaf in leaves.items()}
            for number, leaves in parts.items()
        },
    }
