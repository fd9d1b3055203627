"""Which systems behind an aggregating source a reader may be told of, and when in the source's own words.

Such a source asks the systems where an index knows of the patient: that one was asked says that it holds
something. It is named only where everything its owners hold is open to the reader. The others are told of
as one nameless system for each way it went, and not at all where it went well.
"""

from collections.abc import Iterable
from datetime import datetime

from connectors.base.contract import Freshness, Part, SourceProfile
from consent.terms import Basis, Decision, Permit
from consent.vocabulary import Kind, Reason


def parts_told(permit: Permit, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Named systems in the order of the source, then what must be said of those that may not be named."""
    named = []
    nameless: dict[Freshness | None, list[Part]] = {}
    for part in parts:
        if may_be_named(permit, part):
            named.append(part)
        elif part.freshness is not Freshness.FRESH:
            nameless.setdefault(part.freshness, []).append(part)
    return (*named, *(merge(freshness, alike) for freshness, alike in nameless.items()))


def may_be_named(permit: Permit, part: Part) -> bool:
    decisions = [decision for owner in part.owners for decision in permit.decisions_about(owner)]
    return bool(decisions) and all(isinstance(d, Basis) and not d.blocks for d in decisions)


def may_be_quoted(permit: Permit, source: SourceProfile) -> bool:
    """Whether a source's own words about its answer may be told: they could speak of anything it holds, so
    all of it must be open to the reader. Which own units hold data is no secret (row 2), what is blocked is,
    and so is where a protected person is."""
    owner = source.owner
    decisions = permit.decisions.values() if owner is None else permit.decisions_about(owner)
    return not permit.is_protected and bool(decisions) and all(map(_hides_nothing, decisions))


def _hides_nothing(decision: Decision) -> bool:
    return not decision.blocks if isinstance(decision, Basis) else decision.reason is Reason.NOT_CHOSEN


def merge(freshness: Freshness | None, parts: list[Part]) -> Part:
    kinds = frozenset[Kind]().union(*(part.kinds for part in parts))
    times: list[datetime] = [part.as_of for part in parts if part.as_of is not None]
    return Part("", kinds, freshness, as_of=min(times, default=None))
