"""The identity provider of these tests, and the portal configured for it."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from consent.models import CareProvider, CareUnit
from portal.accounts.oidc import calling
from portal.embedded.children import ChildSet
from portal.settings.sign_in import IdentityProvider, as_allauth
from tests.signin.provider import IdProvider, start


@pytest.fixture(scope="session")
def running_idp() -> Iterator[IdProvider]:
    children = ChildSet()
    try:
        yield start(children)
    finally:
        children.stop()


@pytest.fixture
def idp(running_idp: IdProvider, settings) -> IdProvider:
    configure(settings, running_idp.as_configured())
    return running_idp


@pytest.fixture(autouse=True)
def as_new() -> Iterator[None]:
    """Nothing kept from an earlier test: what a provider published, and whom the limits count."""
    calling.forget()
    cache.clear()
    yield
    cache.clear()


def configure(settings, *idps: IdentityProvider) -> None:
    settings.IDENTITY_PROVIDERS = idps
    settings.SOCIALACCOUNT_PROVIDERS = as_allauth(idps)


@pytest.fixture
def units(db: None) -> dict[str, CareUnit]:
    """Two of a region's units and one of a municipality's social care."""
    region = CareProvider.objects.create(hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care")
    council = CareProvider.objects.create(
        hsa_id="SE2120000019-O001", name="Socialnämnden", kind="social_care"
    )
    made = (("SE2321000016-R0AK", "Akuten", region), ("SE2321000016-R0ME", "Medicin", region),
            ("SE2120000019-O0HT", "Hemtjänsten", council))  # fmt: skip
    return {name: CareUnit.objects.create(hsa_id=hsa, name=name, provider=owner) for hsa, name, owner in made}
