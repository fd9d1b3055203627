"""NPÖ: the national aggregation of RIV-TA contracts over SOAP with mutual TLS, or a regional platform."""

import asyncio
import ssl
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from connectors.base.certificates import client_tls
from connectors.base.contract import Answer, Connector, Fault, Manifest, Setting, SourceFault, SourceProfile
from connectors.base.xmlreading import child
from connectors.npo.contracts import CONTRACTS, KINDS, Contract, contract_settings, spoken_by
from connectors.npo.paging import More, Pieces, ask_for_all
from connectors.npo.reading import Reading
from connectors.npo.services import OUTSIDE_TYPES
from connectors.rivta.contracts import PING, ServiceContract
from connectors.rivta.elements import Element
from connectors.rivta.envelope import Opened, open_answer, write_ping, write_question
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind

_ONE_ADDRESS = "one_address"


class NpoConnector(Connector):
    """Asks only the contracts that feed the kinds asked for, all at once."""

    manifest = Manifest(
        slug="npo",
        label=_("NPÖ och andra RIV-TA-plattformar"),
        kinds=KINDS,
        settings=(
            Setting(
                "logical_address",
                _("Logisk adress (HSA-id)"),
                help=_("Aggregerande tjänst: Ineras HSA-id. Annars källsystemets."),
            ),
            Setting(
                "client_certificate",
                _("Klientcertifikat (PEM)"),
                is_secret=True,
                is_required=False,
                help=_("Med mellanliggande utfärdare."),
            ),
            Setting("client_key", _("Klientcertifikatets nyckel (PEM)"), is_secret=True, is_required=False),
            Setting(
                "authority",
                _("Utfärdare att lita på (PEM)"),
                is_secret=True,
                is_required=False,
                help=_("Tomt: de publika."),
            ),
            Setting(
                _ONE_ADDRESS,
                _("Alla kontrakt på källans adress"),
                type=bool,
                is_required=False,
                help=_("Annars har varje kontrakt sin egen sökväg under adressen."),
            ),
            Setting(
                "system_names",
                _("Källsystemens namn"),
                is_required=False,
                help=_("HSA-id=namn, med semikolon emellan."),
            ),
            Setting(
                OUTSIDE_TYPES,
                _("Insatstyper utanför sammanhållen dokumentation"),
                is_required=False,
                help=_("Typer i GetCareServices som aldrig får visas, med mellanslag emellan."),
            ),
            *contract_settings(),
        ),
        is_aggregating=True,
    )
    accept = "text/xml"

    @classmethod
    def kinds_of(cls, settings: Mapping[str, str]) -> frozenset[Kind]:
        return frozenset(kind for contract in spoken_by(settings) for kind in contract.kinds)

    @classmethod
    def secure(cls, profile: SourceProfile) -> ssl.SSLContext | None:
        """Nothing of our own where neither certificate nor authority is given."""
        names = ("authority", "client_certificate", "client_key")
        texts = [profile.settings.get(name, "") for name in names]
        return client_tls(*texts) if any(text.strip() for text in texts) else None

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """A contract that failed leaves its kinds absent; where none answered, the fault is raised."""
        people = {person.number: person for person in (permit.patient, *permit.aliases)}
        asked = [contract for contract in spoken_by(self.profile.settings) if contract.kinds & kinds]
        if not asked:
            raise SourceFault(Fault.CONFIG)
        with self.transport.deadline():
            async with asyncio.TaskGroup() as group:
                tasks = [
                    (contract, group.create_task(self._ask(contract, person)))
                    for contract in asked
                    for person in people.values()
                ]
        reading = Reading(self.profile, people, kinds, self.system_names)
        faults: list[tuple[Contract, SourceFault]] = []
        for contract, task in tasks:
            outcome = task.result()
            if isinstance(outcome, SourceFault):
                faults.append((contract, outcome))
            else:
                for piece in outcome.pieces:
                    await reading.read(contract, piece)
                if not outcome.is_whole:
                    reading.note_more(contract)
        if len(faults) == len(tasks):
            raise faults[0][1]
        fed = frozenset(kind for contract in asked for kind in contract.kinds)
        absent = frozenset(kind for contract, _fault in faults for kind in contract.kinds) | (kinds - fed)
        return reading.answer(absent & kinds)

    async def probe(self) -> None:
        """Ask whether the first contract is served here. Raises SourceFault."""
        spoken = spoken_by(self.profile.settings) or CONTRACTS
        question = write_ping(PING, self.logical_address, spoken[0].service)
        opened = open_answer(await self._post(PING, question), PING)
        if child(opened.response, "version") is None and child(opened.response, "pingDateTime") is None:
            raise SourceFault(Fault.FORMAT)

    async def _ask(self, contract: Contract, person: PersonId) -> Pieces | SourceFault:
        service = contract.service

        async def ask(more: More | None) -> Opened:
            address, rest_of = (more.address, more.reference) if more else (self.logical_address, "")
            question = write_question(service, address, person, rest_of)
            return open_answer(await self._post(service, question), service)

        try:
            return await ask_for_all(ask, goes_on=contract.comes_in_pieces)
        except SourceFault as fault:
            return fault

    async def _post(self, service: ServiceContract, question: bytes) -> Element:
        is_one = self.profile.settings.get(_ONE_ADDRESS) == "true"
        return await self.transport.post_xml("" if is_one else service.path, question, service.action)

    @property
    def logical_address(self) -> str:
        return self.profile.settings.get("logical_address", "").strip()

    @property
    def system_names(self) -> Mapping[str, str]:
        """HSA-id to name, as told in the settings."""
        pairs = (each.partition("=") for each in self.profile.settings.get("system_names", "").split(";"))
        return {hsa_id.strip().upper(): name.strip() for hsa_id, _equals, name in pairs if name.strip()}
