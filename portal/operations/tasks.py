"""Work of this package that is done again and again."""

from celery import shared_task
from django.utils import timezone

from portal.operations.pace import forget_old


@shared_task(ignore_result=True)
def forget_old_paces() -> int:
    """Take away how quick sources were more than a week ago; how many rows."""
    return forget_old(timezone.now())
