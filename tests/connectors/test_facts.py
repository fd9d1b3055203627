"""Fact sources are found among the sources, asked all at once, and never say "none" when they cannot tell."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from connectors.accessfacts.connector import ANSWERS, ANSWERS_FOR, CHOSEN, AccessFactsConnector
from connectors.accessfacts.scenarios import BLOCK_ID, PERSON, STRANGER, block, blocks, existence, relation
from connectors.base.breaker import FAULTS_BEFORE_REST
from connectors.base.contract import Fact, Fault, SourceFault, SourceProfile
from connectors.base.faultserver import Answerer, Asked, Reply, json_reply, run_fault_server
from connectors.base.scenarios import run
from connectors.facts import LONGEST_WAIT_S, remote_facts
from consent.facts import Person, UnknownPerson
from consent.remote import RemoteFacts, know
from consent.terms import Actor, Provider, Unit
from consent.vocabulary import CareKind, Kind, RelationGround

pytestmark = pytest.mark.network

REGION = Provider("SE2321000016-R001", "Region Fjäll", CareKind.HEALTH_CARE)
KOMMUN = Provider("SE2120000019-V001", "Fjällviks kommun, Vård", CareKind.HEALTH_CARE)
AKUTEN = Unit("SE2321000016-R0AK", "Akuten", REGION)
NURSE = Actor(1, "SE2321000016-P001", "Alva Ek", "Läkare", "1", AKUTEN)
OTHER_BLOCK = "0b6f5f7e-8f0a-4d0e-9d6b-0c6f9b7f6a12"
HANGING: Answerer = lambda _: Reply(hang_before_headers=True)  # noqa: E731


def profile(slug: str, *facts: Fact, **more: Any) -> SourceProfile:
    settings = {"token": "t", **{ANSWERS[fact]: CHOSEN for fact in facts}}
    more.setdefault("base_url", "http://x.invalid")
    return SourceProfile(
        slug=slug,
        label=slug,
        owner=more.pop("owner", None),
        settings=settings,
        connector="accessfacts",
        **more,
    )


# Which of the four there are is what each test set up.
Use = Callable[[Any], Any]


def asking(
    servers: Mapping[str, tuple[SourceProfile, Answerer]],
    use: Use,
    reader: Unit = AKUTEN,
    records: tuple[SourceProfile, ...] = (),
) -> Any:
    """Run the fact sources against servers of their own, and the questions each was asked."""

    async def inside() -> Any:
        async with AsyncExitStack() as stack:
            started = {
                name: await stack.enter_async_context(run_fault_server(answer))
                for name, (_, answer) in servers.items()
            }
            profiles = tuple(
                replace(each, base_url=started[name].base_url) for name, (each, _) in servers.items()
            )
            found = await use(remote_facts((*records, *profiles), reader))
            return found, {name: [asked.json for asked in server.asked] for name, server in started.items()}

    return run(inside())


def blocks_from(*answers: Answerer, **more: Any) -> Any:
    servers = {f"b{n}": (profile(f"b{n}", Fact.BLOCKS, **more), answer) for n, answer in enumerate(answers)}
    return asking(servers, lambda remote: remote.blocks.blocks_of(PERSON))[0]


def relation_from(*answers: Answerer) -> Any:
    servers = {
        f"r{n}": (profile(f"r{n}", Fact.RELATION, owner=REGION), answer) for n, answer in enumerate(answers)
    }
    return asking(servers, lambda remote: remote.relation.relation_of(PERSON, AKUTEN.hsa_id))[0]


def existence_from(*answers: Answerer) -> Any:
    servers = {f"e{n}": (profile(f"e{n}", Fact.EXISTENCE), answer) for n, answer in enumerate(answers)}
    return asking(servers, lambda remote: remote.existence.holds(PERSON))[0]


# Found among the sources. ----------------------------------------------------------------------------


def test_what_no_source_answers_for_is_not_asked() -> None:
    assert remote_facts((), AKUTEN) == RemoteFacts()
    records = SourceProfile("cosmic", "Cosmic", "http://x.invalid", REGION, connector="cosmic")
    nobody = SourceProfile("x", "X", "http://x.invalid", None, connector="no such connector")
    assert remote_facts((records, nobody, profile("mute")), AKUTEN) == RemoteFacts()


def test_each_question_goes_to_those_who_answer_it() -> None:
    remote = remote_facts((profile("b", Fact.BLOCKS), profile("e", Fact.EXISTENCE)), AKUTEN)
    assert remote.blocks is not None
    assert remote.existence is not None
    assert remote.relation is None
    assert remote.person is None


@pytest.mark.parametrize("owner", [KOMMUN, None])
def test_only_the_readers_own_journal_is_asked_about_a_relation(owner: Provider | None) -> None:
    assert remote_facts((profile("r", Fact.RELATION, owner=owner),), AKUTEN).relation is None


def test_the_own_journal_is_asked_about_the_own_unit_and_no_other_journal_at_all() -> None:
    servers = {
        "mine": (profile("mine", Fact.RELATION, owner=REGION), relation("planned")),
        "theirs": (profile("theirs", Fact.RELATION, owner=KOMMUN), relation("current")),
    }
    found, asked = asking(servers, lambda remote: remote.relation.relation_of(PERSON, AKUTEN.hsa_id))
    assert found is RelationGround.JOURNAL
    assert [question["careUnitId"] for question in asked["mine"]] == [AKUTEN.hsa_id]
    assert asked["theirs"] == []


def test_the_index_is_asked_about_others_than_the_readers_provider() -> None:
    servers = {"e": (profile("e", Fact.EXISTENCE), existence(said=True))}
    found, asked = asking(servers, lambda remote: remote.existence.holds(PERSON))
    assert found is True
    assert asked["e"][0]["apartFromCareProviderId"] == REGION.hsa_id


# Several sources of one fact. ------------------------------------------------------------------------


def test_blocks_of_all_sources_are_put_together() -> None:
    found = blocks_from(blocks(block()), blocks(block(blockId=OTHER_BLOCK)), blocks())
    assert {b.id for b in found} == {BLOCK_ID, OTHER_BLOCK}
    assert blocks_from(blocks(), blocks()) == ()


def test_the_same_block_from_two_sources_is_one() -> None:
    assert len(blocks_from(blocks(block()), blocks(block()))) == 1


def test_two_blocks_under_one_id_are_unknown() -> None:
    """A lift of one would lift the other."""
    assert blocks_from(blocks(block()), blocks(block(blockType="Outer"))) is None


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (("none", "current"), RelationGround.JOURNAL),
        (("current", "service"), RelationGround.SERVICE),
        (("assessment", "current"), RelationGround.ASSESSMENT),
        (("none", "none"), RelationGround.NONE),
        (("none", "nonsense"), None),
        (("nonsense", "current"), RelationGround.JOURNAL),
        (("nonsense", "nonsense"), None),
    ],
)
def test_a_relation_that_one_journal_knows_of_is_enough(
    answers: tuple[str, ...], found: RelationGround | None
) -> None:
    assert relation_from(*(relation(said) for said in answers)) is found


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ((False, True), True),
        ((False, False), False),
        ((None, True), True),
        ((False, None), None),
    ],
)
def test_one_yes_is_a_yes_and_a_no_needs_every_index(
    answers: tuple[bool | None, ...], found: bool | None
) -> None:
    assert existence_from(*(existence(said=said) for said in answers)) is found


OF_KOMMUN = SourceProfile("viva", "Viva", "http://x.invalid", KOMMUN, kinds=frozenset({Kind.HOME_CARE}))
OF_REGION = replace(OF_KOMMUN, slug="cosmic", owner=REGION)
OF_MANY = replace(OF_KOMMUN, slug="npo", owner=None)


def index(spoken_of: str = "") -> SourceProfile:
    plain = profile("e", Fact.EXISTENCE)
    return replace(plain, settings={**plain.settings, ANSWERS_FOR: spoken_of})


@pytest.mark.parametrize(
    ("sources", "spoken_of", "found"),
    [
        ((), "", False),
        ((OF_REGION,), "", False),
        ((OF_KOMMUN,), "", None),
        ((OF_KOMMUN,), "viva", False),
        ((OF_KOMMUN,), "npo  cosmic", None),
        ((OF_MANY,), "viva", None),
        ((OF_REGION, OF_KOMMUN, OF_MANY), "viva npo", False),
        ((replace(OF_KOMMUN, kinds=frozenset()),), "", False),
    ],
)
@pytest.mark.parametrize("said", [False, True, None])
def test_a_no_counts_only_where_every_source_in_use_is_spoken_of(
    sources: tuple[SourceProfile, ...], spoken_of: str, found: bool | None, said: bool | None
) -> None:
    """The reader's own provider's sources and those that hold no records are none of its business."""
    expected = found if said is False else said

    async def inside() -> Any:
        async with run_fault_server(existence(said=said)) as server:
            one = replace(index(spoken_of), base_url=server.base_url)
            remote = remote_facts((*sources, one), AKUTEN)
            assert remote.existence is not None
            return await remote.existence.holds(PERSON)

    assert run(inside()) is expected


def test_two_indexes_speak_of_what_both_were_told_of_together() -> None:
    servers = {
        name: (replace(index(spoken_of), slug=name), existence(said=False))
        for name, spoken_of in (("a", "viva"), ("b", "npo"))
    }
    for sources, found in (((OF_KOMMUN, OF_MANY), False), ((OF_KOMMUN, replace(OF_MANY, slug="x")), None)):
        assert asking(servers, lambda remote: remote.existence.holds(PERSON), records=sources)[0] is found


def test_the_own_store_is_looked_in_for_what_others_deliver_and_only_beside_an_index() -> None:
    receives = {"receives": "true", "retention_days": "1", "fresh_hours": "1"}
    theirs = replace(OF_KOMMUN, connector="openfeed", settings=receives)
    asked = replace(theirs, slug="asked", settings={"token": "t"})
    own = replace(theirs, slug="own", owner=REGION)
    assert remote_facts((theirs, own, asked), AKUTEN).held is None
    assert remote_facts((own, asked, index()), AKUTEN).held is None
    held: Any = remote_facts((theirs, own, asked, index()), AKUTEN).held
    assert held.sources == {"viva"}


# What goes wrong. ------------------------------------------------------------------------------------

WRONG: Mapping[str, Answerer] = {
    "hangs": HANGING,
    "malformed": lambda _: Reply(b'{"personId":'),
    "500": lambda _: json_reply({}, 500),
    "401": lambda _: json_reply({}, 401),
    "404": lambda _: json_reply({}, 404),
    "redirect": lambda _: Reply(status=302, headers={"Location": "/elsewhere"}),
    "empty object": lambda _: json_reply({}),
    "login page": lambda _: Reply(b"<!doctype html>", content_type="text/html"),
}
WELL: Mapping[Fact, Answerer] = {
    Fact.BLOCKS: blocks(),
    Fact.RELATION: relation("none"),
    Fact.EXISTENCE: existence(said=False),
}
FOREIGN: Mapping[Fact, Answerer] = {
    Fact.BLOCKS: blocks(person=STRANGER),
    Fact.RELATION: relation("none", STRANGER),
    Fact.EXISTENCE: existence(said=False, person=STRANGER),
}


def fact_from(fact: Fact, *answers: Answerer) -> Any:
    return {Fact.BLOCKS: blocks_from, Fact.RELATION: relation_from, Fact.EXISTENCE: existence_from}[fact](
        *answers
    )


@pytest.mark.parametrize("fact", WELL, ids=lambda fact: fact.name.lower())
@pytest.mark.parametrize("wrong", [*WRONG, "foreign"])
def test_whatever_goes_wrong_is_unknown_even_beside_a_source_that_knows_of_nothing(
    monkeypatch: pytest.MonkeyPatch, fact: Fact, wrong: str
) -> None:
    monkeypatch.setattr("connectors.facts.LONGEST_WAIT_S", 0.3)
    answer = FOREIGN[fact] if wrong == "foreign" else WRONG[wrong]
    assert fact_from(fact, answer) is None
    assert fact_from(fact, WELL[fact], answer) is None


def _raise(_self: Any, *_about: object) -> Any:
    raise RuntimeError("19121212-1212 is not for logs")


@pytest.mark.parametrize(
    ("fact", "returned"),
    [
        (Fact.BLOCKS, [()]),
        (Fact.BLOCKS, ("a block",)),
        (Fact.BLOCKS, False),
        (Fact.RELATION, "none"),
        (Fact.RELATION, RelationGround.ATTESTED),
        (Fact.RELATION, None),
        (Fact.EXISTENCE, 0),
        (Fact.EXISTENCE, ""),
        (Fact.BLOCKS, RuntimeError),
        (Fact.RELATION, RuntimeError),
        (Fact.EXISTENCE, RuntimeError),
    ],
)
def test_what_a_connector_may_not_answer_is_unknown(
    monkeypatch: pytest.MonkeyPatch, fact: Fact, returned: Any
) -> None:
    async def answer(_self: Any, *_about: object) -> Any:
        if returned is RuntimeError:
            raise RuntimeError
        return returned

    monkeypatch.setattr(AccessFactsConnector, fact.value, answer)
    assert fact_from(fact, WELL[fact]) is None


def test_a_connector_that_looks_at_no_clock_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forever(_self: Any, *_about: object) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("connectors.facts.LONGEST_WAIT_S", 0.2)
    monkeypatch.setattr(AccessFactsConnector, "blocks_of", forever)
    assert blocks_from(blocks()) is None


def test_nobody_waits_longer_for_a_fact_than_a_reader_can() -> None:
    remote = remote_facts((profile("b", Fact.BLOCKS, deadline_s=10.0),), AKUTEN)
    assert [p.deadline_s for p in remote.blocks.profiles] == [LONGEST_WAIT_S]  # type: ignore[union-attr]
    quick = remote_facts((profile("b", Fact.BLOCKS, deadline_s=0.5),), AKUTEN)
    assert [p.deadline_s for p in quick.blocks.profiles] == [0.5]  # type: ignore[union-attr]


# Together. -------------------------------------------------------------------------------------------


def test_all_are_asked_at_once_and_each_view_anew() -> None:
    """None is answered before all have been asked."""

    async def both() -> Any:
        arrived: list[str] = []
        everybody = asyncio.Event()

        async def patient(asked: Asked) -> Reply:
            arrived.append(asked.path)
            if len(arrived) == 3:
                everybody.set()
            await everybody.wait()
            said = {"blocks/search": blocks(), "relations/check": relation("none")}
            return next((a for p, a in said.items() if asked.path.endswith(p)), existence(said=False))(asked)  # type: ignore[return-value]

        async with run_fault_server(patient) as server:
            one = profile("all", *ANSWERS, owner=REGION, base_url=server.base_url)
            known = await know(remote_facts((one,), AKUTEN), NURSE, PERSON)
            await know(remote_facts((one,), AKUTEN), NURSE, PERSON)
            return known, arrived

    started = time.monotonic()
    known, arrived = run(both())
    assert (known.blocks, known.relation, known.holds) == ((), RelationGround.NONE, False)
    assert len(arrived) == 6
    assert time.monotonic() - started < 10


# The person. -----------------------------------------------------------------------------------------


def register(answer: Answerer) -> Any:
    async def looking() -> Any:
        async with run_fault_server(answer) as server:
            one = SourceProfile(
                "p", "P", server.base_url, None, settings={"token": "t"}, connector="population"
            )
            source = remote_facts((one,), AKUTEN).person
            assert source is not None
            return await source.find(PERSON)

    return run(looking())


@pytest.mark.parametrize("wrong", [*WRONG])
def test_a_register_that_fails_leaves_the_number_alone_and_protected(wrong: str) -> None:
    if wrong == "404":
        with pytest.raises(UnknownPerson):
            register(WRONG[wrong])
        return
    person = register(WRONG[wrong])
    assert person == Person(PERSON)
    assert person.is_protected


def test_a_register_whose_connector_breaks_leaves_the_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from connectors.population.connector import PopulationConnector

    monkeypatch.setattr(PopulationConnector, "find", _raise)
    assert register(WRONG["404"]) == Person(PERSON)


def test_two_registers_are_none() -> None:
    one = SourceProfile("p", "P", "http://x.invalid", None, connector="population")
    assert remote_facts((one, replace(one, slug="q")), AKUTEN).person is None


@pytest.mark.parametrize("fact", WELL, ids=lambda fact: fact.name.lower())
def test_a_service_that_keeps_failing_is_left_alone_and_stays_unknown(
    monkeypatch: pytest.MonkeyPatch, fact: Fact
) -> None:
    asked = []

    async def down(_self: Any, *_about: object) -> Any:
        asked.append(1)
        raise SourceFault(Fault.UNAVAILABLE)

    monkeypatch.setattr(AccessFactsConnector, fact.value, down)
    for _ in range(FAULTS_BEFORE_REST + 3):
        assert fact_from(fact, WELL[fact]) is None
    assert len(asked) == FAULTS_BEFORE_REST


def test_a_service_that_answers_now_and_then_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def wavering(_self: Any, *_about: object) -> Any:
        asked.append(1)
        if len(asked) % FAULTS_BEFORE_REST:
            raise SourceFault(Fault.UNAVAILABLE)
        return ()

    monkeypatch.setattr(AccessFactsConnector, Fact.BLOCKS.value, wavering)
    for _ in range(3 * FAULTS_BEFORE_REST):
        blocks_from(blocks())
    assert len(asked) == 3 * FAULTS_BEFORE_REST
