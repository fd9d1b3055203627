import pytest

from tests.consent.conftest import organisations

__all__ = ["organisations"]


@pytest.fixture
def provider(db):
    from consent.models import CareProvider

    return CareProvider.objects.create(hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care")


@pytest.fixture
def unit(provider):
    from consent.models import CareUnit

    return CareUnit.objects.create(hsa_id="SE2321000016-R0ME", name="Medicin", provider=provider)
