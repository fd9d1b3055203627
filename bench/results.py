"""One measured number with its samples, and the little arithmetic that makes a number of many samples."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """What a number must reach. One of the two is set."""

    at_most: float | None = None
    at_least: float | None = None

    def is_met_by(self, value: float) -> bool:
        low_enough = self.at_most is None or value <= self.at_most
        return low_enough and (self.at_least is None or value >= self.at_least)

    def __str__(self) -> str:
        return f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """``value`` is what the name promises; ``samples`` what it was made of; ``conditions`` under what."""

    name: str
    value: float
    unit: str
    samples: Sequence[float]
    goal: Goal | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_met(self) -> bool | None:
        """None where nobody has set a goal."""
        return None if self.goal is None else self.goal.is_met_by(self.value)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the samples: first and third quartile."""
        return percentile(self.samples, 25), percentile(self.samples, 75)


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least this part of all samples does not exceed (nearest rank)."""
    if not samples:
        raise ValueError("no samples")
    ordered = sorted(samples)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def paired_ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """One ratio per round. What slows the machine for a while slows both halves of a round alike."""
    if not ours or len(ours) != len(theirs):
        raise ValueError("every round needs both halves")
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def ratio_result(
    name: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    goal: Goal | None = None,
    **conditions: Any,
) -> Result:
    """The median of the rounds' ratios."""
    ratios = paired_ratios(ours, theirs)
    return Result(
        name=name,
        value=statistics.median(ratios),
        unit="ratio",
        samples=ratios,
        goal=goal,
        conditions=conditions,
    )


def count_word(count: int) -> str:
    """How a name says a number of rows: 10m, 250k, 1500. Whole units alone: a name never rounds up."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if count >= size and count % size == 0:
            return f"{count // size}{letter}"
    return str(count)
