"""Second factors written anew with the field key in use. allauth keeps their secrets as text within JSON, so
they are found by name here."""

import base64
import binascii
from collections import Counter
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from consent.encryption import Undecipherable, key_id_of
from portal.accounts.local import MFAAdapter

# By type; a passkey's public key is no secret. A test compares this with what allauth encrypts.
ENCRYPTED = {
    Authenticator.Type.TOTP: ("secret",),
    Authenticator.Type.RECOVERY_CODES: ("seed", "migrated_codes"),
}


def ids_in_factors() -> Counter[str]:
    """How many secrets are on each older key, by its id."""
    held = Authenticator.objects.filter(type__in=ENCRYPTED)
    texts = [text for one in held.iterator() for text in _texts(one)]
    return Counter(name for text in texts if (name := _id_of(text)) != settings.KEYS.field_current)


def rewrite_factors() -> tuple[int, int]:
    """One transaction a factor. Returns how many were written anew, and how many no key at hand opens."""
    done, unreadable = 0, 0
    for key in Authenticator.objects.filter(type__in=ENCRYPTED).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            # Held while it is written: a reserve code that is used meanwhile must stay used.
            one = Authenticator.objects.select_for_update().filter(pk=key).first()
            if one is None or not any(_id_of(text) != settings.KEYS.field_current for text in _texts(one)):
                continue
            try:
                one.data = _rewritten(one)
            except Undecipherable:
                unreadable += 1
                continue
            one.save(update_fields=["data"])
            done += 1
    return done, unreadable


def _texts(one: Authenticator) -> list[str]:
    found: list[str] = []
    for name in ENCRYPTED[one.type]:
        held = one.data.get(name)
        found += held if isinstance(held, list) else [held] if held else []
    return found


def _rewritten(one: Authenticator) -> dict[str, Any]:
    data = dict(one.data)
    for name in ENCRYPTED[one.type]:
        held = data.get(name)
        if isinstance(held, list):
            data[name] = [_again(text) for text in held]
        elif held:
            data[name] = _again(held)
    return data


def _again(text: str) -> str:
    adapter = MFAAdapter()
    return adapter.encrypt(adapter.decrypt(text))


def _id_of(text: str) -> str:
    try:
        return key_id_of(base64.b64decode(text))
    except (Undecipherable, binascii.Error):
        return "?"
