"""What this floor wants done again and again. Apart from the tasks, which cannot be imported that early."""

from typing import Any

from celery.schedules import crontab

PROBE_EVERY_S = 300.0
COUNT_EVERY_S = 120.0

# Early in the day, so that somebody has it in front of her when work begins.
CERTIFICATES_AT = crontab(minute="41", hour="4")

SCHEDULE: dict[str, dict[str, Any]] = {
    "probe-sources": {
        "task": "connectors.tasks.probe_sources",
        "schedule": PROBE_EVERY_S,
        "options": {"expires": PROBE_EVERY_S},
    },
    "watch-certificates": {"task": "connectors.tasks.watch_certificates", "schedule": CERTIFICATES_AT},
    "count-source-hours": {
        "task": "connectors.tasks.count_source_hours",
        "schedule": COUNT_EVERY_S,
        "options": {"expires": COUNT_EVERY_S},
    },
}
