"""Work that must outlive a request: fetch what a notice spoke of, delete what ran out of time.

Tasks carry ids alone.
"""

import asyncio
from datetime import timedelta

import structlog
from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from connectors.base.contract import SourceFault
from connectors.models import Source
from connectors.openfeed.models import DeliveredFile, HeldRecord, Notice, RefusedRecord
from connectors.openfeed.notices import (
    MOST_ATTEMPTS,
    ask_source,
    forget_old_notices,
    person_of,
    postpone,
    settle,
    store_answer,
)
from connectors.openfeed.refusing import RefusedWhole
from connectors.openfeed.terms import UnsoundTerms, terms_of
from consent.encryption import Undecipherable

AT_ONCE = 200
UNCONFIRMED_LASTS_S = 24 * 3600
# The n-th attempt waits for n times n of these after the notice came: two hours and a half in all.
PATIENCE_S = 60

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def fetch_noticed(notice_id: str) -> bool:
    """Ask the source about whom the notice named, and keep the answer. Returns whether there was one."""
    notice = Notice.objects.select_related("source__owner").filter(pk=notice_id, state=Notice.WAITING).first()
    if notice is None:
        return False
    try:
        person = person_of(notice)
        store_answer(notice, person, asyncio.run(ask_source(notice, person)))
    except SourceFault as fault:
        postpone(notice, fault.fault.value)
        return False
    except (RefusedWhole, Undecipherable) as error:
        postpone(notice, type(error).__name__)
        return False
    settle(notice)
    return True


@shared_task(ignore_result=True)
def fetch_waiting() -> int:
    """Those nobody fetched yet, or that failed and have waited long enough. Returns how many were asked."""
    is_due = Q()
    for attempts in range(MOST_ATTEMPTS):
        waited_s = PATIENCE_S * (attempts + 1) ** 2
        is_due |= Q(attempts=attempts, received_at__lt=Now() - timedelta(seconds=waited_s))
    waiting = Notice.objects.filter(is_due, state=Notice.WAITING).order_by("received_at")
    ids = [str(pk) for pk in waiting.values_list("pk", flat=True)[:AT_ONCE]]
    for notice_id in ids:
        fetch_noticed(notice_id)
    return len(ids)


@shared_task(ignore_result=True)
def delete_what_ran_out() -> int:
    """Take away the content of every record older than its source lets it be kept. Returns how many went.

    Of one that still held when it ran out the row stays, empty: the person is known to be missing something
    until the source delivers it again, withdraws it or delivers everything anew.
    """
    deleted = 0
    for source in Source.objects.filter(connector="openfeed"):
        deleted += _run_out(source)
    forget_old_notices()
    unconfirmed = DeliveredFile.objects.filter(
        content__isnull=False, uploaded_at__lt=Now() - timedelta(seconds=UNCONFIRMED_LASTS_S)
    )
    unconfirmed.update(content=None)
    return deleted


def _run_out(source: Source) -> int:
    rows = HeldRecord.objects.filter(source=source)
    try:
        oldest = Now() - timedelta(days=terms_of(source.settings).retention_days)
    except UnsoundTerms:
        # Nothing says how long it may be kept: it may not.
        RefusedRecord.objects.filter(source=source).delete()
        return rows.delete()[0]
    with transaction.atomic():
        old = rows.filter(confirmed_at__lte=oldest)
        missed = old.filter(state=HeldRecord.HELD, is_past=False)
        emptied = missed.update(state=HeldRecord.RUN_OUT, content=None)
        gone, _by_model = old.exclude(state=HeldRecord.RUN_OUT).delete()
    if emptied or gone:
        log.info("retention", source=source.pk, emptied=emptied, deleted=gone)
    return emptied + gone
