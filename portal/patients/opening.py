"""What every request about a patient begins with, in one hop: who acts, about whom, which sources exist."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from connectors.base.contract import SourceProfile
from connectors.facts import remote_facts
from connectors.sources import configured_sources, expected_deliveries
from consent.accesslog.events import ASKS_NO_SOURCE, Action
from consent.accesslog.write import Trace
from consent.database import on_database_thread
from consent.gate import Ask, RemoteFacts, Ruling, ask, recorder_for
from consent.recording import Recorder
from consent.terms import Actor, PersonId, Provider
from consent.vocabulary import EVERY_KIND, Kind
from portal.accounts.actors import actor_of, trace_of
from portal.accounts.doors import MovedTo
from portal.patients.handles import HandleExpired, make_handle, open_handle
from portal.patients.order import Beside, beside
from portal.patients.returning import redeem


@dataclass(frozen=True, slots=True)
class Opened:
    """A signed-in reader with one patient before her. ``sources`` are those that hold records; ``expected``:
    which owner (HSA-id) is expected to deliver which kind; ``providers``: all that are known, by HSA-id;
    ``beside``: her place in the list that was shown last in this session."""

    actor: Actor
    patient: PersonId
    trace: Trace
    handle: str
    sources: tuple[SourceProfile, ...]
    remote: RemoteFacts
    expected: frozenset[tuple[str, Kind]] = frozenset()
    providers: Mapping[str, Provider] = field(default_factory=dict)
    beside: Beside | None = None

    @property
    def owners(self) -> tuple[Provider, ...]:
        return tuple(dict.fromkeys(s.owner for s in self.sources if s.owner is not None))

    async def ask(
        self, action: Action, kinds: frozenset[Kind] = EVERY_KIND, only: frozenset[str] = frozenset()
    ) -> Ruling:
        """Through the gate: for all kinds, or for those of one button; of all sources, or ``only`` some.

        The access step, and a page where a choice is made, ask no source. Whose information there is to
        decide on stays the same whichever are asked: which a reader picks says nothing of what she may see.
        """
        asks = action not in ASKS_NO_SOURCE
        named = (s for s in self.sources if not only or s.slug in only)
        asked = tuple(s.slug for s in named if asks and s.kinds & kinds)
        return await ask(self._about(action, asked, kinds))

    @property
    def own_sources(self) -> tuple[SourceProfile, ...]:
        """Those of the reader's own provider."""
        own = self.actor.provider.hsa_id
        return tuple(s for s in self.sources if s.owner is not None and s.owner.hsa_id == own)

    async def ask_for_units(self) -> Ruling:
        """Through the gate for the first active choice (row 2): the access step, asking the own sources."""
        return await ask(self._about(Action.ACCESS, tuple(s.slug for s in self.own_sources)))

    async def recorder(self) -> Recorder:
        """For recording an act: what is known elsewhere, asked afresh."""
        return await recorder_for(self._about(Action.ACCESS))

    def _about(self, action: Action, asked: tuple[str, ...] = (), kinds: frozenset[Kind] = EVERY_KIND) -> Ask:
        return Ask(
            actor=self.actor,
            patient=self.patient,
            action=action,
            trace=self.trace,
            owners=self.owners,
            sources=asked,
            kinds=kinds,
            remote=self.remote,
            providers=self.providers,
        )


async def open_patient(request: HttpRequest, handle: str) -> Opened:
    """Raises NotSignedIn, NoAssignment, HandleExpired."""
    return await on_database_thread(_read, request, handle)


def _patient_of(request: HttpRequest, handle: str) -> PersonId:
    """Raises MovedTo where the handle is of this reader's session that ended by itself a moment ago."""
    try:
        return open_handle(request, handle)
    except HandleExpired:
        if request.method == "GET" and (patient := redeem(request, handle)) is not None:
            raise MovedTo(make_handle(request, patient)) from None
        raise


def _read(request: HttpRequest, handle: str) -> Opened:
    actor = actor_of(request)
    patient = _patient_of(request, handle)
    return open_for(actor, patient, trace_of(request), handle, beside(request, patient))


def open_for(
    actor: Actor, patient: PersonId, trace: Trace, handle: str, beside: Beside | None = None
) -> Opened:
    """Whoever asks, by whatever way she proved who she is. Blocking: the configured sources."""
    profiles = configured_sources()
    return Opened(
        actor=actor,
        patient=patient,
        trace=trace,
        handle=handle,
        sources=tuple(p for p in profiles if p.kinds),
        remote=remote_facts(profiles, actor.unit),
        expected=expected_deliveries(),
        providers=next((p.providers for p in profiles), {}),
        beside=beside,
    )
