"""When an idle session ends, and whether a request moves that end."""

import time
from typing import Any

from django.conf import settings

RENEWED_KEY = "renewed"
# The end is moved once a minute at most: a write per look would cost every page a transaction.
RENEWED_AT_MOST_EVERY_S = 60
WARNED_BEFORE_S = 120


def renew(session: Any, *, at_once: bool = False) -> None:
    """Only a session already read: reading it here would be a query on the event loop."""
    if not is_read(session):
        return
    now = time.time()
    if at_once or now - session.get(RENEWED_KEY, 0) > RENEWED_AT_MOST_EVERY_S:
        session[RENEWED_KEY] = now


def seconds_left(session: Any) -> int:
    """Until the session ends if nothing more is done, this request's answer counted in. Never too many."""
    if not is_read(session):
        return settings.SESSION_COOKIE_AGE - RENEWED_AT_MOST_EVERY_S
    idle = time.time() - session.get(RENEWED_KEY, 0)
    return int(settings.SESSION_COOKIE_AGE - (0 if idle > RENEWED_AT_MOST_EVERY_S else idle))


def is_read(session: Any) -> bool:
    return hasattr(session, "_session_cache") and not session.is_empty()
