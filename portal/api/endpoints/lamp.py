"""The lamp: one call that lets a record system show that something is relevant here, and lead there.

States alone: no word of any record, no count, no date. Where others' information is not open it says what the
page says beside its buttons, one word on existence (row 5), and nothing else.
"""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from consent.accesslog.events import Action
from consent.vocabulary import EVERY_KIND
from portal.access.notices import present_notices
from portal.api.acting import Acting, found_acting
from portal.api.describing import describe
from portal.api.endpoints.searching import SearchShape, look_up
from portal.api.launching import make_launch
from portal.api.presenters import lamp_button_json, moment
from portal.api.refusing import Code, Refused
from portal.api.scopes import Scope
from portal.api.shapes import LampShape
from portal.api.views import ApiView, read_body
from portal.api.words import existence_of, lit_of
from portal.overview.board import Board
from portal.overview.gathering import gather
from portal.overview.visit import visit_by
from portal.patients.opening import Opened


class LampView(ApiView):
    needs = Scope.LAMP

    @describe("read_lamp", "Lampan", LampShape, SearchShape, about=False, conflicts=True, tags=["Lampa"])
    async def post(self, request: HttpRequest) -> Any:
        def find(acting: Acting) -> tuple[Opened, str]:
            person = look_up(acting, read_body(request, SearchShape)["number"], Action.API)
            return acting.open_person(person), make_launch(acting.actor, person)

        opened, launch = await found_acting(request, self.needs, find)
        visit = await visit_by(opened, Action.API)
        gathered = await gather(visit, EVERY_KIND)
        if not gathered.is_released:
            raise Refused(Code.ACCESS_CHANGED)
        ruling = visit.ruling
        # Where nothing may be asked the page has no buttons, and neither has the lamp.
        readings = Board(visit, outcomes=dict(gathered.outcomes)).readings() if ruling.permit else ()
        return {
            "at": moment(ruling.at),
            "lit": lit_of(readings) if readings else "unknown",
            "buttons": [lamp_button_json(reading) for reading in readings],
            "notices": [view.key for view in present_notices(ruling)],
            "existence": existence_of(ruling),
            "launch": {"url": request.build_absolute_uri(reverse("launched", args=[launch]))},
        }
