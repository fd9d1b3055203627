"""Rapportera fel uppgift: the reader tells the owner, the log that she did, and nobody what it says."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.db.models.functions import Now

from connectors.models import Source
from consent.models import AccessEvent, Consent
from demo.people import BY_LETTER
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]
NOTE = re.compile(r'name="note" value="([^"]+)"')


def opened(letter: str = "A", persona: str = "akuten") -> Reader:
    reader = Reader().sign_in(persona)
    reader.search(BY_LETTER[letter].number)
    reader.act("choose_units", unit="*")
    return reader


def notes(reader: Reader, kind: str = "diagnosis") -> list[str]:
    return [unescape(note) for note in NOTE.findall(reader.detail(kind).body)]


def report(reader: Reader, note: str) -> Reply:
    return reader.post(f"/p/{reader.handle}/fel/", {"note": note})


def test_the_page_says_whom_to_tell_and_by_which_reference(people: object) -> None:
    reader = opened()
    page = report(reader, notes(reader)[0])
    row = AccessEvent.objects.get(event="error_reported")
    assert page.status == 200
    for told in (row.detail["reference"], "0980-319209", "journal@regionfjall.example", "Cosmic",
                 "Verksamhetschefen", row.detail["record"]):  # fmt: skip
        assert told in page.body, told


def test_the_log_tells_where_the_record_is_and_nothing_of_what_it_says(people: object) -> None:
    reader = opened()
    report(reader, notes(reader)[0])
    row = AccessEvent.objects.get(event="error_reported")
    seen = AccessEvent.objects.filter(event="shown", action="detail").latest("seq")
    assert row.detail["seen_in"] == str(seen.view_id)
    assert (row.detail["source"], row.kinds) == ("cosmic", ["diagnosis"])
    assert row.detail["record"].startswith("Condition/")
    assert row.origins == [["SE2321000016-R001", "SE2321000016-R0ME", "diagnosis", 1]]
    assert "järtsvikt" not in str(vars(row))
    assert BY_LETTER["A"].number not in str(row.detail)


def test_it_is_said_in_english_too(people: object) -> None:
    reader = opened()
    reader.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    body = reader.detail("diagnosis").body
    assert "Report a wrong record" in body


def test_the_letter_names_nobody(people: object) -> None:
    reader = opened()
    body = report(reader, notes(reader)[0]).body
    (link,) = re.findall(r'href="mailto:([^"]+)"', body)
    assert re.fullmatch(r"journal@regionfjall\.example\?subject=[A-Z0-9]{8}", link)


def test_no_source_is_asked(people: object) -> None:
    reader = opened()
    note = notes(reader)[0]
    Source.objects.exclude(kinds=[]).update(base_url="http://127.0.0.1:9")
    assert report(reader, note).status == 200


def test_an_owner_without_a_routine_is_rung(people: object) -> None:
    Source.objects.update(error_phone="", error_email="", error_routine="", phone="0980-319299")
    reader = opened()
    body = report(reader, notes(reader)[0]).body
    assert "Ägaren har inte angett" in body
    assert "0980-319299" in body


@pytest.mark.parametrize("wrong", ["", "påhittat", "another patient", "another reader"])
def test_a_note_of_anything_else_reports_nothing(people: object, wrong: str) -> None:
    reader = opened()
    note = {"another patient": lambda: notes(opened("E"), "medication")[0],
            "another reader": lambda: notes(opened("A", "distrikt"))[0],
            }.get(wrong, lambda: wrong)()  # fmt: skip
    assert report(reader, note).status == 404
    assert not AccessEvent.objects.filter(event="error_reported").exists()


def test_a_record_one_may_no_longer_see_is_not_reported(people: object) -> None:
    """Reported under a consent that has been taken back since: nothing is told of the owner's routine."""
    reader = opened("M")
    assert reader.act("give_consent", period="open").status == 302
    note = notes(reader, "social_service")[0]
    Consent.objects.filter(pk=Consent.objects.latest("recorded_at").pk).update(ended_at=Now())
    assert report(reader, note).status == 409
    assert not AccessEvent.objects.filter(event="error_reported").exists()


def test_how_a_unit_is_reached_is_no_record_to_report(people: object) -> None:
    reader = opened()
    body = reader.detail("contact").body
    assert body.count('name="note"') < body.count('class="item')
