"""The access step: what holds, what may be recorded, recording it; and which own units hold something."""

from typing import Any

from django.http import HttpRequest

from consent.accesslog.events import Action
from consent.acts import Act
from consent.facts import ChildAbility, Obstacle
from consent.following import ListFull
from consent.release import NotReleased
from consent.ruling import Ruling
from portal.access.acting import record
from portal.access.page import panel_for
from portal.access.presenters import emergency_names, names_of_others
from portal.access.units import find_units
from portal.api.act_shapes import AccessShape, DoneShape, UnitsShape
from portal.api.acting import Acting, found_acting
from portal.api.deeds import DEEDS
from portal.api.describing import describe
from portal.api.presenters import access_json
from portal.api.refusing import Code, Refused
from portal.api.scopes import Scope
from portal.api.sent import Strict, Text, Texts, Word, YesNo
from portal.api.views import ApiView, read_body
from portal.patients.opening import Opened


class AccessView(ApiView):
    needs = Scope.READ

    @describe("read_access", "Vad som gäller och vad som kan registreras", AccessShape, tags=["Åtkomst"])
    async def get(self, request: HttpRequest, handle: str) -> Any:
        """Asks no source. Names of others stand here only after the first step that opens them."""
        opened = await found_acting(request, self.needs, lambda acting: acting.open(handle))
        ruling = await opened.ask(Action.ACCESS)
        panel = await panel_for(opened, ruling)
        return access_json(ruling, panel, names_in(ruling, opened))


def names_in(ruling: Ruling, opened: Opened) -> dict[str, Any]:
    """As the page's second steps have them: after a declared emergency, after a recorded inability."""
    names: dict[str, Any] = {"emergency_names": None, "inability_names": None}
    if ruling.standing.emergency is not None:
        found = emergency_names(ruling, opened.owners)
        names["emergency_names"] = {"openable": list(found.openable), "blocked": list(found.blocked)}
    if Act.ASSERT_INABILITY in ruling.acts:
        names["inability_names"] = list(names_of_others(ruling, opened.owners))
    return names


class ActShape(Strict):
    act = Word(choices=[act.value for act in DEEDS])
    obstacle = Word(choices=[o.value for o in Obstacle], required=False, help_text="declare_emergency")
    ability = Word(choices=[a.value for a in ChildAbility], required=False, help_text="assess_child")
    units = Texts(
        longest=64, most=200, min_length=1, required=False, help_text="choose_units: HSA-id, eller * för alla"
    )
    reason = Text(max_length=300, required=False, help_text="end_sip_consent")
    is_needed = YesNo(required=False, help_text="assert_inability")
    is_attitude_clarified = YesNo(required=False, help_text="assert_inability")
    is_no_objection_known = YesNo(required=False, help_text="assert_inability")


class ActsView(ApiView):
    needs = Scope.RECORD

    @describe(
        "record_act", "Registrera något av det som får registreras", DoneShape, ActShape, tags=["Åtkomst"]
    )
    async def post(self, request: HttpRequest, handle: str) -> Any:
        """One act, in one transaction with its row in the log. Ask again for what it opened."""

        def find(acting: Acting) -> tuple[Acting, Opened, dict[str, Any]]:
            return acting, acting.open(handle), read_body(request, ActShape)

        acting, opened, said = await found_acting(request, self.needs, find)
        act = Act(said.pop("act"))
        details = DEEDS[act].details(said)
        try:
            await record(opened, DEEDS[act].record, acting.proved_at, **details)
        except ListFull:
            raise Refused(Code.NOT_NOW) from None
        return {"recorded": act.value}


class UnitsView(ApiView):
    needs = Scope.READ

    @describe("read_units", "Egna enheter som har uppgifter att välja", UnitsShape, tags=["Åtkomst"])
    async def get(self, request: HttpRequest, handle: str) -> Any:
        """Row 2, the first active choice: asks the own provider's sources, and gives names of units alone."""
        opened = await found_acting(request, self.needs, lambda acting: acting.open(handle))
        try:
            found = await find_units(opened, await opened.ask_for_units())
        except NotReleased:
            raise Refused(Code.ACCESS_CHANGED) from None
        if found is None:
            raise Refused(Code.NOTHING_PERMITTED)
        return {
            "holding": [{"hsa_id": hsa_id, "name": name} for hsa_id, name in found.holding],
            "others": [{"hsa_id": hsa_id, "name": name} for hsa_id, name in found.others],
            "has_unnamed": found.has_unnamed,
            "failures": list(found.failures),
        }
