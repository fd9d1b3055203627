"""Which queue each job waits in, by kind: a worker may be given to one kind, so that none holds up another.

seal     the access log: sealing, partitions, views that were interrupted
expire   what ran out of time is taken away
probe    whether sources answer, and how they have
notify   what a source gave notice of is fetched
review   draws for the review of the log
export   the log on its way out: files that somebody has asked for, rows for the national log
"""

from typing import Any

from kombu.entity import Queue

from portal.settings.environment import read_int

__all__ = [
    "CELERY_TASK_ACKS_LATE",
    "CELERY_TASK_CREATE_MISSING_QUEUES",
    "CELERY_TASK_DEFAULT_QUEUE",
    "CELERY_TASK_QUEUES",
    "CELERY_TASK_REJECT_ON_WORKER_LOST",
    "CELERY_TASK_ROUTES",
    "CELERY_TASK_TIME_LIMIT",
    "CELERY_WORKER_PREFETCH_MULTIPLIER",
]

QUEUES = ("seal", "expire", "probe", "notify", "review", "export")
# Where a job waits that nobody has given a queue; a test finds it before it is released.
UNSORTED = "export"

QUEUE_OF = {
    "consent.tasks.ensure_log_partitions": "seal",
    "consent.tasks.mark_interrupted": "seal",
    "consent.tasks.seal_access_log": "seal",
    "consent.reviewing.draw_reviews": "review",
    "connectors.tasks.count_source_hours": "probe",
    "connectors.tasks.probe_sources": "probe",
    "connectors.tasks.watch_certificates": "probe",
    "connectors.openfeed.tasks.delete_what_ran_out": "expire",
    "connectors.storelog.tasks.forget_acknowledged": "expire",
    "connectors.storelog.tasks.send_national_log": "export",
    "connectors.openfeed.tasks.fetch_noticed": "notify",
    "connectors.openfeed.tasks.fetch_waiting": "notify",
    "portal.operations.tasks.forget_old_paces": "expire",
    "portal.accounts.tasks.sweep_once": "expire",
    "portal.api.tasks.sweep_spent_proofs": "expire",
    "portal.patients.tasks.sweep_return_tickets": "expire",
}

# A job whose worker says nothing of it for so long is given to another. No job may take longer than that: it
# would be done twice at a time.
MARGIN_S = 60
TAKEN_OVER_S = read_int("JOB_TAKEN_OVER_S", 600, least=2, most=24 * 3600)


# A job is acknowledged when it is done: killed half-way it is begun again, by whoever comes next. So every
# job may be done twice, and each holds up to it.
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]
CELERY_TASK_ROUTES = {name: {"queue": queue} for name, queue in QUEUE_OF.items()}
CELERY_TASK_DEFAULT_QUEUE = UNSORTED
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = TAKEN_OVER_S - MARGIN_S if TAKEN_OVER_S > MARGIN_S else TAKEN_OVER_S
CELERY_WORKER_PREFETCH_MULTIPLIER = 1


def redis_transport() -> dict[str, Any]:
    """CELERY_BROKER_TRANSPORT_OPTIONS where the broker is Redis."""
    return {"visibility_timeout": TAKEN_OVER_S}
