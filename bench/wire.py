"""What the invented sources answer, as bytes: so many records of so many bytes, about whoever is asked for.

Two forms, those of the connectors ``viva`` (one question, one answer) and ``cosmic`` (FHIR: the patient
first, then one search per resource type).
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bench.invented import owner, unit_of

NUMBER = b"@@NUMBER@@"
BASE = b"@@BASE@@"
PAGE = 500
RECORD_BYTES = 1000
LISTS = ("insatser", "inskrivning", "uppgifter", "planer", "kontakter", "noteringar")
HSA = "urn:oid:1.2.752.29.4.19"
HIERARCHY = "https://commonprofiles.care/fhir/StructureDefinition/common-hsaHierarchy"
NUMBER_SYSTEM = "http://electronichealth.se/identifier/nationelltReservnummer"
WORDS = "Fortsatt behandling enligt plan, uppföljning på mottagningen om inget annat överenskoms. "

Entry = dict[str, Any]


def padded(entry: Entry, place: Entry, name: str) -> Entry:
    """The entry with prose in one of its texts, so that it is as long as a record shall be."""
    missing = RECORD_BYTES - len(encode(entry))
    place[name] = (WORDS * (max(missing, 0) // len(WORDS) + 1))[: max(missing, 0)]
    return entry


def encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()  # noqa: DTZ011 (a day is near enough)


def viva_answer(number: int, records: int) -> bytes:
    """Tasks, plans and contacts of one owner, in turn."""
    unit = unit_of(number)
    lists: dict[str, list[Entry]] = {name: [] for name in LISTS}
    sorts = (("uppgifter", "uppgift"), ("planer", "vardplan"), ("kontakter", "fast_vardkontakt"))
    for place in range(records):
        name, sort = sorts[place % len(sorts)]
        entry: Entry = {
            "id": f"viva-{number}-{place}",
            "personid": NUMBER.decode(),
            "typ": sort,
            "rubrik": f"Insats {place} hos {unit.name}",
            "text": "",
            "status": "aktiv",
            "fran": days_ago(place % 300 + 1),
            "till": None,
            "uppdaterad": f"{days_ago(place % 300 + 1)}T11:30:00+01:00",
            "lagrum": "HSL",
            "enhet": {"hsaid": unit.hsa_id, "namn": unit.name, "telefon": "08-465 004 00"},
            "vardgivare": {"hsaid": unit.provider.hsa_id, "namn": unit.provider.name},
            "handlaggare": {"namn": "Bo Bänk", "roll": "Sjuksköterska"},
        }
        lists[name].append(padded(entry, entry, "text"))
    now = f"{days_ago(0)}T00:00:00+01:00"
    return encode({"personid": NUMBER.decode(), "hamtad": now, **lists})


def patient_answer() -> bytes:
    """The source's own Patient for the number asked about."""
    number = NUMBER.decode()
    resource = {
        "resourceType": "Patient",
        "id": number,
        "identifier": [{"system": NUMBER_SYSTEM, "value": number}],
        "name": [{"family": "Bänk", "given": ["Berit"]}],
    }
    return searchset([resource], 1, "")


def condition_pages(number: int, records: int) -> list[bytes]:
    """Diagnoses, page by page; one page where there are none."""
    every = [condition(number, place) for place in range(records)]
    pages = [every[low : low + PAGE] for low in range(0, max(records, 1), PAGE)]
    return [
        searchset(
            page, records, f"{BASE.decode()}/Condition?page={place + 1}" if place + 1 < len(pages) else ""
        )
        for place, page in enumerate(pages)
    ]


def condition(number: int, place: int) -> Entry:
    unit = unit_of(number)
    note = {"text": ""}
    resource: Entry = {
        "resourceType": "Condition",
        "id": f"c-{number}-{place}",
        "meta": {"versionId": "1", "lastUpdated": f"{days_ago(place % 300 + 1)}T11:30:00+01:00"},
        "extension": [hierarchy(number)],
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-se", "code": f"I{place % 90 + 10}.9"}],
            "text": f"Diagnos {place} hos {unit.name}",
        },
        "subject": {"reference": f"Patient/{NUMBER.decode()}"},
        "recordedDate": days_ago(place % 300 + 1),
        "recorder": {"display": "Bo Bänk, läkare"},
        "note": [note],
    }
    return padded(resource, note, "text")


def hierarchy(number: int) -> Entry:
    unit, provider = unit_of(number), owner(number)
    levels = {
        "hsaCareProvider": (provider.hsa_id, provider.name),
        "hsaCareUnit": (unit.hsa_id, unit.name),
    }
    return {
        "url": HIERARCHY,
        "extension": [
            {
                "url": name,
                "valueReference": {
                    "type": "Organization",
                    "identifier": {"system": HSA, "value": hsa_id},
                    "display": called,
                },
            }
            for name, (hsa_id, called) in levels.items()
        ],
    }


def searchset(resources: Sequence[Entry], total: int, following: str) -> bytes:
    return encode(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": total,
            "link": [{"relation": "next", "url": following}] if following else [],
            "entry": [{"resource": resource, "search": {"mode": "match"}} for resource in resources],
        }
    )
