"""Short ways through the gate and to what the log then says, on the real database."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import gate
from consent.accesslog.events import Action
from consent.accesslog.model import AccessEvent
from consent.accesslog.write import Trace
from consent.facts import Person
from consent.gate import Ask, Ruling
from consent.models import CareProvider, CareUnit
from consent.recording import Recorder
from consent.terms import Actor, PersonId, Reach, Refusal
from consent.vocabulary import Reason
from tests.consent.examples import (
    AKUTEN,
    BISTAND,
    GUNHILD,
    HEMSJUKVARD,
    HEMTJANST,
    MEDICIN,
    NATTPATRULL,
    NORD_OMSORG,
    NORD_VARD,
    NURSE,
    OMSORG,
    PSYKIATRI,
    VARD,
)

OWNERS = (VARD, OMSORG, NORD_VARD, NORD_OMSORG)
TRACE = Trace(request_id="r" * 32, session_id="s" * 32, ip="192.0.2.7")


def make_organisations() -> None:
    for unit in (AKUTEN, MEDICIN, PSYKIATRI, HEMSJUKVARD, NATTPATRULL, HEMTJANST, BISTAND):
        owner = unit.provider
        provider, _ = CareProvider.objects.get_or_create(
            hsa_id=owner.hsa_id, defaults={"name": owner.name, "kind": owner.kind.value}
        )
        CareUnit.objects.create(hsa_id=unit.hsa_id, name=unit.name, provider=provider)


def ask(actor: Actor = NURSE, patient: PersonId = GUNHILD, **more: Any) -> Ruling:
    """Through the gate, as a view would go."""
    more.setdefault("sources", ("cosmic", "viva-hsl"))
    request = Ask(actor, patient, Action.OVERVIEW, TRACE, OWNERS, **more)
    return async_to_sync(gate.ask)(request)


def by(actor: Actor = NURSE, patient: PersonId = GUNHILD) -> Recorder:
    return Recorder(actor, Person(patient), TRACE)


def reason_of(ruling: Ruling, reach: Reach) -> Reason | None:
    """Why nothing is shown there; None where something is."""
    decision = ruling.decisions[reach]
    return decision.reason if isinstance(decision, Refusal) else None


def rows(ruling: Ruling) -> list[AccessEvent]:
    """What the log says of one view, in order."""
    return list(AccessEvent.objects.filter(view_id=ruling.view_id).order_by("seq"))


def last_row() -> AccessEvent:
    row = AccessEvent.objects.order_by("seq").last()
    assert row is not None
    return row


def statements(run: Callable[[], object]) -> list[str]:
    """The statements that a call sent, but for the marks of transactions."""
    with CaptureQueriesContext(connection) as captured:
        run()
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(marks)]
