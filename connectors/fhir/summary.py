"""One whole answer out of one document: the same mappings as for searches, section by section."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.base.contract import Answer
from connectors.fhir.document import Document, of_sections, read_document
from connectors.fhir.drafting import MapResource
from connectors.fhir.elements import Resource
from connectors.fhir.reader import Gathered, Patients, Question, Reader, add_patient
from connectors.fhir.search import Found
from consent.terms import PersonId
from consent.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Part:
    """What one section (LOINC code) may hold: resource type → kind → mapping.

    ``leads``: the kinds for which this section must speak. Where it is missing, or says that nobody asked,
    those kinds are unknown.
    """

    section: str
    types: Mapping[str, Mapping[Kind, MapResource]]
    leads: frozenset[Kind] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class SummaryReader(Reader):
    """Reads one FHIR source that answers with a patient summary."""

    parts: Sequence[Part] = ()

    async def read_summary(
        self, bundle: Resource, people: Sequence[PersonId], kinds: frozenset[Kind]
    ) -> Answer:
        """The answer in one document about one of these numbers. Raises SourceFault."""
        document = read_document(bundle)
        patients = Patients()
        add_patient(patients, document.subject, people)
        person = patients.resources[str(document.subject["id"])][1]
        patients.by_reference.update(dict.fromkeys(document.subject_names, person))
        gathered = [each for part in self.parts for each in _gather(part, document, kinds)]
        answer = await self.assemble(gathered, patients, document.directory, kinds)
        silent = self._silent_kinds(document) & kinds
        partly = self._kinds_told_in_part(document) & kinds
        told = {record.kind for record in answer.records}
        all_kinds = bool(document.unparsed or document.warnings)
        return replace(
            answer,
            absent=answer.absent | (silent - told),
            incomplete_kinds=None
            if all_kinds
            else (answer.incomplete_kinds or frozenset()) | (silent & told) | partly,
            unparsed=answer.unparsed + document.unparsed,
            withheld=answer.withheld or bool((silent & told) | partly) or bool(document.warnings),
            warnings=(*answer.warnings, *document.warnings),
        )

    def _silent_kinds(self, document: Document) -> frozenset[Kind]:
        """The kinds whose leading section is missing or does not say."""
        silent: set[Kind] = set()
        for part in self.parts:
            if not any(section.is_told for section in of_sections(document, [part.section])):
                silent |= part.leads
        return frozenset(silent)

    def _kinds_told_in_part(self, document: Document) -> frozenset[Kind]:
        """The kinds of sections that say that there may be more."""
        partly = (p for p in self.parts if any(s.is_part for s in of_sections(document, [p.section])))
        return frozenset(kind for part in partly for kinds in part.types.values() for kind in kinds)


def _gather(part: Part, document: Document, kinds: frozenset[Kind]) -> list[Gathered]:
    """A section as the answers to one search per resource type; what was listed and missing is unread."""
    gathered = []
    unread = sum(section.unparsed for section in of_sections(document, [part.section]))
    for resource_type, mappings in part.types.items():
        if not kinds & frozenset(mappings):
            continue
        found = Found(unparsed=unread)
        unread = 0
        for section in of_sections(document, [part.section]):
            found.matches += section.of_type(resource_type)
        gathered.append(Gathered(Question(resource_type, mappings), [found]))
    return gathered
