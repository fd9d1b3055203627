"""Who holds anything of a person that no outer block covers: what an index may say yes about."""

from collections.abc import Iterator
from dataclasses import dataclass

from demo.people.facts import Person
from demo.people.fhir_shapes import HIERARCHY, Resource
from demo.people.legal import BLOCKS
from demo.people.population import Population

ALERTS = ("Flag", "AllergyIntolerance")


@dataclass(frozen=True)
class Holding:
    """One record: whose, of which unit, and the information type that a block may leave out."""

    provider: str
    unit: str
    information_type: str = ""


def unblocked_holders(population: Population, person: Person) -> frozenset[str]:
    """HSA-ids of the providers with at least one such record."""
    outer = [block for block in BLOCKS if block.person == person.letter and block.kind == "outer"]
    return frozenset(
        holding.provider
        for holding in holdings_of(population, person)
        if not any(
            block.unit_hsa == holding.unit and holding.information_type not in block.excluded
            for block in outer
        )
    )


def holdings_of(population: Population, person: Person) -> Iterator[Holding]:
    for resource in population.charts[person.letter]:
        yield from _charted(resource)
    for system in ("hsl", "sol"):
        for entries in population.viva_entries(system)[person.number].values():
            for entry in entries:
                yield Holding(entry["vardgivare"]["hsaid"], entry["enhet"]["hsaid"])
    for records in population.elsewhere.values():
        for record in records:
            if record["patient"] == person.number:
                yield Holding(record["unit"]["provider"], record["unit"]["unit"])
    for passed_on in population.national:
        if passed_on.number == person.number:
            unit, is_alert = passed_on.staff.unit, passed_on.contract.startswith("GetAlertInformation")
            yield Holding(unit.provider.hsa, unit.hsa, "upp" if is_alert else "")


def _charted(resource: Resource) -> Iterator[Holding]:
    """Nothing for the Patient itself: that there is a card says nothing of care."""
    for extension in resource.get("extension", ()):
        if extension["url"] == HIERARCHY:
            provider, unit = (
                level["valueReference"]["identifier"]["value"] for level in extension["extension"]
            )
            is_alert = resource["resourceType"] in ALERTS
            yield Holding(provider, unit, "upp" if is_alert else "")
