"""The ambulance's own system asks our summary under its crew's assignment: limits, plans and contacts, and
insatser only where the table opens them. A district nurse on a home visit does the same under hers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from consent.accesslog.model import AccessEvent
from demo.people import BY_LETTER
from demo.people import places as at
from tests.fhir.clients import client_for
from tests.fhir.documents import reason, resources
from tests.people.worlds import _django_db_helper, module_people, people, signed_in, unhurried

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.usefixtures("people")]
Act = tuple[str, dict[str, str]]
CHOOSE: Act = ("choose_units", {"unit": "*"})
CONSENT: Act = ("give_consent", {"period": "open"})
EMERGENCY: tuple[Act, ...] = (("emergency", {"obstacle": "unconscious"}), ("emergency_names", {}))
ASSERTED = dict.fromkeys(("is_needed", "is_attitude_clarified", "is_no_objection_known"), "yes")
UNABLE: tuple[Act, ...] = (("inability", {}), ("inability_names", ASSERTED))


@pytest.fixture(autouse=True)
def _unhurried() -> Iterator[None]:
    with unhurried():
        yield


def summary_for(persona: str, letter: str, *acts: Act) -> dict[str, Any]:
    """What the system shows its user, after what she recorded in the portal."""
    reader = signed_in(persona, BY_LETTER[letter].number)
    for act, said in acts:
        assert reader.act(act, **said).status == 302
    client = client_for(persona)
    assert client.match(BY_LETTER[letter].number).status == 200
    answer = client.summary()
    assert answer.status == 200, answer.body[:300]
    document: dict[str, Any] = answer.json
    return document


def owners_logged() -> set[str]:
    row = AccessEvent.objects.filter(event="shown", action="api").order_by("-seq")[0]
    assert row.detail.get("client", "") or row.session_id
    return {origin[0] for origin in row.origins}


def services(document: dict[str, Any]) -> list[Any]:
    found = resources(document, "ServiceRequest")
    return [r for r in found if r["category"][0]["coding"][0]["code"] in ("sol", "lss")]


def test_the_crew_sees_the_regions_limits_and_contacts_before_any_consent() -> None:
    document = summary_for("ambulans", "C", CHOOSE)
    said = json.dumps(resources(document, "Consent"), ensure_ascii=False)
    assert "Ej HLR. Ställningstagande" in said
    assert resources(document, "RelatedPerson")
    assert services(document) == []
    assert reason(document, "social_service") == "withheld"
    assert owners_logged() == {at.REGION.hsa}


def test_insatser_are_seen_by_consent() -> None:
    document = summary_for("ambulans", "C", CHOOSE, CONSENT)
    assert services(document)
    assert at.KOMMUN_OMSORG.hsa in owners_logged()


def test_insatser_are_never_opened_by_an_emergency() -> None:
    document = summary_for("ambulans", "C", CHOOSE, *EMERGENCY)
    assert "ambulans tillkallas endast efter" in json.dumps(
        resources(document, "Consent"), ensure_ascii=False
    )
    assert services(document) == []
    assert reason(document, "social_service") == "withheld"
    assert at.KOMMUN_OMSORG.hsa not in owners_logged()
    assert (
        AccessEvent.objects.filter(event="shown", action="api").order_by("-seq")[0].activity == "Nödöppning"
    )


@pytest.mark.parametrize("persona", ["ambulans", "distrikt"])
def test_insatser_are_seen_by_lasting_inability(persona: str) -> None:
    """Row 9."""
    assert services(summary_for(persona, "D", CHOOSE, *UNABLE))
    assert at.KOMMUN_OMSORG.hsa in owners_logged()


@pytest.mark.parametrize("persona", ["ambulans", "distrikt"])
def test_a_childs_insatser_are_seen_without_consent(persona: str) -> None:
    """Row 11."""
    document = summary_for(persona, "F", CHOOSE)
    assert services(document)
    assert resources(document, "CarePlan")
    assert at.NORDLIDEN_OMSORG.hsa in owners_logged()
