"""A new vendor with a spreadsheet: from the page at /anslut/ to a lit button, by what the pages say alone."""

import asyncio
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.base.contract import Answer
from connectors.base.registry import build_connector
from connectors.models import PendingChange
from connectors.openfeed.scenarios import PATIENT
from connectors.sources import configured_sources
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.checking import check
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.lamps import Moment
from portal.aggregation.states import State
from tests.connectors.test_connecting import OWNER, UNIT, answer, ask
from tests.consent.administrators import client_of
from tests.factories.permits import actor_at, everything_open, permit_for

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def page(name: str, sent: Any = None) -> str:
    address = reverse(name)
    reply = Client().get(address) if sent is None else Client().post(address, sent)
    assert reply.status_code in (200, 401)
    return unescape(reply.content.decode())


def as_file(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("klippan.csv", data)


def test_a_spreadsheet_lights_the_buttons_its_vendor_agreed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1–2. The sample, with one's own HSA-ids.
    found = re.search(r'href="([^"]+exempel\.csv)"', page("feed_home"))
    assert found is not None
    sample = b"".join(Client().get(found[1]))
    lines = sample.decode("utf-8-sig")
    names = dict(zip(lines.splitlines()[0].split(";"), lines.splitlines()[1].split(";"), strict=True))
    table = lines.replace(names["unit.provider"], OWNER).replace(names["unit.unit"], UNIT).encode()
    # 3. The self-check. It says what is still the sample's.
    assert "unit.provider" in page("feed_check", {"file": as_file(sample)})
    tried = page("feed_check", {"file": as_file(table)})
    assert "Allt går att ta emot" in tried
    # 4. Two administrators.
    kinds = [Kind.SOCIAL_SERVICE.value, Kind.CONTACT.value, Kind.CARE_PLAN.value]
    key = ask(client_of("tove", group="Systemadministratör"), kinds=kinds)
    first = page("feed_hand_in", sent(key, table))
    assert "token_waiting" in first
    answer(client_of("ola", group="Systemadministratör"))
    assert PendingChange.objects.get().state == "approved"
    # 5. The file: looked at, then read in.
    shown = page("feed_hand_in", sent(key, table))
    ticket = re.search(r'name="ticket" value="([^"]+)"', shown)
    assert ticket is not None, shown
    assert "Filen är inläst" in page("feed_hand_in", {"ticket": ticket[1]})
    # What a reader at the owner sees.
    (profile,) = configured_sources()
    permit = permit_for(PATIENT)
    given: Answer = asyncio.run(build_connector(profile).fetch(permit, profile.kinds))
    outcome = check(permit, profile, profile.kinds, given)
    now = Moment(timezone.now())
    scene = Scene(actor_at(), everything_open(actor_at()), (profile,), now)
    outcomes = {profile.slug: outcome}
    states = {kind: read_button(scene, BUTTON_OF[kind], outcomes).state for kind in profile.kinds}
    assert states == {
        Kind.SOCIAL_SERVICE: State.ONGOING, Kind.CONTACT: State.NEW, Kind.CARE_PLAN: State.EMPTY,
    }  # fmt: skip


def sent(key: str, table: bytes) -> dict[str, Any]:
    return {"token": key, "file": as_file(table), "mode": "snapshot"}
