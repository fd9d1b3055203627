"""Results as words for a page: counts, and row by row what is wrong and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.contract import Words
from connectors.openfeed.checking import judge
from connectors.openfeed.planning import Entry, Outcome, Result
from connectors.openfeed.receiving import Delivery
from connectors.openfeed.refusing import ADVICE, Code, RefusedWhole

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
    """``sound``: how many records would be, or were, taken. ``removed``: what a snapshot takes away."""

    counts: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    left_off: int
    sound: int
    refused: int
    removed: int = 0
    is_snapshot: bool = False


def report_on(delivery: Delivery, *, is_snapshot: bool = False) -> Report:
    """What a delivery did, or would do."""
    counts = tuple((str(COUNT_WORDS[Outcome(name)]), n) for name, n in delivery.counts.items())
    return _report(delivery.results, counts, delivery.removed, is_snapshot)


def report_without_source(entries: Iterable[Entry]) -> Report:
    """What can be said of records that no source stands behind: whether each is sound. Nothing is kept."""
    results = []
    for entry in entries:
        judged = judge(entry.record)
        problems = entry.problems or judged.problems
        outcome = Outcome.REFUSED if problems else Outcome.ACCEPTED
        results.append(Result(entry.place, outcome, judged.id[:200], problems))
    refused = sum(result.outcome is Outcome.REFUSED for result in results)
    counts = ((_("Går att ta emot"), len(results) - refused), (_("Avvisas"), refused))
    return _report(tuple(results), counts, 0, is_snapshot=False)


def _report(
    results: tuple[Result, ...], counts: tuple[tuple[str, int], ...], removed: int, is_snapshot: bool
) -> Report:
    lines = [line for result in results for line in _lines(result)]
    faults_first = sorted(lines, key=lambda line: (not line.is_refused, line.place))
    refused = sum(result.outcome is Outcome.REFUSED for result in results)
    return Report(
        counts,
        tuple(faults_first[:SHOWN_AT_MOST]),
        max(0, len(lines) - SHOWN_AT_MOST),
        len(results) - refused,
        refused,
        removed,
        is_snapshot,
    )


def _lines(result: Result) -> Iterable[Line]:
    said = (result.place, result.id, str(OUTCOME_WORDS[result.outcome]), result.outcome is Outcome.REFUSED)
    if not result.problems:
        yield Line(*said)
    for problem in result.problems:
        advice = ADVICE[problem.code]
        yield Line(*said, problem.code.value, problem.field, str(advice.what), str(advice.do))


def words_of(refusal: RefusedWhole) -> str:
    """Why the whole is refused, in a sentence or three."""
    advice = ADVICE[refusal.code]
    what = "" if refusal.code is Code.NOT_A_FILE and refusal.detail else str(advice.what)
    return " ".join(filter(None, (what, refusal.detail, str(advice.do))))
