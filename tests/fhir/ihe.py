"""What IHE's profiles demand beyond R4 itself, looked at by hand: BALP of what is logged, PCF of consents.

A validator with the profiles cannot be had from a registry; the rules are few.
"""

from typing import Any

from connectors.fhir.elements import Resource

REST = "http://hl7.org/fhir/restful-interaction"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
SOURCE, DESTINATION = "110153", "110152"
NOT_OF_DEVICES = ("role", "altId", "name", "location", "policy", "media", "purposeOfUse")
NOT_OF_USERS = ("altId", "location", "policy", "media", "network")


def flaws_of_audit(event: Resource) -> list[str]:
    """Of PatientRead or PatientQuery, whichever the event claims; empty where it claims neither."""
    profile = "".join(event.get("meta", {}).get("profile", []))
    if not profile:
        return []
    is_query = profile.endswith("PatientQuery")
    assert is_query or profile.endswith("PatientRead"), profile
    rules = {
        "a success": event["outcome"] == "0",
        "action": event["action"] == ("E" if is_query else "R"),
        "rest": event["type"]["code"] == "rest",
        "subtype": {"system": REST, "code": "search" if is_query else "read"} in event["subtype"],
    }
    rules |= _of_agents(event["agent"], *((SOURCE, DESTINATION) if is_query else (DESTINATION, SOURCE)))
    of = {code: [e for e in event["entity"] if e["type"]["code"] == code] for code in "12"}
    rules["one patient"] = len(of["1"]) == 1
    rules["the patient"] = _is_patient(of["1"][0]) if of["1"] else False
    rules["one thing"] = len(of["2"]) == 1
    rules["the thing"] = bool(of["2"]) and (_is_query(of["2"][0]) if is_query else _is_data(of["2"][0]))
    return [name for name, holds in rules.items() if not holds]


def _of_agents(agents: list[Any], client: str, server: str) -> dict[str, bool]:
    by_code: dict[str, list[Any]] = {}
    for agent in agents:
        by_code.setdefault(agent["type"]["coding"][0]["code"], []).append(agent)
    users = by_code.get("IRCP", [])
    found = {"one user": len(users) == 1}
    for user in users:
        found["the user"] = user["requestor"] and bool(user["who"]) and not set(NOT_OF_USERS) & set(user)
    for name, code in (("client", client), ("server", server)):
        machines = by_code.get(code, [])
        found[f"one {name}"] = len(machines) == 1
        for each in machines:
            is_dicom = each["type"]["coding"][0]["system"] == DICOM
            is_bare = not set(NOT_OF_DEVICES) & set(each)
            found[f"the {name}"] = bool(is_dicom and each["who"] and each["network"] and is_bare)
    return found


def _is_patient(entity: Any) -> bool:
    what = entity.get("what", {})
    names_her = what.get("reference", "").startswith("Patient/") or what.get("type") == "Patient"
    return names_her and entity["role"]["code"] == "1" and not {"name", "query", "detail"} & set(entity)


def _is_data(entity: Any) -> bool:
    is_bare = not {"name", "query", "_query", "detail", "lifecycle"} & set(entity)
    return bool(entity["what"]) and entity["role"]["code"] in ("3", "4", "20") and is_bare


def _is_query(entity: Any) -> bool:
    has_query = bool(entity.get("query") or entity.get("_query"))
    return has_query and entity["role"]["code"] == "24" and not {"what", "detail"} & set(entity)


def flaws_of_consent(consent: Resource) -> list[str]:
    """Of PCF's basic consent; empty where it does not claim to be one."""
    if "".join(consent.get("meta", {}).get("profile", [])).rpartition("/")[2] != "IHE.PCF.consentBasic":
        return []
    provision = consent["provision"]
    purposes = {each["code"] for each in provision.get("purpose", [])}
    roles = {actor["role"]["coding"][0]["code"] for actor in provision.get("actor", [])}
    rules = {
        "scope": consent["scope"]["coding"][0]["code"] == "patient-privacy",
        "demanded": {"status", "category", "patient", "dateTime", "performer", "organization"}
        <= set(consent),
        "where it was given": bool({"sourceAttachment", "sourceReference"} & set(consent)),
        "policy": all(each.get("uri") and "authority" not in each for each in consent.get("policy") or [{}]),
        "not used": not {"policyRule", "verification"} & set(consent),
        "basic": not {"action", "class", "code", "data", "dataPeriod", "provision", "securityLabel"}
        & set(provision),
        "type": provision.get("type") in ("permit", "deny"),
        "purpose": purposes <= {"TREAT", "HPAYMT", "HOPERAT", "BTG"},
        # Of one without readers a stranger would think that it is for all.
        "readers": roles == {"IRCP"},
    }
    return [name for name, holds in rules.items() if not holds]
