"""The contact directory as a source: one owner's units, out of our own tables. No wire, no secrets."""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Answer, Connector, Fault, Manifest, SourceFault
from connectors.base.kinds import Contact, ContactRole
from connectors.base.records import Phone, Status, When
from consent.database import on_database_thread
from consent.terms import Origin, Permit, Provider
from consent.vocabulary import InformationType, Kind

# The values of ``connectors.models.DirectoryEntry.role``; connectors are loaded before any model is.
ROLES = {
    "unit": ContactRole.UNIT,
    "on_call": ContactRole.ON_CALL,
    "stand_in": ContactRole.PAL_STAND_IN,
    "other": ContactRole.OTHER,
}
USES = {"unit": "day", "on_call": "on_call"}


class DirectoryConnector(Connector):
    """How one owner's units are reached. What it says is about units: the page shows it only for a unit that
    somebody else has already named (``Contact.is_about_unit``)."""

    manifest = Manifest(slug="directory", label=_("Kontaktkatalogen"), kinds=frozenset({Kind.CONTACT}))

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """The same answer whoever the patient is. Raises SourceFault."""
        owner = self._owner()
        if Kind.CONTACT not in kinds:
            return Answer((), datetime.now(UTC))
        entries = await _read(owner)
        return Answer(tuple(self._map(entry, owner, permit) for entry in entries), datetime.now(UTC))

    async def probe(self) -> None:
        await _read(self._owner())

    def _owner(self) -> Provider:
        if self.profile.owner is None:
            raise SourceFault(Fault.CONFIG)
        return self.profile.owner

    def _map(self, entry: Any, owner: Provider, permit: Permit) -> Contact:
        unit, verified = entry.unit, When.on(entry.verified_on)
        return Contact(
            id=f"directory/{entry.pk}",
            source=self.profile.slug,
            patient=permit.patient,
            origin=Origin(owner, unit.hsa_id, unit.name, InformationType.ADMINISTRATIVE),
            status=Status.ACTIVE,
            title=unit.name,
            is_about_unit=True,
            role=ROLES[entry.role],
            name=entry.name or unit.name,
            phones=(Phone(entry.phone, hours=entry.hours, use=USES.get(entry.role, "direct")),),
            verified=verified,
        )


async def _read(owner: Provider) -> list[Any]:
    """One query. Raises SourceFault: a table that cannot be read is no empty table."""
    entries: Any = apps.get_model("connectors", "DirectoryEntry")
    rows = entries.objects.filter(unit__provider_id=owner.hsa_id).select_related("unit")
    try:
        return await on_database_thread(list, rows)
    except DatabaseError:
        raise SourceFault(Fault.UNAVAILABLE) from None
