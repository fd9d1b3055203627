"""Who is signed in: by the row that came with the session, as Django would find it anew."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, get_user, load_backend
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


def user_of(request: HttpRequest) -> Any:
    """Whoever is signed in, as Django has it: of the row that came with the session where everything about it
    is as it should be; whatever is not, Django looks at itself."""
    session: Any = request.session
    signed_in, path, proof = (session.get(key) for key in (USER_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY))
    user = session.user_row
    if user is None or signed_in != str(user.pk) or path not in settings.AUTHENTICATION_BACKENDS:
        return get_user(request)
    backend: Any = load_backend(path)
    is_ours = isinstance(backend, ModelBackend) and type(backend).get_user is ModelBackend.get_user
    if not (is_ours and backend.user_can_authenticate(user)):
        return get_user(request)
    is_proved = bool(proof) and constant_time_compare(proof, user.get_session_auth_hash())
    return user if is_proved else get_user(request)
