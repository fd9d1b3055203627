"""Bearer tokens of sources: made, approved by another, proved, revoked. Only a hash is ever stored.

A token is 32 random bytes, so a plain SHA-256 of it cannot be guessed back. Its beginning finds the row.
"""

import hashlib
import secrets
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from connectors.models import PendingChange, Source
from connectors.openfeed.models import Token
from connectors.openfeed.refusing import Code, RefusedWhole

_PREFIX = "pof"
_NAME_BYTES = 4
_SECRET_BYTES = 32
LONGEST = 100
NOTED_AT_MOST_EVERY_S = 60


def make_token(
    source: Source, label: str, by: Any = None, request: PendingChange | None = None
) -> tuple[Token, str]:
    """A new, unapproved token and its text, which is never seen again. ``request``: what approves it."""
    name = secrets.token_hex(_NAME_BYTES)
    text = f"{_PREFIX}_{name}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return Token(source=source, label=label, name=name, digest=_hash(text), made_by=by, request=request), text


def find(text: str) -> Token | None:
    """The token this text is, whether or not it opens anything, and its source with it. Compares in constant
    time, and compares something even where nothing was found."""
    parts = text.split("_", 2) if len(text) <= LONGEST and text.isascii() else []
    name = parts[1] if len(parts) == 3 and parts[0] == _PREFIX else ""
    found = Token.objects.select_related("source__owner", "request").filter(name=name).first()
    is_it = secrets.compare_digest(bytes(found.digest) if found else _hash(""), _hash(text))
    return found if is_it else None


def prove(text: str) -> Token:
    """The token this text is, if it is in force. Raises RefusedWhole: TOKEN_WAITING to whoever holds a key
    that nobody has approved yet, WRONG_TOKEN to everybody else."""
    found = find(text)
    if found is None or not found.is_in_force:
        is_waiting = found is not None and found.is_waiting
        raise RefusedWhole(Code.TOKEN_WAITING if is_waiting else Code.WRONG_TOKEN)
    _note_use(found)
    return found


def approve(token: Token, by: Any) -> None:
    """By somebody else than made it, by the same rule as all else that two must do. Raises ValueError where
    that is not so, or where there is nothing to approve."""
    if not may_approve(token, by):
        raise ValueError("not to be approved by this person")
    token.approved_at, token.approved_by = timezone.now(), by
    token.save(update_fields=["approved_at", "approved_by"])


def may_approve(token: Token, by: Any) -> bool:
    if not token.is_waiting or token.request_id is not None:  # the request is what is approved then
        return False
    return token.made_by is None or bool(by.is_independent_of(token.made_by))


def revoke(token: Token) -> None:
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])


def _note_use(token: Token) -> None:
    """Once a minute is enough to see whether a token is still in use."""
    now = timezone.now()
    if token.used_at is None or (now - token.used_at).total_seconds() > NOTED_AT_MOST_EVERY_S:
        is_unnoted = Q(used_at=None) | Q(used_at__lt=now)
        Token.objects.filter(is_unnoted, pk=token.pk).update(used_at=Now())


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
