"""What things are called in FHIR: systems, profiles, sections. Swedish names first.

Sources: hl7se.fhir.base 1.1.0, medicalalertinformation (HL7 Sweden), IPS 2.0.0 (hl7.fhir.uv.ips), IHE PCF and
BALP. Names of our own begin with ``urn:patientoversikt:`` and stand only where nobody else has one.
"""

from connectors.fhir.contacts import ROLE_SYSTEM

HSA_ID = "urn:oid:1.2.752.29.4.19"
POSITION = "urn:oid:1.2.752.129.2.2.1.4"
SECURITY_LABEL = "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ALERT_CATEGORY = "http://hl7.se/fhir/r4/ig/medicalalertinformation/CodeSystem/SEAlertInformationCategory"
ALERT_DECISION = "D2"
LIMITATION_PROFILE = (
    "http://hl7.se/fhir/r4/ig/medicalalertinformation/StructureDefinition/"
    "SEAlertInformation-9-DecisionSpecialCareRoutineFlag"
)
CONTACT_TYPE = "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt"
FIXED_CARE_CONTACT = "1"

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
COVID = "840539006"
ABSENT_OR_UNKNOWN = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
PHONE_COMMENT = "http://hl7.org/fhir/StructureDefinition/contactpoint-comment"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
EMPTY_REASON = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
CONDITION_CLINICAL = f"{_HL7}condition-clinical"
CONDITION_VERIFICATION = f"{_HL7}condition-ver-status"
ALLERGY_CLINICAL = f"{_HL7}allergyintolerance-clinical"
ALLERGY_VERIFICATION = f"{_HL7}allergyintolerance-verification"
OBSERVATION_CATEGORY = f"{_HL7}observation-category"
CONSENT_SCOPE = f"{_HL7}consentscope"
CONSENT_CATEGORY = f"{_HL7}consentcategorycodes"
CONSENT_POLICY = f"{_HL7}consentpolicycodes"
ACT_CODE = f"{_HL7}v3-ActCode"
ACT_REASON = f"{_HL7}v3-ActReason"
PARTICIPATION = f"{_HL7}v3-ParticipationType"
PROVENANCE_AGENT = f"{_HL7}provenance-participant-type"

_IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
IPS_BUNDLE, IPS_COMPOSITION = f"{_IPS}Bundle-uv-ips", f"{_IPS}Composition-uv-ips"
IPS_SUMMARY = "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"
PATIENT_SUMMARY = "60591-5"

# What a contact is to the patient, in the words of the overview; read again by our own connectors.
ROLE = ROLE_SYSTEM
KIND = "urn:patientoversikt:kind"
LAW = "urn:patientoversikt:law"
ASPECT = "urn:patientoversikt:home-care"
STATE = "urn:patientoversikt:state"
ISSUE = "urn:patientoversikt:issue"
