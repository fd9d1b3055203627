"""Attention signals beside FHIR: ``POST /api/open/attentionsignals`` {"patientId": {"system", "value"}}.

The header ``Ocp-Apim-Subscription-Key`` is needed besides the token. The real answer's schema is not public;
this one is what the product assumes. Signals are made of the alerts that the record system keeps.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from demo.people.dates import STOCKHOLM
from demo.people.fhir_shapes import HIERARCHY
from demo.simulators.control import Control
from demo.simulators.fhir_store import Resource, Store

ALERTS = frozenset({"Flag", "AllergyIntolerance", "Consent"})
KEY_HEADER = "Ocp-Apim-Subscription-Key"
LIMITATION = "Vårdbegränsning"
# What this record system calls the categories of alerts.
_TYPES = {"D2": LIMITATION, "A2": "Behandling", "A1": "Allvarlig sjukdom", "B1": "Smitta"}


class Server(Protocol):
    """The part of the FHIR server that signals share: its data, its tokens, its faults."""

    store: Store
    closed: frozenset[str]
    control: Control

    def is_authorised(self, request: web.Request) -> bool: ...


def offer_signals(server: Server, app: web.Application, key: str | None) -> None:
    async def answer(request: web.Request) -> web.Response:
        given = request.headers.get(KEY_HEADER)
        if not server.is_authorised(request) or not given or key not in (None, given):
            return web.json_response({"statusCode": 401, "message": "Access denied."}, status=401)
        try:
            about = json.loads(await request.text())["patientId"]
            number = str(about["value"])
            token = f"{about['system']}|{number}"
        except (ValueError, KeyError, TypeError):
            return web.json_response({"statusCode": 400, "message": "patientId is needed."}, status=400)
        request["patient"] = number
        mode = server.control.mode_for(number, request.path)
        patients = [patient["id"] for patient in server.store.find_patients(token)]
        held = [] if mode == "empty" or not server.closed else signals_of(server.store, patients)
        if mode == "foreign":
            held.insert(server.control.orders.position, _somebody_elses(server.store, patients))
        return web.json_response(
            {
                "patientId": about,
                "asOf": datetime.now(STOCKHOLM).isoformat("T", "seconds"),
                "isComplete": True,
                "attentionSignals": held,
            }
        )

    app.router.add_post("/api/open/attentionsignals", answer)


def signals_of(store: Store, patient_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Every alert of these patients, as signals."""
    return [
        _signal(store, resource, patient_id)
        for patient_id in patient_ids
        for kind in ("Flag", "AllergyIntolerance")
        for resource in store.of_patient(kind, patient_id)
    ]


def _somebody_elses(store: Store, patient_ids: list[str]) -> dict[str, Any]:
    others = (p["id"] for p in store.of_type("Patient") if p["id"] not in patient_ids)
    return next(signal for other in others for signal in signals_of(store, [other]))


def _signal(store: Store, resource: Resource, patient_id: str) -> dict[str, Any]:
    patient = store.get(f"Patient/{patient_id}") or {}
    provider, unit = next(e["extension"] for e in resource["extension"] if e["url"] == HIERARCHY)
    period = resource.get("period", {})
    is_allergy = resource["resourceType"] == "AllergyIntolerance"
    author = (resource.get("author") or resource.get("recorder") or {}).get("display", "")
    name, _, role = author.partition(", ")
    signal = {
        "id": resource["id"],
        "patientId": patient["identifier"][0],
        "type": _type_of(resource),
        "text": resource["code"]["text"],
        "codes": resource["code"].get("coding", []),
        "status": "Active" if _is_active(resource) else "Inactive",
        "validFrom": period.get("start"),
        "validTo": period.get("end"),
        "registeredAt": resource.get("recordedDate") or resource["meta"]["lastUpdated"],
        "registeredBy": {"name": name, "role": role},
        "AccessZoneUnit": _organisation(unit),
        "CareProvider": _organisation(provider),
    }
    if is_allergy:
        risk = {"high": "allvarlig", "low": "lindrig"}[resource["criticality"]]
        signal |= {
            "substance": resource["code"]["coding"][0]["display"],
            "severity": risk,
            "certainty": "bekräftad",
        }
    return signal


def _type_of(resource: Resource) -> dict[str, str]:
    if resource["resourceType"] == "AllergyIntolerance":
        return {"code": "overkanslighet", "name": "Överkänslighet"}
    category = resource["category"][0]["coding"][0]["code"]
    return {"code": category, "name": _TYPES.get(category, "Uppmärksamhet")}


def _is_active(resource: Resource) -> bool:
    if resource["resourceType"] == "AllergyIntolerance":
        return bool(resource["clinicalStatus"]["coding"][0]["code"] == "active")
    return bool(resource["status"] == "active")


def _organisation(level: dict[str, Any]) -> dict[str, str]:
    value = level["valueReference"]
    return {"hsaId": value["identifier"]["value"], "name": value["display"]}
