"""The cheapest FHIR connector: one address, one call, one document (International Patient Summary 2.0.0)."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication, ClientCredentials, bearer
from connectors.base.contract import Answer, Connector, Fault, Manifest, Setting, SourceFault, SourceProfile
from connectors.base.numbers import PERSON_SYSTEMS
from connectors.base.together import ask_together
from connectors.base.transport import Transport
from connectors.fhir.reader import everyone
from connectors.fhir.search import read_capability
from connectors.fhir.summary import SummaryReader
from connectors.ips.mapping import OF_PATIENT, PARTS
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind

OPERATION = "Patient/$summary"
PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"


class SummaryConnector(Connector):
    """``POST [base]/Patient/$summary`` with the number in the body, never in the address."""

    manifest = Manifest(
        slug="ips",
        label=_("Patientsammanfattning (FHIR IPS)"),
        kinds=frozenset(
            {
                Kind.CARE_LIMITATION,
                Kind.WARNING,
                Kind.CONTACT,
                Kind.VACCINATION,
                Kind.CARE_PLAN,
                Kind.PREHOSPITAL,
                Kind.DIAGNOSIS,
                Kind.MEDICATION,
            }
        ),
        settings=(
            Setting(
                "token_url",
                _("Adress till tokentjänsten"),
                is_required=False,
                help=_("Tomt där källan har en fast nyckel, eller ingen."),
            ),
            Setting("client_id", _("Klient-id"), is_required=False),
            Setting("client_secret", _("Klienthemlighet"), is_secret=True, is_required=False),
            Setting("scope", _("Omfång (scope)"), is_required=False),
            Setting("token", _("Fast nyckel (bearer)"), is_secret=True, is_required=False),
        ),
    )
    accept = "application/fhir+json, application/json;q=0.9"

    def __init__(self, profile: SourceProfile, transport: Transport) -> None:
        super().__init__(profile, transport)
        self._reader = SummaryReader(transport, profile, (), OF_PATIENT, PARTS)

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication | None:
        settings = profile.settings
        if token_url := settings.get("token_url", ""):
            return ClientCredentials(
                token_url,
                settings.get("client_id", ""),
                settings.get("client_secret", ""),
                settings.get("scope", ""),
            )
        token = settings.get("token", "")
        return bearer(token) if token else None

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """One document for each of the person's numbers; one unknown to the source holds nothing there."""
        people = everyone(permit.patient, permit.aliases)
        with self.transport.deadline():
            outcomes = await ask_together([self._read(person, people, kinds) for person in people])
        for outcome in outcomes:
            if isinstance(outcome, SourceFault):
                raise outcome
        found = [answer for answer in outcomes if isinstance(answer, Answer)]
        return combine(found) if found else Answer(records=(), as_of=datetime.now(UTC))

    async def _read(
        self, person: PersonId, people: tuple[PersonId, ...], kinds: frozenset[Kind]
    ) -> Answer | SourceFault | None:
        try:
            document = await self.transport.post_json_or_unknown(OPERATION, parameters_for(person))
            if document is None:
                return None
            return await self._reader.read_summary(document, people, kinds)
        except SourceFault as fault:
            return fault

    async def probe(self) -> None:
        """Raises SourceFault: CONFIG where the server does not say that it makes summaries."""
        statement = await read_capability(self.transport)
        if not offers_summary(statement):
            raise SourceFault(Fault.CONFIG)


def parameters_for(person: PersonId) -> dict[str, object]:
    """The operation's Parameters: whose summary, by number, and in which profile."""
    identifier = f"{PERSON_SYSTEMS[person.type][0]}|{person.number}"
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "identifier", "valueString": identifier},
            {"name": "profile", "valueUri": PROFILE},
        ],
    }


def offers_summary(statement: dict[str, object]) -> bool:
    """Whether ``summary`` is among the operations of Patient, or of the server."""
    rests = statement.get("rest")
    for rest in rests if isinstance(rests, list) else []:
        resources = rest.get("resource", []) if isinstance(rest, dict) else []
        places = [rest, *(r for r in resources if isinstance(r, dict) and r.get("type") == "Patient")]
        operations = [o for place in places for o in place.get("operation", []) if isinstance(o, dict)]
        if any(operation.get("name") in ("summary", "patient-summary") for operation in operations):
            return True
    return False


def combine(answers: list[Answer]) -> Answer:
    """The documents of several numbers as one answer: what one cannot tell, the whole cannot."""
    first = answers[0]
    if len(answers) == 1:
        return first
    incomplete: frozenset[Kind] | None = frozenset()
    for answer in answers:
        known = answer.incomplete_kinds
        incomplete = None if incomplete is None or known is None else incomplete | known
    records = {(r.kind, r.id): r for answer in answers for r in answer.records}
    return Answer(
        records=tuple(records.values()),
        as_of=min(answer.as_of for answer in answers),
        withheld=any(answer.withheld for answer in answers),
        unparsed=sum(answer.unparsed for answer in answers),
        incomplete_kinds=incomplete,
        absent=frozenset[Kind]().union(*(answer.absent for answer in answers)),
        warnings=tuple(dict.fromkeys(w for answer in answers for w in answer.warnings)),
        is_protected=any(answer.is_protected for answer in answers),
    )
