"""Whom a reader may name and ask to lift a block, what an officer has before her, who is told of blocks."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from consent import blocking, dossiers, lifting, recording
from consent.accesslog.write import Trace
from consent.acts import Act, NotAllowed
from consent.facts import LegalSettings, Obstacle
from consent.gate import RemoteFacts
from consent.models import AccessEvent, LiftRequest
from consent.recording import Recorder
from consent.ruling import standing_of
from consent.terms import Block, PersonId, Provider
from consent.vocabulary import BlockKind, CareKind, LiftAnswer, Purpose, Right
from tests.consent.doings import TRACE, ask, by
from tests.consent.examples import (
    AKUTEN,
    CARER,
    DEAD,
    FJALL,
    GUNHILD,
    HEMSJUKVARD,
    MEDICIN,
    NORD_OMSORG,
    NORD_VARD,
    NOW,
    NURSE,
    OMSORG,
    PSYKIATRI,
    VARD,
    emergency,
    facts,
    inner,
    lift,
    outer,
    reader,
)

KNOWN = MappingProxyType({p.hsa_id: p for p in (FJALL, VARD, OMSORG, NORD_VARD, NORD_OMSORG)})
OFFICER = replace(NURSE, rights=frozenset({Right.LIFT_BLOCKS}))
THEIRS = replace(reader(HEMSJUKVARD, hsa_id="SE2120000019-P500"), rights=frozenset({Right.LIFT_BLOCKS}))
HIDDEN = LegalSettings(blocks_are_visible=False)


def named(reading: Any = NURSE, known: Any = KNOWN, **more: Any) -> list[str]:
    recorded = {"emergencies": (emergency(reading),), **more}
    return [p.hsa_id for p in blocking.blockers(reading, facts(**recorded), NOW, known)]


def test_in_an_emergency_the_blocking_vardgivare_are_named() -> None:
    blocks = (outer(NORD_VARD), outer(VARD, unit_id="SE2120000019-V0HS"))
    assert named(blocks=blocks) == [VARD.hsa_id, NORD_VARD.hsa_id]


BLOCK = outer(VARD)


@pytest.mark.parametrize(
    "recorded",
    [
        {"blocks": (BLOCK,), "emergencies": ()},
        {"blocks": (BLOCK,), "person": DEAD},
        {"blocks": (BLOCK,), "lifts": (lift(BLOCK),)},
        {"blocks": (BLOCK,), "legal": HIDDEN},
        {"blocks": (BLOCK,), "known": {}},
        {"blocks": (outer(OMSORG), outer(NORD_OMSORG))},
        {"blocks": (outer(FJALL), inner())},
        {"blocks": ()},
        {"blocks": None},
    ],
    ids=[
        "no emergency", "dead", "lifted", "not to be told", "unknown provider", "social care", "own",
        "no block", "blocks unknown",
    ],
)  # fmt: skip
def test_nobody_is_named_without_reason(recorded: dict[str, Any]) -> None:
    assert named(**recorded) == []


def test_a_name_that_only_an_aggregating_source_takes_for_a_vardgivare_is_not_told() -> None:
    """What is known here of a provider decides: by the same name as social care it stays unsaid."""
    same = {VARD.hsa_id: Provider(VARD.hsa_id, VARD.name, CareKind.SOCIAL_CARE)}
    assert named(blocks=(BLOCK,), known=same) == []


@pytest.mark.parametrize(
    ("block", "reading", "more", "expected"),
    [
        (inner(), NURSE, {}, True),
        (inner(AKUTEN), NURSE, {}, False),
        (outer(VARD), NURSE, {}, False),
        (inner(MEDICIN), reader(MEDICIN), {}, False),
        (inner(), NURSE, {"has_relation": False}, False),
        (inner(), NURSE, {"has_relation": None}, False),
        (inner(), NURSE, {"legal": HIDDEN}, False),
        (inner(), NURSE, {"person": DEAD}, True),
        (inner(), replace(NURSE, purpose=Purpose.QUALITY), {}, False),
        (inner(), replace(NURSE, purpose=Purpose.CERTIFICATE), {}, True),
        (inner(PSYKIATRI), CARER, {}, False),
    ],
)
def test_who_may_be_told_of_the_own_providers_blocks(
    block: Block, reading: Any, more: dict[str, Any], expected: bool
) -> None:
    found = facts(blocks=(block,), **more)
    assert standing_of(reading, found, NOW).is_blocked_inside is expected
    lifted = replace(found, lifts=(lift(block, reading),))
    assert standing_of(reading, lifted, NOW).is_blocked_inside is False


def test_an_officer_sees_every_lift_of_the_own_providers_blocks_and_no_other() -> None:
    mine, theirs = inner(), outer(VARD)
    lifts = (lift(mine, reader(MEDICIN)), lift(theirs), lift(mine, stopped_at=NOW))
    found = facts(blocks=(mine, theirs), lifts=lifts)
    assert standing_of(OFFICER, found, NOW).own_lifts == lifts[:1]
    assert standing_of(NURSE, found, NOW).own_lifts == ()


def test_an_answer_of_either_sort_is_told_apart(asked: str) -> None:
    (waiting,) = ask().standing.requests
    assert (waiting.is_answered, waiting.is_lifted) == (False, False)
    LiftRequest.objects.update(answer="declined")
    (declined,) = ask().standing.requests
    assert (declined.is_answered, declined.is_lifted) == (True, False)
    LiftRequest.objects.update(answer="lifted")
    (lifted,) = ask().standing.requests
    assert (lifted.is_answered, lifted.is_lifted) == (True, True)


pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
REMOTE_BLOCK = Block("5f0e", BlockKind.OUTER, VARD.hsa_id)


class _Blocks:
    def __init__(self, found: tuple[Block, ...] | None) -> None:
        self.found = found

    async def blocks_of(self, person: PersonId) -> tuple[Block, ...] | None:
        return self.found


@pytest.fixture
def asked(organisations: None) -> str:
    """A request to the municipality, about a block that another system keeps."""
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    ruling = ask(remote=RemoteFacts(blocks=_Blocks((REMOTE_BLOCK,))), providers=KNOWN)
    assert [p.hsa_id for p in ruling.standing.blockers] == [VARD.hsa_id]
    lifting.ask_to_lift(Recorder(NURSE, ruling.person, TRACE, remote_blocks=(REMOTE_BLOCK,)), VARD.hsa_id)
    return str(LiftRequest.objects.get().pk)


def officer(blocks: tuple[Block, ...] | None) -> Recorder:
    return replace(by(THEIRS), remote_blocks=blocks)


def test_blocks_that_cannot_be_read_are_not_lifted_but_may_be_declined(asked: str) -> None:
    with pytest.raises(NotAllowed):
        lifting.answer_request(officer(None), asked, LiftAnswer.LIFTED, "livsfara")
    assert LiftRequest.objects.get().answer == ""
    lifting.answer_request(officer(None), asked, LiftAnswer.DECLINED, "går inte att bedöma")
    assert LiftRequest.objects.get().answer == "declined"


def test_the_officers_list_names_whom_it_is_about_and_is_logged(asked: str) -> None:
    (found,) = lifting.waiting_requests(THEIRS, Trace(ip="192.0.2.9"))
    assert (found.id, found.patient, found.block_count) == (asked, GUNHILD, 1)
    assert (found.unit_id, found.employee_id) == (AKUTEN.hsa_id, NURSE.hsa_id)
    row = AccessEvent.objects.order_by("seq").last()
    assert row is not None
    assert (row.event, row.user_hsa_id, row.detail) == ("search", THEIRS.hsa_id, {"list": "lift_requests"})
    assert row.patient() == GUNHILD


def test_the_list_leads_to_the_main_number(asked: str) -> None:
    other = PersonId("199602752389")
    row = LiftRequest.objects.get()
    main = dossiers.open_dossier(other).dossier
    dossiers.link_numbers(main, (GUNHILD,), by="test")
    assert row.dossier_id != main.pk
    assert [w.patient for w in lifting.waiting_requests(THEIRS, TRACE)] == [other]


@pytest.mark.parametrize(
    "change", [{"answer": "declined"}, {"ended_at": "now"}, {"annulled_at": "now"}, {"ends_at": "now"}]
)
def test_what_is_over_waits_no_more(asked: str, change: dict[str, str]) -> None:
    row = LiftRequest.objects.get()
    LiftRequest.objects.update(**{k: row.starts_at if v == "now" else v for k, v in change.items()})
    assert lifting.waiting_requests(THEIRS, TRACE) == ()


@pytest.mark.parametrize(
    "nobody",
    [reader(HEMSJUKVARD), replace(THEIRS, purpose=Purpose.QUALITY)],
    ids=["no right", "not for care"],
)
def test_the_list_is_for_officers_alone(asked: str, nobody: Any) -> None:
    before = AccessEvent.objects.count()
    with pytest.raises(NotAllowed) as refused:
        lifting.waiting_requests(nobody, TRACE)
    assert refused.value.act is Act.ANSWER_LIFT_REQUEST
    assert AccessEvent.objects.count() == before


def test_another_providers_officer_sees_nothing_of_it(asked: str) -> None:
    assert lifting.waiting_requests(OFFICER, TRACE) == ()
