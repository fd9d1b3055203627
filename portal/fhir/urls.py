"""The FHIR interface. Nothing here names a patient otherwise than by an id that only one asker can open."""

from django.urls import path

from portal.fhir.endpoints.access import AuditEventView, ConsentView
from portal.fhir.endpoints.capability import CapabilityView
from portal.fhir.endpoints.nowhere import NowhereView
from portal.fhir.endpoints.patients import MatchView, PatientView, SummaryByNumberView, SummaryView
from portal.fhir.endpoints.records import PostedSearchView, ReadView, SearchView

urlpatterns = [
    path("metadata", CapabilityView.as_view(), name="fhir_metadata"),
    path("Patient/$match", MatchView.as_view(), name="fhir_match"),
    path("Patient/$summary", SummaryByNumberView.as_view(), name="fhir_summary_by_number"),
    path("Patient/<str:patient_id>/$summary", SummaryView.as_view(), name="fhir_summary"),
    path("Patient/<str:patient_id>", PatientView.as_view(), name="fhir_patient"),
    path("AuditEvent", AuditEventView.as_view(), name="fhir_audit"),
    path("AuditEvent/_search", AuditEventView.as_view(), name="fhir_audit_search"),
    path("Consent", ConsentView.as_view(), name="fhir_consent"),
    path("Consent/_search", ConsentView.as_view(), name="fhir_consent_search"),
    path("<str:resource_type>/_search", PostedSearchView.as_view(), name="fhir_posted_search"),
    path("<str:resource_type>/<str:resource_id>", ReadView.as_view(), name="fhir_read"),
    path("<str:resource_type>", SearchView.as_view(), name="fhir_search"),
    path("<path:elsewhere>", NowhereView.as_view(), name="fhir_nowhere"),
]
