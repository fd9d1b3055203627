"""What a session remembers of patients: sealed with a secret of its own and a key outside the database.

Gone with the secret, at sign-out and switch of assignment.
"""

import base64
import binascii
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from consent.encryption import Undecipherable, seal, unseal_with_any
from portal.patients.handles import HandleExpired, session_secret


def remember(request: HttpRequest, key: str, value: Any) -> None:
    """Keep something that JSON can say under a key of the session."""
    body = json.dumps(value, ensure_ascii=False).encode()
    bound = _bound_to(request, key, create=True)
    request.session[key] = base64.b64encode(seal(body, bound, settings.KEYS.handle)).decode()


def recall(request: HttpRequest, key: str) -> Any:
    """What was kept; None where nothing was, or nothing that this session can read."""
    try:
        sealed = base64.b64decode(request.session.get(key, ""))
        if not sealed:
            return None
        return json.loads(unseal_with_any(sealed, _bound_to(request, key), settings.KEYS.handles))
    except (HandleExpired, Undecipherable, ValueError, binascii.Error):
        return None


def _bound_to(request: HttpRequest, key: str, create: bool = False) -> bytes:
    return key.encode() + b"\0" + session_secret(request, create)
