"""Other people's messages from a folder, served as they are.

Bundles of any type and single resources, .json or .json.gz. What changes is only what a server changes
when it stores a message: references by urn:uuid or full URL become ``Type/id``, and a Patient named in the
map of numbers gets that number as one more identifier.
"""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo.simulators.fhir_store import PERSONNUMMER, SAMORDNINGSNUMMER, Resource, patients_of


def load_folder(folder: Path, numbers: Mapping[str, str]) -> list[Resource]:
    """Every resource in the folder and below. ``numbers``: file name or Patient id to Swedish number."""
    resources: list[Resource] = []
    for path in sorted(p for p in folder.rglob("*") if p.name.endswith((".json", ".json.gz"))):
        loaded = _load_file(path)
        if path.name in numbers:
            _give_number(loaded, numbers[path.name])
        resources += loaded
    _give_mapped_numbers(resources, numbers)
    return resources


def _load_file(path: Path) -> list[Resource]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    message = json.loads(raw)
    if message.get("resourceType") != "Bundle":
        return [message] if "resourceType" in message and "id" in message else []
    entries = [entry for entry in message.get("entry", ()) if "resource" in entry]
    places: dict[str, str] = {}
    for entry in entries:
        resource = entry["resource"]
        resource.setdefault("id", entry.get("fullUrl", "").rpartition(":")[2].rpartition("/")[2])
        if full_url := entry.get("fullUrl"):
            places[full_url] = f"{resource['resourceType']}/{resource['id']}"
    return [_resolve(entry["resource"], places) for entry in entries]


def _resolve(value: Any, places: Mapping[str, str]) -> Any:
    """The same value with every reference to an entry of its own bundle as ``Type/id``."""
    if isinstance(value, dict):
        return {
            key: places.get(item, item)
            if key == "reference" and isinstance(item, str)
            else _resolve(item, places)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_resolve(item, places) for item in value]
    return value


def _give_number(resources: list[Resource], number: str) -> None:
    patients = [r for r in resources if r["resourceType"] == "Patient"]
    if not patients:
        # A single message about somebody who came in no message: a server would know the person.
        about = sorted({patient_id for r in resources for patient_id in patients_of(r)})
        patients = [{"resourceType": "Patient", "id": patient_id} for patient_id in about]
        resources += patients
    for patient in patients:
        _add_identifier(patient, number)


def _give_mapped_numbers(resources: list[Resource], numbers: Mapping[str, str]) -> None:
    patients = {r["id"]: r for r in resources if r["resourceType"] == "Patient"}
    about = {patient_id for r in resources for patient_id in patients_of(r)}
    for patient_id in sorted(about & set(numbers)):
        if patient_id not in patients:
            patients[patient_id] = {"resourceType": "Patient", "id": patient_id}
            resources.append(patients[patient_id])
        _add_identifier(patients[patient_id], numbers[patient_id])


def _add_identifier(patient: Resource, number: str) -> None:
    system = SAMORDNINGSNUMMER if int(number[6:8]) > 60 else PERSONNUMMER
    identifiers = patient.setdefault("identifier", [])
    if not any(identifier.get("value") == number for identifier in identifiers):
        identifiers.append({"system": system, "value": number})
