"""The open interface, pulled: one question per person, flat records in pages, nothing but JSON."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication, bearer
from connectors.base.contract import Answer, Connector, Fault, Manifest, Setting, SourceFault, SourceProfile
from connectors.base.dates import read_when
from connectors.base.findings import Finding
from connectors.base.records import Record
from connectors.base.transport import MAX_PAGES
from connectors.openfeed.flat import PATIENT_TYPES, VERSION, WITHDRAWN, Draft, Unreadable, text, whose
from connectors.openfeed.mapping import KINDS, TYPES, is_outside_the_law
from connectors.openfeed.reviewing import review_records
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind

_STUMBLES = (Unreadable, ValueError, TypeError, LookupError, AttributeError, OverflowError)
_TYPE_OF = {id_type: name for name, id_type in PATIENT_TYPES.items()}

_log = structlog.get_logger(__name__)


class OpenfeedConnector(Connector):
    """``POST [base]/records`` with the number in the body and a bearer token in the header."""

    manifest = Manifest(
        slug="openfeed",
        label=_("Öppet flöde"),
        kinds=KINDS,
        settings=(Setting("token", _("Nyckel (bearer)"), is_secret=True),),
    )

    reviews_files = True

    @classmethod
    def review(cls, text: str, profile: SourceProfile) -> tuple[Finding, ...]:
        return review_records(text, profile)

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication:
        return bearer(profile.settings.get("token", ""))

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        people = {person.number: person for person in (permit.patient, *permit.aliases)}
        with self.transport.deadline():
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._ask(person)) for person in people.values()]
        reading = _Reading(self.profile, people, kinds)
        for pages in (task.result() for task in tasks):
            if isinstance(pages, SourceFault):
                raise pages
            for page in pages:
                reading.read(page)
        return reading.answer()

    async def probe(self) -> None:
        """``GET [base]/`` tells which version is spoken. Raises SourceFault."""
        reply = await self.transport.get_json("")
        if reply.get("v") != VERSION:
            raise SourceFault(Fault.CONFIG)

    async def _ask(self, person: PersonId) -> list[dict[str, Any]] | SourceFault:
        """Every page about one number. The cursor is the source's own; one seen before ends the reading."""
        asked: dict[str, Any] = {"patient": person.number, "patient_type": _TYPE_OF[person.type]}
        pages: list[dict[str, Any]] = []
        seen: set[str] = set()
        try:
            for _page in range(MAX_PAGES):
                reply = await self.transport.post_json("records", asked)
                if not isinstance(reply.get("records"), list):
                    return SourceFault(Fault.FORMAT)
                pages.append(reply)
                cursor = text(reply.get("next"))
                if not cursor:
                    return pages
                if cursor in seen:
                    break
                seen.add(cursor)
                asked = {**asked, "cursor": cursor}
        except SourceFault as fault:
            return fault
        except Unreadable:
            return SourceFault(Fault.FORMAT)
        pages[-1] = {**pages[-1], "is_cut": True}
        return pages


class _Reading:
    """What the pages hold, record by record. One bad record never costs another."""

    def __init__(
        self, profile: SourceProfile, people: Mapping[str, PersonId], kinds: frozenset[Kind]
    ) -> None:
        self.profile, self.people, self.kinds = profile, people, kinds
        self.records: dict[tuple[Kind, str], Record] = {}
        self.unparsed = 0
        self.outside = 0
        self.incomplete: frozenset[Kind] | None = frozenset()
        self.is_cut = False
        self.as_of = datetime.now(UTC)

    def read(self, page: Mapping[str, Any]) -> None:
        """Raises SourceFault: FOREIGN_PATIENT, or FORMAT where the page's own time is no time."""
        try:
            when = read_when(page.get("as_of"))
        except ValueError:
            raise SourceFault(Fault.FORMAT) from None
        if when is not None and when.at is not None and not when.is_doubtful:
            self.as_of = min(self.as_of, when.at)
        if page.get("is_cut") is True or page.get("withheld") is True:
            self.is_cut, self.incomplete = True, None
        for entry in page["records"]:
            self._read_one(entry)

    def _read_one(self, entry: object) -> None:
        concerns: frozenset[Kind] | None = None
        try:
            if not isinstance(entry, dict):
                raise Unreadable("not an object")
            draft = Draft(entry, whose(entry, self.people), self.profile)
            if draft.type not in TYPES:
                raise Unreadable("type")
            concerns, map_record = TYPES[draft.type]
            if text(entry.get("status")) in WITHDRAWN or not concerns & self.kinds:
                return
            if is_outside_the_law(draft):
                self.outside += 1
                return
            record = map_record(draft)
        except SourceFault:
            raise
        except _STUMBLES as error:
            field = str(error) if isinstance(error, Unreadable) else ""
            _log.warning("entry_unparsed", source=self.profile.slug, error=type(error).__name__, field=field)
            self.unparsed += 1
            if self.incomplete is not None:
                self.incomplete = None if concerns is None else self.incomplete | concerns
            return
        if record.kind in self.kinds:
            self.records[record.kind, record.id] = record

    def answer(self) -> Answer:
        if self.outside:
            _log.info("entries_outside_the_law", source=self.profile.slug, count=self.outside)
        return Answer(
            tuple(self.records.values()),
            self.as_of,
            withheld=self.is_cut,
            unparsed=self.unparsed,
            incomplete_kinds=self.incomplete,
        )
