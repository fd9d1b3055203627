"""Work of this floor that must outlive a request: probes, and counting how sources answered."""

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from connectors.approvals import is_approved
from connectors.expiring import soon_out
from connectors.models import Source
from connectors.probing import fault_of_probe
from connectors.standing import count_views, note_probe

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def probe_sources() -> None:
    """Ask every source that is asked whether it is there. One in a planned stop is left alone."""
    now = timezone.now()
    for source in Source.objects.filter(enabled=True):
        if source.is_down_as_planned(now) or not is_approved(source):
            continue
        try:
            fault = fault_of_probe(source)
        except Exception:
            log.exception("probe_bug", source=source.slug)
            continue
        if fault is not None:
            log.warning("probe_fault", source=source.slug, fault=fault.value)
        with transaction.atomic():
            note_probe(source.slug, fault, now)


@shared_task(ignore_result=True)
def watch_certificates() -> int:
    """Say which certificates run out within thirty days, or have. Returns how many. A source's name and a
    setting's, never the certificate."""
    now = timezone.now()
    found = soon_out(now)
    for one in found:
        stage = one.stage(now)
        say = log.warning if stage in ("30", "7") else log.error
        say(
            "certificate_expiring", source=one.where, what=one.what, stage=stage, days_left=one.days_left(now)
        )
    return len(found)


@shared_task(ignore_result=True)
def count_source_hours() -> None:
    """What real views met, out of the access log."""
    count_views(timezone.now())
