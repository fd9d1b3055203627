"""The opaque handle that stands for a patient in a URL: sealed, bound to one session, stored nowhere.

A handle of another session, of an ended session or of another assignment opens nothing, and looks the same
as one that never was.
"""

import base64
import binascii
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import Http404, HttpRequest

from consent.terms import PersonId
from consent.vocabulary import IdType

SESSION_KEY = "handles"
_NONCE_BYTES = 12


class HandleExpired(Http404):
    """The link holds no longer, or never held here."""


def make_handle(request: HttpRequest, person: PersonId) -> str:
    """URL-safe text, about 90 characters; another one each time."""
    return seal_person(person, session_secret(request, create=True))


def open_handle(request: HttpRequest, handle: str) -> PersonId:
    """The patient a handle stands for in this session. Raises HandleExpired."""
    return unseal_person(handle, session_secret(request))


def seal_person(person: PersonId, bound_to: bytes) -> str:
    """A handle that opens together with ``bound_to`` alone."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    body = json.dumps([person.type.value, person.number]).encode()
    # All handles are of one length: whoever reads over a shoulder learns not even what sort of number it is.
    sealed = _cipher().encrypt(nonce, body.ljust(48), bound_to)
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def unseal_person(handle: str, bound_to: bytes) -> PersonId:
    """Raises HandleExpired."""
    try:
        raw = base64.urlsafe_b64decode(handle + "=" * (-len(handle) % 4))
        # The decoder skips what it does not know and ignores spare bits: one handle, one spelling.
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != handle:
            raise HandleExpired
        body = _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to)
        kind, number = json.loads(body)
        return PersonId(number, IdType(kind))
    except (ValueError, binascii.Error, InvalidTag) as error:
        raise HandleExpired from error


def _cipher() -> AESGCM:
    return AESGCM(settings.KEYS.handle)


def session_secret(request: HttpRequest, create: bool = False) -> bytes:
    """A random secret of the session, made at its first search and gone with session or assignment."""
    secret = request.session.get(SESSION_KEY)
    if secret is None:
        if not create:
            raise HandleExpired
        secret = secrets.token_urlsafe(24)
        request.session[SESSION_KEY] = secret
    return str(secret).encode()
