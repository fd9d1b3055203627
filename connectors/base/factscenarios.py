"""How a source that answers about blocks, relation or existence answers in each situation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from connectors.base.faultserver import Answerer, Asked
from consent.terms import Block, PersonId, Provider
from consent.vocabulary import RelationGround


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockScenarios:
    """foreign: the whole answer is about the stranger; foreign_entry: one block among others is.

    broken: one block cannot be read. incomplete: a list that says it is not the whole one, or the reason why
    this interface cannot say so.
    """

    found: Answerer
    expected: tuple[Block, ...]
    none: Answerer
    foreign: Answerer
    foreign_entry: Answerer
    broken: Answerer
    incomplete: Answerer | str
    is_question: Callable[[Asked], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationScenarios:
    unit_id: str
    found: Answerer
    expected: RelationGround
    none: Answerer
    foreign: Answerer
    broken: Answerer
    is_question: Callable[[Asked], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistenceScenarios:
    apart_from: str
    yes: Answerer
    no: Answerer
    foreign: Answerer
    broken: Answerer
    is_question: Callable[[Asked], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactScenarios:
    """How the source answers each question it answers at all. people: who is asked about, and a stranger."""

    settings: Mapping[str, str]
    person: PersonId
    stranger: PersonId
    owner: Provider | None = None
    path: str = ""
    blocks: BlockScenarios | None = None
    relation: RelationScenarios | None = None
    existence: ExistenceScenarios | None = None


class FactScenario(Protocol):
    """What the three have alike. is_question: whether a request is the question itself."""

    @property
    def foreign(self) -> Answerer: ...
    @property
    def broken(self) -> Answerer: ...
    @property
    def is_question(self) -> Callable[[Asked], bool]: ...
