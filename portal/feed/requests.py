"""What every request to the interface passes: how often, who, how large, and strictly read."""

from typing import Any

import structlog
from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from connectors.base.contract import SourceFault
from connectors.base.reading import read_json
from connectors.openfeed.files import read_table
from connectors.openfeed.models import Token
from connectors.openfeed.refusing import Code, RefusedWhole
from connectors.openfeed.terms import receives
from connectors.openfeed.tokens import prove
from portal.feed.problems import answer_problem

MAX_BODY_BYTES = 4 * 1024 * 1024
JSON = "application/json"

log = structlog.get_logger(__name__)


class SourceSender:
    """Who is asking: a source, through one of its tokens. No user: nothing of the portal opens to it."""

    is_authenticated = True

    def __init__(self, token: Token) -> None:
        self.token = token
        self.source = token.source
        self.pk = token.source_id


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer`` and nothing else: no session, hence no CSRF."""

    def authenticate(self, request: Request) -> tuple[Any, Token]:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise NotAuthenticated
        token = prove(text.strip())
        return SourceSender(token), token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return 'Bearer realm="anslut"'


class IsReceived(BasePermission):
    """The source is switched on and set to deliver by itself."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        source = request.user.source
        return bool(source.enabled and source.connector == "openfeed" and receives(source.settings))


class StrictJSONParser(BaseParser):
    """One JSON object in UTF-8: no duplicate keys, no NaN, no endless depth, never more than the cap."""

    media_type = JSON

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return read_body(read_capped(stream, parser_context["request"]), media_type or "")


class TableParser(BaseParser):
    """A table as CSV: the same columns, and the same reading, as a file that is handed in. Gives entries
    whose place is their row."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        del media_type
        return read_table(read_capped(stream, parser_context["request"]))


def read_capped(stream: Any, request: Request) -> bytes:
    """Raises RefusedWhole(TOO_LARGE), UnsupportedMediaType for a packed body."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("")
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
        raise RefusedWhole(Code.TOO_LARGE)
    body: bytes = stream.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise RefusedWhole(Code.TOO_LARGE)
    return body


def read_body(body: bytes, content_type: str) -> dict[str, Any]:
    """Raises RefusedWhole(NOT_JSON)."""
    try:
        return read_json(body, content_type)
    except SourceFault:
        raise RefusedWhole(Code.NOT_JSON) from None


class _Throttle(SimpleRateThrottle):
    """Where the counters cannot be reached deliveries go on: they are counted for fairness, not safety."""

    def get_rate(self) -> str:
        return str(settings.FEED_RATES[self.scope])

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except Exception as error:  # noqa: BLE001 (whatever the cache's client raises)
            log.warning("throttle_unavailable", error=type(error).__name__)
            return True


class AddressThrottle(_Throttle):
    """Before anything else is looked at."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        return f"feed-address-{request.META.get('REMOTE_ADDR', '')}"


class SourceThrottle(_Throttle):
    scope = "source"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:  # noqa: ARG002
        sender = request.user
        return f"feed-source-{sender.pk}" if isinstance(sender, SourceSender) else None


class AlwaysJSON(BaseContentNegotiation):
    """Whatever a sender says it accepts, JSON is what there is."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        media_type = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ARG002
        return renderers[0], renderers[0].media_type


class FeedView(APIView):
    """What the endpoints share. None of Django REST framework's defaults is relied on."""

    authentication_classes: tuple[Any, ...] = (TokenAuthentication,)
    permission_classes: tuple[Any, ...] = (IsReceived,)
    parser_classes: tuple[Any, ...] = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    throttle_classes: tuple[Any, ...] = (SourceThrottle,)
    content_negotiation_class = AlwaysJSON
    schema = AutoSchema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        before = AddressThrottle()
        if not before.allow_request(request, self):
            self.throttled(request, before.wait() or 1.0)
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Any:
        return answer_problem

    def handle_exception(self, exc: Exception) -> Any:
        """Every exception is told as a problem; ours is logged where it is made one."""
        response = answer_problem(exc, self.get_exception_handler_context())
        response.exception = True
        return response
