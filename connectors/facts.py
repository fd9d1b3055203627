"""The fact sources the gate asks, found among the configured sources."""

from typing import Protocol, runtime_checkable

from connectors.base.contract import SourceProfile
from connectors.base.registry import connector_classes
from connectors.sources import connector_for
from consent.facts import Person, PersonSource
from consent.terms import PersonId


@runtime_checkable
class _Finds(Protocol):
    async def find(self, person: PersonId) -> Person: ...


class _ConfiguredPersonSource:
    """Asks through the running loop's own connector, so that it can be made before there is a loop."""

    def __init__(self, profile: SourceProfile) -> None:
        self._profile = profile

    async def find(self, person: PersonId) -> Person:
        """Raises UnknownPerson."""
        connector = await connector_for(self._profile)
        if not isinstance(connector, _Finds):
            return Person(person)
        return await connector.find(person)


def person_source(profiles: tuple[SourceProfile, ...]) -> PersonSource | None:
    """The population facts' source, or None where none is configured (or, by mistake, more than one)."""
    classes = connector_classes()
    candidates = [p for p in profiles if hasattr(classes.get(p.connector), "find")]
    return _ConfiguredPersonSource(candidates[0]) if len(candidates) == 1 else None
