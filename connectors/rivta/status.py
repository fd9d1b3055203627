"""The header ProcessingStatus: how each source system behind an aggregating service did.

Source: urn:riv:interoperability:headers:1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.base.contract import Freshness
from connectors.base.xmlreading import child, children
from connectors.rivta.elements import Element, hsa_id, text
from connectors.rivta.times import read_time

# A code unknown here is as good as no data.
_FRESHNESS: Mapping[str, Freshness] = {
    "datafromsource": Freshness.FRESH,
    "datafromcache": Freshness.CACHED,
    "datafromcachesynchfailed": Freshness.STALE,
}


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """``freshness`` None: no data, the system could not be reached. ``as_of``: when the copy was made."""

    system: str
    freshness: Freshness | None
    as_of: datetime | None = None


def read_statuses(header: Element | None) -> tuple[SystemStatus, ...]:
    """One for each system asked; none where the service does not aggregate."""
    statuses = child(header, "ProcessingStatus")
    if statuses is None:
        return ()
    return tuple(_read(record) for record in children(statuses, "ProcessingStatusList"))


def _read(record: Element) -> SystemStatus:
    freshness = _FRESHNESS.get(text(record, "statusCode").lower())
    made = read_time(record, "lastSuccessfulSynch")
    is_copy = freshness in (Freshness.CACHED, Freshness.STALE)
    as_of = made.at if is_copy and made is not None and not made.is_doubtful else None
    return SystemStatus(hsa_id(record, "logicalAddress"), freshness, as_of)
