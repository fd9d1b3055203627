"""The demo's tablet, a real client system at an address of its own, walked against the served portal's API:
what the table allows the crew, in the portal's words, and the log showing whose word it was."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consent.accesslog.model import AccessEvent
from demo.people import BY_LETTER
from demo.people import places as at
from demo.tablet import CLIENT, register
from tests.demo.running import Simulator, running

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db(transaction=True)]
C, D, F = (BY_LETTER[letter].number for letter in "CDF")


@pytest.fixture
def tablet(lasting_people: Any, portal_address: str, tmp_path: Path) -> Iterator[Simulator]:
    key = register(tmp_path)
    with running("tablet", "--portal", portal_address, "--client-id", CLIENT, "--key", str(key)) as found:
        yield found


def show(tablet: Simulator, who: str, number: str, act: str = "") -> str:
    form = f"who={who}&patient={number}&act={act}"
    answer = tablet.ask("POST", "/visa", form, timeout_s=60, Content_Type="application/x-www-form-urlencoded")
    assert answer.status == 200
    return answer.body.decode()


def answers(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-kind="(\w+)" data-answer="(\w+)"', page))


def test_crew_reads_limits_and_contacts_and_no_insatser_without_consent(tablet: Simulator) -> None:
    page = show(tablet, "ambulans", C, "choose_units")
    assert "Ej HLR" in page
    assert answers(page)["care_limitation"] == "records"
    assert answers(page)["contact"] == "records"
    assert answers(page)["social_service"] == "withheld"
    rows = AccessEvent.objects.filter(event="shown", detail__client=CLIENT)
    assert {origin[0] for row in rows for origin in row.origins} == {at.REGION.hsa}


def test_emergency_opens_limits_and_never_insatser(tablet: Simulator) -> None:
    for act in ("choose_units", "declare_emergency", "open_emergency"):
        page = show(tablet, "ambulans", C, act)
    assert "ambulans tillkallas endast efter" in page
    assert answers(page)["social_service"] == "withheld"
    assert AccessEvent.objects.filter(event="shown", activity="Nödöppning", detail__client=CLIENT).exists()
    assert not any(
        origin[0] == at.KOMMUN_OMSORG.hsa for row in AccessEvent.objects.all() for origin in row.origins
    )


def test_district_nurse_sees_a_childs_insatser_and_plans(tablet: Simulator) -> None:
    """Row 11."""
    page = show(tablet, "distrikt", F, "choose_units")
    assert answers(page)["social_service"] == "records"
    assert answers(page)["care_plan"] == "records"


def test_what_the_portal_refuses_is_said_in_its_words(tablet: Simulator) -> None:
    page = show(tablet, "ambulans", "191212121213")
    assert "Portalen svarade nej" in page
    assert answers(page) == {}
    assert answers(show(tablet, "akuten", C)) == {}
