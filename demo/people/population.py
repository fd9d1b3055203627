"""All the people and all that every system holds of them, relative to one day T."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from demo.people.ambulance import build_missions
from demo.people.cosmic import build_chart, build_directory
from demo.people.elsewhere import Source, build_elsewhere
from demo.people.facts import PEOPLE, NumberType, Person
from demo.people.fhir_shapes import HIERARCHY, Resource
from demo.people.national import Entry as NationalEntry
from demo.people.national import build_national
from demo.people.viva import build_file
from demo.people.viva_file import Entry, System


@dataclass(frozen=True)
class Population:
    """Thirteen people as they stand on ``today``. Made by ``build``; every property is built once."""

    today: date
    people: tuple[Person, ...] = PEOPLE

    def find(self, number: str, number_type: str | None = None) -> Person | None:
        """Who has this number as their own or as a linked one."""
        for person in self.people:
            for known, known_type in numbers_of(person):
                if known == number and number_type in (None, known_type):
                    return person
        return None

    @cached_property
    def charts(self) -> dict[str, list[Resource]]:
        """FHIR R4 resources of the region's record system, by letter."""
        return {person.letter: build_chart(self.today, person) for person in self.people}

    @cached_property
    def fhir_resources(self) -> list[Resource]:
        """Every resource the region's FHIR server has: its directory, then the charts."""
        return build_directory() + [resource for chart in self.charts.values() for resource in chart]

    @cached_property
    def missions(self) -> list[Resource]:
        """Every resource the ambulance's FHIR server has."""
        return build_missions(self.today)

    def viva_entries(self, system: System) -> dict[str, dict[str, list[Entry]]]:
        """The municipality's ``hsl`` or ``sol`` entries by number, then by list of the answer."""
        files = (build_file(self.today, person, system) for person in self.people)
        return {file.person.number: file.entries for file in files}

    @cached_property
    def elsewhere(self) -> dict[Source, list[dict[str, Any]]]:
        """Records of systems that speak the open feed, by source."""
        return build_elsewhere(self.today)

    @cached_property
    def national(self) -> list[NationalEntry]:
        """What the national overview passes on of other journals."""
        return build_national(self.today)

    def holders(self, person: Person) -> frozenset[str]:
        """HSA-ids of the providers that have anything at all on the person."""
        providers = {_provider(resource) for resource in self.charts[person.letter]}
        for system in ("hsl", "sol"):
            entries = self.viva_entries(system)[person.number]
            providers |= {entry["vardgivare"]["hsaid"] for group in entries.values() for entry in group}
        for records in self.elsewhere.values():
            providers |= {r["unit"]["provider"] for r in records if r["patient"] == person.number}
        providers |= {e.staff.unit.provider.hsa for e in self.national if e.number == person.number}
        return frozenset(providers - {""})


def build(today: date) -> Population:
    """The population relative to ``today``."""
    return Population(today)


def numbers_of(person: Person) -> tuple[tuple[str, NumberType], ...]:
    """The person's own number first, then the linked one if there is one."""
    own = (person.number, person.number_type)
    if person.linked_number is None:
        return (own,)
    return (own, (person.linked_number, person.linked_type))


def _provider(resource: Resource) -> str:
    for extension in resource.get("extension", ()):
        if extension["url"] == HIERARCHY:
            return str(extension["extension"][0]["valueReference"]["identifier"]["value"])
    return ""
