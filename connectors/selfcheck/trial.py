"""One source under examination: every call to it is watched, and only test persons are asked about."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Answer, Connector, Fault, SourceFault, SourceProfile
from connectors.base.findings import Text
from connectors.base.registry import UnknownConnector, build_connector, connector_classes
from connectors.labels import FAULT_LABELS
from connectors.selfcheck.witness import Witness
from consent.specimen import NOBODY, TOLVAN, specimen_permit
from consent.terms import PersonId
from consent.vocabulary import Kind

WRONG = "fel-nyckel"


@dataclass(slots=True)
class Outcome:
    """What came of one call: an answer or a fault, what was sent, and how long it took."""

    answer: Answer | None
    fault: SourceFault | None
    sent: str
    took_s: float
    addresses: tuple[str, ...]

    @property
    def came(self) -> Text:
        if self.fault is not None:
            return FAULT_LABELS[self.fault.fault]
        if self.answer is None:
            return _("svar")
        return _("poster: %(n)d, otolkade: %(unread)d") % {
            "n": len(self.answer.records),
            "unread": self.answer.unparsed,
        }


class Trial:
    """One source under examination. ``patient``: a test person it knows; ``nobody``: one it does not."""

    def __init__(self, profile: SourceProfile, patient: PersonId = TOLVAN, nobody: PersonId = NOBODY) -> None:
        self.profile, self.patient, self.nobody = profile, patient, nobody
        self.calls: list[Outcome] = []
        self.known: Outcome | None = None

    @property
    def connector_class(self) -> type[Connector]:
        """Raises UnknownConnector."""
        try:
            return connector_classes()[self.profile.connector]
        except KeyError:
            raise UnknownConnector(self.profile.connector) from None

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset({self.patient.number, self.nobody.number})

    async def call(
        self, use: Callable[[Connector], Awaitable[Answer | None]], profile: SourceProfile | None = None
    ) -> Outcome:
        """One use of the connector, watched. A SourceFault is told, all else is its bug."""
        connector = build_connector(profile or self.profile, Witness)
        witness = connector.transport
        started = time.monotonic()
        answer, fault = None, None
        try:
            async with asyncio.timeout(self.profile.deadline_s + 1):
                answer = await use(connector)
        except SourceFault as raised:
            fault = raised
        except TimeoutError:
            fault = SourceFault(Fault.TIMED_OUT)
        took_s = time.monotonic() - started
        sent = witness.told(self.numbers) if isinstance(witness, Witness) else ""
        addresses = tuple(call.address for call in witness.sent) if isinstance(witness, Witness) else ()
        outcome = Outcome(answer, fault, sent, took_s, addresses)
        self.calls.append(outcome)
        return outcome

    async def fetch(
        self, person: PersonId, kinds: frozenset[Kind] | None = None, profile: SourceProfile | None = None
    ) -> Outcome:
        """Raises SpecimenRefused: never about anybody who may exist."""
        permit = specimen_permit(person)
        asked = self.profile.kinds if kinds is None else kinds
        return await self.call(lambda connector: connector.fetch(permit, asked), profile)

    def with_wrong_secrets(self) -> SourceProfile | None:
        """The same source with every secret replaced, or None where it has none."""
        secrets = {s.name for s in self.connector_class.manifest.settings if s.is_secret}
        if not secrets:
            return None
        return replace(self.profile, settings={**self.profile.settings, **dict.fromkeys(secrets, WRONG)})
