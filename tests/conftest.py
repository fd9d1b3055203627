"""Fixtures that every test may ask for. Those that start programs live in tests/servers.py."""

import pytest

pytest_plugins = ["tests.servers", "tests.people_fixtures"]

NEEDS_DEMO = {"simulators", "start_simulator"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a simulated system, so that the product without the demo can leave it out."""
    for item in items:
        if NEEDS_DEMO & set(getattr(item, "fixturenames", ())):
            item.add_marker("demo")
