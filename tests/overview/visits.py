"""Visits with a permit but without the database: the door watched instead of opened."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.template.loader import render_to_string

from connectors.base.contract import SourceProfile
from connectors.base.kinds import HomeCare, SocialService
from consent.accesslog.events import Action
from consent.accesslog.write import Trace
from consent.facts import ConsentFact, Person, Protection
from consent.gate import RemoteFacts
from consent.release import Shown
from consent.ruling import Notice, Ruling, Standing
from consent.terms import Decision, Permit, Reach, Refusal
from consent.vocabulary import CareKind, Distance, Reason, Row
from portal.access.panel import access_panel
from portal.aggregation.fanout import Asked, Exchange, fan_out
from portal.overview.board import Board
from portal.overview.presenters.banner import present_banner
from portal.overview.presenters.listed import present_place
from portal.overview.presenters.tools import Toolbar
from portal.overview.stream import Doorway, stream
from portal.overview.visit import Visit, make_visit
from portal.patients.opening import Opened
from tests.aggregation.examples import (
    COSMIC,
    HEMSJUKVARDEN,
    HEMTJANSTEN,
    NOON,
    VIVA_HSL,
    VIVA_SOL,
    Script,
    ago,
    exchange_of,
    record,
)
from tests.factories.permits import AKUTEN, TOLVAN, actor_at, everything_open, permit_for

SEAM = "<!--seam-->"
PROFILES = (COSMIC, VIVA_HSL, VIVA_SOL)
PERSON = Person(
    TOLVAN,
    is_known=True,
    given_name="Tolvan",
    family_name="Tolvansson",
    sex="male",
    born=date(1912, 12, 12),
    protection=Protection.NONE,
    address="Fjällvägen 12, Fjällvik",
    phone="070-1740605",
)
HOME = record(HomeCare, title="Inskriven", unit=HEMSJUKVARDEN, source="viva-hsl", start=ago(30))
SERVICE = record(SocialService, title="Trygghetslarm", unit=HEMTJANSTEN, source="viva-sol")
CONSENT = ConsentFact("1", frozenset({AKUTEN.hsa_id}), NOON, NOON, NOON + timedelta(days=90))
OPEN = everything_open(actor_at())
STANDING = Standing(
    has_relation=True,
    consent=CONSENT,
    refusal=None,
    emergency=None,
    inability=None,
    is_child_unable=False,
    is_temporarily_unable=False,
    has_all_units=True,
)


def closed_by(reason: Reason) -> dict[Reach, Decision]:
    """Own units open, every other provider closed for this reason."""
    others = (Reach(Distance.OTHER_PROVIDER, kind) for kind in CareKind)
    return {**OPEN, **dict.fromkeys(others, Refusal(Row.NO_CONSENT, reason))}


def ruling_of(
    decisions: Mapping[Reach, Decision] | None = None,
    person: Person = PERSON,
    standing: Standing = STANDING,
    notices: frozenset[Notice] = frozenset(),
    permit: Permit | None = None,
    *,
    has_permit: bool = True,
) -> Ruling:
    actor = actor_at()
    decided = everything_open(actor) if decisions is None else decisions
    made = permit or permit_for(actor=actor, decisions=decided)
    return Ruling(
        view_id=made.view_id,
        at=NOON,
        actor=actor,
        person=person,
        permit=made if has_permit else None,
        decisions=decided,
        standing=standing,
        acts=frozenset(),
        notices=notices,
    )


def visit_of(ruling: Ruling | None = None, profiles: tuple[SourceProfile, ...] = PROFILES) -> Visit:
    ruled = ruling or ruling_of()
    opened = Opened(ruled.actor, TOLVAN, Trace(), "handle", profiles, RemoteFacts())
    return make_visit(opened, ruled, Action.OVERVIEW)


@dataclass
class Door:
    """Stands where the log is. ``refuses_from``: the release, counted from 0, at which it says no."""

    refusal: BaseException | None = None
    refuses_from: int = 0
    shown: list[Shown] = field(default_factory=list)
    left: list[Mapping[str, str]] = field(default_factory=list)

    async def release(self, _permit: Permit, shown: Shown, _action: Action, _trace: Trace) -> None:
        if self.refusal is not None and len(self.shown) >= self.refuses_from:
            raise self.refusal
        self.shown.append(shown)

    async def leave(
        self, _permit: Permit, outcomes: Mapping[str, str], _action: Action, _trace: Trace
    ) -> None:
        self.left.append(outcomes)

    def doorway(self) -> Doorway:
        return Doorway(self.release, self.leave)


def asked_of(visit: Visit, scripts: dict[str, Script], exchange: Exchange | None = None) -> Asked:
    """The visit's questions, on their way."""
    permit = visit.ruling.permit
    if permit is None:
        return Asked((), {})
    return fan_out(permit, visit.asked, permit.kinds, exchange or exchange_of(scripts)[0])


def shell_of(board: Board, validity: str = "") -> tuple[str, str]:
    """First chunk and end, without the frame that needs a signed-in request."""
    banner = present_banner(board.visit.ruling)
    context: dict[str, Any] = {**board.shell(), "banner": banner, "validity": validity}
    ruling = board.visit.ruling
    context |= {"ruling": ruling, "panel": access_panel(ruling, "handle"), "csrf_token": board.csrf_token}
    context |= {"toolbar": Toolbar(), "listed": present_place(ruling, None), "handle": "handle"}
    head, _, tail = render_to_string("overview/overview.html", context).partition(SEAM)
    return head, tail


def chunks_of(
    scripts: dict[str, Script],
    visit: Visit | None = None,
    door: Door | None = None,
    stop_after: int = 99,
    at_each: Callable[[], object] = lambda: None,
) -> list[str]:
    """The stream's chunks, closed early after so many. ``at_each`` is called as each has come."""
    board = Board(visit or visit_of(), "token")
    watched = door or Door()

    async def run() -> list[str]:
        asked = asked_of(board.visit, scripts)
        head, tail = shell_of(board)
        chunks: list[str] = []
        body = stream(board, asked, head, tail, "sv", watched.doorway())
        async for chunk in body:
            chunks.append(chunk.decode())
            at_each()
            if len(chunks) >= stop_after:
                break
        await body.aclose()
        return chunks

    return asyncio.run(run())


def protected(person: Person = PERSON) -> Person:
    return replace(person, protection=Protection.CONFIDENTIALITY_MARK)
