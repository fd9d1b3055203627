"""Attention signals: Cosmic's JSON beside FHIR, for what FHIR there does not have. The schema is assumed.

Public are the path, the gateway's key, and that a signal names its access zone unit and its care provider.
The rest is our own (README). Names are read without regard to case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from yarl import URL

from connectors.base.contract import Answer, Fault, SourceFault, SourceProfile
from connectors.base.dates import read_when
from connectors.base.numbers import PERSON_SYSTEMS
from connectors.base.records import Record
from connectors.base.together import ask_together
from connectors.base.transport import Transport
from connectors.cosmic.signal_mapping import (
    NULLIFIED,
    Signal,
    Unreadable,
    fields_of,
    map_signal,
    text,
    whose,
)
from connectors.fhir.reader import read_names
from consent.terms import PersonId
from consent.vocabulary import Kind

PATH = "api/open/attentionsignals"
SIGNAL_KINDS = frozenset({Kind.CARE_LIMITATION, Kind.WARNING})
# What a mapping may stumble over in one malformed signal. It costs that signal, never the others.
_STUMBLES = (Unreadable, ValueError, TypeError, LookupError, AttributeError, OverflowError)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignalReader:
    """Asks for the signals of one person, under every number, and reads them one by one."""

    transport: Transport
    profile: SourceProfile

    async def read(self, people: Sequence[PersonId], kinds: frozenset[Kind]) -> Answer:
        """A whole answer about these kinds. Raises SourceFault."""
        with self.transport.deadline():
            replies = await ask_together([self._ask(person) for person in people])
        records: dict[tuple[Kind, str], Record] = {}
        unparsed, is_whole, as_of = 0, True, datetime.now(UTC)
        for reply in replies:
            if isinstance(reply, SourceFault):
                raise reply
            unparsed += self._read(reply, people, kinds, records)
            is_whole = is_whole and reply["iscomplete"] is True
            as_of = min(as_of, _as_of(reply) or as_of)
        is_read = not unparsed and is_whole
        return Answer(
            tuple(records.values()),
            as_of,
            withheld=not is_whole,
            unparsed=unparsed,
            incomplete_kinds=frozenset() if is_read else kinds,
        )

    async def _ask(self, person: PersonId) -> Mapping[str, Any] | SourceFault:
        """Posted, so that no number is in an address. The reply says whom it is about, and if it is whole."""
        asked = {"system": PERSON_SYSTEMS[person.type][0], "value": person.number}
        try:
            reply = fields_of(
                await self.transport.post_json(_from_the_root(self.profile), {"patientId": asked})
            )
            whose(reply, [person])
            if not isinstance(reply.get("attentionsignals"), list) or "iscomplete" not in reply:
                raise SourceFault(Fault.FORMAT)
        except SourceFault as fault:
            return fault
        except Unreadable:
            return SourceFault(Fault.FORMAT)
        return reply

    def _read(
        self,
        reply: Mapping[str, Any],
        people: Sequence[PersonId],
        kinds: frozenset[Kind],
        records: dict[tuple[Kind, str], Record],
    ) -> int:
        """Add what a reply holds; how many signals could not be read. Raises SourceFault."""
        limitations = read_names(self.profile.settings.get("limitation_signals", ""))
        unparsed = 0
        for entry in reply["attentionsignals"]:
            try:
                fields = fields_of(entry)
                signal = Signal(fields, whose(fields, people), self.profile)
                if text(fields.get("status")).casefold() in NULLIFIED:
                    continue
                record = map_signal(signal, limitations)
            except SourceFault:
                raise
            except _STUMBLES as error:
                _log.warning("signal_unparsed", source=self.profile.slug, error=type(error).__name__)
                unparsed += 1
                continue
            if record.kind in kinds:
                records.setdefault((record.kind, record.id), record)
        return unparsed


def _from_the_root(profile: SourceProfile) -> str:
    """The path from the FHIR endpoint to the signals on the same host."""
    return "../" * len([part for part in URL(profile.base_url).parts if part.strip("/")]) + PATH


def _as_of(reply: Mapping[str, Any]) -> datetime | None:
    """When the source says it answered; None where it does not, or says something doubtful."""
    try:
        when = read_when(reply.get("asof"))
    except ValueError:
        raise SourceFault(Fault.FORMAT) from None
    return None if when is None or when.is_doubtful else when.at
