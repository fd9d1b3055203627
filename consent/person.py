"""Whom it is about, and who can be asked about her: population facts and the Protocols of remote facts.

``None`` from a source always means: could not be found out. The rules treat that as the safe answer.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from consent.terms import Block, PersonId
from consent.vocabulary import RelationGround


class Protection(StrEnum):
    """Skyddade personuppgifter. UNKNOWN: nobody could tell, treated as protected."""

    NONE = "none"
    CONFIDENTIALITY_MARK = "sekretessmarkering"
    PROTECTED_REGISTRATION = "skyddad_folkbokforing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Relative:
    name: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """Population facts of one person. Where the source was unreachable only ``id`` is known.

    ``id`` is the main identity; ``aliases`` the person's other numbers. ``is_missing``: the register answered
    that it knows no such number.
    """

    id: PersonId
    is_known: bool = False
    is_missing: bool = False
    given_name: str = ""
    family_name: str = ""
    sex: str = ""
    born: date | None = None
    died: date | None = None
    protection: Protection = Protection.UNKNOWN
    aliases: tuple[PersonId, ...] = ()
    language: str = ""
    language_code: str = ""
    needs_interpreter: bool = False
    interpreter_phone: str = ""
    address: str = ""
    phone: str = ""
    relatives: tuple[Relative, ...] = ()

    @property
    def is_protected(self) -> bool:
        return self.protection is not Protection.NONE

    def without_contacts(self) -> "Person":
        """As a protected person may be passed on: no address, no telephone, no relatives."""
        return replace(self, address="", phone="", relatives=())

    def age_on(self, day: date) -> int | None:
        """Whole years, or None where the birth date is unknown."""
        if self.born is None:
            return None
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


class UnknownPerson(Exception):
    """The population register answered that no such person exists."""


class PersonSource(Protocol):
    """Who a number belongs to. Source: Personuppgiftstjänsten (shape), DOMAIN of population facts."""

    async def find(self, person: PersonId) -> Person:
        """Raises UnknownPerson; where the register is unreachable gives a Person with ``is_known`` False."""


class BlockSource(Protocol):
    async def blocks_of(self, person: PersonId) -> tuple[Block, ...] | None:
        """Every block of the person that stands, or None where they could not be read. Source: blocking
        contract 4.0 (shape)."""


class RelationSource(Protocol):
    async def relation_of(self, person: PersonId, unit_id: str) -> RelationGround | None:
        """What the unit's own journal says: current there (planned reception counts), has an insats, is
        being assessed, or NONE. Source: Tillgänglig patient (shape)."""


class ExistenceSource(Protocol):
    async def holds(self, person: PersonId) -> bool | None:
        """Whether anybody else holds unblocked data: yes, no, unknown (SVOD 2:4)."""


class HeldSource(Protocol):
    async def is_held(self, people: tuple[PersonId, ...]) -> bool:
        """Whether the portal itself keeps anything about these numbers that others delivered to it."""
