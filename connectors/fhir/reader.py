"""One whole answer out of many searches: patients first, then every resource type at once, then records."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from connectors.base.contract import Answer, Fault, SourceFault, SourceProfile
from connectors.base.records import Record
from connectors.base.together import ask_together
from connectors.base.transport import Transport
from connectors.fhir.admission import admit, is_protected
from connectors.fhir.company import Company, admit_company, count_missing
from connectors.fhir.drafting import Draft, MapResource
from connectors.fhir.elements import Resource, Unreadable
from connectors.fhir.identifiers import person_ids, search_tokens
from connectors.fhir.references import Directory
from connectors.fhir.search import Found, Search, run_search
from consent.terms import PersonId
from consent.vocabulary import Kind

PAGE_SIZE = "500"
# Thousands of entries must not keep other readers waiting: so many are read per turn of the loop.
AT_A_TIME = 100
# What a mapping may stumble over in one malformed entry. It costs that entry, never the others.
_STUMBLES = (Unreadable, ValueError, TypeError, LookupError, AttributeError, OverflowError)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """One search per patient, and what becomes of its answer.

    ``since_days``: only that far back by the parameter ``date``; where that gives nothing, once more without
    limit (first page), because "nothing lately" is not "nothing".
    ``company``: what must have come along for a match to be whole, as field and resource type.
    """

    resource_type: str
    mappings: Mapping[Kind, MapResource]
    parameters: Mapping[str, str] = field(default_factory=dict)
    patient_parameter: str = "patient"
    since_days: int | None = None
    company: Company = field(default_factory=dict)

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(self.mappings)


@dataclass(slots=True)
class Patients:
    """The source's own Patients for the numbers asked about."""

    resources: dict[str, tuple[Resource, PersonId]] = field(default_factory=dict)
    by_reference: dict[str, PersonId] = field(default_factory=dict)


@dataclass(slots=True)
class Gathered:
    """Where one question ended: what it found for each patient, or the fault."""

    question: Question
    found: list[Found] = field(default_factory=list)
    fault: SourceFault | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one FHIR source. ``of_patient`` maps what stands in the Patient resource itself."""

    transport: Transport
    profile: SourceProfile
    questions: Sequence[Question]
    of_patient: Mapping[Kind, MapResource] = field(default_factory=dict)

    async def read(self, people: Sequence[PersonId], kinds: frozenset[Kind]) -> Answer:
        """Everything of these kinds about one person, known by these numbers. Raises SourceFault.

        A kind one of whose searches failed is reported as absent; where nothing came, the fault is raised.
        """
        directory = Directory()
        with self.transport.deadline():
            patients = await self._find_patients(people, directory)
            asked = [q for q in self.questions if q.kinds & kinds] if patients.resources else []
            gathered = await ask_together([self._ask(q, patients, directory) for q in asked])
        return await self.assemble(gathered, patients, directory, kinds)

    async def _find_patients(self, people: Sequence[PersonId], directory: Directory) -> Patients:
        """Raises SourceFault: FOREIGN_PATIENT where it gives somebody else, FORMAT if unreadable."""
        patients = Patients()
        for found in await ask_together([self._find_patient(person, directory) for person in people]):
            if isinstance(found, SourceFault):
                raise found
            if found.unparsed or not found.is_complete:
                raise SourceFault(Fault.FORMAT)
            if found.warnings and not found.matches:
                # Whether the person is unknown there, nobody has said.
                raise SourceFault(Fault.REPORTED)
            for resource in found.matches:
                add_patient(patients, resource, people)
        for name, resource in directory.by_name.items():
            if resource.get("id") in patients.resources and resource.get("resourceType") == "Patient":
                patients.by_reference[name] = patients.resources[str(resource["id"])][1]
        return patients

    async def _find_patient(self, person: PersonId, directory: Directory) -> Found | SourceFault:
        search = Search("Patient", {"identifier": ",".join(search_tokens(person))})
        try:
            return await run_search(self.transport, search, directory)
        except SourceFault as fault:
            return fault

    async def _ask(self, question: Question, patients: Patients, directory: Directory) -> Gathered:
        gathered = Gathered(question)
        try:
            for patient_id in patients.resources:
                gathered.found.append(await self._search(question, patient_id, directory))
        except SourceFault as fault:
            gathered.fault = fault
        return gathered

    async def _search(self, question: Question, patient_id: str, directory: Directory) -> Found:
        parameters = {question.patient_parameter: f"Patient/{patient_id}", **question.parameters}
        everything = Search(question.resource_type, {**parameters, "_count": PAGE_SIZE})
        if question.since_days is None:
            return await run_search(self.transport, everything, directory)
        since = datetime.now(UTC).date() - timedelta(days=question.since_days)
        lately = replace(everything, parameters={**everything.parameters, "date": f"ge{since.isoformat()}"})
        found = await run_search(self.transport, lately, directory)
        if found.matches or found.unparsed:
            return found
        return await run_search(self.transport, everything, directory, max_pages=1)

    async def assemble(
        self, gathered: list[Gathered], patients: Patients, directory: Directory, kinds: frozenset[Kind]
    ) -> Answer:
        """Records out of what the questions found. Raises SourceFault."""
        records: dict[tuple[Kind, str], Record] = {}
        unparsed = 0
        incomplete: set[Kind] = set()
        warnings: list[str] = []
        for each in gathered:
            before = unparsed
            for found in each.found:
                company = each.question.company
                unparsed += found.unparsed + count_missing(found.matches, company, directory)
                unparsed += admit_company(found.others, company, patients.by_reference, directory)
                warnings += found.warnings
                for index, resource in enumerate(found.matches):
                    if index % AT_A_TIME == AT_A_TIME - 1:
                        await asyncio.sleep(0)
                    unparsed += self._keep(
                        resource, each.question.mappings, patients, directory, kinds, records
                    )
            if unparsed > before or not all(found.is_whole for found in each.found):
                incomplete |= each.question.kinds
        for resource, _ in patients.resources.values():
            missed = self._keep(resource, self.of_patient, patients, directory, kinds, records)
            incomplete |= frozenset(self.of_patient) if missed else frozenset()
            unparsed += missed
        faults = [(each.question.kinds & kinds, each.fault) for each in gathered if each.fault]
        absent = frozenset[Kind]().union(*(affected for affected, _ in faults))
        if faults and not records and (absent == kinds or len(faults) == len(gathered)):
            raise faults[0][1]
        return Answer(
            records=tuple(records.values()),
            as_of=datetime.now(UTC),
            withheld=any(not found.is_whole for each in gathered for found in each.found),
            unparsed=unparsed,
            incomplete_kinds=frozenset(incomplete),
            absent=absent,
            warnings=tuple(dict.fromkeys(warnings)),
            is_protected=is_protected(resource for resource, _ in patients.resources.values()),
        )

    def _keep(
        self,
        resource: Resource,
        mappings: Mapping[Kind, MapResource],
        patients: Patients,
        directory: Directory,
        kinds: frozenset[Kind],
        records: dict[tuple[Kind, str], Record],
    ) -> int:
        """Add what the resource becomes; 1 where it could not be read, else 0. Raises SourceFault."""
        try:
            person = self._admit(resource, patients)
            if person is None:
                return 0
            draft = Draft(resource, person, self.profile, directory)
            mapped = [r for kind in mappings if kind in kinds for r in mappings[kind](draft)]
        except SourceFault:
            raise
        except _STUMBLES as error:
            _log.warning(
                "entry_unparsed",
                source=self.profile.slug,
                resource_type=str(resource.get("resourceType"))[:40],
                error=type(error).__name__,
            )
            return 1
        for record in mapped:
            records.setdefault((record.kind, record.id), record)
        return 0

    @staticmethod
    def _admit(resource: Resource, patients: Patients) -> PersonId | None:
        if resource.get("resourceType") == "Patient":
            return patients.resources[str(resource.get("id"))][1]
        return admit(resource, patients.by_reference)


def add_patient(patients: Patients, resource: Resource, people: Sequence[PersonId]) -> None:
    """Take a Patient whose number is among those asked for; anybody else quarantines the source."""
    try:
        named = person_ids(resource.get("identifier"))
        patient_id = resource["id"]
    except (Unreadable, KeyError):
        raise SourceFault(Fault.FORMAT) from None
    person = next((each for each in people if each in named), None)
    if person is None:
        raise SourceFault(Fault.FOREIGN_PATIENT)
    if not isinstance(patient_id, str) or not patient_id:
        raise SourceFault(Fault.FORMAT)
    patients.resources.setdefault(patient_id, (resource, person))
    patients.by_reference[f"Patient/{patient_id}"] = person


def everyone(patient: PersonId, aliases: Iterable[PersonId]) -> tuple[PersonId, ...]:
    """The person's numbers, the main one first, each once."""
    return tuple(dict.fromkeys((patient, *aliases)))


def read_names(setting: str) -> frozenset[str]:
    """A comma-separated setting, compared without regard to case."""
    return frozenset(name.strip().casefold() for name in setting.split(",") if name.strip())
