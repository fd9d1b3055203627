"""The public page: nothing to sign in to, and everything it shows is true when it is tried."""

import json
import os
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator
from playwright.sync_api import Page

from connectors.base.contract import SourceProfile
from connectors.openfeed.cells import put
from connectors.openfeed.checking import judge
from connectors.openfeed.declaration import RECORD_TYPES, every_field
from connectors.openfeed.files import read_file
from connectors.openfeed.flat import Draft
from connectors.openfeed.mapping import DECIDES, KINDS, TYPES, told_types
from connectors.openfeed.models import DeliveredFile, HeldRecord, Notice, Token
from connectors.openfeed.refusing import Code
from connectors.openfeed.samples import SAMPLES, example_of, sample_records
from connectors.openfeed.scenarios import PATIENT
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.feed.openapi import document
from portal.settings import base
from tests.feed.vendor import NOTICE_KEY, Vendor, make_source, make_token, service

pytestmark = pytest.mark.django_db


def page(name: str = "feed_home", query: str = "", client: Client | None = None) -> str:
    reply = (client or Client()).get(reverse(name) + query)
    assert reply.status_code == 200
    return str(reply.content.decode())


def texts_of(html: str, class_: str) -> list[str]:
    return [unescape(found) for found in re.findall(rf'<code class="{class_}">(.*?)</code>', html, re.DOTALL)]


def test_page_names_every_field_type_and_error_code() -> None:
    html = page()
    for name in (*every_field(), *RECORD_TYPES, *(code.value for code in Code)):
        assert f"<code>{name}</code>" in html, name


def test_page_says_of_each_button_what_fills_it_and_what_lights_it() -> None:
    html = unescape(page())
    lines = re.findall(r"<li><b>([^<]+)</b> <code>([^<]+)</code>\. ([^<]+)</li>", html)
    shown = {label: (types, told) for label, types, told in lines}
    expected = {str(BUTTON_OF[kind].label): (told_types(kind), BUTTON_OF[kind].told) for kind in KINDS}
    assert shown == expected
    assert len({types for types, _told in expected.values()}) == len(expected)


@pytest.mark.parametrize(("name", "kind"), DECIDES, ids=str)
def test_what_decides_between_two_buttons_is_what_the_page_says(name: str, kind: Kind) -> None:
    field, _is, value = DECIDES[name, kind].partition("=")
    record = example_of(name)
    put(record, field, value.partition("/")[0])
    draft = Draft(record, PATIENT, SourceProfile("x", "X", "", None))
    assert TYPES[name][1](draft).kind is kind


def test_page_leads_to_the_invented_readers_only_where_there_are_any(settings: Any) -> None:
    where = f'<a href="{reverse("account_login")}">Logga in som en av dem'
    assert (where in page()) is bool(settings.DEMO)
    (engine,) = settings.TEMPLATES
    kept = [name for name in engine["OPTIONS"]["context_processors"] if not name.startswith("demo.")]
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "context_processors": kept}}]
    assert where not in page()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_page_is_whole_in_both_languages(language: str) -> None:
    html = page(query=f"?sprak={language}")
    assert f'<html lang="{language}">' in html
    assert ("Anslut ert system" in html) is (language == "sv")
    assert ("Connect your system" in html) is (language == "en")
    assert "Ett obligatoriskt fält saknas eller är tomt." in html
    assert "A mandatory field is missing or empty." in html


def test_every_record_the_page_shows_is_sound() -> None:
    records = [json.loads(text) for text in texts_of(page(), "record")]
    assert len(records) == len(RECORD_TYPES) + 1
    assert [judge(record).problems for record in records] == [()] * len(records)


def test_links_of_the_page_lead_somewhere() -> None:
    for query in ("", "?sprak=en"):
        for address in set(re.findall(r'href="(/anslut/[^"#]*)"', page(query=query))):
            assert Client().get(unescape(address)).status_code == 200, address
    anchors = set(re.findall(r'href="#([^"]+)"', page()))
    assert anchors <= set(re.findall(r'id="([^"]+)"', page()))


def test_schema_is_published_where_it_says(client: Client) -> None:
    reply = client.get(reverse("feed_schema"))
    schema = reply.json()
    assert schema["$id"].endswith("/anslut/schema.json")
    validator = Draft202012Validator(schema)
    assert all(validator.is_valid(record) for record in sample_records())


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_can_be_fetched_and_are_what_was_tried(name: str, client: Client) -> None:
    reply = client.get(reverse("feed_sample", args=[name]))
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert [entry.record for entry in read_file(name, reply.content)] == sample_records()


def test_no_other_sample_can_be_fetched(client: Client) -> None:
    assert client.get("/anslut/exempel/../settings.py").status_code == 404
    assert client.get("/anslut/exempel/annat.csv").status_code == 404


# Trying without a key.


def check(**given: Any) -> str:
    reply = Client().post(reverse("feed_check"), given)
    return str(reply.content.decode())


def test_self_check_tells_row_by_row_and_keeps_nothing() -> None:
    rows = [service(1), service(2, title="", law="x")]
    html = check(file=SimpleUploadedFile("x.json", json.dumps(rows).encode()))
    assert "Något behöver rättas" in html
    assert "<code>title</code>" in html
    assert "<code>law</code>" in html
    assert not HeldRecord.objects.exists()
    assert not DeliveredFile.objects.exists()


def test_self_check_of_what_is_sound_says_so() -> None:
    assert "Allt går att ta emot" in check(text=json.dumps(service()))
    assert "Allt går att ta emot" in check(file=SimpleUploadedFile("x.xlsx", SAMPLES["exempel.xlsx"].make()))


def test_a_number_without_its_century_is_told_as_that() -> None:
    for number in ("121212-1212", "1212121212", "121212 - 1212", "121212+1212"):
        html = check(text=json.dumps(service(patient=number)))
        assert "Seklet fattas" in html
        assert "<code>no_century</code>" in html
    for number in ("19121212-1213", "121212121", "hej"):
        assert "Seklet fattas" not in check(text=json.dumps(service(patient=number)))


def test_a_column_that_is_missing_is_told_with_how_to_add_it() -> None:
    header, *rows = SAMPLES["exempel.csv"].make().decode("utf-8-sig").splitlines()

    def without(column: str) -> str:
        place = header.split(";").index(column)
        kept = [[c for n, c in enumerate(line.split(";")) if n != place] for line in (header, *rows)]
        table = "\n".join(";".join(cells) for cells in kept).encode()
        return check(file=SimpleUploadedFile("x.csv", table))

    said = without("title")
    assert "Gäller alla rader" in said
    assert "Saknas kolumnen i er tabell: lägg till den, med fältets namn som rubrik." in said
    said = without("patient")
    assert "Kolumnen patient saknas i rubrikraden. Lägg till den, ifylld på varje rad." in said
    assert "Spara den som CSV" not in said


def test_self_check_of_nonsense_is_a_clear_no() -> None:
    assert "&quot;half" in check(text='{"half')
    for given in ({}, {"text": "{"}, {"file": SimpleUploadedFile("x.bin", b"\0\1")}):
        html = check(**given)
        assert 'role="alert"' in html


def test_what_a_vendor_wrote_is_inert_on_the_page() -> None:
    html = check(text=json.dumps(service(id="<script>alert(1)</script>\u202e")))
    assert "<script>alert" not in html
    assert "<bdi>&lt;script&gt;" in html


def test_self_check_is_not_for_floods(settings: Any) -> None:
    settings.FEED_RATES = base.FEED_RATES
    statuses = [Client().post(reverse("feed_check"), {"text": "{}"}).status_code for _call in range(31)]
    assert statuses[-1] == 429


# Handing in a file with a key.


def hand_in(token: str, data: bytes, name: str = "x.csv", **more: str) -> str:
    given = {
        "token": token,
        "file": SimpleUploadedFile(name, data),
        "mode": "upsert",
        **more,
    }
    return str(Client().post(reverse("feed_hand_in"), given).content.decode())


def ticket_of(html: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', html)
    assert found is not None, html
    return unescape(found[1])


def confirm(ticket: str) -> str:
    return str(Client().post(reverse("feed_hand_in"), {"ticket": ticket}).content.decode())


def test_file_is_looked_at_first_and_read_in_when_confirmed(vendor: Vendor) -> None:
    html = hand_in(vendor.token, SAMPLES["exempel.csv"].make(), mode="complete")
    assert "Inget är ändrat ännu" in html
    assert not HeldRecord.objects.exists()
    assert vendor.token not in html
    done = confirm(ticket_of(html))
    assert "Filen är inläst" in done
    assert len(vendor.shown().records) == 3
    assert vendor.shown().absent == frozenset()
    assert "redan inläst" in confirm(ticket_of(html))


def test_snapshot_says_how_much_goes(vendor: Vendor) -> None:
    vendor.push(service(1), service(2))
    html = hand_in(vendor.token, json.dumps([service(1)]).encode(), mode="snapshot")
    assert "1 post som finns hos portalen står inte i filen och tas bort." in html
    assert HeldRecord.objects.count() == 2
    confirm(ticket_of(html))
    assert HeldRecord.objects.count() == 1


@pytest.mark.parametrize("mode", ["", "everything"])
def test_how_the_file_is_meant_is_chosen_by_the_sender(vendor: Vendor, mode: str) -> None:
    html = hand_in(vendor.token, SAMPLES["exempel.csv"].make(), mode=mode)
    assert "Välj hur filen är menad." in html
    assert 'name="ticket"' not in html


@pytest.mark.parametrize(("mode", "is_said"), [("snapshot", True), ("complete", True), ("upsert", False)])
def test_one_answer_says_whether_silence_means_nothing(vendor: Vendor, mode: str, is_said: bool) -> None:
    confirm(ticket_of(hand_in(vendor.token, SAMPLES["exempel.csv"].make(), mode=mode)))
    assert (vendor.shown().absent == frozenset()) is is_said


def test_wrong_key_and_forged_or_late_confirmation_do_nothing(vendor: Vendor) -> None:
    assert "Nyckeln gäller inte" in hand_in("pof_x_y", b"x")
    html = hand_in(vendor.token, SAMPLES["exempel.csv"].make())
    assert "gäller inte längre" in confirm(ticket_of(html)[:-2] + "xx")
    Token.objects.update(revoked_at=timezone.now())
    assert "Nyckeln gäller inte" in confirm(ticket_of(html))
    assert not HeldRecord.objects.exists()


def test_forms_ask_for_the_forms_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    for name in ("feed_check", "feed_hand_in"):
        assert strict.post(reverse(name), {"text": "{}"}).status_code == 403


# The interface as a document.


def test_openapi_document_tells_of_both_endpoints_and_all_codes() -> None:
    made = document("http://portal.example")
    assert made["openapi"].startswith("3.1")
    assert set(made["paths"]) == {"/records", "/notices/{slug}"}
    assert made["servers"] == [{"url": "http://portal.example/api/feed/v1"}]
    text = json.dumps(made)
    request_codes = {"not_json", "too_many", "no_token", "wrong_token", "not_receiving", "throttled",
                     "bad_signature", "notice_repeated", "missing", "wrong_owner", "outside_law"}  # fmt: skip
    assert all(f'"{code}"' in text or code in text for code in request_codes)
    records = made["paths"]["/records"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    Draft202012Validator.check_schema(records)
    validator = Draft202012Validator(records)
    assert validator.is_valid({"records": sample_records(), "complete": True})


def test_viewer_loosens_the_content_policy_by_one_word() -> None:
    def policy(name: str) -> set[str]:
        return {
            part.strip() for part in Client().get(reverse(name)).headers["Content-Security-Policy"].split(";")
        }

    assert policy("feed_viewer") - policy("feed_home") == {"img-src 'self' data:"}


@pytest.mark.journey
@pytest.mark.network
@pytest.mark.django_db(transaction=True)
def test_viewer_works_without_network_and_within_its_policy(portal_address: str, page: Page) -> None:
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{portal_address}/anslut/api/")
    page.get_by_text("Lämna poster").wait_for()
    page.get_by_text("Lämna poster").click()
    page.get_by_text("dry_run").first.wait_for()
    assert complaints == []
    assert all(url.startswith((portal_address, "data:")) for url in asked)


@pytest.mark.network
@pytest.mark.django_db(transaction=True)
def test_commands_on_the_page_run_exactly_as_they_stand(portal_address: str, tmp_path: Path) -> None:
    from urllib.request import urlopen

    source = make_source()
    with urlopen(f"{portal_address}/anslut/") as reply:
        commands = texts_of(reply.read().decode(), "command")
    assert len(commands) == 5
    variables = {
        "PATH": os.environ["PATH"],
        "TOKEN": make_token(source),
        "SOURCE": source.slug,
        "NOTICE_KEY": NOTICE_KEY,
    }
    said = []
    for command in commands:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(ran.stdout)
    assert json.loads((tmp_path / "exempel.json").read_text(encoding="utf-8"))["records"] == sample_records()
    table, tried, pushed, noticed = (json.loads(text) for text in said[1:])
    assert (table["dry_run"], table["counts"]["accepted"]) == (True, 3)
    assert [result["index"] for result in table["results"]] == [2, 3, 4]
    assert (tried["dry_run"], tried["counts"]["accepted"]) == (True, 3)
    assert (pushed["dry_run"], pushed["counts"]["accepted"], pushed["complete"]) == (False, 3, False)
    assert noticed == {"v": 1, "fetch": False}
    assert HeldRecord.objects.count() == 3
    assert Notice.objects.get().state == Notice.DONE
