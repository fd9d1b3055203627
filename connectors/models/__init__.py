"""What this floor keeps: configured sources, what waits about them, how they answered, the directory."""

from connectors.models.changes import PendingChange
from connectors.models.directory import DirectoryEntry
from connectors.models.sources import MAX_DEADLINE_S, ExpectedDelivery, Source
from connectors.models.standing import SourceHour
from connectors.models.version import ConfigurationVersion

__all__ = [
    "MAX_DEADLINE_S",
    "ConfigurationVersion",
    "DirectoryEntry",
    "ExpectedDelivery",
    "PendingChange",
    "Source",
    "SourceHour",
]
