"""Messages made by others, where they are to be had: a folder beside the checkout, or SAMPLES_DIR."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from connectors.base.faultserver import Answerer, Asked, Reply, json_reply
from consent.terms import PersonId

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
FOLDER = Path(os.environ.get("SAMPLES_DIR", BESIDE))
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
needs_messages = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the folder with others' messages is not here"
)


def load(pattern: str) -> dict[str, Any]:
    (path,) = FOLDER.glob(pattern)
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def cosmic_with(bundle: dict[str, Any], person: PersonId) -> Answerer:
    """A FHIR server that serves a bundle's entries as they are; only the Patient gets a Swedish number.

    References stay what they were (urn:uuid, absolute); each entry keeps its fullUrl.
    """

    def answer(asked: Asked) -> Reply:
        if asked.path == "/oauth/token":
            return json_reply({"access_token": "t", "token_type": "Bearer", "expires_in": 300})
        wanted = asked.path.split("/")[-2]
        profile = asked.form.get("_profile", "")
        is_ordinary = not profile or profile.endswith(f"/{wanted}Se")
        entries = []
        for entry in bundle["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == wanted and is_ordinary:
                entries.append(
                    {**entry, "resource": with_number(resource, person), "search": {"mode": "match"}}
                )
            elif resource["resourceType"] == "Medication" and "_include" in asked.form:
                entries.append({**entry, "search": {"mode": "include"}})
        return json_reply({"resourceType": "Bundle", "type": "searchset", "entry": entries})

    return answer


def with_number(resource: dict[str, Any], person: PersonId) -> dict[str, Any]:
    if resource["resourceType"] != "Patient":
        return resource
    identifiers = [*resource.get("identifier", []), {"system": PERSONNUMMER, "value": person.number}]
    return {**resource, "identifier": identifiers}
