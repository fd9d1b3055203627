"""GetMedicationHistory 2.2: a prescription as a journal lists it, to medication."""

from connectors.base.dates import has_passed
from connectors.base.kinds import Medication, MedicationChange
from connectors.base.records import Record, Status
from connectors.base.xmlreading import child
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Element, Unreadable, coded, paragraphs, quantity, text, walk, words
from connectors.rivta.times import read_time
from consent.vocabulary import InformationType

# Where a drug may be described: in the prescription itself, in what may be dispensed, in what was given.
_DRUG_PLACES = ((), ("dispensationAuthorization",), ("administration",))


def map_medicine(draft: Draft) -> tuple[Record, ...]:
    prescription = child(draft.body, "medicationPrescription")
    drugs = [child(prescription, *place, "drug") for place in _DRUG_PLACES]
    title = next((name for drug in drugs if (name := _name(drug))), "")
    if prescription is None or not title:
        raise Unreadable("drug")
    doses = [
        *(_dose(drug) for drug in drugs),
        text(prescription, "dispensationAuthorization", "prescriptionSignatura"),
    ]
    start = read_time(prescription, "startOfTreatment", may_lie_ahead=True)
    end = read_time(prescription, "endOfTreatment", may_lie_ahead=True)
    has_stopped = text(prescription, "prescriptionStatus").lower() == "inactive" or has_passed(end)
    prescriber = text(prescription, "prescriber", "healthcareProfessionalName") or draft.header.author.name
    common = draft.common(
        InformationType.MEDICATION,
        status=_status(text(prescription, "prescriptionStatus").lower()),
        title=title,
        start=start,
        end=end,
        codes=coded(*(each for drug in drugs for each in _coded(drug))),
    )
    said = paragraphs(
        text(prescription, "treatmentPurpose"),
        text(prescription, "prescriptionNote"),
        *(text(drug, "comment") for drug in drugs),
    )
    return (
        Medication(
            **common,
            text=said,
            dose=next((dose for dose in doses if dose), ""),
            prescriber=prescriber,
            change=_change(prescription, has_stopped=has_stopped),
            changed=end if has_stopped else start,
        ),
    )


def _status(said: str) -> Status:
    return {"active": Status.ACTIVE, "inactive": Status.ENDED}.get(said, Status.UNKNOWN)


def _change(prescription: Element, *, has_stopped: bool) -> MedicationChange:
    if has_stopped:
        return MedicationChange.STOPPED
    is_renewed = child(prescription, "precedingPrescriptionId") is not None
    return MedicationChange.CHANGED if is_renewed else MedicationChange.STARTED


def _coded(drug: Element | None) -> tuple[Element | None, ...]:
    return (
        child(drug, "drug", "nplId"),
        child(drug, "drug", "atcCode"),
        child(drug, "drugArticle", "nplPackId"),
        child(drug, "merchandise", "articleNumber"),
    )


def _name(drug: Element | None) -> str:
    """One of five ways to say which drug; strength and form are part of the name where they stand apart."""
    inner, generics = child(drug, "drug"), child(drug, "generics")
    strength = " ".join(part for part in (text(inner, "strength"), text(inner, "strengthUnit")) if part)
    called = next((said for each in _coded(drug) if (said := text(each, "displayName"))), "")
    if not called and (substance := text(generics, "substance")):
        called = " ".join(p for p in (substance, quantity(generics, "strength"), text(generics, "form")) if p)
    elif called and strength and strength not in called:
        called = f"{called} {strength}"
    return (
        called
        or text(drug, "unstructuredDrugInformation", "unstructuredInformation")
        or next((said for each in _coded(drug) if (said := words(each))), "")
    )


def _dose(drug: Element | None) -> str:
    """In the source's words; each dosage a line of its own."""
    lines = []
    for dosage in walk(drug, "dosage"):
        free = [text(each, "text") for each in walk(dosage, "unstructuredDosageInformation")]
        lines.append(text(dosage, "dosageInstruction") or text(dosage, "shortNotation") or paragraphs(*free))
    return paragraphs(*lines)
