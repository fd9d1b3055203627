"""From user and assignment to the Actor who reads: only what holds today."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from consent import recording
from consent.accesslog.model import AccessEvent
from consent.facts import Obstacle, Person
from consent.models import CareProvider, CareUnit, EmergencyOpening
from consent.recording import Recorder
from consent.terms import PersonId
from consent.vocabulary import CareKind, Purpose
from portal.accounts.actors import NoAssignment, NotSignedIn, actor_of, assignments_of, trace_of
from portal.accounts.models import Assignment, User
from portal.dates import today

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
DAY = timedelta(days=1)


@pytest.fixture
def units() -> list[CareUnit]:
    provider = CareProvider.objects.create(
        hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care"
    )
    return [
        CareUnit.objects.create(hsa_id=f"SE2321000016-{code}", name=name, provider=provider)
        for code, name in (("R0AK", "Akuten"), ("R0ME", "Medicin"))
    ]


@pytest.fixture
def nurse() -> User:
    return User.objects.create_user(
        "nurse",
        password="x",
        first_name="Alva",
        last_name="Ek",
        hsa_id="SE2321000016-P001",
        title="Sjuksköterska",
    )


def request_of(user: Any, assignment: Assignment | None = None) -> Any:
    session = SimpleNamespace(get={"assignment": assignment and assignment.pk}.get, session_key="key")
    return SimpleNamespace(user=user, session=session, META={"REMOTE_ADDR": "192.0.2.7"}, trace_id="t")


def test_actor_is_user_unit_and_purpose(nurse, units):
    assignment = Assignment.objects.create(user=nurse, unit=units[0], purpose="certificate")
    actor = actor_of(request_of(nurse, assignment))
    assert (actor.hsa_id, actor.name, actor.title) == ("SE2321000016-P001", "Alva Ek", "Sjuksköterska")
    assert (actor.unit.name, actor.provider.name, actor.kind) == (
        "Akuten",
        "Region Fjäll",
        CareKind.HEALTH_CARE,
    )
    assert (actor.purpose, actor.assignment_id) == (Purpose.CERTIFICATE, str(assignment.pk))


@pytest.mark.parametrize(("change", "holds"), [
    ({}, True),
    ({"is_active": False}, False),
    ({"valid_from": DAY}, False),
    ({"valid_from": 0 * DAY}, True),
    ({"valid_until": 0 * DAY}, True),
    ({"valid_until": -DAY}, False),
])  # fmt: skip
def test_assignment_holds_on_its_days_while_it_is_active(nurse, units, change, holds):
    values = {
        name: today() + value if isinstance(value, timedelta) else value for name, value in change.items()
    }
    assignment = Assignment.objects.create(user=nurse, unit=units[0], **values)
    assert assignments_of(nurse, today()).exists() is holds
    if not holds:
        with pytest.raises(NoAssignment):
            actor_of(request_of(nurse, assignment))


def test_user_without_hsa_id_reads_nothing(nurse, units):
    assignment = Assignment.objects.create(user=nurse, unit=units[0])
    User.objects.update(hsa_id=None)
    with pytest.raises(NoAssignment):
        actor_of(request_of(User.objects.get(), assignment))


def test_another_users_assignment_is_not_taken(nurse, units):
    other = User.objects.create_user("other", password="x", hsa_id="SE2321000016-P002")
    with pytest.raises(NoAssignment):
        actor_of(request_of(nurse, Assignment.objects.create(user=other, unit=units[0])))


def test_nobody_signed_in():
    with pytest.raises(NotSignedIn):
        actor_of(request_of(AnonymousUser()))


def test_trace_never_holds_the_session_key(nurse):
    trace = trace_of(request_of(nurse))
    assert (trace.ip, trace.request_id, len(trace.session_id)) == ("192.0.2.7", "t", 32)
    assert "key" not in trace.session_id


def choose(client: Client, assignment: Assignment) -> None:
    assert client.post(reverse("choose_assignment"), {"assignment": assignment.pk}).status_code == 302


def test_switch_of_assignment_is_logged_and_ends_openings_and_handles(client, nurse, units):
    first, second = (Assignment.objects.create(user=nurse, unit=unit) for unit in units)
    client.force_login(nurse)
    choose(client, first)
    key = client.session.session_key
    recording.declare_emergency(
        Recorder(first.as_actor(), Person(PersonId("193908139060")), trace_of(request_of(nurse))),
        Obstacle.UNCONSCIOUS,
    )
    session = client.session
    session["handles"] = "secret"
    session.save()
    choose(client, second)
    assert client.session.session_key != key
    assert "handles" not in client.session
    assert EmergencyOpening.objects.get().ended_at is not None
    assert AccessEvent.objects.filter(event="assignment_chosen", unit_id=units[1].pk).exists()


def test_somebody_elses_assignment_cannot_be_chosen(client, nurse, units):
    other = User.objects.create_user("other", password="x", hsa_id="SE2321000016-P002")
    mine = [Assignment.objects.create(user=nurse, unit=unit) for unit in units]
    foreign = Assignment.objects.create(user=other, unit=units[0])
    client.force_login(nurse)
    assert client.post(reverse("choose_assignment"), {"assignment": foreign.pk}).status_code == 200
    assert "assignment" not in client.session
    choose(client, mine[1])
    assert client.session["assignment"] == mine[1].pk
