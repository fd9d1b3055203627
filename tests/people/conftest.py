"""The invented people as the portal meets them: three simulated systems, seeded database."""

from collections.abc import Iterator

import pytest

from portal.embedded.children import ChildSet


@pytest.fixture(scope="session")
def simulators() -> Iterator[object]:
    """Register, region and municipality, started once for all tests."""
    from demo.companions import start_simulators

    children = ChildSet()
    yield start_simulators(children)
    children.stop()


@pytest.fixture
def people(simulators: object, db: None) -> object:
    """The demo's organisations, personas, sources and records in the test's own transaction."""
    from demo.seed import seed

    seed(simulators)
    return simulators
