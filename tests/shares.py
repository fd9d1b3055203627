"""A plugin of pytest for a run shared out among processes: each takes servers of its own.

Two cannot share a PostgreSQL: what the log seals rests on the oldest transaction of the whole cluster. Named
with ``-p`` so that it is read before Django's settings are. ``TEST_SERVERS`` holds, as JSON, the variables
of each process: ``[{"DATABASE_URL": …, "REDIS_URL": …, "DATA_DIR": …}, …]``.
"""

import json
import os

import pytest

# What takes long for the few tests it holds. Begun last, one process would work on it while the others rest.
LONG = (
    *(
        "architecture/",
        "journeys/",
        "kit/",
        "tooling/",
        "consent/test_race.py",
        "consent/test_state_machine.py",
    ),
    *("people/test_state_machine_over_http.py", "people/test_parallel_readers.py", "people/test_chaos.py"),
    *("people/test_nothing_leaks_before_consent.py", "api/test_fuzz.py", "accesslog/test_crashes.py"),
    *("people/test_table_by_", "people/test_fault_matrix_on_the_page.py", "people/test_nasty_strings.py"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; else in the order they were in."""
    items.sort(key=lambda item: not item.nodeid.removeprefix("tests/").startswith(LONG))


def take_servers() -> None:
    """Point this process, and every program it starts, at its own servers. Who only leads needs none."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and "TEST_SERVERS" in os.environ:
        os.environ.update(json.loads(os.environ.pop("TEST_SERVERS"))[int(worker.removeprefix("gw"))])


take_servers()
