"""What every endpoint shares: plain async, one hop to the database for who asks, strict reading, problems.

Django REST framework describes them (drf-spectacular reads its classes) and its serializers judge what is
sent; its request cycle is synchronous and is not used.
"""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from drf_spectacular.openapi import AutoSchema
from rest_framework.views import APIView

from connectors.base.contract import SourceFault
from connectors.base.reading import read_json
from portal.api.problems import answer_problem
from portal.api.refusing import Code, Refused
from portal.api.scopes import Scope
from portal.api.sent import Strict, flaws_in
from portal.feed.problems import language_of

MAX_BODY_BYTES = 64 * 1024
JSON = "application/json"


class ApiView(APIView):
    """An endpoint. ``needs``: what a client's token must be for. Handlers are coroutines that give what JSON
    can say, or a response."""

    needs: ClassVar[Scope] = Scope.READ
    authentication_classes: tuple[Any, ...] = ()
    permission_classes: tuple[Any, ...] = ()
    http_method_names: ClassVar[list[str]] = ["get", "post"]
    schema = AutoSchema()

    @classmethod
    def as_view(cls, **given: Any) -> Any:
        """Django REST framework exempts its views from the form's token; ours are exempt with a bearer token
        alone (portal.middleware)."""
        view = super().as_view(**given)
        view.csrf_exempt = False
        view.takes_tokens = True
        return view

    async def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(language_of(request)):
            try:
                return _respond(await self._handler(request)(request, *args, **kwargs))
            except Exception as error:  # noqa: BLE001 (told as a problem, and logged where it is ours)
                return answer_problem(request, error)

    def _handler(self, request: HttpRequest) -> Any:
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            allowed = tuple(name.upper() for name in self.http_method_names if hasattr(self, name))
            raise Refused(Code.NOT_ALLOWED, allow=allowed)
        return getattr(self, method)


def _respond(said: Any) -> HttpResponse:
    if isinstance(said, HttpResponse):
        return said
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})


def read_body(request: HttpRequest, shape: type[Strict]) -> dict[str, Any]:
    """What was sent, judged by its shape. Raises Refused: NOT_JSON, TOO_LARGE, WRONG_MEDIA_TYPE, INVALID."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refused(Code.WRONG_MEDIA_TYPE)
    if request.content_type != JSON:
        raise Refused(Code.WRONG_MEDIA_TYPE)
    body = request.body
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Code.TOO_LARGE)
    try:
        said = read_json(body, request.headers.get("Content-Type", JSON))
    except SourceFault:
        raise Refused(Code.NOT_JSON) from None
    judged = shape(data=said)
    if not judged.is_valid():
        raise Refused(Code.INVALID, flaws=flaws_in(judged.errors))
    found: dict[str, Any] = judged.validated_data
    return found
