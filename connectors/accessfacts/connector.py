"""Facts that access rests on: blocks, care relation, existence. Assumed interface, shaped like the national
blocking contract 4.0, AssertCareEngagement 1.0 (Tillgänglig patient) and an index that says one boolean."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from connectors.accessfacts.mapping import read_blocks, read_existence, read_relation
from connectors.base.authentication import Authentication, bearer
from connectors.base.contract import (
    Answer,
    Connector,
    Fact,
    Fault,
    Manifest,
    Setting,
    SourceFault,
    SourceProfile,
)
from consent.terms import Block, Permit, PersonId
from consent.vocabulary import Kind, RelationGround

BLOCKS, RELATION, EXISTENCE, STATUS = "blocks/search", "relations/check", "index/check", "status"
ANSWERS: Mapping[Fact, str] = {
    Fact.BLOCKS: "answers_blocks",
    Fact.RELATION: "answers_relation",
    Fact.EXISTENCE: "answers_existence",
}
ANSWERS_FOR = "answers_for"
CHOSEN = "true"


class AccessFactsConnector(Connector):
    """Answers those of the three questions that its settings name. Delivers no kind of record."""

    manifest = Manifest(
        slug="accessfacts",
        label=_("Spärr- och relationstjänst"),
        kinds=frozenset(),
        settings=(
            Setting(
                ANSWERS[Fact.BLOCKS],
                _("Svarar om spärrar"),
                type=bool,
                is_required=False,
                help=_("Flera källor läggs samman. Svarar en inte är spärrarna okända och inget visas."),
            ),
            Setting(
                ANSWERS[Fact.RELATION],
                _("Svarar om vårdrelation"),
                type=bool,
                is_required=False,
                help=_("Frågas bara av personal hos informationsägaren, som därför måste anges."),
            ),
            Setting(
                ANSWERS[Fact.EXISTENCE],
                _("Svarar om andra har ospärrade uppgifter"),
                type=bool,
                is_required=False,
                help=_("Bara ja eller nej. Aldrig vem eller vad."),
            ),
            Setting(
                ANSWERS_FOR,
                _("Källor som dess nej omfattar"),
                is_required=False,
                help=_(
                    "Kortnamn med mellanslag emellan: de källor vars uppgifter indexet säkert känner till."
                    " Är en annan källa i drift blir ett nej ”går inte att se”."
                ),
            ),
            Setting("token", _("Åtkomstnyckel"), is_secret=True),
        ),
        deadline_s=2.0,
        is_public_interface=False,
    )

    @classmethod
    def facts_of(cls, settings: Mapping[str, str]) -> frozenset[Fact]:
        return frozenset(fact for fact, name in ANSWERS.items() if settings.get(name) == CHOSEN)

    @classmethod
    def answers_for(cls, settings: Mapping[str, str]) -> frozenset[str]:
        return frozenset(settings.get(ANSWERS_FOR, "").split())

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return bearer(profile.settings.get("token", ""))

    async def blocks_of(self, person: PersonId) -> tuple[Block, ...]:
        """Every block of the person that stands. Raises SourceFault."""
        return read_blocks(await self._ask(BLOCKS, person), person)

    async def relation_of(self, person: PersonId, unit_id: str) -> RelationGround:
        """What the unit's journal says; a planned visit counts. Raises SourceFault."""
        reply = await self._ask(RELATION, person, careUnitId=unit_id)
        return read_relation(reply, person, unit_id)

    async def holds(self, person: PersonId, apart_from: str) -> bool:
        """Whether another provider holds unblocked data. Raises SourceFault."""
        reply = await self._ask(EXISTENCE, person, apartFromCareProviderId=apart_from)
        return read_existence(reply, person)

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """Never asked for records; saying "empty" here would be a lie."""
        del permit, kinds
        raise SourceFault(Fault.CONFIG)

    async def probe(self) -> None:
        """Reach the service. One that is set to answer nothing, or for no journal, is set up wrongly."""
        chosen = self.facts_of(self.profile.settings)
        if not chosen or (Fact.RELATION in chosen and self.profile.owner is None):
            raise SourceFault(Fault.CONFIG)
        if (await self.transport.get_json(STATUS)).get("status") != "ok":
            raise SourceFault(Fault.REPORTED)

    async def _ask(self, path: str, person: PersonId, **more: str) -> dict[str, Any]:
        question = {"personId": person.number, "personIdType": person.type.value, **more}
        return await self.transport.post_json(path, question)
