"""Whether an open page may stay readable: a sealed note of what it rested on, checked every ten seconds."""

from datetime import UTC, datetime
from uuid import UUID

from django.core import signing
from django.utils import timezone

from consent.models import Dossier
from consent.ruling import Ruling
from consent.terms import Basis

SALT = "overview.validity"
LONGEST_OPEN_S = 24 * 3600


def seal_validity(ruling: Ruling) -> str:
    """Signed: dossier, its version, and when the first thing the page rests on runs out; not about whom."""
    if ruling.permit is None:
        return ""
    ends = [d.expires_at for d in ruling.decisions.values() if isinstance(d, Basis) and d.expires_at]
    end = min(ends).timestamp() if ends else None
    return signing.dumps([str(ruling.permit.dossier_id), ruling.permit.dossier_version, end], salt=SALT)


def is_still_valid(sealed: str) -> bool:
    """For a database thread: one query. A note that cannot be read holds nothing open."""
    try:
        dossier_id, version, end = signing.loads(sealed, salt=SALT, max_age=LONGEST_OPEN_S)
    except signing.BadSignature:
        return False
    if end is not None and datetime.fromtimestamp(end, UTC) <= timezone.now():
        return False
    return Dossier.objects.filter(pk=UUID(dossier_id), version=version).exists()
