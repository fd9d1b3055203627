"""A plugin of pytest for two runs of one suite, one after the other: what passed in the first is left out of
the second. Named with ``-p``. Both get PASSED, the path of a file: the first writes the ids into it.
"""

import os
from pathlib import Path

import pytest

PLACE = Path(os.environ["PASSED"])
IS_SECOND = PLACE.exists()
LEFT_OUT = set(PLACE.read_text("utf-8").split("\n")) if IS_SECOND else set()
passed: set[str] = set()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    known = [item for item in items if item.nodeid in LEFT_OUT]
    if known:
        config.hook.pytest_deselected(items=known)
        items[:] = [item for item in items if item.nodeid not in LEFT_OUT]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Passed is what ran to its end, and was put away without a fault."""
    if report.when == "call" and report.passed:
        passed.add(report.nodeid)
    elif report.failed:
        passed.discard(report.nodeid)


def pytest_sessionfinish() -> None:
    if not IS_SECOND:
        PLACE.write_text("\n".join(sorted(passed)), "utf-8")
