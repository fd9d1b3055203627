"""MobiMed: ambulance missions and measured values as FHIR R4, with OAuth 2 client credentials."""

from connectors.base.authentication import Authentication
from connectors.base.contract import Answer, Connector, Manifest, SourceProfile
from connectors.base.transport import Transport
from connectors.fhir.gateway import CLIENT_SETTINGS, client_authentication
from connectors.fhir.reader import Reader, everyone
from connectors.fhir.search import read_capability
from connectors.mobimed.mapping import QUESTIONS
from consent.terms import Permit
from consent.vocabulary import Kind


class MobimedConnector(Connector):
    """One MobiMed installation: the base address is the FHIR endpoint, the token service a setting."""

    manifest = Manifest(
        slug="mobimed",
        label="MobiMed",
        kinds=frozenset({Kind.PREHOSPITAL, Kind.CARE_CONTACT}),
        settings=CLIENT_SETTINGS,
        is_public_interface=False,
    )
    accept = "application/fhir+json, application/json;q=0.9"

    def __init__(self, profile: SourceProfile, transport: Transport) -> None:
        super().__init__(profile, transport)
        self._reader = Reader(transport, profile, QUESTIONS)

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return client_authentication(profile.settings)

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        return await self._reader.read(everyone(permit.patient, permit.aliases), kinds)

    async def probe(self) -> None:
        await read_capability(self.transport)
