"""Viva: the municipality's JSON, assumed: the vendor publishes none. HSL and SoL are two sources."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication, FixedHeader
from connectors.base.contract import (
    Answer,
    Connector,
    Fault,
    Manifest,
    Setting,
    SourceFault,
    SourceProfile,
)
from connectors.base.dates import read_when
from connectors.base.records import Record
from connectors.base.together import ask_together
from connectors.viva.entries import NULLIFIED, Draft, Entry, Unreadable, text, whose
from connectors.viva.law import is_outside_the_law
from connectors.viva.mapping import KINDS, LAWS, LISTS
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind

_STUMBLES = (Unreadable, ValueError, TypeError, LookupError, AttributeError, OverflowError)

_log = structlog.get_logger(__name__)


class VivaConnector(Connector):
    """One half of one municipality's Viva, chosen by the setting ``area``."""

    manifest = Manifest(
        slug="viva",
        label="Viva",
        kinds=KINDS["hsl"] | KINDS["sol"],
        settings=(
            Setting(
                "area",
                _("Del av Viva (hsl eller sol)"),
                help=_("hsl: hälso- och sjukvård, sol: SoL och LSS."),
            ),
            Setting("api_key", _("API-nyckel"), is_secret=True),
        ),
        is_public_interface=False,
    )

    @classmethod
    def kinds_of(cls, settings: Mapping[str, str]) -> frozenset[Kind]:
        return KINDS.get(settings.get("area", ""), cls.manifest.kinds)

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return FixedHeader("X-Api-Key", profile.settings.get("api_key", ""))

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """Kinds of the other half are absent: this source says nothing about them."""
        area = self._area()
        wanted = kinds & KINDS[area]
        people = {person.number: person for person in (permit.patient, *permit.aliases)}
        with self.transport.deadline():
            replies = await ask_together([self._ask(area, person) for person in people.values()])
        records: dict[tuple[Kind, str], Record] = {}
        unreadable: list[frozenset[Kind]] = []
        as_of = datetime.now(UTC)
        for reply in replies:
            if isinstance(reply, SourceFault):
                raise reply
            unreadable += self._read(reply, area, people, wanted, records)
            as_of = min(as_of, _as_of(reply) or as_of)
        return Answer(
            tuple(records.values()),
            as_of,
            unparsed=len(unreadable),
            incomplete_kinds=frozenset[Kind]().union(*unreadable),
            absent=kinds - wanted,
        )

    async def probe(self) -> None:
        reply = await self.transport.get_json("api/v1/status")
        if reply.get("status") != "ok":
            raise SourceFault(Fault.REPORTED)

    def _area(self) -> str:
        area = self.profile.settings.get("area", "")
        if area not in KINDS:
            raise SourceFault(Fault.CONFIG)
        return area

    async def _ask(self, area: str, person: PersonId) -> dict[str, Any] | SourceFault:
        try:
            reply = await self.transport.post_json(
                f"api/v1/{area}/personer/sok", {"personid": person.number, "typ": person.type.value}
            )
            if (answered := text(reply.get("personid"))) != person.number:
                raise SourceFault(Fault.FOREIGN_PATIENT if answered else Fault.FORMAT)
        except SourceFault as fault:
            return fault
        except Unreadable:
            return SourceFault(Fault.FORMAT)
        return reply

    def _read(
        self,
        reply: Mapping[str, Any],
        area: str,
        people: Mapping[str, PersonId],
        wanted: frozenset[Kind],
        records: dict[tuple[Kind, str], Record],
    ) -> list[frozenset[Kind]]:
        """Add what one reply holds; for each entry that could not be read, the kinds it may have been.

        Raises SourceFault.
        """
        unreadable: list[frozenset[Kind]] = []
        outside = 0
        for name, mappings in LISTS.items():
            entries = reply.get(name)
            if not isinstance(entries, list):
                raise SourceFault(Fault.FORMAT)
            for entry in entries:
                try:
                    draft = Draft(_checked(entry), whose(entry, people), self.profile)
                    if is_outside_the_law(draft):
                        outside += 1
                        continue
                    if text(draft.get("status")) in NULLIFIED:
                        continue
                    if draft.law not in LAWS[area]:
                        raise Unreadable("another law")
                    mapped = [r for kind in mappings if kind in wanted for r in mappings[kind](draft)]
                except _STUMBLES as error:
                    _log.warning(
                        "entry_unparsed", source=self.profile.slug, list=name, error=type(error).__name__
                    )
                    unreadable.append(frozenset(mappings))
                    continue
                for record in mapped:
                    records.setdefault((record.kind, record.id), record)
        if outside:
            _log.info("entries_outside_the_law", source=self.profile.slug, count=outside)
        return unreadable


def _checked(entry: object) -> Entry:
    if not isinstance(entry, dict):
        raise Unreadable("not an object")
    return entry


def _as_of(reply: Mapping[str, Any]) -> datetime | None:
    """When Viva says it answered; None where it does not, or says something doubtful."""
    try:
        when = read_when(reply.get("hamtad"))
    except ValueError:
        raise SourceFault(Fault.FORMAT) from None
    return None if when is None or when.is_doubtful else when.at
