"""What this connector wants done again and again."""

from collections.abc import Mapping
from typing import Any

SCHEDULE: Mapping[str, Mapping[str, Any]] = {
    "openfeed-retention": {
        "task": "connectors.openfeed.tasks.delete_what_ran_out",
        "schedule": 3600.0,
    },
    "openfeed-notices": {"task": "connectors.openfeed.tasks.fetch_waiting", "schedule": 60.0},
}
