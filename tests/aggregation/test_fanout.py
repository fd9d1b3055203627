"""Every source at once, and each one's trouble its own."""

import asyncio
import time
from collections import Counter

import pytest

from connectors.base.breaker import Breaker
from connectors.base.contract import Fault, SourceFault
from connectors.base.kinds import CareContact, Diagnosis
from consent.terms import Permit, Reach, Refusal
from consent.vocabulary import CareKind, Distance, Kind, Reason, Row
from portal.aggregation.fanout import Exchange, fan_out
from portal.aggregation.outcomes import Answered, Failed, Outcome, Refused
from tests.aggregation.examples import (
    COSMIC,
    VIVA_HSL,
    VIVA_SOL,
    Script,
    answering,
    by_source,
    exchange_of,
    failing,
    hanging,
    record,
    source,
)
from tests.factories.permits import actor_at, everything_open, permit_for


def gather(
    permit: Permit, scripts: dict[str, Script], exchange: Exchange | None = None, deadline_s: float = 0.2
) -> list[tuple[Outcome, ...]]:
    profiles = [source(slug, deadline_s=deadline_s) for slug in scripts]

    async def run() -> list[tuple[Outcome, ...]]:
        through = exchange or exchange_of(scripts)[0]
        return [batch async for batch in fan_out(permit, profiles, exchange=through)]

    return asyncio.run(run())


def fault_of(script: Script) -> Fault:
    (outcome,) = [o for batch in gather(permit_for(), {"cosmic": script}) for o in batch]
    assert isinstance(outcome, Failed)
    return outcome.fault


def test_a_hanging_source_ends_at_its_own_deadline_and_holds_nobody_up() -> None:
    started = time.monotonic()
    batches = gather(permit_for(), {"slow": hanging(), "quick": answering()}, deadline_s=0.15)
    assert time.monotonic() - started < 0.4
    assert [o.word for batch in batches for o in batch] == ["answered", "timed_out"]


@pytest.mark.parametrize("fault", [Fault.CONNECT, Fault.AUTH, Fault.FORMAT, Fault.REPORTED])
def test_a_declared_fault_is_that_sources_outcome(fault: Fault) -> None:
    assert fault_of(failing(SourceFault(fault))) is fault


@pytest.mark.parametrize(
    "error", [ValueError("Tolvan"), TimeoutError(), KeyError("x"), asyncio.CancelledError()]
)
def test_a_stray_exception_is_our_bug_at_that_source_only(error: BaseException) -> None:
    batches = gather(permit_for(), {"broken": failing(error), "well": answering()})
    words = {o.source.slug: o.word for batch in batches for o in batch}
    assert words == {"broken": "our_bug", "well": "answered"}


def test_a_bug_is_logged_with_an_id_and_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    (outcome,) = [o for b in gather(permit_for(), {"c": failing(ValueError("191212121212"))}) for o in b]
    assert isinstance(outcome, Failed)
    assert outcome.error_id
    assert "191212121212" not in "".join(record.getMessage() for record in caplog.records)


def test_waiting_for_a_free_place_counts_and_ends_as_busy(settings: object) -> None:
    settings.SOURCE_CONCURRENCY = 1  # type: ignore[attr-defined]

    async def run() -> list[str]:
        exchange, _ = exchange_of({"cosmic": hanging()})
        profiles = [source(deadline_s=0.1)]

        async def one() -> str:
            async for (outcome,) in fan_out(permit_for(), profiles, exchange=exchange):
                return outcome.word
            return ""

        return list(await asyncio.gather(one(), one()))

    assert sorted(asyncio.run(run())) == ["busy", "timed_out"]


def test_a_resting_source_is_not_asked() -> None:
    breaker = Breaker(faults_before_rest=1)
    exchange, made = exchange_of({"cosmic": failing(SourceFault(Fault.UNAVAILABLE))}, breaker)
    first = gather(permit_for(), {"cosmic": answering()}, exchange)
    second = gather(permit_for(), {"cosmic": answering()}, exchange)
    assert [first[0][0].word, second[0][0].word] == ["unavailable", "not_asked"]
    assert len(made["cosmic"].calls) == 1


def test_a_source_without_any_basis_is_refused_and_never_called() -> None:
    actor = actor_at()
    decisions = {
        **everything_open(actor),
        Reach(Distance.OTHER_PROVIDER, CareKind.HEALTH_CARE): Refusal(Row.NO_CONSENT, Reason.NO_CONSENT),
        Reach(Distance.OTHER_PROVIDER, CareKind.SOCIAL_CARE): Refusal(Row.NO_CONSENT, Reason.NO_CONSENT),
    }
    exchange, made = exchange_of({"cosmic": answering()})

    async def run() -> list[Outcome]:
        batches = fan_out(
            permit_for(actor=actor, decisions=decisions), [COSMIC, VIVA_HSL, VIVA_SOL], exchange=exchange
        )
        return [outcome async for batch in batches for outcome in batch]

    outcomes = by_source(asyncio.run(run()))
    assert {slug: outcome.word for slug, outcome in outcomes.items()} == {
        "viva-hsl": "no_consent",
        "viva-sol": "no_consent",
        "cosmic": "answered",
    }
    assert isinstance(outcomes["viva-sol"], Refused)
    assert list(made) == ["cosmic"]


def test_closing_the_stream_cancels_what_is_under_way() -> None:
    ended = []

    async def watched(_permit: Permit, _kinds: frozenset[Kind]) -> object:
        try:
            await asyncio.sleep(5)
        finally:
            ended.append("cancelled")
        return None

    async def run() -> None:
        exchange, _ = exchange_of({"slow": watched, "quick": answering()})  # type: ignore[dict-item]
        batches = fan_out(permit_for(), [source("slow"), source("quick")], exchange=exchange)
        async for _batch in batches:
            break
        await batches.aclose()

    asyncio.run(run())
    assert ended == ["cancelled"]


def test_only_kinds_the_source_feeds_are_asked_for() -> None:
    exchange, made = exchange_of({"cosmic": answering(record(Diagnosis), record(CareContact))})

    async def run() -> list[Outcome]:
        kinds = frozenset({Kind.DIAGNOSIS, Kind.SOCIAL_SERVICE})
        batches = fan_out(permit_for(), [COSMIC, VIVA_SOL], kinds & {Kind.DIAGNOSIS}, exchange)
        return [outcome async for batch in batches for outcome in batch]

    (outcome,) = asyncio.run(run())
    assert made["cosmic"].calls == [frozenset({Kind.DIAGNOSIS})]
    assert isinstance(outcome, Answered)
    assert [r.kind for r in outcome.records] == [Kind.DIAGNOSIS]


def test_readers_waiting_for_a_hung_source_do_not_wait_for_its_siblings(settings: object) -> None:
    """Twenty readers, two places at each source: the hung one keeps its own two and nobody else's."""
    settings.SOURCE_CONCURRENCY = 2  # type: ignore[attr-defined]

    async def run() -> list[dict[str, str]]:
        exchange, _ = exchange_of({"hung": hanging(), "well": answering()}, Breaker(faults_before_rest=1000))
        profiles = [source("hung", deadline_s=0.3), source("well", deadline_s=3.0)]

        async def one() -> dict[str, str]:
            batches = [batch async for batch in fan_out(permit_for(), profiles, exchange=exchange)]
            return {o.source.slug: o.word for batch in batches for o in batch}

        return list(await asyncio.gather(*(one() for _ in range(20))))

    looks = asyncio.run(run())
    assert [look["well"] for look in looks] == ["answered"] * 20
    # Who waits for a place may get one as the first two give up, a moment before its own time is over.
    words = Counter(look["hung"] for look in looks)
    assert set(words) == {"busy", "timed_out"}
    assert words["busy"] > words["timed_out"] >= 2


def test_a_source_that_came_back_is_asked_after_its_rest() -> None:
    """Its failing opened the breaker; one reader's trial closes it for all."""
    now = [0.0]
    breaker = Breaker(faults_before_rest=1, rest_s=10.0, clock=lambda: now[0])
    down, _ = exchange_of({"cosmic": failing(SourceFault(Fault.UNAVAILABLE))}, breaker)
    up, _ = exchange_of({"cosmic": answering()}, breaker)
    words = []
    for exchange, at_s in ((down, 0.0), (up, 5.0), (up, 10.1), (up, 10.2)):
        now[0] = at_s
        words.append(gather(permit_for(), {"cosmic": answering()}, exchange)[0][0].word)
    assert words == ["unavailable", "not_asked", "answered", "answered"]
