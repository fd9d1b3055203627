"""Row 2, the first active choice: in which other units of the own provider is there something to choose?

Decided as if all of them had been chosen, so that a unit whose every record is blocked is not named. Opens
nothing: what comes of it is a list of units, logged like any other view. For a database thread.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from consent import dossiers, ledger
from consent.facts import ChoiceFact
from consent.gate import decide_everywhere
from consent.recording import Recorder
from consent.terms import ANY, Basis, Decision, Origin, Reach
from consent.vocabulary import Distance, Kind


@dataclass(frozen=True, slots=True)
class UnitsToChoose:
    """By HSA-id, names of units that hold something a choice would open. ``has_unnamed``: something is there
    whose unit the source did not name; only the choice of all units opens that."""

    names: Mapping[str, str]
    has_unnamed: bool


def decide_as_if_chosen(by: Recorder) -> Mapping[Reach, Decision]:
    """What each of the own provider's units would come to, were every one of them chosen."""
    found = dossiers.open_dossier(by.person.id)
    facts = ledger.facts_from(
        ledger.acts_of(found.dossier),
        by.person,
        by.actor,
        found.now,
        by.journal,
        by.remote_blocks,
        found.distrusted_before,
    )
    all_units = ChoiceFact(by.actor.hsa_id, by.actor.unit.hsa_id, ANY, found.now + facts.legal.opening_lasts)
    chosen = replace(facts, choices=(*facts.choices, all_units))
    decisions = decide_everywhere(by.actor, chosen, (), found.now)
    return {r: d for r, d in decisions.items() if r.distance is Distance.OWN_PROVIDER}


def units_among(held: Iterable[tuple[Origin, Kind]], as_if_chosen: Mapping[Reach, Decision]) -> UnitsToChoose:
    """The units of records that were held back because nobody had chosen them."""
    names: dict[str, str] = {}
    has_unnamed = False
    for origin, kind in held:
        if not _would_open(origin, kind, as_if_chosen):
            continue
        if origin.names_unit:
            names[origin.unit_id] = origin.unit_name or origin.unit_id
        else:
            has_unnamed = True
    return UnitsToChoose(names, has_unnamed)


def _would_open(origin: Origin, kind: Kind, as_if_chosen: Mapping[Reach, Decision]) -> bool:
    owner = origin.provider
    for unit_id in (origin.unit_id if origin.names_unit else ANY, ANY):
        decision = as_if_chosen.get(Reach(Distance.OWN_PROVIDER, owner.kind, owner.hsa_id, unit_id))
        if isinstance(decision, Basis):
            return kind in decision.kinds and not any(block.hides(origin) for block in decision.blocks)
        if decision is not None:
            return False
    return False
