"""What the people have in small systems that speak the open JSON feed, one plain record each.

Keys are those of the feed: type, status, dates, law, unit. ``nordliden`` is another municipality, ``myrten``
three people who send a file.
"""

from datetime import date
from typing import Any, Literal

from demo.people.dates import day, moment
from demo.people.facts import BY_LETTER
from demo.people.places import (
    MYRTEN_COORDINATOR,
    MYRTEN_HEMTJANST,
    NORDLIDEN_OFFICER,
    OMSORGEN_NORDLIDEN,
    Unit,
)

Source = Literal["nordliden", "myrten"]
SOURCES: tuple[Source, ...] = ("nordliden", "myrten")
# Planted: child protection lies outside SVOD 1:3 and may be shown to nobody.
PLANTED_TITLE = "Barnavårdsutredning Ugglebo"


def _entry(
    letter: str, order: int, kind: str, status: str, title: str, text: str, unit: Unit, law: str, updated: str
) -> dict[str, Any]:
    person = BY_LETTER[letter]
    return {
        "v": 1,
        "id": f"{unit.hsa[-4:].lower()}-{letter.lower()}-{order}",
        "type": kind,
        "patient": person.number,
        "patient_type": "pnr",
        "status": status,
        "title": title,
        "text": text,
        "updated": updated,
        "law": law,
        "unit": {
            "provider": unit.provider.hsa,
            "provider_name": unit.provider.name,
            "unit": unit.hsa,
            "name": unit.name,
            "phone": unit.phone,
        },
    }


def _nordliden(today: date) -> list[dict[str, Any]]:
    def service(
        letter: str, order: int, status: str, title: str, law: str, kind: str, updated: int
    ) -> dict[str, Any]:
        at = moment(today, updated)
        entry = _entry(letter, order, "service", status, title, title, OMSORGEN_NORDLIDEN, law, at)
        author = {"name": NORDLIDEN_OFFICER.name, "role": NORDLIDEN_OFFICER.role}
        return {**entry, "author": author, "data": {"kind": kind}}

    return [
        {
            **service("D", 1, "ended", "Hemtjänst", "sol", "home_service", -60),
            "start": day(today, -800),
            "end": day(today, -60),
        },
        {
            **service("F", 1, "active", "Korttidsvistelse", "lss", "short_stay", -35),
            "start": day(today, -400),
            "end": None,
        },
        {
            **service("F", 2, "active", PLANTED_TITLE, "sol", "child_protection", -20),
            "start": day(today, -20),
            "end": None,
        },
        {
            **service("I", 1, "active", "Boendestöd", "sol", "housing_support", -400),
            "start": day(today, -600),
            "end": None,
        },
    ]


def _myrten(today: date) -> list[dict[str, Any]]:
    """What Gunhild Myrberg has chosen them for, beside what the municipality does itself."""
    at = moment(today, -3, "09:15")
    author = {"name": MYRTEN_COORDINATOR.name, "role": MYRTEN_COORDINATOR.role}

    def service(order: int, status: str, title: str, text: str, extent: str, start: int) -> dict[str, Any]:
        entry = _entry("A", order, "service", status, title, text, MYRTEN_HEMTJANST, "sol", at)
        data = {"kind": "home_service", "extent": extent}
        return {**entry, "author": author, "start": day(today, start), "end": None, "data": data}

    return [
        service(1, "active", "Städning", "Städning och tvätt hemma.", "var tredje vecka", -120),
        {
            **service(2, "ended", "Inköp", "Inköp av dagligvaror.", "varje vecka", -300),
            "end": day(today, -130),
        },
    ]


def build_elsewhere(today: date) -> dict[Source, list[dict[str, Any]]]:
    """Every such record by source."""
    return {"nordliden": _nordliden(today), "myrten": _myrten(today)}
