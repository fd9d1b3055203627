"""Lit exactly as listed: every row of the invented people, for every persona and flow that exists."""

import pytest
from _pytest.mark.structures import ParameterSet

from consent.vocabulary import Kind
from demo.people import BY_LETTER
from demo.people.expected import EXPECTED, Expectation, Need
from portal.access.presenters import STATEMENTS
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

KIND_OF = dict(
    zip(("VB", "VA", "KO", "VC", "SoL", "HS", "SIP", "VP", "VK", "AM", "DI", "LM"), Kind, strict=True)
)
# What the rows may wait for that exists by now.
EXISTING: frozenset[Need] = frozenset(
    {"mobimed", "openfeed", "npo", "row 9 screen", "row 15a screen", "row 15b screen"}
)
NOTICE_TEXT = {
    "block": "Spärrade uppgifter finns",
    "consent_needed": "Samtycke behövs",
    "refused": "Patienten nekade samtycke",
    "sources_differ": "Källorna skiljer sig",
    "deceased": "Avliden",
    "social_locked": "Får inte öppnas i nödläge",
    "not_updated": "uppdaterad sedan",
}
STATE_WORDS = {"inget": {"empty"}, "tidigare": {"past"}, "okant": {"unknown"}}


def _cases() -> list[ParameterSet]:
    cases = []
    for row in EXPECTED:
        missing = row.missing(EXISTING)
        marks = []
        if row.flow and row.flow not in EXISTING:
            marks.append(pytest.mark.skip(reason=f"waits for: {', '.join(sorted(missing))}"))
        cases.append(pytest.param(row, id=row.label, marks=marks))
    return cases


def _open(row: Expectation) -> Reader:
    """Signed in, patient searched, and the flow of the row walked to its end."""
    reader = Reader().sign_in(row.persona)
    assert reader.search(BY_LETTER[row.person].number).status == 302
    if row.is_denied:
        return reader
    reader.act("choose_units", unit="*")
    if row.stage == "consent":
        assert reader.act("give_consent", scope="unit", period="open").status == 302
    if row.stage == "emergency":
        assert reader.act("emergency", obstacle="unconscious").status == 302
        assert reader.act("emergency_names").status == 302
    if row.stage in ("row 9", "row 15b"):
        assert reader.act("inability").status == 302
        assert reader.act("inability_names", **dict.fromkeys(STATEMENTS, "yes")).status == 302
    return reader


@pytest.mark.parametrize("row", _cases())
def test_exactly_these_buttons_are_lit(people: object, row: Expectation) -> None:
    reader = _open(row)
    if row.is_denied:
        reply = reader.get(f"/p/{reader.handle}/")
        assert "data-button" not in reply.body
        assert "ingen pågående insats" in reply.body
        return
    page = reader.overview()
    for notice in row.notices:
        if notice in NOTICE_TEXT:
            assert NOTICE_TEXT[notice] in page.text, notice
    for notice in row.absent:
        assert NOTICE_TEXT[notice] not in page.text, notice
    assert page.lit == {KIND_OF[b].value for b in row.lit_with(EXISTING)}, page.states
    for words in row.once:
        assert page.safety.text.count(words) == 1, words
    for button, state in row.states.items():
        if button in row.waits and row.waits[button] not in EXISTING:
            continue
        assert page.states[KIND_OF[button].value] in STATE_WORDS[state], (button, page.states)


@pytest.mark.parametrize("row", [r for r in EXPECTED if r.waits], ids=lambda row: row.label)
def test_what_a_row_still_waits_for(row: Expectation) -> None:
    """The buttons of a row whose source is not connected yet: marked here, asserted above once it is."""
    waiting = {button: need for button, need in row.waits.items() if need not in EXISTING}
    if waiting:
        pytest.skip(", ".join(f"{button} waits for {need}" for button, need in waiting.items()))
