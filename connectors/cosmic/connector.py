"""Cosmic: FHIR R4, and attention signals as JSON beside it. The caller applies the law, Cosmic none of it."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication
from connectors.base.contract import Answer, Connector, Fault, Manifest, Setting, SourceFault, SourceProfile
from connectors.base.together import ask_together
from connectors.base.transport import Transport
from connectors.cosmic.mapping import OF_PATIENT, has_signals, kinds_with, make_questions
from connectors.cosmic.signals import SIGNAL_KINDS, SignalReader
from connectors.fhir.gateway import GATEWAY_SETTINGS, gateway_authentication
from connectors.fhir.reader import Reader, everyone
from connectors.fhir.search import read_capability
from consent.terms import Permit
from consent.vocabulary import Kind


class CosmicConnector(Connector):
    """One Cosmic installation: the base address is the FHIR endpoint, the token service a setting."""

    manifest = Manifest(
        slug="cosmic",
        label="Cosmic",
        kinds=frozenset(
            {
                Kind.CARE_LIMITATION,
                Kind.WARNING,
                Kind.CONTACT,
                Kind.VACCINATION,
                Kind.CARE_PLAN,
                Kind.CARE_CONTACT,
                Kind.PREHOSPITAL,
                Kind.DIAGNOSIS,
                Kind.MEDICATION,
            }
        ),
        settings=(
            *GATEWAY_SETTINGS,
            Setting(
                "has_signals",
                _("Uppmärksamhetssignaler hämtas"),
                type=bool,
                is_required=False,
                default="true",
                help=_("Ett eget gränssnitt på samma värd: api/open/attentionsignals."),
            ),
            Setting(
                "limitation_signals",
                _("Vilka signaler som är vårdbegränsningar"),
                is_required=False,
                default="Vårdbegränsning",
                help=_("Typens kod eller namn. Flera skiljs åt med komma. Övriga visas som varningar."),
            ),
            Setting(
                "extra_resources",
                _("FHIR-resurser utöver leverantörens öppna"),
                is_required=False,
                help=_("Av Flag, Consent, AllergyIntolerance, CareTeam, RelatedPerson, DocumentReference."),
            ),
            Setting(
                "crisis_plan_names",
                _("Vad krisplaner kallas"),
                is_required=False,
                default="Krisplan",
                help=_("Flera namn skiljs åt med komma."),
            ),
        ),
        is_public_interface=False,
    )
    accept = "application/fhir+json, application/json;q=0.9"

    def __init__(self, profile: SourceProfile, transport: Transport) -> None:
        super().__init__(profile, transport)
        self._reader = Reader(transport, profile, make_questions(profile.settings), OF_PATIENT)
        self._signals = SignalReader(transport, profile) if has_signals(profile.settings) else None
        self._fhir_kinds = frozenset(OF_PATIENT).union(*(q.kinds for q in self._reader.questions))

    @classmethod
    def kinds_of(cls, settings: Mapping[str, str]) -> frozenset[Kind]:
        return kinds_with(settings)

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return gateway_authentication(profile.settings)

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """FHIR and signals at once. A kind either of them could not give is absent, never empty."""
        people = everyone(permit.patient, permit.aliases)
        of_fhir = kinds & self._fhir_kinds
        of_signals = kinds & SIGNAL_KINDS if self._signals else frozenset()
        asked: list[tuple[frozenset[Kind], Awaitable[Answer]]] = []
        if of_fhir:
            asked.append((of_fhir, self._reader.read(people, of_fhir)))
        if of_signals and self._signals:
            asked.append((of_signals, self._signals.read(people, of_signals)))
        with self.transport.deadline():
            settled = await ask_together([_settle(answer) for _, answer in asked])
        parts = [(part, outcome) for (part, _), outcome in zip(asked, settled, strict=True)]
        return put_together(kinds, self._always_absent | (kinds - of_fhir - of_signals), parts)

    async def probe(self) -> None:
        await read_capability(self.transport)

    @property
    def _always_absent(self) -> frozenset[Kind]:
        """Who is responsible stands in CareTeam: without it contacts are never told in full."""
        has_teams = any(q.resource_type == "CareTeam" for q in self._reader.questions)
        return frozenset() if has_teams else frozenset({Kind.CONTACT})


async def _settle(answer: Awaitable[Answer]) -> Answer | SourceFault:
    try:
        return await answer
    except SourceFault as fault:
        return fault


def put_together(
    kinds: frozenset[Kind], absent: frozenset[Kind], parts: list[tuple[frozenset[Kind], Answer | SourceFault]]
) -> Answer:
    """One answer out of its parts. Raises SourceFault: about somebody else, or where nothing at all came."""
    answers = [part for _, part in parts if isinstance(part, Answer)]
    faults = [part for _, part in parts if isinstance(part, SourceFault)]
    for fault in faults:
        if fault.fault is Fault.FOREIGN_PATIENT or not answers:
            raise fault
    if not answers:
        raise SourceFault(Fault.CONFIG)
    missing = absent.union(*(about for about, part in parts if isinstance(part, SourceFault)))
    missing = (missing & kinds).union(*(answer.absent for answer in answers))
    records = tuple(record for answer in answers for record in answer.records)
    if faults and not records and missing == kinds:
        raise faults[0]
    return replace(
        answers[0],
        records=records,
        as_of=min(answer.as_of for answer in answers),
        withheld=any(answer.withheld for answer in answers),
        unparsed=sum(answer.unparsed for answer in answers),
        incomplete_kinds=frozenset[Kind]().union(*(concerned_by(answer, kinds) for answer in answers)),
        absent=missing,
        warnings=tuple(dict.fromkeys(said for answer in answers for said in answer.warnings)),
        is_protected=any(answer.is_protected for answer in answers),
    )


def concerned_by(answer: Answer, kinds: frozenset[Kind]) -> frozenset[Kind]:
    """What is missing from one part concerns that part's kinds alone."""
    if not (answer.withheld or answer.unparsed):
        return frozenset()
    return kinds if answer.incomplete_kinds is None else answer.incomplete_kinds
