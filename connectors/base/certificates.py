"""Mutual TLS: who we are and whom we believe, from PEM text kept as a source's secret settings.

TLS 1.2 at least, the host's name always checked. A private authority takes the place of the public ones. A
certificate of ours that has run out is never presented: the source is not asked, and the fault says why.
"""

import os
import re
import ssl
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from connectors.base.contract import Fault, SourceFault

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_LINE_CHARACTERS = 64
CERTIFICATE_BEGINS = "-----BEGIN CERTIFICATE-----"
# What is presented by a context, for as long as the context is kept: an SSLContext does not tell.
_ends: "weakref.WeakKeyDictionary[ssl.SSLContext, datetime]" = weakref.WeakKeyDictionary()


def client_tls(authority: str, certificate: str, key: str) -> ssl.SSLContext:
    """A context that trusts ``authority`` (the public ones where empty) and presents ``certificate``.

    All three are PEM, the key without pass phrase, the certificate with what leads up to its authority.
    Raises SourceFault(CONFIG) for a certificate without key, or text that is none of it.
    """
    if bool(certificate.strip()) is not bool(key.strip()):
        raise SourceFault(Fault.CONFIG)
    try:
        context = ssl.create_default_context(cadata=_as_pem(authority) if authority.strip() else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate.strip():
            with _in_memory(_as_pem(key) + _as_pem(certificate)) as path:
                context.load_cert_chain(path, password=_no_pass_phrase)
            _ends[context] = end_of(certificate)
    except (ssl.SSLError, ValueError, OSError):
        raise SourceFault(Fault.CONFIG) from None
    return context


def end_of(certificates: str) -> datetime:
    """When the first of these certificates to run out does (UTC). ValueError: there is none, or one that
    cannot be read."""
    # Here and not above: the transport knows this module, and vendors' kit does without this library.
    from cryptography import x509

    found = x509.load_pem_x509_certificates(_as_pem(certificates).encode("ascii"))
    return min(one.not_valid_after_utc for one in found)


def has_run_out(context: ssl.SSLContext | bool) -> bool:
    """Whether what a context presents no longer holds, by the clock of this moment."""
    ends = _ends.get(context) if isinstance(context, ssl.SSLContext) else None
    return ends is not None and ends <= datetime.now(UTC)


def _as_pem(text: str) -> str:
    """PEM as it should be written. A field of one line has taken its line breaks away. ValueError: no PEM."""
    blocks = []
    for kind, body in _BLOCK.findall(text):
        packed = "".join(body.split())
        lines = [packed[i : i + _LINE_CHARACTERS] for i in range(0, len(packed), _LINE_CHARACTERS)]
        blocks.append("\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""]))
    if not blocks:
        raise ValueError("no PEM")
    return "".join(blocks)


def _no_pass_phrase() -> str:
    """A server has nobody to ask; without this, OpenSSL would ask on the terminal."""
    raise ValueError("the key has a pass phrase")


@contextmanager
def _in_memory(text: str) -> Iterator[str]:
    """A path to the text that lies on no disk: OpenSSL reads certificates and keys from files alone."""
    descriptor = os.memfd_create("pem", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, text.encode("ascii"))
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
