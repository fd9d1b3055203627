"""Loggutdrag as the demo's reviewer hands it out, about what the invented staff really did."""

import json
import re
import urllib.request
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.accesslog.events import Event
from consent.accesslog.model import AccessEvent
from consent.identity import display_number
from consent.models import CareProvider
from consent.terms import PersonId
from demo.people import BY_LETTER
from demo.people.personas import PERSONAS
from tests.people.worlds import _django_db_helper, module_people, people
from tests.reading import elements_of
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

# An official test number that is nobody's here: the journal answers that there is no relation.
STRANGER = "189208029802"
GUNHILD, INGEBORG, VERA, YARA = (BY_LETTER[letter] for letter in "ACEI")


def visit(persona: str, number: str, *details: str) -> Reader:
    reader = Reader().sign_in(persona)
    assert reader.search(number).status == 302
    reader.overview()
    for kind in details:
        assert reader.detail(kind).status == 200
    return reader


def order(number: str, **more: str) -> Reply:
    reader = Reader().sign_in("granskare")
    today = timezone.localdate()
    form = {"number": number, "from": "2020-01-01", "to": today.isoformat(), "language": "sv", **more}
    reply = reader.post(reverse("extract_order"), form)
    if reply.status != 302:
        return reply
    assert reply.location.startswith(reverse("extract_order"))
    return reader.get(reply.location)


def rows_of(reply: Reply) -> list[str]:
    """Each line of the extract as it reads."""
    assert reply.status == 200, reply.body[:800]
    body = next(e for e in elements_of(reply.body) if e.attributes.get("class") == "rows")
    return [row.text for row in body.inside if row.tag == "tr"][1:]


def text_of(reply: Reply) -> str:
    assert reply.status == 200, reply.body[:800]
    return next(e for e in elements_of(reply.body) if e.tag == "main").text


def test_it_tells_what_was_done_where_and_why(people: object) -> None:
    visit("hemsjukvard", GUNHILD.number, "diagnosis")
    itself, listed, overview, search = rows_of(order(GUNHILD.number))
    assert "Tog fram ett loggutdrag" in itself
    assert "Öppnade Diagnoser" in listed
    assert "Uppgifter visades: Diagnoser" in listed
    assert "Från Region Fjäll" in listed
    assert listed.endswith("Samtycke")
    assert "Öppnade översikten" in overview
    assert "Enhetens egna uppgifter" in overview
    assert "Sökte på numret" in search
    for row in (listed, overview, search):
        assert "Hemsjukvården" in row
        assert "Fjällviks kommun, Vård" in row
        assert f"{timezone.localdate():%Y-%m-%d}" in row


def test_others_who_read_the_municipalitys_information_are_in_it(people: object) -> None:
    """With the part that is the municipality's to tell, and not what else they saw or did."""
    visit("akuten", GUNHILD.number)
    rows = [row for row in rows_of(order(GUNHILD.number)) if "Akuten" in row]
    assert len(rows) == 1
    assert "Från Fjällviks kommun, Vård" in rows[0]
    assert "Region Fjäll" in rows[0]
    assert "Diagnoser" not in rows[0]
    assert "Sökte" not in " ".join(rows)


def test_a_denial_is_told_and_explained(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    reader.search(STRANGER)
    reader.get(reverse("overview", args=[reader.handle]))
    text = " ".join(rows_of(order(STRANGER)))
    assert "Nekades, inga uppgifter visades" in text
    assert "Ingen vårdrelation fanns." in text


def test_an_emergency_is_told_as_one(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    reader.search(INGEBORG.number)
    reader.act("emergency", obstacle="unconscious")
    reader.act("emergency_names")
    reader.overview()
    text = " ".join(rows_of(order(INGEBORG.number)))
    assert "Registrerade en nödsituation" in text
    assert "Gjorde en nödöppning" in text
    assert "Nödöppning: fara för liv eller hälsa, samtycke gick inte att få" in text
    assert "medvetslös" not in text


@pytest.mark.parametrize("letter", ["A", "C", "E", "H"])
def test_it_names_no_staff_and_tells_nothing_of_the_record(people: object, letter: str) -> None:
    number = BY_LETTER[letter].number
    for persona in ("hemsjukvard", "akuten", "distrikt"):
        visit(persona, number)
    body = re.sub(r"<header.*?</header>", "", order(number).body, flags=re.DOTALL)
    for somebody in PERSONAS:
        assert somebody.name not in body
        assert somebody.name.split()[-1] not in body
        assert somebody.hsa not in body
    for clinical in ("warfarin", "Waran", "penicillin", "Ej HLR", "VILSAD", "krisplan", "mg"):
        assert not re.search(rf"\b{clinical}\b", body, re.IGNORECASE), clinical


def test_both_numbers_of_a_person_lead_to_the_same_rows(people: object) -> None:
    """She was read under the one she has now; somebody searched under the one she had."""
    old = YARA.linked_number
    assert old is not None
    visit("distrikt", YARA.number)
    reader = Reader().sign_in("hemsjukvard")
    reader.search(old)
    found = {number: order(number) for number in (YARA.number, old)}
    searches = {n: [r for r in rows_of(reply) if "Sökte på numret" in r] for n, reply in found.items()}
    assert len(searches[YARA.number]) == len(searches[old]) == 1
    assert display_number(PersonId(YARA.number)) in text_of(found[old])


def test_it_is_logged_with_the_patient_each_time_it_is_shown(people: object) -> None:
    order(GUNHILD.number)
    [row] = AccessEvent.objects.filter(event=Event.LOG_EXTRACTED)
    patient = row.patient()
    assert patient is not None
    assert patient.number == GUNHILD.number
    assert row.user_hsa_id == "SE2120000019-2V02"


def test_the_number_stands_in_no_address_and_no_title(people: object) -> None:
    reader = Reader().sign_in("granskare")
    today = timezone.localdate().isoformat()
    form = {"number": GUNHILD.number, "from": "2025-01-01", "to": today, "language": "sv"}
    sent = reader.post(reverse("extract_order"), form)
    shown = reader.get(sent.location)
    title = next(e.text for e in elements_of(shown.body) if e.tag == "title")
    links = re.findall(r"(?:href|action|value)=\"([^\"]*)\"", shown.body)
    for spelling in (GUNHILD.number, display_number(PersonId(GUNHILD.number)), GUNHILD.number[2:]):
        assert all(spelling not in text for text in (sent.location, title, *links))
    assert display_number(PersonId(GUNHILD.number)) in shown.body
    assert shown.headers["Cache-Control"] == "no-store"


def test_a_handle_of_another_session_opens_nothing(people: object) -> None:
    reader = Reader().sign_in("granskare")
    today = timezone.localdate().isoformat()
    form = {"number": GUNHILD.number, "from": "2025-01-01", "to": today}
    location = reader.post(reverse("extract_order"), form).location
    assert Reader().sign_in("granskare").get(location).status == 404
    assert Reader().get(location).status == 302
    assert not AccessEvent.objects.filter(event=Event.LOG_EXTRACTED).exists()


def test_the_head_has_name_number_time_and_provider(people: object) -> None:
    reply = order(GUNHILD.number)
    head = next(e for e in elements_of(reply.body) if e.tag == "thead").text
    today = timezone.localdate().isoformat()
    for words in ("Gunhild Myrberg", "19390813-9060", "2020-01-01", today, "Fjällviks kommun, Vård"):
        assert words in head


def test_protected_identity_has_no_name_and_a_word_to_who_hands_it_out(people: object) -> None:
    text = text_of(order(VERA.number))
    assert VERA.family_name not in text
    assert "Personen har skyddade personuppgifter." in text


def test_a_silent_register_is_said_not_passed_over(people: object) -> None:
    address = people.population  # type: ignore[attr-defined]

    def tell(mode: str) -> None:
        body = json.dumps({"mode": mode}).encode()
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{address}/_control", body, headers, method="POST")
        urllib.request.urlopen(asked).close()

    visit("hemsjukvard", GUNHILD.number)
    tell("unavailable")
    try:
        reply = order(GUNHILD.number)
    finally:
        tell("ok")
    assert "Folkbokföringen svarade inte." in text_of(reply)
    assert any("Öppnade översikten" in row for row in rows_of(reply))


def test_nobody_looked_is_said_for_the_time_that_was_asked_about(people: object) -> None:
    visit("hemsjukvard", GUNHILD.number)
    text = text_of(order(GUNHILD.number, **{"from": "2020-01-01", "to": "2020-12-31"}))
    assert "Det finns inga rader om dig för den här tiden." in text


def test_an_unreadable_month_makes_it_incomplete_not_empty(people: object) -> None:
    from django.db import connection

    from consent.accesslog import keys

    visit("hemsjukvard", GUNHILD.number)
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consent_logkey SELECT '2026-01', hash_key, data_key FROM consent_logkey"
            f" WHERE period = '{keys.period_of(now)}'"
        )
    text = text_of(order(GUNHILD.number, **{"from": "2026-01-05", "to": "2026-01-20"}))
    assert "Inte komplett:" in text
    assert "2026-01" in text
    assert "Det finns inga rader om dig för den här tiden." not in text


@pytest.mark.parametrize(
    "given",
    [
        {"number": "191212121213"},
        {"number": ""},
        {"from": ""},
        {"to": "igår"},
        {"from": "2026-02-02", "to": "2026-02-01"},
    ],
)
def test_what_was_typed_wrong_is_explained_and_stays(people: object, given: dict[str, str]) -> None:
    reply = order(**{"number": GUNHILD.number, **given})
    assert reply.status == 422
    assert 'role="alert"' in reply.body
    assert not AccessEvent.objects.filter(event=Event.LOG_EXTRACTED).exists()


def test_a_day_to_come_is_taken_for_today(people: object) -> None:
    visit("hemsjukvard", GUNHILD.number)
    later = (timezone.localdate() + timedelta(days=3000)).isoformat()
    assert any("Öppnade översikten" in row for row in rows_of(order(GUNHILD.number, to=later)))


def test_it_comes_in_the_language_that_was_asked_for(people: object) -> None:
    reply = order(GUNHILD.number, language="en")
    assert next(e for e in elements_of(reply.body) if e.tag == "html").attributes["lang"] == "en"
    assert reply.headers["Content-Language"] == "en"
    assert order(GUNHILD.number).headers["Content-Language"] == "sv"


def test_a_care_recipient_gets_hers_from_the_omsorgsgivare(people: object) -> None:
    """The same pages, for a reviewer of the municipality's social care."""
    from portal.accounts.models import Assignment

    visit("hemtjanst", GUNHILD.number)
    omsorg = CareProvider.objects.get(name="Fjällviks kommun, Omsorg")
    moved = Assignment.objects.get(user__username="granskare")
    moved.unit = omsorg.units.first()  # type: ignore[assignment]
    moved.save()
    rows = rows_of(order(GUNHILD.number))
    assert any("Hemtjänsten" in row and "Öppnade översikten" in row for row in rows)
    assert "Fjällviks kommun, Omsorg" in text_of(order(GUNHILD.number))
