"""Somebody else's record, at any place and in any disguise, never comes through a connector and the checking.

What a source sends is read by the connector's own transport, but out of memory: ten thousand answers fit.
"""

import asyncio
import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import etree

from connectors.base.contract import Answer, Fault, SourceFault
from connectors.base.faultserver import Answerer, Asked, Reply
from connectors.base.request import Request
from connectors.base.transport import Transport
from consent.vocabulary import EVERY_KIND, Kind
from portal.aggregation.checking import check
from tests.factories.permits import permit_for
from tests.faults.systems import SYSTEMS, System, name_of

SEED = 20260212
# One question is many searches in FHIR, and several contracts in SOAP: they get a smaller part.
ANSWERS = {"FHIR": 2_000, "SOAP": 2_000}
ANSWERS_OF_OTHERS = 4_000
IS_SOAK = bool(os.environ.get("SOAK"))
CANARY = "FRÄMMANDE"
RECORDS = 200


# Each place is tried in every run: the even ones by one way to speak, the odd by another, both quick to read.
SHARES = {"JSON": range(0, RECORDS, 2), "openfeed": range(1, RECORDS, 2)}


def places_for(system: System) -> list[int]:
    """Each place in the long run, by all. The checking alone is tried at each in every run, too."""
    share = range(RECORDS) if IS_SOAK else SHARES.get(system.speaks, range(0, RECORDS, 23))
    return sorted({0, RECORDS - 1, *share})


each_system = pytest.mark.parametrize("system", SYSTEMS, ids=name_of)


class InMemory(Transport):
    """The transport without the wire: status and body go where they would have gone."""

    answer: Answerer

    async def _send(self, request: Request, credentials: Any) -> Any:
        body = json.dumps(request.json).encode() if request.json is not None else request.xml or b""
        if request.form is not None:
            pairs = request.form.items() if hasattr(request.form, "items") else request.form
            body = urlencode(list(pairs)).encode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.answer(Asked(request.method, request.url.path_qs, headers, body))
        assert isinstance(reply, Reply)
        return request.read(reply.body, reply.content_type)


async def ask(system: System, answer: Answerer, kinds: frozenset[Kind] = EVERY_KIND) -> Answer:
    """What comes through the connector and the checking. Raises SourceFault."""
    profile = system.profile("http://127.0.0.1:1", 10.0)
    transport = InMemory(profile.base_url, authentication=system.connector_class.authenticate(profile))
    transport.answer = answer
    permit = permit_for(system.scenarios.patient)
    wanted = kinds & profile.kinds
    given = await system.connector_class(profile, transport).fetch(permit, wanted)
    checked = check(permit, profile, wanted, given)
    return Answer(checked.records, checked.as_of, unparsed=checked.unparsed)


@each_system
def test_a_foreign_record_among_two_hundred_spoils_the_answer(system: System) -> None:
    many, places = system.scenarios.many, places_for(system)
    assert many is not None, "scenarios.many is wanted here"

    async def asking() -> tuple[int, list[Fault]]:
        sound = await ask(system, many(RECORDS, None))
        faults = []
        for place in places:
            try:
                await ask(system, many(RECORDS, place))
            except SourceFault as fault:
                faults.append(fault.fault)
        return len(sound.records), faults

    assert asyncio.run(asking()) == (RECORDS, [Fault.FOREIGN_PATIENT] * len(places))


# Answers made up from sound ones.


def entries_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object that stands in a list: records, entries, resources."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from entries_in(inner)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                yield inner
            yield from entries_in(inner)


def rewrite(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {name: rewrite(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [rewrite(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


class Mixing:
    """Takes a sound reply and makes some of its entries somebody else's, in one of many ways."""

    def __init__(self, system: System, dice: random.Random, titles: frozenset[str]) -> None:
        self.system, self.dice, self.titles = system, dice, titles
        self.own = (system.scenarios.patient.number, "Patient/p1")

    def stranger(self) -> str:
        """Numbers that live in memory only, and what is no number at all."""
        year, digits = self.dice.randrange(1900, 2026), self.dice.randrange(10**8)
        made = f"{year}{digits:08d}"
        return self.dice.choice(
            (self.system.scenarios.stranger.number, made, made[2:], f" {made}", "?", "", "p2")
        )

    def reply(self, body: bytes) -> bytes:
        return self.reply_in_xml(body) if body.startswith(b"<") else self.reply_in_json(body)

    def reply_in_json(self, body: bytes) -> bytes:
        value = json.loads(body)
        for entry in list(entries_in(value)):
            if self.dice.random() < 0.15 and any(own in json.dumps(entry) for own in self.own):
                changed = rewrite(copy.deepcopy(entry), self.to_somebody_else())
                if changed.get("resourceType") != "Patient":
                    entry.update(changed)
        return json.dumps(value).encode()

    def reply_in_xml(self, body: bytes) -> bytes:
        """Each entry stands under the one response of the envelope's body."""
        envelope = etree.fromstring(body)
        for entry in envelope[-1][0]:
            if self.dice.random() < 0.15 and any(text in self.own for text in entry.itertext()):
                change = self.to_somebody_else()
                for element in entry.iter():
                    element.text = change(element.text) if element.text else element.text
        return etree.tostring(envelope)

    def to_somebody_else(self) -> Callable[[str], str]:
        """Another number for the patient's own, and the canary after whatever a page would show."""
        other = self.stranger()

        def change(text: str) -> str:
            if text in self.own:
                return f"Patient/{other}" if text.startswith("Patient/") else other
            return f"{text} {CANARY}" if text in self.titles or " " in text else text

        return change


@each_system
def test_ten_thousand_answers_let_nothing_foreign_through(system: System) -> None:
    dice = random.Random(f"{SEED}-{system.speaks}")
    answers = ANSWERS.get(system.speaks, ANSWERS_OF_OTHERS) * (20 if IS_SOAK else 1)

    kinds = sorted(system.scenarios.found_kinds)

    async def asking() -> tuple[int, int, int]:
        sound = await ask(system, system.scenarios.found)
        mixing = Mixing(system, dice, frozenset(r.title for r in sound.records))
        kept = quarantined = foreign = 0
        for _ in range(answers):

            def answer(asked: Asked) -> Reply:
                reply = system.scenarios.found(asked)
                assert isinstance(reply, Reply)
                if not system.scenarios.is_question(asked):
                    return reply
                return Reply(mixing.reply(reply.body), content_type=reply.content_type)

            try:
                given = await ask(system, answer, frozenset(dice.sample(kinds, 2)))
            except SourceFault as fault:
                quarantined += fault.fault in (Fault.FOREIGN_PATIENT, Fault.FORMAT)
                continue
            kept += 1
            foreign += sum(CANARY in repr(r) or r.patient != system.scenarios.patient for r in given.records)
        return kept, quarantined, foreign

    kept, quarantined, foreign = asyncio.run(asking())
    assert foreign == 0
    assert min(kept, quarantined) > answers / 50, "the dice say one thing only"
