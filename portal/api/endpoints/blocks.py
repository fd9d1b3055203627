"""Blocks: what may be said of them, an officer's lifting of the own provider's, and requests to lift.

Each call reads and records as the pages do (portal.access.lifting): names of units first, then the blocks of
one of them (PDL 4:5); nobody lifts for herself without the right to, and an emergency opens none.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from consent import lifting
from consent.accesslog.events import Action
from consent.acts import Act, NotAllowed
from consent.database import on_database_thread
from consent.ruling import Ruling
from consent.vocabulary import LiftAnswer, LiftGround
from portal.access.acting import record
from portal.access.lifting import inner_blocks, names_for
from portal.access.lifting_form import LiftForm, read_lift
from portal.access.lifting_presenters import sent_to, waiting_of
from portal.access.lifting_requests import request_lines, waiting_lines
from portal.access.staff import has_assignment
from portal.api.act_shapes import BlocksShape, DoneShape, UnitBlocksShape, WaitingsShape
from portal.api.acting import Acting, found_acting
from portal.api.blocks import blocks_json, request_json
from portal.api.describing import describe
from portal.api.refusing import Code, Flaw, Refused
from portal.api.scopes import Scope
from portal.api.sent import Day, Strict, Text, Texts, Word, YesNo
from portal.api.views import ApiView, read_body
from portal.patients.opening import Opened

TAGS = ["Spärrar"]
UNIT = OpenApiParameter(
    "unit", OpenApiTypes.STR, OpenApiParameter.PATH, description="HSA-id, eller * för hela vårdgivaren."
)
LIFT = OpenApiParameter("lift_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
REQUEST = OpenApiParameter("request_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
# The page's form and what is sent call the same things by other names.
SENT_AS = {"block": "blocks", "judged": "is_needed"}


class LiftShape(Strict):
    blocks = Texts(longest=120, most=200, min_length=1, help_text="id ur GET blocks/{unit}")
    ground = Word(choices=[g.value for g in LiftGround])
    is_needed = YesNo(required=False, help_text="need: att uppgifterna kan behövas oundgängligen")
    reason = Text(max_length=300)
    unit = Text(max_length=64, required=False, help_text="för vilken enhet; den egna om inget sägs")
    person = Text(max_length=32, required=False, help_text="för en enda person där, med HSA-id")
    until = Day(required=False, allow_null=True, help_text="sista dagen; null eller utan: ett dygn")


class WhyShape(Strict):
    reason = Text(max_length=300)


class AskShape(Strict):
    provider = Text(max_length=64, help_text="HSA-id ur blockers")


class AnswerShape(Strict):
    answer = Word(choices=[a.value for a in LiftAnswer])
    reason = Text(max_length=300)


class BlocksView(ApiView):
    needs = Scope.READ

    @describe("read_blocks", "Vad som får sägas om spärrar", BlocksShape, tags=TAGS)
    async def get(self, request: HttpRequest, handle: str) -> Any:
        """Whom to ring or ask; for an officer where there is something to lift, and what is lifted."""
        opened, ruling = await _asked(request, self.needs, handle)
        names = await on_database_thread(names_for, opened.actor.provider, ruling)
        may_answer = Act.ANSWER_LIFT_REQUEST in ruling.acts
        waiting = await on_database_thread(request_lines, waiting_of(ruling)) if may_answer else []
        return blocks_json(ruling, names, waiting)


class UnitBlocksView(ApiView):
    needs = Scope.READ

    @describe(
        "read_unit_blocks",
        "En enhets inre spärrar, för den som får häva dem",
        UnitBlocksShape,
        parameters=[UNIT],
        tags=TAGS,
    )
    async def get(self, request: HttpRequest, handle: str, unit: str) -> Any:
        opened, ruling = await _asked(request, self.needs, handle)
        if Act.LIFT_BLOCK not in ruling.acts:
            raise Refused(Code.NOT_NOW)
        lines = await inner_blocks(opened, ruling)
        return {"blocks": [asdict(line) for line in lines if line.unit_id == unit]}


class LiftsView(ApiView):
    needs = Scope.RECORD

    @describe("lift_blocks", "Häv spärrar hos den egna vårdgivaren", DoneShape, LiftShape, tags=TAGS)
    async def post(self, request: HttpRequest, handle: str) -> Any:
        """For a unit or one person there, at most thirty days (PDL 4:5). Read as the page's form is."""

        def find(acting: Acting) -> tuple[Acting, Opened, LiftForm, LiftGround, bool]:
            opened, said = acting.open(handle), read_body(request, LiftShape)
            form = as_form(said, acting.actor.unit.hsa_id)
            is_there = not form.person or has_assignment(form.person, form.unit)
            return acting, opened, form, LiftGround(said["ground"]), is_there

        acting, opened, form, ground, is_there = await found_acting(request, self.needs, find)
        terms = read_lift(form, ground, is_staff_there=is_there)
        if terms is None:
            if Act.LIFT_BLOCK not in (await opened.ask(Action.ACCESS)).acts:
                raise Refused(Code.NOT_NOW)
            flaws = (Flaw(SENT_AS.get(name, name), "invalid", words) for name, words in form.errors.items())
            raise Refused(Code.INVALID, flaws=tuple(flaws))
        await record(opened, lifting.lift_blocks, acting.proved_at, **terms)
        return {"recorded": Act.LIFT_BLOCK.value}


class EndLiftView(ApiView):
    needs = Scope.RECORD

    @describe("end_lift", "Låt spärren gälla igen", DoneShape, WhyShape, parameters=[LIFT], tags=TAGS)
    async def post(self, request: HttpRequest, handle: str, lift_id: UUID) -> Any:
        acting, opened, said = await _said(request, self.needs, handle, WhyShape)
        await record(opened, lifting.end_lift, acting.proved_at, lift_id=str(lift_id), **said)
        return {"recorded": Act.END_LIFT.value}


class AskView(ApiView):
    needs = Scope.RECORD

    @describe("ask_to_lift", "Be en annan vårdgivare häva sin spärr", DoneShape, AskShape, tags=TAGS)
    async def post(self, request: HttpRequest, handle: str) -> Any:
        """In an emergency, with a patient who cannot ask (SVOD 3:5). One at a time; asking opens nothing."""
        acting, opened, said = await _said(request, self.needs, handle, AskShape)
        sent = sent_to(await opened.ask(Action.ACCESS), said["provider"])
        if sent is not None and not sent.is_answered:
            raise Refused(Code.NOT_NOW)
        await record(opened, lifting.ask_to_lift, acting.proved_at, provider_id=said["provider"])
        return {"recorded": Act.ASK_TO_LIFT.value}


class AnswerView(ApiView):
    needs = Scope.RECORD

    @describe(
        "answer_lift_request",
        "Häv, för den som bad och ett dygn, eller häv inte",
        DoneShape,
        AnswerShape,
        parameters=[REQUEST],
        tags=TAGS,
    )
    async def post(self, request: HttpRequest, handle: str, request_id: UUID) -> Any:
        acting, opened, said = await _said(request, self.needs, handle, AnswerShape)
        answer = LiftAnswer(said["answer"])
        terms = {"request_id": str(request_id), "answer": answer, "reason": said["reason"]}
        await record(opened, lifting.answer_request, acting.proved_at, **terms)
        return {"recorded": Act.ANSWER_LIFT_REQUEST.value}


class WaitingView(ApiView):
    needs = Scope.READ

    @describe(
        "read_lift_requests",
        "Vad den egna vårdgivaren har ombetts att häva",
        WaitingsShape,
        about=False,
        missing=True,
        tags=TAGS,
    )
    async def get(self, request: HttpRequest) -> Any:
        """For an officer. Each patient listed is a row in the log."""

        def find(acting: Acting) -> list[dict[str, Any]]:
            lines = waiting_lines(acting.actor, acting.trace, acting.make_handle)
            return [
                {**request_json(e), "number": e.number, "handle": e.handle, "blocks": e.blocks} for e in lines
            ]

        try:
            return {"requests": await found_acting(request, self.needs, find)}
        except NotAllowed:
            # As for extracts: for everybody else there is no such thing.
            raise Refused(Code.NOT_FOUND) from None


def as_form(said: Mapping[str, Any], own_unit: str) -> LiftForm:
    """What was sent as the page's form has it, so that one reading judges both."""
    until = said.get("until")
    return LiftForm(
        unit=said.get("unit", own_unit),
        blocks=tuple(said["blocks"]),
        judged=said.get("is_needed", False),
        reason=said["reason"],
        person=said.get("person", "").upper(),
        period="until" if until else "day_and_night",
        until=until.isoformat() if until else "",
    )


async def _asked(request: HttpRequest, needs: Scope, handle: str) -> tuple[Opened, Ruling]:
    opened = await found_acting(request, needs, lambda acting: acting.open(handle))
    return opened, await opened.ask(Action.ACCESS)


async def _said(
    request: HttpRequest, needs: Scope, handle: str, shape: type[Strict]
) -> tuple[Acting, Opened, dict[str, Any]]:
    return await found_acting(
        request, needs, lambda acting: (acting, acting.open(handle), read_body(request, shape))
    )
