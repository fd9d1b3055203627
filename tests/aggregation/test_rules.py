"""What lights each button, day by day. The tests' day is 12 March 2026; ``ago(-1)`` is tomorrow."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    CarePlan,
    CaseEvent,
    Contact,
    ContactForm,
    ContactRole,
    Coordination,
    Diagnosis,
    HomeCare,
    HomeCareAspect,
    Medication,
    Prehospital,
    SocialService,
    Vaccination,
)
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Phone, Record, Status, When
from portal.aggregation.buttons import BUTTON_OF, BUTTONS, Group, in_group
from portal.aggregation.lamps import Judged, Lamp, Moment
from tests.aggregation.examples import MEDICIN, MOMENT, ago, record

ONGOING, NEW, CURRENT, PAST = Lamp.ONGOING, Lamp.NEW, Lamp.CURRENT, Lamp.PAST
ENDED, CANCELLED, PLANNED, UNKNOWN = Status.ENDED, Status.CANCELLED, Status.PLANNED, Status.UNKNOWN
DOUBTFUL = When("0001-01-01", is_doubtful=True)


def lamp(one: Record) -> Lamp:
    button = BUTTON_OF[one.kind]
    return button.judge(one, MOMENT, button.days)


def headline(*records: Record, moment: Moment = MOMENT) -> str:
    button = BUTTON_OF[records[0].kind]
    judged = [Judged(one, button.judge(one, moment, button.days)) for one in records]
    return button.headline(judged, moment)


RULES: list[tuple[type[Record], dict[str, Any], Lamp]] = [
    (CareLimitation, {"start": ago(3000)}, ONGOING),
    (CareLimitation, {}, ONGOING),
    (CareLimitation, {"status": UNKNOWN}, ONGOING),
    (CareLimitation, {"end": ago(0)}, ONGOING),
    (CareLimitation, {"end": ago(1)}, PAST),
    (CareLimitation, {"start": ago(-1)}, CURRENT),
    (CareLimitation, {"status": CANCELLED}, PAST),
    (CareLimitation, {"end": DOUBTFUL}, ONGOING),
    (Caution, {"start": ago(5000)}, ONGOING),
    (Caution, {}, ONGOING),
    (Caution, {"status": UNKNOWN}, CURRENT),
    (Caution, {"status": ENDED}, PAST),
    (Caution, {"is_none_known": True}, CURRENT),
    (Caution, {"status": UNKNOWN}, CURRENT),
    (Caution, {"status": UNKNOWN, "recorded": ago(2000)}, ONGOING),
    (Caution, {"status": UNKNOWN, "recorded": ago(2000), "is_none_known": True}, CURRENT),
    (Contact, {"role": ContactRole.PAL, "start": ago(90)}, NEW),
    (Contact, {"role": ContactRole.PAL, "start": ago(91)}, CURRENT),
    (Contact, {"role": ContactRole.CARE_CONTACT, "start": ago(800), "updated": ago(3)}, NEW),
    (Contact, {"role": ContactRole.UNIT, "start": ago(1)}, CURRENT),
    (Contact, {"role": ContactRole.RELATIVE, "start": ago(1)}, CURRENT),
    (Contact, {"role": ContactRole.PAL, "start": ago(5), "status": ENDED}, PAST),
    (Contact, {"role": ContactRole.PAL}, CURRENT),
    (Vaccination, {"is_covid": True, "given": ago(90)}, NEW),
    (Vaccination, {"is_covid": True, "given": ago(91)}, PAST),
    (Vaccination, {"is_covid": True, "is_infection": True, "given": ago(0)}, NEW),
    (Vaccination, {"given": ago(1)}, PAST),
    (Vaccination, {"is_covid": True}, PAST),
    (Vaccination, {"is_covid": True, "given": ago(-1)}, PAST),
    (Vaccination, {"is_covid": True, "given": ago(2), "status": CANCELLED}, PAST),
    (SocialService, {"start": ago(400)}, ONGOING),
    (SocialService, {"updated": ago(400)}, ONGOING),
    (SocialService, {"status": PLANNED, "start": ago(-3)}, CURRENT),
    (SocialService, {"status": ENDED, "end": ago(90)}, NEW),
    (SocialService, {"status": ENDED, "end": ago(91)}, PAST),
    (SocialService, {"status": ENDED}, PAST),
    (SocialService, {"status": CANCELLED, "end": ago(5)}, PAST),
    (SocialService, {"end": ago(1)}, NEW),
    (HomeCare, {"start": ago(700)}, ONGOING),
    (HomeCare, {"status": ENDED, "end": ago(3)}, PAST),
    (HomeCare, {"aspect": HomeCareAspect.AID}, CURRENT),
    (HomeCare, {"aspect": HomeCareAspect.TASK, "status": ENDED}, PAST),
    (Coordination, {"events": (CaseEvent(ago(90), "Inskriven"),)}, ONGOING),
    (Coordination, {"events": (CaseEvent(ago(91), "Inskriven"),)}, PAST),
    (Coordination, {"events": (CaseEvent(ago(1), "Klar"),), "status": ENDED}, PAST),
    (Coordination, {"is_sip": True, "start": ago(900)}, ONGOING),
    (Coordination, {"is_sip": True, "end": ago(1)}, PAST),
    (Coordination, {"is_sip": True, "status": PLANNED}, CURRENT),
    (Coordination, {"is_sip": True, "status": UNKNOWN}, CURRENT),
    (Coordination, {"is_sip": True, "status": UNKNOWN, "recorded": ago(400)}, ONGOING),
    (CarePlan, {"start": ago(2000)}, ONGOING),
    (CarePlan, {}, ONGOING),
    (CarePlan, {"end": ago(1)}, PAST),
    (CarePlan, {"status": UNKNOWN}, CURRENT),
    (CarePlan, {"status": UNKNOWN, "start": ago(10)}, ONGOING),
    (CarePlan, {"status": UNKNOWN, "recorded": ago(2000)}, ONGOING),
    (CarePlan, {"status": UNKNOWN, "recorded": ago(20), "end": ago(1)}, PAST),
    (CarePlan, {"status": UNKNOWN, "recorded": ago(20), "start": ago(-3)}, CURRENT),
    (CarePlan, {"status": UNKNOWN, "recorded": DOUBTFUL}, CURRENT),
    (CarePlan, {"status": PLANNED, "recorded": ago(20)}, CURRENT),
    (CareContact, {"form": ContactForm.INPATIENT, "start": ago(200)}, ONGOING),
    (CareContact, {"form": ContactForm.INPATIENT, "start": ago(200), "end": ago(90), "status": ENDED}, NEW),
    (CareContact, {"form": ContactForm.INPATIENT}, ONGOING),
    (CareContact, {"start": ago(90), "status": ENDED}, NEW),
    (CareContact, {"start": ago(91), "status": ENDED}, PAST),
    (CareContact, {"form": ContactForm.BOOKED, "start": ago(-30), "status": PLANNED}, NEW),
    (CareContact, {"form": ContactForm.BOOKED, "start": ago(-31), "status": PLANNED}, CURRENT),
    (CareContact, {"form": ContactForm.BOOKED, "start": ago(-3), "status": CANCELLED}, PAST),
    (CareContact, {"form": ContactForm.NOTE, "start": ago(1)}, PAST),
    (CareContact, {"start": DOUBTFUL}, PAST),
    (Prehospital, {"is_mission": True, "start": ago(90)}, NEW),
    (Prehospital, {"is_mission": True, "start": ago(91)}, PAST),
    (Prehospital, {"start": ago(7)}, NEW),
    (Prehospital, {"start": ago(8)}, PAST),
    (Diagnosis, {"start": ago(90)}, NEW),
    (Diagnosis, {"start": ago(91), "status": Status.UNKNOWN}, PAST),
    (Diagnosis, {"start": ago(91), "status": Status.ENDED}, PAST),
    (Diagnosis, {"start": ago(91), "status": Status.ACTIVE}, CURRENT),
    (Diagnosis, {"start": ago(91), "is_chronic": True}, CURRENT),
    (Diagnosis, {}, CURRENT),
    (Medication, {"changed": ago(30)}, NEW),
    (Medication, {"changed": ago(31)}, CURRENT),
    (Medication, {"start": ago(30)}, NEW),
    (Medication, {"status": ENDED, "end": ago(30)}, NEW),
    (Medication, {"status": ENDED, "end": ago(31)}, PAST),
    (Medication, {"start": ago(700), "end": ago(-10)}, CURRENT),
]


@pytest.mark.parametrize(("made", "facts", "expected"), RULES)
def test_each_rule_lights_by_presence_period_and_day(
    made: type[Record], facts: dict[str, Any], expected: Lamp
) -> None:
    assert lamp(record(made, **facts)) is expected


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.key)
def test_every_button_has_its_rules_tried(button: Any) -> None:
    assert {lamp for made, _, lamp in RULES if made.kind is button.kind} >= {Lamp.PAST}


def test_the_places_are_fixed() -> None:
    assert [b.key for b in in_group(Group.IMPORTANT)] == [
        "care_limitation",
        "warning",
        "contact",
        "vaccination",
    ]
    assert [b.key for b in in_group(Group.HOME)] == [
        "social_service",
        "home_care",
        "coordination",
        "care_plan",
    ]
    assert [b.key for b in in_group(Group.CARE)] == ["care_contact", "prehospital", "diagnosis", "medication"]
    assert len(BUTTONS) == 12


def test_a_threshold_set_elsewhere_is_used() -> None:
    button = BUTTON_OF[Diagnosis.kind]
    old = record(Diagnosis, start=ago(100))
    assert button.judge(old, MOMENT, {"new": 120}) is NEW


def test_the_day_turns_at_swedish_midnight() -> None:
    button = BUTTON_OF[Diagnosis.kind]
    seen = record(Diagnosis, start=When.on(MOMENT.today))
    summer = datetime(2026, 6, 10, 21, 59, tzinfo=UTC), datetime(2026, 6, 10, 22, 0, tzinfo=UTC)
    assert [button.judge(seen, Moment(at), {"new": 90}) for at in summer] == [NEW, CURRENT]


def test_headlines_read_as_a_clinician_would_say_them() -> None:
    events = (
        CaseEvent(When.of(datetime(2026, 3, 12, 12, 40, tzinfo=UTC)), "Utskrivningsklar"),
        CaseEvent(ago(-2), "SIP kallad"),
    )
    assert (
        headline(record(Coordination, events=events)) == "Utskrivningsklar 12 mar 13.40 · SIP kallad 14 mar"
    )
    assert headline(
        record(Caution, substance="Penicillin", severity="allvarlig"), record(Caution, title="smitta MRSA")
    ) == ("Penicillin, allvarlig · smitta MRSA")
    stay = record(CareContact, form=ContactForm.INPATIENT, start=ago(8), unit=MEDICIN)
    assert headline(stay) == "Inlagd Medicin sedan 4 mar"
    crisis = [
        record(CarePlan, title="Rehabplan"),
        record(CarePlan, title="Krisplan psykiatri", is_crisis=True),
    ]
    assert headline(*crisis) == "Krisplan psykiatri, Rehabplan, gäller"
    untold = record(CarePlan, id="2", title="Genomförandeplan", status=UNKNOWN, recorded=ago(400))
    assert headline(untold) == "Genomförandeplan, slut ej angivet"
    assert headline(untold, crisis[1]) == "Krisplan psykiatri, Genomförandeplan"
    home = [
        record(SocialService, title="Larm"),
        record(SocialService, title="Korttids", is_housing=True, end=ago(-52)),
    ]
    assert headline(*home) == "Korttids t.o.m. 3 maj, Larm"
    stale = record(SocialService, title="Boendestöd", start=ago(600), updated=ago(400))
    assert headline(stale) == "Boendestöd · ej uppdaterad sedan 5 feb 2025"
    open_case = record(Coordination, start=ago(500), events=(CaseEvent(ago(400), "Inskriven"),))
    assert headline(open_case) == "Öppet sedan 28 okt 2024"
    medicines = [record(Medication, id=str(n), title="Metoprolol", start=ago(n)) for n in (2, 400)]
    assert headline(*medicines) == "2 aktuella, ändrat 10 mar"


def test_a_limitation_is_headed_by_its_own_words() -> None:
    text = "Ej HLR.\nVid försämring: ring sonen."
    assert headline(record(CareLimitation, text=text)) == text


def test_the_latest_main_diagnosis_heads_and_none_is_called_the_most_important() -> None:
    main = record(Diagnosis, title="Lunginflammation", is_main=True, start=ago(200))
    newer = record(Diagnosis, id="2", title="Förstoppning", start=ago(2))
    assert headline(newer, main) == "Lunginflammation"


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(9, "PAL Lisa Fjällström 0980-319201"), (22, "Jour Hälsocentralen 0980-319202")],
)
def test_contacts_say_who_answers_at_this_hour(hour: int, expected: str) -> None:
    pal = record(
        Contact, role=ContactRole.PAL, name="Lisa Fjällström", phones=(Phone("0980-319201", use="day"),)
    )
    jour = record(
        Contact,
        id="2",
        role=ContactRole.ON_CALL,
        name="Hälsocentralen",
        phones=(Phone("0980-319202", use="on_call"),),
    )
    moment = Moment(datetime(2026, 3, 12, hour, tzinfo=UTC))
    assert headline(pal, jour, moment=moment) == expected


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.key)
def test_nothing_revoked_or_in_error_ever_lights(button: Any) -> None:
    from tests.aggregation.examples import plain

    for status in (Status.CANCELLED, Status.IN_ERROR):
        one = replace(plain(button.kind), status=status, start=ago(1), recorded=ago(1), updated=ago(1))
        assert lamp(one) in (PAST, CURRENT)
