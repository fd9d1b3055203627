"""Messages made by others, read as plain JSON and by nothing of the product's: the measure to hold it to."""

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

Resource = dict[str, Any]
SWEDEN = ZoneInfo("Europe/Stockholm")
BELONGING = ("subject", "patient")
WITHDRAWN = "entered-in-error"


def samples_folder() -> Path:
    """The samples in $SHARED_DIR, or in ``shared`` beside the checkout. Skips where there are none."""
    shared = Path(os.environ.get("SHARED_DIR") or Path(__file__).resolve().parents[3] / "shared")
    if not (shared / "samples").is_dir():
        pytest.skip(f"the messages made by others are not here ({shared.name}/samples)")
    return shared / "samples"


def read_message(path: Path) -> Any:
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def message_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.name.endswith((".json", ".json.gz")))


@dataclass(frozen=True)
class Sample:
    """What the samples hold about one person: ``patient`` and every resource that names it."""

    patient: Resource
    resources: tuple[Resource, ...]
    along: Mapping[str, Resource]

    def of(self, *kinds: str) -> list[Resource]:
        """Resources of these types that their sender has not withdrawn."""
        withdrawn = self.withdrawn
        return [r for r in self.resources if r["resourceType"] in kinds and r not in withdrawn]

    @cached_property
    def withdrawn(self) -> list[Resource]:
        marks = [(r.get("status"), code_of(r.get("verificationStatus"))) for r in self.resources]
        return [r for r, mark in zip(self.resources, marks, strict=True) if WITHDRAWN in mark]

    @cached_property
    def name(self) -> tuple[str, str]:
        """Given and family name; empty where only a reference tells of the person."""
        names: list[Resource] = self.patient.get("name", [])
        name: Resource = next(iter(names), {})
        return " ".join(name.get("given", ())), name.get("family", "")

    def medicine(self, resource: Resource) -> str:
        """What a prescription or a statement is about, also where that stands in a resource of its own."""
        if "medicationCodeableConcept" in resource:
            return said(resource["medicationCodeableConcept"])
        reference = resource["medicationReference"]
        return reference.get("display") or said(self.along[reference["reference"]]["code"])


def read_samples(folder: Path) -> dict[str, Sample]:
    """Patient id to sample. Two messages never share a patient; those without a Patient get a bare one."""
    found: dict[str, Sample] = {}
    for path in message_files(folder):
        for patient_id, sample in _read_file(path):
            before = found.get(patient_id)
            resources = sample.resources if before is None else before.resources + sample.resources
            found[patient_id] = Sample(sample.patient, resources, sample.along)
    return found


def _read_file(path: Path) -> Iterator[tuple[str, Sample]]:
    message = read_message(path)
    entries = message["entry"] if message["resourceType"] == "Bundle" else [{"resource": message}]
    resources = [entry["resource"] for entry in entries if "resource" in entry]
    along = {entry["fullUrl"]: entry["resource"] for entry in entries if "fullUrl" in entry}
    along |= {f"{r['resourceType']}/{r['id']}": r for r in resources if "id" in r}
    whose: dict[str, list[Resource]] = {r["id"]: [] for r in resources if r["resourceType"] == "Patient"}
    for resource in resources:
        for field in BELONGING:
            if target := (resource.get(field) or {}).get("reference"):
                if not target.startswith("Patient/") and target not in along:
                    continue
                about = along.get(target, {"id": target.rpartition("/")[2]})
                whose.setdefault(about["id"], []).append(resource)
    for patient_id, theirs in whose.items():
        bare: Resource = {"resourceType": "Patient", "id": patient_id}
        yield patient_id, Sample(along.get(f"Patient/{patient_id}", bare), tuple(theirs), along)


def code_of(concept: Any) -> str:
    return str(concept["coding"][0]["code"]) if concept else ""


def said(concept: Resource) -> str:
    """What a coded word says to a reader: its text, else its first display, else its code."""
    codings = concept.get("coding", [])
    words = [concept.get("text"), *(c.get("display") for c in codings), *(c.get("code") for c in codings)]
    return str(next(word for word in words if word))


def all_said(concepts: list[Resource]) -> str:
    return ", ".join(said(concept) for concept in concepts)


def swedish_day(written: str) -> date:
    """The day on a Swedish calendar of a complete date or time."""
    if len(written) == 10:
        return date.fromisoformat(written)
    return datetime.fromisoformat(written).astimezone(SWEDEN).date()
