"""The organisations in the database."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from consent.accesslog import keys
from tests.consent.doings import make_organisations


@pytest.fixture
def organisations(db: None) -> None:
    make_organisations()


@pytest.fixture
def lasting_organisations(transactional_db: None) -> Iterator[None]:
    """Committed, with the log's keys in memory as in a process that has run for a while."""
    make_organisations()
    keys.keys_of(keys.period_of(datetime.now(UTC)), create=True)
    yield
    connection.close()
