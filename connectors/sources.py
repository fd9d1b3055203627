"""The configured sources, as values, and a connector for each, kept as long as its profile stays the same."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db.models import F

from connectors.base.contract import Connector, SourceProfile
from connectors.base.registry import build_connector
from connectors.models import ConfigurationVersion, Source
from consent.models import CareProvider
from consent.questions import Question
from consent.terms import Provider
from consent.vocabulary import Kind

_TOKEN = Question(lambda: ConfigurationVersion.objects.values_list("token"))
_connectors: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Connector]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Configured:
    """``sources``: the enabled ones. ``providers``: all that are known, by HSA-id. ``expected``: which
    provider (HSA-id) is expected to deliver which kind."""

    sources: tuple[SourceProfile, ...]
    providers: Mapping[str, Provider]
    expected: frozenset[tuple[str, Kind]]


@dataclass(frozen=True, slots=True)
class _Kept:
    token: UUID
    configured: Configured


_kept: _Kept | None = None


def configuration() -> Configured:
    """What an overview needs to know of its sources, as it stands now. Blocking: one query, and two more
    where anything has changed since this process asked last."""
    global _kept  # noqa: PLW0603 (one for the process: what a token names never changes)
    # The token first: what is changed in between is read already, under a token that has passed.
    found = _TOKEN.ask()
    kept = _kept
    if found and kept is not None and kept.token == found[0][0]:
        return kept.configured
    configured = read_configuration()
    if found:
        _kept = _Kept(found[0][0], configured)
    return configured


def read_configuration() -> Configured:
    """From providers and sources themselves: two queries."""
    providers: dict[str, Provider] = {}
    expected = set()
    for row in CareProvider.objects.annotate(expected_kind=F("expected_deliveries__kind")):
        providers.setdefault(row.hsa_id, row.as_value())
        if row.expected_kind is not None:
            expected.add((row.hsa_id, Kind(row.expected_kind)))
    rows = Source.objects.filter(enabled=True).select_related("owner", "default_unit__provider")
    return Configured(tuple(row.as_profile(providers) for row in rows), providers, frozenset(expected))


def configured_sources() -> tuple[SourceProfile, ...]:
    """Every enabled source. Blocking, as ``configuration``."""
    return configuration().sources


async def connector_for(profile: SourceProfile) -> Connector:
    """The running loop's connector for a source, made anew when the profile changes. UnknownConnector."""
    mine = _connectors.setdefault(asyncio.get_running_loop(), {})
    kept = mine.get(profile.slug)
    if kept is None or kept.profile != profile:
        kept = mine[profile.slug] = build_connector(profile)
    return kept
