"""A record system that may launch, and Alva, who works at two units and has a password."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from consent.models import CareProvider, CareUnit
from portal.accounts.models import Assignment, User
from portal.accounts.oidc import calling
from portal.settings.launching import Launchers
from tests.launching.journal import ALVA, Journal
from tests.signin.conftest import running_idp

__all__ = ["running_idp"]

PASSWORD = "ett-riktigt-langt-losen"


@pytest.fixture(scope="session")
def keys_of_the_journal() -> Journal:
    return Journal()


@pytest.fixture
def journal(keys_of_the_journal: Journal, settings) -> Journal:
    settings.LAUNCHERS = Launchers(jwt=(keys_of_the_journal.as_configured(),))
    settings.MFA_REQUIRED = False
    return keys_of_the_journal


@pytest.fixture(autouse=True)
def uncounted() -> Iterator[None]:
    cache.clear()
    calling.forget()
    yield
    cache.clear()


@pytest.fixture
def units(db: None) -> dict[str, CareUnit]:
    region = CareProvider.objects.create(hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care")
    made = (("SE2321000016-R0AK", "Akuten"), ("SE2321000016-R0ME", "Medicin"))
    return {name: CareUnit.objects.create(hsa_id=hsa_id, name=name, provider=region) for hsa_id, name in made}


@pytest.fixture
def alva(units: dict[str, CareUnit]) -> User:
    """At Akuten for care and for quality, at Medicin for care."""
    user = User.objects.create_user("alva", password=PASSWORD, hsa_id=ALVA, first_name="Alva")
    for unit, purpose in (
        (units["Akuten"], "care"),
        (units["Akuten"], "quality"),
        (units["Medicin"], "care"),
    ):
        Assignment.objects.create(user=user, unit=unit, purpose=purpose)
    return user
