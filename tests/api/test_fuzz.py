"""Whatever is sent to the interface, it answers what its own description says: never an error of ours, never
a status, a type or a shape that nobody was told of."""

import os
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
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

from portal.api.openapi import document

pytestmark = [pytest.mark.django_db]
CASES = 100_000 if os.environ.get("SOAK") else 3_000
ORIGIN = "http://testserver"
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
    made = Client(raise_request_exception=False)
    made.force_login(assignment.user)
    session = made.session
    session["assignment"] = assignment.pk
    session.save()
    return made


def test_every_operation_is_there() -> None:
    assert len(OPERATIONS) >= 13
    assert EACH * len(OPERATIONS) * len(WAYS) >= CASES


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label.replace("/", " "))
def test_answers_are_those_described(browser: Client, operation: Any) -> None:
    found = browser.post("/api/v1/patients/search", {"number": "191212121212"}, "application/json")
    handle = found.json()["handle"]

    def trial(*, has_patient: bool) -> Any:
        def hold(case: Any) -> None:
            if has_patient and "handle" in (case.path_parameters or {}):
                case.path_parameters["handle"] = handle
            case.validate_response(ask(browser, case), checks=CHECKS)

        return hold

    def try_all(mode: GenerationMode, *, has_patient: bool) -> None:
        tried = given(case=operation.as_strategy(generation_mode=mode))(trial(has_patient=has_patient))
        settings(
            max_examples=EACH,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(tried)()

    for mode, has_patient in WAYS:
        # Where words alone can be sent, all of them fit.
        can_be_wrong = bool(operation.body) or "{kind}" in operation.path
        try_all(mode if can_be_wrong else GenerationMode.POSITIVE, has_patient=has_patient)
