"""A plugin of pytest for a run shared out among processes: each takes servers of its own.

Two cannot share a PostgreSQL: what the log seals rests on the oldest transaction of the whole cluster. Named
with ``-p`` so that it is read before Django's settings are. ``TEST_SERVERS`` holds, as JSON, the variables
of each process: ``[{"DATABASE_URL": …, "REDIS_URL": …, "DATA_DIR": …}, …]``.
"""

import json
import os


def take_servers() -> None:
    """Point this process, and every program it starts, at its own servers. Who only leads needs none."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and "TEST_SERVERS" in os.environ:
        os.environ.update(json.loads(os.environ.pop("TEST_SERVERS"))[int(worker.removeprefix("gw"))])


take_servers()
