"""Somebody gets hold of the whole database: after a day's work nothing in it says who anybody is, what care
she has, or how any system is reached. It is searched as text, as JSON escapes it, and as hexadecimal."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection

from connectors.models import Source
from connectors.openfeed.models import HeldRecord
from consent.identity import display_number
from consent.models import CareProvider, CareUnit
from consent.terms import PersonId
from demo.people import BY_LETTER
from portal.accounts.models import User
from tests.accesslog.clusters import _private_servers
from tests.accesslog.databases import url_of
from tests.walking import Reader

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.sqlite]

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LETTERS = ("A", "B", "D")
KINDS = ("care_limitation", "contact", "social_service", "diagnosis", "medication")


def a_day() -> None:
    """Searching, choosing, consent, pages and lists of several patients, an emergency, factors set up."""
    for letter in LETTERS:
        reader = Reader().sign_in("akuten")
        reader.search(BY_LETTER[letter].number)
        reader.act("choose_units", unit="*")
        reader.act("give_consent", scope="unit", until="")
        for path in ("", "kallor/", "atkomst/", *(f"uppgifter/{kind}/" for kind in KINDS)):
            reader.get(f"/p/{reader.handle}/{path}")
    user = User.objects.get(username="akuten")
    TOTP.activate(user, TOTP_SECRET)
    RecoveryCodes.activate(user)


def dump() -> bytes:
    """All of it, as a thief of backups or of a disk has it."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        return b"".join(Path(p).read_bytes() for p in (name, f"{name}-wal") if os.path.exists(p))  # noqa: PTH110
    programs = _private_servers().find_postgresql()
    return subprocess.run(
        [str(programs / "pg_dump"), url_of(connection.settings_dict["NAME"])],
        capture_output=True,
        check=True,
        cwd="/",
    ).stdout


def canaries() -> dict[str, str]:
    """What must not be there, by what it is."""
    found: dict[str, str] = {"code app": TOTP_SECRET}
    for letter, person in BY_LETTER.items():
        spelt = display_number(PersonId(person.number))
        for text in (person.number, person.number[2:], spelt, spelt[2:]):
            found[f"number {letter} {len(text)}"] = text
        found[f"name {letter}"] = f"{person.given_name} {person.family_name}"
    for source in Source.objects.all():
        found |= {f"secret {source.slug} {k}": v for k, v in source.read_secrets().items() if len(v) >= 8}
    for n, text in enumerate(clinical()):
        found[f"clinical {n}"] = text
    return found


def clinical() -> set[str]:
    """Words of the records that sources have delivered, and whom they are about: not codes and dates."""
    told: set[str] = set()
    for record in HeldRecord.objects.filter(content__isnull=False):
        told |= {text for text in texts_in(json.loads(record.content)) if " " in text and len(text) >= 12}
    return told - in_the_open()


def in_the_open() -> set[str]:
    """What records name that everybody may know: units, owners, sources, and who works there."""
    named = {
        *CareUnit.objects.values_list("name", flat=True),
        *Source.objects.values_list("label", flat=True),
    }
    return (
        named | {*CareProvider.objects.values_list("name", flat=True)} | {str(u) for u in User.objects.all()}
    )


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, str):
        yield value


def spellings(text: str) -> set[bytes]:
    raw = text.encode()
    return {raw, json.dumps(text)[1:-1].encode(), raw.hex().encode(), text.encode("latin-1", "replace")}


def test_a_stolen_dump_tells_nothing(lasting_people: object) -> None:
    a_day()
    sought = canaries()
    held = dump()
    assert len(held) > 100_000
    assert sum(name.startswith("clinical") for name in sought) >= 3
    assert sum(name.startswith("secret") for name in sought) > 1
    assert [(name, t) for name, t in sought.items() if any(s in held for s in spellings(t))] == []
    # The control: what may stand there in clear is found, so the dump is read right.
    assert b"SE2321000016" in held


def test_what_is_written_in_clear_would_be_found(lasting_people: object) -> None:
    """The control: one number in a column of text, and one in a column of bytes."""
    person = BY_LETTER["A"].number
    Source.objects.filter(pk=Source.objects.order_by("pk")[0].pk).update(downtime=f"om {person}")
    User.objects.filter(username="akuten").update(person_lookup=person.encode())
    held = dump()
    assert all(s in held for s in (person.encode(), f"om {person}".encode()))
    assert sum(s in held for s in spellings(person)) >= (2 if connection.vendor == "postgresql" else 1)
