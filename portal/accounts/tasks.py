"""Work of this package that must outlive a request."""

from celery import shared_task

from portal.accounts.once import sweep


@shared_task
def sweep_once() -> int:
    """Remove what has ended of what counts once; how many."""
    return sweep()
