"""The list behind a button: a hundred at a time with an honest total, contacts in the order they are rung."""

import re

import pytest

from consent.accesslog.model import AccessEvent
from consent.vocabulary import Kind
from demo.people import BY_LETTER
from portal.aggregation.buttons import BUTTONS, contact
from tests.people.test_timeline import opened
from tests.people.worlds import _django_db_helper, module_people, signed_in
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]

# What each list tells whether or not the source says it.
ALWAYS = {
    "care_limitation": ["Läkare", "Rådgjort med", "Patientens inställning", "Närståendes inställning"],
    "warning": ["Allvarlighet", "Visshet"],
    "contact": ["Telefon", "Kontrollerad"],
    "social_service": ["Uppdaterat"],
    "coordination": ["Ansvarig", "Fast vårdkontakt"],
    "care_plan": ["Från", "Till"],
    "medication": ["Dosering", "Från", "Ordinatör"],
}


def test_five_thousand_visits_come_a_hundred_at_a_time_and_are_logged_so() -> None:
    reader = signed_in("akuten", BY_LETTER["K"].number)
    assert reader.act("choose_units", unit="*").status == 302
    path = f"/p/{reader.handle}/uppgifter/care_contact/"
    seen: list[str] = []
    for number in (1, 2):
        body = reader.get(f"{path}?sida={number}").body
        assert body.count("<article") == 100
        seen += re.findall(r'name="note" value="([^"]+)"', body)
        shown = AccessEvent.objects.filter(event="shown").latest("seq")
        assert shown.detail["counts"] == {"care_contact": 100}
        assert (shown.action, sum(count for *_, count in shown.origins)) == ("detail", 100)
    assert len(set(seen)) == 200
    total = re.search(r"101–200 av (\d+)", body)
    assert total is not None
    last = reader.get(f"{path}?sida=999999").body
    assert f" av {total[1]}" in last
    assert "Nästa" not in re.findall(r'<nav class="pages".*?</nav>', last, flags=re.DOTALL)[0]


def called(reader: Reader) -> list[str]:
    """The roles of the list of contacts, from the top."""
    return re.findall(r'<p class="role">([^<]+)</p>', reader.detail("contact").body)


def test_by_day_the_responsible_physician_is_on_top_and_by_night_whoever_is_on_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page's own time is the database's, so the hour is told where it is judged."""
    reader = opened()
    for is_day, first in ((True, "PAL"), (False, "Jour")):
        monkeypatch.setattr(contact, "is_office_time", lambda _moment, is_day=is_day: is_day)
        roles = called(reader)
        assert roles[0] == first, roles
        assert roles[-1] == "Närstående"


def test_the_whole_row_dials_and_shows_its_digits() -> None:
    body = opened().detail("contact").body
    rows = re.findall(r'<a class="call-line" href="tel:([0-9+]+)">(.*?)</a>', body, flags=re.DOTALL)
    assert len(rows) > 3
    for digits, row in rows:
        number = re.search(r'class="number"><bdi>([^<]+)</bdi>', row)
        assert number is not None
        assert re.sub(r"[^0-9+]", "", number[1]) == digits


def test_language_and_interpreter_stand_with_the_contacts() -> None:
    body = opened("I", "distrikt").detail("contact").body
    assert "tigrinska" in body
    assert "<dt>Tolk</dt>" in body


@pytest.mark.parametrize("key", ALWAYS)
def test_what_a_list_always_tells_is_said_to_be_missing_where_it_is(key: str) -> None:
    button = next(button for button in BUTTONS if button.key == key)
    always = [str(column.label) for column in button.columns if column.is_always_shown]
    assert set(ALWAYS[key]) <= set(always)
    body = opened().detail(key).body
    items = re.findall(r"<article.*?</article>", body, flags=re.DOTALL)
    assert items
    for item in items:
        for label in always:
            assert f"<dt>{label}</dt>" in item, label


def test_who_answers_now_stands_on_the_overview() -> None:
    page = opened().overview()
    card = page.slots["call"]
    assert card.attributes["data-calling"] in {"new", "current"}
    dialled = [e.attributes["href"] for e in card.inside if e.attributes.get("href", "").startswith("tel:")]
    assert len(dialled) > 1
    assert "Alla 9 kontakter" in card.text
    latest = [e for e in page.slots["latest"].inside if e.tag == "li"]
    assert len(latest) == 4


def test_before_anything_may_be_read_neither_tells_of_anybody() -> None:
    page = signed_in("hemsjukvard", BY_LETTER["M"].number).overview()
    assert "tel:" not in str([e.attributes for e in page.slots["call"].inside])
    assert "Annan enhet: välj" in page.slots["call"].text
    assert page.slots["latest"].text.startswith("Senast hänt Inget daterat i det som svarade.")


def test_every_kind_has_a_list() -> None:
    assert {button.kind for button in BUTTONS} == set(Kind)
