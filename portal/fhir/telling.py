"""Records that may be shown, as resources: each with the page's words as its text, none lost on the way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from connectors.fhir.elements import Resource
from portal.aggregation.lamps import Judged
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Reading
from portal.fhir.elements import Telling
from portal.fhir.ids import record_id
from portal.fhir.mapping import checked, tell
from portal.overview.presenters.details import present_item

Map = Callable[[Any, Telling], Resource]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """``resources``: beside the record each was made of. ``untold``: records that became none."""

    resources: tuple[tuple[Resource, Judged], ...] = ()
    untold: int = 0

    def references(self) -> Iterator[tuple[str, Judged]]:
        return ((reference_to(resource), one) for resource, one in self.resources)


@dataclass(frozen=True, slots=True)
class Teller:
    """``patient_id``: what the patient is called in this answer."""

    patient_id: str
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    def tell(self, reading: Reading, judged: Iterable[Judged], map_as: Map | None = None) -> Told:
        """``map_as``: as something else than its kind is usually told as."""
        subject = f"Patient/{self.patient_id}"
        made: list[tuple[Resource, Judged]] = []
        untold = 0
        for one in judged:
            telling = Telling(subject, record_id(self.patient_id, one.record), self.lines(reading, one))
            try:
                resource = checked(map_as(one.record, telling)) if map_as else tell(one.record, telling)
            except ValueError:
                # Not seen with any record that was tried; if it comes it is told to the reader as a gap.
                log.warning("record_not_told", kind=one.record.kind.value, source=one.record.source)
                untold += 1
                continue
            made.append((resource, one))
        return Told(tuple(made), untold)

    def lines(self, reading: Reading, one: Judged) -> Sequence[tuple[str, str]]:
        """What the list behind the button says of it."""
        item = present_item(reading, one, self.outcomes)
        facts = [(fact.label, fact.value) for fact in (*item.facts, *item.origin)]
        return [("", item.title), ("", item.text), ("", f"{item.word}. {item.when}"), *facts]


def reference_to(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"
