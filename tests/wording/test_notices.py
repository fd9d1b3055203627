"""One sentence for each notice, and one length for whatever is told of others."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from consent.acts import Act
from consent.facts import ConsentFact, InabilityFact
from consent.ruling import Notice, Ruling
from consent.terms import PersonId, Provider, Unit
from consent.vocabulary import CareKind, IdType, Purpose, RelationGround
from portal.access.notices import EXISTENCE_TOLD, present_notices
from portal.access.panel import access_panel
from portal.access.sentences import moment
from portal.api.words import existence_of
from tests.aggregation.examples import NOON
from tests.overview.visits import PERSON, STANDING, ruling_of

ALONE: dict[str, Any] = {"decisions": {}, "has_permit": False}
MUNICIPALITY = Provider("SE2120000019-O001", "Fjällviks kommun, Omsorg", CareKind.SOCIAL_CARE)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_told_of_others_is_of_one_length_in_bytes(language: str) -> None:
    with translation.override(language):
        views = [present_notices(ruling_of(**ALONE, notices=frozenset({n})))[0] for n in EXISTENCE_TOLD]
    assert len({view.text.strip() for view in views}) == len(EXISTENCE_TOLD)
    assert len({(view.key, view.icon, len(view.text.encode())) for view in views}) == 1


def test_once_any_of_others_is_open_nothing_is_said_that_a_lit_button_could_contradict() -> None:
    for notice in (*EXISTENCE_TOLD, Notice.EXISTENCE_DEFAULT):
        told = frozenset({notice})
        is_said = bool(present_notices(ruling_of(notices=told)))
        assert is_said is (notice is Notice.EXISTENCE_YES)
        assert (existence_of(ruling_of(notices=told)) is not None) is is_said
        assert present_notices(ruling_of(**ALONE, notices=told))


def test_a_linked_number_names_the_one_that_counts() -> None:
    person = replace(PERSON, id=PersonId("199710232381"), aliases=(PersonId("x", IdType.SAMORDNINGSNUMMER),))
    (view,) = present_notices(ruling_of(person=person, notices=frozenset({Notice.NUMBER_LINKED})))
    assert "19971023-2381" in view.text


def social(ruling: Ruling) -> Ruling:
    unit = Unit("SE2120000019-O0HT", "Hemtjänsten", MUNICIPALITY)
    return replace(ruling, actor=replace(ruling.actor, unit=unit))


@pytest.mark.parametrize(
    ("relation", "grounds", "health_care", "social_care"),
    [
        (True, {RelationGround.JOURNAL}, "Vårdrelation: bekräftad av journalsystemet.", None),
        (True, {RelationGround.ATTESTED}, "Vårdrelation: intygad av dig, gäller ett dygn.", None),
        (True, {RelationGround.SERVICE}, None, "Omsorgsrelation: patienten har insats hos er."),
        (True, {RelationGround.ASSESSMENT}, None, "Omsorgsrelation: utredning pågår hos er."),
        (
            None,
            set(),
            "Journalsystemet svarade inte om vårdrelation. Bekräfta den själv.",
            "Verksamhetssystemet svarade inte om insats eller utredning. Det kan finnas ändå.",
        ),
        (False, set(), "Ingen vårdrelation är registrerad.", ""),
    ],
)
def test_the_relation_says_what_it_rests_on(
    relation: bool | None, grounds: set[RelationGround], health_care: str | None, social_care: str | None
) -> None:
    standing = replace(STANDING, has_relation=relation, relation_grounds=frozenset(grounds))
    ruling = ruling_of(standing=standing)
    if health_care is not None:
        assert access_panel(ruling, "handle").relation == health_care
    if social_care is not None:
        assert access_panel(social(ruling), "handle").relation == social_care


def test_what_is_offered_is_what_may_be_recorded_and_there_is_reason_to() -> None:
    every = frozenset(Act)
    free = replace(STANDING, consent=None, has_all_units=False)

    def offered(ruling: Ruling) -> frozenset[str]:
        return access_panel(replace(ruling, acts=every), "handle").may

    asked = offered(ruling_of(standing=free, **ALONE))
    assert asked == {act.value for act in Act}
    assert not offered(ruling_of()) & {"give_consent", "refuse_consent", "declare_emergency", "choose_units"}
    dead = replace(PERSON, died=NOON.date())
    assert offered(ruling_of(person=dead, standing=free)) == {
        "confirm_relation",
        "choose_units",
        "answer_lift_request",
    }
    administering = ruling_of(standing=free, **ALONE)
    actor = replace(administering.actor, purpose=Purpose.ADMINISTRATION)
    assert offered(replace(administering, actor=actor)) == frozenset()


def test_nothing_that_may_not_be_recorded_is_offered() -> None:
    assert access_panel(ruling_of(standing=replace(STANDING, consent=None)), "handle").may == frozenset()


def test_what_is_recorded_ahead_says_when_it_begins() -> None:
    later = ConsentFact("2", frozenset({"x"}), NOON, NOON.replace(month=12))
    standing = replace(STANDING, consent=None, consent_ahead=later)
    panel = access_panel(ruling_of(standing=standing), "handle")
    assert panel.ahead == "Samtycke är registrerat i förväg. Det börjar gälla 2026-12-12."
    assert access_panel(ruling_of(standing=replace(standing, consent=STANDING.consent)), "handle").ahead == ""


def test_a_review_that_is_due_says_so_and_one_to_come_says_when() -> None:
    done = InabilityFact(
        "1", "x", NOON, NOON, is_needed=True, is_attitude_clarified=True, is_no_objection_known=True
    )
    due = replace(STANDING, consent=None, renewable_inability=done)
    assert "skulle ha omprövats 2026-03-12" in access_panel(ruling_of(standing=due), "handle").inability
    standing = replace(due, inability=replace(done, review_at=NOON.replace(month=9)))
    assert "Ska omprövas senast 2026-09-12" in access_panel(ruling_of(standing=standing), "handle").inability


def test_an_interpreter_is_shown_only_where_the_question_is_asked_and_the_person_named() -> None:
    person = replace(PERSON, language="tigrinska", needs_interpreter=True, interpreter_phone="08-46500412")
    asking = replace(
        ruling_of(person=person, standing=replace(STANDING, consent=None)), acts=frozenset({Act.GIVE_CONSENT})
    )
    panel = access_panel(asking, "handle")
    assert (panel.language, panel.interpreter_phone) == (
        "Språk: tigrinska. Fråga genom tolk.",
        "08-46500412",
    )
    unnamed = replace(asking, standing=replace(asking.standing, has_relation=False))
    for silent in (unnamed, replace(asking, acts=frozenset())):
        found = access_panel(silent, "handle")
        assert (found.language, found.interpreter_phone, found.through_interpreter) == ("", "", False)


def test_a_moment_is_written_as_the_language_does() -> None:
    assert moment(NOON) == "2026-03-12 kl. 12.32"
    with translation.override("en"):
        assert moment(NOON).endswith("12:32")
