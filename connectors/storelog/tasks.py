"""Work that no view waits for: the log's rows on their way to the national log. Tasks carry nothing."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from connectors.storelog.models import Outgoing
from connectors.storelog.sending import send_waiting
from connectors.storelog.taking import take_sealed

# What was acknowledged is known to the service; here it is remembered so long for whoever compares.
REMEMBERED = timedelta(days=90)


@shared_task(ignore_result=True)
def send_national_log() -> int:
    """Take what has been sealed, send what waits. Returns how many rows were acknowledged.

    Done twice at a time, one of them has nothing to do; killed half-way, the next one goes on.
    """
    if settings.NATIONAL_LOG is None:
        return 0
    take_sealed()
    return send_waiting(settings.NATIONAL_LOG)


@shared_task(ignore_result=True)
def forget_acknowledged() -> int:
    """Take away what the service has had for long; never what waits or lies aside. Returns how many."""
    had = (Outgoing.ACKNOWLEDGED, Outgoing.KNOWN)
    old = Outgoing.objects.filter(state__in=had, settled_at__lt=timezone.now() - REMEMBERED)
    return old.delete()[0]
