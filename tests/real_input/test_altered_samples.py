"""The same messages with flaws of our own: the withdrawn is gone, the unreadable is said to be there."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.real_input.pages import Pages, open_pages
from tests.real_input.sample_people import NUMBERS
from tests.real_input.samples import Resource, read_message, said, samples_folder

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]
ALLEN = "ad134528-56a5-35fd-c37f-466ff119c625"
COVID = "SARS-COV-2"
IN_ERROR = {"coding": [{"code": "entered-in-error"}]}


def withdraw(resource: Resource) -> None:
    resource["verificationStatus" if "verificationStatus" in resource else "status"] = (
        IN_ERROR if "verificationStatus" in resource else "entered-in-error"
    )


def is_called(resource: Resource, kind: str, name: str) -> bool:
    concept = resource.get("code") or resource.get("vaccineCode") or resource.get("medicationCodeableConcept")
    if kind == "CarePlan":
        concept = resource["category"][-1] if resource["resourceType"] == kind else None
    return resource["resourceType"] == kind and concept is not None and said(concept).startswith(name)


def alter(bundle: Any) -> None:
    """Four withdrawn, one of them a decision that would light; three that nobody can read."""
    resources = [entry["resource"] for entry in bundle["entry"]]

    def the(kind: str, name: str) -> Resource:
        return next(r for r in resources if is_called(r, kind, name))

    withdraw(the("AllergyIntolerance", "Penicillin V"))
    withdraw(the("Immunization", COVID))
    withdraw(the("CarePlan", "Cancer care plan"))
    withdraw(the("Condition", "Atrial Fibrillation"))
    del the("Immunization", "Td (adult)")["vaccineCode"]
    the("MedicationRequest", "Warfarin Sodium")["modifierExtension"] = [{"url": "urn:unknown"}]
    the("Condition", "Chronic sinusitis")["code"] = "not a concept"


@pytest.fixture(scope="module")
def altered(
    start_systems: "Callable[[Path], Addresses]", tmp_path_factory: pytest.TempPathFactory
) -> "Addresses":
    folder, samples = tmp_path_factory.mktemp("altered"), samples_folder()
    bundle = read_message(next(samples.glob(f"synthea/*{ALLEN}*")))
    alter(bundle)
    (folder / "allen.json").write_text(json.dumps(bundle), "utf-8")
    for name in ("AllergyIntolerance-nka.json", "AllergyIntolerance-nkda.json"):
        allergy = read_message(samples / "hl7_r4" / name)
        del allergy["code"]
        (folder / name).write_text(json.dumps(allergy), "utf-8")
    return start_systems(folder)


@pytest.fixture
def allen(db: None, altered: "Addresses") -> Pages:
    from demo.seed import seed

    seed(altered)
    return open_pages(NUMBERS[ALLEN], can_consent=True)


def test_withdrawn_and_unreadable_entries(allen: Pages) -> None:
    overview, lists = allen.overview, allen.lists
    # Withdrawn: not there, neither lit nor counted.
    assert sorted(lists["warning"].titles) == ["Animal dander (substance)", "Peanut (substance)"]
    assert "Penicillin V" not in overview.safety.text
    assert "Covid: 1 registrerad dos, senast 25 maj 2021" in overview.tiles["vaccination"].text
    assert "Cancer care plan" not in lists["care_plan"].titles
    assert "Cancer care plan" not in overview.tiles["care_plan"].text
    assert "Atrial Fibrillation" not in lists["diagnosis"].titles
    # Unreadable: everything else is there, and the page says that something is not.
    assert len(lists["vaccination"].entries) == 12 - 2
    assert len(lists["diagnosis"].entries) == 63 - 2
    assert len(lists["medication"].entries) == 191 - 1
    for button in ("vaccination", "diagnosis", "medication"):
        assert "partial" in overview.flags(button), button
        assert re.search(r"\d poste?r? kunde inte tolkas", overview.tiles[button].text), button
        # A diagnosis that cannot be read might have been covid, so it is missing among vaccinations too.
        missing = "2 poster" if button == "vaccination" else "1 post"
        assert f"{missing} kunde inte tolkas" in lists[button].html
        assert lists[button].outcomes["cosmic"] == "part", button
        assert "Inte komplett:" in lists[button].html
    assert "Inte komplett:" in overview.slots["status"].text
    assert "1 källa lämnade inte allt." in overview.slots["status"].text


def test_where_nothing_could_be_read_nobody_says_nothing(db: None, altered: "Addresses") -> None:
    from demo.seed import seed

    seed(altered)
    mom = open_pages(NUMBERS["mom"], can_consent=True)
    assert mom.overview.states["warning"] == "unknown"
    assert mom.lists["warning"].entries == ()
    assert "Inget registrerat" not in mom.overview.tiles["warning"].text
    assert "2 poster kunde inte tolkas" in mom.lists["warning"].html
