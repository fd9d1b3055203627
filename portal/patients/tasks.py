"""Work of this package that must outlive a request."""

from celery import shared_task

from portal.patients.returning import sweep


@shared_task
def sweep_return_tickets() -> int:
    """Remove the tickets that bring nobody back any more; how many."""
    return sweep()
