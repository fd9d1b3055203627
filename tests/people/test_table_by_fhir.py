"""Every row of the decision table through FHIR: the scenarios of the other surfaces, the same canaries.

A client system speaks for the persona. What a row shows stands word for word in the summary and in a search;
of what it hides there is not a word, nor a byte that would be otherwise without it.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from consent.accesslog.model import AccessEvent
from consent.vocabulary import Kind
from demo.people import BY_LETTER
from portal.fhir.mapping import KINDS_OF_TYPE
from tests.api.systems import Answer
from tests.fhir.clients import FhirClient, client_for, codes_of
from tests.people.test_table_by_surface import (
    BLOCKED,
    CANARIES,
    SCENARIOS,
    Scenario,
    Stage,
    _last_row,
    assert_nowhere,
)
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, systems, unhurried

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]


@dataclass
class Walked:
    summary: Answer
    searches: dict[str, Answer]
    beside: list[Answer]
    log: list[AccessEvent]


def words_in(answer: Answer) -> str:
    """All of it as text: letters as they are, marks of XHTML as their signs."""
    text = json.dumps(answer.json, ensure_ascii=False)
    return text.replace("\\n", " ").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def types_of(kinds: set[Kind]) -> list[str]:
    return sorted(name for name, fed in KINDS_OF_TYPE.items() if fed & kinds)


def walk(people: "Addresses", scenario: Scenario) -> Walked:
    stage = Stage(people, scenario.persona, scenario.letter)
    scenario.live(stage)
    client, before = client_for(scenario.persona), _last_row()
    assert client.match(stage.number).status == 200
    kinds = {canary.kind for canary in CANARIES[scenario.letter].values()}
    summary = client.summary()
    searches = {name: client.search(name) for name in types_of(kinds)}
    log = list(AccessEvent.objects.filter(seq__gt=before).order_by("seq"))
    beside = [client.get(f"/Patient/{client.patient}"), client.search("Consent")]
    return Walked(summary, searches, beside, log)


@pytest.fixture(scope="module")
def walks(module_people: "Addresses") -> Iterator[Callable[[Scenario], Walked]]:
    done: dict[str, Walked] = {}

    def walked(scenario: Scenario) -> Walked:
        if scenario.id not in done:
            try:
                with transaction.atomic():
                    done[scenario.id] = walk(module_people, scenario)
                    transaction.set_rollback(True)
            finally:
                for address in systems(module_people).values():
                    order(address, "ok")
        return done[scenario.id]

    with unhurried():
        yield walked


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_row_through_fhir(walks: Callable[[Scenario], Walked], scenario: Scenario) -> None:
    walked = walks(scenario)
    answers = [walked.summary, *walked.searches.values()]
    for answer in answers:
        assert_nowhere(scenario.hidden, words_in(answer))
        assert answer.headers["Cache-Control"] == "no-store"
    for answer in walked.beside:
        assert_nowhere(CANARIES[scenario.letter], words_in(answer))
    if scenario.is_denied:
        assert walked.beside[0].status == 403
        assert {answer.status for answer in answers} == {403}
        assert {code for answer in answers for code in codes_of(answer)} == {"nothing_permitted"}
        assert {row.event for row in walked.log} == {"search", "refused"}
        return
    assert {answer.status for answer in answers} == {200}
    for canary in scenario.visible.values():
        assert canary.words in words_in(walked.summary), canary.words
        found = [a for name, a in walked.searches.items() if canary.kind in KINDS_OF_TYPE[name]]
        assert any(canary.words in words_in(answer) for answer in found), canary.words
    if BLOCKED in scenario.never_says:
        assert not any(BLOCKED in words_in(answer) for answer in answers)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_what_is_logged_is_what_was_shown(walks: Callable[[Scenario], Walked], scenario: Scenario) -> None:
    log = walks(scenario).log
    shown = {(o[0], o[2]) for row in log if row.event == "shown" for o in row.origins}
    assert {(c.owner.hsa, c.kind.value) for c in scenario.visible.values()} <= shown
    visible = {c.kind.value for c in scenario.visible.values()}
    assert (
        not {(c.owner.hsa, c.kind.value) for c in scenario.hidden.values() if c.kind.value not in visible}
        & shown
    )
    assert {row.action for row in log if row.event in ("intent", "shown", "refused")} == {"api"}
    assert_nowhere(CANARIES[scenario.letter], " ".join(str(row.__dict__) for row in log))


def steady(answer: Answer, client: FhirClient) -> Any:
    """Without what is new in every answer."""
    text = answer.body.decode().replace(client.patient, "PATIENT")
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "VIEW", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.+Z]+", "TIME", text)


def test_before_consent_a_full_and_an_empty_patient_are_the_same_bytes(module_people: "Addresses") -> None:
    """Row 5: M has insatser, C has home care as well, B has nothing anywhere."""
    told: dict[str, set[str]] = {}
    with unhurried():
        for letter in ("B", "C", "M"):
            client = client_for("akuten")
            assert client.match(BY_LETTER[letter].number).status == 200
            for name in ("ServiceRequest", "EpisodeOfCare"):
                answer = client.search(name)
                assert answer.status == 200
                told.setdefault(name, set()).add(steady(answer, client))
                told.setdefault(f"{name} size", set()).add(str(len(answer.body)))
    assert {name: len(each) for name, each in told.items()} == dict.fromkeys(told, 1)
