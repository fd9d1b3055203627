"""Patient summaries written by others, read as one document: nothing lost, silence never taken for none."""

import json
from collections import Counter

import pytest

from connectors.base.contract import Answer, SourceProfile
from connectors.base.faultserver import json_reply, run_fault_server
from connectors.base.registry import build_connector
from connectors.base.scenarios import run
from connectors.ips.scenarios import OWNER, PATIENT
from consent.vocabulary import Kind
from tests.factories.permits import permit_for
from tests.real_input.samples import samples_folder

pytestmark = pytest.mark.network
THREE = {Kind.DIAGNOSIS, Kind.WARNING, Kind.MEDICATION}
ALL_READ = THREE | {Kind.VACCINATION, Kind.CARE_LIMITATION, Kind.CARE_PLAN, Kind.PREHOSPITAL, Kind.CONTACT}


def read(name: str) -> Answer:
    """The document with one of our numbers on its patient, and otherwise as it was written."""
    document = json.loads((samples_folder() / "ips" / name).read_bytes())
    patient = next(e["resource"] for e in document["entry"] if e["resource"]["resourceType"] == "Patient")
    patient["identifier"] = [
        {"system": "http://electronichealth.se/identifier/personnummer", "value": PATIENT.number}
    ]

    async def asking() -> Answer:
        async with run_fault_server(lambda asked: json_reply(document)) as server:
            profile = SourceProfile("ips", "IPS", server.base_url, OWNER, connector="ips")
            connector = build_connector(profile)
            return await connector.fetch(permit_for(PATIENT), connector.manifest.kinds)

    return run(asking())


@pytest.mark.parametrize(
    ("name", "counts", "told"),
    [
        ("EU_Giorgio_Cangioli_03.json", {"diagnosis": 7, "warning": 1, "medication": 12}, THREE),
        (
            "IPS_IG-bundle-01.json",
            {"diagnosis": 2, "warning": 2, "medication": 2, "contact": 1},
            THREE | {Kind.CONTACT},
        ),
        (
            "IPS_IG_bundle-minimal.json",
            {"diagnosis": 1, "warning": 1, "medication": 1, "contact": 1},
            THREE | {Kind.CONTACT},
        ),
        (
            "IPS_all_sections_full.json",
            {
                "diagnosis": 3,
                "warning": 2,
                "medication": 3,
                "vaccination": 8,
                "care_limitation": 1,
                "care_plan": 1,
                "prehospital": 3,
                "contact": 1,
            },
            ALL_READ,
        ),
    ],
)
def test_document_is_read_whole(name, counts, told):
    answer = read(name)
    assert Counter(r.kind.value for r in answer.records) == counts
    assert (answer.unparsed, answer.withheld) == (0, False)
    assert answer.absent == ALL_READ - told - {Kind.CONTACT}
