"""One unreadable entry makes its own buttons incomplete, and no others; where nobody can tell which, all."""

from datetime import UTC, datetime

import pytest

from consent.vocabulary import Kind
from portal.aggregation.outcomes import Answered
from tests.aggregation.examples import COSMIC

AT = datetime(2026, 3, 14, tzinfo=UTC)


def _answered(**facts: object) -> Answered:
    return Answered(COSMIC, frozenset(Kind), (), AT, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("flaw", [{"unparsed": 1}, {"withheld": True}])
def test_only_the_kinds_concerned_are_incomplete(flaw: dict[str, object]) -> None:
    answer = _answered(incomplete_kinds=frozenset({Kind.DIAGNOSIS}), **flaw)
    assert not answer.is_complete_for(Kind.DIAGNOSIS)
    assert answer.is_complete_for(Kind.CARE_LIMITATION)


@pytest.mark.parametrize("flaw", [{"unparsed": 1}, {"withheld": True}])
def test_where_nobody_can_tell_every_kind_is(flaw: dict[str, object]) -> None:
    assert not any(_answered(**flaw).is_complete_for(kind) for kind in Kind)


def test_an_absent_kind_is_never_complete() -> None:
    answer = _answered(absent=frozenset({Kind.CONTACT}), incomplete_kinds=frozenset())
    assert not answer.is_complete_for(Kind.CONTACT)
    assert answer.is_complete_for(Kind.MEDICATION)
