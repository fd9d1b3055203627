"""What stands on paper: whose it is, what is missing, limitations first and whole, and nothing to press."""

from dataclasses import replace

import pytest

from connectors.base.contract import Fault, SourceFault
from connectors.base.kinds import CareLimitation, Contact, Diagnosis, SocialService
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Phone, Status
from consent.ruling import Notice
from consent.terms import Reach
from consent.vocabulary import CareKind, Distance, Kind, Reason
from portal.aggregation.states import State
from portal.overview.presenters.paper import MARKS, MOST_ITEMS
from tests.aggregation.examples import (
    HEMTJANSTEN,
    Script,
    ago,
    answering,
    failing,
    hanging,
    record,
)
from tests.factories.permits import altered
from tests.overview.papers import handover_of, html_of, room_of, sheet_of
from tests.overview.visits import HOME, SERVICE, STANDING, closed_by, protected, ruling_of
from tests.reading import elements_of

pytestmark = pytest.mark.usefixtures("quiet_urls")

LIMIT = record(CareLimitation, text="Ej HLR. <b>Ej</b> IVA.\nPatienten är informerad.", start=ago(3))
FULL: dict[str, Script] = {
    "cosmic": answering(LIMIT),
    "viva-hsl": answering(HOME),
    "viva-sol": answering(SERVICE),
}
OTHERS = Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE)
SOCIAL = Reach(Distance.OTHER_PROVIDER, CareKind.SOCIAL_CARE)


def test_it_says_whose_when_by_whom_and_what_becomes_of_it() -> None:
    sheet = sheet_of(FULL)
    assert (sheet.banner.name, sheet.banner.number) == ("Tolvansson, Tolvan", "19121212-1212")
    assert sheet.printed == (
        "Utskriven 2026-03-12 12.32 av Alva Akut, Läkare, Akuten, Region Fjäll. Strimla efter användning."
    )
    html = html_of(sheet)
    (head,) = [e for e in elements_of(html) if e.attributes.get("class") == "head"]
    assert "Tolvansson, Tolvan" in head.text
    assert "19121212-1212" in head.text
    assert (sheet.stamp, sheet.missing, sheet.is_incomplete) == ("", (), False)
    assert "Inte komplett" not in html


def test_the_twelve_stand_in_their_fixed_order_each_with_a_word_and_a_mark() -> None:
    rows = [row for _, group in sheet_of(FULL).groups for row in group]
    assert [row.tile.key for row in rows] == [kind.value for kind in Kind]
    assert all(row.mark and row.tile.word and row.tile.action is None for row in rows)
    assert set(MARKS) == set(State)


def test_limitations_come_first_word_for_word() -> None:
    html = html_of(sheet_of(FULL))
    assert "Ej HLR. &lt;b&gt;Ej&lt;/b&gt; IVA.\nPatienten är informerad." in html
    assert "<b>Ej</b>" not in html
    assert html.index("Patienten är informerad.") < html.index('data-button="care_limitation"')


@pytest.mark.parametrize("fault", [Fault.TIMED_OUT, Fault.FORMAT, Fault.FOREIGN_PATIENT])
def test_what_did_not_answer_is_stamped_and_named_and_never_reads_as_nothing(fault: Fault) -> None:
    sheet = sheet_of({**FULL, "viva-hsl": failing(SourceFault(fault))})
    assert sheet.stamp == "INTE KOMPLETT"
    assert [(one.label, one.phone) for one in sheet.missing] == [("Viva HSL", "0980-319260")]
    rows = {row.tile.key: row.tile for _, group in sheet.groups for row in group}
    assert rows["home_care"].state == "unknown"
    html = html_of(sheet)
    (head,) = [e for e in elements_of(html) if e.attributes.get("class") == "head"]
    assert "INTE KOMPLETT" in head.text
    assert "Viva HSL" in html
    assert "Viva HSL: " in "".join(sheet.safety.lines if sheet.safety else ())


def test_a_source_that_gave_less_than_all_is_stamped_too() -> None:
    assert sheet_of({**FULL, "cosmic": answering(unparsed=1)}).stamp
    assert sheet_of({**FULL, "cosmic": answering(withheld=True)}).stamp


def test_blocks_that_nobody_could_read_make_it_incomplete() -> None:
    ruling = ruling_of(closed_by(Reason.BLOCKS_UNKNOWN), notices=frozenset({Notice.BLOCKS_UNKNOWN}))
    sheet = sheet_of(FULL, ruling=ruling)
    assert sheet.stamp
    assert "Spärrar kunde inte läsas" in html_of(sheet)


def test_what_the_rules_hold_back_is_told_as_on_the_screen() -> None:
    ruling = ruling_of(closed_by(Reason.NO_CONSENT), notices=frozenset({Notice.BLOCKED}))
    sheet = sheet_of(FULL, ruling=ruling)
    html = html_of(sheet)
    assert "Spärrade uppgifter finns. Patienten kan häva spärren." in html
    assert "Trygghetslarm" not in html
    rows = {row.tile.key: row.tile.state for _, group in sheet.groups for row in group}
    assert rows["social_service"] == "consent"
    assert not sheet.is_incomplete


def test_a_person_who_may_not_be_named_goes_by_the_number() -> None:
    html = html_of(sheet_of(FULL, ruling=ruling_of(standing=replace(STANDING, has_relation=False))))
    assert "Tolvansson" not in html
    assert "19121212-1212" in html


def test_a_protected_person_is_marked_and_has_no_address() -> None:
    html = html_of(sheet_of(FULL, ruling=ruling_of(person=protected())))
    assert "Skyddade personuppgifter" in html
    assert "Fjällvägen" not in html
    assert "070-1740605" not in html


def test_the_consents_last_day_stays_on_the_screen() -> None:
    assert "Samtycke" not in html_of(sheet_of(FULL))


def test_a_long_list_says_how_much_of_it_is_left() -> None:
    many = [
        record(Diagnosis, id=f"d{n}", title=f"Diagnos {n:03}", start=ago(n)) for n in range(MOST_ITEMS + 60)
    ]
    sheet = sheet_of({"cosmic": answering(*many)}, frozenset({Kind.DIAGNOSIS}))
    (section,) = sheet.sections
    assert (len(section.items), section.rest) == (MOST_ITEMS, "60 till finns i listan på skärmen.")
    html = html_of(sheet)
    assert "Diagnos 000" in html
    assert "Diagnos 099" not in html
    assert "60 till finns i listan på skärmen." in html


def test_an_empty_list_says_that_it_is_and_one_that_failed_that_nobody_knows() -> None:
    empty = html_of(sheet_of(FULL, frozenset({Kind.DIAGNOSIS})))
    unknown = html_of(
        sheet_of({**FULL, "cosmic": failing(SourceFault(Fault.DNS))}, frozenset({Kind.DIAGNOSIS}))
    )
    for html, word in ((empty, "Inget registrerat"), (unknown, "Okänt om uppgifter finns")):
        assert word in html.partition('<section class="list">')[2]


def test_nothing_on_the_sheet_can_be_pressed() -> None:
    html = html_of(sheet_of({**FULL, "viva-hsl": hanging()}, frozenset(Kind)))
    inside = next(e for e in elements_of(html) if e.attributes.get("class") == "sheet").inside
    assert not [e.tag for e in inside if e.tag in ("a", "button", "form", "input", "script", "svg")]


# Handing over.


HANDED = frozenset({Kind.CARE_LIMITATION, Kind.WARNING, Kind.SOCIAL_SERVICE, Kind.HOME_CARE})


def test_a_hand_over_sheet_holds_the_chosen_and_no_others_and_lines_to_write_on() -> None:
    sheet = handover_of(FULL, HANDED)
    html = html_of(sheet, "paper/handover.html")
    # The limitations stand on top with all there is of them: once is enough.
    listed = [k.value for k in Kind if k in HANDED and k is not Kind.CARE_LIMITATION]
    assert [section.row.tile.key for section in sheet.sections] == listed
    for words in ("S – Situation", "B – Bakgrund", "A – Aktuellt", "R – Rekommendation", "Till enhet"):
        assert words in html
    assert "Patienten är informerad." in html
    assert "Diagnoser" not in html


def test_each_list_gives_its_first_before_any_gives_its_second_and_what_is_left_is_counted() -> None:
    services = [
        record(
            SocialService,
            id=f"s{n}",
            title=f"Insats {n:02}",
            text="Lång text. " * 12,
            unit=HEMTJANSTEN,
            source="viva-sol",
            start=ago(n),
        )
        for n in range(60)
    ]
    sheet = handover_of({**FULL, "viva-sol": answering(*services)}, HANDED)
    by_key = {section.row.tile.key: section for section in sheet.sections}
    assert len(by_key["home_care"].items) == 1
    shown = len(by_key["social_service"].items)
    assert 2 <= shown < 20
    assert by_key["social_service"].rest == f"{60 - shown} till finns i listan på skärmen."


def test_limitations_are_never_shortened_to_make_room() -> None:
    text = "Patienten avböjer intensivvård. " * 200
    sheet = handover_of(
        {**FULL, "cosmic": answering(record(CareLimitation, text=text, start=ago(3)))}, HANDED
    )
    assert text.strip() in html_of(sheet, "paper/handover.html")
    assert all(not section.items for section in sheet.sections)


# Meeting.


def test_a_room_sees_the_chosen_and_no_others() -> None:
    room = room_of(FULL, frozenset({Kind.SOCIAL_SERVICE}))
    assert [section.row.tile.key for section in room.sections] == ["social_service"]
    assert room.safety is None
    assert {fact.key for fact in (*room.banner.facts, *room.banner.more)} <= {"born", "sex", "interpreter"}


def test_warnings_are_not_told_beside_limitations_unless_they_were_chosen() -> None:
    allergic = {**FULL, "cosmic": answering(LIMIT, record(Caution, substance="Penicillin"))}
    alone = room_of(allergic, frozenset({Kind.CARE_LIMITATION}))
    both = room_of(allergic, frozenset({Kind.CARE_LIMITATION, Kind.WARNING}))
    assert alone.safety is not None
    assert both.safety is not None
    assert (alone.safety.caution_rest, both.safety.caution_rest) == ("", "Penicillin")


@pytest.mark.parametrize(
    "reason",
    [
        Reason.NO_CONSENT,
        Reason.BLOCKED,
        Reason.PATIENT_REFUSED,
        Reason.NO_RELATION,
        Reason.MAY_ASK_TO_LIFT,
        Reason.NOT_IN_EMERGENCY,
        Reason.DECEASED,
    ],
)
def test_a_room_is_told_that_there_may_be_more_and_never_why(reason: Reason) -> None:
    ruling = ruling_of(closed_by(reason), notices=frozenset({Notice.BLOCKED}))
    kinds = frozenset({Kind.SOCIAL_SERVICE, Kind.CARE_LIMITATION, Kind.HOME_CARE})
    room = room_of({"cosmic": answering(LIMIT)}, kinds, ruling)
    states = {s.row.tile.key: (s.row.tile.state, [f.key for f in s.row.tile.flags]) for s in room.sections}
    assert states["social_service"] == ("closed", ["more"])
    # As on the overview: what no consent could open is not spoken of under what came.
    is_flagged = reason not in (Reason.NO_RELATION, Reason.DECEASED)
    assert states["care_limitation"] == ("ongoing", ["more"] if is_flagged else [])
    assert room.safety is not None
    assert room.safety.lines == ()
    assert room.banner.notices == ()


@pytest.mark.parametrize("reason", [Reason.NO_CONSENT, Reason.BLOCKED])
def test_limitations_that_others_may_hold_are_never_none_in_a_room(reason: Reason) -> None:
    room = room_of({}, frozenset({Kind.CARE_LIMITATION}), ruling_of(closed_by(reason)))
    assert room.safety is not None
    assert (room.safety.state, room.safety.title) == ("closed", "Vårdbegränsningar: kan finnas hos andra")


def test_past_limitations_alone_are_not_none_in_a_room_while_others_have_not_been_read() -> None:
    past = answering(record(CareLimitation, text="Upphävd", status=Status.CANCELLED))
    room = room_of(
        {"cosmic": past}, frozenset({Kind.CARE_LIMITATION}), ruling_of(closed_by(Reason.NO_CONSENT))
    )
    assert room.safety is not None
    assert room.safety.state == "closed"


def test_failures_stand_in_a_room_as_everywhere() -> None:
    room = room_of({"viva-hsl": failing(SourceFault(Fault.TLS))}, frozenset({Kind.HOME_CARE}))
    assert room.is_incomplete
    assert [one.label for one in room.missing] == ["Viva HSL"]
    (section,) = room.sections
    assert (section.row.tile.state, section.row.tile.headline) == ("unknown", "Okänt om uppgifter finns")


def test_contacts_of_a_protected_person_keep_their_telephones_to_themselves() -> None:
    ringing = record(Contact, title="PAL", phones=(Phone("0980-319201"),))
    base = ruling_of(person=protected())
    permit = base.permit
    assert permit is not None
    ruling = replace(base, permit=altered(permit, is_protected=True))
    sheet = sheet_of({"cosmic": answering(ringing)}, frozenset({Kind.CONTACT}), ruling)
    html = html_of(sheet)
    assert "0980-319201" not in html
    assert "Telefon visas inte vid skyddade personuppgifter." in html
