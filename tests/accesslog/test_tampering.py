"""Whatever is done to sealed rows or to checkpoints is found, and the first bad batch is named: in batches of
the first format, and in those of today's.

Random places, many times: a few dozen of each in a common run, a thousand where SOAK is set.
"""

import random
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from django.db import connection, transaction

from consent.accesslog.sealed_table import database_time
from consent.accesslog.verifying import INTACT, TAMPERED, Verifier
from consent.accesslog.write import write
from tests.accesslog.conftest import SOAK, Log, first_bad, look, new_log
from tests.accesslog.tampering import ATTACKS, Attacker, all_checkpoints, disarm, first_format, run
from tests.accesslog.writing import some_entry, write_rows

ROUNDS = 1000 if SOAK else 20
pytestmark = [pytest.mark.sqlite]


@pytest.fixture(scope="module")
def sealed_log(migrated, django_db_blocker, tmp_path_factory) -> Iterator[Log]:
    """Ten batches, numbers that were never used among them, and rows that are not sealed yet. Every other
    batch is of the first format."""
    chance = random.Random(5)
    with new_log(migrated, django_db_blocker, tmp_path_factory.mktemp("sealed")) as log:
        for number in range(10):
            write_rows(chance.randint(3, 8), chance)
            skip_numbers(chance)
            write_rows(chance.randint(0, 2), chance)
            with first_format() if number % 2 else nullcontext():
                log.seal()
        assert {c.said["format"] for c in all_checkpoints()} == {1, 2}
        write_rows(2)
        yield replace(log, moment=database_time())


def skip_numbers(chance: random.Random) -> None:
    if connection.vendor == "sqlite":
        run("UPDATE sqlite_sequence SET seq = seq + 2 WHERE name = 'consent_accessevent'")
        return
    for _ in range(2):
        with transaction.atomic():
            write(some_entry(chance))
            transaction.set_rollback(True)


def attacked(log: Log, attack, rounds: int) -> Iterator[tuple[int, Verifier]]:
    """The batch that an attack hit first, and what the verifier says; each on the log as it was."""
    checkpoints = all_checkpoints()
    for number in range(rounds):
        with transaction.atomic():
            disarm()
            hit = attack(Attacker(random.Random(number), checkpoints))
            yield hit, look(log, now=log.moment)
            transaction.set_rollback(True)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_every_attack_is_found_and_the_first_bad_batch_is_named(sealed_log, attack):
    assert look(sealed_log, now=sealed_log.moment).code == INTACT
    for hit, found in attacked(sealed_log, attack, ROUNDS):
        assert (found.code, first_bad(found)) == (TAMPERED, hit), str(found)
    assert look(sealed_log, now=sealed_log.moment).code == INTACT
