"""The thin webhook: a signed word that something about somebody changed, and nothing of what.

A source that is asked live needs it for nothing, since nothing is kept of it. For one that delivers by itself
and has an address, it leads to a question through the transport; until that is answered, what is held of the
person is known to be old.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from connectors.base.contract import Fault, SourceFault
from connectors.base.registry import build_connector
from connectors.base.session import close_session
from connectors.models import Source
from connectors.openfeed.connector import OpenfeedConnector
from connectors.openfeed.entries import Entry
from connectors.openfeed.models import Notice
from connectors.openfeed.receiving import receive
from connectors.openfeed.refusing import Code, RefusedWhole
from connectors.openfeed.terms import NOTICE_KEY, receives
from consent.encryption import lookup_key
from consent.identity import InvalidNumber, read_number
from consent.terms import SWEDISH_TIME, PersonId
from consent.vocabulary import IdType

MAX_AGE_S = 300
MOST_ATTEMPTS = 12
# Signatures are remembered for longer than one could be accepted.
REMEMBERED_S = 4 * MAX_AGE_S

_log = structlog.get_logger(__name__)


def sign(key: str, timestamp: str, body: bytes) -> str:
    """What the header ``X-Feed-Signature`` has to say: HMAC-SHA-256 over ``timestamp.body``, in hex."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_signature(slug: str, timestamp: str, signature: str, body: bytes) -> Source:
    """The source that signed this. Raises RefusedWhole: BAD_SIGNATURE (an unknown source among it),
    NOTICE_TOO_OLD."""
    source = (
        Source.objects.select_related("owner").filter(pk=slug, connector="openfeed", enabled=True).first()
    )
    key = source.read_secrets().get(NOTICE_KEY, "") if source else ""
    wanted = sign(key or "-", timestamp, body)
    given = signature.removeprefix("sha256=").strip().lower()
    is_right = hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
    if not is_right or not key or source is None:
        raise RefusedWhole(Code.BAD_SIGNATURE)
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise RefusedWhole(Code.NOTICE_TOO_OLD)
    if abs(timezone.now().timestamp() - int(timestamp)) > MAX_AGE_S:
        raise RefusedWhole(Code.NOTICE_TOO_OLD)
    return source


def take_notice(source: Source, signature: str, said: Mapping[str, Any]) -> Notice:
    """Remember it, once. Raises RefusedWhole: NOT_A_DELIVERY for one that names nobody, NOTICE_REPEATED."""
    number = said.get("patient")
    try:
        person = read_number(
            number if isinstance(number, str) else "", timezone.now().astimezone(SWEDISH_TIME).date()
        )
    except InvalidNumber:
        raise RefusedWhole(Code.NOT_A_DELIVERY, "patient") from None
    digest = hashlib.sha256(signature.removeprefix("sha256=").strip().lower().encode()).digest()
    notice = Notice(source=source, signature=digest)
    if receives(source.settings) and source.base_url:
        notice.state, notice.patient = Notice.WAITING, lookup_key(person)
        notice.person = json.dumps([person.number, person.type.value])
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:
        raise RefusedWhole(Code.NOTICE_REPEATED) from None
    return notice


async def ask_source(notice: Notice, person: PersonId) -> list[dict[str, Any]]:
    """Every page about the person, through the transport. Raises SourceFault."""
    connector = build_connector(notice.source.as_profile({}))
    if not isinstance(connector, OpenfeedConnector):
        raise TypeError("take_notice lets no other in")
    try:
        return await connector.ask_about({person.number: person})
    finally:
        await close_session()


def person_of(notice: Notice) -> PersonId:
    number, type_ = json.loads(notice.person or "")
    return PersonId(number, IdType(type_))


def store_answer(notice: Notice, person: PersonId, pages: list[dict[str, Any]]) -> None:
    """What the source holds of the person takes the place of what was held. Raises SourceFault for an answer
    about somebody else, or one that is not whole."""
    records = [record for page in pages for record in page["records"]]
    if any(page.get("is_cut") is True or page.get("withheld") is True for page in pages):
        raise SourceFault(Fault.REPORTED)
    entries = [Entry(place, record) for place, record in enumerate(records, start=1)]
    if any(_is_about_another(record, person) for record in records):
        raise SourceFault(Fault.FOREIGN_PATIENT)
    receive(notice.source, entries, is_snapshot=True, of_patient=lookup_key(person))


def _is_about_another(record: object, person: PersonId) -> bool:
    said = record.get("patient") if isinstance(record, dict) else None
    if not isinstance(said, str) or not said.strip():
        return False
    try:
        return read_number(said, timezone.now().date() + timedelta(days=1)) != person
    except InvalidNumber:
        return True


def settle(notice: Notice) -> None:
    """Answered, and with it every notice before this one: whom they were about is forgotten. What came in
    meanwhile has a notice of its own."""
    same = Notice.objects.filter(source_id=notice.source_id, patient=notice.patient)
    same.filter(received_at__lte=notice.received_at).update(state=Notice.DONE, patient=None, person=None)


def postpone(notice: Notice, fault: str) -> None:
    """Tried again by the beat. Given up after some hours; then her records stay known as old."""
    Notice.objects.filter(pk=notice.pk).update(attempts=F("attempts") + 1)
    Notice.objects.filter(pk=notice.pk, attempts__gte=MOST_ATTEMPTS).update(state=Notice.GIVEN_UP)
    _log.warning("notice_not_fetched", source=notice.source_id, fault=fault)


def forget_old_notices() -> None:
    old = Now() - timedelta(seconds=REMEMBERED_S)
    Notice.objects.filter(state=Notice.DONE, received_at__lt=old).delete()
