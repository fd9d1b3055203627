"""Small vendors: the one that delivers among the invented people, and a new one that only reads the page."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from connectors.approvals import fingerprint
from connectors.models import Source
from connectors.openfeed.mapping import KINDS
from connectors.openfeed.models import HeldRecord, Reception, Token
from consent.vocabulary import Kind
from demo.people import BY_LETTER
from demo.people.places import MYRTEN
from portal.accounts.models import User
from tests.feed.vendor import fall_silent
from tests.walking import Reader

pytestmark = [pytest.mark.demo, pytest.mark.network]

SOCIAL = Kind.SOCIAL_SERVICE.value


def reader_of(letter: str, persona: str = "hemsjukvard") -> Reader:
    reader = Reader().sign_in(persona)
    reader.search(BY_LETTER[letter].number)
    reader.act("choose_units", unit="*")
    return reader


@pytest.mark.usefixtures("people")
def test_what_myrten_delivered_is_read_beside_the_municipalitys() -> None:
    reply = reader_of("A").detail(SOCIAL)
    assert "Städning" in reply.body
    assert "Myrten hemtjänst" in reply.body
    assert Reception.objects.get(source_id="myrten").accepted == 2
    assert Source.objects.get(pk="myrten").owner_id == MYRTEN.hsa


@pytest.mark.usefixtures("people")
def test_seeding_again_delivers_again_and_changes_nothing(simulators: Any) -> None:
    from demo.seed import seed

    seed(simulators)
    said = Reception.objects.get(source_id="myrten")
    assert (said.accepted, said.unchanged, HeldRecord.objects.count()) == (2, 2, 2)
    assert Token.objects.count() == 1


@pytest.mark.usefixtures("people")
def test_vendor_gone_silent_makes_an_empty_button_unknown_and_never_empty() -> None:
    reader = reader_of("B", "akuten")
    reader.act("give_consent", scope="unit", period="open")
    assert reader.overview().states[SOCIAL] == "empty"
    fall_silent("myrten", hours=169)
    page = reader.overview()
    assert page.states[SOCIAL] == "unknown"
    assert "Hemtjänst Myrten" in page.text
    assert "Levererade senast" in page.text


@pytest.mark.usefixtures("people")
def test_vendor_gone_silent_still_shows_what_it_had() -> None:
    fall_silent("myrten", hours=169)
    page = reader_of("A").overview()
    assert SOCIAL in page.lit
    assert {"partial", "copy"} <= page.flags(SOCIAL)


# A new vendor, from the page's sample to a lit button, doing what the page says and nothing else.


def admin_client(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name, password="x" * 16))
    return client


def make_source(first: Client, second: Client) -> str:
    """What step 4 asks of those who run the portal: one request, and one approval by another."""
    asked = first.post(
        reverse("admin:connectors_source_connect"),
        {"new_provider_id": "SE5560000009-N001", "new_provider_name": "Nya Hemtjänsten",
         "new_provider_kind": "social_care", "label": "Nya Hemtjänsten", "slug": "nya", "way": "delivers",
         "kinds": sorted(kind.value for kind in KINDS), "retention_days": "30", "fresh_hours": "48",
         "change_reason": "ny leverantör"},
    )  # fmt: skip
    shown = re.search(r"<code>(pof_[^<]+)</code>", asked.content.decode())
    assert shown is not None, asked.content.decode()[-2000:]
    change = Source.objects.get(pk="nya").changes.get()
    where = reverse("admin:connectors_pendingchange_change", args=[change.pk])
    decision = {"decision": "approved", "seen": fingerprint(change), "change_reason": "granskad"}
    assert first.post(where, decision).status_code == 200
    assert second.post(where, decision).status_code == 302
    return shown[1]


@pytest.mark.usefixtures("people")
def test_new_vendor_comes_from_the_pages_sample_to_a_lit_button() -> None:
    visitor = Client()
    home = visitor.get("/anslut/").content.decode()
    # 1. Fetch a sample.
    (address,) = set(re.findall(r'href="(/anslut/exempel/exempel\.csv)"', home))
    rows = list(csv.DictReader(io.StringIO(visitor.get(address).content.decode("utf-8-sig")), delimiter=";"))
    # 2. Replace unit.provider and unit.unit, and the content.
    tolvan = BY_LETTER["M"].number
    for row in rows:
        row |= {"unit.provider": "SE5560000009-N001", "unit.provider_name": "Nya Hemtjänsten",
                "unit.unit": "SE5560000009-N0E1", "patient": tolvan,
                "author.name": "Nina Nylander"}  # fmt: skip
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    data = out.getvalue().encode("cp1252")
    # 3. Try the file.
    tried = visitor.post("/anslut/prova/", {"file": SimpleUploadedFile("vår fil.csv", data)})
    assert "Allt går att ta emot" in tried.content.decode()
    # 4. A source and a key.
    token = make_source(admin_client("first"), admin_client("second"))
    # 5. Hand in the file: look, then confirm.
    given = {"token": token, "mode": "snapshot", "file": SimpleUploadedFile("vår fil.csv", data)}
    looked = visitor.post("/anslut/lamna/", given).content.decode()
    assert "Inget är ändrat ännu" in looked
    ticket = re.search(r'name="ticket" value="([^"]+)"', looked)
    assert ticket is not None
    done = visitor.post("/anslut/lamna/", {"ticket": unescape(ticket[1])}).content.decode()
    assert "Filen är inläst" in done
    # And somebody who may sees it.
    reader = reader_of("M", "akuten")
    assert SOCIAL not in reader.overview().lit
    reader.act("give_consent", scope="unit", period="open")
    page = reader.overview()
    assert SOCIAL in page.lit
    assert "Nya Hemtjänsten" in reader.detail(SOCIAL).body
