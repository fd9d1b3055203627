"""The open interface: one question per person, flat records in pages; or what the source delivered itself.

However records came, one mapping reads them.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication, bearer
from connectors.base.contract import (
    Answer,
    Connector,
    Fault,
    Manifest,
    Setting,
    SourceFault,
    SourceProfile,
    Words,
)
from connectors.base.findings import Finding
from connectors.base.together import ask_together
from connectors.base.transport import MAX_PAGES
from connectors.openfeed.declaration import VERSION
from connectors.openfeed.flat import Unreadable, text
from connectors.openfeed.mapping import KINDS
from connectors.openfeed.reading import Reading
from connectors.openfeed.reviewing import review_records
from connectors.openfeed.terms import (
    FRESH_HOURS,
    NOTICE_KEY,
    RECEIVES,
    RETENTION_DAYS,
    UnsoundTerms,
    flaws_of,
    receives,
    terms_of,
)
from connectors.openfeed.vocabulary import PATIENT_TYPES
from consent.database import on_database_thread
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind

_TYPE_OF = {id_type: name for name, (id_type, _words) in PATIENT_TYPES.items()}


class OpenfeedConnector(Connector):
    """``POST [base]/records`` with the number in the body and a bearer token in the header; for a source that
    delivers by itself, the store of what it delivered."""

    manifest = Manifest(
        slug="openfeed",
        label=_("Öppet flöde"),
        kinds=KINDS,
        chooses_kinds=True,
        settings=(
            Setting(
                "token",
                _("Nyckel (bearer)"),
                is_secret=True,
                is_required=False,
                help=_("Som portalen visar upp när den frågar källan."),
            ),
            Setting(
                RECEIVES,
                _("Källan lämnar själv sina uppgifter"),
                type=bool,
                is_required=False,
                help=_("Genom anrop eller fil. Då sparas de krypterade här, och källan frågas inte om dem."),
            ),
            Setting(
                RETENTION_DAYS,
                _("Uppgifterna sparas, dagar"),
                type=int,
                is_required=False,
                help=_("Krävs för en källa som lämnar själv. Det som inte lämnats igen inom tiden tas bort."),
            ),
            Setting(
                FRESH_HOURS,
                _("Räknas som aktuell, timmar"),
                type=int,
                is_required=False,
                help=_(
                    "Krävs för en källa som lämnar själv. Så länge efter en fullständig leverans betyder"
                    " tystnad att inget har ändrats."
                ),
            ),
            Setting(
                NOTICE_KEY,
                _("Nyckel för aviseringar"),
                is_secret=True,
                is_required=False,
                help=_("Minst 32 tecken. Källan signerar med den när den säger att något har ändrats."),
            ),
        ),
    )

    reviews_files = True

    @classmethod
    def review(cls, text: str, profile: SourceProfile) -> tuple[Finding, ...]:
        return review_records(text, profile)

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> Authentication | None:
        token = profile.settings.get("token", "")
        return bearer(token) if token else None

    @classmethod
    def flaws_of(cls, settings: Mapping[str, str]) -> Mapping[str, Words]:
        return flaws_of(settings)

    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        people = {person.number: person for person in (permit.patient, *permit.aliases)}
        if receives(self.profile.settings):
            return await self._fetch_held(people, kinds)
        reading = Reading(self.profile, people, kinds)
        for page in await self.ask_about(people):
            reading.read(page)
        return reading.answer()

    async def ask_about(self, people: Mapping[str, PersonId]) -> list[dict[str, Any]]:
        """Every page about these numbers, asked for at once. Raises SourceFault."""
        with self.transport.deadline():
            replies = await ask_together([self._ask(person) for person in people.values()])
        pages: list[dict[str, Any]] = []
        for said in replies:
            if isinstance(said, SourceFault):
                raise said
            pages += said
        return pages

    async def _fetch_held(self, people: Mapping[str, PersonId], kinds: frozenset[Kind]) -> Answer:
        # The models are there when apps are loaded, which is after this module is.
        from connectors.openfeed.holding import answer_from, read_held

        try:
            terms = terms_of(self.profile.settings)
        except UnsoundTerms:
            raise SourceFault(Fault.CONFIG) from None
        held = await on_database_thread(read_held, self.profile.slug, terms, tuple(people.values()))
        return answer_from(held, self.profile, people, kinds)

    async def probe(self) -> None:
        """``GET [base]/`` tells which version is spoken; one that delivers by itself has to be current.
        Raises SourceFault."""
        if receives(self.profile.settings):
            if (await self._fetch_held({}, KINDS)).absent:
                raise SourceFault(Fault.UNAVAILABLE)
            return
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
