"""The page as bytes: what leaves first, what is logged before what, and what covers it all."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base.contract import Fault, SourceFault
from connectors.base.kinds import CareLimitation, CarePlan, Diagnosis
from consent.accesslog.write import LogUnavailable
from consent.release import NotReleased
from consent.terms import Refusal
from consent.vocabulary import Reason, Row
from portal.aggregation.buttons import BUTTONS
from tests.aggregation.examples import (
    HEMSJUKVARDEN,
    NOON,
    Script,
    ago,
    answering,
    failing,
    hanging,
    record,
)
from tests.factories.permits import AKUTEN, actor_at, everything_open
from tests.overview.visits import HOME, SERVICE, Door, chunks_of, closed_by, ruling_of, visit_of

pytestmark = pytest.mark.usefixtures("quiet_urls")

LIMIT = record(CareLimitation, text="Ej HLR vid försämring.", start=ago(3))
BEFORE_CONSENT = closed_by(Reason.NO_CONSENT)


def full() -> dict[str, Script]:
    return {
        "cosmic": answering(LIMIT, after_s=0.3),
        "viva-hsl": answering(HOME),
        "viva-sol": answering(SERVICE, after_s=0.15),
    }


def states_in(html: str) -> dict[str, str]:
    """The last state sent for each button."""
    return dict(re.findall(r'data-button="(\w+)"\s+data-state="(\w+)"', html))


def test_the_first_chunk_holds_every_button_waiting_and_nothing_of_any_source() -> None:
    chunks = chunks_of(full())
    assert states_in(chunks[0]) == dict.fromkeys([b.key for b in BUTTONS], "waiting")
    assert "Ej HLR" not in chunks[0]
    assert 'data-safety="waiting"' in chunks[0]


def test_each_release_is_logged_before_its_bytes_leave() -> None:
    door, seen = Door(), list[int]()
    chunks_of(full(), door=door, at_each=lambda: seen.append(len(door.shown)))
    # Three where each source answered apart; on a busy machine two may come together.
    assert len(door.shown) >= 1
    assert seen == [*range(len(door.shown) + 1), len(door.shown)]


def test_what_leaves_is_logged_though_the_reader_hangs_up() -> None:
    door = Door()
    chunks_of(full(), door=door, stop_after=2)
    assert len(door.shown) == 1


def test_the_log_tells_whose_records_of_what_kind_and_how_each_source_did() -> None:
    door = Door()
    chunks_of({**full(), "viva-sol": failing(SourceFault(Fault.TLS))}, door=door)
    outcomes = {slug: word for shown in door.shown for slug, word in shown.outcomes.items()}
    assert outcomes == {"cosmic": "answered", "viva-hsl": "answered", "viva-sol": "tls"}
    origins = {(o.provider.name, kind.value) for shown in door.shown for o, kind in shown.origins}
    assert origins == {("Region Fjäll", "care_limitation"), ("Fjällviks kommun, Vård", "home_care")}


def test_fragments_name_their_slot_and_a_later_one_covers_an_earlier() -> None:
    page = "".join(chunks_of(full()))
    assert (
        '<slot name="care_limitation-2"><slot name="care_limitation-1"><slot name="care_limitation-0">'
        in page
    )
    assert page.index('slot="care_limitation-1"') < page.index('slot="care_limitation-2"')
    assert states_in(page)["care_limitation"] == "ongoing"
    assert page.rstrip().endswith("</html>")


def test_what_is_new_is_counted_anew_as_more_comes() -> None:
    """What a button's records say of themselves is kept for as long as they are the same."""
    looked = replace(ruling_of(), looked_at=NOON - timedelta(days=3))
    plans = [
        record(CarePlan, id=f"plan-{slug}", source=slug, unit=unit, title=f"Plan {slug}", recorded=ago(1))
        for slug, unit in (("cosmic", AKUTEN), ("viva-hsl", HEMSJUKVARDEN))
    ]
    scripts = {**full(), "viva-hsl": answering(plans[1]), "cosmic": answering(plans[0], after_s=0.3)}
    page = "".join(chunks_of(scripts, visit_of(looked)))
    assert page.index("1 ny sedan du tittade") < page.index("2 nya sedan du tittade")
    assert "Nytt sedan dess: 2." in page


def test_no_slot_is_filled_twice() -> None:
    page = "".join(chunks_of(full()))
    filled = re.findall(r'\sslot="([\w-]+-\d+)"', page)
    assert len(filled) == len(set(filled))
    assert set(filled) <= set(re.findall(r'<slot name="([\w-]+)"', page))


def test_changed_access_covers_the_page_and_shows_no_more() -> None:
    page = "".join(chunks_of(full(), door=Door(NotReleased(), refuses_from=1)))
    assert 'data-cover="access_changed"' in page
    assert "Åtkomsten har ändrats" in page
    assert "Ej HLR" not in page


def test_without_a_log_nothing_is_shown_and_the_page_says_so() -> None:
    page = "".join(chunks_of(full(), door=Door(LogUnavailable())))
    assert "Loggning fungerar inte – inga uppgifter visas" in page
    assert "Ej HLR" not in page
    assert "Trygghetslarm" not in page
    assert page.rstrip().endswith("</html>")


def test_a_mistake_of_ours_covers_the_page_with_an_error_id() -> None:
    page = "".join(chunks_of(full(), door=Door(RuntimeError("191212121212"), refuses_from=1)))
    assert 'data-cover="broken"' in page
    assert "191212121212" not in page


def test_a_reader_who_leaves_is_logged_with_what_was_still_awaited() -> None:
    door = Door()
    chunks_of({**full(), "cosmic": hanging()}, door=door, stop_after=3)
    assert door.left == [{"cosmic": "left"}]


def test_a_page_that_ran_to_its_end_was_not_left() -> None:
    door = Door()
    chunks_of(full(), door=door)
    assert door.left == []


def test_before_consent_a_full_and_an_empty_patient_give_the_same_bytes() -> None:
    visit = visit_of(ruling_of(BEFORE_CONSENT))
    same_view = replace(visit)
    one = "".join(chunks_of({"cosmic": answering()}, visit))
    other = "".join(chunks_of({"cosmic": answering(), "viva-sol": answering(SERVICE)}, same_view))
    assert one == other
    assert states_in(one)["social_service"] == "consent"


def test_what_the_rules_refused_is_logged_with_the_first_release() -> None:
    door = Door()
    chunks_of({"cosmic": answering()}, visit_of(ruling_of(BEFORE_CONSENT)), door)
    assert dict(door.shown[0].outcomes) == {
        "viva-hsl": "no_consent",
        "viva-sol": "no_consent",
        "cosmic": "answered",
    }


def test_without_a_permit_nobody_is_asked_and_nothing_released() -> None:
    nothing = {reach: Refusal(Row.NOTHING, Reason.NO_RELATION) for reach in everything_open(actor_at())}
    door = Door()
    page = "".join(chunks_of({}, visit_of(ruling_of(nothing, has_permit=False)), door))
    assert (door.shown, door.left) == ([], [])
    assert set(states_in(page).values()) == {"closed"}


@pytest.mark.parametrize("fault", [f for f in Fault if f not in (Fault.BUSY, Fault.NOT_ASKED)])
def test_no_fault_of_all_sources_ever_says_that_nothing_is_there(fault: Fault) -> None:
    scripts = dict.fromkeys(("cosmic", "viva-hsl", "viva-sol"), failing(SourceFault(fault)))
    page = "".join(chunks_of(scripts))
    assert set(states_in(page).values()) == {"unknown"}
    for words in ("Inget registrerat", "Inget hos anslutna", "Inga vårdbegränsningar"):
        assert words not in page
    assert "Vårdbegränsningar: okänt. Utgå inte från att de saknas." in page
    assert "3 av 3 källor svarar inte" in page


def test_text_from_a_source_stays_text() -> None:
    nasty = "<script>alert(1)</script>"
    page = "".join(chunks_of({**full(), "cosmic": answering(record(Diagnosis, title=nasty, start=ago(1)))}))
    assert nasty not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_inline_script_or_style_and_no_number_in_the_title() -> None:
    page = "".join(chunks_of(full()))
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title is not None
    assert not re.search(r"\d{6}|Tolvan", title.group(1))
