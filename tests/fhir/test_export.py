"""The log as AuditEvent, a line each: who, whom, from where, why, and nothing of what was read."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, Trace, write
from consent.vocabulary import Kind, Row
from tests.factories.permits import FJALL, TOLVAN, actor_at

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
    assert shown["entity"][1]["what"]["identifier"]["value"] == FJALL.hsa_id
    assert {d["type"]: d["valueString"] for d in shown["entity"][1]["detail"]} == {
        "count": "3",
        "ground": "8",
    }
    assert {each["code"] for each in export["subtype"]} == {"log_exported"}


def test_a_refusal_is_an_outcome_of_failure_and_a_period_is_kept() -> None:
    write(Entry(Event.REFUSED, actor_at(), Trace(), patient=TOLVAN, detail={"refusals": ["no_relation"]}))
    assert exported()[-2]["outcome"] == "4"
    assert exported("--from", "2100-01-01") == []
