"""Every record of every answer is looked at again before anything of it is kept."""

from collections import Counter

import structlog

from connectors.base.contract import Answer, Fault, SourceFault, SourceProfile
from connectors.base.kinds import is_personal
from connectors.base.records import Record, Status
from consent.terms import Origin, Permit
from consent.vocabulary import Kind, Reason
from portal.aggregation.legible import make_legible, make_text_legible
from portal.aggregation.outcomes import Answered
from portal.aggregation.parts import may_be_quoted, parts_told
from portal.aggregation.protection import shield, without_phones

log = structlog.get_logger(__name__)


def check(permit: Permit, source: SourceProfile, kinds: frozenset[Kind], answer: Answer) -> Answered:
    """Keep what may be shown; count the rest by reason.

    Raises SourceFault(FOREIGN_PATIENT) where a single record is about somebody else: a source that mixes up
    patients once cannot be believed about the others in the same answer. Whoever asked raises the alarm. The
    number decides: it is unique over the types, and some sources do not send the type.
    """
    numbers = frozenset((permit.patient.number, *(alias.number for alias in permit.aliases)))
    if not all(record.patient.number in numbers for record in answer.records):
        raise SourceFault(Fault.FOREIGN_PATIENT)
    kept: dict[tuple[Kind, str, str], Record] = {}
    held_back: Counter[Reason] = Counter()
    unchosen: list[tuple[Origin, Kind]] = []
    for record in answer.records:
        if record.status is Status.IN_ERROR or record.kind not in kinds:
            continue
        reason = permit.refusal_of(record.origin, record.kind)
        if reason is not None and not is_personal(record):
            continue
        if reason is not None:
            held_back[reason] += 1
            if reason is Reason.NOT_CHOSEN:
                unchosen.append((record.origin, record.kind))
            continue
        shown = shielded(permit, record, by_source=answer.is_protected)
        if shown is None:
            held_back[Reason.PROTECTED_IDENTITY] += 1
            continue
        kept.setdefault((record.kind, record.id, record.version), make_legible(shown))
    return Answered(
        source=source,
        kinds=kinds,
        records=tuple(kept.values()),
        as_of=answer.as_of,
        withheld=answer.withheld,
        unparsed=answer.unparsed,
        incomplete_kinds=answer.incomplete_kinds,
        freshness=answer.freshness,
        absent=answer.absent,
        warnings=words_told(permit, source, answer.warnings),
        held_back=dict(held_back),
        unchosen=tuple(unchosen),
        parts=parts_told(permit, answer.parts),
        nullified=answer.nullified,
        is_protected=answer.is_protected,
    )


def words_told(permit: Permit, source: SourceProfile, words: tuple[str, ...]) -> tuple[str, ...]:
    """What the source says of its own answer, where this reader may hear it; that it spoke is noted."""
    if not words:
        return ()
    is_told = may_be_quoted(permit, source)
    log.info("source_words", source=source.slug, count=len(words), told=is_told)
    return tuple(make_text_legible(said) for said in words) if is_told else ()


def shielded(permit: Permit, record: Record, *, by_source: bool = False) -> Record | None:
    """Row 17: what is left of a protected person's record, or None. ``by_source``: the register need not
    know, it is enough that the source says so of what it sends."""
    if not permit.is_protected:
        return shield(record) if by_source else record
    left = shield(record)
    return without_phones(left) if left is not None and permit.hides_phones else left
