"""That somebody told an owner that one of its records is wrong: the fact, and how the owner finds the record.

Nothing of what the record says is kept, nor what is wrong with it: the reader tells the owner that herself.
For a database thread, raising LogUnavailable.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, Trace, write
from consent.terms import ANY, Basis, Permit, Provider
from consent.vocabulary import Kind

# Read aloud over a telephone: no letters that sound or look alike.
_ALPHABET = "ACDEFHJKLMNPRTUVWXY34679"
_LENGTH = 8


class NotReportable(Exception):
    """The reader has no right to the record any more, or never had."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """A record that somebody holds for wrong: where it came from, and its id there. ``seen_in``: the view."""

    source: str
    record_id: str
    kind: Kind
    provider: Provider
    unit_id: str
    seen_in: UUID


def report_error(permit: Permit, doubted: Doubted, trace: Trace) -> str:
    """Log that the record was reported and give the reference. Raises NotReportable, LogUnavailable."""
    decision = permit.decision_on(doubted.provider, doubted.unit_id or ANY)
    if not isinstance(decision, Basis) or doubted.kind not in decision.kinds & permit.kinds:
        raise NotReportable
    reference = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    write(
        Entry(
            event=Event.ERROR_REPORTED,
            actor=permit.actor,
            trace=trace,
            patient=permit.patient,
            view_id=permit.view_id,
            action=Action.DETAIL,
            kinds=frozenset({doubted.kind}),
            origins=[(doubted.provider.hsa_id, doubted.unit_id, doubted.kind.value, 1)],
            bases=[(doubted.provider.hsa_id, decision.row.value, decision.reference)],
            detail={
                "reference": reference,
                "source": doubted.source,
                "record": doubted.record_id,
                "seen_in": str(doubted.seen_in),
            },
            aliases=permit.aliases,
        )
    )
    return reference
