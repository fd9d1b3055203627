"""What is written is judged by somebody else: R4 itself, and the patient summary's own profiles.

Single resources only: of documents the validator knows too little, so tests/fhir/documents.py looks at those.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connectors.base.records import Record
from consent.accesslog.events import Event
from consent.accesslog.extract import ExtractRow
from consent.accesslog.viewing import Result
from consent.register import Entry, Sort, State
from portal.fhir.auditing import tell_row
from portal.fhir.consents import tell_consent
from portal.fhir.elements import Telling
from portal.fhir.endpoints.capability import statement
from portal.fhir.mapping import tell
from tests.aggregation.examples import answering, plain
from tests.factories.permits import actor_at
from tests.fhir.documents import summary_of
from tests.fhir.ihe import flaws_of_audit, flaws_of_consent
from tests.fhir.records import KINDS, records

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
FOLDER = Path(__file__).parent / "profiles"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
IPS = "2.0.0"
IPS_SHA256 = "4a5cff17580f869140614ac51097d81540c63644d550ced8d4cd9b9bce7345c4"
TOLD = Telling("Patient/p", "r1", (("Text", "ordagrant"),))


@pytest.fixture(scope="module")
def _validator() -> None:
    """What the lock file pins, by its hashes; skips, with the reason, where it cannot be had."""
    npm, lock = shutil.which("npm"), FOLDER / "package-lock.json"
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are missing: apt-get install nodejs npm")
    with (FOLDER / ".install-lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if INSTALLED.exists() and INSTALLED.stat().st_mtime >= lock.stat().st_mtime:
            return
        for command in (
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            # Its dependencies are not in the registry; the profiles themselves are all that is needed.
            [npm, "pack", f"hl7.fhir.uv.ips@{IPS}", "--pack-destination", "node_modules"],
        ):
            done = subprocess.run(
                command, cwd=FOLDER, capture_output=True, text=True, timeout=180, check=False
            )
            if done.returncode != 0:
                shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
                pytest.skip(f"the profiles cannot be had from the npm registry: {done.stderr[-300:]}")
        packed = FOLDER / "node_modules" / f"hl7.fhir.uv.ips-{IPS}.tgz"
        assert hashlib.sha256(packed.read_bytes()).hexdigest() == IPS_SHA256
        with tarfile.open(packed) as archive:
            archive.extractall(FOLDER / "node_modules" / "ips", filter="data")


def flaws_in(resources: list[Any]) -> dict[str, list[str]]:
    """By resource type, what the validator found."""
    lines = "\n".join(json.dumps(resource) for resource in resources) + "\n"
    command = [shutil.which("node") or "node", str(FOLDER / "validate.mjs")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300, check=True)
    judged = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(judged) == len(resources)
    return {r["resourceType"]: flaws for r, flaws in zip(resources, judged, strict=True) if flaws}


@pytest.mark.usefixtures("_validator")
def test_generated_records_hold_to_r4_and_to_the_profiles() -> None:
    made: list[Any] = []

    @given(st.tuples(*(records(kind) for kind in KINDS.values())))
    @settings(
        max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
    )
    def gather(each: tuple[Record, ...]) -> None:
        made.extend(tell(one, TOLD) for one in each)

    gather()
    assert len(made) >= 12 * len(KINDS)
    assert flaws_in(made) == {}


@pytest.mark.usefixtures("_validator")
def test_everything_in_a_summary_holds() -> None:
    held = [plain(kind) for kind in KINDS]
    document = summary_of({"cosmic": answering(*held, unparsed=1)})
    assert flaws_in([entry["resource"] for entry in document["entry"][1:]]) == {}


@pytest.mark.usefixtures("_validator")
def test_what_is_told_of_access_holds_to_r4_and_to_the_profiles_of_ihe() -> None:
    consents = [tell_consent(entry_of(sort), actor_at(), "p") for sort in Sort]
    events = [tell_row(row_of(event, result), {}, "p", "https://portal.test/fhir") for event, result in ROWS]
    assert flaws_in([*consents, *events]) == {}
    assert [flaws for each in consents if (flaws := flaws_of_consent(each))] == []
    assert [flaws for each in events if (flaws := flaws_of_audit(each))] == []


ROWS = [
    *((Event.INTENT.value, result) for result in Result),
    (Event.SEARCH.value, Result.ACT),
    (Event.CONSENT_GIVEN.value, Result.ACT),
]


def row_of(event: str, result: Result) -> ExtractRow:
    told = {"kinds": ("diagnosis",), "owners": ("SE2321000016-R001",), "grounds": ("1",)}
    return ExtractRow(
        at=NOW,
        event=event,
        action="overview",
        unit_name="Akuten",
        provider_id="SE2321000016-R001",
        result=result,
        is_own_staff=True,
        is_emergency=False,
        **(told if result is Result.SHOWN else {}),
    )


def entry_of(sort: Sort) -> Entry:
    is_for_units = sort is not Sort.SIP
    return Entry(
        sort=sort,
        id="a",
        state=State.HOLDS,
        recorded_at=NOW,
        recorded_by="P",
        starts_at=NOW,
        ends_at=None,
        unit_ids=("SE2321000016-R0AK",) if is_for_units else (),
        units=("Akuten",) if is_for_units else (),
    )


@pytest.mark.usefixtures("_validator")
def test_the_capability_statement_holds_and_a_flaw_is_seen() -> None:
    assert flaws_in([statement("https://portal.test/fhir")]) == {}
    assert flaws_in([{"resourceType": "Condition", "id": "c", "code": {"text": "Utan patient"}}])
