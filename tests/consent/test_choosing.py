"""The first active choice: units are named by what choosing them would open, never by what is blocked."""

from typing import Any

import pytest

from consent import recording
from consent.choosing import decide_as_if_chosen, units_among
from consent.dossiers import open_dossier
from consent.models import Block, CareRelation
from consent.terms import Origin
from consent.vocabulary import InformationType, Kind
from tests.consent.doings import by
from tests.consent.examples import GUNHILD, MEDICIN, PSYKIATRI, origin

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

VISIT = (origin(MEDICIN), Kind.CARE_CONTACT)
PLAN = (origin(PSYKIATRI, InformationType.CARE_PLAN), Kind.CARE_PLAN)
ALERT = (origin(PSYKIATRI, InformationType.ALERT), Kind.WARNING)


@pytest.fixture(autouse=True)
def related(organisations: None) -> None:
    recording.confirm_relation(by())


def block(**more: Any) -> None:
    values = {"provider_id": PSYKIATRI.provider.hsa_id, "unit_id": PSYKIATRI.hsa_id, "kind": "inner", **more}
    Block.objects.create(dossier=open_dossier(GUNHILD).dossier, recorded_by="x", **values)


def names(*held: tuple[Origin, Kind]) -> set[str]:
    return set(units_among(held, decide_as_if_chosen(by())).names.values())


def test_units_that_hold_something_are_named_once() -> None:
    assert names(VISIT, PLAN, ALERT, VISIT) == {"Medicin", "Psykiatri"}
    assert names() == set()


def test_a_unit_blocked_altogether_is_not_named() -> None:
    block()
    assert names(VISIT, PLAN, ALERT) == {"Medicin"}


def test_a_unit_is_named_by_what_its_block_leaves_out_alone() -> None:
    block(excluded_types=["upp"])
    assert names(PLAN) == set()
    assert names(ALERT) == {"Psykiatri"}


def test_a_block_of_the_whole_provider_names_nobody() -> None:
    block(unit_id="")
    assert names(VISIT, PLAN) == set()


def test_what_names_no_unit_is_only_said_to_be_there() -> None:
    held = [(origin(MEDICIN, unit_is_assumed=True), Kind.CARE_CONTACT)]
    found = units_among(held, decide_as_if_chosen(by()))
    assert (dict(found.names), found.has_unnamed) == ({}, True)


def test_without_a_relation_nothing_is_named() -> None:
    CareRelation.objects.all().update(ended_at=open_dossier(GUNHILD).now)
    assert names(VISIT) == set()
