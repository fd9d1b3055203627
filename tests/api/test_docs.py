"""What docs/api.md says: every example is run as it stands there, and no code or address is left out."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from portal.api.openapi import document
from portal.api.refusing import ADVICE, Code
from portal.api.scopes import Scope
from tests.api.systems import ORIGIN, System

pytestmark = [pytest.mark.django_db]
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```bash\n(.*?)```", PAGE, flags=re.DOTALL)


def run(example: str, values: dict[str, str]) -> Any:
    """A line of curl as the shell would read it, sent in this process."""
    line = example.replace("\\\n", " ")
    for name, value in sorted(values.items(), reverse=True):
        line = line.replace(f"${name}", value)
    words = iter(shlex.split(line)[1:])
    address, headers, data = "", {}, []
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            data.append(next(words))
        elif word != "-s":
            address = word.removeprefix(ORIGIN)
    if not data:
        return Client().get(address, headers=headers)
    kind = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    return Client().post(address, "&".join(data), content_type=kind, headers=headers)


def test_the_examples_work_in_the_order_they_stand(system: System) -> None:
    values = {"PORTAL": ORIGIN, "ASSERTION": system.proof()}
    values |= {f"USER_{n}": system.word() for n in (1, 2, 3)}
    statuses = []
    for example in EXAMPLES:
        answer = run(example, values)
        statuses.append(answer.status_code)
        said = json.loads(answer.content)
        values |= {"TOKEN": said["access_token"]} if "access_token" in said else {}
        values |= {"HANDLE": said["handle"]} if "handle" in said else {}
    # The third asks about somebody with whom the nurse has nothing to do: the access step comes first.
    assert statuses == [200, 200, 403, 200]
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("code", Code)
def test_every_code_stands_by_its_status(code: Code) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {ADVICE[code].status} |"))
    assert f"`{code.value}`" in row


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_is_explained(scope: Scope) -> None:
    assert f"| `{scope.value}` |" in PAGE


def test_every_address_is_listed_and_described() -> None:
    for path in document(ORIGIN)["paths"]:
        listed = path.replace("{consent_id}/{way}", "{id}/end")
        assert listed in PAGE, path


def test_the_description_is_sound_and_named_after_nothing_else() -> None:
    made = document(ORIGIN)
    names = [o["operationId"] for methods in made["paths"].values() for o in methods.values()]
    assert len(names) == len(set(names))
    assert Client().get("/api/schema/").json()["paths"].keys() == made["paths"].keys()
    assert Client().get("/api/docs/").status_code == 200
