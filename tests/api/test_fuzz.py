"""Whatever is sent to the interface, it answers what its own description says: never an error of ours, never
a status, a type or a shape that nobody was told of."""

import os
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import content_type_conformance

from consent.dossiers import open_dossier
from consent.models import Block, CareUnit
from portal.api.openapi import document
from tests.factories.permits import TOLVAN

pytestmark = [pytest.mark.django_db]
CASES = 100_000 if os.environ.get("SOAK") else 3_000
ORIGIN = "http://testserver"
OWNER = "SE2321000016-R001"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def described() -> Any:
    """Without its ways of signing in: who asks is settled before the first case."""
    made = document(ORIGIN)
    del made["security"], made["components"]["securitySchemes"]
    return schemathesis.openapi.from_dict(made)


SCHEMA = described()
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
# Each in four ways: what fits and what does not, with a patient before her and without.
WAYS = [(mode, has_patient) for mode in GenerationMode for has_patient in (True, False)]
EACH = -(-CASES // (len(OPERATIONS) * len(WAYS)))


def ask(browser: Client, case: Any) -> Response:
    """In this process, through every middleware."""
    asked = requests.Request(**case.as_transport_kwargs(base_url=f"{ORIGIN}/api/v1")).prepare()
    parts = urlsplit(str(asked.url))
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    kind = str(asked.headers.pop("Content-Type", "application/octet-stream"))
    headers = {name: value for name, value in asked.headers.items() if name.lower() != "content-length"}
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    answer = browser.generic(str(asked.method), path, body, content_type=kind, headers=headers)
    told = {name.lower(): [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, told, answer.content, asked, 0.0, verify=False)


@pytest.fixture
def browser(assignment: Any) -> Client:
    """Of somebody who may do all that a reader may: what is behind a right is tried too."""
    assignment.may_lift_blocks = assignment.may_review_log = True
    assignment.save()
    made = Client(raise_request_exception=False)
    made.force_login(assignment.user)
    session = made.session
    session["assignment"] = assignment.pk
    session.save()
    return made


def test_every_operation_is_there() -> None:
    assert len(OPERATIONS) >= 13
    assert EACH * len(OPERATIONS) * len(WAYS) >= CASES


@pytest.fixture
def _known(monkeypatch: pytest.MonkeyPatch, assignment: Any, browser: Client) -> None:
    """Who asks is found once, and not anew in each case: how it is found is tried in test_who_asks."""
    actor = assignment.as_actor()
    monkeypatch.setattr("portal.api.acting.actor_of", lambda _request: actor)


@pytest.fixture
def handle(browser: Client, _known: None) -> str:
    """Of a patient of hers, of whom there is a block to lift and nothing else."""
    found = browser.post("/api/v1/patients/search", {"number": TOLVAN.number}, "application/json")
    handle: str = found.json()["handle"]
    told = browser.post(f"/api/v1/patients/{handle}/acts", {"act": "confirm_relation"}, "application/json")
    assert told.status_code == 200, told.content
    unit = CareUnit.objects.create(hsa_id="SE2321000016-R0PS", name="Psykiatri", provider_id=OWNER)
    shared = {"provider_id": OWNER, "unit_id": unit.pk, "recorded_by": "X"}
    Block.objects.create(dossier=open_dossier(TOLVAN).dossier, kind="inner", **shared)
    return handle


def put_patient(case: Any, handle: str) -> None:
    """Where one is named: her handle in the address, or her number for another text that was to be one."""
    if "handle" in (case.path_parameters or {}):
        case.path_parameters["handle"] = handle
    if isinstance(case.body, dict) and isinstance(case.body.get("number"), str):
        case.body["number"] = TOLVAN.number


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label.replace("/", " "))
def test_answers_are_those_described(browser: Client, handle: str, operation: Any) -> None:
    tried = Counter[int]()

    def trial(*, has_patient: bool) -> Any:
        def hold(case: Any) -> None:
            if has_patient:
                put_patient(case, handle)
            # Each case meets what the one before it met.
            with transaction.atomic():
                answer = ask(browser, case)
                transaction.set_rollback(True)
            tried[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        return hold

    def try_all(mode: GenerationMode, *, has_patient: bool) -> None:
        tried_here = given(case=operation.as_strategy(generation_mode=mode))(trial(has_patient=has_patient))
        settings(
            max_examples=EACH,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(tried_here)()

    for mode, has_patient in WAYS:
        # Where words alone can be sent, all of them fit.
        can_be_wrong = bool(operation.body) or "{kind}" in operation.path
        try_all(mode if can_be_wrong else GenerationMode.POSITIVE, has_patient=has_patient)
    print(operation.label, dict(sorted(tried.items())))
    assert tried.total() >= EACH * len(WAYS), tried
