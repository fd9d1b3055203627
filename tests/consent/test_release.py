"""The one statement before bytes leave: version, expiry and the row that proves the display."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction

from consent import consenting, recording
from consent.accesslog.events import Action, Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.write import LogUnavailable
from consent.dossiers import raise_version
from consent.facts import Obstacle
from consent.models import Dossier
from consent.release import NotReleased, Shown, leave, release, release_now
from consent.terms import Basis, Permit, Provider, Reach, Unit
from consent.vocabulary import CareKind, Distance, Kind, Row
from tests.consent.doings import TRACE, ask, by, rows, statements
from tests.consent.examples import AKUTEN, HEMSJUKVARD, HEMTJANST, MILO, NURSE, VARD, origin
from tests.factories.permits import altered

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
OWN = Shown([(origin(AKUTEN), Kind.CARE_CONTACT)], {"cosmic": "answered"}, {"care_contact": 1})
OTHERS = Shown([(origin(HEMSJUKVARD), Kind.HOME_CARE)], {"viva-hsl": "answered"})


def opened(**more: Any) -> Permit:
    permit = ask(**more).permit
    assert permit is not None
    return permit


def show(permit: Permit, shown: Shown = OWN) -> None:
    release_now(permit, shown, Action.OVERVIEW, TRACE)


def events(permit: Permit) -> list[str]:
    return [row.event for row in AccessEvent.objects.filter(view_id=permit.view_id).order_by("seq")]


def test_release_leaves_a_row_for_what_was_shown(organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    ruling = ask()
    assert ruling.permit is not None
    both = Shown(
        [*OWN.origins, *OTHERS.origins, *OTHERS.origins], {"cosmic": "answered", "viva-hsl": "timeout"}
    )
    async_to_sync(release)(ruling.permit, both, Action.OVERVIEW, TRACE)
    row = rows(ruling)[-1]
    assert (row.event, row.activity, row.action) == ("shown", "Läsa", "overview")
    assert row.kinds == ["care_contact", "home_care"]
    assert row.origins == [
        [VARD.hsa_id, HEMSJUKVARD.hsa_id, "home_care", 2],
        [AKUTEN.provider.hsa_id, AKUTEN.hsa_id, "care_contact", 1],
    ]
    assert row.outcomes == both.outcomes
    consent = ruling.standing.consent
    assert consent is not None
    assert row.bases == [[VARD.hsa_id, "6", consent.id], [AKUTEN.provider.hsa_id, "1", ""]]
    assert row.detail == {"version": ruling.permit.dossier_version}


TOLD = Shown(OWN.origins, {"npo": "answered"}, parts={"npo": [("SE2-A", "stale"), ("", "silent")]})


def test_row_holds_how_each_system_behind_a_source_did_as_it_was_told(organisations):
    recording.confirm_relation(by())
    permit = opened()
    show(permit, TOLD)
    row = AccessEvent.objects.filter(view_id=permit.view_id).latest("seq")
    assert row.detail["parts"] == {"npo": [["SE2-A", "stale"], ["", "silent"]]}


def test_row_of_what_was_not_released_tells_of_no_system(organisations):
    recording.confirm_relation(by())
    permit = opened()
    raise_version(Dossier.objects.get())
    with pytest.raises(NotReleased):
        show(permit, TOLD)
    row = AccessEvent.objects.filter(view_id=permit.view_id).latest("seq")
    assert (row.event, "parts" in row.detail) == ("refused", False)


ACTS = {
    "relation": lambda: recording.confirm_relation(by(replace(NURSE, hsa_id="SE2321000016-P009"))),
    "consent": lambda: consenting.give_consent(by()),
    "refusal": lambda: consenting.refuse_consent(by()),
    "choice": lambda: recording.choose_units(by()),
    "emergency": lambda: recording.declare_emergency(by(), Obstacle.UNCONSCIOUS),
    "another act": lambda: raise_version(Dossier.objects.get()),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_leaves_after_any_act(organisations, act):
    recording.confirm_relation(by())
    permit = opened()
    show(permit)
    ACTS[act]()
    with pytest.raises(NotReleased):
        show(permit)
    assert events(permit) == ["intent", "shown", "refused"]
    show(opened())


@pytest.mark.parametrize("end", [consenting.end_consent, consenting.annul_refusal])
def test_nothing_leaves_after_an_end(organisations, end):
    recording.confirm_relation(by())
    (consenting.give_consent if end is consenting.end_consent else consenting.refuse_consent)(by())
    permit = opened()
    end(by(), "skäl")
    with pytest.raises(NotReleased):
        show(permit)


def test_nothing_leaves_after_a_switch_of_assignment(organisations):
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    permit = opened()
    recording.end_openings(NURSE, TRACE, Event.SIGNED_OUT)
    with pytest.raises(NotReleased):
        show(permit, OTHERS)


def test_act_about_another_patient_disturbs_nobody(organisations):
    recording.confirm_relation(by())
    permit = opened()
    recording.confirm_relation(by(patient=MILO))
    show(permit)


@pytest.mark.parametrize(("left_s", "is_released"), [(-1, False), (0, False), (5, True)])
def test_expired_permit_is_not_released_by_the_databases_clock(
    organisations, left_s, is_released, time_machine
):
    recording.confirm_relation(by())
    ruling = ask()
    assert ruling.permit is not None
    permit = altered(ruling.permit, expires_at=ruling.at + timedelta(seconds=left_s))
    # Whatever this process believes: a day early or a day late changes nothing.
    for wrong in (timedelta(days=-1), timedelta(days=1)):
        time_machine.move_to(ruling.at + wrong)
        if is_released:
            show(permit)
            continue
        with pytest.raises(NotReleased):
            show(permit)
    assert ("shown" in events(permit)) is is_released


def test_record_that_is_not_covered_stops_everything(organisations):
    recording.confirm_relation(by())
    permit = opened()
    with pytest.raises(NotReleased):
        show(permit, Shown([*OWN.origins, *OTHERS.origins], {"cosmic": "answered"}))
    assert events(permit) == ["intent", "refused"]
    assert rows_of(permit)[-1].origins == []


def test_grounds_stand_in_one_order_however_many(organisations):
    recording.confirm_relation(by())
    permit = opened()
    many = [Provider(f"SE2120000019-V{n:02}", f"Vårdgivare {n}", CareKind.HEALTH_CARE) for n in range(12)]
    open_too = {
        Reach(Distance.OTHER_PROVIDER, p.kind, p.hsa_id): Basis(Row.CONSENT, reference="x") for p in many
    }
    wide = altered(permit, decisions={**permit.decisions, **open_too})
    units = [Unit(f"{p.hsa_id}-1", "Enhet", p) for p in reversed(many)]
    show(wide, Shown([(origin(unit), Kind.DIAGNOSIS) for unit in units]))
    assert rows_of(wide)[-1].bases == [[p.hsa_id, "6", "x"] for p in many]


def rows_of(permit: Permit) -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(view_id=permit.view_id).order_by("seq"))


def test_without_a_log_nothing_leaves(organisations):
    recording.confirm_relation(by())
    permit = opened()
    with transaction.atomic():
        connection.cursor().execute("ALTER TABLE consent_accessevent RENAME TO consent_gone")
        with pytest.raises(LogUnavailable), transaction.atomic():
            show(permit)
        connection.cursor().execute("ALTER TABLE consent_gone RENAME TO consent_accessevent")
    assert events(permit) == ["intent"]


def test_without_its_dossier_nothing_leaves(organisations):
    recording.confirm_relation(by())
    permit = opened()
    of_nobody = altered(permit, dossier_id=permit.view_id)
    with pytest.raises(NotReleased):
        show(of_nobody)


def test_reading_in_an_emergency_is_logged_as_such(organisations):
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    recording.open_emergency(by())
    permit = opened()
    show(permit)
    show(permit, OTHERS)
    assert [row.activity for row in rows_of(permit)] == ["Läsa", "Läsa", "Nödöppning"]
    with pytest.raises(NotReleased):
        show(permit, Shown([(origin(HEMTJANST), Kind.SOCIAL_SERVICE)]))


def test_reader_who_leaves_is_logged_with_what_was_awaited(organisations):
    recording.confirm_relation(by())
    permit = opened()
    async_to_sync(leave)(permit, {"viva-hsl": "left"}, Action.OVERVIEW, TRACE)
    row = rows_of(permit)[-1]
    assert (row.event, row.outcomes, row.origins) == ("left", {"viva-hsl": "left"}, [])


def test_print_is_logged_as_print(organisations):
    recording.confirm_relation(by())
    permit = opened()
    release_now(permit, OWN, Action.PRINT, TRACE)
    assert rows_of(permit)[-1].activity == "Utskrift"


@pytest.mark.django_db(transaction=True)
def test_shown_row_is_one_statement(lasting_organisations):
    recording.confirm_relation(by())
    consenting.give_consent(by())
    permit = opened()
    (sql,) = statements(lambda: show(permit))
    assert "INSERT INTO consent_accessevent" in sql
    assert "consent_dossier" in sql
