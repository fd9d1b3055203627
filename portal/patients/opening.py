"""What every request about a patient begins with, in one hop: who acts, about whom, which sources exist."""

from dataclasses import dataclass

from django.http import HttpRequest

from connectors.base.contract import SourceProfile
from connectors.facts import person_source
from connectors.sources import configured_sources, expected_deliveries
from consent.accesslog.events import Action
from consent.accesslog.write import Trace
from consent.database import on_database_thread
from consent.gate import Ask, RemoteFacts, Ruling, ask, recorder_for
from consent.recording import Recorder
from consent.terms import Actor, PersonId, Provider
from consent.vocabulary import EVERY_KIND, Kind
from portal.accounts.actors import actor_of, trace_of
from portal.patients.handles import open_handle


@dataclass(frozen=True, slots=True)
class Opened:
    """A signed-in reader with one patient before her. ``sources`` are those that hold records; ``expected``:
    which owner (HSA-id) is expected to deliver which kind."""

    actor: Actor
    patient: PersonId
    trace: Trace
    handle: str
    sources: tuple[SourceProfile, ...]
    remote: RemoteFacts
    expected: frozenset[tuple[str, Kind]] = frozenset()

    @property
    def owners(self) -> tuple[Provider, ...]:
        return tuple(dict.fromkeys(s.owner for s in self.sources if s.owner is not None))

    async def ask(self, action: Action, kinds: frozenset[Kind] = EVERY_KIND) -> Ruling:
        """Through the gate: for all kinds, or for those of one button. The access step asks no source."""
        asks = action is not Action.ACCESS
        asked = tuple(s.slug for s in self.sources if asks and s.kinds & kinds)
        return await ask(
            Ask(self.actor, self.patient, action, self.trace, self.owners, asked, kinds, self.remote)
        )


    async def recorder(self) -> Recorder:
        """For recording an act: what is known elsewhere, asked afresh."""
        return await recorder_for(
            Ask(self.actor, self.patient, Action.ACCESS, self.trace, self.owners, remote=self.remote)
        )


async def open_patient(request: HttpRequest, handle: str) -> Opened:
    """Raises NotSignedIn, NoAssignment, HandleExpired."""
    return await on_database_thread(_read, request, handle)


def _read(request: HttpRequest, handle: str) -> Opened:
    actor = actor_of(request)
    patient = open_handle(request, handle)
    profiles = configured_sources()
    return Opened(
        actor=actor,
        patient=patient,
        trace=trace_of(request),
        handle=handle,
        sources=tuple(p for p in profiles if p.kinds),
        remote=RemoteFacts(person=person_source(profiles)),
        expected=expected_deliveries(),
    )
