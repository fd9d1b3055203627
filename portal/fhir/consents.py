"""Recorded consents and refusals as Consent, by IHE PCF: who may read, until when, for what."""

from datetime import datetime

from connectors.fhir.elements import Resource
from consent.register import CAN_STILL_STOP, Entry, Sort
from consent.terms import Actor
from portal.fhir import names
from portal.fhir.elements import coding, filled, organisation, term
from portal.fhir.mapping import checked

PROFILE = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentBasic"
PRIVACY_CONSENT = "59284-0"
LAW = "SVOD (2022:913) 3:1"


def tell_consent(entry: Entry, actor: Actor, patient_id: str) -> Resource:
    """One entry. ``actor``: whose provider it was recorded at. A no is one that denies; a consent to a SIP is
    another thing than one to read, and says so."""
    is_no, is_sip = entry.sort is Sort.REFUSAL, entry.sort is Sort.SIP
    provider = organisation(actor.provider.hsa_id, actor.provider.name)
    category = [term(names.LOINC, PRIVACY_CONSENT)]
    if is_sip:
        category.append(term(names.KIND, "sip"))
    return checked(
        {
            "resourceType": "Consent",
            "id": entry.id,
            "meta": {"profile": [PROFILE]},
            "status": "active" if entry.state in CAN_STILL_STOP else "inactive",
            "scope": term(names.CONSENT_SCOPE, "patient-privacy"),
            "category": category,
            "patient": {"reference": f"Patient/{patient_id}"},
            "dateTime": entry.recorded_at.isoformat(),
            "performer": [{"reference": f"Patient/{patient_id}"}],
            "organization": [provider],
            "policyRule": {"coding": [coding(names.ACT_CODE, "OPTOUT" if is_no else "OPTIN")], "text": LAW},
            "provision": filled(
                type="deny" if is_no else "permit",
                period=filled(start=_at(entry.starts_at), end=_at(_end_of(entry))),
                actor=_readers(entry),
                purpose=[] if is_sip else [coding(names.ACT_REASON, "TREAT")],
            ),
        }
    )


def _end_of(entry: Entry) -> datetime | None:
    ends = [at for at in (entry.ends_at, entry.stopped_at) if at is not None]
    return min(ends, default=None)


def _at(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""


def _readers(entry: Entry) -> list[Resource]:
    """The units that may read; one person alone where it was given to her."""
    role = term(names.PARTICIPATION, "IRCP")
    if entry.employee_id:
        identifier = {"system": names.HSA_ID, "value": entry.employee_id}
        return [{"role": role, "reference": {"type": "Practitioner", "identifier": identifier}}]
    named = zip(entry.unit_ids, entry.units, strict=False)
    return [{"role": role, "reference": organisation(unit_id, name)} for unit_id, name in named if unit_id]
