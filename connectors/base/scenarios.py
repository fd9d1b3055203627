"""What a conformance suite is given, and how it runs: scenarios, a loop of its own, plain expectations."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TypeVar

from connectors.base.contract import Connector
from connectors.base.faultserver import Answerer, Asked, Reply
from connectors.base.quality import package_of
from connectors.base.session import close_session
from consent.terms import PersonId, Provider
from consent.vocabulary import Kind

T = TypeVar("T")

PATIENT_S = 10.0
SHORT_S = 0.4
# Far above any deadline here: what runs longer has lost its clock.
NEVER_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios:
    """How one connector's source answers in each situation. All of it is required.

    settings: the source's settings; ``{base}`` in a value becomes the fault server's address.
    path: what follows that address in the source's base URL. people: who is asked about, and somebody else.
    foreign: an answer with the stranger's record at the given place among three.
    many: an answer of so many records, the stranger's at the given place (None: nowhere); where it is given,
    two hundred are read.
    withheld: an answer that holds back, or the reason why this interface cannot.
    """

    settings: Mapping[str, str]
    owner: Provider
    patient: PersonId
    stranger: PersonId
    found: Answerer
    found_kinds: frozenset[Kind]
    empty: Answerer
    unknown: Answerer
    nullified: Answerer
    one_bad: Answerer
    foreign: Callable[[int], Answerer]
    without_patient: Answerer
    withheld: Answerer | str
    is_question: Callable[[Asked], bool]
    path: str = ""
    many: Callable[[int, int | None], Answerer] | None = None


def load_scenarios(connector: type[Connector], wanted: type[T]) -> T:
    """The scenarios beside a connector. Missing ones are a failure, never a reason to skip."""
    name = f"{package_of(connector)}.scenarios"
    try:
        scenarios = import_module(name).SCENARIOS
    except (ImportError, AttributeError):
        raise AssertionError(f"{name}.SCENARIOS is missing") from None
    expect(isinstance(scenarios, wanted), f"{name}.SCENARIOS is not of type {wanted.__name__}")
    result: T = scenarios
    return result


def expect(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)


def misbehaving(scenarios_found: Answerer, is_question: Callable[[Asked], bool], reply: Reply) -> Answerer:
    """A source that answers everything but the questions themselves as it should."""

    def answer(asked: Asked) -> Reply | Awaitable[Reply]:
        return reply if is_question(asked) else scenarios_found(asked)

    return answer


def run(coroutine: Awaitable[T]) -> T:
    """Run to the end on a loop of its own, and leave no connection behind."""

    async def closing() -> T:
        try:
            async with asyncio.timeout(NEVER_S):
                return await coroutine
        finally:
            await close_session()

    return asyncio.run(closing())
