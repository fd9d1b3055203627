"""RIV-TA messages for tests: a platform that answers with one file for one contract, and the schemas."""

import os
from pathlib import Path

import pytest
from lxml import etree

from connectors.base.contract import Answer, SourceProfile
from connectors.base.faultserver import Answerer, Asked, Reply, run_fault_server
from connectors.base.registry import build_connector
from connectors.base.scenarios import run
from connectors.npo.contracts import CONTRACTS, Contract
from connectors.npo.scenarios import server
from consent.terms import PersonId
from consent.vocabulary import Kind
from tests.factories.permits import permit_for

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
FOLDER = Path(os.environ.get("SAMPLES_DIR", BESIDE)) / "rivta"
needs_rivta = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder with others' messages is not here")
BY_SETTING = {contract.setting: contract for contract in CONTRACTS}


def ask(answerer: Answerer, patient: PersonId, kinds: frozenset[Kind], *contracts: Contract) -> Answer:
    """What becomes of a platform's answer where the source speaks these contracts alone."""
    spoken = {c.setting: "true" if c in contracts else "" for c in CONTRACTS}

    async def asking() -> Answer:
        async with run_fault_server(answerer) as fault_server:
            profile = SourceProfile(
                "npo", "NPÖ", fault_server.base_url, None, connector="npo", deadline_s=30,
                settings={"logical_address": "SE1", **spoken},
            )  # fmt: skip
            return await build_connector(profile).fetch(permit_for(patient), kinds)

    return run(asking())


def one(entry: str, contract: Contract, patient: PersonId, kinds: frozenset[Kind] | None = None) -> Answer:
    """What one entry of one contract becomes."""
    return ask(server({contract.setting: [entry]}), patient, kinds or contract.kinds, contract)


def unmodified(name: str) -> Answerer:
    """A platform that answers every question with this file, byte for byte."""
    body = (FOLDER / "responses" / name).read_bytes()

    def answer(_asked: Asked) -> Reply:
        return Reply(body, content_type="text/xml;charset=UTF-8")

    return answer


def schema(pattern: str) -> etree.XMLSchema:
    """The schema of one contract's messages, with what it imports."""
    (path,) = FOLDER.glob(f"schemas/{pattern}")
    return etree.XMLSchema(etree.parse(str(path)))


def message_in(envelope: bytes) -> etree._Element:
    root = etree.fromstring(envelope)
    body = next(each for each in root if etree.QName(each).localname == "Body")
    return body[0]
