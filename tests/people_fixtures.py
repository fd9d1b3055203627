"""The invented people as the portal meets them: simulated systems as processes, and a seeded database."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from portal.embedded.children import ChildSet

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consent.accesslog.model import AccessEvent
    from demo.seed import Addresses


@pytest.fixture(scope="session")
def simulators() -> "Iterator[Addresses]":
    """Register, region and municipality, started once for all tests. Whoever sets a fault takes it back."""
    from demo.companions import start_simulators

    children = ChildSet()
    yield start_simulators(children)
    children.stop()


@pytest.fixture
def people(simulators: "Addresses", db: None) -> "Addresses":
    """The demo's organisations, personas, sources and records in the test's own transaction."""
    from demo.seed import seed

    seed(simulators)
    return simulators


@pytest.fixture
def lasting_people(simulators: "Addresses", transactional_db: None) -> "Addresses":
    """The same, committed: for tests where another process or thread must see it."""
    from demo.seed import seed

    seed(simulators)
    return simulators


@pytest.fixture
def logged_here(lasting_people: "Addresses") -> "Callable[[], QuerySet[AccessEvent]]":
    """The log's rows since this test began: no test can take away what an earlier one has committed."""
    from django.db.models import Max

    from consent.accesslog.model import AccessEvent

    before = AccessEvent.objects.aggregate(last=Max("seq"))["last"] or 0
    return lambda: AccessEvent.objects.filter(seq__gt=before)
