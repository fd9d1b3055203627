"""The national log service, from the environment. NATIONAL_LOG_URL unset: nothing is sent anywhere."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from connectors.storelog.terms import LOGICAL_ADDRESS, NationalLog
from portal.settings.environment import read_text

__all__ = ["NATIONAL_LOG"]

MOST_ID = 32


def read_national_log() -> NationalLog | None:
    """Raises ImproperlyConfigured. The message never repeats a value."""
    url = read_text("NATIONAL_LOG_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise ImproperlyConfigured("NATIONAL_LOG_URL must be an address without user, password or query.")
    system_id = read_text("NATIONAL_LOG_SYSTEM")
    address = read_text("NATIONAL_LOG_ADDRESS", LOGICAL_ADDRESS)
    for name, value in (("NATIONAL_LOG_SYSTEM", system_id), ("NATIONAL_LOG_ADDRESS", address)):
        if len(value) > MOST_ID or not value.replace("-", "").isalnum():
            raise ImproperlyConfigured(f"{name} must be an HSA-id.")
    texts = {
        name: read_text(f"NATIONAL_LOG_{name.upper()}", "") for name in ("certificate", "key", "authority")
    }
    return NationalLog(url, system_id, address, **texts)


NATIONAL_LOG = read_national_log()
