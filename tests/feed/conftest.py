import pytest
from django.core.cache import cache

from connectors.models import Source
from tests.feed.vendor import Vendor, make_source


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


@pytest.fixture
def source(db: None) -> Source:
    return make_source()


@pytest.fixture
def vendor(source: Source) -> Vendor:
    return Vendor(source)
