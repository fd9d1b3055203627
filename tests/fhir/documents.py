"""Summaries of visits that were never logged: what scripted sources hold, written as a document."""

import asyncio
from typing import Any

from connectors.fhir.elements import Resource
from portal.fhir.summary import look_at, write_document
from portal.overview.gathering import collect, seen
from portal.overview.visit import Visit
from tests.aggregation.examples import Script, answering, exchange_of
from tests.overview.visits import visit_of

BASE = "https://portal.test/fhir"
PATIENT_ID = "p" * 39
NOTHING = {"cosmic": answering(), "viva-hsl": answering(), "viva-sol": answering()}


def summary_of(scripts: dict[str, Script] | None = None, visit: Visit | None = None) -> Resource:
    """``scripts``: what some of the sources do; the others answer that they hold nothing."""
    on = visit or visit_of()

    async def made() -> Resource:
        outcomes = seen(on, await collect(on, exchange_of({**NOTHING, **(scripts or {})})[0]))
        return write_document(look_at(on, outcomes, PATIENT_ID), BASE)

    return asyncio.run(made())


def resources(document: Resource, resource_type: str) -> list[Resource]:
    return [e["resource"] for e in document["entry"] if e["resource"]["resourceType"] == resource_type]


def section(document: Resource, code: str) -> dict[str, Any]:
    """The section with this code, in LOINC or in ours."""
    sections = document["entry"][0]["resource"]["section"]
    return next(s for s in sections if code in {c["code"] for c in s["code"]["coding"]})


def reason(document: Resource, code: str) -> str:
    empty = section(document, code).get("emptyReason")
    return str(empty["coding"][0]["code"]) if empty else ""


def absence(document: Resource, code: str) -> str:
    found = section(document, code).get("extension", [])
    return str(found[0]["valueCode"]) if found else ""


def flaws_of(document: Resource) -> list[str]:
    """What is wrong with a document as such: FHIR R4 documents, IPS 2.0.0. Empty where nothing is."""
    entries = document["entry"]
    urls = [entry["fullUrl"] for entry in entries]
    flaws = []
    if entries[0]["resource"]["resourceType"] != "Composition":
        flaws.append("the first entry is no Composition")
    if len(set(urls)) != len(urls):
        flaws.append("two entries have one address")
    for entry in entries:
        resource = entry["resource"]
        if entry["fullUrl"] != f"{BASE}/{resource['resourceType']}/{resource['id']}":
            flaws.append(f"{entry['fullUrl']} is not where its resource lives")
        contained = {f"#{each['id']}" for each in resource.get("contained", [])}
        flaws += [
            f"{target} leads out of the document"
            for target in references_in(resource)
            if target not in contained and f"{BASE}/{target}" not in urls
        ]
    for each in entries[0]["resource"]["section"]:
        if bool(each.get("entry")) is bool(each.get("emptyReason")):
            flaws.append(f"{each['title']} must hold something or say why not")
        if not each.get("text"):
            flaws.append(f"{each['title']} has no words")
    return flaws


def references_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return [*own, *(target for each in value.values() for target in references_in(each))]
    return [target for each in value for target in references_in(each)] if isinstance(value, list) else []
