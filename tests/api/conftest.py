from typing import Any

import pytest
from django.core.cache import cache

from consent.models import CareProvider, CareUnit
from portal.accounts.models import Assignment, User
from tests.api.systems import System, system_for


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _password_enough(settings: Any) -> None:
    """How people prove who they are is not what is tried here."""
    settings.MFA_REQUIRED = False


@pytest.fixture
def assignment(db: None) -> Assignment:
    provider = CareProvider.objects.create(
        hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care"
    )
    unit = CareUnit.objects.create(hsa_id="SE2321000016-R0AK", name="Akuten", provider=provider)
    nurse = User.objects.create_user(
        "nurse", first_name="Alva", last_name="Ek", hsa_id="SE2321000016-P001", title="Sjuksköterska"
    )
    return Assignment.objects.create(user=nurse, unit=unit)


@pytest.fixture
def system(assignment: Assignment) -> System:
    """One that may do anything a system may, and speaks for the nurse."""
    return system_for(assignment)
