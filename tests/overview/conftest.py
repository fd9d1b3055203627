"""What the tests of pages share that are made without a request."""

from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture
def quiet_urls() -> Iterator[object]:
    """Addresses that look nothing up."""
    with override_settings(ROOT_URLCONF="tests.overview.addresses") as changed:
        yield changed
