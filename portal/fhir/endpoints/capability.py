"""What this interface can do: the CapabilityStatement, for anybody who asks. Nothing of any patient."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.mapping import KINDS_OF_TYPE, checked
from portal.fhir.provenance import PORTAL
from portal.fhir.views import FhirView, base_url

SINCE = "2026-11-29"
MATCH = "http://hl7.org/fhir/OperationDefinition/Patient-match"


class CapabilityView(FhirView):
    async def get(self, request: HttpRequest) -> Resource:
        return statement(base_url(request))


def statement(base: str) -> Resource:
    rest = {
        "mode": "server",
        "documentation": _("Samma åtkomstregler, samma sammanställning och samma logg som översikten."),
        "security": {
            "cors": False,
            "description": _("OAuth 2 klientbevis (/api/oauth/token) och ett signerat intyg om användaren."),
        },
        "resource": [_patient(), *(_records(name) for name in sorted(KINDS_OF_TYPE)), *_beside()],
    }
    return checked(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": SINCE,
            "kind": "instance",
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json"],
            "software": {"name": PORTAL},
            "implementation": {"description": PORTAL, "url": base},
            "implementationGuide": ["http://hl7.org/fhir/uv/ips/ImplementationGuide/hl7.fhir.uv.ips"],
            "rest": [rest],
        }
    )


def _patient() -> Resource:
    operations = [
        {"name": "summary", "definition": names.IPS_SUMMARY},
        {"name": "match", "definition": MATCH},
    ]
    return {"type": "Patient", "interaction": [{"code": "read"}], "operation": operations}


def _records(resource_type: str) -> dict[str, Any]:
    patient = {"name": "patient", "type": "reference", "documentation": "Patient/id"}
    return {
        "type": resource_type,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [patient, {"name": "_id", "type": "token"}],
        **({"supportedProfile": [names.LIMITATION_PROFILE]} if resource_type == "Flag" else {}),
    }


def _beside() -> list[Resource]:
    """What is told about access itself."""
    patient = {"name": "patient", "type": "reference"}
    day = {"name": "date", "type": "date"}
    return [
        {"type": "AuditEvent", "interaction": [{"code": "search-type"}], "searchParam": [patient, day]},
        {"type": "Consent", "interaction": [{"code": "search-type"}], "searchParam": [patient]},
    ]
