"""The configured sources, as values, and a connector for each, kept as long as its profile stays the same."""

import asyncio
from weakref import WeakKeyDictionary

from connectors.base.contract import Connector, SourceProfile
from connectors.base.registry import build_connector
from connectors.models import ExpectedDelivery, Source
from consent.models import CareProvider
from consent.terms import Provider
from consent.vocabulary import Kind

_connectors: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Connector]] = WeakKeyDictionary()


def configured_sources() -> tuple[SourceProfile, ...]:
    """Every enabled source. Blocking: two queries, the sources and all known providers."""
    rows = Source.objects.filter(enabled=True).select_related("owner", "default_unit__provider")
    providers: dict[str, Provider] = {row.hsa_id: row.as_value() for row in CareProvider.objects.all()}
    return tuple(row.as_profile(providers) for row in rows)


def expected_deliveries() -> frozenset[tuple[str, Kind]]:
    """Which provider (HSA-id) is expected to deliver which kind. Blocking: one query."""
    rows = ExpectedDelivery.objects.values_list("provider_id", "kind")
    return frozenset((provider_id, Kind(kind)) for provider_id, kind in rows)


async def connector_for(profile: SourceProfile) -> Connector:
    """The running loop's connector for a source, made anew when the profile changes. UnknownConnector."""
    mine = _connectors.setdefault(asyncio.get_running_loop(), {})
    kept = mine.get(profile.slug)
    if kept is None or kept.profile != profile:
        kept = mine[profile.slug] = build_connector(profile)
    return kept
