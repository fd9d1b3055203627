"""Population facts: who a number belongs to. Assumed interface, shaped like Personuppgiftstjänsten."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication, bearer
from connectors.base.contract import Answer, Connector, Fault, Manifest, Setting, SourceFault, SourceProfile
from connectors.population.mapping import read_person
from consent.facts import Person, UnknownPerson
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind

LOOKUP = "persons/lookup"


class PopulationConnector(Connector):
    """Implements ``consent.facts.PersonSource``. Delivers no kind of record."""

    manifest = Manifest(
        slug="population",
        label=_("Befolkningsuppgifter"),
        kinds=frozenset(),
        settings=(Setting("token", _("Åtkomstnyckel"), is_secret=True),),
        deadline_s=0.8,
        is_public_interface=False,
    )

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return bearer(profile.settings.get("token", ""))

    async def find(self, person: PersonId) -> Person:
        """Who this is. Raises UnknownPerson only where the register says so.

        Any fault gives the number alone, which is treated as a protected identity.
        """
        try:
            facts = await self._look_up(person)
            if facts is not None:
                return read_person(facts, person)
        except SourceFault:
            return Person(person)
        raise UnknownPerson

    async def _look_up(self, person: PersonId) -> dict[str, Any] | None:
        question = {"id": person.number, "type": person.type.value}
        return await self.transport.post_json_or_unknown(LOOKUP, question)

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """Never asked for records; saying "empty" here would be a lie."""
        del permit, kinds
        raise SourceFault(Fault.CONFIG)

    async def probe(self) -> None:
        """Look up a number that belongs to nobody: both answers prove that the register is there."""
        await self._look_up(PersonId("000000000000"))
