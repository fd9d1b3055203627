"""Cosmic Link: discharge cases (2017:612) and SIP as FHIR R4. That there is no case, Link must say."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication
from connectors.base.contract import Answer, Connector, Manifest, Setting, SourceProfile
from connectors.base.transport import Transport
from connectors.fhir.gateway import GATEWAY_SETTINGS, gateway_authentication
from connectors.fhir.plans import ANSWERS, coordination_mapping, has_profile
from connectors.fhir.reader import Question, Reader, everyone, read_names
from connectors.fhir.search import read_capability
from consent.terms import Permit
from consent.vocabulary import Kind

PROFILE = "https://fhir.cambio.se/StructureDefinition/CareplanCordinatedCareSe"


class CosmicLinkConnector(Connector):
    """One Link installation: the base address is the FHIR endpoint, the token service a setting."""

    manifest = Manifest(
        slug="cosmiclink",
        label="Cosmic Link",
        kinds=frozenset({Kind.COORDINATION}),
        settings=(
            *GATEWAY_SETTINGS,
            Setting(
                "sip_names", _("Vad SIP kallas"), is_required=False, default="SIP, Samordnad individuell plan"
            ),
        ),
        is_public_interface=False,
    )
    accept = "application/fhir+json, application/json;q=0.9"

    def __init__(self, profile: SourceProfile, transport: Transport) -> None:
        super().__init__(profile, transport)
        self._reader = Reader(transport, profile, make_questions(profile.settings))

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return gateway_authentication(profile.settings)

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        return await self._reader.read(everyone(permit.patient, permit.aliases), kinds)

    async def probe(self) -> None:
        await read_capability(self.transport)


def make_questions(settings: Mapping[str, str]) -> tuple[Question, ...]:
    """One search: active and completed plans, with the answers written beside them."""
    mapping = coordination_mapping(
        has_profile(PROFILE.rpartition("/")[2]), read_names(settings.get("sip_names", ""))
    )
    return (
        Question(
            "CarePlan",
            {Kind.COORDINATION: mapping},
            {"_profile": PROFILE, "_include": "CarePlan:supportingInfo"},
            patient_parameter="subject",
            company={"supportingInfo": ANSWERS},
        ),
    )
