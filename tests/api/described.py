"""Every answer that a test's system gets is held against the interface's own description: status, type and
shape. What is asked at random in test_fuzz meets an empty house; here answers are full."""

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs

from portal.api.openapi import document

ORIGIN = "http://testserver"


@cache
def _description() -> dict[str, Any]:
    return document(ORIGIN)


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    found = []
    for template in _description()["paths"]:
        pieces = re.split(r"\{\w+\}", template)
        found.append((re.compile("[^/]+".join(map(re.escape, pieces))), template))
    return found


@cache
def _validator(template: str, method: str, status: int, content_type: str) -> Any:
    """None where nobody was told of such an answer."""
    responses = _description()["paths"][template][method]["responses"]
    content = responses.get(str(status), {}).get("content", {}).get(content_type)
    if content is None:
        return None
    return jsonschema_rs.validator_for({**content["schema"], "components": _description()["components"]})


def undescribed(method: str, path: str, status: int, content_type: str, body: bytes) -> list[str]:
    """What nobody was told of in an answer; empty too where the address or the method is none of ours.
    ``path``: under the interface's root."""
    asked = path.partition("?")[0]
    template = next((name for pattern, name in _templates() if pattern.fullmatch(asked)), "")
    if method not in _description()["paths"].get(template, {}):
        return []
    validator = _validator(template, method, status, content_type.partition(";")[0])
    if validator is None:
        return [f"{method} {template}: {status} {content_type}"]
    return [
        f"{method} {template} {status}: {'/'.join(map(str, error.instance_path))}: {error.message}"
        for error in validator.iter_errors(json.loads(body))
    ]
