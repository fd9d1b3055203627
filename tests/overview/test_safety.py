"""The strip above everything: its five outcomes, and words that are the sources' own."""

from typing import Any

from connectors.base.contract import Fault
from connectors.base.kinds import CareLimitation, Measure
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Status
from consent.terms import ANY, Reach, Refusal
from consent.vocabulary import CareKind, Distance, Kind, Reason, Row
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.outcomes import Answered, Failed, Outcome
from portal.overview.presenters.safety import Safety, present_safety
from tests.aggregation.examples import COSMIC, HEMSJUKVARDEN, MEDICIN, MOMENT, NOON, VIVA_HSL, ago, record
from tests.factories.permits import FJALL, actor_at, everything_open

OPEN = everything_open(actor_at())
NO_CPR = record(
    CareLimitation,
    text="Ej HLR.",
    measures=(Measure.NO_CPR,),
    decided=ago(200),
    decided_by="Petra Lavander",
    unit=MEDICIN,
    end=ago(-100),
)
LIFTED = record(
    CareLimitation,
    id="v",
    text="Tidigare begränsning upphävd, full vård.",
    start=ago(5),
    status=Status.CANCELLED,
    unit=HEMSJUKVARDEN,
    source="viva-hsl",
)


def strip(*outcomes: Outcome, decisions: Any = OPEN) -> Safety:
    scene = Scene(actor_at(), decisions, (COSMIC, VIVA_HSL), MOMENT)
    by_source = {outcome.source.slug: outcome for outcome in outcomes}
    limitations = read_button(scene, BUTTON_OF[Kind.CARE_LIMITATION], by_source)
    warnings = read_button(scene, BUTTON_OF[Kind.WARNING], by_source)
    return present_safety(limitations, warnings, by_source, FJALL.name)


def cosmic(*records: Any) -> Answered:
    return Answered(COSMIC, COSMIC.kinds, records, NOON)


def viva(*records: Any) -> Answered:
    return Answered(VIVA_HSL, VIVA_HSL.kinds, records, NOON)


def test_a_limitation_stands_word_for_word_with_whose_and_until_when() -> None:
    (limit,) = strip(cosmic(NO_CPR), viva()).limits
    assert limit.text == "Ej HLR."
    assert limit.chips == ("Ej HLR",)
    assert limit.who == "Ställningstagande 2025-08-24, Petra Lavander, Medicin"
    assert limit.validity == "Gäller t.o.m. 2026-06-20"
    assert limit.source_line == "Cosmic, hämtat 12.32"


def test_the_strip_names_who_has_said_nothing_yet_also_beside_a_limitation() -> None:
    scene = Scene(actor_at(), OPEN, (COSMIC, VIVA_HSL), MOMENT)
    cases: tuple[tuple[dict[str, Outcome], list[str]], ...] = (
        ({}, ["Cosmic", "Viva HSL"]),
        ({"cosmic": cosmic(NO_CPR)}, ["Viva HSL"]),
    )
    for answers, awaited in cases:
        limitations = read_button(scene, BUTTON_OF[Kind.CARE_LIMITATION], answers)
        warnings = read_button(scene, BUTTON_OF[Kind.WARNING], answers)
        safety = present_safety(limitations, warnings, answers, FJALL.name, awaited)
        assert safety.awaited == f"Ännu inget svar från {', '.join(awaited)}."
        assert safety.state == ("limits" if answers else "waiting")
    assert strip(cosmic(), viva()).awaited == ""


def test_no_chip_is_ever_made_from_words() -> None:
    (limit,) = strip(cosmic(record(CareLimitation, text="Ej HLR, ej IVA")), viva()).limits
    assert limit.chips == ()


def test_sources_that_disagree_are_both_shown_newest_first() -> None:
    safety = strip(cosmic(NO_CPR), viva(LIFTED))
    assert [limit.text for limit in safety.limits] == ["Tidigare begränsning upphävd, full vård.", "Ej HLR."]
    assert safety.differs
    assert not safety.limits[0].is_valid
    assert safety.limits[0].chips == ()


def test_an_older_standpoint_that_has_ended_is_not_in_the_way() -> None:
    old = record(CareLimitation, id="old", text="Ej IVA", decided=ago(900), end=ago(700))
    safety = strip(cosmic(NO_CPR, old), viva())
    assert [limit.text for limit in safety.limits] == ["Ej HLR."]
    assert not safety.differs


def test_the_same_limitation_through_two_sources_stands_once_and_names_both() -> None:
    copy = record(
        CareLimitation, text=" Ej  HLR.", decided=ago(200), source="viva-hsl", unit=MEDICIN, end=ago(-100)
    )
    safety = strip(cosmic(NO_CPR), viva(copy))
    (limit,) = safety.limits
    assert limit.sources == ("Cosmic", "Viva HSL")
    assert not safety.differs


def test_none_is_only_said_with_how_many_answered() -> None:
    safety = strip(cosmic(), viva())
    assert (safety.state, safety.title) == (
        "none",
        "Inga vårdbegränsningar registrerade · 2 av 2 källor svarade",
    )


def test_a_missing_answer_makes_it_unknown_and_says_whom_to_ring() -> None:
    safety = strip(cosmic(), Failed(VIVA_HSL, VIVA_HSL.kinds, Fault.TIMED_OUT, NOON))
    assert safety.state == "unknown"
    assert safety.lines == ("Viva HSL: Svarade inte i tid. Ring 0980-319260.",)


def test_a_limitation_found_still_says_who_did_not_answer() -> None:
    safety = strip(cosmic(NO_CPR), Failed(VIVA_HSL, VIVA_HSL.kinds, Fault.CONNECT, NOON))
    assert safety.state == "limits"
    assert safety.lines


def test_past_ones_alone_do_not_say_none_while_a_source_is_missing() -> None:
    past = record(CareLimitation, text="Ej IVA", end=ago(3))
    assert strip(cosmic(past), Failed(VIVA_HSL, VIVA_HSL.kinds, Fault.CONNECT, NOON)).state == "unknown"
    assert strip(cosmic(past)).state == "waiting"
    assert strip(cosmic(past), viva()).title == "Ingen gällande vårdbegränsning · tidigare finns"


def test_past_ones_alone_do_not_say_none_while_another_unit_has_not_been_read() -> None:
    past = record(CareLimitation, text="Tidigare begränsning upphävd", status=Status.CANCELLED)
    units = Reach(Distance.OWN_PROVIDER, FJALL.kind, FJALL.hsa_id, ANY)
    unchosen = {**OPEN, units: Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN)}
    safety = strip(cosmic(), viva(past), decisions=unchosen)
    assert (safety.state, safety.title) == ("closed", "Vårdbegränsningar: kan finnas på annan enhet")
    other = Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE)
    for reason in (Reason.NO_CONSENT, Reason.BLOCKED):
        closed = {**OPEN, other: Refusal(Row.NO_CONSENT, reason)}
        safety = strip(cosmic(past), decisions=closed)
        assert (safety.state, safety.title) == ("closed", "Vårdbegränsningar: kan finnas hos andra")


def test_other_own_units_are_one_tap_away() -> None:
    units = Reach(Distance.OWN_PROVIDER, FJALL.kind, FJALL.hsa_id, ANY)
    decisions = {**OPEN, units: Refusal(Row.OWN_PROVIDER, Reason.NOT_CHOSEN)}
    assert strip(cosmic(), viva(), decisions=decisions).offers_units_of == "Region Fjäll"


def test_without_consent_others_may_hold_some_and_it_is_not_called_none() -> None:
    decisions = {
        **OPEN,
        Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE): Refusal(Row.NO_CONSENT, Reason.NO_CONSENT),
    }
    safety = strip(cosmic(), decisions=decisions)
    assert (safety.state, safety.title) == ("closed", "Vårdbegränsningar: kan finnas hos andra")


def test_warnings_that_stand_follow_on_a_line_of_their_own() -> None:
    safety = strip(cosmic(record(Caution, substance="Penicillin", severity="allvarlig")), viva())
    assert (safety.caution, safety.caution_rest) == ("Varning:", "Penicillin, allvarlig")
