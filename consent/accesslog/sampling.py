"""Which views a reviewer judges (HSLF-FS 2016:40 ch. 4: recurring, systematic sample checks). Pure.

A month's views of one unit: some at random, and all that deserve a look. Random means in the order of a keyed
hash of the view's id, under a key that readers never meet: nobody can tell beforehand whether a view will be
drawn, and whoever draws again gets the same ones, so nobody can draw until the sample pleases.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from consent.vocabulary import RelationGround

FEWEST = 20
MANY_TIMES = 3
# Looked up before the relation was confirmed, and let in soon after: one and the same visit.
SOON = timedelta(hours=1)


class Why(StrEnum):
    """Why a view was drawn, in the order a reviewer should see them. RANDOM and ATTESTED are samples, VOLUME
    a sample of one reader's views; the rest are always drawn."""

    EMERGENCY = "emergency"
    OWN = "own"
    COLLEAGUE = "colleague"
    ADDRESS = "address"
    PROTECTED = "protected"
    NO_RELATION = "no_relation"
    UNREADABLE = "unreadable"
    VOLUME = "volume"
    ATTESTED = "attested"
    RANDOM = "random"


# These show at once; the others need the month's end.
AT_ONCE = frozenset(set(Why) - {Why.VOLUME, Why.ATTESTED, Why.RANDOM})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the draw needs of one view. ``patient``: stands for her, None where unreadable; ``numbers``: the
    keyed hash of each of her numbers; ``address``: digest. ``lacks_relation``: opened or turned away without
    any ground for a relation."""

    id: UUID
    at: datetime
    reader: str
    patient: bytes | None
    numbers: frozenset[bytes] = frozenset()
    grounds: frozenset[str] = frozenset()
    address: str = ""
    is_protected: bool = False
    is_emergency: bool = False
    lacks_relation: bool = False


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One who signs in. ``number`` and ``address`` are hashes that a View's can be compared with."""

    hsa_id: str
    title: str = ""
    number: bytes | None = None
    address: str = ""
    providers: frozenset[str] = frozenset()


Staff = Mapping[str, StaffMember]


def sample_size(count: int) -> int:
    """One in a hundred, at least twenty, all where there are fewer."""
    return min(count, max(FEWEST, -(-count // 100)))


def draw(
    views: Sequence[View], provider_id: str, staff: Staff, rank: Callable[[UUID], bytes]
) -> dict[UUID, frozenset[Why]]:
    """The views to be judged, each with every reason it was drawn for."""
    ordered = sorted(views, key=lambda view: rank(view.id))
    reasons: dict[UUID, set[Why]] = defaultdict(set)

    def sample(among: Iterable[View], why: Why) -> None:
        those = list(among)
        for view in those[: sample_size(len(those))]:
            reasons[view.id].add(why)

    sample(ordered, Why.RANDOM)
    sample((view for view in ordered if view.grounds == {RelationGround.ATTESTED}), Why.ATTESTED)
    for reader in _readers_of_many(views, staff):
        sample((view for view in ordered if view.reader == reader), Why.VOLUME)
    came_back = _let_in_soon_after(views)
    colleagues = frozenset(
        member.number
        for member in staff.values()
        if member.number is not None and provider_id in member.providers
    )
    for view in views:
        reasons[view.id] |= _always(view, staff.get(view.reader), colleagues)
        if view.lacks_relation and view.id not in came_back:
            reasons[view.id].add(Why.NO_RELATION)
    return {view_id: frozenset(found) for view_id, found in reasons.items() if found}


def _always(view: View, reader: StaffMember | None, colleagues: Collection[bytes]) -> set[Why]:
    is_own = reader is not None and reader.number in view.numbers
    tests = {
        Why.EMERGENCY: view.is_emergency,
        Why.OWN: is_own,
        Why.COLLEAGUE: not is_own and not view.numbers.isdisjoint(colleagues),
        Why.ADDRESS: bool(view.address) and reader is not None and reader.address == view.address,
        Why.PROTECTED: view.is_protected,
        Why.UNREADABLE: view.patient is None,
    }
    return {why for why, holds in tests.items() if holds}


def _let_in_soon_after(views: Sequence[View]) -> set[UUID]:
    """Views without a relation that the same reader, of the same patient, soon followed by one with it."""
    with_relation: dict[tuple[str, bytes | None], list[datetime]] = defaultdict(list)
    for view in views:
        if view.grounds:
            with_relation[view.reader, view.patient].append(view.at)
    return {
        view.id
        for view in views
        if view.lacks_relation
        and view.patient is not None
        and any(view.at <= at <= view.at + SOON for at in with_relation[view.reader, view.patient])
    }


def _readers_of_many(views: Sequence[View], staff: Staff) -> list[str]:
    """Readers with more than three times as many views as the middle one of their peers.

    Peers are the unit's other readers of the same title; where there is none of the title, all others.
    """
    counts = Counter(view.reader for view in views)
    titles = {reader: staff[reader].title if reader in staff else "" for reader in counts}
    found = []
    for reader, count in sorted(counts.items()):
        others = [other for other in counts if other != reader]
        peers = [other for other in others if titles[other] == titles[reader]] or others
        if peers and count > MANY_TIMES * median(counts[peer] for peer in peers):
            found.append(reader)
    return found
