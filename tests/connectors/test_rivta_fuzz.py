"""Whatever a platform sends, the reader ends in an answer or a SourceFault; and no stranger gets through."""

import asyncio
import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors.base.contract import Fault, SourceFault, SourceProfile
from connectors.base.xmlreading import read_xml
from connectors.npo.contracts import CONTRACTS
from connectors.npo.reading import Reading
from connectors.npo.scenarios import PATIENT, STRANGER, entry, envelope, records
from connectors.rivta.envelope import open_answer
from consent.vocabulary import EVERY_KIND

IS_SOAK = bool(os.environ.get("SOAK"))
RUNS = 200_000 if IS_SOAK else 2_000
# To make something up costs more than to read it: each is read in so many variants.
VARIANTS = 20
EXAMPLES = 20_000 if IS_SOAK else 300
# Each place is tried in the long run.
PLACES = range(200) if IS_SOAK else (0, 1, 99, 198, 199)
BOUNDED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PROFILE = SourceProfile("npo", "NPÖ", "", None)
HELD = [(contract, each) for contract in CONTRACTS for each in records()[contract.setting]]
NAMES = sorted({element.tag for _, text in HELD for element in etree.fromstring(text).iter()})
VALUES = st.one_of(
    st.sampled_from(["", "?", "true", "20260102", "99999999999999", "-1", "SE1", "1e999", "&amp;", "٣"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
)


def read(contract, body: bytes):
    """What becomes of a reply's bytes; SourceFault is the only exception that may come out."""
    reading = Reading(PROFILE, {PATIENT.number: PATIENT}, EVERY_KIND, {})
    try:
        opened = open_answer(read_xml(body, "text/xml"), contract.service)
        asyncio.run(reading.read(contract, opened))
    except SourceFault as fault:
        return fault
    return reading.answer(frozenset())


def reply_with(contract, *entries: str) -> bytes:
    return envelope(contract.service.operation, contract.service.namespace, "".join(entries)).body


def mangle(text: str, odd: list[str], dice: random.Random) -> str:
    """One entry with elements renamed, emptied, doubled, taken away or filled with something else."""
    root = etree.fromstring(text)
    for _ in range(dice.randint(1, 6)):
        element = dice.choice(list(root.iter()))
        deed = dice.choice(["rename", "fill", "double", "drop", "empty"])
        parent = element.getparent()
        if deed == "rename":
            element.tag = dice.choice(NAMES)
        elif deed == "fill":
            element.text = dice.choice(odd)
        elif deed == "double" and parent is not None:
            parent.append(etree.fromstring(etree.tostring(element)))
        elif deed == "drop" and parent is not None:
            parent.remove(element)
        elif deed == "empty":
            element.clear()
    return etree.tostring(root, encoding="unicode")


def check_mangled(contract, text):
    sound = entry(contract, document="sound")
    outcome = read(contract, reply_with(contract, text, sound))
    if isinstance(outcome, SourceFault):
        assert outcome.fault is Fault.FOREIGN_PATIENT
        return
    assert any(
        "sound" in record.document_id or contract.setting == "care_managers_1" for record in outcome.records
    )
    for record in outcome.records:
        assert record.patient == PATIENT
        assert record.origin.provider.hsa_id
        assert record.origin.unit_id


@settings(BOUNDED, max_examples=RUNS // VARIANTS, database=None, derandomize=not IS_SOAK)
@given(st.sampled_from(HELD), st.lists(VALUES, min_size=1, max_size=6), st.integers(0, 2**32))
def test_a_mangled_entry_costs_itself_alone(held, odd, seed):
    (contract, text), dice = held, random.Random(seed)
    for _ in range(VARIANTS):
        check_mangled(contract, mangle(text, odd, dice))


@BOUNDED
@given(st.sampled_from(CONTRACTS), st.binary(max_size=400))
def test_bytes_of_any_sort_are_a_format_fault(contract, body):
    outcome = read(contract, body)
    assert isinstance(outcome, SourceFault)
    assert outcome.fault in (Fault.FORMAT, Fault.REPORTED)


@BOUNDED
@given(st.sampled_from(HELD), st.data())
def test_a_reply_cut_anywhere_is_no_answer(held, data):
    contract, text = held
    body = reply_with(contract, text)
    cut = body[: data.draw(st.integers(0, len(body) - 1))]
    assert isinstance(read(contract, cut), SourceFault)


@BOUNDED
@given(st.sampled_from(CONTRACTS), st.integers(1, 200), st.data())
def test_a_stranger_at_any_place_is_always_found(contract, count, data):
    place = data.draw(st.integers(0, count - 1))
    held = [
        entry(contract, document=str(n), number=STRANGER.number if n == place else PATIENT.number)
        for n in range(count)
    ]
    outcome = read(contract, reply_with(contract, *held))
    assert isinstance(outcome, SourceFault)
    assert outcome.fault is Fault.FOREIGN_PATIENT


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.service.label)
def test_a_stranger_at_each_place_of_two_hundred_spoils_the_answer(contract):
    held = [entry(contract, document=str(n)) for n in range(200)]
    for place in PLACES:
        stranger = entry(contract, document=str(place), number=STRANGER.number)
        outcome = read(contract, reply_with(contract, *held[:place], stranger, *held[place + 1 :]))
        assert isinstance(outcome, SourceFault), place
        assert outcome.fault is Fault.FOREIGN_PATIENT


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.service.label)
def test_two_hundred_records_are_all_read(contract):
    if contract.setting == "care_managers_1":
        return
    held = [entry(contract, document=str(n)) for n in range(200)]
    outcome = read(contract, reply_with(contract, *held))
    assert len({record.document_id for record in outcome.records}) == 200
