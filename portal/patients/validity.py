"""Whether an open page may stay readable: a sealed note of what it rested on, checked every ten seconds."""

from datetime import UTC, datetime
from uuid import UUID

from django.core import signing

from consent.release import still_holds
from consent.ruling import Ruling
from consent.terms import Basis

SALT = "overview.validity"
LONGEST_OPEN_S = 24 * 3600


def seal_validity(ruling: Ruling) -> str:
    """Signed: dossier, its version, and when the first thing the page rests on runs out; not about whom."""
    if ruling.permit is None:
        return ""
    ends = [d.expires_at for d in ruling.decisions.values() if isinstance(d, Basis)]
    end = min((t.timestamp() for t in (*ends, ruling.changes_at) if t is not None), default=None)
    return signing.dumps([str(ruling.permit.dossier_id), ruling.permit.dossier_version, end], salt=SALT)


def is_still_valid(sealed: str) -> bool:
    """For a database thread. A note that cannot be read holds nothing open."""
    try:
        dossier_id, version, end = signing.loads(sealed, salt=SALT, max_age=LONGEST_OPEN_S)
    except signing.BadSignature:
        return False
    until = None if end is None else datetime.fromtimestamp(end, UTC)
    return still_holds(UUID(dossier_id), version, until)
