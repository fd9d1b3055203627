"""The thirteen invented people, what each system holds of them, and what must be seen of whom."""

from demo.people.facts import BY_LETTER, PEOPLE, Person
from demo.people.population import Population, build

__all__ = ["BY_LETTER", "PEOPLE", "Person", "Population", "build"]
