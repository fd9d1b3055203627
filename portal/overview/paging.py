"""A long list in pages. Each is a view of its own, asked for afresh and logged with what stands on it
(docs/decisions/0033)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

ON_A_PAGE = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``number`` of ``pages``; ``first`` to ``last`` of ``total``, counted from one; all 0 where none."""

    items: Sequence[T]
    number: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        return (self.number - 1) * ON_A_PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.total else 0

    @property
    def is_part(self) -> bool:
        return self.pages > 1

    @property
    def earlier(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def later(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_of(items: Sequence[T], asked: str) -> Page[T]:
    """The page asked for; the nearest there is where there is no such page, as after a record has gone."""
    pages = max(1, -(-len(items) // ON_A_PAGE))
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    number = min(max(wanted, 1), pages)
    start = (number - 1) * ON_A_PAGE
    return Page(items[start : start + ON_A_PAGE], number, pages, len(items))
