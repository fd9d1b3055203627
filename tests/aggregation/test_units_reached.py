"""How a unit is reached is shown where somebody else has named the unit; it is nobody's record."""

from dataclasses import replace
from datetime import date

import pytest

from connectors.base.contract import Answer, Fault
from connectors.base.kinds import Contact, ContactRole
from connectors.base.records import Phone, When
from consent.terms import Refusal
from consent.vocabulary import Kind, Reason, Row
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.checking import check
from portal.aggregation.judging import read_button
from portal.aggregation.outcomes import Answered, Failed
from portal.aggregation.states import State
from portal.overview.presenters.details import origin_of
from portal.overview.visit import shown_by
from tests.aggregation.examples import COSMIC, HEMTJANSTEN, MEDICIN, NOON, ago, record, source
from tests.aggregation.test_judging import BEFORE_CONSENT, OWN_OTHER_UNITS, answered, scene
from tests.factories.permits import AKUTEN, permit_for

CONTACTS = BUTTON_OF[Kind.CONTACT]
KATALOG = source("katalog", kinds=frozenset({Kind.CONTACT}), label="Kontaktkatalogen")
HOSPITAL = (COSMIC, KATALOG)


def reached(unit=MEDICIN, **more):
    given = {"role": ContactRole.ON_CALL, "name": "Jouren", "phones": (Phone("0980-319231", use="on_call"),)}
    return record(
        Contact, unit=unit, source="katalog", is_about_unit=True, verified=When.on(date(2026, 2, 20)),
        **{"id": f"directory/{unit.name}", **given, **more},
    )  # fmt: skip


def pal(unit=MEDICIN, days=400):
    return record(Contact, unit=unit, role=ContactRole.PAL, name="Petra Lavander", start=ago(days))


def read(*outcomes, **more):
    return read_button(
        scene(profiles=HOSPITAL, **more), CONTACTS, {outcome.source.slug: outcome for outcome in outcomes}
    )


def test_a_unit_that_somebody_named_is_told_how_to_reach():
    reading = read(answered(COSMIC, pal()), answered(KATALOG, reached(), reached(AKUTEN)))
    assert [one.record.origin.unit_name for one in reading.judged] == ["Medicin", "Medicin"]
    assert reading.state is State.CURRENT


def test_a_unit_nobody_named_is_not_there_and_nothing_stays_nothing():
    reading = read(answered(COSMIC), answered(KATALOG, reached()))
    assert (reading.state, reading.judged) == (State.EMPTY, ())


def test_an_assumed_unit_names_nobody():
    told = pal()
    assumed = replace(told, origin=replace(told.origin, unit_is_assumed=True))
    reading = read(answered(COSMIC, assumed), answered(KATALOG, reached()))
    assert [one.record.source for one in reading.judged] == ["cosmic"]


@pytest.mark.parametrize("role", ContactRole)
def test_it_never_lights(role):
    new = reached(role=role, start=ago(0), updated=ago(0))
    reading = read(answered(COSMIC, pal()), answered(KATALOG, new))
    assert reading.state is State.CURRENT


def test_a_directory_that_fails_is_no_lack_of_contacts():
    reading = read(answered(COSMIC), Failed(KATALOG, KATALOG.kinds, Fault.UNAVAILABLE, NOON))
    assert reading.state is State.UNKNOWN


def test_the_log_tells_of_patients_records_alone():
    outcomes = (answered(COSMIC, pal()), answered(KATALOG, reached(), reached(AKUTEN)))
    shown = shown_by(outcomes)
    assert [origin.unit_name for origin, _ in shown.origins] == ["Medicin"]
    assert shown.counts == {"contact": 1}
    assert shown.outcomes == {"cosmic": "answered", "katalog": "answered"}


def test_units_not_chosen_hold_nothing_because_they_have_a_telephone():
    """Otherwise every unit in the directory would be offered as one that holds data."""
    closed = {**BEFORE_CONSENT, OWN_OTHER_UNITS: Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN)}
    permit = permit_for(decisions=closed)
    kept = check(permit, KATALOG, KATALOG.kinds, Answer((reached(), reached(AKUTEN)), NOON))
    assert [r.origin.unit_name for r in kept.records] == ["Akuten"]
    assert (kept.unchosen, dict(kept.held_back)) == ((), {})


def test_what_the_decision_does_not_open_is_not_shown():
    permit = permit_for(decisions=BEFORE_CONSENT)
    kept = check(permit, KATALOG, KATALOG.kinds, Answer((reached(HEMTJANSTEN),), NOON))
    assert kept.records == ()


def test_its_origin_says_when_somebody_made_sure():
    katalog = Answered(KATALOG, KATALOG.kinds, (reached(),), NOON)
    facts = {fact.label: fact.value for fact in origin_of(reached(), {"katalog": katalog})}
    assert facts["Källa"] == "Kontaktkatalogen, kontrollerad 2026-02-20"
