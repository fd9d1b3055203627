"""Words for every member of every closed set, and who is named to whom."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

import pytest

from connectors.base.contract import Fault
from connectors.base.kinds import CareLimitation, Contact, Measure
from connectors.base.records import Phone, Status
from connectors.standing import Share, Standing
from consent.facts import Person
from consent.identity import display_number
from consent.ruling import Notice
from consent.terms import PersonId
from consent.vocabulary import IdType, Kind, Reason
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.outcomes import Answered, Failed
from portal.aggregation.states import Flag, State
from portal.overview.presenters import words
from portal.overview.presenters.banner import present_banner
from portal.overview.presenters.details import present_items
from portal.overview.presenters.sources import (
    missing_words,
    present_awaited,
    present_source,
    present_sources,
)
from portal.overview.presenters.tools import present_tools
from tests.aggregation.examples import COSMIC, MOMENT, NOON, VIVA_HSL, ago, origin, record
from tests.factories.permits import TOLVAN, actor_at, everything_open
from tests.overview.visits import PERSON, STANDING, protected, ruling_of


@pytest.mark.parametrize(
    ("members", "table"),
    [
        (State, words.STATE_WORDS),
        (Flag, words.FLAG_WORDS),
        (Reason, words.REASON_WORDS),
        (Fault, words.FAULT_WORDS),
        (Notice, words.NOTICE_WORDS),
        (Measure, words.MEASURE_WORDS),
        (Status, words.STATUS_WORDS),
    ],
)
def test_every_member_has_words(members: type[StrEnum], table: dict[StrEnum, object]) -> None:
    assert set(table) == set(members)


def test_each_state_has_a_word_of_its_own() -> None:
    spoken = [str(one.word) for one in words.STATE_WORDS.values()]
    assert len(set(spoken)) == len(spoken)


def test_the_banner_says_who_it_is() -> None:
    banner = present_banner(ruling_of())
    assert (banner.name, banner.number) == ("Tolvansson, Tolvan", "19121212-1212")
    assert [fact.value for fact in banner.facts] == ["1912-12-12 (113 år)", "Man"]
    assert "070-1740605" in [fact.value for fact in banner.more]


@pytest.mark.parametrize(
    ("needs", "phone", "words"),
    [(False, "", "Nej"), (True, "", "Ja"), (True, "08-46500412", "Ja, 08-46500412")],
)
def test_the_banner_says_whether_an_interpreter_is_needed(needs: bool, phone: str, words: str) -> None:
    person = replace(PERSON, needs_interpreter=needs, interpreter_phone=phone)
    told = {fact.label: fact.value for fact in present_banner(ruling_of(person=person)).more}
    assert told["Tolk"] == words


def test_without_relation_or_emergency_only_the_number_stands() -> None:
    banner = present_banner(ruling_of(standing=replace(STANDING, has_relation=False, consent=None)))
    assert (banner.name, banner.facts, banner.more) == ("", (), ())
    assert banner.number == "19121212-1212"


def test_protected_means_no_address_and_no_phone() -> None:
    banner = present_banner(ruling_of(person=protected()))
    assert banner.protected == "Skyddade personuppgifter"
    shown = " ".join(fact.value for fact in (*banner.facts, *banner.more))
    assert "Fjällvägen" not in shown
    assert "070-1740605" not in shown


def test_an_unreachable_register_leaves_the_number_alone() -> None:
    banner = present_banner(ruling_of(person=Person(TOLVAN), notices=frozenset({Notice.PERSON_UNKNOWN})))
    assert (banner.name, banner.is_protected) == ("", True)
    assert banner.notices[0].key == "person_unknown"


def test_the_deceased_are_said_to_be_with_age_at_death() -> None:
    banner = present_banner(ruling_of(person=replace(PERSON, died=date(2025, 12, 11))))
    assert banner.deceased == "Avliden 2025-12-11"
    assert banner.facts[0].value == "1912-12-12 (112 år)"


def test_a_reserve_number_is_shown_as_it_is() -> None:
    assert display_number(PersonId("99121212AB12", IdType.RESERVNUMMER)) == "99121212AB12"


def test_a_list_says_what_is_not_stated_and_whose_it_is() -> None:
    unit = replace(origin(), unit_is_assumed=True)
    one = replace(record(CareLimitation, text="Ej HLR", decided=ago(3)), origin=unit)
    outcome = Answered(COSMIC, COSMIC.kinds, (one,), NOON)
    scene = Scene(actor_at(), everything_open(actor_at()), (COSMIC,), MOMENT)
    reading = read_button(scene, BUTTON_OF[Kind.CARE_LIMITATION], {"cosmic": outcome})
    (item,) = present_items(reading, {"cosmic": outcome})
    facts = {fact.label: fact.value for fact in (*item.facts, *item.origin)}
    assert facts["Rådgjort med"] == facts["Patientens inställning"] == "ej angivet"
    assert facts["Enhet"] == "enhet ej angiven"
    assert (facts["Källa"], facts["Hämtat"], facts["Av"]) == ("Cosmic", "12.32", "Petra Lavander, Läkare")


@pytest.mark.parametrize("title", ["Ej HLR vid försämring.", ""])
def test_a_limitation_whose_title_is_its_text_stands_once(title: str) -> None:
    text = "Ej HLR vid försämring."
    outcome = Answered(
        COSMIC, frozenset({Kind.CARE_LIMITATION}), (record(CareLimitation, title=title, text=text),), NOON
    )
    scene = Scene(actor_at(), everything_open(actor_at()), (COSMIC,), MOMENT)
    reading = read_button(scene, BUTTON_OF[Kind.CARE_LIMITATION], {"cosmic": outcome})
    (item,) = present_items(reading, {"cosmic": outcome})
    assert (item.title, item.text) == ("Vårdbegränsningar", text)
    assert not item.is_titled


def test_a_contact_is_dialled_by_its_digits() -> None:
    one = record(Contact, phones=(Phone("0980-31 92 01", hours="8–17"),))
    outcome = Answered(COSMIC, COSMIC.kinds, (one,), NOON)
    scene = Scene(actor_at(), everything_open(actor_at()), (COSMIC,), MOMENT)
    reading = read_button(scene, BUTTON_OF[Kind.CONTACT], {"cosmic": outcome})
    (phone,) = present_items(reading, {"cosmic": outcome})[0].phones
    assert (phone.dial, phone.shown, phone.hours) == ("0980319201", "0980-31 92 01", "8–17")


def test_the_page_says_how_much_is_missing() -> None:
    late = Failed(COSMIC, COSMIC.kinds, Fault.TIMED_OUT, NOON)
    part = Answered(VIVA_HSL, VIVA_HSL.kinds, (), NOON, unparsed=2)
    assert missing_words([late, part], 6) == "1 av 6 källor svarar inte. 1 källa lämnade inte allt."
    assert missing_words([], 6) == ""
    assert (present_source(late, NOON).state, present_source(part, NOON).text) == (
        "failed",
        "2 poster kunde inte tolkas",
    )


@pytest.mark.parametrize(
    ("since_h", "until_h", "words"),
    [
        (-1, 2, "Planerat avbrott till 14.32"),
        (-1, 26, "Planerat avbrott till 13 mar 14.32"),
        (1, 2, "Planerat avbrott 13.32–14.32"),
        (-3, -1, ""),
        (30, 31, ""),
    ],
)
def test_a_planned_stop_is_told_while_it_goes_on_and_the_day_before(
    since_h: int, until_h: int, words: str
) -> None:
    planned = (NOON + timedelta(hours=since_h), NOON + timedelta(hours=until_h))
    stopped = replace(COSMIC, planned_downtime=planned)
    failed = Failed(stopped, stopped.kinds, Fault.CONNECT, NOON)
    answered = Answered(stopped, stopped.kinds, (), NOON)
    assert {present_source(outcome, NOON).planned for outcome in (failed, answered)} == {words}
    assert present_awaited(stopped, NOON).planned == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Share(97, 100), "Svarade på 97 % av frågorna senaste dygnet."),
        (Share(2, 3), ""),
        (Share(), ""),
    ],
)
def test_how_a_source_has_answered_is_told_in_short_and_not_of_a_handful(share: Share, words: str) -> None:
    outcome = Answered(COSMIC, COSMIC.kinds, (), NOON)
    (line,) = present_sources([outcome], NOON, {"cosmic": Standing(day=share)})
    assert line.standing == words


def test_every_tool_of_an_open_patient_leads_to_a_page_with_a_name() -> None:
    tools = present_tools("handle")
    assert [(tool.label, tool.href) for tool in tools][-1] == ("Stäng", "/")
    assert len({tool.key for tool in tools}) == len(tools)
