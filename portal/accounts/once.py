"""What counts once: a word that somebody else sent, and what one request leaves for the next.

Both are found by keyed digests and end by themselves. Of two who come with the same at once, the database
lets one have it.
"""

import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from portal.accounts.models import HandedOver, Spent

Content = dict[str, Any]


def spend(sort: str, whose: str, word: str, ends_at: datetime) -> bool:
    """Whether a word (the id of a token or an assertion) comes for the first time. Kept until ``ends_at``: by
    then it must be refused for its age."""
    _row, is_first = Spent.objects.get_or_create(
        digest=_digest("spent", sort, whose, word), defaults={"ends_at": ends_at}
    )
    return is_first


def hand_over(sort: str, content: Content, lasts: timedelta) -> str:
    """Keep something for a moment; the secret that finds it again, URL-safe."""
    secret = secrets.token_urlsafe(32)
    HandedOver.objects.create(
        sort=sort,
        digest=_digest("handed", sort, secret),
        content=json.dumps(content),
        ends_at=timezone.now() + lasts,
    )
    return secret


def look_at(sort: str, secret: str) -> Content | None:
    """What was handed over and has neither been taken nor ended."""
    row = HandedOver.objects.filter(
        digest=_digest("handed", sort, secret), ends_at__gt=timezone.now()
    ).first()
    found: Content | None = None if row is None else json.loads(row.content)
    return found


def take_over(sort: str, secret: str) -> Content | None:
    """The same, for the first who takes it alone."""
    found = look_at(sort, secret)
    taken = HandedOver.objects.filter(digest=_digest("handed", sort, secret)).delete()[0]
    return found if taken else None


def sweep() -> int:
    """Remove what has ended."""
    now = timezone.now()
    return sum(model.objects.filter(ends_at__lte=now).delete()[0] for model in (HandedOver, Spent))


def _digest(*parts: str) -> bytes:
    # As JSON: no two lists of words are written alike.
    return hmac.new(settings.KEYS.lookup, json.dumps(parts).encode(), hashlib.sha256).digest()
