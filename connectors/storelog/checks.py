"""What production refuses of the national log's settings: patients' numbers leave the house there."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from connectors.base.certificates import client_tls
from connectors.base.contract import SourceFault
from connectors.placing import flaw_of
from connectors.storelog.terms import NationalLog

HINT = "docs/national-log.md says what each variable is."


def refuse_unsafe_national_log(
    app_configs: Iterable[AppConfig] | None,  # noqa: ARG001
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    place = settings.NATIONAL_LOG
    if place is None or not settings.PRODUCTION:
        return []
    return [Error(words, hint=HINT, id="storelog.E001") for words in _flaws(place)]


def _flaws(place: NationalLog) -> Iterable[str]:
    if not place.url.startswith("https://"):
        yield "NATIONAL_LOG_URL must be https: the log names patients and staff."
    elif flaw_of(place.url) is not None:
        yield "NATIONAL_LOG_URL lies where the portal may not call (SOURCE_NETWORKS, SOURCE_HOSTS)."
    if not place.certificate.strip():
        yield "NATIONAL_LOG_CERTIFICATE must be set: the service knows its callers by certificate."
    try:
        client_tls(place.authority, place.certificate, place.key)
    except SourceFault:
        yield "NATIONAL_LOG_CERTIFICATE, _KEY and _AUTHORITY must be PEM, the key without pass phrase."
