"""Results as words for a page: counts, and row by row what is wrong and what to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.contract import Words
from connectors.openfeed.checking import judge
from connectors.openfeed.entries import Entry
from connectors.openfeed.planning import Outcome, Result
from connectors.openfeed.receiving import Delivery
from connectors.openfeed.refusing import Problem
from connectors.openfeed.remarks import Remark, remarks_on

SHOWN_AT_MOST = 200
OUTCOME_WORDS: Mapping[Outcome, Words] = {
    Outcome.ACCEPTED: gettext_lazy("ny"),
    Outcome.REPLACED: gettext_lazy("ersätter"),
    Outcome.UNCHANGED: gettext_lazy("oförändrad"),
    Outcome.WITHDRAWN: gettext_lazy("dras tillbaka"),
    Outcome.REFUSED: gettext_lazy("avvisas"),
}
COUNT_WORDS: Mapping[Outcome, Words] = {
    Outcome.ACCEPTED: gettext_lazy("Nya"),
    Outcome.REPLACED: gettext_lazy("Ersätter"),
    Outcome.UNCHANGED: gettext_lazy("Oförändrade"),
    Outcome.WITHDRAWN: gettext_lazy("Dras tillbaka"),
    Outcome.REFUSED: gettext_lazy("Avvisas"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One problem, or the one word that there is none."""

    place: int
    id: str
    result: str
    is_refused: bool
    code: str = ""
    field: str = ""
    what: str = ""
    do: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """``sound``: how many records would be, or were, taken. ``removed``: what a snapshot takes away.
    ``everywhere``: what is wrong with every row. ``remarks``: nothing is refused for them."""

    counts: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    left_off: int
    sound: int
    refused: int
    removed: int = 0
    is_snapshot: bool = False
    everywhere: tuple[Line, ...] = ()
    remarks: tuple[Remark, ...] = ()


def report_on(delivery: Delivery, *, is_snapshot: bool = False, remarks: tuple[Remark, ...] = ()) -> Report:
    """What a delivery did, or would do."""
    counts = tuple((str(COUNT_WORDS[Outcome(name)]), n) for name, n in delivery.counts.items())
    return _report(delivery.results, counts, delivery.removed, remarks, is_snapshot=is_snapshot)


def report_without_source(entries: Sequence[Entry]) -> Report:
    """What can be said of records that no source stands behind: whether each is sound. Nothing is kept."""
    results = []
    for entry in entries:
        judged = judge(entry.record)
        problems = entry.problems or judged.problems
        outcome = Outcome.REFUSED if problems else Outcome.ACCEPTED
        results.append(Result(entry.place, outcome, judged.id[:200], problems))
    refused = sum(result.outcome is Outcome.REFUSED for result in results)
    counts = ((_("Går att ta emot"), len(results) - refused), (_("Avvisas"), refused))
    return _report(tuple(results), counts, 0, remarks_on(entries, is_trial=True))


def _report(
    results: tuple[Result, ...],
    counts: tuple[tuple[str, int], ...],
    removed: int,
    remarks: tuple[Remark, ...],
    *,
    is_snapshot: bool = False,
) -> Report:
    """Rows in their order; where they are too many those with faults go before the others."""
    shared = shared_problems(results)
    lines = [line for result in results for line in _lines(result, shared)]
    faults_first = sorted(lines, key=lambda line: (not line.is_refused, line.place))[:SHOWN_AT_MOST]
    refused = sum(result.outcome is Outcome.REFUSED for result in results)
    return Report(
        counts,
        tuple(sorted(faults_first, key=lambda line: line.place)),
        max(0, len(lines) - SHOWN_AT_MOST),
        len(results) - refused,
        refused,
        removed,
        is_snapshot,
        tuple(_line(0, "", Outcome.REFUSED, problem) for problem in shared),
        remarks,
    )


def shared_problems(results: Sequence[Result]) -> tuple[Problem, ...]:
    """What is wrong with every row alike, as a column that is missing: told once, and not row by row."""
    if len(results) < 2:
        return ()
    return tuple(p for p in results[0].problems if all(p in result.problems for result in results))


def _lines(result: Result, shared: Sequence[Problem]) -> Iterable[Line]:
    left = [problem for problem in result.problems if problem not in shared]
    if not left:
        said = str(OUTCOME_WORDS[result.outcome])
        yield Line(result.place, result.id, said, result.outcome is Outcome.REFUSED)
    for problem in left:
        yield _line(result.place, result.id, result.outcome, problem)


def _line(place: int, id_: str, outcome: Outcome, problem: Problem) -> Line:
    said = (place, id_, str(OUTCOME_WORDS[outcome]), outcome is Outcome.REFUSED)
    return Line(*said, problem.code.value, problem.field, problem.what, problem.do)
