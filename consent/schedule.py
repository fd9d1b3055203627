"""What this floor wants done again and again. Apart from the tasks, which cannot be imported that early."""

from typing import Any

from celery.schedules import crontab

# A view this old has had all its answers, or never will.
QUIET_S = 10
# Ticks that a busy worker did not come to are dropped: the next one seals what they would have.
SEAL_EVERY_S = 1.0
SEAL_EXPIRES_S = 2

SCHEDULE: dict[str, dict[str, Any]] = {
    "ensure-log-partitions": {
        "task": "consent.tasks.ensure_log_partitions",
        "schedule": crontab(minute="17", hour="3", day_of_month="1"),
    },
    "mark-interrupted": {"task": "consent.tasks.mark_interrupted", "schedule": float(QUIET_S)},
    "seal-access-log": {
        "task": "consent.tasks.seal_access_log",
        "schedule": SEAL_EVERY_S,
        "options": {"expires": SEAL_EXPIRES_S},
    },
    "draw-reviews": {"task": "consent.reviewing.draw_reviews", "schedule": crontab(minute="23", hour="2")},
}
