"""GetVaccinationHistory 2.0: to vaccination, one record for each dose. What is covid comes from codes alone.

When it was given is told apart from when it was registered: the contract means the first by
``registrationRecord.date``, bridges in use fill it with the second. Only ``documentTime`` is relied on.
"""

from connectors.base.codes import COVID_DISEASE, COVID_SNOMED, is_covid_atc
from connectors.base.kinds import Vaccination
from connectors.base.records import Coded, Record, Status
from connectors.base.xmlreading import child, children
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Element, coded, paragraphs, text, words
from connectors.rivta.identifiers import ATC, SNOMED
from connectors.rivta.times import read_time
from consent.vocabulary import InformationType


def map_vaccination(draft: Draft) -> tuple[Record, ...]:
    """A registration without any dose named is still one record."""
    doses = list(children(draft.body, "administrationRecord"))
    if not doses:
        return (_map_dose(draft, None, ""),)
    return tuple(_map_dose(draft, dose, str(n) if n else "") for n, dose in enumerate(doses))


def _map_dose(draft: Draft, dose: Element | None, part: str) -> Record:
    registration = child(draft.body, "registrationRecord")
    diseases = () if dose is None else tuple(children(dose, "vaccineTargetDisease"))
    vaccine = (child(dose, "vaccineName"), child(dose, "typeOfVaccine"))
    codes = coded(*vaccine, *diseases)
    product = next((said for each in vaccine if (said := words(each))), "")
    against = ", ".join(dict.fromkeys(said for each in diseases if (said := words(each))))
    note = text(registration, "vaccinationUnstructuredNote")
    given = draft.header.documented
    common = draft.common(
        InformationType.VACCINATION,
        status=Status.ENDED if given else Status.UNKNOWN,
        title=product or against or note.partition("\n")[0] or "Vaccination",
        start=given,
        codes=codes,
        part=part,
    )
    common["recorded"] = read_time(registration, "date") or common["recorded"]
    number = text(dose, "doseOrdinalNumber")
    return Vaccination(
        **common,
        text=paragraphs(note, text(dose, "commentAdministration"), text(dose, "commentPrescription")),
        is_covid=any(_is_covid(code) for code in codes),
        product=product,
        dose_number=int(number) if number.isascii() and number.isdigit() else None,
        batch=text(dose, "vaccineBatchId"),
        given=given,
    )


def _is_covid(code: Coded) -> bool:
    if code.system == SNOMED:
        return code.code in COVID_SNOMED or code.code == COVID_DISEASE
    return code.system == ATC and is_covid_atc(code.code)
