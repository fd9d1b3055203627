"""Two endpoints: records are pushed, and a signed notice says that something changed. Rules live in
``connectors.openfeed``; here requests become calls and results become words."""

from typing import Any

import structlog
from django.db import transaction
from django.utils import translation
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.openfeed.declaration import MAX_RECORDS, VERSION
from connectors.openfeed.entries import Entry
from connectors.openfeed.models import Notice
from connectors.openfeed.notices import check_signature, take_notice
from connectors.openfeed.receiving import Delivery, receive
from connectors.openfeed.refusing import Code, RefusedWhole
from connectors.openfeed.tasks import fetch_noticed
from portal.feed import documents
from portal.feed.problems import language_of
from portal.feed.requests import (
    AddressThrottle,
    FeedView,
    StrictJSONParser,
    TableParser,
    read_body,
    read_capped,
)

log = structlog.get_logger(__name__)


@extend_schema(tags=["Leverans"])
class PushView(FeedView):
    """Up to 500 records as JSON, or a table as CSV: each record judged by itself."""

    parser_classes = (StrictJSONParser, TableParser)

    @extend_schema(
        operation_id="push_records",
        summary="Lämna poster",
        description=documents.PUSH,
        parameters=[
            OpenApiParameter("dry_run", str, description="1: allt bedöms, inget sparas.", enum=["1", "0"]),
            OpenApiParameter("complete", str, description="För text/csv: tabellen är allt.", enum=["1", "0"]),
            documents.ACCEPT_LANGUAGE,
        ],
        request={"application/json": documents.delivery(), "text/csv": {"type": "string"}},
        responses={
            200: OpenApiResponse(documents.results(), description="Vad det blev av varje post."),
            **documents.problems(400, 401, 403, 405, 413, 415, 429, 500),
        },
    )
    def post(self, request: Request) -> Response:
        is_dry_run = _flag(request, "dry_run")
        if isinstance(request.data, list):
            entries, is_complete = request.data, _flag(request, "complete")
        else:
            records, is_complete = _read_delivery(request.data)
            entries = [Entry(place, record) for place, record in enumerate(records, start=1)]
        source = request.user.source
        delivery = receive(source, entries, is_complete=is_complete, is_dry_run=is_dry_run)
        with translation.override(language_of(request)):
            return Response(present(delivery))


def _read_delivery(said: Any) -> tuple[list[object], bool]:
    """Raises RefusedWhole."""
    if not isinstance(said, dict) or not isinstance(said.get("records"), list):
        raise RefusedWhole(Code.NOT_A_DELIVERY, "records")
    if said.get("v", VERSION) != VERSION or isinstance(said.get("v"), bool):
        raise RefusedWhole(Code.NOT_A_DELIVERY, "v")
    if not isinstance(said.get("complete", False), bool):
        raise RefusedWhole(Code.NOT_A_DELIVERY, "complete")
    if len(said["records"]) > MAX_RECORDS:
        raise RefusedWhole(Code.TOO_MANY)
    return said["records"], said.get("complete", False)


def _flag(request: Request, name: str) -> bool:
    """A word that is neither yes nor no is refused: what was meant as a try must not become a deed."""
    text = request.query_params.get(name, "")
    if text.lower() in ("1", "true"):
        return True
    if text.lower() in ("", "0", "false"):
        return False
    raise RefusedWhole(Code.NOT_A_DELIVERY, name)


def present(delivery: Delivery) -> dict[str, Any]:
    """The answer to a delivery, in the active language."""
    return {
        "v": VERSION,
        "dry_run": delivery.is_dry_run,
        "complete": delivery.is_complete,
        "counts": delivery.counts,
        "results": [
            {
                "index": result.place,
                "id": result.id,
                "result": result.outcome.value,
                "problems": [
                    {
                        "code": problem.code.value,
                        "field": problem.field,
                        "what": problem.what,
                        "do": problem.do,
                    }
                    for problem in result.problems
                ],
            }
            for result in delivery.results
        ],
    }


@extend_schema(tags=["Avisering"])
class NoticeView(FeedView):
    """A thin notice, proved by its signature: that is over the very bytes, so they are read before parsed."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (AddressThrottle,)

    @extend_schema(
        operation_id="notify",
        summary="Avisera att något har ändrats",
        description=documents.NOTICE,
        auth=[],
        parameters=[
            OpenApiParameter("X-Feed-Timestamp", int, OpenApiParameter.HEADER, required=True),
            OpenApiParameter("X-Feed-Signature", str, OpenApiParameter.HEADER, required=True),
            documents.ACCEPT_LANGUAGE,
        ],
        request={"application/json": documents.notice()},
        responses={
            202: OpenApiResponse(documents.noticed(), description="Mottagen."),
            **documents.problems(400, 401, 405, 409, 413, 415, 429, 500),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        signature = request.headers.get("X-Feed-Signature", "")
        timestamp = request.headers.get("X-Feed-Timestamp", "")
        body = read_capped(request._request, request)  # noqa: SLF001 (the bytes themselves, unparsed)
        source = check_signature(slug, timestamp, signature, body)
        notice = take_notice(source, signature, read_body(body, request.content_type))
        leads_to_fetch = notice.state == Notice.WAITING
        if leads_to_fetch:
            transaction.on_commit(lambda: _start_fetch(str(notice.pk)))
        return Response({"v": VERSION, "fetch": leads_to_fetch}, status=202)


def _start_fetch(notice_id: str) -> None:
    """The beat fetches what no worker was told of."""
    try:
        fetch_noticed.delay(notice_id)
    except Exception as error:  # noqa: BLE001 (whatever the broker's client raises)
        log.warning("broker_unavailable", error=type(error).__name__)
