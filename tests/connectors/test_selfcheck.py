"""The checks of a running source say what was sent, what came and what to do, and send test numbers alone."""

import json
import random
import re
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command

from connectors.base.contract import SourceFault, SourceProfile
from connectors.base.faultserver import Asked, Reply, json_reply
from connectors.base.findings import Finding, Verdict, exit_code
from connectors.models import Source
from connectors.openfeed.connector import OpenfeedConnector
from connectors.openfeed.scenarios import PATIENT, SCENARIOS, flat, records, server
from consent.models import CareProvider
from consent.specimen import NOBODY
from tests.connectors.threads import serving
from tests.faults.parsing import ODD, mutate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network]
KEY = "rätt-nyckel".encode().hex()
CANARY = "KÄNSLIGT-4711"


class Feed:
    """A well-behaved source of the open interface. ``asked`` keeps what it was sent."""

    def __init__(self, held=None, *, checks_key: bool = True, knows_everybody: bool = False) -> None:
        self.held = records() if held is None else held
        self.checks_key, self.knows_everybody = checks_key, knows_everybody
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.checks_key and asked.headers.get("authorization") != f"Bearer {KEY}":
            return json_reply({}, 401)
        if not asked.path.endswith("/records"):
            return json_reply({"v": 1})
        known = self.knows_everybody or asked.json["patient"] == PATIENT.number
        held = [{**record, "patient": asked.json["patient"]} for record in self.held] if known else []
        reply = server(held)(asked)
        assert isinstance(reply, Reply)
        return reply


@pytest.fixture
def check(tmp_path, capsys):
    """check(feed, "--patient", …) -> (exit code, findings by name, everything that was printed or written)"""

    def checking(feed, *options):
        owner, _ = CareProvider.objects.update_or_create(
            hsa_id=SCENARIOS.owner.hsa_id,
            defaults={"name": SCENARIOS.owner.name, "kind": SCENARIOS.owner.kind},
        )
        source = Source(slug="nordliden", label="Nordliden", connector="openfeed", owner=owner, deadline_s=4)
        source.write_secrets({"token": KEY})
        out, junit = tmp_path / "report.json", tmp_path / "report.xml"
        with serving(feed) as address:
            source.base_url = f"{address}/feed"
            source.save()
            with pytest.raises(SystemExit) as ended:
                call_command("check_source", "nordliden", *options, json=str(out), junit=str(junit))
        told = capsys.readouterr()
        report = json.loads(out.read_text("utf-8"))
        assert report["exit"] == ended.value.code
        everything = told.out + told.err + out.read_text("utf-8") + junit.read_text("utf-8")
        return ended.value.code, {f["name"]: f for f in report["checks"]}, everything

    return checking


def verdicts(found):
    return {name: finding["verdict"] for name, finding in found.items()}


def test_a_sound_source_passes_every_check_and_is_told_to_use_https(check):
    feed = Feed()
    code, found, _ = check(feed)
    assert code == 0
    assert verdicts(found) == {**dict.fromkeys(found, "passed"), "address": "noted"}
    assert found["known"]["sent"].startswith("POST http://127.0.0.1")
    assert re.match(r"poster: \d+, otolkade: 0", found["known"]["came"])


def test_only_test_numbers_are_sent_and_no_secret_or_content_is_told(check):
    feed = Feed([flat(1, "service", data={"kind": "alarm"}, title=CANARY, text=CANARY)])
    _, _, everything = check(feed)
    sent = {asked.json["patient"] for asked in feed.asked if asked.body}
    assert sent == {PATIENT.number, NOBODY.number}
    assert CANARY not in everything
    assert KEY not in everything
    assert PATIENT.number not in everything


def test_a_number_somebody_may_have_is_never_sent(check):
    feed = Feed()
    code, found, _ = check(feed, "--patient", "198507171234")
    assert code == 2
    assert found["known"]["verdict"] == "not_run"
    assert "198507171234" not in str([asked.body for asked in feed.asked])


@pytest.mark.parametrize(
    ("feed", "name"),
    [
        (Feed(checks_key=False), "credentials"),
        (Feed(knows_everybody=True), "unknown"),
        (Feed([]), "known"),
        (Feed([*records(), flat(90, "service", unit="inte ett objekt")]), "known"),
        (Feed([flat(1, "service", data={"kind": "alarm"}, start="2026-02-30")]), "records"),
    ],
    ids=["anybody may ask", "knows everybody", "knows nobody", "one bad", "a day that is none"],
)
def test_what_is_wrong_is_found_and_told(check, feed, name):
    code, found, _ = check(feed)
    assert code == 1
    assert found[name]["verdict"] == "failed"
    assert found[name]["todo"]


def test_an_id_that_changes_is_found(check):
    class Restless(Feed):
        def __call__(self, asked):
            self.held = [{**record, "id": f"{record['id']}-{len(self.asked)}"} for record in records()]
            return super().__call__(asked)

    code, found, _ = check(Restless())
    assert (code, found["steady"]["verdict"]) == (1, "failed")


def test_what_rests_on_a_source_that_does_not_answer_is_not_run(check):
    code, found, _ = check(lambda _: json_reply({}, 503))
    assert code == 1
    assert found["probe"]["verdict"] == "failed"
    assert set(list(verdicts(found).values())[2:]) == {"not_run"}


def test_a_connector_that_breaks_is_told_of_by_type_and_place(check, monkeypatch):
    async def breaking(self, permit, kinds):
        raise KeyError(CANARY)

    monkeypatch.setattr(OpenfeedConnector, "fetch", breaking)
    code, found, everything = check(Feed())
    assert code == 1
    assert "KeyError" in found["unknown"]["came"]
    assert CANARY not in everything


def test_production_asks_about_nobody(check, settings):
    settings.SPECIMEN_PERMITS = False
    feed = Feed()
    code, found, _ = check(feed)
    assert code == 2
    assert {asked.path for asked in feed.asked} == {"/feed/"}
    assert found["known"]["verdict"] == "not_run"


def test_the_build_servers_report_counts_what_the_other_says(check, tmp_path):
    check(Feed(checks_key=False))
    suite = ET.fromstring((tmp_path / "report.xml").read_text("utf-8"))
    assert (suite.get("failures"), suite.get("tests")) == ("1", str(len(suite.findall("testcase"))))
    (failed,) = [case for case in suite if case.find("failure") is not None]
    assert failed.get("name") == "credentials"


def test_a_source_that_is_not_there_could_not_be_checked(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("check_source", "nowhere")
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [((), 2), (("passed", "noted"), 0), (("passed", "not_run"), 2), (("not_run", "failed"), 1)],
)
def test_the_exit_code_says_wrong_before_unknown(verdicts, code):
    assert exit_code(Finding("x", "x", Verdict(v)) for v in verdicts) == code


# A file instead of a source.


FILE = SourceProfile(slug="file", label="Fil", base_url="", owner=None, connector="openfeed")


def review(content):
    return {finding.name: finding for finding in OpenfeedConnector.review(content, FILE)}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"v": 1, "records": records()}),
        json.dumps(records()),
        "\n".join(json.dumps(record) for record in records()),
        json.dumps(records()[0]),
    ],
    ids=["page", "list", "lines", "one"],
)
def test_a_sound_file_passes(content):
    assert {finding.verdict for finding in review(content).values()} == {Verdict.PASSED}


@pytest.mark.parametrize(
    ("change", "name", "told"),
    [
        ({"patient": "198507171234"}, "patients", "post 2"),
        ({"status": "klart"}, "records", "post 2: status"),
        ({"type": "okänd"}, "records", "post 2: type"),
        ({"unit": {"provider": "SE1"}}, "records", "post 2: unit.unit"),
        ({"id": "post-1", "type": "service"}, "unique", "post 2: id"),
        ({"start": "2026-02-30"}, "dates", "post 2: start"),
        ({"updated": "2026-01-02T11:30:00"}, "dates", "post 2: updated"),
        ({"data": {"kind": "financial_aid"}}, "law", "post 2: data.kind"),
    ],
)
def test_a_flaw_is_told_by_place_and_field_and_never_by_content(change, name, told):
    held = [flat(1, "service", data={"kind": "alarm"}), {**flat(2, "service", title=CANARY), **change}]
    found = review(json.dumps(held))
    assert found[name].verdict is (Verdict.NOTED if "updated" in change else Verdict.FAILED)
    assert told in str(found[name].todo)
    everything = " ".join(f"{f.todo} {f.came}" for f in found.values())
    assert CANARY not in everything
    assert "198507171234" not in everything


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"id": 1, "id": 2}', '[{"a": NaN}]', "[" * 100 + "]" * 100, "id;type\n1;service",
        "[1]", "\ud800",
     "{}\n{", json.dumps([flat(n, "service") for n in range(501)])],
)  # fmt: skip
def test_what_is_no_file_of_records_is_said_and_never_breaks(content):
    found = review(content)
    assert exit_code(found.values()) == 1


def test_any_change_to_a_file_is_judged_or_refused():
    dice = random.Random(7)
    for _ in range(2000):
        try:
            review(json.dumps(mutate(records(), dice, lambda: dice.choice(ODD))))
        except SourceFault as fault:
            raise AssertionError("a fault left the review") from fault
