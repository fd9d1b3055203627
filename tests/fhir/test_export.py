"""The log as AuditEvent, a line each: who, whom, from where, why, and nothing of what was read."""

import io
import json
from datetime import UTC
from typing import Any

import pytest
from django.core.management import call_command

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, Trace, write
from consent.vocabulary import Kind, Row
from portal.management.commands.export_audit import read_time
from tests.factories.permits import FJALL, TOLVAN, actor_at
from tests.fhir.ihe import flaws_of_audit

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def exported(*options: str) -> list[Any]:
    out = io.StringIO()
    call_command("export_audit", "--by", "SE2321000016-DRIFT", *options, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_row_is_a_line_and_the_export_is_one_of_them() -> None:
    who = actor_at()
    write(Entry(Event.SEARCH, who, Trace(), patient=TOLVAN, action=Action.SEARCH))
    write(
        Entry(
            Event.SHOWN,
            who,
            Trace(),
            patient=TOLVAN,
            action=Action.API,
            kinds=frozenset({Kind.DIAGNOSIS}),
            origins=[(FJALL.hsa_id, who.unit.hsa_id, "diagnosis", 3)],
            bases=[(FJALL.hsa_id, Row.EMERGENCY.value, "")],
            is_emergency=True,
        )
    )
    search, shown, export = exported()[-3:]
    assert search["meta"]["profile"][0].endswith("PatientQuery")
    assert shown["meta"]["profile"][0].endswith("PatientRead")
    assert shown["agent"][0]["who"]["identifier"]["value"] == who.hsa_id
    assert shown["entity"][0]["what"]["identifier"]["value"] == TOLVAN.number
    assert shown["purposeOfEvent"][0]["coding"][0]["code"] == "ETREAT"
    (owner,) = [e for e in shown["entity"] if e["type"]["code"] == "3"]
    assert owner["what"]["identifier"]["value"] == FJALL.hsa_id
    assert {d["type"]: d["valueString"] for d in owner["detail"]} == {"count": "3", "ground": "8"}
    assert [flaws_of_audit(event) for event in (search, shown, export)] == [[], [], []]
    assert "profile" not in export.get("meta", {})
    assert {each["code"] for each in export["subtype"]} == {"log_exported"}


def test_an_emergency_view_is_a_reading_and_an_act_is_none() -> None:
    write(Entry(Event.SHOWN, actor_at(), Trace(), patient=TOLVAN, action=Action.API, is_emergency=True))
    write(Entry(Event.CONSENT_GIVEN, actor_at(), Trace(), patient=TOLVAN))
    shown, given = exported()[-3:-1]
    assert (shown["action"], given["action"]) == ("R", "U")
    assert flaws_of_audit(shown) == []
    assert "profile" not in given.get("meta", {})


def test_where_the_reader_sat_and_through_which_system_is_told_where_it_is_known() -> None:
    trace = Trace(ip="192.0.2.7", client="klient-journal")
    write(Entry(Event.SEARCH, actor_at(), trace, patient=TOLVAN, action=Action.SEARCH))
    client = next(a for a in exported()[-2]["agent"] if a["type"]["coding"][0]["code"] == "110153")
    assert client["network"] == {"address": "192.0.2.7", "type": "2"}
    assert client["who"]["identifier"]["value"] == "klient-journal"


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-11-01", 0), ("2026-11-01T12:00", 12), ("2026-11-01T12:00+02:00", 10)]
)
def test_a_moment_is_the_one_it_says(text: str, hour: int) -> None:
    assert read_time(text).astimezone(UTC).hour == hour


def test_a_refusal_is_an_outcome_of_failure_and_a_period_is_kept() -> None:
    write(Entry(Event.REFUSED, actor_at(), Trace(), patient=TOLVAN, detail={"refusals": ["no_relation"]}))
    refused = exported()[-2]
    assert refused["outcome"] == "4"
    assert "profile" not in refused.get("meta", {}), "BALP's are of what was let through"
    assert exported("--from", "2100-01-01") == []
