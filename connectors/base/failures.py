"""What went wrong on the wire, as a fault of the closed list. No message survives: it may name a patient."""

import math
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp import http_exceptions

from connectors.base.contract import Fault, SourceFault
from connectors.base.places import ForbiddenAddress

MAX_RETRY_AFTER_S = 300.0
MIN_RETRY_AFTER_S = 1.0
# What API gateways write in the body where they send no Retry-After.
_WAIT_IN_WORDS = re.compile(
    rb"try again (?:in|after) (\d{1,12}(?:\.\d{1,6})?) ?s(?:ec(?:ond)?s?)?\b", re.IGNORECASE
)

# First match decides, so the special ones stand above what they are kinds of.
_FAULTS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Fault], ...] = (
    (aiohttp.ClientConnectorDNSError, Fault.DNS),
    (
        (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch),
        Fault.TLS,
    ),
    (aiohttp.ClientPayloadError, Fault.TRUNCATED),
    ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), Fault.CONFIG),
    ((aiohttp.ClientResponseError, http_exceptions.HttpProcessingError), Fault.FORMAT),
    ((aiohttp.ClientConnectionError, OSError), Fault.CONNECT),
)


def fault_of(
    error: BaseException, *, in_body: bool, is_tls: bool, may_be_refused_late: bool = False
) -> Fault:
    """The fault an exception of the HTTP client stands for; ``in_body``: after the status had arrived.

    may_be_refused_late: we presented a certificate, and nothing has ever come back for it. From TLS 1.3 on a
    refusal comes after the handshake, and the reset that follows most often swallows its words.
    """
    if isinstance(getattr(error, "os_error", error), ForbiddenAddress):
        return Fault.FORBIDDEN
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return Fault.TLS
    if may_be_refused_late and _was_hung_up_on(error):
        return Fault.TLS
    # A peer that hangs up while the connection is being made has refused the handshake, not the port.
    if (
        is_tls
        and isinstance(error, aiohttp.ClientConnectorError)
        and isinstance(error.os_error, ConnectionResetError)
    ):
        return Fault.TLS
    for kind, fault in _FAULTS:
        if isinstance(error, kind):
            return Fault.TRUNCATED if in_body and fault is Fault.CONNECT else fault
    return Fault.OUR_BUG


def _was_hung_up_on(error: BaseException) -> bool:
    """Whether a connection that had been made ended before any answer."""
    is_lost = isinstance(error, aiohttp.ClientOSError | aiohttp.ServerDisconnectedError)
    return is_lost and not isinstance(error, aiohttp.ClientConnectorError)


def check_status(status: int, headers: Mapping[str, str], *, may_be_unknown: bool = False) -> bool:
    """Whether a body is to be read. False only for 404 where the contract says that means "unknown there".

    Raises SourceFault for everything but 200: an answer without content (204) is no answer.
    """
    if status == 200:
        return True
    if status == 404 and may_be_unknown:
        return False
    if 300 <= status < 400:
        raise SourceFault(Fault.REDIRECT)
    if status in (401, 403, 407):
        raise SourceFault(Fault.AUTH)
    if status == 429:
        raise SourceFault(Fault.THROTTLED, read_retry_after(headers.get("Retry-After", "")))
    if status == 408 or status >= 500:
        raise SourceFault(Fault.UNAVAILABLE)
    raise SourceFault(Fault.CONFIG if status >= 400 else Fault.FORMAT)


def read_wait_in_words(body: bytes) -> float | None:
    """As ``read_retry_after``, out of a refusal's words ("Try again in 7 seconds"); no more of it is kept."""
    found = _WAIT_IN_WORDS.search(body)
    return read_retry_after(found[1].decode()) if found else None


def read_retry_after(value: str) -> float | None:
    """Seconds to wait, between 1 and 300, from a number or an HTTP date; None where nothing can be read."""
    text = value.strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
            seconds -= datetime.now(UTC).timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
    if math.isnan(seconds):
        return None
    return min(max(seconds, MIN_RETRY_AFTER_S), MAX_RETRY_AFTER_S)
