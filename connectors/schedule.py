"""What this floor wants done again and again. Apart from the tasks, which cannot be imported that early."""

from typing import Any

PROBE_EVERY_S = 300.0
COUNT_EVERY_S = 120.0

SCHEDULE: dict[str, dict[str, Any]] = {
    "probe-sources": {
        "task": "connectors.tasks.probe_sources",
        "schedule": PROBE_EVERY_S,
        "options": {"expires": PROBE_EVERY_S},
    },
    "count-source-hours": {
        "task": "connectors.tasks.count_source_hours",
        "schedule": COUNT_EVERY_S,
        "options": {"expires": COUNT_EVERY_S},
    },
}
