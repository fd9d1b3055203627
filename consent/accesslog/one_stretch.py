"""One stretch of the log verified in a process of its own, at the moment that another transaction exported.

Run by ``stretches`` alone. What to verify comes on standard input, the way to the database among it; what was
found goes to standard output. No Django: it takes longer to start than many rows take to verify.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg

from consent.accesslog.copying import copy_between
from consent.accesslog.verifying import Archived, Checkpoint, Verifier

AT_ONCE = 1000


def main() -> None:
    asked = json.load(sys.stdin)
    keys = {name: bytes.fromhex(key) for name, key in asked["keys"].items()}
    accepted = [tuple(each) for each in asked["accepted"]]
    now, archived = datetime.fromisoformat(asked["now"]), Archived.read(asked["archived"])
    verifier = Verifier(keys, now, accepted, archived=archived)
    with psycopg.connect(asked["database"]) as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(f"SET TRANSACTION SNAPSHOT '{asked['moment']}'")
        after, until = Checkpoint.read(asked["after"]), asked["until"]
        above = after.said["top"] if after else None
        rows = copy_between(cursor, asked["table"], asked["columns"], above, until["top"])
        verifier.verify(rows, lambda: _checkpoints(cursor, asked), after, goes_on=until["number"] is not None)
    told = {
        "rows": verifier.rows,
        "batches": verifier.batches,
        "findings": verifier.findings,
        "lost": verifier.lost,
        "away": sorted(verifier.away),
    }
    json.dump(told, sys.stdout)


def _checkpoints(cursor: Any, asked: dict[str, Any]) -> Iterator[str]:
    number, until = asked["after_number"], asked["until"]["number"]
    below = "true" if until is None else f"number <= {until:d}"
    while True:
        cursor.execute(
            f"SELECT number, body, encode(signature, 'hex') FROM {asked['checkpoints']}"  # noqa: S608 (ours)
            f" WHERE number > {number:d} AND {below} ORDER BY number LIMIT {AT_ONCE}"
        )
        found = cursor.fetchall()
        for number, body, signature in found:  # noqa: B007 (the last is where the next begin)
            yield json.dumps({"body": body, "signature": signature})
        if len(found) < AT_ONCE:
            return


if __name__ == "__main__":
    main()
