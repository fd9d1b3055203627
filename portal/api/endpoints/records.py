"""The records behind one button, page by page, and the units' telephones of somebody protected."""

from typing import Any

from django.core import signing
from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from consent.accesslog.events import Action
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.api.acting import Acting, found_acting
from portal.api.describing import describe
from portal.api.endpoints.overview import permitted_visit
from portal.api.presenters import button_json, moment, sources_json
from portal.api.records import record_json
from portal.api.refusing import Code, Flaw, Refused
from portal.api.scopes import Scope
from portal.api.shapes import RecordsShape
from portal.api.views import ApiView
from portal.api.words import NOTHING, RECORDS, answer_of
from portal.overview.board import Board
from portal.overview.gathering import gather_for
from portal.overview.lists import list_page
from portal.patients.opening import Opened

SALT = "api.cursor"
LONGEST_CURSOR = 200
KIND = OpenApiParameter("kind", OpenApiTypes.STR, OpenApiParameter.PATH, enum=[kind.value for kind in Kind])
CURSOR = OpenApiParameter(
    "cursor",
    OpenApiTypes.STR,
    description="next ur förra svaret. Utan: från början. Varje sida frågar på nytt.",
)


class RecordsView(ApiView):
    needs = Scope.READ

    @describe(
        "read_records", "Posterna bakom en knapp", RecordsShape, parameters=[KIND, CURSOR], tags=["Poster"]
    )
    async def get(self, request: HttpRequest, handle: str, kind: str) -> Any:
        """Asks only the sources that feed the button; a hundred records at a time."""
        return await show_records(request, self.needs, handle, kind, Action.DETAIL)


class PhonesView(ApiView):
    needs = Scope.READ

    @describe(
        "read_phones",
        "Posterna med enheternas telefonnummer, för den som har skyddade personuppgifter",
        RecordsShape,
        parameters=[KIND, CURSOR],
        tags=["Poster"],
    )
    async def post(self, request: HttpRequest, handle: str, kind: str) -> Any:
        """The same list with the units' telephones: a view of its own in the log."""
        return await show_records(request, self.needs, handle, kind, Action.PHONE)


async def show_records(
    request: HttpRequest, needs: Scope, handle: str, name: str, action: Action
) -> dict[str, Any]:
    def find(acting: Acting) -> tuple[Opened, str]:
        opened = acting.open(handle)
        if name not in set(Kind):
            raise Refused(Code.NOT_FOUND)
        return opened, page_asked(request.GET.get("cursor", ""), name)

    opened, asked = await found_acting(request, needs, find)
    button = BUTTON_OF[Kind(name)]
    visit = await permitted_visit(opened, action, frozenset({button.kind}))
    listed = await gather_for(visit, lambda outcomes: list_page(visit, button, outcomes, asked))
    if listed is None:
        raise Refused(Code.ACCESS_CHANGED)
    reading, permit = listed.reading, visit.ruling.permit
    tile = Board(visit, outcomes=dict(listed.outcomes)).tile(reading, 0)
    is_answer = answer_of(reading.state) in (RECORDS, NOTHING)
    return {
        "at": moment(visit.ruling.at),
        "button": button_json(reading, tile),
        "total": listed.page.total if is_answer else None,
        "records": [record_json(one) for one in listed.page.items],
        "next": cursor_of(name, listed.page.later),
        "sources": sources_json(listed.outcomes.values(), visit.ruling.at),
        "phones_hidden": permit is not None and permit.is_protected and permit.hides_phones,
    }


def cursor_of(name: str, page: int | None) -> str | None:
    """Names a page and nothing that stands on it."""
    return None if page is None else signing.dumps([name, page], salt=SALT)


def page_asked(cursor: str, name: str) -> str:
    """Raises Refused(INVALID) for what is no cursor of this list."""
    if not cursor:
        return ""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise signing.BadSignature
        kind, page = signing.loads(cursor, salt=SALT)
        if kind != name:
            raise signing.BadSignature
    except signing.BadSignature:
        raise Refused(Code.INVALID, flaws=(Flaw.of("cursor", "invalid"),)) from None
    return str(page)
