"""The simulated systems pass the checks that a real one must, with test persons they know."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from connectors.base.findings import Verdict
from connectors.models import Source
from connectors.selfcheck.running import run_checks
from consent.models import CareProvider
from consent.terms import PersonId
from demo.people import BY_LETTER

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("slug", "letter"),
    [("cosmic", "E"), ("cosmic", "M"), ("viva-hsl", "I"), ("viva-sol", "M"), ("nordliden", "F")],
)
def test_a_simulated_system_passes(people: "Addresses", slug: str, letter: str) -> None:
    providers = {row.hsa_id: row.as_value() for row in CareProvider.objects.all()}
    profile = Source.objects.get(slug=slug).as_profile(providers)
    findings = asyncio.run(run_checks(profile, PersonId(BY_LETTER[letter].number)))
    told = {f.name: (f.verdict.value, str(f.came), str(f.todo)) for f in findings}
    wrong = {name: said for name, said in told.items() if said[0] in (Verdict.FAILED, Verdict.NOT_RUN)}
    assert wrong == {}
