"""Recorded consents and refusals as Consent, by IHE PCF (basic): who may read, until when, for what.

A consent to a SIP opens no record to anybody, so it is no Consent of that profile: there, one that names no
reader is one for all.
"""

from datetime import datetime

from connectors.fhir.elements import Resource
from consent.models import Consent
from consent.register import CAN_STILL_STOP, Entry, Sort
from consent.terms import Actor
from portal.fhir import names
from portal.fhir.elements import coding, filled, organisation, term
from portal.fhir.mapping import checked
from portal.fhir.provenance import PORTAL

PROFILE = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentBasic"
PRIVACY_CONSENT = "59284-0"
# SVOD (2022:913), and the act on coordinated discharge (2017:612 4:2), as published.
READING_LAW = "https://data.riksdagen.se/dokument/sfs-2022-913"
SIP_LAW = "https://data.riksdagen.se/dokument/sfs-2017-612"


def tell_consent(entry: Entry, actor: Actor, patient_id: str) -> Resource:
    """One entry. ``actor``: whose provider it was recorded at. A no is one that denies."""
    is_sip = entry.sort is Sort.SIP
    return checked(
        {
            "resourceType": "Consent",
            "id": entry.id,
            **({} if is_sip else {"meta": {"profile": [PROFILE]}}),
            "status": "active" if entry.state in CAN_STILL_STOP else "inactive",
            "scope": term(names.CONSENT_SCOPE, "treatment" if is_sip else "patient-privacy"),
            "category": [
                term(names.LOINC, PRIVACY_CONSENT),
                *([term(names.KIND, "sip")] if is_sip else []),
            ],
            "patient": {"reference": f"Patient/{patient_id}"},
            "dateTime": entry.recorded_at.isoformat(),
            "performer": [{"reference": f"Patient/{patient_id}"}],
            "organization": [organisation(actor.provider.hsa_id, actor.provider.name)],
            "sourceAttachment": {"title": _form_of(entry), "creation": entry.recorded_at.isoformat()},
            "policy": [{"uri": SIP_LAW if is_sip else READING_LAW}],
            "provision": filled(
                type="deny" if entry.sort is Sort.REFUSAL else "permit",
                period=filled(start=_at(entry.starts_at), end=_at(_end_of(entry))),
                actor=[] if is_sip else _readers(entry),
                purpose=[] if is_sip else [coding(names.ACT_REASON, "TREAT")],
            ),
        }
    )


def _form_of(entry: Entry) -> str:
    """In which form it was given; the portal's own record of it where that was not said."""
    return str(dict(Consent.FORMS).get(entry.form.value, PORTAL)) if entry.form else PORTAL


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
