"""A client of the FHIR interface as the tests play it: a registered system that speaks for one persona."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import async_to_sync

from connectors.base.session import close_session
from portal.accounts.models import Assignment
from portal.fhir.negotiating import FORM_TYPE, MEDIA_TYPE
from tests.api.systems import Answer, System, system_for

ROOT = "/fhir"
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"


@dataclass
class FhirClient:
    """``patient``: the id of the one that was matched last."""

    system: System
    patient: str = ""
    accept: str = field(default=MEDIA_TYPE)

    def get(self, path: str, **headers: str) -> Answer:
        return self._go("get", path, None, headers)

    def post(self, path: str, said: Any, content_type: str = MEDIA_TYPE, **headers: str) -> Answer:
        body = said if isinstance(said, str) else json.dumps(said)
        return self._go("post", path, body, {"Content-Type": content_type, **headers})

    def search(self, resource_type: str, **asked: str) -> Answer:
        form = urlencode({"patient": f"Patient/{self.patient}", **asked})
        return self.post(f"/{resource_type}/_search", form, FORM_TYPE)

    def match(self, number: str) -> Answer:
        answer = self.post("/Patient/$match", match_parameters(number))
        if answer.status == 200:
            self.patient = answer.json["entry"][0]["resource"]["id"]
        return answer

    def summary(self) -> Answer:
        return self.get(f"/Patient/{self.patient}/$summary")

    def _go(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        given = {"Accept": self.accept, **self.system.headers(), **headers}
        return async_to_sync(self._send)(method, path, body, given)

    async def _send(self, method: str, path: str, body: str | None, given: dict[str, str]) -> Answer:
        sent = {} if body is None else {"data": body, "content_type": given.pop("Content-Type")}
        try:
            response = await getattr(self.system.http, method)(ROOT + path, headers=given, **sent)
        finally:
            await close_session()
        return Answer(response.status_code, response.content, dict(response.headers))


def match_parameters(number: str, system: str = PERSONNUMMER) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "identifier": [{"system": system, "value": number}]}
    return {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient}]}


def client_for(persona: str, unit: str = "") -> FhirClient:
    """Speaks for a persona under one of her assignments."""
    found = Assignment.objects.filter(user__username=persona)
    assignment = (found.filter(unit_id=unit) if unit else found).order_by("pk")[0]
    return FhirClient(system_for(assignment))


def codes_of(answer: Answer) -> set[str]:
    """The stable codes of an OperationOutcome."""
    assert answer.json["resourceType"] == "OperationOutcome", answer.body[:300]
    return {c["code"] for issue in answer.json["issue"] for c in issue["details"]["coding"]}
