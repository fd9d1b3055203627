"""One record as it came, before it is judged: its place, what it says, and why it could not be read."""

from dataclasses import dataclass

from connectors.openfeed.refusing import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """``place``: its number for the sender, the row of a table. ``problems``: why it could not be read."""

    place: int
    record: object
    problems: tuple[Problem, ...] = ()
