"""One reader's view of one patient: what was asked at the door, what it ruled, and how the rest is judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from connectors.base.contract import SourceProfile
from connectors.base.kinds import is_personal
from connectors.base.records import Record
from consent.accesslog.events import Action
from consent.release import Shown
from consent.ruling import Ruling
from consent.terms import Provider
from consent.vocabulary import EVERY_KIND, Kind, Reason
from portal.aggregation.asking import Division, divide
from portal.aggregation.judging import Scene
from portal.aggregation.lamps import Moment
from portal.aggregation.outcomes import Answered, Outcome, Refused
from portal.patients.opening import Opened, open_patient


@dataclass(frozen=True, slots=True)
class Visit:
    """``division``: which sources this view asks and which it may not; fixed when the view is opened."""

    opened: Opened
    ruling: Ruling
    action: Action
    scene: Scene
    division: Division

    @property
    def asked(self) -> tuple[SourceProfile, ...]:
        return tuple(question.source for question in self.division.asked)


async def open_visit(
    request: HttpRequest,
    handle: str,
    action: Action,
    kinds: frozenset[Kind] = EVERY_KIND,
    only: frozenset[str] = frozenset(),
) -> Visit:
    """Through the gate. ``only``: the sources (slugs) the view is about; all where none is named.

    Raises NotSignedIn, NoAssignment, HandleExpired, LogUnavailable.
    """
    opened = await open_patient(request, handle)
    return make_visit(opened, await opened.ask(action, kinds, only), action, kinds, only)


def make_visit(
    opened: Opened,
    ruling: Ruling,
    action: Action,
    kinds: frozenset[Kind] = EVERY_KIND,
    only: frozenset[str] = frozenset(),
) -> Visit:
    profiles = tuple(profile for profile in opened.sources if not only or profile.slug in only)
    scene = Scene(
        actor=ruling.actor,
        decisions=ruling.decisions,
        profiles=profiles,
        moment=Moment(ruling.at),
        is_deceased=ruling.person.died is not None,
        is_protected=ruling.person.is_protected,
        expected=owners_expected(opened.sources, opened.expected),
    )
    return Visit(opened, ruling, action, scene, divide(ruling.actor, ruling.decisions, profiles, kinds))


def owners_expected(
    profiles: tuple[SourceProfile, ...], expected: frozenset[tuple[str, Kind]]
) -> Mapping[Kind, tuple[Provider, ...]]:
    """The expected owners of each kind, as values, among the providers that the sources know of."""
    known = {hsa_id: p for profile in profiles for hsa_id, p in profile.providers.items()}
    owners: dict[Kind, tuple[Provider, ...]] = {}
    for hsa_id, kind in sorted(expected):
        if hsa_id in known:
            owners[kind] = (*owners.get(kind, ()), known[hsa_id])
    return owners


def as_seen(outcome: Outcome, at: datetime) -> Outcome:
    """An owner blocked without the reader's knowing looks like one that answered and holds nothing."""
    if isinstance(outcome, Refused) and outcome.reason is Reason.SILENT_BLOCK:
        return Answered(outcome.source, outcome.kinds, (), at)
    return outcome


def shown_by(
    outcomes: tuple[Outcome, ...],
    kinds: frozenset[Kind] = EVERY_KIND,
    leaving: Iterable[Record] | None = None,
) -> Shown:
    """What the log must say before these outcomes leave: every record of the kinds, or those ``leaving``.

    How units are reached is nobody's.
    """
    told = (r for o in outcomes if isinstance(o, Answered) for r in o.records) if leaving is None else leaving
    records = [record for record in told if record.kind in kinds and is_personal(record)]
    counts: dict[str, int] = {}
    for record in records:
        counts[record.kind.value] = counts.get(record.kind.value, 0) + 1
    return Shown(
        origins=tuple((record.origin, record.kind) for record in records),
        outcomes={outcome.source.slug: outcome.word for outcome in outcomes},
        counts=counts,
        parts={o.source.slug: parts_logged(o) for o in outcomes if isinstance(o, Answered) and o.parts},
    )


def parts_logged(outcome: Answered) -> tuple[tuple[str, str], ...]:
    """How each system behind a source did; "silent" where it gave nothing."""
    return tuple(
        (part.system, part.freshness.value if part.freshness else "silent") for part in outcome.parts
    )
